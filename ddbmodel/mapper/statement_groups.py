"""Several PartiQL statements that go as one request: what may go together, and what each came to."""

# pyright: reportUnnecessaryIsInstance=false
# The checks are for callers without a type checker.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Generic, TypeAlias, TypeVar

from ddbmodel.codec.untyped import decode
from ddbmodel.codec.values import Item
from ddbmodel.errors import (
    AccessDenied,
    CodecError,
    ConditionalCheckFailed,
    DDBModelError,
    ExpressionError,
    ItemExists,
    RequestRefused,
    ServiceError,
    TableNotFound,
    Throttled,
    TransactionCanceled,
    WriteOutcomeUnknown,
)
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.reading import decoded
from ddbmodel.mapper.statements import Statement
from ddbmodel.model import ModelPlan
from ddbmodel.operations import DescribeTable, DescribeTableResult
from ddbmodel.operations.batch_execute_statement import BatchStatement, StatementError, StatementResponse
from ddbmodel.schema import TableSchema
from ddbmodel.transport.redaction import presentable

R = TypeVar("R")

StatementLike: TypeAlias = str | tuple[str, Sequence[Any]]
"""The text of a statement, or the text and its parameters."""

_FALSE: Final = "ConditionalCheckFailed"
_DUPLICATE: Final = "DuplicateItem"
_FINE: Final = "None"
_INTERNAL: Final = "InternalServerError"
# Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchStatementError.html
_ERRORS: Final[dict[str, type[ServiceError]]] = {
    "AccessDenied": AccessDenied,
    "ItemCollectionSizeLimitExceeded": RequestRefused,
    "ProvisionedThroughputExceeded": Throttled,
    "RequestLimitExceeded": Throttled,
    "ResourceNotFound": TableNotFound,
    "ThrottlingError": Throttled,
    "ValidationError": RequestRefused,
}


@dataclass(frozen=True, slots=True)
class StatementOutcome(Generic[R]):
    """What one statement of a batch came to.

    Attributes:
        item: what a SELECT found, or what the RETURNING of a write asks for; None if there is none.
        error: why it failed; None if it did not.
    """

    item: R | None = field(default=None, repr=False)
    error: DDBModelError | None = None


@dataclass(frozen=True, slots=True)
class StatementGroup:
    """Statements of one request.

    Attributes:
        name: of the verb, for messages.
        statements: in their order.
        plan: what items are decoded as; None makes dicts.
    """

    name: str
    statements: tuple[Statement, ...]
    plan: ModelPlan[Any] | None

    @classmethod
    def of(
        cls, name: str, statements: Sequence[StatementLike], plan: ModelPlan[Any] | None, most: int
    ) -> StatementGroup:
        """Look at statements, and encode their parameters.

        Raises:
            ExpressionError: one of them cannot be, or they cannot go together.
            CodecError: a parameter cannot be stored.
        """
        if isinstance(statements, str | bytes) or not isinstance(statements, Sequence):
            raise ExpressionError(f"{name} takes a list of statements, each a text, or (text, parameters)")
        if not 1 <= len(statements) <= most:
            raise ExpressionError(f"{name} takes 1 to {most} statements, and these are {len(statements)}")
        checks = name == "execute_transaction"
        group = cls(
            name,
            tuple(_statement(name, number, one, checks=checks) for number, one in enumerate(statements, 1)),
            plan,
        )
        if len({one.is_select for one in group.statements}) > 1:
            raise ExpressionError(f"{name}: statements that go together all read, or all write")
        return group

    @property
    def is_select(self) -> bool:
        """False of writes."""
        return self.statements[0].is_select

    async def check(self, gateway: Gateway) -> None:
        """Refuse statements on another table than the model's, and what does not read one item by its key.

        Without a model, the tables of SELECTs are described.

        Raises:
            ExpressionError: it is so.

        Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.multiplestatements.batching.html
        """
        keys: dict[str, tuple[str, ...]] = {}
        if self.plan is not None:
            keys[gateway.table_name(self.plan)] = _key_names(self.plan.stored_table)
        for number, one in enumerate(self.statements, 1):
            if self.plan is not None and one.table not in keys:
                raise ExpressionError(
                    f"{self.name}, statement {number}: it is on table {one.table!r}, and "
                    f"{self.plan.model.__name__} is in {gateway.table_name(self.plan)!r}"
                )
            if one.clauses.verb not in ("SELECT", "EXISTS"):
                continue
            if one.clauses.index is not None:
                raise ExpressionError(
                    f"{self.name}, statement {number}: it reads index {one.clauses.index!r}; what goes "
                    "together reads items by the key of their table, and execute() reads indexes"
                )
            if one.table not in keys:
                reply = await gateway.send(DescribeTable(one.table))
                keys[one.table] = _key_names(DescribeTableResult.from_wire(reply).description.schema)
            missing = [key for key in keys[one.table] if key not in one.clauses.equal]
            if missing:
                raise ExpressionError(
                    f"{self.name}, statement {number}: each SELECT reads one item of {one.table!r}: bind all "
                    f"of its key ({', '.join(missing)}) by =, joined by AND"
                )

    def requests(self) -> tuple[BatchStatement, ...]:
        """What is sent."""
        return tuple(
            BatchStatement(
                one.table, one.text, one.parameters, changes=one.clauses.verb not in ("SELECT", "EXISTS")
            )
            for one in self.statements
        )

    def outcome(self, number: int, response: StatementResponse, operation: str) -> StatementOutcome[Any]:
        """What the statement of this number, from 0 on, came to."""
        if response.error is not None:
            return StatementOutcome(error=self._error(number, response.error, operation))
        try:
            return StatementOutcome(None if response.item is None else self.decode(response.item))
        except CodecError as error:
            if not self.is_select:
                error.add_note("the statement has been executed; only what it returned could not be read")
            return StatementOutcome(error=error.with_traceback(None))

    def decode(self, item: Item) -> Any:
        """Give the model, or the dict, of an item.

        Raises:
            CodecError: it is not one of the model.
        """
        if self.plan is not None:
            return decoded(self.plan, item)
        return {name: decode(stored) for name, stored in item.items()}

    def refusal(self, canceled: TransactionCanceled) -> DDBModelError:
        """The error of the first statement whose condition was false; else the refusal itself."""
        reasons = [replace(one, item=self._readable(one.item)) for one in canceled.reasons]
        told = TransactionCanceled(str(canceled), reasons)
        told.__cause__ = canceled.__cause__
        failed = [(number, one) for number, one in enumerate(reasons) if one.code != _FINE]
        for number, reason in failed if len(reasons) == len(self.statements) else ():
            subject = f"{self._subject(number)}: "
            error: DDBModelError
            if reason.code == _FALSE:
                what = "its condition was false, so nothing of the transaction was written."
                error = ConditionalCheckFailed(subject + what, reason.item)
            elif reason.code == _DUPLICATE:
                what = "there is an item with this key, so nothing of the transaction was written"
                error = ItemExists(subject + what, reason.item)
            else:
                continue
            error.__cause__ = told
            if len(failed) > 1:
                error.add_note(
                    f"{len(failed) - 1} more of the statements failed; the cause's `reasons` tell why"
                )
            return error
        return told

    def _subject(self, number: int) -> str:
        one = self.statements[number]
        return f"{self.name}, statement {number + 1} ({one.clauses.verb} on table {one.table!r})"

    def _error(self, number: int, error: StatementError, operation: str) -> DDBModelError:
        subject, message = self._subject(number), presentable(error.message)
        said = f"{subject}: {message.rstrip('.') or 'the service gives no reason'} ({error.code})"
        if error.code == _FALSE:
            return ConditionalCheckFailed(
                f"{subject}: its condition was false, and it wrote nothing.", self._readable(error.item)
            )
        if error.code == _DUPLICATE:
            return ItemExists(f"{subject}: there is an item with this key", self._readable(error.item))
        if error.code == _INTERNAL and not self.is_select:
            return WriteOutcomeUnknown(
                f"{said}. It may or may not have been applied, and was not sent again, as that could apply "
                "it twice: read what is stored to find out."
            )
        kind = _ERRORS.get(error.code, ServiceError)
        return kind(said, operation=operation, table=self.statements[number].table, code=error.code)

    def _readable(self, item: Item | None) -> Any:
        """The model of a stored item; None if it is not one."""
        try:
            return None if item is None else self.decode(item)
        except CodecError:
            return None


def _statement(name: str, number: int, one: StatementLike, *, checks: bool) -> Statement:
    text, parameters = one if isinstance(one, tuple) and len(one) == 2 else (one, ())
    if not isinstance(text, str):
        raise ExpressionError(f"{name}, statement {number}: it is a text, or a pair (text, parameters)")
    try:
        return Statement.of(text, parameters, checks=checks)
    except CodecError as error:
        error.subject = f"{name}, statement {number}, the parameters"
        raise
    except ExpressionError as error:
        raise ExpressionError(f"{name}, statement {number}: {error}") from error.__cause__


def _key_names(table: TableSchema) -> tuple[str, ...]:
    return tuple(attribute.name for attribute in table.key)
