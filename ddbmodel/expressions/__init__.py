"""Expressions: typed paths into an item, and what is said about them.

Belongs here: paths (`paths`), conditions and their functions (`conditions`), update actions (`updates`),
projections (`projections`), operands (`operands`), and the one owner of `#n0` and `:v0` (`placeholders`).
Does not belong here: models, tables and indexes, which index serves a query (room `mapper`), requests, I/O.

Everything is a frozen value with a short `text(placeholders)`; operands are encoded where they are written, so a
wrong value is an error on the line that has it.
"""

from __future__ import annotations

from ddbmodel.expressions.conditions import And, Between, Comparison, Condition, Function
from ddbmodel.expressions.operands import PathRef, Value
from ddbmodel.expressions.paths import Path, Size
from ddbmodel.expressions.placeholders import Placeholders, check_expression
from ddbmodel.expressions.projections import Projection
from ddbmodel.expressions.updates import Action, Update

__all__ = [
    "Action",
    "And",
    "Between",
    "Comparison",
    "Condition",
    "Function",
    "Path",
    "PathRef",
    "Placeholders",
    "Projection",
    "Size",
    "Update",
    "Value",
    "check_expression",
]
