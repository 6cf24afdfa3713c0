"""Which part of a request is carried out, and what its reply says of the rest."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ddbmodel.testing.proxy.faults import SingleFault, Unprocessed
from ddbmodel.testing.proxy.refusals import throttled
from ddbmodel.testing.strict.call import TRANSACTIONS, Call, Part

_MEMBERS: Final = {"BatchWriteItem": "UnprocessedItems", "BatchGetItem": "UnprocessedKeys"}


def portion(call: Call, fault: SingleFault | None) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """The parts of a call to carry out, and those to leave unprocessed.

    Raises:
        Refused: all of a batch is to be left, which the service answers as throttling.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
    """
    parts = call.parts or ()
    if not (isinstance(fault, Unprocessed) and call.is_batch and parts):
        return parts, ()
    count = len(parts) - math.ceil(fault.part * len(parts))
    if count == 0:
        raise throttled(call)
    return parts[:count], parts[count:]


def tell_left(call: Call, left: Sequence[Part], reply: dict[str, Any]) -> None:
    """Add what was left to what the engine says that it has left itself."""
    member = _MEMBERS[call.operation]
    told = call.request_items(left)
    left_by_engine: Mapping[str, Any] = reply.get(member) or {}
    for table, entry in left_by_engine.items():
        if table not in told:
            told[table] = entry
        elif isinstance(entry, list):
            told[table] = [*told[table], *entry]
        else:
            told[table]["Keys"] = [*told[table]["Keys"], *entry["Keys"]]
    reply[member] = told


def tell_capacity(
    call: Call, writes: Mapping[str, float], reads: Mapping[str, float], reply: dict[str, Any]
) -> None:
    """Say what was consumed, if the request asks for it; the engine's own word for it may be anything."""
    asked = (call.body or {}).get("ReturnConsumedCapacity")
    if asked not in ("TOTAL", "INDEXES"):
        return
    entries: list[dict[str, Any]] = []
    for table in call.tables:
        units = {"Write": writes.get(table, 0.0), "Read": reads.get(table, 0.0)}
        entry: dict[str, Any] = {"TableName": table, "CapacityUnits": sum(units.values())}
        if call.operation in TRANSACTIONS:
            entry |= {f"{way}CapacityUnits": of_way for way, of_way in units.items() if of_way}
        if asked == "INDEXES":
            entry["Table"] = {"CapacityUnits": entry["CapacityUnits"]}
        entries.append(entry)
    several = call.is_batch or call.operation in TRANSACTIONS
    reply["ConsumedCapacity"] = entries if several else entries[0]
