"""Models for the tests of commands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ddbmodel import Attr, GlobalIndex, Model, field, partition_key, sort_key, upgrader


@upgrader(1)
def name_the_total(values: dict[str, Any]) -> dict[str, Any]:
    """Version 1 called it an amount."""
    values["total"] = values.pop("amount")
    return values


class Place(Model):
    """Where it is to be sent."""

    city: Attr[str]
    floor: Attr[int] = field(default=0)


class Bill(Model, table="bills", schema_version=2, upgraders=[name_the_total]):
    shop: Attr[str] = partition_key()
    number: Attr[int] = sort_key()
    total: Attr[int]
    paid: Attr[bool] = field(default=False)
    status: Attr[str] = field(default="open")
    placed_at: Attr[datetime | None] = None
    place: Attr[Place | None] = None
    lines: Attr[list[Place]] = field(default_factory=list)
    labels: Attr[dict[str, int]] = field(default_factory=dict)

    by_status = GlobalIndex(partition_key="status", sort_key="number")
