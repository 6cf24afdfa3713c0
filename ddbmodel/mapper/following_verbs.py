"""The verb that follows a table's stream; `Mapper` has it."""

# pyright: reportUnnecessaryIsInstance=false
# The checks are for callers without a type checker.

from __future__ import annotations

import os
from typing import Any, TypeVar, get_args, overload

from pydantic import BaseModel

from ddbmodel.errors import ExpressionError
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.reading import OnInvalid, is_lenient
from ddbmodel.mapper.streams.changes import Changes
from ddbmodel.mapper.streams.checkpoint_store import CheckpointStore, store_of
from ddbmodel.mapper.streams.decoding import ChangeDecoder
from ddbmodel.mapper.streams.follower import FollowOptions, OnTrimmed
from ddbmodel.mapper.streams.lineage import Start
from ddbmodel.mapper.streams.table_checkpoint import CheckpointItem, TableCheckpoint
from ddbmodel.model import ItemKey
from ddbmodel.transport.stream_client import StreamsAccess

A = TypeVar("A", bound=BaseModel)
B = TypeVar("B", bound=BaseModel)
C = TypeVar("C", bound=BaseModel)
P = TypeVar("P", bound=CheckpointItem)
Checkpoint = str | os.PathLike[str] | CheckpointStore


class FollowingVerbs:
    """Follows changes."""

    _gateway: Gateway
    _streams: StreamsAccess | None = None

    @overload
    def changes(
        self,
        a: type[A],
        /,
        *,
        start: Start = "from_beginning",
        checkpoint: Checkpoint | None = None,
        checkpoint_seconds: float = 5.0,
        follow: bool = True,
        on_invalid: OnInvalid = "raise",
        on_trimmed: OnTrimmed = "raise",
        concurrency: int = 8,
        poll_seconds: float = 1.0,
        streams: StreamsAccess | None = None,
    ) -> Changes[A]: ...
    @overload
    def changes(
        self,
        a: type[A],
        b: type[B],
        /,
        *,
        start: Start = "from_beginning",
        checkpoint: Checkpoint | None = None,
        checkpoint_seconds: float = 5.0,
        follow: bool = True,
        on_invalid: OnInvalid = "raise",
        on_trimmed: OnTrimmed = "raise",
        concurrency: int = 8,
        poll_seconds: float = 1.0,
        streams: StreamsAccess | None = None,
    ) -> Changes[A | B]: ...
    @overload
    def changes(
        self,
        a: type[A],
        b: type[B],
        c: type[C],
        /,
        *,
        start: Start = "from_beginning",
        checkpoint: Checkpoint | None = None,
        checkpoint_seconds: float = 5.0,
        follow: bool = True,
        on_invalid: OnInvalid = "raise",
        on_trimmed: OnTrimmed = "raise",
        concurrency: int = 8,
        poll_seconds: float = 1.0,
        streams: StreamsAccess | None = None,
    ) -> Changes[A | B | C]: ...
    @overload
    def changes(
        self,
        a: type[BaseModel],
        b: type[BaseModel],
        c: type[BaseModel],
        d: type[BaseModel],
        /,
        *more: type[BaseModel],
        start: Start = "from_beginning",
        checkpoint: Checkpoint | None = None,
        checkpoint_seconds: float = 5.0,
        follow: bool = True,
        on_invalid: OnInvalid = "raise",
        on_trimmed: OnTrimmed = "raise",
        concurrency: int = 8,
        poll_seconds: float = 1.0,
        streams: StreamsAccess | None = None,
    ) -> Changes[Any]: ...
    def changes(
        self,
        *models: type[BaseModel],
        start: Start = "from_beginning",
        checkpoint: Checkpoint | None = None,
        checkpoint_seconds: float = 5.0,
        follow: bool = True,
        on_invalid: OnInvalid = "raise",
        on_trimmed: OnTrimmed = "raise",
        concurrency: int = 8,
        poll_seconds: float = 1.0,
        streams: StreamsAccess | None = None,
    ) -> Any:
        """Follow the stream of a model's table: `async for change in mapper.changes(Order): ...`.

        Changes of one item come in order; those of different items in no order. A change counts as dealt with
        when the loop asks for the next one, and what was dealt with is saved now and then, and in the end. So
        each comes at least once: whoever is killed gets again what came since the checkpoint, and who leaves
        the loop gets the change again in which it was left.

        Memory: `concurrency` pages of 1 MB, and two more.
        Cost: a read request unit of streams for each page, empty ones included.

        Args:
            models: the model, or several that share a table. Changes of other models of it are left out.
            start: where to begin without a checkpoint: `"from_beginning"` with what the stream still has, up
                to a day; `"latest"` with what happens from now on.
            checkpoint: where the positions in the shards are kept: a file, `stream_checkpoint(...)`, or a
                `CheckpointStore`. If there is something, it is where the loop goes on, whatever `start` says.
            checkpoint_seconds: how long it takes from one checkpoint to the next, while changes come.
            follow: False ends when all that is there has been read. An open shard does not tell that; five
                empty pages in a row are taken for it. Should more come after them, it is not passed over: the
                checkpoint stands before it.
            on_invalid: what to do about a change that cannot be decoded: `"raise"` the `CodecError`, or
                `"collect"` it in `Changes.invalid` and go on.
            on_trimmed: what to do about changes that were trimmed before they were read: `"raise"`
                `StreamTrimmed`, or `"continue"` with the oldest there are, with `Changes.lost` and a warning
                in the log.
            concurrency: how many shards are asked for a page, or have one waiting, at once.
            poll_seconds: how long to wait, at most, before an empty shard is asked again.
            streams: how to reach DynamoDB Streams, where that is not as the mapper was connected.

        Raises:
            ExpressionError: an argument cannot be.
            StreamDisabled: while it is iterated over: there is no stream, or it was switched off and has been
                read to its end.
            StreamTrimmed: changes were lost.
            CheckpointTaken: another follower uses the checkpoint.
            SourceError: the checkpoint is something else, or cannot be written.
        """
        access = streams if streams is not None else self._streams
        if access is None:
            raise ExpressionError(
                "changes: a mapper that was given its client takes streams=StreamsAccess(...) to reach "
                "DynamoDB Streams; one of Mapper.connect knows how"
            )
        options = FollowOptions(start, follow, on_trimmed, concurrency, poll_seconds, checkpoint_seconds)
        _check(options)
        decoder = ChangeDecoder("changes", models, lenient=is_lenient(on_invalid))
        changes: Changes[Any] = Changes(self._gateway, access, decoder, options, store_of(checkpoint))
        return changes

    def stream_checkpoint(self, key: ItemKey[P]) -> TableCheckpoint:
        """Keep the checkpoint of a stream in an item: `changes(..., checkpoint=...)` takes it.

            class Place(CheckpointItem, table="places"):
                pass

            mapper.changes(Order, checkpoint=mapper.stream_checkpoint(Place.key("orders")))

        Each save has the condition that no other follower has saved in between. Whoever begins later takes
        over, and the other one gets `CheckpointTaken` at its next save.

        Cost: a consistent read to begin with, and a write for each save, of a unit for each KB.

        Args:
            key: of a class that derives from `CheckpointItem`.

        Raises:
            ExpressionError: the key is of another class.
        """
        return TableCheckpoint(self._gateway, key)


def _check(options: FollowOptions) -> None:
    if options.start not in get_args(Start):
        raise ExpressionError('start is "from_beginning" or "latest"')
    if options.on_trimmed not in get_args(OnTrimmed):
        raise ExpressionError('on_trimmed is "raise" or "continue"')
    if not isinstance(options.concurrency, int) or options.concurrency < 1:
        raise ExpressionError("concurrency is a whole number from 1 on")
    if not options.poll_seconds > 0 or not options.checkpoint_seconds >= 0:
        raise ExpressionError("poll_seconds is more than 0, and checkpoint_seconds 0 or more")
