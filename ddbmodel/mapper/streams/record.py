"""A change as it is delivered, before anybody knows of which model it is: one form of three sources."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, TypeVar, get_args

from ddbmodel.codec.documents import read_loaded
from ddbmodel.codec.values import Item
from ddbmodel.errors import CodecError
from ddbmodel.mapper.streams.change import ChangeKind, StreamView

T = TypeVar("T")

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TIME_TO_LIVE: Final = "dynamodb.amazonaws.com"
_KINDS: Final = get_args(ChangeKind)
_VIEWS: Final = get_args(StreamView)
_PER_SECOND: Final = {"MILLISECOND": 1_000, "MICROSECOND": 1_000_000}


@dataclass(frozen=True, slots=True)
class StreamRecord:
    """One change, its items in stored form. See `Change` for its attributes."""

    kind: ChangeKind
    key: Item = field(repr=False)
    old: Item | None = field(repr=False)
    new: Item | None = field(repr=False)
    at: datetime
    is_expiry: bool
    sequence_number: str | None
    event_id: str
    view: StreamView | None
    shard: str | None = None


def from_stream(wire: Mapping[str, Any], shard: str) -> StreamRecord:
    """Read a record of GetRecords."""
    moment = wire["dynamodb"]["ApproximateCreationDateTime"].astimezone(UTC)
    return _record(wire, moment, _as_it_is, wire["dynamodb"]["SequenceNumber"], shard)


def from_event(wire: Mapping[str, Any]) -> StreamRecord:
    """Read a record of the event that Lambda delivers from a stream.

    Raises:
        CodecError: it is none.
    """
    return _attempt(lambda: _from_event(wire), "a record of a stream's event")


def from_kinesis(data: bytes, sequence_number: str | None) -> StreamRecord:
    """Read the data of a record of Kinesis Data Streams for DynamoDB.

    Raises:
        CodecError: it is none.
    """
    return _attempt(
        lambda: _from_kinesis(data, sequence_number), "a record of Kinesis Data Streams for DynamoDB"
    )


def from_kinesis_event(wire: Mapping[str, Any]) -> StreamRecord:
    """Read a record of the event that Lambda delivers from Kinesis.

    Raises:
        CodecError: it is none.
    """
    kinesis = wire["kinesis"]
    data = _attempt(lambda: b64decode(kinesis["data"], validate=True), "a record of a Kinesis event")
    return from_kinesis(data, kinesis.get("sequenceNumber"))


def _from_event(wire: Mapping[str, Any]) -> StreamRecord:
    change = wire["dynamodb"]
    # A number of seconds, with or without a fraction.
    moment = _EPOCH + timedelta(seconds=float(Decimal(str(change["ApproximateCreationDateTime"]))))
    return _record(wire, moment, _read_item, change["SequenceNumber"])


def _from_kinesis(data: bytes, sequence_number: str | None) -> StreamRecord:
    wire = json.loads(data)
    change = wire["dynamodb"]
    per_second = _PER_SECOND[change.get("ApproximateCreationDateTimePrecision", "MILLISECOND")]
    ticks = int(change["ApproximateCreationDateTime"])
    moment = _EPOCH + timedelta(microseconds=ticks * (1_000_000 // per_second))
    return _record(wire, moment, _read_item, sequence_number)


def _record(
    wire: Mapping[str, Any],
    at: datetime,
    read: Callable[[Mapping[str, Any]], Item],
    sequence_number: str | None,
    shard: str | None = None,
) -> StreamRecord:
    change, kind = wire["dynamodb"], wire["eventName"]
    if kind not in _KINDS:
        raise ValueError("no kind of change")
    old, new, view = change.get("OldImage"), change.get("NewImage"), change.get("StreamViewType")
    return StreamRecord(
        kind,
        read(change["Keys"]),
        None if not old else read(old),
        None if not new else read(new),
        at,
        _is_expiry(wire.get("userIdentity")),
        sequence_number,
        wire["eventID"],
        view if view in _VIEWS else None,
        shard,
    )


def _as_it_is(item: Mapping[str, Any]) -> Item:
    return item


def _read_item(item: Mapping[str, Any]) -> Item:
    return {name: read_loaded(stored) for name, stored in item.items()}


def _is_expiry(identity: Mapping[str, Any] | None) -> bool:
    """Tell whether time to live made the change. Streams spell the members in both ways.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
    """
    if not identity:
        return False
    principal = identity.get("PrincipalId", identity.get("principalId"))
    kind = identity.get("Type", identity.get("type"))
    return (principal, kind) == (_TIME_TO_LIVE, "Service")


def _attempt(read: Callable[[], T], what: str) -> T:
    try:
        return read()
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        # Not chained: it may quote values.
        refusal = CodecError(f"this is not {what} ({type(error).__name__})")
    raise refusal
