"""Queries and scans that are refused, explained, or end early; and segments."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from itertools import repeat
from typing import Any

import pytest

from ddbmodel import (
    Attr,
    ExpressionError,
    ModelDefinitionError,
    NoAccessPath,
    RequestRefused,
    Throttled,
    field,
)
from ddbmodel.mapper.query import Query
from ddbmodel.mapper.read import Read
from ddbmodel.model import plan_of
from tests.unit.mapper.market import NOON, Address, Order, Reading, Thing
from tests.unit.mapper.reading import C, numbers_of, order_table, some_orders
from tests.unit.mapper.reading_table import ReadingTable, refuse

# Refusals before anything is sent ----------------------------------------------------------------------------


REFUSED: list[tuple[type[Exception], Callable[[ReadingTable], Any]]] = [
    (NoAccessPath, lambda t: t.query()),
    (NoAccessPath, lambda t: t.query().where(Order.total > 3)),
    (NoAccessPath, lambda t: t.query().where(C, Order.order_id != "x")),
    (NoAccessPath, lambda t: t.query().where(Order.customer_id == "")),
    (NoAccessPath, lambda t: t.query().where(Order.rating == 1)),
    (NoAccessPath, lambda t: t.query().where(Order.status == "x").consistent()),
    (ExpressionError, lambda t: t.query().where(C, Order.order_id > "b", Order.order_id < "a")),
    (ExpressionError, lambda t: t.query().where(*([C] * 2), *[Order.total > n for n in range(301)])),
    (ExpressionError, lambda t: t.query().where(C, Order.note == "x" * 2_100_000)),
    (ExpressionError, lambda t: t.scan().using(Order.by_status).consistent()),
    (ExpressionError, lambda t: t.scan().using(Order.by_rating)),
]


@pytest.mark.parametrize(("error", "describe"), REFUSED)
@pytest.mark.parametrize(
    "use",
    [
        lambda read: read.all(),
        lambda read: read.first(),
        lambda read: read.count(),
        lambda read: read.page(size=5),
        lambda read: _explained(read),
    ],
)
async def test_refused(
    error: type[Exception], describe: Callable[[ReadingTable], Any], use: Callable[[Any], Any]
) -> None:
    """What cannot be served is refused in every way of using it, and nothing is sent, least of all a scan."""
    table = order_table()
    with pytest.raises(error):
        await use(describe(table))
    assert table.requests == []


async def _explained(read: Read[Any]) -> Any:
    return read.explain()


class Sub(Order, table="subs"):
    """A model that inherits its fields."""


class Moved(Order, table="moved"):
    status: Attr[str] = field(default="new")


WRONG: list[tuple[str, Callable[[ReadingTable], Any]]] = [
    ("where\\(\\) takes conditions", lambda t: t.query().where(True)),
    ("where\\(\\) takes conditions", lambda t: t.query().where("customer_id = c")),
    ("Thing.kind is no path of Order", lambda t: t.query().where(Thing.kind == "a")),
    ("Address.city is no path of Order", lambda t: t.query().where(C, Address.city == "a")),
    ("Sub.total is no path of Order", lambda t: t.query().where(Sub.total == 1)),
    ("Thing.kind is no path of Order", lambda t: t.query().select(Thing.kind)),
    ("select\\(\\) needs at least one", lambda t: t.query().select()),
    ("select\\(\\) takes paths such as", lambda t: t.query().select("total")),
    ("select\\(\\) takes paths such as", lambda t: t.query().select(Order.order_id.size())),
    ("select\\(\\) takes paths such as", lambda t: t.scan().select(Order.by_day)),
    ("limit is a whole number from 1 on", lambda t: t.query().limit(0)),
    ("limit is a whole number from 1 on", lambda t: t.query().limit(-1)),
    ("limit is a whole number from 1 on", lambda t: t.query().limit(1.5)),
    ("limit is a whole number from 1 on", lambda t: t.query().limit(True)),
    ("page_size is a whole number from 1 on", lambda t: t.query().page_size(0)),
    ("using\\(\\) takes an index of Order: Order.by_day", lambda t: t.query().using("by_day")),
    ("using\\(\\) takes an index of Order", lambda t: t.query().using(Order.total)),
    ("segments is a whole number from 1 to 1,000,000", lambda t: t.scan(segments=0)),
    ("segments is a whole number from 1 to 1,000,000", lambda t: t.scan(segments=1_000_001)),
    ("segments is a whole number from 1 to 1,000,000", lambda t: t.scan(segments=True)),
    ("segments is a whole number from 1 to 1,000,000", lambda t: t.scan(segments=2.0)),
]


@pytest.mark.parametrize(("message", "describe"), WRONG)
def test_wrong_arguments(message: str, describe: Callable[[ReadingTable], Any]) -> None:
    """A wrong argument is refused where it is given."""
    with pytest.raises(ExpressionError, match=message):
        describe(order_table())


@pytest.mark.parametrize("size", [0, -1, True, 1.5])
async def test_wrong_page_size(size: Any) -> None:
    """A page has a whole number of items from 1 on."""
    with pytest.raises(ExpressionError, match="size is a whole number"):
        await order_table().query().where(C).page(size=size)


def test_no_table() -> None:
    """A part cannot be queried."""
    with pytest.raises(ModelDefinitionError, match="has no table"):
        Query(order_table().gateway, plan_of(Address))


async def test_paths_of_a_base() -> None:
    """The paths of a base class serve its subclasses."""
    table = ReadingTable([Sub(**order.model_dump()) for order in some_orders(3)], kind=Sub)
    assert len(await table.query().where(Order.customer_id == "c", Sub.total > 0).all()) == 2


def test_paths_of_a_base_that_stores_otherwise() -> None:
    """A base's path is refused where the subclass stores the field under another name."""
    with pytest.raises(
        ExpressionError, match=r"Order.status: Moved stores status under another name; write Moved.status"
    ):
        ReadingTable([], kind=Moved).query().where(Order.status == "new")


# Explanations --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "describe",
    [
        lambda t: t.query().where(C),
        lambda t: t.query().where(C, Order.total > 3).limit(3).reverse().consistent(),
        lambda t: t.query().where(Order.status == "new", Order.placed_at < NOON).limit(3).page_size(2),
        lambda t: t.query().where(C, Order.order_id > "a", Order.order_id < "x").limit(3),
        lambda t: t.query().where(Order.rating == 1).hydrate(),
        lambda t: t.query().where(C).select(Order.total),
        lambda t: t.scan().where(Order.total > 3).limit(4),
        lambda t: t.scan(segments=3).select(Order.total),
        lambda t: t.scan().using(Order.by_status),
    ],
)
async def test_explained_as_sent(describe: Callable[[ReadingTable], Read[Order]]) -> None:
    """What is explained is what is sent first."""
    table = order_table()
    explained = describe(table).explain()
    assert table.requests == []
    await describe(table).all()
    name, wire = table.requests[0]
    assert (explained.operation, explained.request) == (name, wire)


def test_explanation() -> None:
    """An explanation shows path, conditions with the placeholders of the request, and the request."""
    query = order_table().query().where(Order.status == "new", Order.placed_at >= NOON, Order.total > 3)
    shown = str(query.limit(3).explain())
    assert shown.startswith(
        "Query orders\n"
        "  path: index by_status\n"
        "  key condition: st = :v0 AND placed_at >= :v1\n"
        "  filter: total > :v2\n"
        "  request: {\n"
        '    "TableName": "orders",\n'
    )
    assert query.explain().request["ExpressionAttributeValues"][":v2"] == {"N": "3"}
    assert "new" not in repr(query.explain())
    assert "new" not in repr(query)


def test_explained_notes() -> None:
    """An explanation says what the request does not show."""
    query = order_table().query().where(Order.rating == 1, Order.total > 1, Order.total < 5).hydrate()
    assert query.explain().notes == (
        "items at the excluded end of the range of total are dropped, as BETWEEN includes it",
        "BatchGetItem fetches the items, as the index does not hold all that is asked for",
    )
    assert "\n  note: items at the excluded end" in str(query.explain())


def test_explained_bytes() -> None:
    """Bytes are shown by their number."""
    table = ReadingTable([], kind=Reading)
    assert '"B": "3 bytes"' in str(table.query().where(Reading.sensor == 1, Reading.code == b"abc").explain())


# Ending early ----------------------------------------------------------------------------------------------------


async def _settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def _others() -> set[Any]:
    return asyncio.all_tasks() - {asyncio.current_task()}


@pytest.mark.parametrize("describe", [lambda t: t.query().where(C), lambda t: t.scan(segments=4)])
async def test_break(describe: Callable[[ReadingTable], Read[Order]]) -> None:
    """Leaving a loop early leaves no task behind and sends nothing more."""
    table = order_table(100, sizes=repeat(1))
    async for _ in describe(table):
        break
    await _settle()
    assert _others() == set()
    sent = len(table.requests)
    await _settle()
    assert len(table.requests) == sent <= 10


async def test_closed_explicitly() -> None:
    """Whoever wants it at once can close the iterator."""
    table = order_table(100, sizes=repeat(1))
    async with aclosing(aiter(table.scan(segments=4))) as orders:
        async for _ in orders:
            break
    assert _others() == set()
    assert table.in_flight == 0


@pytest.mark.parametrize("segments", [1, 4])
async def test_cancelled(segments: int) -> None:
    """Cancelling a scan ends its requests."""
    table = order_table(100, sizes=repeat(1))
    task = asyncio.create_task(table.scan(segments=segments).all())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert _others() == set()
    assert table.in_flight == 0


async def test_error_in_a_loop() -> None:
    """An error in the loop's body comes out as it is, and ends the segments."""
    table = order_table(100, sizes=repeat(1))

    async def consume() -> None:
        async for _ in table.scan(segments=4):
            raise KeyError("the body's own")

    with pytest.raises(KeyError, match="the body's own"):
        await consume()
    await _settle()
    assert _others() == set()


# Segments --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("segments", [1, 2, 7, 100, 200])
@pytest.mark.parametrize("size", [1, 3, 1000])
async def test_segments(segments: int, size: int) -> None:
    """A scan in segments finds every item once, and counts them."""
    scan = order_table(30, sizes=repeat(size)).scan(segments)
    assert sorted(numbers_of(await scan.all())) == list(range(30))
    assert await scan.count() == 30
    assert len(await scan.limit(7).all()) == 7
    assert len(await scan.where(Order.note == "even").all()) == 15


async def test_segments_numbered() -> None:
    """Each segment is asked for with its number and their total, a single one without."""
    table = order_table()
    await table.scan(segments=3).all()
    await table.scan().all()
    assert sorted((wire.get("Segment", -1), wire.get("TotalSegments")) for wire in table.wires[:3]) == [
        (0, 3),
        (1, 3),
        (2, 3),
    ]
    assert "Segment" not in table.wires[3]


async def test_one_page_ahead() -> None:
    """While a page is being worked on, each segment reads at most one page ahead."""
    table = order_table(100, sizes=repeat(1))
    async with aclosing(aiter(table.scan(segments=4))) as orders:
        async for _ in orders:
            await _settle()
            break
    assert len(table.requests) <= 4 + 1


async def test_segments_under_way() -> None:
    """However many segments there are, 64 are under way at most."""
    table = order_table(3)
    assert len(await table.scan(segments=1000).all()) == 3
    assert table.most_in_flight <= 64
    assert len(table.requests) == 1000


@pytest.mark.parametrize("failing", [{2}, {0, 1, 2, 3}])
async def test_failing_segment(failing: set[int]) -> None:
    """The error of a segment is raised once and as it is, and ends the others."""
    table = order_table(100, sizes=repeat(1))

    def fail(name: str, wire: dict[str, Any]) -> None:
        if wire["Segment"] in failing and ("ExclusiveStartKey" in wire or len(failing) > 1):
            raise Throttled("too fast", operation="Scan", code="ThrottlingException")

    table.faults = fail
    with pytest.raises(Throttled, match="too fast"):
        await table.scan(segments=4).all()
    assert _others() == set()
    assert table.in_flight == 0


async def test_refusals_pass_through() -> None:
    """What the service refuses is raised as it is."""
    table = order_table()
    table.faults = lambda name, wire: (_ for _ in ()).throw(refuse("no"))
    for read in (table.query().where(C).all(), table.scan(2).count(), table.query().where(C).page(size=1)):
        with pytest.raises(RequestRefused, match="no"):
            await read
