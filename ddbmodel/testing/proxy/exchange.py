"""What becomes of one request: faults, checks, tokens and capacity, in the order of the service."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ddbmodel.testing.proxy.faults import Delay, Fault, InternalError, ResetBefore, SingleFault
from ddbmodel.testing.proxy.http_messages import Message
from ddbmodel.testing.proxy.http_server import Answer
from ddbmodel.testing.proxy.meter import Meter
from ddbmodel.testing.proxy.metering import admit, settle_reads, write_units
from ddbmodel.testing.proxy.portions import portion, tell_capacity, tell_left
from ddbmodel.testing.proxy.refusals import internal_error, refuse_credentials, refuse_work
from ddbmodel.testing.proxy.replies import OK, Reply, answer, error_code, refusal, success
from ddbmodel.testing.proxy.schedule import Schedule
from ddbmodel.testing.proxy.schemas import CHANGING, Schemas
from ddbmodel.testing.proxy.seen import Seen
from ddbmodel.testing.proxy.tokens import Tokens
from ddbmodel.testing.proxy.upstream import Lost, NotReached, Upstream
from ddbmodel.testing.strict.call import DATA_OPERATIONS, Call, Part
from ddbmodel.testing.strict.key_schema import KeySchema
from ddbmodel.testing.strict.refusal import Refused
from ddbmodel.testing.strict.validator import check_call


@dataclass(slots=True)
class _Visit:
    """One request on its way through the proxy, and what is known of it so far."""

    call: Call
    headers: Mapping[str, str]
    body: bytes
    fault: SingleFault | None
    schemas: Mapping[str, KeySchema] = field(default_factory=dict[str, KeySchema])
    applied: bool | None = False
    writes: dict[str, float] = field(default_factory=dict[str, float])
    left: tuple[Part, ...] = ()


class Exchanges:
    """Answers requests.

    Args:
        upstream: the way to the engine behind.
        schedule: which request meets which fault.
        tokens: the transactions that have been.
        meter: the tables' capacity; None has no end of it.
        strict: refuse what DynamoDB refuses.
    """

    def __init__(
        self, upstream: Upstream, schedule: Schedule, tokens: Tokens, *, meter: Meter | None, strict: bool
    ) -> None:
        self._upstream = upstream
        self._schedule = schedule
        self._tokens = tokens
        self._meter = meter
        self._strict = strict
        self._schemas = Schemas(upstream)
        self.log: list[Seen] = []

    async def handle(self, request: Message) -> Answer:
        """Answer one request, in whatever way."""
        call = Call.from_wire(request.headers.get("x-amz-target", ""), request.body)
        fault = self._schedule.next(call)
        if isinstance(fault, Delay):
            await asyncio.sleep(fault.seconds)
        inner = fault.then if isinstance(fault, Delay) else fault
        # The client decompresses what the engine would compress; here it has to be read.
        headers = {name: value for name, value in request.headers.items() if name != "accept-encoding"}
        visit = _Visit(call, headers, request.body, inner)
        reply = await self._reply(visit)
        answered = Answer(broken=True) if reply is None else answer(reply, inner, self._request_id())
        self._record(visit, fault, reply if answered.data else None)
        return answered

    def _record(self, visit: _Visit, fault: Fault | None, reply: Reply | None) -> None:
        self.log.append(
            Seen(
                operation=visit.call.operation,
                tables=visit.call.tables,
                fault=fault,
                applied=visit.applied,
                status=None if reply is None else reply.status,
                code=None if reply is None else reply.code,
                write_units=sum(visit.writes.values(), 0.0) if visit.applied else 0.0,
                unprocessed=len(visit.left),
            )
        )

    async def _reply(self, visit: _Visit) -> Reply | None:
        """The reply before it is damaged; None if there is none."""
        if isinstance(visit.fault, ResetBefore):
            return None
        try:
            return await self._answered(visit)
        except Refused as refused:
            return refusal(refused)
        except NotReached:
            visit.applied = False
            message = "The engine behind the proxy takes no connection"
            return refusal(Refused("ServiceUnavailable", message, status=503))
        except Lost:
            return None

    async def _answered(self, visit: _Visit) -> Reply:
        call = visit.call
        refuse_credentials(visit.fault)
        if call.operation in DATA_OPERATIONS:
            visit.schemas = await self._schemas.of(call.tables, visit.headers)
        if self._strict:
            check_call(call, visit.schemas)
        refuse_work(visit.fault, call)
        state = self._tokens.begin(call)
        if state == "done":
            return success({})
        try:
            reply = await self._carried_out(visit)
        finally:
            if state == "new":
                self._tokens.end(call, applied=visit.applied is True)
        if call.operation in CHANGING:
            self._schemas.forget()
        if visit.fault == InternalError(applied=True):
            raise internal_error()
        return reply

    async def _carried_out(self, visit: _Visit) -> Reply:
        """Send what there is capacity for to the engine."""
        call = visit.call
        parts, visit.left = portion(call, visit.fault)
        if self._meter is not None and call.operation in DATA_OPERATIONS:
            admission = admit(self._meter, call, parts, visit.schemas)
            parts, visit.left = admission.parts, (*admission.left, *visit.left)
        for part in parts:
            if part.kind != "get":
                visit.writes[part.table] = visit.writes.get(part.table, 0.0) + write_units(call, part)
        body = json.dumps(call.reduced_to(parts)).encode() if visit.left else visit.body
        reply = await self._sent(visit, body)
        return reply if reply.code is not None else self._settled(visit, reply)

    async def _sent(self, visit: _Visit, body: bytes) -> Reply:
        visit.applied = None
        message = await self._upstream.exchange(visit.headers, body)
        visit.applied = message.status == OK
        return Reply(
            message.status,
            message.body,
            None if visit.applied else error_code(message.body) or str(message.status),
        )

    def _settled(self, visit: _Visit, reply: Reply) -> Reply:
        """The engine's reply with what was left, and what was consumed."""
        metered = self._meter is not None and visit.call.operation in DATA_OPERATIONS
        if not (metered or visit.left):
            return reply
        members: dict[str, Any] = json.loads(reply.body)
        if visit.left:
            tell_left(visit.call, visit.left, members)
        if self._meter is not None and metered:
            reads = settle_reads(self._meter, visit.call, visit.schemas, members)
            tell_capacity(visit.call, visit.writes, reads, members)
        return success(members)

    def _request_id(self) -> str:
        # As long as the service's, and the same in every run.
        return f"{len(self.log) + 1:052d}"
