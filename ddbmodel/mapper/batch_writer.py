"""The batch writer: many puts and deletes, none of them lost.

Accepted writes wait in `_Backlog`; workers take them in batches of up to 25 writes and 16 MB, send them, keep what the service
left unprocessed for their next batch, and back off while nothing goes through. `accepted == written + superseded +
len(failed)` holds whenever the writer is left, however it is left.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Final, Literal, Self, TypeAlias

from pydantic import BaseModel

from ddbmodel.errors import (
    ConnectionFailed,
    DDBModelError,
    ExpressionError,
    MapperClosed,
    ReplyCorrupt,
    RequestRefused,
    ServiceError,
    Throttled,
    UnprocessedItems,
)
from ddbmodel.mapper.backlog import Backlog, Entry, WriteReport, entry_for_delete, entry_for_put
from ddbmodel.mapper.backoff import Backoff
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.model import ItemKey
from ddbmodel.operations import BatchWriteItem, BatchWriteItemResult

OnError: TypeAlias = Literal["flush", "drop"]

# These say nothing about the writes themselves: the same batch may go through later.
_PASSING: Final = (Throttled, ConnectionFailed, ReplyCorrupt)
_PASSING_CODES: Final = frozenset(("InternalServerError", "InternalFailure", "ServiceUnavailable"))


class BatchWriter:
    """Writes many items, of any models, without conditions. Use it in `async with`, from any number of tasks.

    A later write to a key replaces one that was not sent yet; writes to one key reach the table in the order in
    which they were accepted. Models with their values are encoded when they are accepted, so later changes of the
    object do not matter.

    Memory: bounded; `put` waits while `concurrency * 50` writes are waiting.

    Raises:
        UnprocessedItems: on leaving, if writes failed; `.leftover` lists them with their items. Nothing is raised
            over an exception that leaves the block: look at `report` then.
    """

    def __init__(
        self,
        gateway: Gateway,
        *,
        concurrency: int,
        on_error: OnError = "flush",
        backoff: Backoff | None = None,
    ) -> None:
        if concurrency < 1:
            raise ExpressionError("concurrency is a whole number from 1 on")
        if on_error not in ("flush", "drop"):
            raise ExpressionError('on_error is "flush" or "drop"')
        self._gateway = gateway
        self._concurrency = concurrency
        self._on_error = on_error
        self._backoff = backoff or Backoff()
        self._backlog = Backlog(room=concurrency * 50)
        self._workers: list[asyncio.Task[None]] = []
        self._open = False

    @property
    def report(self) -> WriteReport:
        """What became of the writes so far; complete once the writer has been left."""
        return self._backlog.report

    async def put(self, model: BaseModel) -> None:
        """Accept an item to create or replace. Waits while the backlog is full.

        Raises:
            CodecError: a value cannot be stored without loss. The item is not accepted then.
            ItemTooLarge: over 400 KB. The item is not accepted then.
        """
        await self._accept(entry_for_put(self._gateway, model))

    async def delete(self, target: ItemKey[Any] | BaseModel) -> None:
        """Accept an item to delete, by its key or by a model with this key. Waits while the backlog is full."""
        await self._accept(entry_for_delete(self._gateway, target))

    async def flush(self) -> None:
        """Send everything that was accepted so far, and wait until it is written or has failed."""
        self._check_open()
        await self._backlog.drain()

    async def _accept(self, entry: Entry) -> None:
        self._check_open()
        await self._backlog.add(entry)

    def _check_open(self) -> None:
        if not self._open:
            raise MapperClosed("the batch writer is not open: use it inside of its async with block")

    # Life ------------------------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        if self._workers:
            raise MapperClosed("a batch writer is used once: make another one")
        self._open = True
        self._workers = [asyncio.create_task(self._work()) for _ in range(self._concurrency)]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open = False
        try:
            if error is None or self._on_error == "flush":
                await self._backlog.drain()
        finally:
            await self._stop()
        failed = self.report.failed
        if not failed:
            return
        summary = f"{len(failed)} of {self.report.accepted} accepted writes failed: {failed[0].reason}"
        if error is not None:
            error.add_note(f"batch writer: {summary}")
        else:
            raise UnprocessedItems(f"{summary}; .leftover has them with their items", failed)

    async def _stop(self) -> None:
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        self._backlog.abandon("the writer was left before this was written")

    # Work ------------------------------------------------------------------------------------------------------

    async def _work(self) -> None:
        """Take a batch, send it, keep what is left of it for the next batch; until cancelled."""
        left: list[Entry] = []
        tries = 0
        try:
            while True:
                batch = await self._backlog.take(left)
                left = []
                remaining = await self._send(batch)
                tries = 0 if len(remaining) < len(batch) else tries + 1
                left = self._still_hopeful(remaining)
                if left:
                    await self._backoff.pause(max(1, tries))
        finally:
            self._backlog.give_back(left)

    def _still_hopeful(self, entries: Sequence[Entry]) -> list[Entry]:
        hopeful = [entry for entry in entries if entry.attempts < self._backoff.tries_max]
        for entry in entries:
            if entry.attempts >= self._backoff.tries_max:
                self._backlog.fail(entry, entry.reason or "unprocessed", unknown=entry.unknown)
        return self._backlog.without_superseded(hopeful)

    async def _send(self, batch: list[Entry]) -> list[Entry]:
        """Send one batch, and return what has to be sent again. The rest is settled: written or failed."""
        for entry in batch:
            entry.attempts += 1
        try:
            reply = await self._gateway.send(BatchWriteItem(tuple(entry.write for entry in batch)))
        except asyncio.CancelledError:
            for entry in batch:
                self._backlog.fail(entry, "cancelled while the request was under way", unknown=True)
            raise
        except RequestRefused as error:
            return await self._send_apart(batch, error)
        except Exception as error:
            if _is_passing(error):
                return self._postpone(batch, error)
            unknown = not isinstance(error, DDBModelError)
            for entry in batch:
                self._backlog.fail(entry, _reason(error), unknown=unknown)
            return []
        unprocessed = BatchWriteItemResult.from_wire(reply).unprocessed
        left = {self._backlog.identity_of(write, batch) for write in unprocessed}
        if not left <= {entry.identity for entry in batch}:
            # What came back cannot be told apart. All of it may be sent again: puts and deletes can be repeated.
            left = {entry.identity for entry in batch}
        return self._settle(batch, left)

    def _settle(self, batch: list[Entry], left: set[Any]) -> list[Entry]:
        remaining = []
        for entry in batch:
            if entry.identity in left:
                entry.reason = "unprocessed: the table had no capacity left for it"
                self.report.retries += 1
                remaining.append(entry)
            else:
                self._backlog.written(entry)
        return remaining

    def _postpone(self, batch: list[Entry], error: Exception) -> list[Entry]:
        for entry in batch:
            entry.reason = _reason(error)
            entry.unknown = entry.unknown or not isinstance(error, Throttled)
            self.report.retries += 1
        return batch

    async def _send_apart(self, batch: list[Entry], error: RequestRefused) -> list[Entry]:
        """One bad write makes the service refuse a whole batch: find it, and write the others."""
        if len(batch) == 1:
            self._backlog.fail(batch[0], _reason(error), unknown=False)
            return []
        remaining = []
        for number, entry in enumerate(batch):
            entry.attempts -= 1
            try:
                remaining += await self._send([entry])
            except asyncio.CancelledError:
                self._backlog.give_back([*remaining, *batch[number + 1 :]])
                raise
        return remaining


def _reason(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if isinstance(error, DDBModelError) else type(error).__name__


def _is_passing(error: Exception) -> bool:
    return isinstance(error, _PASSING) or (isinstance(error, ServiceError) and error.code in _PASSING_CODES)
