"""The writes that a batch writer has accepted and not settled yet, and the count of what became of them.

A write is *ready*; or *held back*, as its partition key is hot; or *blocked*, behind another write to its
key that a worker has; or *taken* by a worker. So no batch has two writes to one key, and writes to one key
reach the table in the order in which they were accepted. Every accepted write is in exactly one of the four
until it is settled, once: written, superseded or failed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Final

from ddbmodel import limits
from ddbmodel.errors import MapperClosed
from ddbmodel.mapper.entry import Entry, Target
from ddbmodel.mapper.held_back import HeldBack
from ddbmodel.mapper.ledger import Ledger
from ddbmodel.mapper.pacing import HotKeys
from ddbmodel.mapper.write_report import WriteReport

CLOSED: Final = "the batch writer is not open: use it inside of its async with block"


class Backlog:
    """Accepted writes on their way to the table.

    Args:
        room: how many writes wait at most, ready, held back or blocked; further ones are not accepted until
            some are taken. It must exceed what workers can hold by a full batch, or all that waits could be
            blocked.
        hot_keys: which keys have to wait.
        ledger: is told of failures in place of the report.
    """

    def __init__(self, room: int, hot_keys: HotKeys, ledger: Ledger | None = None) -> None:
        self.report = WriteReport()
        self._ledger = ledger
        self._room = asyncio.Semaphore(room)
        self._overdrawn = 0
        self._ready: dict[Target, Entry] = {}
        self._ready_bytes = 0
        self._held = HeldBack(hot_keys)
        self._blocked: dict[Target, Entry] = {}
        self._taken: dict[Target, Entry] = {}
        self._draining = 0
        self._closed_as = ""
        self._expired_as = ""
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
        if self._closed_as:
            self._room.release()  # the next one that waits has to learn of it too
            raise MapperClosed(self._closed_as)
        self.report.accepted += 1
        entry.number = self.report.accepted
        waiting = self._place_for(entry)
        earlier = waiting.get(entry.target)
        if earlier is not None:
            self._replace(earlier, entry)
            self._room.release()
        waiting[entry.target] = entry
        if waiting is self._ready:
            self._ready_bytes += entry.size_bytes - (earlier.size_bytes if earlier is not None else 0)
        self._wake_workers()

    def _place_for(self, entry: Entry) -> dict[Target, Entry]:
        if entry.target in self._taken:
            return self._blocked
        if self._held and entry.target not in self._ready and self._held.has_any_of(entry.heat):
            return self._held.waiting(entry.heat)
        return self._ready

    def close(self, reason: str = CLOSED) -> None:
        """Accept nothing more; whoever waits for room is turned away."""
        self._closed_as = self._closed_as or reason
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
        while not self._stopped:
            for entry in self._held.due():
                self._make_ready(entry)
            if batch or self._is_worth_taking():
                self._fill(batch)
            if batch:
                return batch
            await self._wait_for_work()
        for entry in batch if self._expired_as else ():
            self.fail(entry, _with_last_attempt(self._expired_as, entry))
        return []

    def give_back(self, entry: Entry) -> None:
        """Let a taken write wait until its hot key may be written again."""
        if self._is_superseded(entry) or self._taken.pop(entry.target, None) is None:
            return
        self._held.hold(entry, first=True)
        # It takes room that others may have by now: as many have to go before the next one is accepted.
        self._overdrawn += 1
        self._work.set()

    @property
    def stopped(self) -> bool:
        """True if nothing more is to be sent."""
        return self._stopped

    def stop(self) -> None:
        """Give out nothing more."""
        self._stopped = True
        self._work.set()

    async def _wait_for_work(self) -> None:
        self._work.clear()
        try:
            async with asyncio.timeout(self._held.seconds_to_next()):
                await self._work.wait()
        except TimeoutError:
            pass  # a hot key may be written again

    def _make_ready(self, entry: Entry) -> None:
        self._ready[entry.target] = entry
        self._ready_bytes += entry.size_bytes

    def _fill(self, batch: list[Entry]) -> None:
        size = sum(entry.size_bytes for entry in batch)
        while found := list(islice(self._ready.values(), limits.BATCH_WRITE_ITEMS - len(batch))):
            for entry in found:
                if size + entry.size_bytes > limits.BATCH_WRITE_BYTES:
                    return
                del self._ready[entry.target]
                self._ready_bytes -= entry.size_bytes
                if self._held.must_wait(entry):
                    self._held.hold(entry)
                    continue
                size += entry.size_bytes
                self._taken[entry.target] = entry
                batch.append(entry)
                self._free_room()

    def _free_room(self) -> None:
        if self._overdrawn:
            self._overdrawn -= 1
        else:
            self._room.release()

    def _is_worth_taking(self) -> bool:
        return (
            len(self._ready) >= limits.BATCH_WRITE_ITEMS
            or self._ready_bytes >= limits.BATCH_WRITE_BYTES
            # Nothing more comes before some are taken, if all the others are held back.
            or bool(self._ready and (self._draining or self._room.locked()))
        )

    # Settling -----------------------------------------------------------------------------------------------

    def written(self, entries: Iterable[Entry]) -> None:
        """Taken writes are in the table."""
        for entry in entries:
            if self._release(entry):
                self.report.written += 1

    def fail(self, entry: Entry, reason: str) -> None:
        """A taken write is given up."""
        if self._release(entry):
            self._failed(entry, reason, cut_short=bool(self._expired_as))

    def abandon(self, reason: str) -> None:
        """Give up everything, whoever has it, and accept nothing more."""
        self._give_up(list(self._unsettled()), reason)
        self._taken.clear()
        self.close()

    def expire(self, reason: str) -> None:
        """Give up everything but what is under way, and accept and give out nothing more.

        What is under way is given up too if it has to be sent again.
        """
        self._expired_as = reason
        under_way = {target: entry for target, entry in self._taken.items() if entry.in_flight}
        self._give_up([entry for entry in self._unsettled() if not entry.in_flight], reason)
        self._taken = under_way
        self.close(f"{reason}: it was not accepted")

    def _give_up(self, entries: Iterable[Entry], reason: str) -> None:
        """Report these as failed; nothing waits any more."""
        for entry in entries:
            under_way = " while a request with it was under way" if entry.in_flight else ""
            self._failed(entry, _with_last_attempt(f"{reason}{under_way}", entry), cut_short=True)
        for waiting in (self._ready, self._held, self._blocked):
            waiting.clear()
        self._ready_bytes = 0
        self._settled.set()
        self.stop()

    def _failed(self, entry: Entry, reason: str, *, cut_short: bool) -> None:
        failure = entry.failure(reason)
        if self._ledger is None:
            self.report.failed.append(failure)
        else:
            self.report.handed_over += 1
            self._ledger.failed(entry, failure, cut_short=cut_short)

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
        return chain(self._taken.values(), self._ready.values(), self._held.entries(), self._blocked.values())

    def _release(self, entry: Entry) -> bool:
        """Let go of a taken write, and unblock the next one for its key; False if it was abandoned before."""
        if self._taken.get(entry.target) is not entry:
            return False
        del self._taken[entry.target]
        following = self._blocked.pop(entry.target, None)
        if following is not None:
            self._make_ready(following)
            self._wake_workers()
        self._settled.set()
        return True

    def _is_superseded(self, entry: Entry) -> bool:
        """True if a later write to the key of a taken one waits; the taken one is settled then."""
        following = self._blocked.get(entry.target)
        if following is None or not self._release(entry):
            return False
        self._replace(entry, following)
        return True

    def _replace(self, earlier: Entry, later: Entry) -> None:
        """Count a write as superseded. Whoever waits for it to be settled waits for its successor instead."""
        self.report.superseded += 1
        if self._ledger is not None:
            self._ledger.superseded(earlier)
        later.number = min(earlier.number, later.number)

    def _wake_workers(self) -> None:
        if self._is_worth_taking():
            self._work.set()


def _with_last_attempt(reason: str, entry: Entry) -> str:
    return f"{reason}; the last attempt: {entry.reason}" if entry.reason else reason
