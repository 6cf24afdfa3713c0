"""The fast lane: data operations go over its own connections, and everything else through the client."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from botocore.exceptions import NoCredentialsError

from ddbmodel.errors import AccessDenied, ConnectionFailed, ReplyCorrupt
from ddbmodel.transport.client_lane import ClientLane
from ddbmodel.transport.diagnosis import (
    CREDENTIALS_REMEDY,
    NETWORK_REMEDY,
    diagnose,
    failure_of_reply,
    unreadable,
)
from ddbmodel.transport.events import Observer, Statistics, log_fallback
from ddbmodel.transport.failure import Failure, Fate
from ddbmodel.transport.fast import bodies
from ddbmodel.transport.fast.calls import Calls
from ddbmodel.transport.fast.client_settings import call_options, pool_options, resolve_endpoint
from ddbmodel.transport.fast.connection import ReplyLost
from ddbmodel.transport.fast.eligibility import OPERATIONS, Changes, obstacle
from ddbmodel.transport.fast.http_reply import HttpReply, MalformedReply
from ddbmodel.transport.fast.members import Members
from ddbmodel.transport.fast.pool import NotConnected, Pool
from ddbmodel.transport.fast.refusal import Refusals, metadata
from ddbmodel.transport.fast.signing import Keys, Signer
from ddbmodel.transport.fast.skew import Clock
from ddbmodel.transport.hooks import Watch
from ddbmodel.transport.protocol import WireRequest, lean_wire
from ddbmodel.transport.reply_check import UntrustedReply, checked_body

T = TypeVar("T")


class FastLane:
    """Sends data operations over connections of its own, with a client's settings and credentials.

    Operations on tables go through the client, and so does everything once the client has got what the fast
    lane cannot honour, such as an event handler.

    Args:
        client_lane: the lane over a client that nothing is an `obstacle` of; it is closed with this one.
        now: seconds since 1970, to sign with.
    """

    def __init__(self, client_lane: ClientLane, *, now: Callable[[], float] = time.time) -> None:
        client = client_lane.client
        model = client.meta.service_model
        self._client = client
        self._client_lane = client_lane
        self._courier = client_lane.courier
        self._changes = Changes(client)
        self._clock = Clock(now)
        self._members = {name: Members.of(model.operation_model(name).output_shape) for name in OPERATIONS}
        self._refusals = Refusals(model)
        self._frozen: tuple[Any, Keys] | None = None
        self._open: tuple[Pool, Calls] | None = None
        self._bypassed = False

    @property
    def endpoint_url(self) -> str | None:
        """Where the client sends to, and so does the lane."""
        return self._client_lane.endpoint_url

    @property
    def region_name(self) -> str | None:
        """The region that the client sends to, and so does the lane."""
        return self._client_lane.region_name

    @property
    def statistics(self) -> Statistics:
        """How much was sent so far, by way of the client too."""
        return self._courier.statistics

    def observe(self, observer: Observer) -> Callable[[], None]:
        """Tell `observer` of every exchange from now on, until the returned function is called."""
        return self._courier.observe(observer)

    async def send(self, request: WireRequest) -> dict[str, Any]:
        """Send a request until there is an answer, and return the reply's members. See `Transport.send`."""
        members = self._members.get(request.name)
        if members is None or self._is_bypassed():
            return await self._client_lane.send(request)
        return await self._exchange(request, partial(_read_members, members))

    async def receive(self, request: WireRequest, read: Callable[[bytes], T]) -> T:
        """Send a data operation until there is an answer, and return what `read` makes of its body.

        Args:
            request: one of the operations on items.
            read: takes the body of a successful reply, checked and decompressed. It raises `ValueError` if
                that is not a reply, which counts as a damaged one.

        Raises:
            LookupError: it has to take the client lane, which has no bodies: use `send`.
            DDBModelError: see `Transport.send`.
        """
        if request.name not in self._members or self._is_bypassed():
            raise LookupError(f"{request.name} goes through the client")
        return await self._exchange(request, lambda _, body: read(body))

    async def close(self) -> None:
        """Take the lane out of service, close its connections, and the client if it was opened with the lane.

        Requests under way fail then, and a write that may have been applied says so. With a client that stays
        open, they may still be answered.
        """
        if self._courier.closed:
            return
        self._courier.require_own_loop("close")
        await self._client_lane.close()
        if self._open is not None:
            await self._open[0].close(cut=self._client_lane.owns_client)

    def _is_bypassed(self) -> bool:
        if not self._bypassed and self._changes.happened():
            found = obstacle(self._client)
            if found is not None:
                self._bypassed = True
                log_fallback(found)
        return self._bypassed

    async def _exchange(self, request: WireRequest, read: Callable[[HttpReply, bytes], T]) -> T:
        self._courier.require_usable(request.name)
        body = bodies.dump(lean_wire(request))
        return await self._courier.deliver(request, partial(self._attempt, request.name, body, read))

    async def _attempt(
        self, operation: str, body: bytes, read: Callable[[HttpReply, bytes], T]
    ) -> tuple[T, int | None] | Failure:
        try:
            pool, calls = self._open or await self._begin()
            keys = await self._keys()
        except Exception as error:
            failure = diagnose(error, Watch(sent=False), operation)
            if failure is None:
                raise
            return failure
        if isinstance(keys, Failure):
            return keys
        offset_seconds = self._clock.offset_seconds
        try:
            reply = await pool.exchange(calls.render(operation, body, keys))
        except (NotConnected, ReplyLost, MalformedReply) as error:
            return _failure_on_the_way(error)
        return self._judge(reply, operation, read, offset_seconds)

    def _judge(
        self,
        reply: HttpReply,
        operation: str,
        read: Callable[[HttpReply, bytes], T],
        signed_offset_seconds: float,
    ) -> tuple[T, int | None] | Failure:
        status = reply.status
        try:
            body = checked_body(status, reply.headers, reply.body)
        except UntrustedReply as error:
            return Failure(error.code, Fate.UNKNOWN, ReplyCorrupt, str(error), status=status, cause=error)
        if status >= 300:
            return self._refusal(reply, body, operation, signed_offset_seconds)
        try:
            return read(reply, body), status
        except ValueError as error:
            return unreadable(error)

    def _refusal(
        self, reply: HttpReply, body: bytes, operation: str, signed_offset_seconds: float
    ) -> Failure:
        try:
            parsed = self._refusals.parse(reply, body)
        except ValueError as error:
            return unreadable(error)
        kind = self._client.exceptions.from_code(parsed["Error"]["Code"])
        failure = failure_of_reply(parsed, kind(parsed, operation))
        if self._clock.corrected(failure.code, reply.headers.get("date"), signed_offset_seconds):
            return replace(failure, fate=Fate.NOT_APPLIED)
        return failure

    async def _begin(self) -> tuple[Pool, Calls]:
        endpoint = await resolve_endpoint(self._client)
        if self._open is None:
            signer = Signer(endpoint.region, endpoint.service)
            calls = Calls(call_options(self._client, endpoint), signer, self._clock)
            self._open = Pool(pool_options(self._client, endpoint)), calls
        return self._open

    async def _keys(self) -> Keys | Failure:
        """The credentials as they are now: the client's own provider refreshes them when it is time."""
        credentials = self._client._request_signer._credentials
        if credentials is None:
            raise NoCredentialsError
        frozen = await credentials.get_frozen_credentials()
        if self._frozen is not None and self._frozen[0] == frozen:
            return self._frozen[1]
        keys = Keys(frozen.access_key, frozen.secret_key, frozen.token or None)
        if not all(part.isascii() and part.isprintable() for part in (keys.access_key, keys.token or "")):
            return Failure(
                "InvalidCredentials",
                Fate.REFUSED,
                AccessDenied,
                "the access key or the session token has characters that no header can have",
                CREDENTIALS_REMEDY,
            )
        self._frozen = (frozen, keys)
        return keys


def _read_members(members: Members, reply: HttpReply, body: bytes) -> dict[str, Any]:
    read = members.read(body)
    read["ResponseMetadata"] = metadata(reply)
    return read


def _failure_on_the_way(error: NotConnected | ReplyLost | MalformedReply) -> Failure:
    if isinstance(error, NotConnected):
        cause = error.__cause__
        return Failure(
            error.code,
            Fate.NOT_APPLIED,
            ConnectionFailed,
            str(error),
            NETWORK_REMEDY,
            cause=cause if isinstance(cause, Exception) else error,
        )
    if isinstance(error, ReplyLost):
        return Failure(error.code, Fate.UNKNOWN, ConnectionFailed, str(error), NETWORK_REMEDY, cause=error)
    return Failure("NotAReply", Fate.UNKNOWN, ReplyCorrupt, str(error), cause=error)
