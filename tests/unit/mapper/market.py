"""The models that the reading tests share: every kind of key and index, and fields of every kind of place."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from pydantic import BaseModel

from ddbmodel import Attr, GlobalIndex, LocalIndex, Model, field, partition_key, sort_key

NOON = datetime(2026, 10, 13, 12, tzinfo=UTC)


class Address(Model):
    city: Attr[str]
    zip_code: Attr[str | None] = field(default=None, attribute="zip")
    country: Attr[str] = field(default="ie")


class Line(Model):
    sku: Attr[str]
    price: Attr[Decimal]
    discount: Attr[Decimal | None] = None


class Plain(BaseModel):
    colour: str
    size: int = 3


class Order(Model, table="orders"):
    """An order. `by_day` is a local index; the global ones hold all, keys only, and two fields."""

    customer_id: Attr[str] = partition_key()
    order_id: Attr[str] = sort_key()
    status: Attr[str] = field(default="new", attribute="st")
    total: Attr[Decimal] = field(default=Decimal(0))
    day: Attr[str | None] = None
    placed_at: Attr[datetime] = field(default=NOON)
    rating: Attr[int | None] = None
    note: Attr[str | None] = None
    count: Attr[int] = field(default=0)

    by_day = LocalIndex(sort_key="day")
    by_status = GlobalIndex(partition_key="status", sort_key="placed_at")
    by_rating = GlobalIndex(partition_key="rating", sort_key="total", projection="KEYS_ONLY")
    by_note = GlobalIndex(partition_key="note", projection=["status", "count"])


class Match(Model, table="matches"):
    """A tournament match under a key of several attributes."""

    match_id: Attr[str] = partition_key()
    country: Attr[str]
    region: Attr[str]
    league: Attr[str]
    season: Attr[int]
    game: Attr[str]

    by_place = GlobalIndex(partition_key=("country", "region"), sort_key=("league", "season", "game"))


class Reading(Model, table="readings"):
    """Keys that are not text."""

    sensor: Attr[int] = partition_key()
    code: Attr[bytes] = sort_key()
    value: Attr[int] = field(default=0)


class Thing(Model, table="things"):
    """No sort key, no index."""

    thing_id: Attr[str] = partition_key()
    kind: Attr[str] = field(default="a")
