"""BatchExecuteStatement: up to 25 PartiQL statements, all of them reads or all of them writes.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from ddbmodel import limits
from ddbmodel.codec.values import AttributeValue, Item
from ddbmodel.errors import ExpressionError
from ddbmodel.operations.capacity import ConsumedCapacity, ReturnCapacity, consumed_capacities
from ddbmodel.operations.request import optional_parameters


@dataclass(frozen=True, slots=True)
class BatchStatement:
    """One statement of a batch or a transaction.

    Attributes:
        table: what it is on.
        text: with a `?` for each parameter.
        parameters: in stored form.
        changes: False of what only reads or checks.
    """

    table: str
    text: str = field(repr=False)
    parameters: Sequence[AttributeValue] = field(default=(), repr=False)
    changes: bool = False

    def to_wire(self) -> dict[str, Any]:
        """The members that every kind of statement has."""
        return {"Statement": self.text} | optional_parameters(Parameters=list(self.parameters) or None)


def common_table(statements: Sequence[BatchStatement]) -> str | None:
    """The table, if it is only one."""
    tables = {statement.table for statement in statements}
    return tables.pop() if len(tables) == 1 else None


def check_count(name: str, statements: Sequence[BatchStatement], most: int) -> None:
    """Refuse none, and too many.

    Raises:
        ExpressionError: it is so.
    """
    if not 1 <= len(statements) <= most:
        raise ExpressionError(f"{name} of {len(statements)} statements: use 1 to {most}")


@dataclass(frozen=True, slots=True)
class BatchedReads:
    """SELECTs, each of at most one item, whose whole primary key it binds by `=`.

    Atomicity: none. Each succeeds or fails by itself.

    Attributes:
        statements: 1 to 25.
        consistent: see every write that succeeded before.

    Raises:
        ExpressionError: there are none, or more than 25.
    """

    name: ClassVar[str] = "BatchExecuteStatement"
    method: ClassVar[str] = "batch_execute_statement"
    is_write: ClassVar[bool] = False

    statements: tuple[BatchStatement, ...]
    consistent: bool = False
    return_capacity: ReturnCapacity | None = None

    def __post_init__(self) -> None:
        check_count(self.name, self.statements, limits.BATCH_STATEMENTS)

    @property
    def table(self) -> str | None:
        """The table, if it is only one."""
        return common_table(self.statements)

    @property
    def repeatable(self) -> bool:
        """Reads change nothing."""
        return True

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        own = optional_parameters(ConsistentRead=self.consistent or None)
        wire: dict[str, Any] = {"Statements": [statement.to_wire() | own for statement in self.statements]}
        return wire | optional_parameters(ReturnConsumedCapacity=self.return_capacity)


@dataclass(frozen=True, slots=True)
class BatchedWrites:
    """INSERTs, UPDATEs and DELETEs, each of one item.

    Atomicity: none. Each succeeds or fails by itself.

    Attributes:
        statements: 1 to 25.

    Raises:
        ExpressionError: there are none, or more than 25.
    """

    name: ClassVar[str] = "BatchExecuteStatement"
    method: ClassVar[str] = "batch_execute_statement"
    is_write: ClassVar[bool] = True

    statements: tuple[BatchStatement, ...]
    return_capacity: ReturnCapacity | None = None

    def __post_init__(self) -> None:
        check_count(self.name, self.statements, limits.BATCH_STATEMENTS)

    @property
    def table(self) -> str | None:
        """The table, if it is only one."""
        return common_table(self.statements)

    @property
    def repeatable(self) -> bool:
        """Nobody knows what a statement does when it is applied twice."""
        return False

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        own = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        wire: dict[str, Any] = {"Statements": [statement.to_wire() | own for statement in self.statements]}
        return wire | optional_parameters(ReturnConsumedCapacity=self.return_capacity)


@dataclass(frozen=True, slots=True)
class StatementError:
    """Why one statement of a batch failed.

    Attributes:
        code: without the `Exception` that codes of whole requests end with.
        message: the service's words.
        item: the stored item that did not meet the condition of a write.
    """

    code: str
    message: str = field(repr=False)
    item: Item | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class StatementResponse:
    """What one statement came to.

    Attributes:
        item: what was found, or what RETURNING asked for.
        error: why it failed; None if it did not.
    """

    item: Item | None = field(repr=False)
    error: StatementError | None

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> Self:
        """Read one response."""
        error: Mapping[str, Any] | None = wire.get("Error")
        if error is None:
            return cls(wire.get("Item") or None, None)
        told = StatementError(
            error.get("Code") or "Unknown", error.get("Message") or "", error.get("Item") or None
        )
        return cls(None, told)


@dataclass(frozen=True, slots=True)
class StatementResponses:
    """What the statements came to, in their order.

    Attributes:
        responses: one for each statement.
        capacity: one entry per table, if it was asked for.
    """

    responses: tuple[StatementResponse, ...]
    capacity: tuple[ConsumedCapacity, ...]

    @classmethod
    def from_wire(cls, reply: Mapping[str, Any]) -> Self:
        """Read the reply."""
        return cls(
            tuple(StatementResponse.from_wire(one) for one in reply.get("Responses") or ()),
            consumed_capacities(reply),
        )
