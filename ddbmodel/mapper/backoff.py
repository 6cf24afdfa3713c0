"""How long to wait before what was left unprocessed is sent again: full jitter.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Backoff:
    """A random pause up to `base_seconds * 2 ** tries`, never over `cap_seconds`.

    Attributes:
        tries_max: how often in a row nothing of a request may be processed before it is given up.
        attempts_max: how many requests may carry one write or key, though others of them are processed.
            Arbitrary: far more than a table needs that is only slow, few enough to end.
    """

    base_seconds: float = 0.05
    cap_seconds: float = 20.0
    tries_max: int = 12
    attempts_max: int = 1000
    sleep: Callable[[float], Awaitable[None]] = field(default=asyncio.sleep, repr=False)
    jitter: Callable[[], float] = field(default=random.random, repr=False)

    def seconds(self, tries: int) -> float:
        """How long to wait before try number `tries`, counted from 1."""
        return self.jitter() * min(self.cap_seconds, self.base_seconds * 2.0 ** min(tries, 64))

    async def pause(self, tries: int) -> None:
        """Wait before try number `tries`, counted from 1."""
        await self.sleep(self.seconds(tries))
