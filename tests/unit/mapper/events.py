"""Entities of one shared table that the tests of queries on templates share."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Literal

from ddbmodel import Attr, Key, KeyAttribute, Model, Table, TableIndex, field

NOON = datetime(2026, 10, 31, 12, tzinfo=UTC)

TABLE = Table(
    "events",
    partition_key="pk",
    sort_key="sk",
    indexes=[
        TableIndex("gsi1", "gsi1pk", "gsi1sk"),
        TableIndex("gsi2", ("g2a", "g2b"), ("g2c", KeyAttribute("g2d", "N"), "g2e"), projection="KEYS_ONLY"),
        TableIndex("lsi", "pk", "nick", local=True),
    ],
)


class Timed(Model):
    """What the entities have in common."""

    tenant: Attr[str]
    kind: Attr[Literal["a", "a b", "b#"]]
    at: Attr[datetime] = field(default=NOON)
    number: Attr[int] = field(default=0)


class Event(Timed, table=TABLE, entity="event"):
    """An entity whose sort key has a field of each kind."""

    seq: Attr[int]
    day: Attr[date] = field(default=date(2026, 10, 31))
    name: Attr[str] = field(default="x")
    note: Attr[str | None] = None
    nick: Attr[str | None] = None
    price: Attr[Decimal] = field(default=Decimal(0))

    primary = Key(partition="TENANT#{tenant}", sort="EVENT#{kind}#{at:%Y-%m}#{seq:03d}{day}#{price:06.2f}")
    by_time = Key("gsi1", partition="KIND#{kind}", sort="{at}#{name}")
    by_note = Key("gsi2", partition=("{tenant}", "N"), sort=("{note}#X", "{seq}", "{name}#"))


class Remark(Timed, table=TABLE, entity="remark"):
    """Another one in the same partitions."""

    text: Attr[str]

    primary = Key(partition="TENANT#{tenant}", sort="REMARK#{number:05d}")
    by_time = Key("gsi1", partition="KIND#{kind}", sort="{at}#{text}")


class Tenant(Model, table=TABLE, entity="tenant"):
    """One in each partition of the table, and in no index."""

    tenant: Attr[str]
    primary = Key(partition="TENANT#{tenant}", sort="PROFILE")


def moment(days: int) -> datetime:
    """Some days after noon; the second one is in another month."""
    return NOON + timedelta(days=days)
