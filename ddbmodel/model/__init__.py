"""Model: what users declare, compiled into keys, indexes and codecs.

Belongs here: `Model` and its metaclass (`model`), `Attr` (`attr`), the field specifiers (`fields`) and what
their `stored_as=` takes (`stored_as`), the indexes of a model (`indexes`), how both become a table
(`declaration`), tables of several models (`shared_table`) and how the keys there are written (`binding`,
`key_plan`), the guards of unique fields (`guards`), the fields that writes take care of (`roles`),
the versions of a schema (`schema_history`), the key of one item (`keys`), how Pydantic's schema becomes
codecs (`compiler`, `records`, `standard`, helped by `functions` and `core`), and the finished plan of a model
(`plan`).
Does not belong here: clients and requests. Models hold no client and do no I/O.
"""

from __future__ import annotations

from ddbmodel.model.attr import Attr
from ddbmodel.model.fields import (
    created_at,
    field,
    partition_key,
    sort_key,
    ttl,
    updated_at,
    version,
)
from ddbmodel.model.indexes import GlobalIndex, Key, LocalIndex
from ddbmodel.model.keys import ItemKey
from ddbmodel.model.model import Model
from ddbmodel.model.plan import ModelPlan, plan_of
from ddbmodel.model.schema_history import Upgrader, upgrader
from ddbmodel.model.shared_table import Table, TableIndex
from ddbmodel.model.stored_as import Compressed, EpochMicroseconds, EpochMilliseconds, EpochSeconds, Null

__all__ = [
    "Attr",
    "Compressed",
    "EpochMicroseconds",
    "EpochMilliseconds",
    "EpochSeconds",
    "GlobalIndex",
    "ItemKey",
    "Key",
    "LocalIndex",
    "Model",
    "ModelPlan",
    "Null",
    "Table",
    "TableIndex",
    "Upgrader",
    "created_at",
    "field",
    "partition_key",
    "plan_of",
    "sort_key",
    "ttl",
    "updated_at",
    "upgrader",
    "version",
]
