"""ExecuteTransaction: up to 100 PartiQL statements, all of them or none.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteTransaction.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from ddbmodel import limits
from ddbmodel.errors import ExpressionError
from ddbmodel.operations.batch_execute_statement import BatchStatement, check_count, common_table
from ddbmodel.operations.capacity import ReturnCapacity
from ddbmodel.operations.request import optional_parameters


@dataclass(frozen=True, slots=True)
class TransactedReads:
    """SELECTs of one moment, each of at most one item, whose whole primary key it binds by `=`.

    Cost: twice the read units of consistent reads.

    Attributes:
        statements: 1 to 100.

    Raises:
        ExpressionError: there are none, or more than 100.
    """

    name: ClassVar[str] = "ExecuteTransaction"
    method: ClassVar[str] = "execute_transaction"
    is_write: ClassVar[bool] = False

    statements: tuple[BatchStatement, ...]
    return_capacity: ReturnCapacity | None = None

    def __post_init__(self) -> None:
        check_count(self.name, self.statements, limits.TRANSACTION_STATEMENTS)

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
        wire: dict[str, Any] = {"TransactStatements": [one.to_wire() for one in self.statements]}
        return wire | optional_parameters(ReturnConsumedCapacity=self.return_capacity)


@dataclass(frozen=True, slots=True)
class TransactedWrites:
    """Writes, and checks by EXISTS. The reply has nothing to be read.

    Atomicity: all of them happen, or none does.
    Cost: twice the write units of the same writes without a transaction.

    Attributes:
        statements: 1 to 100, and one for an item at most.
        token: 1 to 36 characters, as in `TransactWriteItems`.

    Raises:
        ExpressionError: there are none, more than 100, or the token has another length.
    """

    name: ClassVar[str] = "ExecuteTransaction"
    method: ClassVar[str] = "execute_transaction"
    is_write: ClassVar[bool] = True

    statements: tuple[BatchStatement, ...]
    token: str = field(repr=False)
    return_capacity: ReturnCapacity | None = None

    def __post_init__(self) -> None:
        check_count(self.name, self.statements, limits.TRANSACTION_STATEMENTS)
        if not 1 <= len(self.token) <= limits.TRANSACTION_TOKEN_CHARACTERS:
            raise ExpressionError(
                f"a transaction's token is text of 1 to {limits.TRANSACTION_TOKEN_CHARACTERS} characters"
            )

    @property
    def table(self) -> str | None:
        """The table, if it is only one."""
        return common_table(self.statements)

    @property
    def repeatable(self) -> bool:
        """By its token the service knows what it has applied already."""
        return True

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API. A check has no item to return: it is refused as there is none."""
        old = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        wire: dict[str, Any] = {
            "TransactStatements": [one.to_wire() | (old if one.changes else {}) for one in self.statements],
            "ClientRequestToken": self.token,
        }
        return wire | optional_parameters(ReturnConsumedCapacity=self.return_capacity)
