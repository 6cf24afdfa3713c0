"""Queries and scans on a table in memory: what is asked for, and what comes out."""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat
from typing import Any

import pytest

from tests.unit.mapper.market import Order
from tests.unit.mapper.reading import C, numbers_of, order_table, some_orders


async def test_verbs() -> None:
    """A query can be iterated over, listed, counted, and asked for its first item."""
    query = order_table().query().where(C)
    assert [order.count async for order in query] == list(range(10))
    assert await query.all() == some_orders()
    assert await query.count() == 10
    assert await query.first() == some_orders()[0]
    assert await query.reverse().first() == some_orders()[9]


async def test_nothing() -> None:
    """A query without results gives nothing, in every way."""
    query = order_table().query().where(Order.customer_id == "nobody")
    assert await query.all() == []
    assert await query.count() == 0
    assert await query.first() is None
    page = await query.page(size=5)
    assert (page.items, page.next) == ([], None)


async def test_a_read_is_a_value() -> None:
    """Every method gives a new read and leaves its own alone; a read can be used again."""
    base = order_table().query().where(C)
    changes: list[Callable[[Any], Any]] = [
        lambda q: q.where(Order.total > 5),
        lambda q: q.limit(1),
        lambda q: q.page_size(2),
        lambda q: q.reverse(),
        lambda q: q.consistent(),
        lambda q: q.using(Order.by_day),
        lambda q: q.hydrate(),
        lambda q: q.select(Order.total),
    ]
    before = base.explain()
    for change in changes:
        assert change(base) is not base
        assert base.explain() == before
    assert await base.all() == await base.all() == some_orders()


async def test_options_can_be_taken_back() -> None:
    """A switch that was turned on can be turned off."""
    base = order_table().query().where(C)
    varied = base.reverse().consistent().hydrate().reverse(False).consistent(False).hydrate(False)
    assert varied.explain() == base.explain()


async def test_planned_once() -> None:
    """A query is planned once, however many requests it sends."""
    query = order_table(sizes=repeat(1)).query().where(C)
    await query.all()
    assert query._pager.access is query._pager.access


@pytest.mark.parametrize("limit", [1, 3, 9, 10, 11, 2**40])
@pytest.mark.parametrize("size", [1, 2, 3, 1000])
@pytest.mark.parametrize("filtered", [False, True])
async def test_limit(limit: int, size: int, filtered: bool) -> None:
    """A limit is how many items come out, wherever pages end and whatever a filter drops."""
    query = order_table(sizes=repeat(size)).query().where(C)
    query = query.where(Order.note == "even") if filtered else query
    expected = [number for number in range(10) if not filtered or number % 2 == 0][:limit]
    assert numbers_of(await query.limit(limit).all()) == expected
    assert await query.limit(limit).count() == len(expected)


@pytest.mark.parametrize(
    ("describe", "limits"),
    [
        (lambda q: q, [None, None, None]),
        (lambda q: q.page_size(2), [2, 2, 2]),
        (lambda q: q.limit(5), [5, 3, 1]),
        (lambda q: q.limit(2**40), [2**31 - 1, 2**31 - 1]),
        (lambda q: q.page_size(2**40), [2**31 - 1, 2**31 - 1]),
        (lambda q: q.limit(5).page_size(2), [2, 2, 1]),
        (lambda q: q.limit(5).where(Order.total < 90), [None, None, None]),
        (lambda q: q.limit(5).page_size(7).where(Order.total < 90), [7, 7, 7]),
        (lambda q: q.limit(4).where(Order.order_id > "o000", Order.order_id < "o009"), [6, 5, 3]),
    ],
)
async def test_what_is_asked_for(describe: Callable[[Any], Any], limits: list[int | None]) -> None:
    """A request asks for no more items than can still come out, where nothing drops any."""
    table = order_table(sizes=repeat(2))
    await describe(table.query().where(C)).all()
    assert [wire.get("Limit") for wire in table.wires][: len(limits)] == limits


async def test_count_transfers_nothing() -> None:
    """A count asks the service to count, and returns no items."""
    table = order_table()
    assert await table.query().where(C, Order.note == "even").select(Order.total).limit(3).count() == 3
    assert table.wires[0]["Select"] == "COUNT"
    assert "ProjectionExpression" not in table.wires[0]


async def test_first_reads_one() -> None:
    """The first item is read alone, also where the query has a limit."""
    table = order_table()
    await table.query().where(C).limit(5).first()
    assert [wire["Limit"] for wire in table.wires] == [1]


async def test_empty_pages_are_not_the_end() -> None:
    """Pages that a filter leaves nothing of are read over."""
    table = order_table(sizes=repeat(1))
    found = await table.query().where(C, Order.total > 8).all()
    assert numbers_of(found) == [9]
    assert len(table.requests) == 10
