"""Scans that are resumed: whatever was handed out before, nothing is left out and nothing comes twice."""

from __future__ import annotations

import asyncio
import base64
from contextlib import aclosing
from itertools import cycle, repeat
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbmodel import ExpressionError, InvalidCursor, Scan, ScanPage, Throttled
from ddbmodel.mapper.checkpoint import Checkpoints, Progress
from ddbmodel.mapper.cursor import Cursors
from ddbmodel.schema import KeyAttribute
from tests.unit.mapper.market import Order
from tests.unit.mapper.reading import numbers_of, order_table

EVERYTHING = list(range(30))


async def _some(scan: Scan[Any], after: str | None, pages: int) -> tuple[list[Any], str | None]:
    """The items of the next pages, and the checkpoint of the last of them."""
    items: list[Any] = []
    async with aclosing(scan.pages(after=after)) as found:
        async for page in found:
            items += page.items
            after, pages = page.checkpoint, pages - 1
            if not pages:
                break
    return items, after


@given(
    segments=st.sampled_from((1, 2, 5, 40, 200)),
    sizes=st.lists(st.integers(1, 9), min_size=1, max_size=5),
    stops=st.lists(st.integers(1, 12), max_size=5),
)
def test_stopped_anywhere(segments: int, sizes: list[int], stops: list[int]) -> None:
    """A scan that is stopped and resumed any number of times finds every item once."""
    scan = order_table(30, sizes=cycle(sizes)).scan(segments)

    async def run() -> list[int]:
        numbers: list[int] = []
        checkpoint: str | None = None
        for pages in (*stops, 10_000):
            items, checkpoint = await _some(scan, checkpoint, pages)
            numbers += numbers_of(items)
        assert await _some(scan, checkpoint, 1) == ([], checkpoint)
        return numbers

    assert sorted(asyncio.run(run())) == EVERYTHING


@pytest.mark.parametrize("segments", [1, 4])
async def test_after_a_failure(segments: int) -> None:
    """What was handed out before a request failed is not read again."""
    table = order_table(30, sizes=repeat(3))
    numbers: list[int] = []
    checkpoint: str | None = None
    failures = iter(range(4, 10**6, 5))
    failing = next(failures)

    def fail(name: str, wire: dict[str, Any]) -> None:
        nonlocal failing
        if len(table.requests) >= failing:
            failing = next(failures)
            raise Throttled("too fast", operation="Scan", code="ThrottlingException")

    table.faults = fail
    for _ in range(100):
        try:
            async for page in table.scan(segments).pages(after=checkpoint):
                numbers += numbers_of(page.items)
                checkpoint = page.checkpoint
        except Throttled:
            continue
        break
    assert sorted(numbers) == EVERYTHING


async def test_what_was_not_kept_comes_again() -> None:
    """A checkpoint is of the pages that were handed out with or before it, not of what was read ahead."""
    scan = order_table(30, sizes=repeat(3)).scan(3)
    pages: list[ScanPage[Order]] = [page async for page in scan.pages()]
    for place, page in enumerate(pages):
        rest, _ = await _some(scan, page.checkpoint, 10_000)
        later = [number for other in pages[place + 1 :] for number in numbers_of(other.items)]
        assert sorted(numbers_of(rest)) == sorted(later)


async def test_filters_leave_pages_empty() -> None:
    """They bring the scan on all the same."""
    scan = order_table(30, sizes=repeat(3)).scan(2).where(Order.count == 7)
    pages = [page async for page in scan.pages()]
    assert len(pages) >= 10
    assert [numbers_of(page.items) for page in pages if page.items] == [[7]]


async def test_rows() -> None:
    """Selected fields are resumed as models are, though the key is not selected."""
    scan = order_table(30, sizes=repeat(3)).scan(2).select(Order.count)
    first, checkpoint = await _some(scan, None, 3)
    rest, _ = await _some(scan, checkpoint, 10_000)
    assert sorted(row.count for row in first + rest) == EVERYTHING


async def test_only_the_same_scan() -> None:
    """A checkpoint serves no other segments, conditions or signing key, and no page; any size of pages."""
    table = order_table(30, sizes=repeat(3))
    scan = table.scan(2)
    _, checkpoint = await _some(scan, None, 2)
    assert checkpoint is not None
    rest, _ = await _some(scan.page_size(2), checkpoint, 10_000)
    assert 0 < len(rest) < 30
    page = await scan.page(size=3)
    sent = len(table.requests)
    others = [table.scan(3), table.scan(), scan.where(Order.count > 1), scan.consistent()]
    table.cursor_key = b"secret"
    others.append(table.scan(2))
    for other in others:
        with pytest.raises(InvalidCursor):
            await _some(other, checkpoint, 1)
    with pytest.raises(InvalidCursor):
        await scan.page(size=3, after=checkpoint)
    with pytest.raises(InvalidCursor):
        await _some(scan, page.next, 1)
    assert len(table.requests) == sent


async def test_limits_are_refused() -> None:
    """A scan that is resumed could not count what came out before."""
    table = order_table(30)
    with pytest.raises(ExpressionError, match="limit"):
        table.scan(2).limit(3).pages()
    assert table.requests == []


# Tokens ---------------------------------------------------------------------------------------------------

SHOPS = Cursors({"a": 1}, {"pk": KeyAttribute("pk", "S"), "sk": KeyAttribute("sk", "N")})
SCANS = Checkpoints(SHOPS, 5)


def test_progress_comes_back() -> None:
    """As it was, with the order in which segments go on."""
    progress = Progress(5, 3, {2: {"pk": {"S": "a"}, "sk": {"N": "1.5"}}, 0: None})
    assert SCANS.read(SCANS.make(progress)) == progress
    assert "1.5" not in repr(progress)
    assert list(progress.starts()) == [(2, progress.ends[2]), (0, None), (3, None), (4, None)]


@pytest.mark.parametrize(
    "plain",
    [
        [],
        {},
        None,
        [6],
        [-1],
        [True],
        ["1"],
        [1, 0],
        [1, []],
        [1, [1]],
        [1, [-1]],
        [1, [True]],
        [1, [0], [0]],
        [1, [0, "a"]],
        [1, [0, "a", "b"]],
        [1, [0, "a", 1]],
        [1, [0, "", "1"]],
        [1, [0, "a", "1", "2"]],
    ],
    ids=repr,
)
def test_a_forged_progress_is_refused(plain: Any) -> None:
    """Whoever can make an unsigned token cannot make anything of it but a progress of this scan."""
    with pytest.raises(InvalidCursor):
        SCANS.read(SHOPS.sealed(plain))


@given(st.data())
def test_damage_is_refused(data: st.DataObject) -> None:
    """However a checkpoint is changed."""
    token = SCANS.make(Progress(5, 3, {1: {"pk": {"S": "a"}, "sk": {"N": "1"}}}))
    raw = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(InvalidCursor):
        SCANS.read(base64.urlsafe_b64encode(bytes(raw)).decode().rstrip("="))
