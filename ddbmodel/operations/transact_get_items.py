"""TransactGetItems: read up to 100 items, from any tables, as they were at one moment.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactGetItems.html
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
class TransactGet:
    """Read one item, as one of a transaction."""

    table: str
    key: Item = field(repr=False)
    projection: Renderable | None = None

    def to_wire(self) -> dict[str, Any]:
        """The `TransactGetItem` structure. Each has placeholders of its own."""
        wire: dict[str, Any] = {"TableName": self.table, "Key": self.key}
        if self.projection is not None:
            wire |= expression_parameters(("ProjectionExpression", self.projection))
        return {"Get": wire}


@dataclass(frozen=True, slots=True)
class TransactGetItems:
    """Read many items at one moment.

    Atomicity: no write of another comes between the reads. A write under way cancels the transaction, which
    is then worth repeating.

    Cost: two read units per 4 KB of each item.

    Attributes:
        gets: 1 to 100 of them, 4 MB in all at most. Whoever makes the request leaves out duplicate keys,
            which the service refuses.

    Raises:
        ExpressionError: nothing to get, or more than 100.
    """

    name: ClassVar[str] = "TransactGetItems"
    method: ClassVar[str] = "transact_get_items"
    is_write: ClassVar[bool] = False

    gets: tuple[TransactGet, ...]
    return_capacity: ReturnCapacity | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.gets) <= limits.TRANSACTION_ACTIONS:
            raise ExpressionError(
                f"TransactGetItems of {len(self.gets)} keys: use 1 to {limits.TRANSACTION_ACTIONS}"
            )

    @property
    def table(self) -> str | None:
        """The table, if it is only one."""
        tables = {get.table for get in self.gets}
        return tables.pop() if len(tables) == 1 else None

    @property
    def repeatable(self) -> bool:
        """Reads change nothing."""
        return True

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return {"TransactItems": [get.to_wire() for get in self.gets]} | optional_parameters(
            ReturnConsumedCapacity=self.return_capacity
        )


@dataclass(frozen=True, slots=True)
class TransactGetItemsResult:
    """What was found.

    Attributes:
        items: one for each key that was asked for, in that order; None where there is no item.
        capacity: one entry per table, if it was asked for.
    """

    items: tuple[Item | None, ...] = field(repr=False)
    capacity: tuple[ConsumedCapacity, ...]

    @classmethod
    def from_wire(cls, reply: Mapping[str, Any]) -> Self:
        """Read the reply."""
        return cls(
            # A projection of an item that has none of its attributes is an empty item, and no missing one.
            items=tuple(one.get("Item") for one in reply.get("Responses") or ()),
            capacity=consumed_capacities(reply),
        )
