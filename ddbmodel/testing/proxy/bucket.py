"""A bucket of capacity units, that fills up as time goes by."""

from __future__ import annotations

from typing import Final

# Far below half a unit, the smallest amount that is metered: sums of binary fractions are not exact.
_ALMOST_NOTHING: Final = 1e-6


class Bucket:
    """Units that can be taken.

    Args:
        rate: how many flow in a second.
        seconds: how many seconds' worth it holds. It begins with one.
        now: the time, in seconds.
    """

    __slots__ = ("_filled_at", "_limit", "_rate", "level")

    def __init__(self, rate: float, seconds: float, now: float) -> None:
        self._rate = rate
        self._limit = rate * seconds
        self._filled_at = now
        self.level = rate

    def holds(self, units: float, now: float) -> bool:
        """True if the units can be taken. More than it ever holds can be, when it is full."""
        self.level = min(self._limit, self.level + self._rate * (now - self._filled_at))
        self._filled_at = now
        return self.level >= min(units, self._limit) - _ALMOST_NOTHING

    def take(self, units: float) -> None:
        """Take units, which may leave a debt."""
        self.level -= units
