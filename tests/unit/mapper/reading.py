"""What the tests of queries and scans share: orders of one customer, and a table of them in memory."""

from __future__ import annotations

from datetime import timedelta
from itertools import repeat
from typing import Any

from ddbmodel.mapper.read import Read
from tests.unit.mapper.market import NOON, Order
from tests.unit.mapper.reading_table import ReadingTable

C = Order.customer_id == "c"


def some_orders(count: int = 10, **fields: Any) -> list[Order]:
    """Orders of one customer; the even ones have a note, every third one a rating of 1."""
    return [
        Order(
            customer_id="c",
            order_id=f"o{number:03}",
            total=number,
            count=number,
            placed_at=NOON + timedelta(hours=number),
            note="even" if number % 2 == 0 else None,
            rating=1 if number % 3 == 0 else 2,
            **fields,
        )
        for number in range(count)
    ]


def order_table(count: int = 10, sizes: Any = None) -> ReadingTable:
    return ReadingTable(some_orders(count), kind=Order, sizes=repeat(1000) if sizes is None else sizes)


def numbers_of(orders: list[Order]) -> list[int]:
    return [order.count for order in orders]


async def by_pages(read: Read[Order], size: int) -> list[int]:
    """The numbers of all orders of a read, by pages of up to `size`."""
    found: list[int] = []
    token: str | None = None
    while True:
        page = await read.page(size=size, after=token)
        assert len(page.items) <= size
        found += numbers_of(page.items)
        if page.next is None:
            return found
        token = page.next
