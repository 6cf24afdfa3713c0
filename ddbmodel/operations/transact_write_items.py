"""TransactWriteItems: up to 100 writes and checks, in any tables, all of them or none.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self, TypeAlias

from ddbmodel import limits
from ddbmodel.codec.values import Item
from ddbmodel.codec.wire_item import attributes_of
from ddbmodel.errors import ExpressionError
from ddbmodel.operations.capacity import ConsumedCapacity, ReturnCapacity, consumed_capacities
from ddbmodel.operations.request import (
    Renderable,
    RenderableUpdate,
    condition_parameters,
    expression_parameters,
    optional_parameters,
)


@dataclass(frozen=True, slots=True)
class TransactPut:
    """Write a whole item, if `condition` holds of the stored one."""

    table: str
    item: Item = field(repr=False)
    condition: Renderable | None = field(default=None, repr=False)

    def to_wire(self) -> dict[str, Any]:
        """The `TransactWriteItem` structure. Each action has placeholders of its own."""
        return self._wire(attributes_of(self.item))

    def to_lean_wire(self) -> dict[str, Any]:
        """The `TransactWriteItem` structure, with an item that knows its JSON left as it is."""
        return self._wire(self.item)

    def _wire(self, item: Item) -> dict[str, Any]:
        return {"Put": {"TableName": self.table, "Item": item} | _conditional(self.condition)}


@dataclass(frozen=True, slots=True)
class TransactUpdate:
    """Change an item in place, creating it if there is none, if `condition` holds of the stored one."""

    table: str
    key: Item = field(repr=False)
    update: RenderableUpdate = field(repr=False)
    condition: Renderable | None = field(default=None, repr=False)

    def to_wire(self) -> dict[str, Any]:
        """The `TransactWriteItem` structure. The update is rendered first, then the condition."""
        wire: dict[str, Any] = {"TableName": self.table, "Key": self.key}
        return {"Update": wire | _conditional(self.condition, ("UpdateExpression", self.update))}


@dataclass(frozen=True, slots=True)
class TransactDelete:
    """Delete the item with a key, if `condition` holds of it."""

    table: str
    key: Item = field(repr=False)
    condition: Renderable | None = field(default=None, repr=False)

    def to_wire(self) -> dict[str, Any]:
        """The `TransactWriteItem` structure."""
        return {"Delete": {"TableName": self.table, "Key": self.key} | _conditional(self.condition)}


@dataclass(frozen=True, slots=True)
class TransactCheck:
    """Let the transaction happen only if `condition` holds of an item that it leaves alone."""

    table: str
    key: Item = field(repr=False)
    condition: Renderable = field(repr=False)

    def to_wire(self) -> dict[str, Any]:
        """The `TransactWriteItem` structure."""
        return {"ConditionCheck": {"TableName": self.table, "Key": self.key} | _conditional(self.condition)}


TransactAction: TypeAlias = TransactPut | TransactUpdate | TransactDelete | TransactCheck


@dataclass(frozen=True, slots=True)
class TransactWriteItems:
    """Write many items at once.

    Atomicity: all actions happen, or none does.

    Cost: twice the write units of the same writes without a transaction; an action that only checks costs
    what writing its item would.

    Attributes:
        actions: 1 to 100 of them, 4 MB in all at most, and one for an item at most. Whoever makes the request
            sees to size and keys.
        token: 1 to 36 characters that name this transaction. For 10 minutes after its end, the service
            answers the same token and actions with success, without applying them again; other actions with
            an error. Without one, the client makes a new one up for every attempt.

    Raises:
        ExpressionError: no action, more than 100, or a token of another length.
    """

    name: ClassVar[str] = "TransactWriteItems"
    method: ClassVar[str] = "transact_write_items"
    is_write: ClassVar[bool] = True

    actions: tuple[TransactAction, ...]
    token: str | None = field(default=None, repr=False)
    return_capacity: ReturnCapacity | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.actions) <= limits.TRANSACTION_ACTIONS:
            raise ExpressionError(
                f"TransactWriteItems of {len(self.actions)} actions: use 1 to {limits.TRANSACTION_ACTIONS}"
            )
        if self.token is not None and not 1 <= len(self.token) <= limits.TRANSACTION_TOKEN_CHARACTERS:
            raise ExpressionError(
                f"TransactWriteItems with a token of {len(self.token)} characters: "
                f"use 1 to {limits.TRANSACTION_TOKEN_CHARACTERS}"
            )

    @property
    def table(self) -> str | None:
        """The table, if it is only one."""
        tables = {action.table for action in self.actions}
        return tables.pop() if len(tables) == 1 else None

    @property
    def repeatable(self) -> bool:
        """With a token, by which the service knows what it has applied already."""
        return self.token is not None

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return self._wire([action.to_wire() for action in self.actions])

    def to_lean_wire(self) -> dict[str, Any]:
        """The parameters of the API, with items that know their JSON left as they are."""
        return self._wire(
            [
                action.to_lean_wire() if isinstance(action, TransactPut) else action.to_wire()
                for action in self.actions
            ]
        )

    def _wire(self, actions: list[dict[str, Any]]) -> dict[str, Any]:
        return {"TransactItems": actions} | optional_parameters(
            ClientRequestToken=self.token, ReturnConsumedCapacity=self.return_capacity
        )


@dataclass(frozen=True, slots=True)
class TransactWriteItemsResult:
    """The capacity that was used: one entry per table, if it was asked for.

    Of a repetition with the same token, it is the read units of finding that out.
    """

    capacity: tuple[ConsumedCapacity, ...]

    @classmethod
    def from_wire(cls, reply: Mapping[str, Any]) -> Self:
        """Read the reply."""
        return cls(capacity=consumed_capacities(reply))


def _conditional(condition: Renderable | None, *expressions: tuple[str, Renderable | None]) -> dict[str, Any]:
    """The expressions of one action, the condition last; the stored item is asked for when it is false."""
    wire = expression_parameters(*expressions, ("ConditionExpression", condition))
    return wire | condition_parameters(condition)
