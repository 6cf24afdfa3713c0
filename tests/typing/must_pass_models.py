"""Declarations and instances that must pass, with the types that come out of them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, assert_type

from ddbmodel import (
    Attr,
    Compressed,
    EpochSeconds,
    GlobalIndex,
    ItemKey,
    Model,
    Path,
    field,
    partition_key,
    sort_key,
)
from tests.typing.shop import Address, Base, Line, Order, Pair, Tree

NOW = datetime.now(UTC)


def instances() -> None:
    """Instances have plain values."""
    line = Line(sku="a", price=Decimal(1))
    order = Order(created=NOW, customer_id="c", order_id="o", total=Decimal(1), lines=[line], note=None)
    assert_type(order.total, Decimal)
    assert_type(order.note, str | None)
    assert_type(order.lines, list[Line])
    assert_type(order.lines[0].price, Decimal)
    assert_type(order.created, datetime)
    assert_type(order.shop.city, str)
    assert_type(order.untyped, int)
    order.total = Decimal(2)
    order.note = "x"
    order.note = None
    order.tags.add("x")
    order.untyped = 3
    pair = Pair[int](first=1, second=2)
    assert_type(pair.first, int)
    tree = Tree(name="a", child=Tree(name="b"))
    assert_type(tree.child, Tree | None)
    copy = order.model_copy(update={"count": 3})
    assert_type(copy, Order)
    assert_type(Order.model_validate({**order.model_dump()}).count, int)


class Page(Model):
    body: Attr[str] = field(default="", stored_as=Compressed())
    lines: Attr[list[Line]] = field(
        default_factory=list, stored_as=Compressed("zstd", level=9, min_bytes=512, max_bytes=2**20)
    )
    at: Attr[datetime] = sort_key(default=NOW, stored_as=EpochSeconds)


def compressed() -> None:
    """A compressed field is of its type."""
    assert_type(Page().body, str)
    assert_type(Page.lines, Path[list[Line]])
    Page.body.set("x")
    Page.lines.exists()


def paths() -> None:
    """Class attributes are paths."""
    assert_type(Order.total, Path[Decimal])
    assert_type(Order.note, Path[str | None])
    assert_type(Order.created, Path[datetime])
    assert_type(Base.created, Path[datetime])
    assert_type(Address.city, Path[str])
    assert_type(Order.lines, Path[list[Line]])
    assert_type(Order.anything, Path[Any])


def keys() -> None:
    """A key knows its model."""
    assert_type(Order.key("c", "o"), ItemKey[Order])
    assert_type(Order.key(customer_id="c", order_id="o"), ItemKey[Order])


class Reading(Model, table="readings"):
    """A partition that is spread over shards, and an index."""

    device: Attr[str] = partition_key(shards=8)
    at: Attr[int] = sort_key()
    status: Attr[str] = field(default="new")

    by_status = GlobalIndex("status", "at", shards=10)


assert_type(Reading(device="d", at=1).device, str)
assert_type(Reading.device, Path[str])
assert_type(Reading.by_status.shards, int | None)
