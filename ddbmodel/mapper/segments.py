"""Reading the segments of a scan in parallel, one page ahead of whoever consumes them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from itertools import islice
from typing import Final, TypeAlias

from ddbmodel.codec.values import Item
from ddbmodel.operations.page import PageResult

Fetch: TypeAlias = Callable[[int, Item | None], Awaitable[PageResult]]
Start: TypeAlias = tuple[int, Item | None]
"""A segment, and the key after which to go on with it; None is its beginning."""
_Task: TypeAlias = asyncio.Task[tuple[int, PageResult]]

# Arbitrary: a scan can have a million segments, but each one that is under way holds a page of up to 1 MB.
SEGMENTS_UNDER_WAY: Final = 64


async def in_parallel(fetch: Fetch, starts: Iterable[Start]) -> AsyncGenerator[tuple[int, PageResult]]:
    """The pages of segments, as they come, each with the number of its segment.

    Each segment under way has one request or one page waiting; the next one is asked for when that page is
    taken. The first error ends the other segments, and is raised as it is; so does leaving early.

    Args:
        fetch: reads the page of a segment that begins after a key; None is its first page.
        starts: the segments in the order in which they begin. At most 64 are under way at once.
    """
    waiting = iter(starts)
    running: set[_Task] = set()

    async def read(segment: int, start: Item | None) -> tuple[int, PageResult]:
        return segment, await fetch(segment, start)

    def begin(start: Start | None) -> None:
        if start is not None:
            running.add(asyncio.create_task(read(*start)))

    try:
        for start in islice(waiting, SEGMENTS_UNDER_WAY):
            begin(start)
        while running:
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                segment, page = task.result()
                running.discard(task)
                if page.last_evaluated_key is None:
                    begin(next(waiting, None))
                else:
                    begin((segment, page.last_evaluated_key))
                yield segment, page
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
