"""Ranges without their ends, which BETWEEN reads and the mapper drops."""

from __future__ import annotations

from datetime import timedelta
from itertools import repeat
from typing import Any

import pytest

from tests.unit.mapper.market import NOON, Order
from tests.unit.mapper.reading import C, by_pages, numbers_of, order_table
from tests.unit.mapper.reading_table import ReadingTable


@pytest.mark.parametrize("size", [1, 2, 1000])
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ((Order.order_id >= "o003", Order.order_id < "o007"), [3, 4, 5, 6]),
        ((Order.order_id > "o003", Order.order_id <= "o007"), [4, 5, 6, 7]),
        ((Order.order_id > "o003", Order.order_id < "o007"), [4, 5, 6]),
        ((Order.order_id > "o003", Order.order_id < "o004"), []),
        ((Order.order_id.begins_with("o00"), Order.order_id < "o002"), [0, 1]),
    ],
)
async def test_half_open(size: int, reverse: bool, conditions: Any, expected: list[int]) -> None:
    """A range without its ends has neither of them, in lists, counts, first items, rows and pages."""
    table = order_table(sizes=repeat(size))
    query = table.query().where(C, *conditions).reverse(reverse)
    expected = expected[::-1] if reverse else expected
    assert numbers_of(await query.all()) == expected
    assert await query.count() == len(expected)
    assert await query.limit(2).count() == len(expected[:2])
    first = await query.first()
    assert (first and first.count) == (expected[0] if expected else None)
    assert await query.select(Order.count).all() == [(number,) for number in expected]
    assert await by_pages(query, 2) == expected
    assert all("<" not in wire["KeyConditionExpression"] for wire in table.wires)


async def test_many_at_the_excluded_end() -> None:
    """An index may have any number of items at an excluded end, and none of them comes out."""
    orders = [
        Order(
            customer_id="c", order_id=f"{number}", count=number, placed_at=NOON + timedelta(days=number // 4)
        )
        for number in range(12)
    ]
    table = ReadingTable(orders, kind=Order, sizes=repeat(3))
    query = table.query().where(
        Order.status == "new", Order.placed_at > NOON, Order.placed_at < NOON + timedelta(days=2)
    )
    assert sorted(numbers_of(await query.all())) == [4, 5, 6, 7]
    assert await query.count() == 4
    assert len(await query.limit(3).all()) == 3
    assert sorted(await by_pages(query, 3)) == [4, 5, 6, 7]
