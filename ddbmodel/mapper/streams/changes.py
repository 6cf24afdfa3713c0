"""`Changes`: what `async for change in mapper.changes(Order)` iterates over."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from ddbmodel.errors import CheckpointTaken, LostChanges, StreamDisabled
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.streams.change import Change, InvalidChange
from ddbmodel.mapper.streams.checkpoint_store import CheckpointStore, ConditionalCheckpointStore
from ddbmodel.mapper.streams.decoding import ChangeDecoder
from ddbmodel.mapper.streams.follower import Follower, FollowOptions
from ddbmodel.mapper.streams.positions import Positions
from ddbmodel.mapper.streams.shard_reader import ShardPage, Stream, trimmed, utc_now
from ddbmodel.operations import DescribeTable, Request
from ddbmodel.operations.streams import latest_stream
from ddbmodel.transport import Transport
from ddbmodel.transport.stream_client import StreamsAccess, open_streams

R = TypeVar("R")

INVALID_MAX: Final = 1000
"""Arbitrary: how many changes may be set aside before somebody looks at them."""

_RETENTION_SECONDS: Final = 24 * 3600
_QUIET_SECONDS: Final = 3600.0  # arbitrary: how old a checkpoint gets while nothing happens


class Changes(Generic[R]):
    """The changes of a table, as `mapper.changes` describes them. Nothing is sent before it is iterated over.

    Attributes:
        invalid: what could not be decoded, if it is collected. It is yours to clear: with 1,000 of them, the
            next one is raised.
        lost: what was trimmed before it was read, with `on_trimmed="continue"`.
    """

    def __init__(
        self,
        gateway: Gateway,
        access: StreamsAccess,
        decoder: ChangeDecoder,
        options: FollowOptions,
        store: CheckpointStore | None,
    ) -> None:
        self._gateway = gateway
        self._access = access
        self._decoder = decoder
        self._options = options
        self._store = store
        self.invalid: list[InvalidChange] = []
        self.lost: list[LostChanges] = []

    def __repr__(self) -> str:
        return f"<Changes of {', '.join(plan.model.__name__ for plan in self._decoder.plans)}>"

    async def __aiter__(self) -> AsyncGenerator[Change[R]]:
        table = self._gateway.table_name(self._decoder.plans[0])
        arn = latest_stream(await self._gateway.send(DescribeTable(table)))
        if arn is None:
            raise StreamDisabled(f"table {table!r} has no stream: switch one on (StreamSpecification)")
        url: str | None = getattr(self._gateway.transport, "endpoint_url", None)
        async with open_streams(self._access, url) as lane:
            stream = Stream(table, arn, lambda request: self._send(lane, request))
            async with aclosing(self._followed(stream)) as changes:
                async for change in changes:
                    yield change

    async def _send(self, lane: Transport, request: Request) -> dict[str, Any]:
        onlookers = self._gateway.onlookers
        return await (onlookers.send(lane, request) if onlookers.present else lane.send(request))

    async def _followed(self, stream: Stream) -> AsyncGenerator[Change[R]]:
        text = None if self._store is None else await self._store.load()
        known = None if text is None else self._known(text, stream.arn)
        positions = known or Positions(stream.arn, utc_now())
        follower = Follower(stream, self._options, positions, resumed=known is not None, lost=self.lost)
        keeper = _Keeper(self._store, positions, self._options.checkpoint_seconds, [text])
        try:
            await follower.begin()
            # A run that begins at the tip goes on there, whatever happens; and who is second is refused.
            await keeper.save()
            async with aclosing(follower.pages()) as pages:
                async for page in pages:
                    if page is None:
                        await keeper.quiet()
                        continue
                    async with aclosing(self._of_page(page, keeper)) as changes:
                        async for change in changes:
                            yield change
        finally:
            await keeper.end()

    async def _of_page(self, page: ShardPage, keeper: _Keeper) -> AsyncGenerator[Change[R]]:
        for record in page.records:
            found = self._decoder.change(record)
            if isinstance(found, InvalidChange):
                if len(self.invalid) >= INVALID_MAX:
                    raise found.error
                self.invalid.append(found)
            elif found is not None:
                yield found
            await keeper.note(page.shard, record.sequence_number)

    def _known(self, text: str, arn: str) -> Positions | None:
        """The positions to go on from; None to begin anew.

        Raises:
            StreamTrimmed: they are of another stream, or so old that changes may have been trimmed.
        """
        positions, lost = Positions.load(text), list[LostChanges]()
        if positions.stream != arn:
            lost.append(LostChanges(None, None))
        elif (utc_now() - positions.saved_at).total_seconds() > _RETENTION_SECONDS:
            unread = (shard for shard, at in positions.shards.items() if at.after is None and not at.done)
            lost += (LostChanges(shard, None) for shard in unread)
        if lost and self._options.on_trimmed == "raise":
            raise trimmed(lost)
        self.lost += lost
        return None if positions.stream != arn else positions


@dataclass(slots=True)
class _Keeper:
    """Saves positions, not too often.

    Attributes:
        store: where to.
        positions: what.
        seconds: how long it takes from one time to the next.
        stored: what may be in the store, if no other follower has saved: the last text, and after it those
            whose saving was broken off.
    """

    store: CheckpointStore | None
    positions: Positions
    seconds: float
    stored: list[str | None]
    moved: bool = False
    saved: float = field(default_factory=time.monotonic)

    async def note(self, shard: str, sequence_number: str | None) -> None:
        """Take down that a change has been dealt with."""
        self.positions.note(shard, after=sequence_number)
        self.moved = True
        if time.monotonic() - self.saved >= self.seconds:
            await self.save()

    async def quiet(self) -> None:
        """Use a moment in which nothing comes."""
        age = time.monotonic() - self.saved
        if (self.moved and age >= self.seconds) or age >= _QUIET_SECONDS:
            await self.save()

    async def end(self) -> None:
        """Save what has been dealt with since the last time, and let others have the store."""
        try:
            if self.moved:
                await self.save()
        finally:
            if isinstance(self.store, ConditionalCheckpointStore):
                await self.store.release()

    async def save(self) -> None:
        """Save how far the shards have been read.

        Raises:
            CheckpointTaken: another follower uses the store.
        """
        if self.store is not None:
            self.positions.saved_at = utc_now()
            text = self.positions.dump()
            if isinstance(self.store, ConditionalCheckpointStore):
                await self._replace(self.store, text)
            else:
                await self.store.save(text)
        self.moved, self.saved = False, time.monotonic()

    async def _replace(self, store: ConditionalCheckpointStore, text: str) -> None:
        possible = tuple(self.stored)
        self.stored.append(text)
        for expected in possible:
            if await store.replace(text, expected=expected):
                self.stored = [text]
                return
        self.moved = False  # what it has dealt with is the other's to deal with again
        raise CheckpointTaken(
            "the checkpoint of the stream is used by another follower, or was replaced by one since it was "
            "read. It was left as it is, so nothing is lost: give each follower a checkpoint of its own, or "
            "let one run"
        )
