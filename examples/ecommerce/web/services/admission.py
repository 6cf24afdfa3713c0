"""How many may do something at once: who comes when too many wait is asked to come again, at once.

A rush on one article is a rush on one item, where DynamoDB takes one transaction after the other and refuses
those that meet. Letting everybody in makes nothing faster: requests pile up until they time out, and whoever
gave up sends another one. So a few buy, some wait, and the others are told so before anything is read.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import HTTPException

AT_ONCE: Final = 16
WAITING: Final = 64
RETRY_AFTER_SECONDS: Final = 1


class Admission:
    """Lets some in and some wait.

    It counts what this process does. Several processes behind one balancer let in as many times more.

    Args:
        at_once: how many are inside at most.
        waiting: how many wait at most; they are let in in the order in which they came.
    """

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._places = at_once + waiting
        self._here = 0

    @asynccontextmanager
    async def enter(self) -> AsyncGenerator[None]:
        """Go in, perhaps after a while.

        Raises:
            HTTPException: 503 with `Retry-After`, too many wait. Nothing was done.
        """
        if self._here >= self._places:
            raise HTTPException(
                503,
                "Many buy at this moment. Nothing was bought: send the same again in a moment",
                {"Retry-After": str(RETRY_AFTER_SECONDS)},
            )
        self._here += 1
        try:
            async with self._free:
                yield
        finally:
            self._here -= 1
