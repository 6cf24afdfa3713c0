"""Scans find on every engine what is in the table or index, once each."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from ddbmodel import Mapper, Scan
from tests.conformance.market import Address, City, Order, fill, some_orders

ORDERS = some_orders()


@pytest.fixture
async def full(mapper: Mapper) -> Mapper:
    """A mapper whose table has the orders."""
    await fill(mapper, ORDERS)
    return mapper


def _numbers(orders: list[Order]) -> list[int]:
    return sorted(order.number for order in orders)


@pytest.mark.parametrize("segments", [1, 2, 8])
@pytest.mark.parametrize("page_size", [3, 1000])
async def test_everything_once(full: Mapper, segments: int, page_size: int) -> None:
    """A scan finds every item once, in any number of segments and pages of any size."""
    scan = full.scan(Order, segments=segments).page_size(page_size)
    found = await scan.all()
    assert sorted(found, key=lambda order: order.number) == ORDERS
    assert await scan.count() == len(ORDERS)
    assert len(await scan.limit(7).all()) == 7


async def test_filter(full: Mapper) -> None:
    """A scan is filtered by anything, the key too, and its limit is what comes out."""
    scan = full.scan(Order, segments=3).where(
        Order.customer_id == "c1", Order.order_id != "o003", Order.total > 0, Order.note.exists()
    )
    expected = [o for o in ORDERS if o.number % 2 and o.number != 3 and o.total > 0 and o.note is not None]
    assert _numbers(await scan.all()) == _numbers(expected)
    assert await scan.count() == len(expected)
    assert len(await scan.page_size(2).limit(3).all()) == 3


@pytest.mark.parametrize(("size", "page_size"), [(1, 1000), (7, 3), (40, 1000), (50, 7)])
@pytest.mark.parametrize("segments", [1, 4])
async def test_pages(full: Mapper, size: int, page_size: int, segments: int) -> None:
    """The pages of a scan have every item once, and the last one has no token."""
    scan: Scan[Order] = full.scan(Order, segments=segments).page_size(page_size)
    page = await scan.page(size=size)
    found = list(page.items)
    while page.next is not None:
        assert len(page.items) == size
        page = await scan.page(size=size, after=page.next)
        assert page.items
        found += page.items
    assert _numbers(found) == _numbers(ORDERS)


@pytest.mark.parametrize("segments", [1, 8])
async def test_resumed(full: Mapper, segments: int) -> None:
    """A scan that is stopped after every page and resumed with its checkpoint has every item once."""
    scan = full.scan(Order, segments=segments).page_size(9)
    found: list[Order] = []
    checkpoint: str | None = None
    for _ in range(100):
        async with aclosing(scan.pages(after=checkpoint)) as pages:
            page = await anext(pages, None)
        if page is None:
            break
        found += page.items
        checkpoint = page.checkpoint
    assert sorted(found, key=lambda order: order.number) == ORDERS


async def test_sparse_index(full: Mapper) -> None:
    """A scan of an index finds what is in the index, and what it does not hold if that is fetched."""
    expected = [order for order in ORDERS if order.note is not None and order.sent_at is not None]
    scan = full.scan(Order, segments=2).using(Order.by_sent)
    assert _numbers(await scan.hydrate().all()) == _numbers(expected)
    assert sorted(await scan.select(Order.order_id, Order.sent_at).all()) == [
        (order.order_id, order.sent_at) for order in expected
    ]
    assert await scan.count() == len(expected)


async def test_local_index_consistently(full: Mapper) -> None:
    """The table and its local indexes can be scanned consistently."""
    assert await full.scan(Order, segments=2).consistent().count() == len(ORDERS)
    assert await full.scan(Order).using(Order.by_total).consistent().count() == len(ORDERS)


async def test_rows(full: Mapper) -> None:
    """A scan gives rows of selected fields."""
    rows = (
        await full.scan(Order, segments=3)
        .select(Order.number, Order.address.at(Address.city).at(City.name))
        .all()
    )
    assert sorted(rows, key=lambda row: row[0]) == [
        (order.number, order.address and order.address.city.name) for order in ORDERS
    ]


async def test_left_early(full: Mapper) -> None:
    """Leaving a scan early ends its requests, and the mapper goes on."""
    async with aclosing(aiter(full.scan(Order, segments=4).page_size(1))) as orders:
        async for _ in orders:
            break
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert await full.scan(Order).count() == len(ORDERS)
