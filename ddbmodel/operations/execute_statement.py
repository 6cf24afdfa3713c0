"""ExecuteStatement: one PartiQL statement.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteStatement.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from ddbmodel.codec.values import AttributeValue, Item
from ddbmodel.operations.capacity import ConsumedCapacity, ReturnCapacity, consumed_capacity
from ddbmodel.operations.request import optional_parameters


@dataclass(frozen=True, slots=True)
class SelectStatement:
    """One page of a SELECT.

    Attributes:
        statement: with a `?` for each parameter.
        parameters: in stored form.
        limit: how many items are read at most.
        token: `NextToken` of the page before.
    """

    name: ClassVar[str] = "ExecuteStatement"
    method: ClassVar[str] = "execute_statement"
    is_write: ClassVar[bool] = False

    table: str
    statement: str = field(repr=False)
    parameters: Sequence[AttributeValue] = field(default=(), repr=False)
    consistent: bool = False
    limit: int | None = None
    token: str | None = field(default=None, repr=False)
    return_capacity: ReturnCapacity | None = None

    @property
    def repeatable(self) -> bool:
        """Reads change nothing."""
        return True

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return {"Statement": self.statement} | optional_parameters(
            Parameters=list(self.parameters) or None,
            ConsistentRead=self.consistent or None,
            Limit=self.limit,
            NextToken=self.token,
            ReturnConsumedCapacity=self.return_capacity,
        )


@dataclass(frozen=True, slots=True)
class WriteStatement:
    """An INSERT, UPDATE or DELETE, of one item. See `SelectStatement` for its attributes."""

    name: ClassVar[str] = "ExecuteStatement"
    method: ClassVar[str] = "execute_statement"
    is_write: ClassVar[bool] = True

    table: str
    statement: str = field(repr=False)
    parameters: Sequence[AttributeValue] = field(default=(), repr=False)
    return_capacity: ReturnCapacity | None = None

    @property
    def repeatable(self) -> bool:
        """Nobody knows what a statement does when it is applied twice."""
        return False

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        wire: dict[str, Any] = {
            "Statement": self.statement,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        return wire | optional_parameters(
            Parameters=list(self.parameters) or None, ReturnConsumedCapacity=self.return_capacity
        )


@dataclass(frozen=True, slots=True)
class StatementResult:
    """What a statement returned.

    Attributes:
        items: of a SELECT, or what RETURNING asked for.
        token: for the next page; None after the last.
        capacity: what it cost, if it was asked for.
    """

    items: Sequence[Item] = field(repr=False)
    token: str | None = field(repr=False)
    capacity: ConsumedCapacity | None

    @classmethod
    def from_wire(cls, reply: Mapping[str, Any]) -> Self:
        """Read the reply."""
        return cls(reply.get("Items") or (), reply.get("NextToken"), consumed_capacity(reply))
