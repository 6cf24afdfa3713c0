"""Pages before a page: what they hold, where there are none, and which tokens lead there."""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat
from typing import Any

import pytest

from ddbmodel import ExpressionError, InvalidCursor
from ddbmodel.mapper.query import Query
from tests.unit.mapper.market import Order
from tests.unit.mapper.reading import C, numbers_of, order_table, some_orders
from tests.unit.mapper.reading_table import ReadingTable

QUERIES: list[Callable[[ReadingTable], Query[Order]]] = [
    lambda t: t.query().where(C),
    lambda t: t.query().where(C).reverse(),
    lambda t: t.query().where(C, Order.order_id > "o001", Order.order_id < "o008"),
    lambda t: t.query().where(C, Order.order_id > "o001", Order.order_id < "o008").reverse(),
    lambda t: t.query().where(Order.status == "new"),
    lambda t: t.query().where(Order.rating == 1).hydrate(),
    lambda t: t.query().where(Order.rating == 1).hydrate().reverse(),
    lambda t: t.query().where(C, Order.note == "even"),
    lambda t: t.query().where(C, Order.total > 100),
    lambda t: t.query().where(C).limit(7),
    lambda t: t.query().where(C, Order.note == "even").limit(4).reverse(),
    lambda t: t.query().where(Order.rating == 1).hydrate().limit(3),
    lambda t: t.query().where(C).page_size(1),
]


@pytest.mark.parametrize("describe", QUERIES)
@pytest.mark.parametrize("size", [1, 3, 10, 2**40])
@pytest.mark.parametrize("splits", [1, 2, 1000])
async def test_there_and_back(
    describe: Callable[[ReadingTable], Query[Order]], size: int, splits: int
) -> None:
    """Back from the last page to the first one, everything comes once more, in the order of the query."""
    query = describe(order_table(sizes=repeat(splits)))
    expected = numbers_of(await query.all())
    page, forward = await query.page(size=size), list[int]()
    assert page.previous is None
    forward += numbers_of(page.items)
    while page.next is not None:
        page = await query.page(size=size, after=page.next)
        forward += numbers_of(page.items)
    backward = numbers_of(page.items)
    while page.previous is not None:
        page = await query.page(size=size, before=page.previous)
        assert len(page.items) <= size
        backward = numbers_of(page.items) + backward
    assert forward == backward == expected


async def test_the_page_before() -> None:
    """A page before another one ends next to it, and has tokens in both directions."""
    query = order_table().query().where(C)
    first = await query.page(size=4)
    second = await query.page(size=4, after=first.next)
    third = await query.page(size=4, after=second.next)
    back = await query.page(size=3, before=third.previous)
    assert numbers_of(back.items) == [5, 6, 7]
    assert numbers_of((await query.page(size=9, after=back.next)).items) == [8, 9]
    assert numbers_of((await query.page(size=2, before=back.previous)).items) == [3, 4]
    assert (await query.page(size=5, before=back.previous)).previous is None


@pytest.mark.parametrize("reverse", [False, True])
async def test_request(reverse: bool) -> None:
    """The same query is sent in the other order, from the first item of the page, with one item ahead."""
    table = order_table()
    query = table.query().where(Order.status == "new").reverse(reverse)
    page = await query.page(size=2, after=(await query.page(size=6)).next)
    await query.page(size=2, before=page.previous)
    *_, forward, backward = table.wires
    assert backward.pop("ScanIndexForward", True) is reverse
    assert forward.pop("ScanIndexForward", True) is not reverse
    assert backward.pop("ExclusiveStartKey") == {
        "customer_id": {"S": "c"},
        "order_id": {"S": "o003" if reverse else "o006"},
        "st": {"S": "new"},
        "placed_at": {"S": f"2026-10-13T{15 if reverse else 18}:00:00.000000Z"},
    }
    del forward["ExclusiveStartKey"]
    assert backward == forward
    assert backward["Limit"] == 3


async def test_back_from_an_empty_page() -> None:
    """From an empty last page, as a filter leaves it, the way back begins at the end of the query."""
    query = order_table(sizes=repeat(1)).query().where(C, Order.count < 5)
    page = await query.page(size=5)
    empty = await query.page(size=5, after=page.next)
    assert (empty.items, empty.next) == ([], None)
    back = await query.page(size=3, before=empty.previous)
    assert (numbers_of(back.items), back.next) == ([2, 3, 4], None)
    assert numbers_of((await query.page(size=3, before=back.previous)).items) == [0, 1]


async def test_on_from_an_empty_page() -> None:
    """From an empty page before all others, the way on begins at the first item."""
    query = order_table(sizes=repeat(1)).query().where(C, Order.count >= 5).limit(3)
    page = await query.page(size=1)
    page = await query.page(size=1, after=page.next)
    first = await query.page(size=1, before=page.previous)
    empty = await query.page(size=1, before=first.previous)
    assert (numbers_of(first.items), empty.items, empty.previous) == ([5], [], None)
    again = await query.page(size=5, after=empty.next)
    assert (numbers_of(again.items), again.previous, again.next) == ([5, 6, 7], None, None)


async def test_before_an_item_that_is_gone() -> None:
    """The way back begins before a first item that has been deleted since."""
    table = order_table()
    query = table.query().where(C)
    page = await query.page(size=2, after=(await query.page(size=4)).next)
    table.items = [item for item in table.items if item["order_id"]["S"] != "o004"]
    back = await query.page(size=4, before=page.previous)
    assert numbers_of(back.items) == [0, 1, 2, 3]
    assert numbers_of((await query.page(size=1, after=back.next)).items) == [5]


async def test_hydrated_items_that_are_gone() -> None:
    """What was deleted from the table while its index was read is left out, and the item before takes its place."""
    table = order_table()
    query = table.query().where(Order.rating == 1).hydrate()
    last = await query.page(size=1, after=(await query.page(size=3)).next)
    gone = ("o003", "o006")

    def delete(name: str, wire: dict[str, Any]) -> None:
        if name == "BatchGetItem":
            table.items = [item for item in table.items if item["order_id"]["S"] not in gone]

    table.faults = delete
    back = await query.page(size=2, before=last.previous)
    assert (numbers_of(back.items), back.previous) == ([0], None)
    assert numbers_of((await query.page(size=2, after=back.next)).items) == [9]


async def test_limit_counts_what_is_before() -> None:
    """After going back, a limit ends where it did before."""
    query = order_table().query().where(C).limit(7)
    second = await query.page(size=3, after=(await query.page(size=3)).next)
    first = await query.page(size=2, before=second.previous)
    assert numbers_of(first.items) == [1, 2]
    rest = await query.page(size=100, after=first.next)
    assert (numbers_of(rest.items), rest.next) == ([3, 4, 5, 6], None)


@pytest.mark.parametrize(("kept", "expected"), [(5, [5, 6, 7, 8, 9]), (1, [1, 2, 3, 4, 5, 6, 7, 8])])
async def test_limit_after_deletes(kept: int, expected: list[int]) -> None:
    """At the first item the count of a limit is right again, whatever was deleted since."""
    table = order_table()
    query = table.query().where(C).limit(8)
    page = await query.page(size=2, after=(await query.page(size=6)).next)
    table.items = [item for item in table.items if item["count"]["N"] >= str(kept)]
    first = await query.page(size=6, before=page.previous)
    rest = await query.page(size=100, after=first.next)
    assert first.previous is None
    assert numbers_of(first.items + rest.items) == expected


@pytest.mark.parametrize("size", [1, 2, 10])
async def test_limit_after_inserts(size: int) -> None:
    """What was written before the first item since is shown on the way back, never more than the limit at once."""
    table = order_table()
    query = table.query().where(C).limit(3)
    page = await query.page(size=1, after=(await query.page(size=1)).next)
    table.items += [{**table.items[0], "order_id": {"S": f"a{number}"}} for number in range(4)]
    back = await query.page(size=size, before=page.previous)
    assert len(back.items) == min(size, 3)
    assert numbers_of((await query.page(size=9, after=back.next)).items) == [1, 2]
    names = [order.order_id for order in back.items]
    while back.previous is not None:
        back = await query.page(size=size, before=back.previous)
        assert len(back.items) <= 3
        names = [order.order_id for order in back.items] + names
    assert names == ["a0", "a1", "a2", "a3", "o000"]


async def test_selected_rows() -> None:
    """Rows page backward as models do, though the key is not selected."""
    query = order_table().query().where(C).select(Order.total)
    page = await query.page(size=3, after=(await query.page(size=3)).next)
    assert (await query.page(size=2, before=page.previous)).items == [(1,), (2,)]


@pytest.mark.parametrize("kind", ["after", "before"])
async def test_the_other_token(kind: str) -> None:
    """A token of the other direction is refused, and nothing is sent."""
    table = order_table()
    query = table.query().where(C)
    page = await query.page(size=2, after=(await query.page(size=2)).next)
    token, sent = page.previous if kind == "after" else page.next, len(table.requests)
    with pytest.raises(InvalidCursor, match="leads the other way"):
        await query.page(size=2, **{kind: token})  # type: ignore[arg-type]
    assert len(table.requests) == sent


async def test_both_tokens() -> None:
    """One page cannot be after one token and before another."""
    table = order_table()
    query = table.query().where(C)
    page = await query.page(size=2, after=(await query.page(size=2)).next)
    with pytest.raises(ExpressionError, match="not both"):
        await query.page(size=2, after=page.next, before=page.previous)
    assert len(table.requests) == 2


@pytest.mark.parametrize("segments", [1, 3])
async def test_scans_go_forward(segments: int) -> None:
    """No page of a scan has a token back, and none is taken."""
    table = order_table()
    scan: Any = table.scan(segments)
    page = await scan.page(size=2, after=(await scan.page(size=2)).next)
    assert page.previous is None
    with pytest.raises(ExpressionError, match="a scan cannot be read backward: use after= alone"):
        await scan.page(size=2, before=page.next)
    assert len(table.requests) == 2


async def test_nothing_before() -> None:
    """A page that was read without a token has none back, whatever else it has."""
    for orders in ([], some_orders(1), some_orders(9)):
        table = ReadingTable(orders, kind=Order)
        assert (await table.query().where(C).page(size=3)).previous is None
        assert (await table.query().where(C).page(size=3, before=None)).previous is None
