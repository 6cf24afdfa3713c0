"""Scans in parallel segments, and reads that end early."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from itertools import repeat
from typing import Any

import pytest

from ddbmodel import (
    RequestRefused,
    Throttled,
)
from ddbmodel.mapper.read import Read
from tests.unit.mapper.market import Order
from tests.unit.mapper.reading import C, numbers_of, order_table
from tests.unit.mapper.reading_table import ReadingTable, refuse


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
