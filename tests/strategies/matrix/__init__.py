"""matrix: what must come back from the table, row by row.

Belongs here: a row for each type that Pydantic can round-trip and each way of declaring one, by kind.
Does not belong here: how rows are checked.
"""

from __future__ import annotations

from tests.strategies.matrix import (
    compressed,
    containers,
    functions,
    models,
    parts,
    scalars,
    standard,
    unions,
)
from tests.strategies.row import Row

_KINDS = (scalars, standard, containers, unions, functions, parts, models, compressed)

ROWS: list[Row] = [row for kind in _KINDS for row in kind.rows()]
