"""Schema: what a table looks like, as plain frozen data.

Belongs here: tables, their keys, indexes, projections and settings, and the rules the service has for them.
Does not belong here: models, fields, Python types, requests, I/O.
"""

from __future__ import annotations

from ddbmodel.schema.backup_policy import BackupPolicy
from ddbmodel.schema.billing import Billing, OnDemand, Provisioned
from ddbmodel.schema.settings import KmsKey, TableSettings, WarmThroughput
from ddbmodel.schema.tables import (
    IndexKind,
    IndexSchema,
    KeyAttribute,
    Projection,
    ProjectionKind,
    TableSchema,
)

__all__ = [
    "BackupPolicy",
    "Billing",
    "IndexKind",
    "IndexSchema",
    "KeyAttribute",
    "KmsKey",
    "OnDemand",
    "Projection",
    "ProjectionKind",
    "Provisioned",
    "TableSchema",
    "TableSettings",
    "WarmThroughput",
]
