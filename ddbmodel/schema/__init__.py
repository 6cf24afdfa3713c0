"""Schema: what a table looks like, as plain frozen data.

Belongs here: tables, their keys, indexes and projections, and the rules the service has for them.
Does not belong here: models, fields, Python types, requests, I/O.
"""

from __future__ import annotations

from ddbmodel.schema.tables import (
    IndexKind,
    IndexSchema,
    KeyAttribute,
    Projection,
    ProjectionKind,
    TableSchema,
)

__all__ = [
    "IndexKind",
    "IndexSchema",
    "KeyAttribute",
    "Projection",
    "ProjectionKind",
    "TableSchema",
]
