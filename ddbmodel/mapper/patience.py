"""Going on through trouble that passes, for work in the background that may take its time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from ddbmodel.errors import ServiceError
from ddbmodel.mapper.backoff import Backoff
from ddbmodel.mapper.verdict import Course, judge

T = TypeVar("T")

_BACKOFF: Final = Backoff()


@dataclass(slots=True)
class Patience:
    """How often in a row something failed, and the pauses after it.

    The transport has tried several times by then, within a second or so: it serves whoever waits for a reply.

    Attributes:
        backoff: how long the pauses are, and how many there are at most.
    """

    backoff: Backoff = field(default=_BACKOFF)
    _tries: int = 0

    def succeeded(self) -> None:
        """Begin to count anew."""
        self._tries = 0

    async def failed(self, error: ServiceError) -> None:
        """Wait before the next try.

        Raises:
            ServiceError: the error itself, if it does not pass, or has not passed for too long.
        """
        self._tries += 1
        if judge(error).course is not Course.AGAIN or self._tries > self.backoff.tries_max:
            raise error
        await self.backoff.pause(self._tries)


async def patiently(call: Callable[[], Awaitable[T]], backoff: Backoff = _BACKOFF) -> T:
    """Call until it succeeds: what may be done twice, and only that.

    Raises:
        ServiceError: it has not succeeded for too long, or cannot.
    """
    patience = Patience(backoff)
    while True:
        try:
            return await call()
        except ServiceError as error:
            await patience.failed(error)
