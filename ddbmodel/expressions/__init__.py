"""Expressions: typed paths into an item, and what is said about them.

Belongs here: places in an item (`places`), typed paths (`paths`, with their methods in `path_conditions`
and `path_updates`), conditions and their combination (`conditions`), comparisons (`comparisons`),
functions such as `begins_with` (`functions`), update actions (`actions`) and the update that they form
(`updates`), what cannot be said of compressed fields (`visibility`), projections (`projections`), operands
(`operands`) and their encoding (`encoding`), the one owner of `#n0` and `:v0` (`placeholders`), and what a
condition says of an item at hand (`evaluation`).
Does not belong here: models, tables and indexes, which index serves a query (room `mapper`), requests, I/O.

Everything is a frozen value with a short `text(placeholders)`. Operands are encoded where they are written,
and what DynamoDB would refuse is refused there, so a wrong value is an error on the line that has it.
"""

from __future__ import annotations

from ddbmodel.expressions.comparisons import Between, Comparison, In
from ddbmodel.expressions.conditions import And, Condition, Not, Or
from ddbmodel.expressions.evaluation import failed_clauses, holds
from ddbmodel.expressions.functions import Function, Size
from ddbmodel.expressions.operands import Computed, Operand, Value
from ddbmodel.expressions.paths import Path
from ddbmodel.expressions.placeholders import Placeholders
from ddbmodel.expressions.places import PathRef, PathTo, Place
from ddbmodel.expressions.projections import Projection
from ddbmodel.expressions.updates import Action, Update

__all__ = [
    "Action",
    "And",
    "Between",
    "Comparison",
    "Computed",
    "Condition",
    "Function",
    "In",
    "Not",
    "Operand",
    "Or",
    "Path",
    "PathRef",
    "PathTo",
    "Place",
    "Placeholders",
    "Projection",
    "Size",
    "Update",
    "Value",
    "failed_clauses",
    "holds",
]
