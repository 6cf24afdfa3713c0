"""A writer that sends a great many items, paced by the classes of `ddbmodel.mapper.pacing` themselves.

One request of the model stands for `scale` requests of 25 items one after the other, by one worker: it carries
as many items, and takes as long. So what a worker can send a second is what it is in truth, while concurrency
follows the table `scale` times more slowly than in truth. Amounts are fluid: a request carries of each lane its
share, instead of drawing each key.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from ddbmodel.mapper.backoff import Backoff
from ddbmodel.mapper.pacing import HotKeys, Outcome, RateLimit, Slot, Slots, passed_over
from ddbmodel.mapper.pacing.rate_limit import Place
from tests.benchmarks.table_model import TableModel

BATCH: Final = 25
LATENCY_SECONDS: Final = 0.010
ROOM_PER_WORKER: Final = 50
_TABLE: Final = "table"
# Amounts are fluid; what is less than a write is rounding.
_NOTHING: Final = 0.5
_PAUSE_MAX_SECONDS: Final = 60.0


@dataclass
class Clock:
    """The time of the model, in seconds."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Policy:
    """How a writer is paced.

    Attributes:
        workers: how many requests are under way at once, at most.
        limit: a budget of write units, or none.
        adapts: concurrency follows the table, hot keys wait by themselves, and refusals are followed by pauses.
    """

    workers: int
    limit: RateLimit | None
    adapts: bool


@dataclass
class Tally:
    """What happened.

    Attributes:
        seconds: how long it took.
        written: how many items are in the table.
        refused: how many writes were refused: work for nothing.
        requests: how many requests were made.
        throttled: how many of them were refused in part or whole.
        offered: for each minute, writes offered in it, per second.
    """

    seconds: float = 0.0
    written: float = 0.0
    refused: float = 0.0
    requests: float = 0.0
    throttled: float = 0.0
    offered: dict[int, float] = field(default_factory=dict)


class WriterModel:
    """One writer with all its workers, writing `items` items to a table.

    Args:
        table: what it writes to.
        items: how many items of one write unit each there are; they come mixed, as the lanes' shares say.
        policy: how it is paced.
        scale: how many requests one request of the model stands for.
        clock: the time, which it moves. The policy's limit has the same one.
        seed: of the jitter.
    """

    def __init__(
        self, table: TableModel, items: float, policy: Policy, *, scale: float, clock: Clock, seed: int = 1
    ) -> None:
        self._table, self._policy, self._scale, self._clock = table, policy, scale, clock
        self._jitter = random.Random(seed)
        self._backoff = Backoff(jitter=self._jitter.random)
        self._slots = Slots(policy.workers)
        self._hot = HotKeys(clock, self._backoff.seconds)
        self._shares = [lane.share for lane in table.lanes]
        self._to_come = items
        self._held = [0.0] * len(self._shares)
        self._left = [[0.0] * len(self._shares) for _ in range(policy.workers)]
        self._tries = [0] * policy.workers
        self._parked: list[int] = []
        self._events: list[tuple[float, int, int, tuple[object, ...]]] = []
        self._order = 0
        self._size = BATCH * scale
        self.tally = Tally()

    def run(self) -> Tally:
        """Write everything."""
        for worker in range(self._policy.workers):
            # Not all at the same moment: they would not stay so either.
            self._later(self._scale * LATENCY_SECONDS * worker / self._policy.workers, worker, "begin")
        while self._events:
            self._clock.now, _, worker, (what, *rest) = heapq.heappop(self._events)
            getattr(self, f"_{what}")(worker, *rest)
        self.tally.seconds = self._clock.now
        return self.tally

    def _later(self, seconds: float, worker: int, *action: object) -> None:
        self._order += 1
        heapq.heappush(self._events, (self._clock.now + seconds, self._order, worker, action))

    # One request --------------------------------------------------------------------------------------------

    def _begin(self, worker: int) -> None:
        slot: Slot | None = None
        if self._policy.adapts:
            slot = self._slots.begin([_TABLE])
            if slot is None:
                self._parked.append(worker)
                return
        batch = self._compose(worker)
        if sum(batch) < _NOTHING:
            self._free(worker, slot)
            if any(amount >= _NOTHING for amount in self._held):
                self._later(self._soonest(), worker, "begin")
            return
        if self._policy.limit is None:
            self._send(worker, slot, batch)
        else:
            self._ask(worker, slot, batch, self._policy.limit.line_up(sum(batch)))

    def _ask(self, worker: int, slot: Slot | None, batch: list[float], place: Place) -> None:
        assert self._policy.limit is not None
        seconds = self._policy.limit.wait_seconds(place)
        if seconds > 0:
            self._later(seconds, worker, "ask", slot, batch, place)
        else:
            self._send(worker, slot, batch)

    def _send(self, worker: int, slot: Slot | None, batch: list[float]) -> None:
        seconds = LATENCY_SECONDS * max(1.0, sum(batch) / BATCH)
        self._later(seconds, worker, "end", slot, batch, self._clock.now)

    def _end(self, worker: int, slot: Slot | None, batch: list[float], began: float) -> None:
        refused = self._table.offer(self._clock.now, batch)
        self._count(batch, refused)
        if self._policy.limit is not None:
            self._policy.limit.settle(sum(batch), sum(batch) - sum(refused))
        pause = 0.0
        if self._policy.adapts:
            left = self._watch_keys(batch, refused, began)
            cold_sent = sum(batch) - sum(amount for key, amount in enumerate(batch) if self._hot.is_hot(key))
            part = min(1.0, sum(left) / cold_sent) if cold_sent >= _NOTHING else None
            assert slot is not None
            self._slots.learn(slot, Outcome({} if part is None else {_TABLE: part}, account=0.0))
            pause = self._pause(worker, part or 0.0)
        else:
            left = refused
        self._left[worker] = left
        if pause:
            self._later(pause, worker, "free", slot)
        else:
            self._free(worker, slot)
        self._later(pause, worker, "begin")

    def _free(self, _worker: int, slot: Slot | None) -> None:
        if slot is not None:
            self._slots.end(slot)
            parked, self._parked = self._parked, []
            for worker in parked:
                self._later(0.0, worker, "begin")

    # What is in it ------------------------------------------------------------------------------------------

    def _compose(self, worker: int) -> list[float]:
        """What is left of the last request, what hot keys may get, and more of what is to come."""
        batch, self._left[worker] = self._left[worker], [0.0] * len(self._shares)
        room = self._size - sum(batch)
        for key, waiting in enumerate(self._held):
            if waiting < _NOTHING:
                continue
            amount = self._due(key, min(waiting, room))
            self._held[key] -= amount
            batch[key] += amount
            room -= amount
        if sum(self._held) < ROOM_PER_WORKER * self._scale * self._policy.workers:
            self._draw(batch, room)
        return batch

    def _draw(self, batch: list[float], room: float) -> None:
        amount = min(self._to_come, room)
        self._to_come -= amount
        for key, share in enumerate(self._shares):
            if self._hot.is_hot(key):
                self._held[key] += amount * share  # it goes with what waits for the key
            else:
                batch[key] += amount * share

    def _due(self, key: int, most: float) -> float:
        """How much of a key becomes due while the request, which stands for many, is under way."""
        horizon = self._scale * LATENCY_SECONDS
        amount = 0.0
        while amount < most and self._hot.wait_seconds(key) <= horizon:
            step = min(float(BATCH), most - amount) if self._hot.is_hot(key) else most - amount
            self._hot.begin(key, step)
            amount += step
        return amount

    def _soonest(self) -> float:
        waits = [self._hot.wait_seconds(key) for key, amount in enumerate(self._held) if amount >= _NOTHING]
        return max(0.001, min(waits))

    # What is learned ----------------------------------------------------------------------------------------

    def _watch_keys(self, batch: Sequence[float], refused: Sequence[float], began: float) -> list[float]:
        """Slow down the keys that were passed over; what is left for the worker."""
        sent = {key: round(amount) for key, amount in enumerate(batch) if amount >= _NOTHING}
        left = {key: round(amount) for key, amount in enumerate(refused) if amount >= _NOTHING}
        lanes = self._table.lanes
        blamed = {key for key in passed_over(sent, left) if lanes[key].is_key}
        blamed |= {key for key in left if self._hot.is_hot(key)}
        for key in blamed:
            self._hot.passed_over(key, began=began, partly=left[key] < sent[key])
        for key, amount in sent.items():
            if key not in left:
                self._hot.went_through(key, amount)
        remaining = list(refused)
        for key in blamed:
            if self._hot.is_hot(key):
                self._held[key] += remaining[key]
                remaining[key] = 0.0
        return remaining

    def _pause(self, worker: int, part: float) -> float:
        """The pauses of all requests that this one stands for: as many as had something left over."""
        self._tries[worker] = self._tries[worker] + 1 if part > 0.999 else self._tries[worker] // 2
        with_leftovers = 1 - (1 - part) ** BATCH
        pause = self._backoff.seconds(max(1, self._tries[worker]))
        return min(_PAUSE_MAX_SECONDS, self._scale * with_leftovers * pause)

    def _count(self, batch: Sequence[float], refused: Sequence[float]) -> None:
        sent, back = sum(batch), sum(refused)
        requests = sent / BATCH
        self.tally.requests += requests
        self.tally.throttled += requests * (1 - (1 - min(1.0, back / sent)) ** BATCH)
        self.tally.written += sent - back
        self.tally.refused += back
        minute = int(self._clock.now // 60)
        self.tally.offered[minute] = self.tally.offered.get(minute, 0.0) + sent / 60
