"""Queries find on every engine what Python finds among the same orders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from ddbmodel import Attr, GlobalIndex, InvalidCursor, Mapper, Model, Query, partition_key
from tests.conformance.market import NOON, Address, City, Line, Order, fill, some_orders

ORDERS = some_orders()
HOUR = timedelta(hours=1)


@pytest.fixture
async def full(mapper: Mapper) -> Mapper:
    """A mapper whose table has the orders."""
    await fill(mapper, ORDERS)
    return mapper


C0, NEW = Order.customer_id == "c0", Order.status == "new"


def _c0(order: Order) -> bool:
    return order.customer_id == "c0"


def _new(order: Order) -> bool:
    return order.status == "new"


Test = Callable[[Order], bool]

QUERIES: list[tuple[str, list[Any], Test, Callable[[Order], Any]]] = [
    ("", [C0], _c0, lambda o: o.order_id),
    ("", [C0, Order.order_id == "o004"], lambda o: o.number == 4, lambda o: o.order_id),
    ("", [C0, Order.order_id > "o010"], lambda o: _c0(o) and o.number > 10, lambda o: o.order_id),
    ("", [C0, Order.order_id <= "o010"], lambda o: _c0(o) and o.number <= 10, lambda o: o.order_id),
    ("", [C0, Order.order_id.begins_with("o00")], lambda o: _c0(o) and o.number < 10, lambda o: o.order_id),
    (
        "",
        [C0, Order.order_id.between("o004", "o020")],
        lambda o: _c0(o) and 4 <= o.number <= 20,
        lambda o: o.order_id,
    ),
    (
        "",
        [C0, Order.order_id >= "o004", Order.order_id < "o020"],
        lambda o: _c0(o) and 4 <= o.number < 20,
        lambda o: o.order_id,
    ),
    (
        "",
        [C0, Order.order_id > "o004", Order.order_id < "o020", Order.total > 0],
        lambda o: _c0(o) and 4 < o.number < 20 and o.total > 0,
        lambda o: o.order_id,
    ),
    (
        "",
        [C0, (Order.note == "a") | (Order.total < 0), ~(Order.number == 8)],
        lambda o: _c0(o) and (o.note == "a" or o.total < 0) and o.number != 8,
        lambda o: o.order_id,
    ),
    ("", [C0, Order.note.not_exists()], lambda o: _c0(o) and o.note is None, lambda o: o.order_id),
    ("by_total", [C0, Order.total > 3], lambda o: _c0(o) and o.total > 3, lambda o: o.total),
    ("by_total", [C0, Order.total < -1], lambda o: _c0(o) and o.total < -1, lambda o: o.total),
    (
        "by_total",
        [C0, Order.total > Decimal("-1.25"), Order.total < 10],
        lambda o: _c0(o) and Decimal("-1.25") < o.total < 10,
        lambda o: o.total,
    ),
    ("by_status", [NEW], _new, lambda o: o.placed_at),
    (
        "by_status",
        [NEW, Order.placed_at > NOON + HOUR, Order.placed_at < NOON + 6 * HOUR],
        lambda o: _new(o) and NOON + HOUR < o.placed_at < NOON + 6 * HOUR,
        lambda o: o.placed_at,
    ),
    (
        "by_status",
        [NEW, Order.placed_at >= NOON + 3 * HOUR, Order.customer_id == "c1", Order.order_id != "o015"],
        lambda o: _new(o) and o.placed_at >= NOON + 3 * HOUR and o.number % 2 == 1 and o.number != 15,
        lambda o: o.placed_at,
    ),
]


@pytest.mark.parametrize(
    ("index", "conditions", "expected", "order"), QUERIES, ids=[repr(query[1]) for query in QUERIES]
)
async def test_queries(
    full: Mapper, index: str, conditions: list[Any], expected: Test, order: Callable[[Order], Any]
) -> None:
    """A query finds the orders that its conditions are true of, in the order of its path, forward and backward."""
    query = full.query(Order).where(*conditions)
    assert (query.explain().index or "") == index
    await _check(query, [o for o in ORDERS if expected(o)], order)


async def _check(query: Query[Order], expected: list[Order], order: Callable[[Order], Any]) -> None:
    """What one read gives, page by page as well, and in the other direction."""
    found = await query.all()
    assert sorted(o.number for o in found) == sorted(o.number for o in expected)
    assert all(o == ORDERS[o.number] for o in found)
    assert [order(o) for o in found] == sorted(map(order, expected))
    assert await query.count() == len(expected)
    assert await query.first() == (found[0] if found else None)
    numbers = [o.number for o in found]
    backward = query.reverse()
    assert [order(o) for o in await backward.all()] == [order(o) for o in found][::-1]
    for size, page_size in ((3, None), (4, 2), (100, 3)):
        paged = query if page_size is None else query.page_size(page_size)
        assert await _by_pages(paged, size) == numbers
        assert sorted(await _by_pages(paged.reverse(), size)) == sorted(numbers)
    assert [o.number for o in await query.limit(3).page_size(2).all()] == numbers[:3]
    assert await query.limit(3).count() == len(numbers[:3])


async def _by_pages(query: Query[Order], size: int) -> list[int]:
    page = await query.page(size=size)
    numbers = [order.number for order in page.items]
    while page.next is not None:
        page = await query.page(size=size, after=page.next)
        numbers += [order.number for order in page.items]
    return numbers


BYTES = [
    ([Order.code >= b"\x80"], lambda code: code >= b"\x80"),
    ([Order.code > b"\x10", Order.code < b"\xf0"], lambda code: b"\x10" < code < b"\xf0"),
]


@pytest.mark.parametrize(("conditions", "expected"), BYTES)
async def test_bytes_as_sort_key(
    full: Mapper, conditions: list[Any], expected: Callable[[bytes], bool]
) -> None:
    """Bytes are ordered as unsigned bytes."""
    query = full.query(Order).where(NEW, *conditions)
    assert query.explain().index == "by_code"
    await _check(query, [o for o in ORDERS if _new(o) and expected(o.code)], lambda o: o.code)


async def test_consistent(full: Mapper) -> None:
    """The table and its local indexes can be read consistently."""
    assert len(await full.query(Order).where(C0).consistent().all()) == 20
    assert len(await full.query(Order).where(C0, Order.total < 100).consistent().all()) == 20


async def test_last_page_has_no_token(full: Mapper) -> None:
    """All pages but the last are full, and no page without items follows them."""
    query = full.query(Order).where(C0)
    page, lengths = await query.page(size=5), list[int]()
    lengths.append(len(page.items))
    while page.next is not None:
        page = await query.page(size=5, after=page.next)
        lengths.append(len(page.items))
    assert lengths == [5, 5, 5, 5]


async def test_after_a_deleted_item(full: Mapper) -> None:
    """A page continues where it ended, though the item is gone."""
    query = full.query(Order).where(C0)
    page = await query.page(size=4)
    await full.delete(page.items[-1])
    assert [order.number for order in (await query.page(size=4, after=page.next)).items] == [8, 10, 12, 14]


async def test_tokens_of_other_queries(full: Mapper) -> None:
    """A token serves no other customer, order or index."""
    token = (await full.query(Order).where(C0).page(size=4)).next
    assert token is not None
    for other in (
        full.query(Order).where(Order.customer_id == "c1"),
        full.query(Order).where(C0).reverse(),
        full.query(Order).where(C0).using(Order.by_total),
        full.query(Order).where(C0, Order.total > 3),
    ):
        with pytest.raises(InvalidCursor):
            await other.page(size=4, after=token)


async def test_index_of_keys(full: Mapper) -> None:
    """An index of keys gives the fields that it holds, or the items that are fetched for it, in its order."""
    query = full.query(Order).where(Order.note == "a").using(Order.by_sent)
    expected = [order for order in ORDERS if order.note == "a" and order.sent_at is not None]
    assert await query.hydrate().all() == expected
    assert await query.hydrate().reverse().limit(1).all() == expected[-1:]
    rows = await query.select(Order.order_id, Order.sent_at).all()
    assert rows == [(order.order_id, order.sent_at) for order in expected]
    rows_of_all = await query.select(Order.number, Order.total).hydrate().all()
    assert rows_of_all == [(order.number, order.total) for order in expected]
    page = await query.hydrate().page(size=1)
    assert page.items == expected[:1]
    assert (await query.hydrate().page(size=5, after=page.next)).items == expected[1:]


async def test_index_of_some_fields(full: Mapper) -> None:
    """An index holds the fields that it projects, and can be filtered by them."""
    query = full.query(Order).where(Order.note == "b", Order.total > 0).using(Order.by_note)
    rows = await query.select(Order.number, Order.total, Order.customer_id).all()
    expected = [(o.number, o.total, o.customer_id) for o in ORDERS if o.note == "b" and o.total > 0]
    assert sorted(rows) == sorted(expected)


async def test_rows(full: Mapper) -> None:
    """Selected fields come as they are in a model: renamed ones, parts, elements and entries."""
    query = full.query(Order).where(Order.customer_id == "c1").limit(4)
    orders = await query.all()
    rows = await query.select(
        Order.placed_at,
        Order.address,
        Order.address.at(Address.city).at(City.name),
        Order.lines[1].at(Line.price),
        Order.labels[3],
        Order.sent_at,
    ).all()
    assert rows == [
        (
            order.placed_at,
            order.address,
            order.address and order.address.city.name,
            order.lines[1].price if len(order.lines) > 1 else None,
            order.labels.get(3),
            order.sent_at,
        )
        for order in orders
    ]


async def test_nested_projection(full: Mapper) -> None:
    """A field of a part is projected alone, and missing where the part is."""
    query = full.query(Order).limit(3).select(Order.number, Order.address.at(Address.city).at(City.name))
    assert await query.where(Order.customer_id == "c1").all() == [(1, "city 1"), (3, "city 3"), (5, "city 5")]
    assert await query.where(C0).all() == [(0, None), (2, None), (4, None)]


class Match(Model, table="matches"):
    """A match under an index whose keys have several attributes."""

    match_id: Attr[str] = partition_key()
    country: Attr[str]
    region: Attr[str]
    league: Attr[str]
    season: Attr[int]

    by_place = GlobalIndex(partition_key=("country", "region"), sort_key=("league", "season"))


MATCHES = [
    Match(match_id=str(n), country="ie", region="ew"[n % 2], league="ab"[n // 2 % 2], season=n)
    for n in range(24)
]


@pytest.mark.behaviour("index keys of several attributes")
async def test_keys_of_several_attributes(mapper: Mapper) -> None:
    """The partition key is bound whole, the sort key from left to right, and pages continue in it."""
    await mapper.create_table(Match)
    async with mapper.batch_writer() as writer:
        for match in MATCHES:
            await writer.put(match)
    east = mapper.query(Match).where(Match.country == "ie", Match.region == "e")
    later = east.where(Match.league == "b", Match.season > 5, Match.season < 20)
    expected = [match for match in MATCHES if match.region == "e"]
    assert sorted(m.season for m in await east.all()) == [match.season for match in expected]
    assert [m.season for m in await later.all()] == [
        m.season for m in expected if m.league == "b" and 5 < m.season < 20
    ]
    first = await later.page(size=2)
    second = await later.page(size=100, after=first.next)
    assert first.items + second.items == await later.all()
