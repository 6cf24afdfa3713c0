"""The writes that a batch writer has accepted and not settled yet, and the count of what became of them.

A write is *ready*; or *blocked*, behind another write to its key that a worker has; or *taken* by a worker.
So no batch has two writes to one key, and writes to one key reach the table in the order in which they were
accepted. Every accepted write is in exactly one of the three until it is settled, once: written, superseded
or failed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from ddbmodel import limits
from ddbmodel.errors import MapperClosed
from ddbmodel.mapper.entry import Entry
from ddbmodel.mapper.write import Identity
from ddbmodel.mapper.write_report import WriteReport


class Backlog:
    """Accepted writes on their way to the table.

    Args:
        room: how many writes wait at most, ready or blocked; further ones are not accepted until some are
            taken. It must exceed what workers can hold by a full batch, or all that waits could be blocked.
    """

    def __init__(self, room: int) -> None:
        self.report = WriteReport()
        self._room = asyncio.Semaphore(room)
        self._ready: dict[Identity, Entry] = {}
        self._ready_bytes = 0
        self._blocked: dict[Identity, Entry] = {}
        self._taken: dict[Identity, Entry] = {}
        self._draining = 0
        self._closed = False
        self._stopped = False
        self._work = asyncio.Event()
        self._settled = asyncio.Event()

    # Accepting ----------------------------------------------------------------------------------------------

    async def add(self, entry: Entry) -> None:
        """Accept a write, in the order of the calls; wait while there is no room.

        It takes the place of an earlier write to the same key that no worker has taken yet.

        Raises:
            MapperClosed: the backlog was closed meanwhile; the write is not accepted.
        """
        await self._room.acquire()
        if self._closed:
            self._room.release()  # the next one that waits has to learn of it too
            raise closed()
        self.report.accepted += 1
        entry.number = self.report.accepted
        waiting = self._blocked if entry.identity in self._taken else self._ready
        earlier = waiting.get(entry.identity)
        if earlier is not None:
            self._replace(earlier, entry)
            self._room.release()
        waiting[entry.identity] = entry
        if waiting is self._ready:
            self._ready_bytes += entry.size_bytes - (earlier.size_bytes if earlier is not None else 0)
            self._wake_workers()

    def close(self) -> None:
        """Accept nothing more; whoever waits for room is turned away."""
        self._closed = True
        self._room.release()

    # Taking -------------------------------------------------------------------------------------------------

    async def take(self, left: Sequence[Entry]) -> list[Entry]:
        """The next batch: what is left of the last one, filled up to 25 writes and 16 MB.

        Waits for a full batch, unless something is left or everything is to be settled. Of what is left, the
        writes that are superseded by now are dropped.

        Returns:
            The writes, of which the backlog keeps hold until they are settled; none if it was stopped.
        """
        batch = [entry for entry in left if not self._is_superseded(entry)]
        while not batch and not self._stopped and not self._is_worth_taking():
            self._work.clear()
            await self._work.wait()
        if self._stopped:
            return []
        self._fill(batch)
        return batch

    def stop(self) -> None:
        """Give out nothing more."""
        self._stopped = True
        self._work.set()

    def _fill(self, batch: list[Entry]) -> None:
        size = sum(entry.size_bytes for entry in batch)
        for entry in list(islice(self._ready.values(), limits.BATCH_WRITE_ITEMS - len(batch))):
            size += entry.size_bytes
            if size > limits.BATCH_WRITE_BYTES:
                return
            del self._ready[entry.identity]
            self._ready_bytes -= entry.size_bytes
            self._taken[entry.identity] = entry
            batch.append(entry)
            self._room.release()

    def _is_worth_taking(self) -> bool:
        return (
            len(self._ready) >= limits.BATCH_WRITE_ITEMS
            or self._ready_bytes >= limits.BATCH_WRITE_BYTES
            or bool(self._draining and self._ready)
        )

    # Settling -----------------------------------------------------------------------------------------------

    def written(self, entry: Entry) -> None:
        """A taken write is in the table."""
        if self._release(entry):
            self.report.written += 1

    def fail(self, entry: Entry, reason: str) -> None:
        """A taken write is given up."""
        if self._release(entry):
            self.report.failed.append(entry.failure(reason))

    def abandon(self, reason: str) -> None:
        """Give up everything, whoever has it, and accept nothing more."""
        for entry in self._unsettled():
            under_way = " while a request with it was under way" if entry.in_flight else ""
            last = f"; the last attempt: {entry.reason}" if entry.reason else ""
            self.report.failed.append(entry.failure(f"{reason}{under_way}{last}"))
        for waiting in (self._ready, self._blocked, self._taken):
            waiting.clear()
        self._ready_bytes = 0
        self._settled.set()
        self.close()
        self.stop()

    async def drain(self) -> None:
        """Wait until every write that was accepted so far is settled; until then batches need not be full.

        Writes that are accepted meanwhile are not waited for, unless they take the place of earlier ones.
        """
        last = self.report.accepted
        self._draining += 1
        try:
            self._wake_workers()
            while any(entry.number <= last for entry in self._unsettled()):
                self._settled.clear()
                await self._settled.wait()
        finally:
            self._draining -= 1

    def _unsettled(self) -> Iterator[Entry]:
        return chain(self._taken.values(), self._ready.values(), self._blocked.values())

    def _release(self, entry: Entry) -> bool:
        """Let go of a taken write, and unblock the next one for its key; False if it was abandoned before."""
        if self._taken.get(entry.identity) is not entry:
            return False
        del self._taken[entry.identity]
        following = self._blocked.pop(entry.identity, None)
        if following is not None:
            self._ready[following.identity] = following
            self._ready_bytes += following.size_bytes
            self._wake_workers()
        self._settled.set()
        return True

    def _is_superseded(self, entry: Entry) -> bool:
        """True if a later write to the key of a taken one waits; the taken one is settled then."""
        following = self._blocked.get(entry.identity)
        if following is None or not self._release(entry):
            return False
        self._replace(entry, following)
        return True

    def _replace(self, earlier: Entry, later: Entry) -> None:
        """Count a write as superseded. Whoever waits for it to be settled waits for its successor instead."""
        self.report.superseded += 1
        later.number = min(earlier.number, later.number)

    def _wake_workers(self) -> None:
        if self._is_worth_taking():
            self._work.set()


def closed() -> MapperClosed:
    """The error for a write that comes too late, or too early."""
    return MapperClosed("the batch writer is not open: use it inside of its async with block")
