"""Consumed capacity, as the service reports it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self, TypeAlias, TypeVar

from ddbmodel.operations.request import Request

R = TypeVar("R", bound=Request)

ReturnCapacity: TypeAlias = Literal["INDEXES", "TOTAL"]
"""`TOTAL` reports a request's capacity units, `INDEXES` also how they divide between table and indexes."""


@dataclass(frozen=True, slots=True)
class ConsumedCapacity:
    """The capacity that one request used in one table.

    Attributes:
        table: the table's name (or ARN, as in the request).
        units: capacity units in total.
        read_units: read units, where the service tells them apart (transactions).
        write_units: write units, where the service tells them apart (transactions).
        table_units: units of the table itself; None unless asked for with `INDEXES`.
        local_indexes: units of each local index, by name.
        global_indexes: units of each global index, by name.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ConsumedCapacity.html
    """

    table: str
    units: float
    read_units: float | None = None
    write_units: float | None = None
    table_units: float | None = None
    local_indexes: Mapping[str, float] = field(default_factory=dict[str, float])
    global_indexes: Mapping[str, float] = field(default_factory=dict[str, float])

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> Self:
        """Read one `ConsumedCapacity` structure."""
        table: Mapping[str, Any] = wire.get("Table") or {}
        return cls(
            table=wire.get("TableName", ""),
            units=wire.get("CapacityUnits", 0.0),
            read_units=wire.get("ReadCapacityUnits"),
            write_units=wire.get("WriteCapacityUnits"),
            table_units=table.get("CapacityUnits"),
            local_indexes=_index_units(wire.get("LocalSecondaryIndexes")),
            global_indexes=_index_units(wire.get("GlobalSecondaryIndexes")),
        )


def consumed_capacity(reply: Mapping[str, Any]) -> ConsumedCapacity | None:
    """The capacity in the reply to an operation on one table; None if it was not asked for."""
    wire = reply.get("ConsumedCapacity")
    return None if wire is None else ConsumedCapacity.from_wire(wire)


def consumed_capacities(reply: Mapping[str, Any]) -> tuple[ConsumedCapacity, ...]:
    """The capacity in the reply to a batch operation: one entry per table, none if it was not asked for."""
    return tuple(ConsumedCapacity.from_wire(wire) for wire in reply.get("ConsumedCapacity") or ())


def reported_capacity(reply: Mapping[str, Any]) -> tuple[ConsumedCapacity, ...]:
    """The capacity in the reply to any operation: one entry per table, none if it was not asked for."""
    if not isinstance(reply.get("ConsumedCapacity"), Mapping):
        return consumed_capacities(reply)
    one = consumed_capacity(reply)
    return () if one is None else (one,)


def reporting_capacity(request: R) -> R:
    """The same request, asking what it costs in table and indexes; itself if its operation cannot tell.

    Asking costs nothing, and makes the reply some bytes longer.
    """
    if getattr(request, "return_capacity", "INDEXES") == "INDEXES":
        return request
    changed: Any = replace(request, return_capacity="INDEXES")  # type: ignore[type-var]
    return changed  # type: ignore[no-any-return]


def _index_units(wire: Mapping[str, Any] | None) -> dict[str, float]:
    return {name: capacity.get("CapacityUnits", 0.0) for name, capacity in (wire or {}).items()}
