"""BatchWriteItem: put and delete up to 25 items, in any tables, without conditions.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self, TypeAlias

from ddbmodel import limits
from ddbmodel.codec.values import Item
from ddbmodel.codec.wire_item import attributes_of
from ddbmodel.errors import ExpressionError
from ddbmodel.operations.capacity import ConsumedCapacity, ReturnCapacity, consumed_capacities
from ddbmodel.operations.request import optional_parameters


@dataclass(frozen=True, slots=True)
class BatchPut:
    """Write a whole item, as one of a batch."""

    table: str
    item: Item = field(repr=False)

    def to_wire(self) -> dict[str, Any]:
        """The `WriteRequest` structure."""
        return {"PutRequest": {"Item": attributes_of(self.item)}}

    def to_lean_wire(self) -> dict[str, Any]:
        """The `WriteRequest` structure, with an item that knows its JSON left as it is."""
        return {"PutRequest": {"Item": self.item}}


@dataclass(frozen=True, slots=True)
class BatchDelete:
    """Delete the item with a key, as one of a batch."""

    table: str
    key: Item = field(repr=False)

    def to_wire(self) -> dict[str, Any]:
        """The `WriteRequest` structure."""
        return {"DeleteRequest": {"Key": self.key}}


BatchWrite: TypeAlias = BatchPut | BatchDelete


@dataclass(frozen=True, slots=True)
class BatchWriteItem:
    """Write many items.

    Atomicity: each write by itself. Any part can come back unprocessed, and the order is not kept.

    Attributes:
        writes: 1 to 25 of them, at most 16 MB in all, and at most one for each key. Whoever makes the
            request sees to size and keys.

    Raises:
        ExpressionError: no write, or more than 25.
    """

    name: ClassVar[str] = "BatchWriteItem"
    method: ClassVar[str] = "batch_write_item"
    is_write: ClassVar[bool] = True

    writes: tuple[BatchWrite, ...]
    return_capacity: ReturnCapacity | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.writes) <= limits.BATCH_WRITE_ITEMS:
            raise ExpressionError(
                f"BatchWriteItem of {len(self.writes)} writes: use 1 to {limits.BATCH_WRITE_ITEMS}"
            )

    @property
    def table(self) -> str | None:
        """The table, if it is only one."""
        tables = {write.table for write in self.writes}
        return tables.pop() if len(tables) == 1 else None

    @property
    def repeatable(self) -> bool:
        """False, though the second time changes nothing more.

        Of what comes back unprocessed the second time, any part may have been applied the first time: whoever
        sends it again has to remember that.
        """
        return False

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return self._wire([write.to_wire() for write in self.writes])

    def to_lean_wire(self) -> dict[str, Any]:
        """The parameters of the API, with items that know their JSON left as they are."""
        return self._wire(
            [
                write.to_lean_wire() if isinstance(write, BatchPut) else write.to_wire()
                for write in self.writes
            ]
        )

    def _wire(self, writes: list[dict[str, Any]]) -> dict[str, Any]:
        by_table: dict[str, list[dict[str, Any]]] = {}
        for write, wire in zip(self.writes, writes, strict=True):
            by_table.setdefault(write.table, []).append(wire)
        return {"RequestItems": by_table} | optional_parameters(ReturnConsumedCapacity=self.return_capacity)


@dataclass(frozen=True, slots=True)
class BatchWriteItemResult:
    """What has to be written again.

    Attributes:
        unprocessed: the writes that did not happen, in the service's order.
        capacity: one entry per table, if it was asked for.
    """

    unprocessed: tuple[BatchWrite, ...]
    capacity: tuple[ConsumedCapacity, ...]

    @classmethod
    def from_wire(cls, reply: Mapping[str, Any]) -> Self:
        """Read the reply."""
        return cls(unprocessed=tuple(_unprocessed(reply)), capacity=consumed_capacities(reply))


def _unprocessed(reply: Mapping[str, Any]) -> Iterator[BatchWrite]:
    unprocessed: Mapping[str, list[dict[str, Any]]] = reply.get("UnprocessedItems") or {}
    for table, writes in unprocessed.items():
        for write in writes:
            # Some engines send both members, one of them null.
            if put := write.get("PutRequest"):
                yield BatchPut(table, put["Item"])
            else:
                yield BatchDelete(table, write["DeleteRequest"]["Key"])
