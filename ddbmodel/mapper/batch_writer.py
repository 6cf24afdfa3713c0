"""The batch writer: many puts and deletes, none of them lost.

Accepted writes wait in the `Backlog`; workers take them in batches of up to 25 writes and 16 MB
(`batch_worker`) when they may (`pacer`), and back off while nothing goes through. Whenever the writer is
left, however it is left, every accepted write is counted as written, superseded or failed.
"""

# pyright: reportUnnecessaryIsInstance=false, reportUnnecessaryContains=false
# The checks are for callers without a type checker.

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Final, Literal, Self, TypeAlias

from pydantic import BaseModel

from ddbmodel.codec.values import Item
from ddbmodel.errors import ExpressionError, MapperClosed, UnprocessedItems, WrongEventLoop
from ddbmodel.mapper.backlog import CLOSED, Backlog
from ddbmodel.mapper.backoff import Backoff
from ddbmodel.mapper.batch_worker import BatchWorker
from ddbmodel.mapper.entry import Entry, entry_for_delete, entry_for_item, entry_for_put
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.ledger import Ledger
from ddbmodel.mapper.pacer import Pacer
from ddbmodel.mapper.pacing import RateLimit
from ddbmodel.mapper.pacing.rate_limit import check_positive
from ddbmodel.mapper.write_report import WriteReport
from ddbmodel.model import ItemKey
from ddbmodel.model.key_plan import KeyPlan
from ddbmodel.schema import TableSchema

OnError: TypeAlias = Literal["flush", "drop"]

# Writes that wait for each worker: one full batch to take next, and as many that are blocked by what it has.
_ROOM_PER_WORKER: Final = 50
# How long requests under way may take after the deadline. Arbitrary: longer than an answer takes that comes.
_GRACE_SECONDS: Final = 5.0
_LEFT: Final = "the batch writer was left before this was written"


class BatchWriter:
    """Writes many items, of any models, without conditions. Use it in `async with`, from any number of tasks.

    A batch is sent when it is full; what waits for more is sent by `flush`, and on leaving. A later write to
    a key replaces one that was not sent yet, and writes to one key reach the table in the order in which they
    were accepted. Models are encoded when they are accepted, so later changes of the object do not matter.

    What the service leaves unprocessed, throttles or does not answer is sent again, after pauses with full
    jitter. A write fails when 12 requests in a row went by in which nothing was processed, or when the
    service refuses it: of a batch that is refused, only the bad writes fail.

    As many requests are under way as the table takes, up to `concurrency`: fewer each time that it refuses
    some, and more again while it takes all. Keys that are passed over while others are not, or of which the
    service says that they are hot, are slowed down by themselves.

    After a deadline, nothing more is sent or accepted. Requests that are under way then have five seconds to
    end, or their writes are reported as unknown; all others that are not written fail.

    Left by an exception or a cancellation, it first writes what it has accepted, or with `on_error="drop"`
    only lets the requests under way come to their end. Cancelling that once more stops it at once.

    Memory: bounded but for the failures, which are kept: `put` waits while `concurrency * 50` writes are
        waiting.

    Raises:
        UnprocessedItems: on leaving, if writes failed; `.leftover` lists them with their items. Nothing is
            raised over an exception that leaves the block: look at `report` then.
    """

    def __init__(
        self,
        gateway: Gateway,
        *,
        concurrency: int,
        on_error: OnError = "flush",
        deadline_seconds: float | None = None,
        rate_limit: RateLimit | None = None,
        backoff: Backoff | None = None,
        ledger: Ledger | None = None,
    ) -> None:
        if type(concurrency) is not int or concurrency < 1:
            raise ExpressionError("batch_writer: concurrency is a whole number from 1 on")
        if on_error not in ("flush", "drop"):
            raise ExpressionError('batch_writer: on_error is "flush" or "drop"')
        if deadline_seconds is not None:
            check_positive("batch_writer", "deadline_seconds", deadline_seconds)
        if not isinstance(rate_limit, RateLimit | None):
            raise ExpressionError("batch_writer: rate_limit is a RateLimit(...) or None")
        self._gateway = gateway
        self._concurrency = concurrency
        self._on_error = on_error
        self._backoff = backoff or Backoff()
        self._deadline_seconds = deadline_seconds
        self._pacer = Pacer(concurrency, rate_limit, self._backoff)
        self._backlog = Backlog(concurrency * _ROOM_PER_WORKER, self._pacer.hot_keys, ledger)
        self._workers: list[BatchWorker] = []
        self._timers: list[asyncio.TimerHandle] = []
        self._loop: asyncio.AbstractEventLoop | None = None
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
            MapperClosed: the writer is not open, or its deadline has passed.
            WrongEventLoop: it was opened in another event loop.
        """
        self._check_open()
        await self._backlog.add(entry_for_put(self._gateway, model))

    def stored_items(self, table: TableSchema) -> Callable[[Item], Awaitable[None]]:
        """Give what accepts items of one table as they are stored, whatever model they are of, or of none.

        It raises as `put` does. What fails is reported by its key.

        Args:
            table: its deployed name and its key.
        """
        keys = KeyPlan(table, ())

        async def accept(item: Item) -> None:
            self._check_open()
            await self._backlog.add(entry_for_item(keys, item))

        return accept

    async def accept(self, entry: Entry) -> None:
        """Accept a write that was encoded before. Waits while the backlog is full.

        Raises:
            MapperClosed: the writer is not open, or its deadline has passed.
            WrongEventLoop: it was opened in another event loop.
        """
        self._check_open()
        await self._backlog.add(entry)

    async def delete(self, target: ItemKey[Any] | BaseModel) -> None:
        """Accept an item to delete, by its key or by a model with this key. Waits while the backlog is full.

        Raises:
            CodecError: a key value cannot be stored. The delete is not accepted then.
            MapperClosed: the writer is not open, or its deadline has passed.
            WrongEventLoop: it was opened in another event loop.
        """
        self._check_open()
        await self._backlog.add(entry_for_delete(self._gateway, target))

    async def flush(self) -> None:
        """Send everything that was accepted so far, and wait until it is written or has failed.

        Failures are not raised here: look at `report`.

        Raises:
            MapperClosed: the writer is not open.
            WrongEventLoop: it was opened in another event loop.
        """
        self._check_open()
        await self._backlog.drain()

    def _check_open(self) -> None:
        if not self._open:
            raise MapperClosed(CLOSED)
        if asyncio.get_running_loop() is not self._loop:
            raise WrongEventLoop("the batch writer was opened in another event loop: open one in each loop")

    # Life ---------------------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        if self._loop is not None:
            raise MapperClosed("a batch writer is used once: make another one")
        self._loop = asyncio.get_running_loop()
        self._open = True
        self._workers = [
            BatchWorker(self._gateway, self._backlog, self._backoff, self._pacer)
            for _ in range(self._concurrency)
        ]
        if self._deadline_seconds is not None:
            self._timers = [
                self._loop.call_later(self._deadline_seconds, self._expire),
                self._loop.call_later(self._deadline_seconds + _GRACE_SECONDS, self._give_up),
            ]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open = False
        self._backlog.close()
        try:
            if error is None or self._on_error == "flush":
                await self._backlog.drain()
            await self._finish_requests()
        finally:
            for timer in self._timers:
                timer.cancel()
            # First the accounts, which need no waiting, so that nothing can come between.
            self._backlog.abandon(_LEFT)
            await self._end_workers()
        self._tell(error)

    async def _finish_requests(self) -> None:
        """Let the requests under way come to their end, and start no more."""
        self._backlog.stop()
        self._interrupt_pauses()
        await asyncio.wait([worker.task for worker in self._workers])

    def _interrupt_pauses(self) -> None:
        for worker in self._workers:
            worker.interrupt_pause()

    def _expire(self) -> None:
        """The deadline has passed: send nothing more."""
        self._backlog.expire(f"the deadline of {self._deadline_seconds:g} s passed before this was written")
        self._interrupt_pauses()

    def _give_up(self) -> None:
        """The requests under way have had their time."""
        self._backlog.abandon(f"the deadline of {self._deadline_seconds:g} s passed")
        for worker in self._workers:
            worker.task.cancel()

    async def _end_workers(self) -> None:
        for worker in self._workers:
            worker.task.cancel()
        await asyncio.gather(*(worker.task for worker in self._workers), return_exceptions=True)

    def _tell(self, error: BaseException | None) -> None:
        failed = self.report.failed
        if not failed:
            return
        summary = f"{len(failed)} of {self.report.accepted} accepted writes failed: {failed[0].reason}"
        if error is not None:
            error.add_note(f"batch writer: {summary}")
            return
        raise UnprocessedItems(
            f"{summary}; .leftover has them with their items", failed
        ) from self._breakdown()

    def _breakdown(self) -> BaseException | None:
        """What ended a worker that should not have ended."""
        tasks = [worker.task for worker in self._workers]
        errors = (task.exception() for task in tasks if task.done() and not task.cancelled())
        return next((error for error in errors if error is not None), None)
