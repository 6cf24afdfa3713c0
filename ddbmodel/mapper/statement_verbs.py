"""The verbs that send PartiQL; `Mapper` has them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, TypeVar, overload

from pydantic import BaseModel

from ddbmodel import limits
from ddbmodel.errors import (
    ConditionalCheckFailed,
    ExpressionError,
    ItemExists,
    ReplyCorrupt,
    ServiceError,
    TransactionCanceled,
    WriteOutcomeUnknown,
)
from ddbmodel.mapper.arguments import plan_of_class
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.reading import OnInvalid, is_lenient
from ddbmodel.mapper.statement_groups import StatementGroup, StatementLike, StatementOutcome
from ddbmodel.mapper.statements import Statement, StatementItems, StatementReader
from ddbmodel.operations.batch_execute_statement import BatchedReads, BatchedWrites, StatementResponses
from ddbmodel.operations.execute_statement import StatementResult, WriteStatement
from ddbmodel.operations.execute_transaction import TransactedReads, TransactedWrites

M = TypeVar("M", bound=BaseModel)

_DUPLICATE = "DuplicateItemException"
_TOKEN = f"a transaction's token is text of 1 to {limits.TRANSACTION_TOKEN_CHARACTERS} characters"


class StatementVerbs:
    """Sends PartiQL statements."""

    _gateway: Gateway

    @overload
    async def execute(
        self,
        statement: str,
        parameters: Sequence[Any] = (),
        /,
        *,
        model: type[M],
        consistent: bool = False,
        allow_scan: bool = False,
    ) -> list[M]: ...
    @overload
    async def execute(
        self,
        statement: str,
        parameters: Sequence[Any] = (),
        /,
        *,
        model: None = None,
        consistent: bool = False,
        allow_scan: bool = False,
    ) -> list[dict[str, Any]]: ...
    async def execute(
        self,
        statement: str,
        parameters: Sequence[Any] = (),
        /,
        *,
        model: Any = None,
        consistent: bool = False,
        allow_scan: bool = False,
    ) -> list[Any]:
        """Execute one PartiQL statement: SELECT, INSERT, UPDATE or DELETE.

            orders = await mapper.execute(
                'SELECT * FROM "orders" WHERE customer_id = ?', ["c1"], model=Order
            )

        Values go into parameters, one for each `?`, and never into the text. Each is stored by its own type,
        as a field of that type would be. Tables and attributes have their stored names, the table's prefix
        included.

        A write goes around what the mapper does for models: versions, timestamps, unique fields, and keys
        that are written from templates. It changes one item, and is sent once: if its reply is lost, that is
        `WriteOutcomeUnknown`.

        Memory: all items of a SELECT; `select` gives them page by page.

        Args:
            statement: the text.
            parameters: the values.
            model: what the items are read as; dicts if not given.
            consistent: see every write that succeeded before; of a SELECT.
            allow_scan: accept a SELECT that reads the whole table or index, as its WHERE does not bind the
                partition key by `=` or `IN`.

        Returns:
            The items of a SELECT; of a write, what `RETURNING` asks for.

        Raises:
            ExpressionError: the statement is none of these, reads the whole table, or has another number of
                `?` than there are parameters. Nothing was sent.
            CodecError: a parameter cannot be stored, or an item is not one of the model.
            ItemExists: an INSERT found an item with its key.
            ConditionalCheckFailed: the WHERE of a write was not true, or there is no such item.
            WriteOutcomeUnknown: the reply of a write was lost.
            RequestRefused: the service calls the statement invalid.
        """
        parsed = Statement.of(statement, parameters)
        plan = None if model is None else plan_of_class("execute", model)
        if parsed.is_select:
            reader = StatementReader(self._gateway, parsed, plan, consistent, allow_scan)
            items: StatementItems[Any] = StatementItems(reader)
            return [item async for item in items]
        if consistent or allow_scan:
            raise ExpressionError("execute: consistent= and allow_scan= are for SELECT")
        request = WriteStatement(parsed.table, parsed.text, parsed.parameters)
        reader = StatementReader(self._gateway, parsed, plan)
        try:
            reply = await self._gateway.send(request)
        except ConditionalCheckFailed as refusal:
            refusal.item = None if refusal.item is None else reader.decode(refusal.item)
            raise
        except ServiceError as error:
            if error.code != _DUPLICATE:
                raise
            raise ItemExists(f"INSERT into table {parsed.table!r}: there is an item with this key") from error
        return [reader.decode(item) for item in StatementResult.from_wire(reply).items]

    @overload
    def select(
        self,
        statement: str,
        parameters: Sequence[Any] = (),
        /,
        *,
        model: type[M],
        consistent: bool = False,
        allow_scan: bool = False,
        on_invalid: OnInvalid = "raise",
    ) -> StatementItems[M]: ...
    @overload
    def select(
        self,
        statement: str,
        parameters: Sequence[Any] = (),
        /,
        *,
        model: None = None,
        consistent: bool = False,
        allow_scan: bool = False,
        on_invalid: OnInvalid = "raise",
    ) -> StatementItems[dict[str, Any]]: ...
    def select(
        self,
        statement: str,
        parameters: Sequence[Any] = (),
        /,
        *,
        model: Any = None,
        consistent: bool = False,
        allow_scan: bool = False,
        on_invalid: OnInvalid = "raise",
    ) -> Any:
        """Select with PartiQL, page by page: iterate over it, or ask for pages.

        Args:
            statement: a SELECT; see `execute`.
            parameters: see `execute`.
            model: see `execute`.
            consistent: see `execute`.
            allow_scan: see `execute`.
            on_invalid: what to do about an item that is not one of the model; see `query`.

        Raises:
            ExpressionError: see `execute`; whether it is a scan shows when it is iterated over.
        """
        parsed = Statement.of(statement, parameters)
        if not parsed.is_select:
            raise ExpressionError("select takes a SELECT: execute() takes the others")
        plan = None if model is None else plan_of_class("select", model)
        lenient = is_lenient(on_invalid)
        selection: StatementItems[Any] = StatementItems(
            StatementReader(self._gateway, parsed, plan, consistent, allow_scan, lenient)
        )
        return selection

    @overload
    async def execute_batch(
        self, statements: Sequence[StatementLike], /, *, model: type[M], consistent: bool = False
    ) -> list[StatementOutcome[M]]: ...
    @overload
    async def execute_batch(
        self, statements: Sequence[StatementLike], /, *, model: None = None, consistent: bool = False
    ) -> list[StatementOutcome[dict[str, Any]]]: ...
    async def execute_batch(
        self, statements: Sequence[StatementLike], /, *, model: Any = None, consistent: bool = False
    ) -> list[Any]:
        """Execute up to 25 PartiQL statements in one request: all of them SELECTs, or all of them writes.

            found = await mapper.execute_batch(
                [(one, ["c1", "o1"]), (one, ["c1", "o2"])], model=Order
            )

        Each SELECT reads one item, whose whole primary key it binds by `=`. What is said of values and writes
        at `execute` holds here too.

        Atomicity: none. Each statement succeeds or fails by itself, and its outcome says so. What failed is
        not sent again.

        Args:
            statements: each a text, or a text with its parameters.
            model: what the items are read as, of statements on one table; dicts if not given.
            consistent: see every write that succeeded before; of SELECTs.

        Returns:
            The outcome of each statement, in order: its `item`, or the `error` that `execute` would have
            raised. `WriteOutcomeUnknown` is one of a write that the service failed in.

        Raises:
            ExpressionError: there are none or more than 25, reads and writes are mixed, a SELECT does not
                read one item by its key, or a statement cannot be executed. Nothing was sent.
            CodecError: a parameter cannot be stored. Nothing was sent.
            WriteOutcomeUnknown: the reply of a batch of writes was lost: any of them may have been applied.
                It was not sent again.
            ServiceError: the batch as a whole was refused. Nothing was written.

        Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html
        """
        plan = None if model is None else plan_of_class("execute_batch", model)
        group = StatementGroup.of("execute_batch", statements, plan, limits.BATCH_STATEMENTS)
        if consistent and not group.is_select:
            raise ExpressionError("execute_batch: consistent= is for SELECT")
        await group.check(self._gateway)
        request = (
            BatchedReads(group.requests(), consistent) if group.is_select else BatchedWrites(group.requests())
        )
        found = StatementResponses.from_wire(await self._gateway.send(request)).responses
        _check_length(request, len(found))
        return [group.outcome(number, one, request.name) for number, one in enumerate(found)]

    @overload
    async def execute_transaction(
        self, statements: Sequence[StatementLike], /, *, model: type[M], token: str | None = None
    ) -> list[M | None]: ...
    @overload
    async def execute_transaction(
        self, statements: Sequence[StatementLike], /, *, model: None = None, token: str | None = None
    ) -> list[dict[str, Any] | None]: ...
    async def execute_transaction(
        self, statements: Sequence[StatementLike], /, *, model: Any = None, token: str | None = None
    ) -> list[Any]:
        """Execute up to 100 PartiQL statements, all of them or none: all SELECTs, or all writes.

        `EXISTS(SELECT ...)` is a statement too: among writes, it lets the transaction happen only if there
        is such an item. Each SELECT, in EXISTS too, binds the whole primary key by `=`. No two statements are
        on one item.

        Atomicity: all writes, or none; SELECTs see one moment.
        Cost: twice the units of the same statements without a transaction.

        Args:
            statements: each a text, or a text with its parameters.
            model: what the items are read as, of statements on one table; dicts if not given.
            token: up to 36 characters that name a transaction of writes, one of its own if not given. Sent
                again within ten minutes with the same token and statements, it is not applied a second time.

        Returns:
            For each SELECT its item, None if there is none; of writes, nothing.

        Raises:
            ExpressionError: there are none or more than 100, reads and writes are mixed, a SELECT does not
                read one item by its key, a statement cannot be executed, or a token is none or is with
                SELECTs. Nothing was sent.
            CodecError: a parameter cannot be stored, or an item is not one of the model.
            ConditionalCheckFailed, ItemExists: of the first statement whose condition was false. Nothing was
                written. The cause is a `TransactionCanceled` with the reasons of all.
            TransactionCanceled: for other reasons, such as a conflict with another writer that did not end.
            WriteOutcomeUnknown: the reply was lost, and it was sent again with its token in vain.

        Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteTransaction.html
        """
        plan = None if model is None else plan_of_class("execute_transaction", model)
        group = StatementGroup.of("execute_transaction", statements, plan, limits.TRANSACTION_STATEMENTS)
        request = _transaction(group, token)
        await group.check(self._gateway)
        try:
            reply = await self._gateway.send(request)
        except TransactionCanceled as canceled:
            error = group.refusal(canceled)
            raise error from error.__cause__
        if isinstance(request, TransactedWrites):
            return []
        found = StatementResponses.from_wire(reply).responses
        _check_length(request, len(found))
        return [None if one.item is None else group.decode(one.item) for one in found]


def _transaction(group: StatementGroup, token: Any) -> TransactedReads | TransactedWrites:
    if group.is_select:
        if token is not None:
            raise ExpressionError("execute_transaction: token= is for writes; SELECTs can always be repeated")
        return TransactedReads(group.requests())
    if token is not None and not (
        isinstance(token, str) and 1 <= len(token) <= limits.TRANSACTION_TOKEN_CHARACTERS
    ):
        raise ExpressionError(_TOKEN)
    return TransactedWrites(group.requests(), token or str(uuid.uuid4()))


def _check_length(request: BatchedReads | BatchedWrites | TransactedReads, found: int) -> None:
    """Refuse a reply that does not tell of each statement.

    Raises:
        WriteOutcomeUnknown: of writes.
        ReplyCorrupt: of reads.
    """
    asked = len(request.statements)
    if found == asked:
        return
    said = f"{request.name}: the reply tells of {found} statements, and {asked} were sent"
    if request.is_write:
        raise WriteOutcomeUnknown(f"{said}: they may or may not have been applied; read what is stored")
    raise ReplyCorrupt(said, operation=request.name, table=request.table, code="NotAReply")
