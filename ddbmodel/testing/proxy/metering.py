"""What requests cost, and which part of one there is capacity for.

Writes are metered before they are carried out: a put by its item, an update by its key and values, a delete
by its key, as the stored item is not known here. Reads are metered by what they return, as soon as that is
known: so a read is carried out while there is any capacity, and can leave a debt. Indexes have no capacity of
their own.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from ddbmodel import limits
from ddbmodel.testing.proxy.meter import Meter, Shortage, Way
from ddbmodel.testing.strict.call import TRANSACTIONS, Call, Part
from ddbmodel.testing.strict.key_schema import KeySchema
from ddbmodel.testing.strict.refusal import Refused
from ddbmodel.testing.strict.values import number
from ddbmodel.testing.strict.weight import item_bytes

_WRITE_BYTES: Final = limits.KB
_READ_BYTES: Final = 4 * limits.KB
_LEAST_READ: Final = 0.5


@dataclass(frozen=True, slots=True)
class Admission:
    """Which parts of a call there is capacity for.

    Attributes:
        parts: those that there is; of anything but a batch, all.
        left: the others.
    """

    parts: tuple[Part, ...] = ()
    left: tuple[Part, ...] = ()


def write_units(call: Call, part: Part) -> float:
    """What a write costs; a transaction costs twice."""
    size = part.size_bytes
    if part.kind == "update":
        size += item_bytes(part.wire.get("ExpressionAttributeValues") or {})
    units = max(1, math.ceil(size / _WRITE_BYTES))
    return float(2 * units if call.operation in TRANSACTIONS else units)


def admit(meter: Meter, call: Call, parts: Sequence[Part], schemas: Mapping[str, KeySchema]) -> Admission:
    """Take the capacity for the writes among these parts of a call, and see if there is any for the reads.

    Raises:
        Refused: there is none; for a batch, for none of its parts.
    """
    if not parts:
        _admit_pages(meter, call)
        return Admission()
    admitted: list[Part] = []
    shortages: list[Shortage | None] = []
    for part in parts:
        shortage = _admit_part(meter, call, part, schemas)
        shortages.append(shortage)
        if shortage is None:
            admitted.append(part)
    first = next((one for one in shortages if one is not None), None)
    if first is None:
        return Admission(tuple(parts))
    if call.is_batch and admitted:
        kept = {id(part) for part in admitted}
        return Admission(tuple(admitted), tuple(part for part in parts if id(part) not in kept))
    _give_back(meter, call, admitted, schemas)
    raise canceled(shortages) if call.operation in TRANSACTIONS else first.refusal()


def canceled(shortages: Sequence[Shortage | None]) -> Refused:
    """The answer to a transaction that there is no capacity for; one shortage or None for each action."""
    codes = ["None" if one is None else one.cancellation_code for one in shortages]
    reasons = [
        {"Code": code} if one is None else {"Code": code, "Message": one.message}
        for code, one in zip(codes, shortages, strict=True)
    ]
    message = (
        f"Transaction cancelled, please refer cancellation reasons for specific reasons [{', '.join(codes)}]"
    )
    return Refused("TransactionCanceledException", message, {"CancellationReasons": reasons})


def settle_reads(
    meter: Meter, call: Call, schemas: Mapping[str, KeySchema], reply: Mapping[str, Any]
) -> Mapping[str, float]:
    """Take the capacity for what was read, and say how much it was, by table."""
    used: dict[str, float] = {}
    for table, item, consistent in _read_items(call, reply):
        size = 0 if item is None else item_bytes(item)
        units = max(1, math.ceil(size / _READ_BYTES)) * (2.0 if call.operation in TRANSACTIONS else 1.0)
        units = units if consistent or call.operation in TRANSACTIONS else units / 2
        meter.take(table, "Read", _partition(meter, table, item or {}, schemas), units)
        used[table] = used.get(table, 0.0) + units
    return used


def _admit_part(meter: Meter, call: Call, part: Part, schemas: Mapping[str, KeySchema]) -> Shortage | None:
    way, units = _price(call, part)
    partition = _partition(meter, part.table, part.item, schemas)
    shortage = meter.missing(part.table, way, partition, units)
    if shortage is None and way == "Write":
        meter.take(part.table, way, partition, units)
    return shortage


def _give_back(meter: Meter, call: Call, parts: list[Part], schemas: Mapping[str, KeySchema]) -> None:
    for part in parts:
        way, units = _price(call, part)
        if way == "Write":
            meter.take(part.table, way, _partition(meter, part.table, part.item, schemas), -units)


def _price(call: Call, part: Part) -> tuple[Way, float]:
    """A check in a transaction costs what a write does."""
    return ("Read", _LEAST_READ) if part.kind == "get" else ("Write", write_units(call, part))


def _admit_pages(meter: Meter, call: Call) -> None:
    for table in call.tables:
        shortage = meter.missing(table, "Read", None, _LEAST_READ)
        if shortage is not None:
            raise shortage.refusal()


def _read_items(call: Call, reply: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any] | None, bool]]:
    """Each item that was read or looked for: its table, the item, and if it was read consistently."""
    body, parts = call.body or {}, call.parts or ()
    if call.operation == "GetItem":
        yield call.tables[0], reply.get("Item"), bool(body.get("ConsistentRead"))
    elif call.operation == "TransactGetItems":
        for part, found in zip(parts, reply.get("Responses") or (), strict=False):
            yield part.table, found.get("Item"), True
    elif call.operation == "BatchGetItem":
        found_in: Mapping[str, list[Any]] = reply.get("Responses") or {}
        for table, items in found_in.items():
            for item in items:
                yield table, item, bool(body["RequestItems"].get(table, {}).get("ConsistentRead"))
    elif call.operation in ("Query", "Scan"):
        for item in reply.get("Items") or ():
            yield call.tables[0], item, bool(body.get("ConsistentRead"))


def _partition(
    meter: Meter, table: str, item: Mapping[str, Any], schemas: Mapping[str, KeySchema]
) -> int | None:
    """Which partition an item is in; None where its table or its partition key is not known."""
    schema = schemas.get(table)
    value = item.get(schema.partition_key) if schema is not None else None
    if value is None:
        return None
    digest = hashlib.sha256(_spelled_alike(value).encode()).digest()
    return int.from_bytes(digest[:8]) % meter.partitions_of(table)


def _spelled_alike(value: Mapping[str, Any]) -> str:
    """A text that is the same for equal values."""
    if "N" in value:
        with suppress(Refused):  # what is no number keeps its text
            return str(number(value["N"]).as_integer_ratio())
    return json.dumps(value, sort_keys=True)
