"""PutItem: create an item, or replace the one with the same key.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Self

from ddbmodel.codec.values import Item
from ddbmodel.codec.wire_item import attributes_of
from ddbmodel.operations.capacity import ConsumedCapacity, ReturnCapacity, consumed_capacity
from ddbmodel.operations.request import (
    Renderable,
    condition_parameters,
    expression_parameters,
    optional_parameters,
)


@dataclass(frozen=True, slots=True)
class PutItem:
    """Write a whole item.

    Attributes:
        condition: must hold of the stored item (or of its absence), else nothing is written.
        return_values: `ALL_OLD` returns the item that was replaced.
    """

    name: ClassVar[str] = "PutItem"
    method: ClassVar[str] = "put_item"
    is_write: ClassVar[bool] = True

    table: str
    item: Item = field(repr=False)
    condition: Renderable | None = field(default=None, repr=False)
    return_values: Literal["NONE", "ALL_OLD"] = "NONE"
    return_capacity: ReturnCapacity | None = None

    @property
    def repeatable(self) -> bool:
        """A second put would find its own first one: a condition would judge it, `ALL_OLD` return it."""
        return self.condition is None and self.return_values == "NONE"

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return self._wire(attributes_of(self.item))

    def to_lean_wire(self) -> dict[str, Any]:
        """The parameters of the API, with an item that knows its JSON left as it is."""
        return self._wire(self.item)

    def _wire(self, item: Item) -> dict[str, Any]:
        wire: dict[str, Any] = {"TableName": self.table, "Item": item}
        if self.condition is not None:
            wire |= expression_parameters(("ConditionExpression", self.condition))
            wire |= condition_parameters(self.condition)
        if self.return_values != "NONE":
            wire["ReturnValues"] = self.return_values
        return wire | optional_parameters(ReturnConsumedCapacity=self.return_capacity)


@dataclass(frozen=True, slots=True)
class PutItemResult:
    """The replaced item, if it was asked for and there was one."""

    attributes: Item | None = field(repr=False)
    capacity: ConsumedCapacity | None

    @classmethod
    def from_wire(cls, reply: Mapping[str, Any]) -> Self:
        """Read the reply."""
        return cls(attributes=reply.get("Attributes"), capacity=consumed_capacity(reply))
