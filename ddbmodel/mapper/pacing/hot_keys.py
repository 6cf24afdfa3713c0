"""Keys that get more writes than their partition takes: they slow down, and nothing else does.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from ddbmodel import limits

K = TypeVar("K", bound=Hashable)

# How many units may follow one another without a pause: a twentieth of a second's, and at most a batch.
_BURST_SECONDS: Final = 0.05
_BURST_UNITS: Final = 25.0
# How many times in a row a key is passed over before it is called hot: once happens to any key.
_STRIKES: Final = 2
_DECREASE: Final = 0.5
# What a second of success adds, of the rate after the last decrease: after five seconds it is doubled.
_INCREASE: Final = 0.2
_SLOWEST: Final = 1.0
# Shorter waits are errors of floating point: a clock need not move by them.
_ROUNDING: Final = 1e-6
# Arbitrary: bounds the memory; the one that was noticed first is forgotten.
_KEYS_MAX: Final = 10_000


@dataclass(slots=True)
class _Heat:
    """What is known of one key.

    Attributes:
        strikes: how many times in a row it was passed over.
        rate: units per second that it may get; 0 while it is not hot.
        cut_to: what the rate was after the last decrease.
        cut_at: when that was.
        next_at: when all it has got so far is paid for, at its rate.
        resting_until: it gets nothing before.
    """

    strikes: int = 0
    rate: float = 0.0
    cut_to: float = 0.0
    cut_at: float = 0.0
    next_at: float = 0.0
    resting_until: float = 0.0


class HotKeys:
    """The hot keys, and when each of them may be written again.

    A key becomes hot when it is passed over twice in a row, or when the service says so. Then it rests, and
    gets half of what a partition takes; less by half each time it is passed over again, and more the longer
    it goes well, until it is not hot any more.

    Args:
        clock: seconds from some fixed moment.
        rest_seconds: how long to rest when it was passed over so many times in a row.
    """

    def __init__(self, clock: Callable[[], float], rest_seconds: Callable[[int], float]) -> None:
        self._clock = clock
        self._rest_seconds = rest_seconds
        self._keys: dict[Hashable, _Heat] = {}

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: Hashable) -> bool:
        """True if the key is hot, or was passed over the last time."""
        return key in self._keys

    def is_hot(self, key: Hashable) -> bool:
        """True if the key is to be slowed down."""
        heat = self._keys.get(key)
        return heat is not None and heat.rate > 0

    def wait_seconds(self, key: Hashable) -> float:
        """How long the key has to wait before it may be written again; 0 for any that is not hot."""
        heat = self._keys.get(key)
        if heat is None or not heat.rate:
            return 0.0
        burst_seconds = min(_BURST_SECONDS, _BURST_UNITS / heat.rate)
        earliest = max(heat.resting_until, heat.next_at - burst_seconds)
        seconds = earliest - self._clock()
        return seconds if seconds > _ROUNDING else 0.0

    def begin(self, key: Hashable, units: float) -> None:
        """Count units that are about to be written to the key."""
        heat = self._keys.get(key)
        if heat is not None and heat.rate:
            heat.next_at = max(heat.next_at, self._clock()) + units / heat.rate

    def passed_over(
        self, key: Hashable, *, began: float, certain: bool = False, partly: bool = False
    ) -> None:
        """Note that writes to the key were refused.

        Args:
            key: the key.
            began: when the request with them was sent. One that was under way when the key was slowed down
                tells nothing new.
            certain: it is known to be hot, and not only that others were not refused.
            partly: some of its writes in the same request went through.
        """
        now = self._clock()
        heat = self._keys.setdefault(key, _Heat())
        if heat.rate and began <= heat.cut_at:
            return
        heat.strikes = 1 if partly and heat.rate else heat.strikes + 1
        if heat.rate or certain or heat.strikes >= _STRIKES:
            heat.rate = max(_SLOWEST, (heat.rate or limits.PARTITION_WRITE_UNITS) * _DECREASE)
            heat.cut_to, heat.cut_at = heat.rate, now
            heat.resting_until = now + self._rest_seconds(heat.strikes)
            heat.next_at = heat.resting_until
        if len(self._keys) > _KEYS_MAX:
            del self._keys[next(iter(self._keys))]

    def went_through(self, key: Hashable, units: float) -> None:
        """Note that all of a request's writes to the key went through."""
        heat = self._keys.get(key)
        if heat is None:
            return
        heat.strikes = 0
        if heat.rate:
            heat.rate += _INCREASE * heat.cut_to * units / heat.rate
        if not heat.rate or heat.rate > limits.PARTITION_WRITE_UNITS:
            del self._keys[key]


def passed_over(sent: Mapping[K, int], left: Mapping[K, int]) -> list[K]:
    """The keys that were refused while others of their batch went through.

    That is, at least half of the key's own writes, while a fourth of the others were taken. A batch of one
    key tells nothing: it may as well be the table.

    Args:
        sent: how many writes there were, by key.
        left: how many of them came back.
    """
    all_sent, all_left = sum(sent.values()), sum(left.values())
    found: list[K] = []
    for key, count in left.items():
        others = all_sent - sent[key]
        others_taken = others - (all_left - count)
        if others and 2 * count >= sent[key] and 4 * others_taken >= others:
            found.append(key)
    return found
