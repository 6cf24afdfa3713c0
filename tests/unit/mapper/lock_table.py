"""One item in memory that several mappers lock, each over a way of its own on which requests get lost or late."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from ddbmodel import ConditionalCheckFailed, LockItem, Mapper, Throttled, WriteOutcomeUnknown
from ddbmodel.expressions import Value, holds
from ddbmodel.operations import GetItem, UpdateItem
from ddbmodel.transport import Statistics, WireRequest


class Job(LockItem, table="jobs"):
    """The locks of the tests."""


KEY = Job.key("nightly")


@dataclass(frozen=True)
class Way:
    """How one request fares.

    Attributes:
        there_seconds: until it is applied; None if it never is.
        back_seconds: until its reply comes after that; None if it is lost.
        throttled: it is refused, and that is told.
    """

    there_seconds: float | None = 0.05
    back_seconds: float | None = 0.05
    throttled: bool = False


WELL, LOST, DROPPED, THROTTLED = Way(), Way(0.05, None), Way(None, None), Way(throttled=True)
# How long a client waits for a reply that does not come.
PATIENCE_SECONDS = 2.0


class Store:
    """The item, as the service has it."""

    def __init__(self) -> None:
        self.item: dict[str, Any] | None = None
        self.applied = 0

    def update(self, request: UpdateItem) -> dict[str, Any]:
        """Apply an update if its condition is true."""
        if request.condition is not None and not holds(request.condition, self.item):  # type: ignore[arg-type]
            raise ConditionalCheckFailed("as the test says", self.item)
        item = dict(self.item or request.key)
        assert request.update is not None
        for action in request.update.actions:  # type: ignore[attr-defined]
            (name,) = action.path.place.steps
            assert isinstance(action.operand, Value)
            stored = action.operand.stored
            if action.verb == "ADD":
                before = Decimal(item.get(name, {"N": "0"})["N"])
                stored = {"N": str(before + Decimal(stored["N"]))}
            item[name] = stored
        self.item = item
        self.applied += 1
        return {"Attributes": item}


class Road:
    """A transport to the store.

    Args:
        store: what it leads to.
        ways: how each update fares, in turn; those after them fare well.
    """

    def __init__(self, store: Store, ways: Iterable[Way] = ()) -> None:
        self.statistics = Statistics()
        self.store = store
        self.ways = list(ways)
        self.late: set[asyncio.Task[Any]] = set()

    async def send(self, request: WireRequest) -> dict[str, Any]:
        if isinstance(request, GetItem):
            await asyncio.sleep(0.05)
            item = self.store.item
            await asyncio.sleep(0.05)
            return {} if item is None else {"Item": item}
        assert isinstance(request, UpdateItem)
        way = self.ways.pop(0) if self.ways else WELL
        if way.throttled:
            raise Throttled("as the test says", operation="UpdateItem", code="ThrottlingException")
        # It travels on by itself, whatever becomes of whoever waits for the reply.
        travelling = asyncio.create_task(self._travel(request, way))
        self.late.add(travelling)
        travelling.add_done_callback(self.late.discard)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                reply = await asyncio.shield(travelling)
        except TimeoutError:
            raise WriteOutcomeUnknown("as the test says") from None
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def _travel(self, request: UpdateItem, way: Way) -> Any:
        if way.there_seconds is None:
            await asyncio.sleep(10 * PATIENCE_SECONDS)
            return {}
        await asyncio.sleep(way.there_seconds)
        reply: Any
        try:
            reply = self.store.update(request)
        except ConditionalCheckFailed as refusal:
            reply = refusal
        await asyncio.sleep(10 * PATIENCE_SECONDS if way.back_seconds is None else way.back_seconds)
        return reply

    async def close(self) -> None: ...


def mapper_on(store: Store, *ways: Way) -> Mapper:
    """A mapper over a road of its own."""
    with patch("ddbmodel.mapper.mapper.attach", lambda *_: Road(store, ways)):
        return Mapper(object())
