"""A budget of read units per second: a token bucket, filled by time and emptied by what reads cost.

What a read costs is known only afterwards, so the bucket may fall below nothing; then nobody reads until
it has filled up again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

_LOOK_SECONDS: Final = 0.5


class ReadPace:
    """Keeps many reads at once within so many units per second, over any longer time.

    In any span of time they cost what is due for it, one second more, and one read more.

    Args:
        units_per_second: the budget.
        clock: seconds from some fixed moment.
        sleep: waits a number of seconds.
    """

    def __init__(
        self,
        units_per_second: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._rate = units_per_second
        self._clock = clock
        self._sleep = sleep
        self._units = units_per_second  # a second's worth can be saved up
        self._filled = clock()
        self._turn = asyncio.Lock()

    async def take(self, expected: float) -> None:
        """Wait until it is the turn of a read, and take what it is expected to cost."""
        async with self._turn:
            while (missing := self._missing()) > 0:
                # Others may settle meanwhile for less than they have taken.
                await self._sleep(min(missing / self._rate, _LOOK_SECONDS))
            self._units -= expected

    def settle(self, expected: float, used: float) -> None:
        """Correct what was taken by what the read has cost."""
        self._units += expected - used

    def _missing(self) -> float:
        now = self._clock()
        self._units = min(self._units + (now - self._filled) * self._rate, self._rate)
        self._filled = now
        # Less than this is rounding, and would be waited for without end.
        return -self._units if self._units < -1e-9 * self._rate else 0.0
