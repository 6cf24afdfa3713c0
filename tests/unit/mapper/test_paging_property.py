"""However the service splits a read into pages, whatever a filter drops, and whichever way, the same comes out."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ddbmodel.mapper.query import Query
from ddbmodel.mapper.read import Read
from tests.unit.mapper.market import Order
from tests.unit.mapper.reading_table import ReadingTable


@dataclass(frozen=True)
class Case:
    """One query on some orders.

    Attributes:
        hours: when each order was placed; several may have the same hour.
        kept: which orders pass the filter, if there is one.
        seed: where the pages of the service end.
        within: the range of hours, as (lowest, open, highest, open); None for all.
        walk: the pages to turn to, as (backward, size).
    """

    hours: list[int]
    kept: list[bool]
    filtered: bool
    by_index: bool
    reverse: bool
    within: tuple[int, bool, int, bool] | None
    limit: int | None
    page_size: int | None
    size: int
    seed: int
    largest: int
    walk: list[tuple[bool, int]]

    def sizes(self) -> Iterator[int]:
        numbers = random.Random(self.seed)
        while True:
            yield numbers.randint(1, self.largest)

    def orders(self) -> list[Order]:
        make = self._in_index if self.by_index else self._in_table
        return [make(number, hour) for number, hour in enumerate(self.hours)]

    def _in_table(self, number: int, hour: int) -> Order:
        """An order of the one customer, whose key tells its hour."""
        status = "kept" if self.kept[number] else "dropped"
        return Order(customer_id="c", order_id=f"{hour:02}{number:03}", status=status, count=number)

    def _in_index(self, number: int, hour: int) -> Order:
        """An order with the one rating, whose total is its hour; the index holds nothing to filter by."""
        return Order(customer_id=f"c{number}", order_id="o", rating=1, total=hour, count=number)

    def expected(self) -> list[int]:
        """The numbers of the orders that come out, up to the limit, in the order of their hours."""
        names = [f"c{number}" if self.by_index else f"{number:03}" for number in range(len(self.hours))]
        order = sorted(range(len(self.hours)), key=lambda number: (self.hours[number], names[number]))
        dropped = {number for number in order if self.filtered and not self.kept[number]}
        found = [number for number in order if number not in dropped and self._in_range(self.hours[number])]
        return (found[::-1] if self.reverse else found)[: self.limit]

    def _in_range(self, hour: int) -> bool:
        if self.within is None:
            return True
        low, low_open, high, high_open = self.within
        return (low < hour if low_open else low <= hour) and (hour < high if high_open else hour <= high)

    def query(self, table: ReadingTable) -> Query[Order]:
        query = table.query().reverse(self.reverse).hydrate()
        query = query.where(Order.rating == 1 if self.by_index else Order.customer_id == "c")
        if self.filtered:
            query = query.where(Order.customer_id.exists() if self.by_index else Order.status == "kept")
        if self.within is not None:
            query = query.where(*self._range(*self.within))
        query = query if self.limit is None else query.limit(self.limit)
        return query if self.page_size is None else query.page_size(self.page_size)

    def _range(self, low: int, low_open: bool, high: int, high_open: bool) -> tuple[Any, Any]:
        if self.by_index:
            return (
                Order.total > low if low_open else Order.total >= low,
                Order.total < high if high_open else Order.total <= high,
            )
        lowest = f"{low:02}~" if low_open else f"{low:02}"
        return Order.order_id >= lowest, Order.order_id < (f"{high:02}" if high_open else f"{high:02}~")


@st.composite
def cases(draw: st.DrawFn) -> Case:
    hours = draw(st.lists(st.integers(0, 6), max_size=14))
    by_index = draw(st.booleans())
    kept = draw(st.lists(st.booleans(), min_size=len(hours), max_size=len(hours)))
    low, high = sorted((draw(st.integers(0, 6)), draw(st.integers(0, 6))))
    return Case(
        hours=hours,
        kept=[True] * len(hours) if by_index else kept,
        filtered=draw(st.booleans()),
        by_index=by_index,
        reverse=draw(st.booleans()),
        within=draw(st.none() | st.just((low, draw(st.booleans()), high + 1, draw(st.booleans())))),
        limit=draw(st.none() | st.integers(1, 16)),
        page_size=draw(st.none() | st.integers(1, 5)),
        size=draw(st.integers(1, 16)),
        seed=draw(st.integers(0, 2**16)),
        largest=draw(st.integers(1, 15)),
        walk=draw(st.lists(st.tuples(st.booleans(), st.integers(1, 16)), max_size=12)),
    )


async def _by_pages(read: Read[Order], size: int) -> list[int]:
    found: list[int] = []
    page = await read.page(size=size)
    while True:
        assert len(page.items) <= size
        found += [order.count for order in page.items]
        if page.next is None:
            return found
        page = await read.page(size=size, after=page.next)


async def _walk(query: Query[Order], case: Case, expected: list[int]) -> None:
    """Turn pages, and compare each with the part of the list that it has to be."""
    page, start, stop = await query.page(size=case.size), 0, min(case.size, len(expected))
    for backward, size in [*case.walk, (False, 1)]:
        assert [order.count for order in page.items] == expected[start:stop]
        # With a filter a token may lead to nothing; without one there is a token exactly if there is more.
        assert start == 0 if page.previous is None else start > 0 or case.filtered
        assert stop == len(expected) if page.next is None else stop < len(expected) or case.filtered
        if backward and page.previous is not None:
            page = await query.page(size=size, before=page.previous)
            start, stop = max(0, start - size), start
        elif not backward and page.next is not None:
            page = await query.page(size=size, after=page.next)
            start, stop = stop, min(len(expected), stop + size)


async def _there_and_back(query: Query[Order], case: Case, expected: list[int]) -> None:
    """Go on to the last page, then back to the first one, and see everything once on either way."""
    sizes, found = case.sizes(), list[int]()
    page = await query.page(size=case.size)
    while page.next is not None:
        page = await query.page(size=next(sizes), after=page.next)
    while True:
        found = [order.count for order in page.items] + found
        if page.previous is None:
            break
        page = await query.page(size=next(sizes), before=page.previous)
    assert found == expected


async def _check(case: Case) -> None:
    table = ReadingTable(case.orders(), kind=Order, sizes=case.sizes())
    query, expected = case.query(table), case.expected()
    assert [order.count async for order in query] == expected
    assert await query.count() == len(expected)
    assert await _by_pages(query, case.size) == expected
    first = await query.first()
    assert (first and first.count) == (expected[0] if expected else None)


@settings(max_examples=300, deadline=None)
@given(cases())
def test_any_split(case: Case) -> None:
    """Lists, counts, pages and first items agree with the items in memory, wherever the service's pages end."""
    asyncio.run(_check(case))


async def _check_walks(case: Case) -> None:
    table = ReadingTable(case.orders(), kind=Order, sizes=case.sizes())
    await _walk(case.query(table), case, case.expected())
    await _there_and_back(case.query(table), case, case.expected())


@settings(max_examples=400, deadline=None)
@given(cases())
def test_any_walk(case: Case) -> None:
    """Pages turned forward and backward, of any sizes, are the parts of the list that come there, in its order."""
    asyncio.run(_check_walks(case))


@settings(max_examples=100, deadline=None)
@given(
    count=st.integers(0, 20),
    segments=st.integers(1, 6),
    limit=st.none() | st.integers(1, 25),
    seed=st.integers(0, 2**16),
)
def test_any_segments(count: int, segments: int, limit: int | None, seed: int) -> None:
    """A scan in any number of segments finds every item once, and as many as its limit says."""
    numbers = random.Random(seed)
    orders = [Order(customer_id=f"c{number}", order_id="o", count=number) for number in range(count)]
    sizes = iter(lambda: numbers.randint(1, 4), 0)

    async def check() -> None:
        scan = ReadingTable(orders, kind=Order, sizes=sizes).scan(segments)
        scan = scan if limit is None else scan.limit(limit)
        found = [order.count for order in await scan.all()]
        assert len(set(found)) == len(found) == min(count, count if limit is None else limit)
        assert await scan.count() == len(found)

    asyncio.run(check())
