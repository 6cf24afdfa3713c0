"""One worker of a batch writer: takes batches, sends them, and sends again what was left of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from ddbmodel.mapper.backlog import Backlog
from ddbmodel.mapper.backoff import Backoff
from ddbmodel.mapper.entry import Entry, target_of
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.pacer import Admission, Pacer
from ddbmodel.mapper.verdict import Course, Verdict, describe, judge, split
from ddbmodel.operations import BatchWrite, BatchWriteItem, BatchWriteItemResult

_UNPROCESSED: Final = "left unprocessed: the table had no capacity left for it"


class BatchWorker:
    """Writes batch after batch, until there is nothing more to take.

    What was left of a batch goes into the worker's next one, after a pause that grows while nothing goes
    through. Writes to hot keys go back to the backlog instead.
    """

    def __init__(self, gateway: Gateway, backlog: Backlog, backoff: Backoff, pacer: Pacer) -> None:
        self._gateway = gateway
        self._backlog = backlog
        self._backoff = backoff
        self._pacer = pacer
        self._pausing = False
        self._admissions: list[Admission] = []
        self.task = asyncio.create_task(self._run())

    def interrupt_pause(self) -> None:
        """End the worker if it is waiting to send again; a request under way comes to its end first."""
        if self._pausing:
            self.task.cancel()

    async def _run(self) -> None:
        left: list[Entry] = []
        tries = 0
        try:
            while batch := await self._backlog.take(left):
                left = await self._write(batch)
                # Progress halves the pause instead of ending it: a table that takes one write of 25 is still
                # full.
                tries = tries + 1 if len(left) == len(batch) else tries // 2
                left = self._still_hopeful(left, stalled=len(left) == len(batch))
                left = self._without_hot_keys(left)
                if left and not self._backlog.stopped:
                    await self._pause(max(1, tries))
                self._end_requests()
        except Exception as error:
            # Never expected; but nothing may be lost, or wait for ever for a worker that is not there any
            # more.
            self._backlog.abandon(f"the batch writer broke down ({describe(error)})")
            raise
        finally:
            self._end_requests()

    async def _pause(self, tries: int) -> None:
        self._pausing = True
        await self._backoff.pause(tries)
        self._pausing = False

    def _end_requests(self) -> None:
        """Let others send; not before the pause is over, or they would send in the place of this one."""
        while self._admissions:
            self._pacer.end(self._admissions.pop())

    async def _admission(self, part: Sequence[Entry]) -> Admission:
        self._end_requests()
        self._pausing = True
        admission = await self._pacer.admit(part)
        self._admissions.append(admission)
        self._pausing = False
        return admission

    def _without_hot_keys(self, left: Sequence[Entry]) -> list[Entry]:
        """Give back the writes that have to wait by themselves."""
        for entry in left:
            if entry.passed_over:
                self._backlog.give_back(entry)
        return [entry for entry in left if not entry.passed_over]

    def _still_hopeful(self, left: Sequence[Entry], *, stalled: bool) -> list[Entry]:
        """Give up the writes that were tried too often."""
        hopeful: list[Entry] = []
        for entry in left:
            entry.stalled = entry.stalled + 1 if stalled else 0
            if entry.stalled >= self._backoff.tries_max or entry.attempts >= self._backoff.attempts_max:
                self._backlog.fail(entry, entry.reason)
            else:
                hopeful.append(entry)
        return hopeful

    async def _write(self, batch: list[Entry]) -> list[Entry]:
        """Send a batch, in parts if it is refused as a whole. What is not returned is settled.

        Returns:
            What has to be sent again.
        """
        left: list[Entry] = []
        parts = [batch]
        while parts:
            part = parts.pop()
            admission = await self._admission(part)
            try:
                result = await self._send(part)
            except Exception as error:  # noqa: BLE001  # whatever it is, the writes are accounted for
                verdict = judge(error)
                self._pacer.failed(admission, part, error, unknown=verdict.unknown)
                smaller = split(part, verdict.course)
                parts += smaller
                if not smaller:
                    left += self._refused(part, verdict, describe(error))
            else:
                remaining = self._answered(part, result.unprocessed)
                self._pacer.answered(admission, part, remaining, result.capacity)
                left += remaining
            if self._backlog.stopped:
                return left + [entry for part in parts for entry in part]
        return left

    async def _send(self, part: Sequence[Entry]) -> BatchWriteItemResult:
        """Send one request, and return its answer."""
        for entry in part:
            if entry.attempts:
                self._backlog.report.retries += 1
                entry.passed_over = False
            entry.attempts += 1
            entry.in_flight = True
        request = BatchWriteItem(tuple(entry.write for entry in part), self._pacer.return_capacity)
        try:
            result = BatchWriteItemResult.from_wire(await self._gateway.send(request))
        except Exception:
            _landed(part)
            raise
        _landed(part)
        return result

    def _refused(self, part: Sequence[Entry], verdict: Verdict, reason: str) -> Sequence[Entry]:
        for entry in part:
            entry.reason = reason
            entry.unknown = entry.unknown or verdict.unknown
            if verdict.course is not Course.AGAIN:
                self._backlog.fail(entry, reason)
        return part if verdict.course is Course.AGAIN else ()

    def _answered(self, part: Sequence[Entry], unprocessed: Sequence[BatchWrite]) -> Sequence[Entry]:
        if not unprocessed:
            self._backlog.written(part)
            return ()
        left = _entries_of(unprocessed, part)
        self._backlog.written([entry for entry in part if entry not in left])
        for entry in left:
            entry.reason = _UNPROCESSED
        return left


def _landed(part: Sequence[Entry]) -> None:
    """The request is over. One that is cancelled is not: nobody knows what became of it."""
    for entry in part:
        entry.in_flight = False


def _entries_of(writes: Sequence[BatchWrite], part: Sequence[Entry]) -> Sequence[Entry]:
    """The entries that came back unprocessed; all, where they cannot be told apart: it does no harm."""
    by_target = {entry.target: entry for entry in part}
    keys = {entry.write.table: entry.keys for entry in part}
    found: dict[Entry, None] = {}
    for write in writes:
        target = target_of(write, keys[write.table]) if write.table in keys else None
        entry = by_target.get(target) if target is not None else None
        if entry is None:
            return part
        found[entry] = None
    return list(found)
