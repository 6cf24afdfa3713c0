"""All shards of a stream at once, each after the one that it came from.

Each shard has a reader of its own, and all of them hand their pages to one who takes them, one at a time.
No more than a number of readers may ask for a page, or hold one that is not taken yet, so a slow consumer
slows reading down, and memory is bounded.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from ddbmodel.errors import LostChanges, StreamDisabled
from ddbmodel.mapper.streams.lineage import Lineage, Start
from ddbmodel.mapper.streams.positions import Positions
from ddbmodel.mapper.streams.shard_reader import (
    ShardPage,
    ShardReader,
    Stream,
    pause,
    trimmed,
    utc_now,
)
from ddbmodel.operations.streams import DescribeStream, DescribeStreamResult, ShardDescription

_log: Final = logging.getLogger("ddbmodel.mapper")
_DISCOVERY_SECONDS: Final = 60.0  # arbitrary: a new shard comes with the end of an old one, which is seen

OnTrimmed: TypeAlias = Literal["raise", "continue"]


@dataclass(frozen=True, slots=True)
class FollowOptions:
    """How a stream is followed; see `Mapper.changes`."""

    start: Start = "from_beginning"
    follow: bool = True
    on_trimmed: OnTrimmed = "raise"
    concurrency: int = 8
    poll_seconds: float = 1.0
    checkpoint_seconds: float = 5.0


class Follower:
    """Follows a stream.

    Args:
        stream: the stream.
        options: how.
        positions: where to go on; who consumes takes down there what has been dealt with.
        resumed: the positions are of an earlier run.
        lost: is added to.
    """

    def __init__(
        self,
        stream: Stream,
        options: FollowOptions,
        positions: Positions,
        *,
        resumed: bool,
        lost: list[LostChanges],
    ) -> None:
        self._stream = stream
        self._options = options
        self._lineage = Lineage(positions, continues=resumed)
        self._resumed = resumed
        self._lost = lost
        self._slots = asyncio.Semaphore(options.concurrency)
        self._pages: asyncio.Queue[ShardPage | Exception] = asyncio.Queue(1)
        self._readers: dict[str, asyncio.Task[None]] = {}
        self._idle: set[str] = set()
        self._look_again = 0.0
        self._status = "ENABLED"

    async def begin(self) -> None:
        """Look at the shards for the first time.

        Raises:
            StreamTrimmed: some are gone that were not read to their end.
        """
        await self._discover()

    async def pages(self) -> AsyncGenerator[ShardPage | None]:
        """Page after page, of a shard in order. None is a moment in which nothing came.

        Raises:
            StreamTrimmed: changes were lost.
            StreamDisabled: all has been read, and nothing more will come.
        """
        try:
            while True:
                self._start_readers(fresh=not self._resumed)
                if not self._readers:
                    await self._discover()
                    self._start_readers(fresh=False)
                    if not self._readers and self._is_over():
                        return
                page = await self._next()
                yield page
                await self._settle(page)
        finally:
            for task in self._readers.values():
                task.cancel()
            await asyncio.gather(*self._readers.values(), return_exceptions=True)

    def _is_over(self) -> bool:
        if not self._options.follow:
            return True
        if self._status == "DISABLED" and self._lineage.is_done:
            raise StreamDisabled(
                f"the stream of table {self._stream.table!r} is switched off, and read to its end: switch it "
                "on again, and begin with another checkpoint"
            )
        return False

    async def _next(self) -> ShardPage | None:
        """The next page; None if there is none for a while."""
        if not self._readers:
            await pause(self._options.poll_seconds)
            return None
        try:
            async with asyncio.timeout(max(self._options.poll_seconds, 0.01)):
                page = await self._pages.get()
        except TimeoutError:
            return None
        if isinstance(page, Exception):
            raise page
        return page

    async def _settle(self, page: ShardPage | None) -> None:
        """Take down what the page has told of its shard, once all of it has been dealt with."""
        if page is not None and page.end:
            self._lineage.positions.note(page.shard, done=True)
            await self._readers.pop(page.shard)
            self._look_again = 0.0
        elif page is not None and page.idle and not self._options.follow:
            self._idle.add(page.shard)
            await self._readers.pop(page.shard)
        if asyncio.get_running_loop().time() >= self._look_again:
            await self._discover()

    async def _discover(self) -> None:
        shards: dict[str, ShardDescription] = {}
        now, after = utc_now(), None
        while True:
            request = DescribeStream(self._stream.table, self._stream.arn, after)
            result = DescribeStreamResult.from_wire(await self._stream.ask(request))
            shards |= {one.shard: one for one in result.shards}
            self._status, after = result.status, result.last_shard
            if after is None:
                break
        lost = self._lineage.update(shards, self._options.start, now)
        if lost:
            self._lose(*lost)
        waiting = self._lineage.expects_children and self._status == "ENABLED"
        seconds = self._options.poll_seconds if waiting else _DISCOVERY_SECONDS
        self._look_again = asyncio.get_running_loop().time() + seconds

    def _lose(self, *lost: LostChanges) -> None:
        if self._options.on_trimmed == "raise":
            raise trimmed(list(lost))
        for one in lost:
            _log.warning("changes of the stream of %s are lost: %s", self._stream.table, one.place)
        self._lost.extend(lost)

    # Readers ----------------------------------------------------------------------------------------------

    def _start_readers(self, *, fresh: bool) -> None:
        for shard in self._lineage.ready():
            if shard not in self._readers and shard not in self._idle:
                place = self._lineage.positions.shards[shard]
                reader = ShardReader(self._stream, shard, place, fresh=fresh, lose=self._lose)
                self._readers[shard] = asyncio.create_task(self._read(reader))

    async def _read(self, reader: ShardReader) -> None:
        try:
            while True:
                async with self._slots:
                    page = await reader.page()
                    over = page.end or (page.idle and not self._options.follow)
                    if page.records or over:
                        await self._pages.put(page)
                if over:
                    return
                if not page.records:
                    await pause(self._options.poll_seconds)
        except Exception as error:  # noqa: BLE001  # whatever it is, the consumer raises it
            await self._pages.put(error)
