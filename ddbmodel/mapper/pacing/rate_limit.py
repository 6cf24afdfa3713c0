"""A budget of write units per second: a token bucket, filled by time and emptied by what is written.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

# pyright: reportUnnecessaryIsInstance=false
# The checks are for callers without a type checker.

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ddbmodel import limits
from ddbmodel.errors import ExpressionError

# Smaller lacks are errors of floating point, not of the budget; shorter waits would be no waits.
_ROUNDING: Final = 1e-9
_SOON_SECONDS: Final = 0.001


@dataclass(frozen=True, slots=True)
class Ramp:
    """A rate that begins low, and doubles in `doubling_seconds` of being used to the full.

    It grows with what is written, not with the clock: a table does not warm up while nothing is written to
    it. The defaults are those of a new on-demand table.

    Attributes:
        start_units_per_second: the rate to begin with.
        doubling_seconds: how long it takes to double.

    Raises:
        ExpressionError: one of them is not a positive number.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
    """

    start_units_per_second: float = limits.ON_DEMAND_WRITE_UNITS
    doubling_seconds: float = limits.ON_DEMAND_DOUBLING_SECONDS

    def __post_init__(self) -> None:
        check_positive("Ramp", "start_units_per_second", self.start_units_per_second)
        check_positive("Ramp", "doubling_seconds", self.doubling_seconds)

    def rate_after(self, units: float) -> float:
        """The rate once so many units were written: what grows exponentially grows linearly with its sum."""
        return self.start_units_per_second + units * math.log(2) / self.doubling_seconds


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A request in the line: what it will use, as far as that can be known before."""

    units: float


class RateLimit:
    """A budget of write units per second. Make one, and give it to every writer that shares it.

        limit = RateLimit(write_units_per_second=4000, ramp=Ramp())
        async with mapper.batch_writer(rate_limit=limit) as writer: ...

    What a request will use is estimated before it is sent, and corrected by what the service says it used, so
    indexes are paid for too. Over any time, what is begun is at most the rate times that time, plus the burst
    (or plus one request, if that is bigger), plus what comes back of requests that were charged too much.

    It may be used by any number of tasks and event loops of one thread; processes and threads get a share
    each, by `split`.

    Args:
        write_units_per_second: the rate; one unit writes 1 KB.
        burst_seconds: for how many seconds what is not used is saved up.
        ramp: begin lower than that, and grow to it.
        clock: seconds from some fixed moment.

    Raises:
        ExpressionError: a rate or time that is not a positive number.
    """

    def __init__(
        self,
        *,
        write_units_per_second: float,
        burst_seconds: float = 1.0,
        ramp: Ramp | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        check_positive("RateLimit", "write_units_per_second", write_units_per_second)
        check_positive("RateLimit", "burst_seconds", burst_seconds)
        if not isinstance(ramp, Ramp | None):
            raise ExpressionError("RateLimit: ramp is a Ramp(...) or None")
        self._most = write_units_per_second
        self._burst_seconds = burst_seconds
        self._ramp = ramp
        self._clock = clock
        self._earned = 0.0
        self._line: deque[Place] = deque()
        self._at = clock()
        self._balance = self._burst

    @property
    def write_units_per_second(self) -> float:
        """The rate at present."""
        return self._most if self._ramp is None else min(self._most, self._ramp.rate_after(self._earned))

    def split(self, parts: int) -> RateLimit:
        """The share of one of so many processes: a new limit, as if nothing had been written yet.

        Raises:
            ExpressionError: `parts` is not a whole number from 1 on.
        """
        if type(parts) is not int or parts < 1:
            raise ExpressionError("RateLimit.split: parts is a whole number from 1 on")
        ramp = self._ramp and Ramp(self._ramp.start_units_per_second / parts, self._ramp.doubling_seconds)
        return RateLimit(
            write_units_per_second=self._most / parts,
            burst_seconds=self._burst_seconds,
            ramp=ramp,
            clock=self._clock,
        )

    def charge(self, units: float) -> None:
        """Count units that were used without asking, such as by other writes to the table."""
        self._refill()
        self._balance = min(self._burst, self._balance - units)

    def settle(self, estimated: float, used: float) -> None:
        """Correct what was charged for a request by what it has used."""
        self.charge(used - estimated)

    def line_up(self, units: float) -> Place:
        """Join the end of the line with a request of so many units.

        Whoever lines up asks for its `wait_seconds` until that is 0, or leaves the line.
        """
        place = Place(units)
        self._line.append(place)
        return place

    def wait_seconds(self, place: Place) -> float:
        """When to ask again; 0 if the request is to be sent now: then it is charged, and out of the line."""
        self._refill()
        ahead = 0.0
        for other in self._line:
            if other is place:
                break
            ahead += other.units
        # What is bigger than the bucket goes when that is full, and leaves a debt to the next one.
        lacking = ahead + min(place.units, self._burst) - self._balance
        if lacking > _ROUNDING:
            return max(_SOON_SECONDS, lacking / self.write_units_per_second)
        if self._line[0] is not place:
            return _SOON_SECONDS  # who is in front of it is about to go
        self._line.popleft()
        self._balance -= place.units
        return 0.0

    def leave(self, place: Place) -> None:
        """Leave the line without having been sent."""
        self._line.remove(place)

    @property
    def _burst(self) -> float:
        return self.write_units_per_second * self._burst_seconds

    def _refill(self) -> None:
        now = self._clock()
        earned = self.write_units_per_second * max(0.0, now - self._at)
        added = min(earned, max(0.0, self._burst - self._balance))
        self._at = max(self._at, now)
        self._balance += added
        self._earned += added

    def __repr__(self) -> str:
        return f"RateLimit(write_units_per_second={self._most:g}, burst_seconds={self._burst_seconds:g})"


def check_positive(subject: str, name: str, value: object) -> None:
    """Refuse what is not a positive, finite number.

    Raises:
        ExpressionError: naming it.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise ExpressionError(f"{subject}: {name} is a positive number")
