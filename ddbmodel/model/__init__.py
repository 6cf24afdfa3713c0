"""Model: what users declare, compiled into keys, indexes and codecs.

Belongs here: `Model` and its metaclass (`model`), `Attr` (`attr`), the field specifiers (`fields`), the
indexes of a model (`indexes`), how both become a table (`declaration`), the key of one item (`keys`), how
Pydantic's schema becomes codecs (`compiler`, `records`, `standard`, helped by `functions` and `core`),
and the finished plan of a model (`plan`).
Does not belong here: clients and requests. Models hold no client and do no I/O.
"""

from __future__ import annotations

from ddbmodel.model.attr import Attr
from ddbmodel.model.fields import (
    EpochMicroseconds,
    EpochMilliseconds,
    EpochSeconds,
    Null,
    field,
    partition_key,
    sort_key,
)
from ddbmodel.model.indexes import GlobalIndex, LocalIndex
from ddbmodel.model.keys import ItemKey
from ddbmodel.model.model import Model
from ddbmodel.model.plan import ModelPlan, plan_of

__all__ = [
    "Attr",
    "EpochMicroseconds",
    "EpochMilliseconds",
    "EpochSeconds",
    "GlobalIndex",
    "ItemKey",
    "LocalIndex",
    "Model",
    "ModelPlan",
    "Null",
    "field",
    "partition_key",
    "plan_of",
    "sort_key",
]
