"""A table as the service describes it: partitions, burst capacity, a quota, warm-up, and splitting for heat.

It deals in amounts of writes, not in single ones, and in kinds of partitions: all partitions of a lane are alike.

Sources:
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

PARTITION_UNITS: Final = 1000.0
BURST_SECONDS: Final = 300.0
QUOTA_UNITS: Final = 40_000.0
COLD_UNITS: Final = 4000.0
WARM_UP_SECONDS: Final = 1800.0
# Arbitrary, as AWS does not tell: partitions whose burst is used up for ten minutes are split.
SPLIT_SECONDS: Final = 600.0
HOT_SECONDS: Final = 60.0
PARTITIONS_MAX: Final = 5000


@dataclass
class Lane:
    """Partitions that are alike, and what they get.

    Attributes:
        share: which part of all writes they get together.
        partitions: how many there are.
        is_key: True if it is one hot key with a partition of its own, which cannot be split.
    """

    share: float
    partitions: int
    is_key: bool = False
    saved: float = field(default=0.0, init=False)
    hot_since: float | None = field(default=None, init=False)

    @property
    def rate(self) -> float:
        """Units per second that its partitions take."""
        return PARTITION_UNITS * self.partitions


class TableModel:
    """A table that takes what its partitions, its quota and its warmth allow, and refuses the rest.

    Args:
        lanes: its partitions, by kind.
        quota: units per second of the whole table.
        cold: it is new and on demand: it begins at 4,000 units a second, and takes twice its former peak.
        splits: partitions that have been written to as fast as they can for ten minutes are split, up to 5,000.
        rested: for how many seconds nothing was written before, up to five minutes.
        slack_seconds: for how long the quota may be saved up; as long as the longest request that is simulated.
    """

    def __init__(
        self,
        lanes: Sequence[Lane],
        *,
        quota: float = QUOTA_UNITS,
        cold: bool = False,
        splits: bool = False,
        rested: float = BURST_SECONDS,
        slack_seconds: float = 1.0,
    ) -> None:
        self.lanes = lanes
        self._quota = quota
        self._splits = splits
        self._slack_seconds = slack_seconds
        self.ceiling = COLD_UNITS if cold else quota
        self._budget = self.ceiling * slack_seconds
        self._now = 0.0
        for lane in lanes:
            lane.saved = lane.rate * rested
        self._window_began = 0.0
        self._window_units = 0.0

    def offer(self, now: float, writes: Sequence[float]) -> list[float]:
        """Offer writes, an amount for each lane; what is refused of each."""
        self._pass_time(now)
        taken = [min(amount, lane.saved) for amount, lane in zip(writes, self.lanes, strict=True)]
        total = sum(taken)
        part = min(1.0, self._budget / total) if total else 1.0
        refused: list[float] = []
        for amount, room, lane in zip(writes, taken, self.lanes, strict=True):
            lane.saved -= room * part
            refused.append(amount - room * part)
            self._watch_heat(now, lane)
        self._budget -= total * part
        self._window_units += total * part
        return refused

    def _pass_time(self, now: float) -> None:
        seconds, self._now = now - self._now, now
        self._budget = min(self.ceiling * self._slack_seconds, self._budget + self.ceiling * seconds)
        for lane in self.lanes:
            lane.saved = min(lane.rate * BURST_SECONDS, lane.saved + lane.rate * seconds)
        if now - self._window_began >= WARM_UP_SECONDS:
            peak = self._window_units / (now - self._window_began)
            self.ceiling = min(self._quota, max(self.ceiling, 2 * peak))
            self._window_began, self._window_units = now, 0.0

    def _watch_heat(self, now: float, lane: Lane) -> None:
        if not self._splits or lane.is_key or lane.saved > lane.rate * HOT_SECONDS:
            lane.hot_since = None
            return
        lane.hot_since = now if lane.hot_since is None else lane.hot_since
        if now - lane.hot_since > SPLIT_SECONDS:
            lane.partitions = min(PARTITIONS_MAX, lane.partitions * 2)
            lane.hot_since = None
