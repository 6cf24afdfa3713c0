"""The orders that the tests of queries, scans and batch reads find on every engine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from ddbmodel import (
    Attr,
    EpochMilliseconds,
    GlobalIndex,
    LocalIndex,
    Mapper,
    Model,
    field,
    partition_key,
    sort_key,
)

NOON = datetime(2026, 10, 13, 12, tzinfo=UTC)


class City(Model):
    name: Attr[str]
    code: Attr[str | None] = None


class Address(Model):
    city: Attr[City]
    street: Attr[str] = field(default="Main")


class Line(Model):
    sku: Attr[str]
    price: Attr[Decimal]


class Order(Model, table="orders"):
    """An order; its stored names are reserved words and worse, and its indexes of every kind."""

    customer_id: Attr[str] = partition_key(attribute="user")
    order_id: Attr[str] = sort_key(attribute="order id")
    number: Attr[int]
    status: Attr[str] = field(attribute="status")
    total: Attr[Decimal]
    placed_at: Attr[datetime]
    sent_at: Attr[datetime | None] = field(default=None, stored_as=EpochMilliseconds)
    code: Attr[bytes]
    note: Attr[str | None] = None
    address: Attr[Address | None] = None
    lines: Attr[list[Line]] = field(default_factory=list)
    labels: Attr[dict[int, str]] = field(default_factory=dict)

    by_total = LocalIndex(sort_key="total")
    by_status = GlobalIndex(partition_key="status", sort_key="placed_at")
    by_code = GlobalIndex(partition_key="status", sort_key="code")
    by_sent = GlobalIndex(partition_key="note", sort_key="sent_at", projection="KEYS_ONLY")
    by_note = GlobalIndex(partition_key="note", projection=["number", "total"])


def some_orders(count: int = 40) -> list[Order]:
    """Orders of two customers; statuses, notes and hours repeat."""
    return [
        Order(
            customer_id=f"c{number % 2}",
            order_id=f"o{number:03}",
            number=number,
            status=("new", "paid", "sent")[number % 3],
            total=Decimal(number * 37 % 101) / 4 - 5,
            placed_at=NOON + timedelta(hours=number // 4),
            sent_at=NOON + timedelta(minutes=number) if number % 5 == 0 else None,
            code=bytes((number * 29 % 256, number)),
            note=("a", "b", None, "c")[number % 4],
            address=Address(city=City(name=f"city {number}")) if number % 2 else None,
            lines=[Line(sku=f"s{line}", price=Decimal(line) / 3 * 3) for line in range(number % 4)],
            labels={number: "self"},
        )
        for number in range(count)
    ]


async def fill(mapper: Mapper, orders: list[Order]) -> None:
    """Create the table and put the orders."""
    await mapper.create_table(Order)
    async with mapper.batch_writer() as writer:
        for order in orders:
            await writer.put(order)
