"""UpdateItem: change attributes of one item, creating it if there is none.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Literal, Self, TypeAlias

from ddbmodel.codec.values import Item
from ddbmodel.operations.capacity import ConsumedCapacity, ReturnCapacity, consumed_capacity
from ddbmodel.operations.request import (
    Renderable,
    RenderableUpdate,
    condition_parameters,
    expression_parameters,
    optional_parameters,
)

UpdateReturnValues: TypeAlias = Literal["NONE", "ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW"]

_RETURNS_OLD: Final = frozenset({"ALL_OLD", "UPDATED_OLD"})


@dataclass(frozen=True, slots=True)
class UpdateItem:
    """Change one item in place.

    Attributes:
        key: exactly the attributes of the primary key.
        update: the actions; None writes an item of its key alone, if there is none.
        condition: must hold of the stored item (or of its absence), else nothing is written.
        return_values: the whole item or the updated attributes, from before or after the update.
        is_lasting: the condition is as true after the update as before it, such as that there is an item.
    """

    name: ClassVar[str] = "UpdateItem"
    method: ClassVar[str] = "update_item"
    is_write: ClassVar[bool] = True

    table: str
    key: Item = field(repr=False)
    update: RenderableUpdate | None = field(default=None, repr=False)
    condition: Renderable | None = field(default=None, repr=False)
    return_values: UpdateReturnValues = "NONE"
    return_capacity: ReturnCapacity | None = None
    is_lasting: bool = False

    @property
    def repeatable(self) -> bool:
        """Only with actions that twice do what once does, a condition that lasts, and without old values."""
        return (
            (self.condition is None or self.is_lasting)
            and (self.update is None or self.update.idempotent)
            and self.return_values not in _RETURNS_OLD
        )

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API. The update is rendered first, then the condition."""
        wire: dict[str, Any] = {"TableName": self.table, "Key": self.key}
        wire |= expression_parameters(
            ("UpdateExpression", self.update), ("ConditionExpression", self.condition)
        )
        wire |= condition_parameters(self.condition)
        if self.return_values != "NONE":
            wire["ReturnValues"] = self.return_values
        return wire | optional_parameters(ReturnConsumedCapacity=self.return_capacity)


@dataclass(frozen=True, slots=True)
class UpdateItemResult:
    """The attributes that `return_values` asked for; None if there are none."""

    attributes: Item | None = field(repr=False)
    capacity: ConsumedCapacity | None

    @classmethod
    def from_wire(cls, reply: Mapping[str, Any]) -> Self:
        """Read the reply."""
        return cls(attributes=reply.get("Attributes"), capacity=consumed_capacity(reply))
