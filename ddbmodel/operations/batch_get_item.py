"""BatchGetItem: read up to 100 items by their keys, from any tables.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from ddbmodel import limits
from ddbmodel.codec.values import Item
from ddbmodel.errors import ExpressionError
from ddbmodel.operations.capacity import ConsumedCapacity, ReturnCapacity, consumed_capacities
from ddbmodel.operations.request import Renderable, expression_parameters, optional_parameters


@dataclass(frozen=True, slots=True)
class TableKeys:
    """The keys to read from one table, each once, and how to read them."""

    table: str
    keys: tuple[Item, ...] = field(repr=False)
    projection: Renderable | None = field(default=None, repr=False)
    consistent: bool = False

    def to_wire(self) -> dict[str, Any]:
        """The `KeysAndAttributes` structure. Each table has placeholders of its own."""
        wire: dict[str, Any] = {"Keys": list(self.keys)}
        if self.projection is not None:
            wire |= expression_parameters(("ProjectionExpression", self.projection))
        if self.consistent:
            wire["ConsistentRead"] = True
        return wire


@dataclass(frozen=True, slots=True)
class BatchGetItem:
    """Read many items.

    Atomicity: none. Any part can come back unprocessed, and each item is read at its own moment.

    Attributes:
        tables: what to read, each table once; 1 to 100 keys in all. Whoever makes the request leaves out
            duplicate keys, which the service refuses.

    Raises:
        ExpressionError: no key, more than 100, or a table twice.
    """

    name: ClassVar[str] = "BatchGetItem"
    method: ClassVar[str] = "batch_get_item"
    is_write: ClassVar[bool] = False

    tables: tuple[TableKeys, ...]
    return_capacity: ReturnCapacity | None = None

    def __post_init__(self) -> None:
        count = sum(len(part.keys) for part in self.tables)
        if not (1 <= count <= limits.BATCH_GET_KEYS and all(part.keys for part in self.tables)):
            raise ExpressionError(f"BatchGetItem of {count} keys: use 1 to {limits.BATCH_GET_KEYS}")
        if len({part.table for part in self.tables}) < len(self.tables):
            raise ExpressionError("BatchGetItem names a table twice: put its keys together")

    @property
    def table(self) -> str | None:
        """The table, if it is only one."""
        return self.tables[0].table if len(self.tables) == 1 else None

    @property
    def repeatable(self) -> bool:
        """Reads change nothing."""
        return True

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        wire: dict[str, Any] = {"RequestItems": {part.table: part.to_wire() for part in self.tables}}
        return wire | optional_parameters(ReturnConsumedCapacity=self.return_capacity)


@dataclass(frozen=True, slots=True)
class BatchGetItemResult:
    """What was found, and what has to be asked for again.

    Attributes:
        items: the items found, by table, in no order.
        unprocessed: the keys that were not read, by table: the reply was full, or the table throttled.
        capacity: one entry per table, if it was asked for.
    """

    items: Mapping[str, list[Item]] = field(repr=False)
    unprocessed: Mapping[str, tuple[Item, ...]] = field(repr=False)
    capacity: tuple[ConsumedCapacity, ...]

    @classmethod
    def from_wire(cls, reply: Mapping[str, Any]) -> Self:
        """Read the reply."""
        unprocessed: Mapping[str, Any] = reply.get("UnprocessedKeys") or {}
        return cls(
            items=reply.get("Responses") or {},
            unprocessed={table: tuple(part["Keys"]) for table, part in unprocessed.items()},
            capacity=consumed_capacities(reply),
        )
