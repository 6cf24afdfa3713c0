"""What is the same on every lane: the attempts of a request, and an open lane told from a closed one.

A lane does one attempt at a time and says how it ended; the courier decides what comes after.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Never, TypeAlias, TypeVar

from ddbmodel.errors import MapperClosed, WrongEventLoop
from ddbmodel.transport.credentials import CredentialRefresher
from ddbmodel.transport.delivery import Delivery
from ddbmodel.transport.events import Journal, Observer, Statistics
from ddbmodel.transport.failure import Failure, Fate
from ddbmodel.transport.protocol import WireRequest
from ddbmodel.transport.retry import RetryPolicy, RetryRules

T = TypeVar("T")

Clock: TypeAlias = Callable[[], float]
Sleep: TypeAlias = Callable[[float], Awaitable[object]]

Attempt: TypeAlias = Callable[[], Awaitable[tuple[T, int | None] | Failure]]
"""One attempt: what the reply says, with its HTTP status, or how the attempt failed."""


class Courier:
    """Takes requests through their attempts, until it is closed.

    It belongs to one event loop: the one that runs when it is made, else the one that first uses it.

    Args:
        client: whose credentials are refreshed, and whose configuration names the number of attempts.
        policy: how to retry; None takes AWS's standard rules, with the client's number of attempts.
        clock: seconds from some fixed moment.
        sleep: waits a number of seconds.

    Attributes:
        statistics: how much was sent so far.
        closed: no more requests are taken.
        under_way: how many requests have begun and not ended.
    """

    __slots__ = (
        "_clock",
        "_credentials",
        "_journal",
        "_loop",
        "_policy",
        "_sleep",
        "closed",
        "statistics",
        "under_way",
    )

    def __init__(
        self,
        client: Any,
        *,
        policy: RetryPolicy | None = None,
        clock: Clock = time.perf_counter,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._policy = policy or RetryPolicy(_rules(configured_attempts(client)))
        self._clock = clock
        self._sleep = sleep
        self._credentials = CredentialRefresher(client, clock)
        self._journal = Journal()
        self._loop = _running_loop()
        self.statistics = Statistics()
        self.closed = False
        self.under_way = 0

    def observe(self, observer: Observer) -> Callable[[], None]:
        """Tell `observer` of every exchange from now on, until the returned function is called."""
        return self._journal.observe(observer)

    async def deliver(self, request: WireRequest, attempt: Attempt[T]) -> T:
        """Make attempts until there is an answer, and return what it says.

        Raises:
            DDBModelError: see `Transport.send`.
        """
        delivery = Delivery(request, self._policy.begin())
        started = self._clock()
        self.statistics.requests += 1
        self.under_way += 1
        try:
            return await self._deliver(attempt, delivery, started)
        finally:
            self.under_way -= 1
            if self._journal.is_read:
                self._journal.record(delivery.exchange(self._clock() - started))

    async def _deliver(self, attempt: Attempt[T], delivery: Delivery, started: float) -> T:
        while True:
            outcome = await attempt()
            if not isinstance(outcome, Failure):
                delivery.succeeded(outcome[1])
                return outcome[0]
            self.statistics.throttles += outcome.fate is Fate.THROTTLED
            pause_seconds = delivery.failed(outcome)
            if pause_seconds is None:
                raise delivery.error(outcome)
            if outcome.fate is Fate.EXPIRED and not self.closed:
                await self._credentials.refresh(since=started)
            if pause_seconds > 0 and not self.closed:
                await self._sleep(pause_seconds)
            if self.closed:
                raise delivery.interrupted(outcome)
            self.statistics.retries += 1

    def require_usable(self, operation: str) -> None:
        """Refuse what comes too late, or from another event loop.

        Raises:
            MapperClosed: it has been closed.
            WrongEventLoop: it belongs to another loop.
        """
        if self.closed:
            raise MapperClosed(
                f"{operation}: the mapper has been closed; use it inside `async with Mapper.connect(...)`"
            )
        self.require_own_loop(operation)

    def require_own_loop(self, operation: str) -> None:
        """Refuse what comes from another event loop.

        Raises:
            WrongEventLoop: it belongs to another loop.
        """
        running = asyncio.get_running_loop()
        if self._loop is None:
            self._loop = running
        elif self._loop is not running:
            _refuse_loop(operation)


def configured_attempts(client: Any) -> int | None:
    """The number of attempts in the client's configuration; None if it names none."""
    config: Any = getattr(getattr(client, "meta", None), "config", None)
    retries: dict[str, Any] = getattr(config, "retries", None) or {}
    attempts = retries.get("total_max_attempts")
    return attempts if isinstance(attempts, int) else None


def _refuse_loop(operation: str) -> Never:
    raise WrongEventLoop(
        f"{operation}: the mapper was opened in another event loop, and its connections belong to that one; "
        "open a mapper in each loop (each `asyncio.run`, each thread), and use it only there"
    )


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _rules(attempts: int | None) -> RetryRules:
    return RetryRules() if attempts is None else RetryRules(max_attempts=max(1, attempts))
