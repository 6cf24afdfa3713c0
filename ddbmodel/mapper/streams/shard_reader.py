"""One shard, read page after page to its end, with a new iterator whenever the old one is no good."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

from ddbmodel.errors import DDBModelError, LostChanges, ServiceError, StreamTrimmed, TableNotFound
from ddbmodel.mapper.backoff import Backoff
from ddbmodel.mapper.streams.positions import BEGINNING, DONE, Position
from ddbmodel.mapper.streams.record import StreamRecord, from_stream
from ddbmodel.mapper.verdict import Course, judge
from ddbmodel.operations import Request
from ddbmodel.operations.streams import GetRecords, GetRecordsResult, GetShardIterator

_log: Final = logging.getLogger("ddbmodel.mapper")

EMPTY_PAGES_MAX: Final = 5
"""Arbitrary: an open shard is taken as read after so many empty pages, if it is not followed."""

SKEW: Final = timedelta(minutes=1)
"""Arbitrary: by how much the service's clock and this one may differ. More comes again, nothing is lost."""

Send = Callable[[Request], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Stream:
    """Where a stream is, and how to ask.

    Attributes:
        table: its table's name as deployed.
        arn: its ARN.
        send: sends a request.
        backoff: how long to wait after a request that failed, and how often.
    """

    table: str
    arn: str
    send: Send
    backoff: Backoff = field(default_factory=Backoff)

    async def ask(self, request: Request) -> dict[str, Any]:
        """Send a request, again and again while what is in the way can pass: throttling, a lost connection.

        Raises:
            DDBModelError: it did not pass.
        """
        tries = 0
        while True:
            try:
                return await self.send(request)
            except DDBModelError as error:
                tries += 1
                if (
                    judge(error).course is not Course.AGAIN
                    or _is_final(error)
                    or tries > self.backoff.tries_max
                ):
                    raise
            await self.backoff.pause(tries)


@dataclass(frozen=True, slots=True)
class ShardPage:
    """Some records of a shard.

    Attributes:
        end: the shard is closed, and these are its last.
        idle: it is open, and nothing more is there now.
    """

    shard: str
    records: list[StreamRecord]
    end: bool = False
    idle: bool = False


class Losses(Protocol):
    """Is told of changes that cannot be read any more."""

    def __call__(self, lost: LostChanges, /) -> None:
        """Take it down, or raise."""
        ...


class ShardReader:
    """Reads one shard.

    Args:
        stream: of which.
        shard: its id.
        place: where to begin.
        fresh: the place's `since` is now, so that the shard's tip need not be looked for.
        lose: is told of what was trimmed.
    """

    def __init__(self, stream: Stream, shard: str, place: Position, *, fresh: bool, lose: Losses) -> None:
        self._stream = stream
        self._shard = shard
        self._place = place
        self._at_tip = fresh and place.since is not None
        self._lose = lose
        self._iterator: str | None = None
        self._empty = 0

    async def page(self) -> ShardPage:
        """Read the next page, which can be empty."""
        while True:
            try:
                result = await self._read()
            except ServiceError as error:
                if not self._recovers(error):
                    raise
                if self._place.done:
                    return ShardPage(self._shard, [], end=True)
                continue
            return self._page(result)

    def _page(self, result: GetRecordsResult) -> ShardPage:
        self._iterator = result.next_iterator
        records = [from_stream(record, self._shard) for record in result.records]
        since = self._place.since
        if records:
            self._place = Position(after=records[-1].sequence_number)
        if since is not None:
            records = [record for record in records if record.at >= since - SKEW]
        self._empty = 0 if result.records else self._empty + 1
        return ShardPage(
            self._shard, records, end=self._iterator is None, idle=self._empty >= EMPTY_PAGES_MAX
        )

    async def _read(self) -> GetRecordsResult:
        stream = self._stream
        if self._iterator is None:
            self._iterator = (await stream.ask(self._request()))["ShardIterator"]
        return GetRecordsResult.from_wire(await stream.ask(GetRecords(stream.table, self._iterator or "")))

    def _request(self) -> GetShardIterator:
        stream, shard = self._stream, self._shard
        if self._place.after is not None:
            return GetShardIterator(
                stream.table, stream.arn, shard, "AFTER_SEQUENCE_NUMBER", self._place.after
            )
        if self._at_tip:
            self._at_tip = False  # an iterator that is got later would leave out what came in between
            return GetShardIterator(stream.table, stream.arn, shard, "LATEST")
        return GetShardIterator(stream.table, stream.arn, shard, "TRIM_HORIZON")

    def _recovers(self, error: ServiceError) -> bool:
        """Prepare to go on after what is the shard's own trouble; False of any other."""
        if error.code == "ExpiredIteratorException":
            self._iterator = None
            return True
        if error.code == "TrimmedDataAccessException":
            self._lose(LostChanges(self._shard, self._place.after))
            self._place, self._iterator = BEGINNING, None
            return True
        if isinstance(error, TableNotFound):
            self._lose(LostChanges(self._shard, self._place.after))
            self._place, self._iterator = DONE, None
            return True
        return False


def _is_final(error: DDBModelError) -> bool:
    return getattr(error, "code", "") in ("ExpiredIteratorException", "TrimmedDataAccessException")


def pause_seconds(poll_seconds: float) -> float:
    """How long to wait before an empty shard is looked at again; at random, so that shards take turns."""
    return poll_seconds * random.uniform(0.5, 1.0)


async def pause(poll_seconds: float) -> None:
    """Wait before an empty shard is looked at again."""
    await asyncio.sleep(pause_seconds(poll_seconds))


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def trimmed(lost: list[LostChanges]) -> StreamTrimmed:
    """The error of changes that were lost."""
    places = ", ".join(one.place for one in lost[:3]) + (" and others" if len(lost) > 3 else "")
    return StreamTrimmed(
        f"changes of the stream were trimmed before they were read ({places}): DynamoDB keeps them for 24 "
        'hours. Read the table anew where that matters, and go on with on_trimmed="continue"',
        lost,
    )
