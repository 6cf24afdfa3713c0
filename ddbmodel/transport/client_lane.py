"""The lane that goes through the methods of an aioboto3 (or aiobotocore) DynamoDB client."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, Never

from ddbmodel.errors import MapperClosed, WrongEventLoop
from ddbmodel.transport.credentials import CredentialRefresher
from ddbmodel.transport.delivery import Delivery
from ddbmodel.transport.events import Journal, Observer, Statistics
from ddbmodel.transport.failure import Failure, Fate
from ddbmodel.transport.hooks import Hooks, Watch, watching
from ddbmodel.transport.protocol import WireRequest
from ddbmodel.transport.retry import RetryPolicy, RetryRules

_log: Final = logging.getLogger("ddbmodel.transport")


class ClientLane:
    """Sends requests through a client, until it is closed.

    It belongs to one event loop: the one that runs when it is made, else the one that first uses it.

    Args:
        client: an open DynamoDB client of aioboto3 or aiobotocore.
        policy: how to retry; None takes AWS's standard rules, with the number of attempts that the
            client's configuration names, if it names one.
        release: what to do on closing. None leaves the client open: it is its owner's.
        clock: seconds from some fixed moment.
        sleep: waits a number of seconds.

    Raises:
        TypeError: the client is not one.
    """

    def __init__(
        self,
        client: Any,
        *,
        policy: RetryPolicy | None = None,
        release: Callable[[], Awaitable[object]] | None = None,
        clock: Callable[[], float] = time.perf_counter,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        # botocore is imported with the lane, and not with the module.
        from ddbmodel.transport.diagnosis import check_client, diagnose

        check_client(client)
        attempts = _configured_attempts(client)
        self._client = client
        self._policy = policy or RetryPolicy(_rules(attempts))
        self._release = release
        self._clock = clock
        self._sleep = sleep
        self._diagnose = diagnose
        self._hooks = Hooks(client, stop_retries=attempts != 1)
        self._credentials = CredentialRefresher(client, clock)
        self._journal = Journal()
        self._loop = _running_loop()
        self._closed = False
        self._under_way = 0
        self._warned = False
        self.statistics = Statistics()

    def observe(self, observer: Observer) -> Callable[[], None]:
        """Tell `observer` of every exchange from now on, until the returned function is called."""
        return self._journal.observe(observer)

    async def send(self, request: WireRequest) -> dict[str, Any]:
        """Send a request until there is an answer, and return the reply's members. See `Transport.send`."""
        self._require_usable(request.name)
        wire = request.to_wire()
        delivery = Delivery(request, self._policy.begin())
        started = self._clock()
        self.statistics.requests += 1
        self._under_way += 1
        try:
            return await self._deliver(request, wire, delivery, started)
        finally:
            self._under_way -= 1
            self._remove_hooks_if_idle()
            self._journal.record(delivery.exchange(self._clock() - started))

    async def close(self) -> None:
        """Take the lane out of service, and close the client if it was opened with the lane.

        Requests under way fail; a write that may have been applied says so.
        """
        if self._closed:
            return
        self._require_own_loop("close")
        self._closed = True
        self._remove_hooks_if_idle()
        if self._release is not None:
            await self._release()

    async def _deliver(
        self, request: WireRequest, wire: dict[str, Any], delivery: Delivery, started: float
    ) -> dict[str, Any]:
        while True:
            outcome = await self._attempt(request, wire)
            if not isinstance(outcome, Failure):
                delivery.succeeded(outcome)
                return outcome
            self.statistics.throttles += outcome.fate is Fate.THROTTLED
            pause_seconds = delivery.failed(outcome)
            if pause_seconds is None:
                raise delivery.error(outcome)
            if outcome.fate is Fate.EXPIRED and not self._closed:
                await self._credentials.refresh(since=started)
            await self._pause(pause_seconds)
            if self._closed:
                raise delivery.interrupted(outcome)
            self.statistics.retries += 1

    async def _attempt(self, request: WireRequest, wire: dict[str, Any]) -> dict[str, Any] | Failure:
        # Without hooks there is no telling whether it was sent, so it has to be assumed.
        watch = Watch(sent=not self._hooks.active)
        method = getattr(self._client, request.method)
        with watching(watch):
            try:
                reply: dict[str, Any] = await method(**wire)
            except Exception as error:
                failure = self._diagnose(error, watch, request.name)
                if failure is None:
                    raise
                return failure
        if not watch.answered:
            self._warn_unchecked()
        return reply

    async def _pause(self, seconds: float) -> None:
        if seconds > 0 and not self._closed:
            await self._sleep(seconds)

    def _remove_hooks_if_idle(self) -> None:
        # A client that stays open may still answer requests that are under way; those replies count too.
        if self._closed and not self._under_way:
            self._hooks.remove()

    def _warn_unchecked(self) -> None:
        if not self._warned:
            self._warned = True
            _log.warning(
                "this client does not show its replies before it parses them: their checksums are not checked"
            )

    def _require_usable(self, operation: str) -> None:
        if self._closed:
            raise MapperClosed(
                f"{operation}: the mapper has been closed; use it inside `async with Mapper.connect(...)`"
            )
        self._require_own_loop(operation)

    def _require_own_loop(self, operation: str) -> None:
        running = asyncio.get_running_loop()
        if self._loop is None:
            self._loop = running
        elif self._loop is not running:
            _refuse_loop(operation)


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


def _configured_attempts(client: Any) -> int | None:
    """The number of attempts in the client's configuration; None if it names none."""
    config: Any = getattr(getattr(client, "meta", None), "config", None)
    retries: dict[str, Any] = getattr(config, "retries", None) or {}
    attempts = retries.get("total_max_attempts")
    return attempts if isinstance(attempts, int) else None


def _rules(attempts: int | None) -> RetryRules:
    return RetryRules() if attempts is None else RetryRules(max_attempts=max(1, attempts))
