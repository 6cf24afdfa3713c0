"""A DynamoDB in memory that refuses what DynamoDB refuses of a BatchWriteItem, and fails as it is told to."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ddbmodel.errors import AccessDenied, ConnectionFailed, RequestRefused, ServiceError, Throttled
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.model.keys import identity_of
from ddbmodel.transport import Statistics, WireRequest

Key = tuple[str, Any]


@dataclass(frozen=True)
class Write:
    """One write of a request: where, and the item; None deletes."""

    key: Key
    item: dict[str, Any] | None
    wire: dict[str, Any] = field(compare=False)


@dataclass
class Exchange:
    """One request: its writes, when it began and ended, how many were applied, and whether it was refused as a whole."""

    writes: list[Write]
    began: float
    ended: float | None = None
    applied: int = 0
    refused: bool = False
    asks_capacity: bool = False


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one request.

    Attributes:
        error: raised instead of an answer.
        applied: of a request that fails with `error`: True if the writes are applied before it does.
        unprocessed: positions of the writes that come back unprocessed.
        seconds: how long the request takes.
    """

    error: Exception | None = None
    applied: bool = False
    unprocessed: frozenset[int] = frozenset()
    seconds: float = 0.01


def service_error(kind: type[ServiceError], code: str, text: str = "as the test says") -> ServiceError:
    return kind(text, operation="BatchWriteItem", table="things", code=code)


def throttled(*limits: str, code: str = "ProvisionedThroughputExceededException") -> Fault:
    return Fault(Throttled("as the test says", operation="BatchWriteItem", code=code, limits=limits))


def reply_lost(*, applied: bool) -> Fault:
    return Fault(service_error(ConnectionFailed, "ReadTimeout"), applied)


def no_connection() -> Fault:
    return Fault(service_error(ConnectionFailed, "ConnectFailed"))


class StrictTable:
    """A transport that keeps items in memory.

    Attributes:
        items: what is stored, by table and key.
        exchanges: every request that came.
        violations: requests that DynamoDB would never have been sent by a right client.
        history: for each key, the items that were written to it in turn.
        refused: says whether the service refuses an item; None is a delete.
        units_per_write: the write units that each write uses.
    """

    def __init__(
        self,
        faults: Iterable[Fault] = (),
        *,
        then: Fault | None = None,
        refused: Callable[[dict[str, Any] | None], bool] = lambda item: False,
        key_names: Sequence[str] = ("pk", "sk"),
        units_per_write: float = 1.0,
    ) -> None:
        self.items: dict[Key, dict[str, Any]] = {}
        self.exchanges: list[Exchange] = []
        self.violations: list[str] = []
        self.history: dict[Key, list[dict[str, Any] | None]] = {}
        self.in_flight = 0
        self.most_in_flight = 0
        self.statistics = Statistics()
        self.faults = list(faults)
        self._then = then or Fault()
        self._refused = refused
        self._key_names = key_names
        self._units_per_write = units_per_write

    @property
    def gateway(self) -> Gateway:
        return Gateway(self)

    @property
    def batches(self) -> list[list[Write]]:
        """The writes of every request."""
        return [exchange.writes for exchange in self.exchanges]

    async def close(self) -> None: ...

    async def send(self, request: WireRequest) -> dict[str, Any]:
        wire = request.to_wire()
        writes = self._writes(wire)
        self._check(wire, writes)
        exchange = Exchange(writes, asyncio.get_running_loop().time())
        exchange.asks_capacity = wire.get("ReturnConsumedCapacity") in ("TOTAL", "INDEXES")
        self.exchanges.append(exchange)
        fault = self.faults.pop(0) if self.faults else self._then
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            return await self._answer(exchange, fault)
        finally:
            self.in_flight -= 1
            exchange.ended = asyncio.get_running_loop().time()

    async def _answer(self, exchange: Exchange, fault: Fault) -> dict[str, Any]:
        await asyncio.sleep(fault.seconds / 2)
        if fault.error is not None and not fault.applied:
            exchange.refused = isinstance(fault.error, AccessDenied)
            raise fault.error
        if any(self._refused(write.item) for write in exchange.writes):
            exchange.refused = True
            raise service_error(RequestRefused, "ValidationException")
        unprocessed: dict[str, Any] = {}
        for place, write in enumerate(exchange.writes):
            if place in fault.unprocessed:
                unprocessed.setdefault(write.key[0], []).append(write.wire)
            else:
                self._apply(write)
                exchange.applied += 1
        await asyncio.sleep(fault.seconds / 2)
        if fault.error is not None:
            raise fault.error
        return {"UnprocessedItems": unprocessed} | self._capacity(exchange)

    def _capacity(self, exchange: Exchange) -> dict[str, Any]:
        units = exchange.applied * self._units_per_write
        return (
            {"ConsumedCapacity": [{"TableName": "things", "CapacityUnits": units}]}
            if exchange.asks_capacity
            else {}
        )

    def _apply(self, write: Write) -> None:
        self.history.setdefault(write.key, []).append(write.item)
        if write.item is None:
            self.items.pop(write.key, None)
        else:
            self.items[write.key] = write.item

    def _writes(self, wire: dict[str, Any]) -> list[Write]:
        return [
            self._write(table, request)
            for table, requests in wire["RequestItems"].items()
            for request in requests
        ]

    def _write(self, table: str, request: dict[str, Any]) -> Write:
        item = request["PutRequest"]["Item"] if "PutRequest" in request else None
        attributes = item or request["DeleteRequest"]["Key"]
        key = {name: attributes[name] for name in self._key_names if name in attributes}
        return Write((table, identity_of(key)), item, request)

    def _check(self, wire: dict[str, Any], writes: list[Write]) -> None:
        if not 1 <= len(writes) <= 25:
            self.violations.append(f"{len(writes)} writes in a batch")
        if len({write.key for write in writes}) < len(writes):
            self.violations.append("two writes to one key in a batch")
        size_bytes = len(json.dumps(wire, default=_base64))
        if size_bytes > 16 * 1024 * 1024:
            self.violations.append(f"a batch of {size_bytes:,} bytes")


def _base64(data: Any) -> str:
    assert isinstance(data, bytes)
    return base64.b64encode(data).decode()
