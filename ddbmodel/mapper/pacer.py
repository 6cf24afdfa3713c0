"""Waits for the permission to send, and learns from what came of it. What is decided, `pacing` decides."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ddbmodel.errors import Throttled
from ddbmodel.mapper.backoff import Backoff
from ddbmodel.mapper.entry import Entry, Heat
from ddbmodel.mapper.pacing import HotKeys, Outcome, RateLimit, Scope, Slot, Slots, passed_over, scope_of
from ddbmodel.operations import ConsumedCapacity, ReturnCapacity


@dataclass(frozen=True, slots=True)
class Admission:
    """The permission to send one request: its slot, the write units that it was charged, and since when."""

    slot: Slot
    units: float
    began: float


class Pacer:
    """Says when requests may be sent, for all workers of one writer.

    Args:
        concurrency: how many requests may be under way at once, at most.
        rate_limit: the budget of write units, which others may share; None is none.
        backoff: how long hot keys rest.
    """

    def __init__(self, concurrency: int, rate_limit: RateLimit | None, backoff: Backoff) -> None:
        self.hot_keys = HotKeys(_now, backoff.seconds)
        self._slots = Slots(concurrency)
        self._rate_limit = rate_limit
        self._freed = asyncio.Event()

    @property
    def return_capacity(self) -> ReturnCapacity | None:
        """What to ask the service to report."""
        return None if self._rate_limit is None else "TOTAL"

    async def admit(self, part: Sequence[Entry]) -> Admission:
        """Wait until a request with these writes may be sent. Cancelled, it leaves no trace."""
        slot = await self._slot({entry.write.table for entry in part})
        try:
            return Admission(slot, await self._charge(part), _now())
        except asyncio.CancelledError:
            self._free(slot)
            raise

    def answered(
        self,
        admission: Admission,
        part: Sequence[Entry],
        left: Collection[Entry],
        capacity: Sequence[ConsumedCapacity],
    ) -> None:
        """Learn from an answer: what came back unprocessed, and what the rest has used."""
        if left or self.hot_keys:
            self._watch_keys(part, left, admission.began)
            shares = self._refused_shares(part, left)
        else:
            shares = dict.fromkeys(admission.slot.tables, 0.0)
        self._slots.learn(admission.slot, Outcome(shares, account=0.0))
        if self._rate_limit is not None:
            reported = sum(one.units for one in capacity)
            estimated = sum(entry.write_units for entry in part if entry not in left)
            self._rate_limit.settle(admission.units, reported if capacity else estimated)

    def failed(self, admission: Admission, part: Sequence[Entry], error: Exception, *, unknown: bool) -> None:
        """Learn from a failure; if it is `unknown` whether it was applied, it counts as used."""
        self._slots.learn(admission.slot, self._blame(part, error, admission.began))
        if self._rate_limit is not None and not unknown:
            self._rate_limit.settle(admission.units, 0.0)

    def end(self, admission: Admission) -> None:
        """Give back the slot of a request, after the pause that follows it."""
        self._free(admission.slot)

    def _refused_shares(self, part: Sequence[Entry], left: Collection[Entry]) -> dict[str, float]:
        """Which part of each table's writes was refused; those to hot keys tell nothing of the table."""
        sent, refused = Counter[str](), Counter[str]()
        for entry in part:
            if not self.hot_keys.is_hot(entry.heat):
                sent[entry.write.table] += 1
                refused[entry.write.table] += entry in left
        return {table: refused[table] / sent[table] for table in sent}

    async def _slot(self, tables: Collection[str]) -> Slot:
        while (slot := self._slots.begin(tables)) is None:
            self._freed.clear()
            await self._freed.wait()
        return slot

    async def _charge(self, part: Sequence[Entry]) -> float:
        """Wait until the budget has what the request is estimated to use."""
        if self._rate_limit is None:
            return 0.0
        return await charge(self._rate_limit, sum(entry.write_units for entry in part))

    def _free(self, slot: Slot) -> None:
        self._slots.end(slot)
        self._freed.set()

    def _blame(self, part: Sequence[Entry], error: Exception, began: float) -> Outcome:
        if not isinstance(error, Throttled):
            return Outcome()
        scope = scope_of(error)
        if scope is Scope.ACCOUNT:
            return Outcome(account=1.0)
        if scope is Scope.TABLE:
            return Outcome({entry.write.table: 1.0 for entry in part})
        # A batch is refused as a whole only if none of its writes could be made, so every key of it is hot.
        for heat in {entry.heat for entry in part}:
            self.hot_keys.passed_over(heat, began=began, certain=True)
        for entry in part:
            entry.passed_over = True
        return Outcome()

    def _watch_keys(self, part: Sequence[Entry], left: Collection[Entry], began: float) -> None:
        sent = Counter[Heat](entry.heat for entry in part)
        unprocessed = Counter[Heat](entry.heat for entry in left)
        blamed = set(passed_over(sent, unprocessed))
        blamed |= {heat for heat in unprocessed if self.hot_keys.is_hot(heat)}
        for heat in blamed:
            self.hot_keys.passed_over(heat, began=began, partly=unprocessed[heat] < sent[heat])
        for entry in left:
            entry.passed_over = entry.heat in blamed and self.hot_keys.is_hot(entry.heat)
        for entry in part:
            if entry.heat in self.hot_keys and entry.heat not in unprocessed:
                self.hot_keys.went_through(entry.heat, entry.write_units)


async def charge(rate_limit: RateLimit, units: float) -> float:
    """Wait until a budget has so many units, and take them. Cancelled, it leaves no trace."""
    place = rate_limit.line_up(units)
    try:
        while (seconds := rate_limit.wait_seconds(place)) > 0:  # noqa: ASYNC110  # time is all it waits for
            await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        rate_limit.leave(place)
        raise
    return place.units


def _now() -> float:
    return asyncio.get_running_loop().time()
