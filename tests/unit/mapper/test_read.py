"""Queries and scans on a table in memory: what comes out, and where pages end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import repeat
from typing import Any

import pytest

from ddbmodel import (
    InvalidCursor,
)
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.query import Query
from ddbmodel.mapper.read import Read
from ddbmodel.model import plan_of
from tests.unit.mapper.market import NOON, Order
from tests.unit.mapper.reading import C, numbers_of, order_table, some_orders
from tests.unit.mapper.reading_table import ReadingTable

# Results -----------------------------------------------------------------------------------------------------


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
    assert query._pager is query._pager


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


# Half-open ranges ----------------------------------------------------------------------------------------------


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
    assert await _by_pages(query, 2) == expected
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
    assert sorted(await _by_pages(query, 3)) == [4, 5, 6, 7]


# Pages ---------------------------------------------------------------------------------------------------------


async def _by_pages(read: Read[Order], size: int) -> list[int]:
    found: list[int] = []
    token: str | None = None
    while True:
        page = await read.page(size=size, after=token)
        assert len(page.items) <= size
        found += numbers_of(page.items)
        if page.next is None:
            return found
        token = page.next


@pytest.mark.parametrize("size", [1, 2, 3, 5, 9, 10, 11])
@pytest.mark.parametrize("page_size", [1, 4, 1000])
async def test_last_page(size: int, page_size: int) -> None:
    """Without a filter, all pages but the last are full, and only the last has no token."""
    query = order_table(sizes=repeat(page_size)).query().where(C)
    page = await query.page(size=size)
    lengths = [len(page.items)]
    while page.next is not None:
        page = await query.page(size=size, after=page.next)
        lengths.append(len(page.items))
    assert lengths == [size] * (10 // size) + ([10 % size] if 10 % size else [])


@pytest.mark.parametrize(
    "describe",
    [
        lambda t: t.query().where(C),
        lambda t: t.query().where(C).reverse(),
        lambda t: t.query().where(Order.status == "new"),
        lambda t: t.query().where(Order.rating == 1).hydrate(),
        lambda t: t.query().where(Order.rating == 1).hydrate().reverse(),
        lambda t: t.query().where(C, Order.note == "even"),
        lambda t: t.query().where(C, Order.total > 100),
        lambda t: t.query().where(C).limit(7),
        lambda t: t.query().where(C, Order.note == "even").limit(4),
        lambda t: t.query().where(C).page_size(1),
        lambda t: t.scan(),
        lambda t: t.scan(segments=3),
        lambda t: t.scan().where(Order.note == "even"),
        lambda t: t.scan().using(Order.by_status),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 10, 2**40])
async def test_pages_are_exact(describe: Callable[[ReadingTable], Read[Order]], size: int) -> None:
    """The pages of a read have together what one read of it has, in the same order, whatever their size."""
    expected = numbers_of(await describe(order_table()).page_size(1000).all())
    for splits in (1, 2, 1000):
        read = describe(order_table(sizes=repeat(splits)))
        found = await _by_pages(read, size)
        assert sorted(found) == sorted(expected)
        if "scan" not in repr(read).lower():
            assert found == expected


async def test_cut_in_the_middle() -> None:
    """Where a page is cut, its token is made of its last item: keys of the index and of the table."""
    table = order_table()
    query = table.query().where(Order.status == "new", Order.note == "even")
    page = await query.page(size=2)
    await query.page(size=2, after=page.next)
    assert table.wires[1]["ExclusiveStartKey"] == {
        "customer_id": {"S": "c"},
        "order_id": {"S": "o002"},
        "st": {"S": "new"},
        "placed_at": {"S": "2026-10-13T14:00:00.000000Z"},
    }


async def test_after_an_item_that_is_gone() -> None:
    """A page continues after an item that has been deleted since."""
    table = order_table()
    query = table.query().where(C)
    page = await query.page(size=4)
    table.items = [item for item in table.items if item["order_id"]["S"] != "o003"]
    assert numbers_of((await query.page(size=4, after=page.next)).items) == [4, 5, 6, 7]


async def test_limit_spans_pages() -> None:
    """A limit counts on over pages, and its last page has no token."""
    query = order_table().query().where(C).limit(5)
    first = await query.page(size=3)
    second = await query.page(size=3, after=first.next)
    assert (numbers_of(first.items), numbers_of(second.items), second.next) == ([0, 1, 2], [3, 4], None)


async def test_selected_pages() -> None:
    """Rows page as models do, though the key is not selected, and it does not show in them."""
    query = order_table().query().where(C).select(Order.total).limit(5)
    first = await query.page(size=3)
    second = await query.page(size=3, after=first.next)
    assert [tuple(row) for row in first.items + second.items] == [(n,) for n in range(5)]
    assert second.next is None


TOKENS: list[tuple[str, Callable[[ReadingTable], Read[Any]]]] = [
    ("value", lambda t: t.query().where(Order.customer_id == "d")),
    ("condition", lambda t: t.query().where(C, Order.order_id > "a")),
    ("filter", lambda t: t.query().where(C, Order.total > 1)),
    ("order", lambda t: t.query().where(C).reverse()),
    ("index", lambda t: t.query().where(C).using(Order.by_day)),
    ("select", lambda t: t.query().where(C).select(Order.total)),
    ("consistent", lambda t: t.query().where(C).consistent()),
    ("limit", lambda t: t.query().where(C).limit(5)),
    ("scan", lambda t: t.scan().where(C)),
]


@pytest.mark.parametrize(("what", "describe"), TOKENS, ids=[what for what, _ in TOKENS])
async def test_tokens_are_bound(what: str, describe: Callable[[ReadingTable], Read[Any]]) -> None:
    """A token of another query is refused, and nothing is sent."""
    table = order_table()
    token = (await table.query().where(C).page(size=2)).next
    sent = len(table.requests)
    with pytest.raises(InvalidCursor, match="another query"):
        await describe(table).page(size=2, after=token)
    assert len(table.requests) == sent


async def test_tokens_are_bound_to_the_table() -> None:
    """A token of a table with another prefix is refused."""
    table = order_table()
    token = (await table.query().where(C).page(size=2)).next
    query = Query(Gateway(table, "test-"), plan_of(Order)).where(C)
    with pytest.raises(InvalidCursor, match="another query"):
        await query.page(size=2, after=token)


@pytest.mark.parametrize(
    "again",
    [
        lambda t: t.query().where(C & (Order.status.is_in({"x", "new", "y", "z"}))),
        lambda t: t.query().where(Order.status.is_in(["z", "y", "new", "x"])).where(C).page_size(3),
    ],
)
async def test_tokens_of_the_same_query(again: Callable[[ReadingTable], Read[Order]]) -> None:
    """A query is the same however it was put together, in whatever order a set gives its members."""
    table = order_table()
    read = table.query().where(C, Order.status.is_in({"new", "z", "x", "y"}))
    page = await read.page(size=2)
    assert numbers_of((await again(table).page(size=2, after=page.next)).items) == [2, 3]


@pytest.mark.parametrize("secret", [None, b"s"])
async def test_damaged_tokens(secret: bytes | None) -> None:
    """A damaged token is refused, and nothing is sent."""
    table = order_table()
    table.cursor_key = secret
    token = (await table.query().where(C).page(size=2)).next
    assert token is not None
    for damaged in (token[:-1], token[1:], token + "A", token.swapcase(), ""):
        with pytest.raises(InvalidCursor):
            await table.query().where(C).page(size=2, after=damaged)
    assert len(table.requests) == 1


# Hydration -----------------------------------------------------------------------------------------------------


async def test_hydrate() -> None:
    """Whole items are fetched for an index of keys, in the order of the index."""
    table = order_table()
    assert numbers_of(await table.query().where(Order.rating == 1).hydrate().all()) == [0, 3, 6, 9]
    assert numbers_of(await table.query().where(Order.rating == 1).hydrate().reverse().all()) == [9, 6, 3, 0]
    assert [name for name, _ in table.requests] == ["Query", "BatchGetItem"] * 2


async def test_hydrate_without_need() -> None:
    """Nothing is fetched where the path holds what is asked for."""
    table = order_table()
    await table.query().where(C).hydrate().all()
    await table.query().where(Order.status == "new").hydrate().all()
    await table.query().where(Order.rating == 1).select(Order.rating, Order.total).hydrate().all()
    assert [name for name, _ in table.requests] == ["Query"] * 3


async def test_hydrate_rows() -> None:
    """Selected fields that the index does not hold are fetched, and no others."""
    table = order_table()
    rows = await table.query().where(Order.rating == 1).select(Order.count, Order.rating).hydrate().all()
    assert [tuple(row) for row in rows] == [(0, 1), (3, 1), (6, 1), (9, 1)]
    (fetch,) = table.of("BatchGetItem")
    names = fetch["RequestItems"]["orders"]["ExpressionAttributeNames"].values()
    assert set(names) == {"count", "rating", "customer_id", "order_id"}


def _deleting(table: ReadingTable, *numbers: int) -> None:
    """Delete items between the index and the table."""

    def delete(name: str, wire: dict[str, Any]) -> None:
        if name == "BatchGetItem":
            gone = {f"o{number:03}" for number in numbers}
            table.items = [item for item in table.items if item["order_id"]["S"] not in gone]

    table.faults = delete


@pytest.mark.parametrize(
    ("gone", "expected"), [((0,), [3, 6]), ((3,), [0, 6]), ((0, 3), [6, 9]), ((0, 3, 6, 9), [])]
)
@pytest.mark.parametrize("size", [1, 1000])
async def test_hydrate_what_is_gone(gone: tuple[int, ...], expected: list[int], size: int) -> None:
    """What was deleted in between is left out, and does not count for limit, first item or page."""

    def query() -> Query[Order]:
        table = order_table(sizes=repeat(size))
        _deleting(table, *gone)
        return table.query().where(Order.rating == 1).hydrate()

    assert numbers_of(await query().limit(2).all()) == expected
    assert numbers_of((await query().page(size=2)).items) == expected
    first = await query().first()
    assert numbers_of([first] if first else []) == expected[:1]


async def test_hydrate_a_scan() -> None:
    """A scan of an index of keys can fetch the items too."""
    table = order_table()
    found = await table.scan(segments=2).using(Order.by_rating).hydrate().all()
    assert sorted(numbers_of(found)) == list(range(10))
