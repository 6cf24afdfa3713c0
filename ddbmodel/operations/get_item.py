"""GetItem: read one item by its key.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from ddbmodel.codec.values import Item
from ddbmodel.operations.capacity import ConsumedCapacity, ReturnCapacity, consumed_capacity
from ddbmodel.operations.request import Renderable, expression_parameters, optional_parameters


@dataclass(frozen=True, slots=True)
class GetItem:
    """Read one item.

    Cost: one read unit per 4 KB with `consistent`, half of that without.

    Attributes:
        key: exactly the attributes of the primary key.
        projection: the attributes to return; None returns all.
        consistent: see every write that succeeded before.
    """

    name: ClassVar[str] = "GetItem"
    method: ClassVar[str] = "get_item"
    is_write: ClassVar[bool] = False

    table: str
    key: Item = field(repr=False)
    projection: Renderable | None = field(default=None, repr=False)
    consistent: bool = False
    return_capacity: ReturnCapacity | None = None

    @property
    def repeatable(self) -> bool:
        """Reads change nothing."""
        return True

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        wire: dict[str, Any] = {"TableName": self.table, "Key": self.key}
        if self.projection is not None:
            wire |= expression_parameters(("ProjectionExpression", self.projection))
        if self.consistent:
            wire["ConsistentRead"] = True
        return wire | optional_parameters(ReturnConsumedCapacity=self.return_capacity)


@dataclass(frozen=True, slots=True)
class GetItemResult:
    """The item, or None if there is none with this key."""

    item: Item | None = field(repr=False)
    capacity: ConsumedCapacity | None

    @classmethod
    def from_wire(cls, reply: Mapping[str, Any]) -> Self:
        """Read the reply."""
        return cls(item=reply.get("Item"), capacity=consumed_capacity(reply))
