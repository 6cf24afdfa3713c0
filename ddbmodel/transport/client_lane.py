"""The lane through the methods of an aioboto3 (or aiobotocore) client, of DynamoDB or its streams."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final, Literal, TypeAlias

from ddbmodel.transport.courier import Clock, Courier, Sleep, configured_attempts
from ddbmodel.transport.events import Observer, Statistics
from ddbmodel.transport.failure import Failure
from ddbmodel.transport.hooks import Hooks, Watch, watching
from ddbmodel.transport.protocol import WireRequest
from ddbmodel.transport.retry import RetryPolicy

_log: Final = logging.getLogger("ddbmodel.transport")

Service: TypeAlias = Literal["dynamodb", "dynamodb-streams"]


class ClientLane:
    """Sends requests through a client, until it is closed.

    It belongs to one event loop: the one that runs when it is made, else the one that first uses it.

    Args:
        client: an open client of aioboto3 or aiobotocore, of DynamoDB or DynamoDB Streams.
        policy: how to retry; None takes AWS's standard rules, with the number of attempts that the
            client's configuration names, if it names one.
        release: what to do on closing. None leaves the client open: it is its owner's.
        clock: seconds from some fixed moment.
        sleep: waits a number of seconds.
        service: the client's service, as botocore names its events.

    Attributes:
        client: the client.
        courier: takes the requests through their attempts.

    Raises:
        TypeError: the client is not one.
    """

    def __init__(
        self,
        client: Any,
        *,
        policy: RetryPolicy | None = None,
        release: Callable[[], Awaitable[object]] | None = None,
        clock: Clock = time.perf_counter,
        sleep: Sleep = asyncio.sleep,
        service: Service = "dynamodb",
    ) -> None:
        # botocore is imported with the lane, and not with the module.
        from ddbmodel.transport.diagnosis import check_client, diagnose, known_operations, unknown_operation

        check_client(client, service)
        self.client: Any = client
        self.courier = Courier(client, policy=policy, clock=clock, sleep=sleep)
        self._release = release
        self._diagnose = diagnose
        self._known = known_operations(client)
        self._unknown_operation = unknown_operation
        self._hooks = Hooks(client, stop_retries=configured_attempts(client) != 1, service=service)
        self._warned = False

    @property
    def owns_client(self) -> bool:
        """Closing the lane closes the client."""
        return self._release is not None

    @property
    def endpoint_url(self) -> str | None:
        """Where the client sends to; None if it does not tell."""
        return getattr(getattr(self.client, "meta", None), "endpoint_url", None)

    @property
    def region_name(self) -> str | None:
        """The region that the client sends to; None if it does not tell."""
        return getattr(getattr(self.client, "meta", None), "region_name", None)

    @property
    def statistics(self) -> Statistics:
        """How much was sent so far."""
        return self.courier.statistics

    def observe(self, observer: Observer) -> Callable[[], None]:
        """Tell `observer` of every exchange from now on, until the returned function is called."""
        return self.courier.observe(observer)

    async def send(self, request: WireRequest) -> dict[str, Any]:
        """Send a request until there is an answer, and return the reply's members. See `Transport.send`."""
        self.courier.require_usable(request.name)
        if self._known is not None and request.name not in self._known:
            raise self._unknown_operation(request)
        wire = request.to_wire()
        try:
            return await self.courier.deliver(request, partial(self._attempt, request, wire))
        finally:
            self._remove_hooks_if_idle()

    async def close(self) -> None:
        """Take the lane out of service, and close the client if it was opened with the lane.

        Requests under way fail; a write that may have been applied says so.
        """
        if self.courier.closed:
            return
        self.courier.require_own_loop("close")
        self.courier.closed = True
        self._remove_hooks_if_idle()
        if self._release is not None:
            await self._release()

    async def _attempt(
        self, request: WireRequest, wire: dict[str, Any]
    ) -> tuple[dict[str, Any], int | None] | Failure:
        # Without hooks there is no telling whether it was sent, so it has to be assumed.
        watch = Watch(sent=not self._hooks.active)
        method = getattr(self.client, request.method)
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
        return reply, reply.get("ResponseMetadata", {}).get("HTTPStatusCode")

    def _remove_hooks_if_idle(self) -> None:
        # A client that stays open may still answer requests that are under way; those replies count too.
        if self.courier.closed and not self.courier.under_way:
            self._hooks.remove()

    def _warn_unchecked(self) -> None:
        if not self._warned:
            self._warned = True
            _log.warning(
                "this client does not show its replies before it parses them: their checksums are not checked"
            )
