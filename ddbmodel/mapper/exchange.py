"""One request and what came of it, as hooks and measures see it: names, counts and times, never values."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ddbmodel.operations import BatchWriteItem, ConsumedCapacity, Request, reported_capacity
from ddbmodel.operations.execute_transaction import TransactedWrites
from ddbmodel.transport import Exchange as Delivered

STOPPED: Final = "Stopped"
"""The outcome of a request that was not sent, as a hook or the mapper itself refused it."""

_CANCELLED: Final = "Cancelled"


@dataclass(frozen=True, slots=True)
class Exchange(Delivered):
    """One request and what came of it, with all its attempts.

    Attributes:
        operation: DynamoDB's name of it.
        table: the table, if it was about one.
        outcome: `OK`, the error code of the last attempt, `Cancelled` if the task was, `Stopped` if
            nothing was sent, or the class of an error that nobody expected.
        status: the last reply's HTTP status, if there was a reply.
        attempts: how often it was tried to an end; 0 if nothing was sent, or if the first try was cancelled.
        throttles: how many of the attempts were throttled.
        seconds: from the first attempt to the end, pauses included.
        items_read: how many items came back, or were counted.
        items_written: how many items were written or deleted; of a delete it counts too if there was no item.
        items_scanned: how many items a query or scan read, and paid for; None for other operations.
        capacity: what it used, one entry for each table, if the request asked for it.
        request_id: the service's id of the request, if it is known.
        region: the region that it was for, if it is known.
    """

    items_read: int = 0
    items_written: int = 0
    items_scanned: int | None = None
    capacity: tuple[ConsumedCapacity, ...] = ()
    request_id: str | None = None
    region: str | None = None

    @property
    def sent(self) -> bool:
        """False if nothing was sent."""
        return self.outcome != STOPPED

    @property
    def retries(self) -> int:
        """How many of the attempts repeated one that had failed."""
        return max(0, self.attempts - 1)


def answered(
    request: Request, delivered: Delivered | None, reply: Mapping[str, Any], region: str | None = None
) -> Exchange:
    """The exchange of a request that succeeded; a transport that tells nothing of it was tried once."""
    metadata: Mapping[str, Any] = reply.get("ResponseMetadata") or {}
    status, request_id = metadata.get("HTTPStatusCode"), metadata.get("RequestId")
    told = delivered or Delivered(request.name, request.table, "OK", status, 1, 0, 0.0)
    return Exchange(
        told.operation,
        told.table,
        told.outcome,
        told.status,
        told.attempts,
        told.throttles,
        told.seconds,
        request_id=request_id,
        region=region,
        **_found(request, reply),
    )


def failed(
    request: Request, delivered: Delivered | None, error: BaseException, region: str | None = None
) -> Exchange:
    """The exchange of a request that failed. What the transport tells nothing of was not sent."""
    told = delivered or Delivered(request.name, request.table, STOPPED, None, 0, 0, 0.0)
    return Exchange(
        told.operation,
        told.table,
        _outcome(told, error),
        told.status,
        told.attempts,
        told.throttles,
        told.seconds,
        request_id=getattr(error, "request_id", None),
        region=region,
    )


def _found(request: Request, reply: Mapping[str, Any]) -> dict[str, Any]:
    """What the reply says of items and capacity; nothing, if it has a shape that nobody expected.

    Whoever asked will say so in reading it. Here, it must not hide that something was written.
    """
    try:
        return {
            "items_read": _items_read(request, reply),
            "items_written": _items_written(request, reply),
            "items_scanned": reply.get("ScannedCount"),
            "capacity": reported_capacity(reply),
        }
    except (AttributeError, KeyError, TypeError, ValueError):
        return {}


def _outcome(told: Delivered, error: BaseException) -> str:
    """The transport knows how the last attempt ended; a task can be cancelled in the pause after it."""
    if told.outcome == STOPPED:
        return STOPPED
    if isinstance(error, asyncio.CancelledError):
        return _CANCELLED
    return type(error).__name__ if told.outcome == _CANCELLED else told.outcome


def _items_read(request: Request, reply: Mapping[str, Any]) -> int:
    match request.name:
        case "GetItem":
            return int(reply.get("Item") is not None)
        case "BatchGetItem":
            found: Mapping[str, list[Any]] = reply.get("Responses") or {}
            return sum(map(len, found.values()))
        case "Query" | "Scan":
            return int(reply.get("Count", len(reply.get("Items") or ())))
        case "ExecuteStatement":
            return len(reply.get("Items") or ()) if not request.is_write else 0
        case "GetRecords":
            return len(reply.get("Records") or ())
        case "BatchExecuteStatement" | "ExecuteTransaction" if request.is_write:
            return 0
        case "BatchExecuteStatement" | "ExecuteTransaction" | "TransactGetItems":
            return sum(bool(response.get("Item")) for response in reply.get("Responses") or ())
        case _:
            return 0


def _items_written(request: Request, reply: Mapping[str, Any]) -> int:
    if isinstance(request, BatchWriteItem):
        left: Mapping[str, list[Any]] = reply.get("UnprocessedItems") or {}
        return len(request.writes) - sum(map(len, left.values()))
    if isinstance(request, TransactedWrites):
        return sum(statement.changes for statement in request.statements)
    match request.name:
        case "PutItem" | "UpdateItem" | "DeleteItem":
            return 1
        case "ExecuteStatement":
            return int(request.is_write)
        case "BatchExecuteStatement" if request.is_write:
            return sum(not response.get("Error") for response in reply.get("Responses") or ())
        case "TransactWriteItems":
            return sum("ConditionCheck" not in action for action in request.to_wire()["TransactItems"])
        case _:
            return 0
