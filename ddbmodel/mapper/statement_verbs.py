"""The verbs that send PartiQL; `Mapper` has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar, overload

from pydantic import BaseModel

from ddbmodel.errors import ConditionalCheckFailed, ExpressionError, ItemExists, ServiceError
from ddbmodel.mapper.arguments import plan_of_class
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.reading import OnInvalid, is_lenient
from ddbmodel.mapper.statements import Statement, StatementItems, StatementReader
from ddbmodel.operations.execute_statement import StatementResult, WriteStatement

M = TypeVar("M", bound=BaseModel)

_DUPLICATE = "DuplicateItemException"


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
