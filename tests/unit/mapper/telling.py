"""A transport that answers as a test says, and tells of its exchanges as a lane does; a mapper on it."""

from __future__ import annotations

import asyncio
import dataclasses
from collections import deque
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

from ddbmodel import Attr, Hook, Mapper, Model, Request, ServiceError, field, partition_key
from ddbmodel import Exchange as Seen
from ddbmodel.transport import Exchange, Statistics
from ddbmodel.transport.events import Journal


class Thing(Model, table="things"):
    thing_id: Attr[str] = partition_key()
    count: Attr[int] = field(default=0)


class Other(Model, table="others"):
    number: Attr[int] = partition_key()


@dataclass
class Answer:
    """What happens to one request.

    Attributes:
        reply: its members.
        error: raised instead.
        told: what the transport tells of it.
        until: the answer waits for this.
    """

    reply: dict[str, Any] = dataclasses.field(default_factory=dict)
    error: BaseException | None = None
    told: dict[str, Any] = dataclasses.field(default_factory=dict)
    until: asyncio.Event | None = None


def refused(code: str = "ValidationException", **told: Any) -> Answer:
    error = ServiceError("as the test says", operation="?", table="things", code=code, request_id="r1")
    return Answer(error=error, told={"outcome": code, "status": 400} | told)


class Telling:
    """The transport.

    Attributes:
        answers: to the next requests; then everything succeeds without members.
        requests: what came.
    """

    def __init__(self, *answers: Answer) -> None:
        self.answers = deque(answers)
        self.requests: list[Request] = []
        self.arrived = asyncio.Event()
        self.statistics = Statistics()
        self._journal = Journal()

    async def send(self, request: Any) -> dict[str, Any]:
        self.requests.append(request)
        self.arrived.set()
        answer = self.answers.popleft() if self.answers else Answer()
        told = Exchange(request.name, request.table, "Cancelled", None, 0, 0, 0.0)
        try:
            if answer.until is not None:
                await answer.until.wait()
            told = replace(told, outcome="OK", status=200, attempts=1, seconds=0.25)
            told = replace(told, **answer.told)
            if answer.error is not None:
                raise answer.error
            return answer.reply
        finally:
            self._journal.record(told)

    async def close(self) -> None: ...

    @property
    def wires(self) -> list[dict[str, Any]]:
        """The parameters of every request."""
        return [request.to_wire() for request in self.requests]


def mapper_on(transport: Telling, **options: Any) -> Mapper:
    with patch("ddbmodel.mapper.mapper.attach", lambda client, lane: transport):
        return Mapper(object(), **options)


class Diary(Hook):
    """A hook that notes its calls.

    Attributes:
        calls: a word for each call.
        exchanges: what `after` was given.
    """

    def __init__(self, name: str = "", calls: list[str] | None = None) -> None:
        self.name = name
        self.calls: list[str] = [] if calls is None else calls
        self.exchanges: list[Seen] = []
        self.requests: list[Request] = []

    def before(self, request: Request, /) -> None:
        self.calls.append(f"{self.name}before {request.name}")
        self.requests.append(request)

    def after(self, request: Request, exchange: Seen, /) -> None:
        self.calls.append(f"{self.name}after {request.name}: {exchange.outcome}")
        self.exchanges.append(exchange)


def units(table: str, total: float, **members: Any) -> dict[str, Any]:
    return {"TableName": table, "CapacityUnits": total} | members
