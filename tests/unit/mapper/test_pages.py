"""Pages and their tokens: what a page holds, where it ends, and what its token serves."""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat
from typing import Any

import pytest

from ddbmodel import ExpressionError, InvalidCursor
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.query import Query
from ddbmodel.mapper.read import Read
from ddbmodel.model import plan_of
from tests.unit.mapper.market import Order
from tests.unit.mapper.reading import C, by_pages, numbers_of, order_table
from tests.unit.mapper.reading_table import ReadingTable


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
        found = await by_pages(read, size)
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


class Summary(Order, table="orders"):
    """Another view of the same table."""


TOKENS: list[tuple[str, Callable[[ReadingTable], Read[Any]]]] = [
    ("value", lambda t: t.query().where(Order.customer_id == "d")),
    ("model", lambda t: Query(t.gateway, plan_of(Summary)).where(C)),
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


@pytest.mark.parametrize(
    ("prefix", "secret", "message"),
    [("test-", b"s", "another query"), ("", b"t", "signed"), ("", None, "signed")],
)
async def test_tokens_are_bound_to_the_mapper(prefix: str, secret: bytes | None, message: str) -> None:
    """A token of a table with another prefix, or of a mapper with another key, is refused."""
    table = order_table()
    table.cursor_key = b"s"
    page = await table.query().where(C).page(size=2)
    query = Query(Gateway(table, prefix, secret), plan_of(Order)).where(C)
    with pytest.raises(InvalidCursor, match=message):
        await query.page(size=2, after=page.next)
    assert len(table.requests) == 1


@pytest.mark.parametrize("way", ["next", "previous"])
@pytest.mark.parametrize(
    ("made_for", "used_for"), [("a", "b"), ("a", None), (None, "a"), ("a", "A"), ("a", "a ")]
)
async def test_tokens_are_bound_to_the_scope(way: str, made_for: str | None, used_for: str | None) -> None:
    """A token serves its own scope, in both directions, and no other one, nor none."""
    table = order_table()
    query = table.query().where(C)
    page = await query.page(size=2, scope=made_for)
    page = await query.page(size=2, after=page.next, scope=made_for)
    token: Any = {"after" if way == "next" else "before": getattr(page, way)}
    with pytest.raises(InvalidCursor, match="another query or scope"):
        await query.page(size=2, **token, scope=used_for)
    assert len(table.requests) == 2
    found = await query.page(size=5, **token, scope=made_for)
    assert numbers_of(found.items) == ([4, 5, 6, 7, 8] if way == "next" else [0, 1])


@pytest.mark.parametrize("scope", ["", 7, b"a", True])
async def test_no_scope(scope: Any) -> None:
    """A scope is a text and not empty, so that a tenant without a name is not the same as none."""
    table = order_table()
    with pytest.raises(ExpressionError, match="scope is a text"):
        await table.query().where(C).page(size=2, scope=scope)
    assert table.requests == []


async def test_scans_have_scopes() -> None:
    """The tokens of a scan are bound to a scope as well."""
    scan = order_table().scan()
    page = await scan.page(size=2, scope="a")
    assert len((await scan.page(size=2, after=page.next, scope="a")).items) == 2
    with pytest.raises(InvalidCursor):
        await scan.page(size=2, after=page.next)


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
