"""PartiQL statements: what they are, whether they scan, and their pages."""

# pyright: reportUnnecessaryIsInstance=false
# The checks are for callers without a type checker.

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from ddbmodel.codec.untyped import decode, encode_dumped, encode_elements
from ddbmodel.codec.values import AttributeValue, Item
from ddbmodel.errors import CodecError, ExpressionError
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.partiql import Clauses, parse
from ddbmodel.mapper.reading import InvalidItem, decoded
from ddbmodel.model import ModelPlan
from ddbmodel.operations import DescribeTable, DescribeTableResult
from ddbmodel.operations.execute_statement import SelectStatement, StatementResult
from ddbmodel.schema import TableSchema

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with its parameters.

    Attributes:
        text: as it was given.
        parameters: in stored form.
        clauses: what it says of tables and keys.
    """

    text: str = field(repr=False)
    parameters: Sequence[AttributeValue] = field(repr=False)
    clauses: Clauses

    @classmethod
    def of(cls, text: str, parameters: Sequence[Any], *, checks: bool = False) -> Statement:
        """Look at a statement, and encode its parameters.

        Args:
            text: the statement.
            parameters: one value for each `?`.
            checks: take `EXISTS(SELECT ...)` too.

        Raises:
            ExpressionError: it is none that can be executed, or the numbers of `?` and parameters differ.
            CodecError: a parameter cannot be stored.
        """
        if not isinstance(text, str):
            raise ExpressionError("execute takes the text of a PartiQL statement, and its parameters")
        if isinstance(parameters, str | bytes) or not isinstance(parameters, Sequence):
            raise ExpressionError('parameters are a list, with one value for each "?"')
        clauses = parse(text, checks=checks)
        if clauses.parameters != len(parameters):
            raise ExpressionError(
                f'the statement has {clauses.parameters} "?", and there are {len(parameters)} parameters'
            )
        try:
            encoded = encode_elements(parameters, _encode)
        except CodecError as error:
            raise error.about("the parameters") from error.__cause__
        return cls(text, encoded, clauses)

    @property
    def table(self) -> str:
        """The table's name."""
        return self.clauses.table

    @property
    def is_select(self) -> bool:
        """False of a write."""
        return self.clauses.verb == "SELECT"


def _encode(value: Any) -> AttributeValue:
    if isinstance(value, set | frozenset) and not value:
        raise CodecError("DynamoDB has no empty set: leave the attribute out")
    return encode_dumped(value)


@dataclass(frozen=True, slots=True)
class StatementPage(Generic[R]):
    """One page of a SELECT.

    Attributes:
        items: can be none, though there are more.
        next: the service's token for the next page; None after the last.
        invalid: what could not be decoded, if it is collected.
    """

    items: list[R]
    next: str | None
    invalid: list[InvalidItem] = field(default_factory=list[InvalidItem])


@dataclass(frozen=True, slots=True)
class StatementReader:
    """Reads the pages of a SELECT, and decodes items.

    Attributes:
        gateway: the way to the service.
        statement: the statement.
        plan: what items are decoded as; None makes dicts.
        consistent: read consistently.
        allow_scan: accept what reads the whole table.
        lenient: set aside what cannot be decoded.
    """

    gateway: Gateway
    statement: Statement
    plan: ModelPlan[Any] | None
    consistent: bool = False
    allow_scan: bool = False
    lenient: bool = False

    def __post_init__(self) -> None:
        if self.plan is not None and self.gateway.table_name(self.plan) != self.statement.table:
            raise ExpressionError(
                f"the statement is on table {self.statement.table!r}, and {self.plan.model.__name__} is in "
                f"{self.gateway.table_name(self.plan)!r}"
            )
        if self.plan is not None:
            self._check(self.plan.stored_table)

    def decode(self, item: Item) -> Any:
        """Give the model, or the dict, of an item.

        Raises:
            CodecError: it is not one of the model.
        """
        if self.plan is not None:
            return decoded(self.plan, item)
        return {name: decode(stored) for name, stored in item.items()}

    async def page(self, size: int | None, token: str | None) -> StatementPage[Any]:
        """Read a page."""
        if self.plan is None and self._needs_schema and token is None:  # who has a token has passed it
            reply = await self.gateway.send(DescribeTable(self.statement.table))
            self._check(DescribeTableResult.from_wire(reply).description.schema)
        request = SelectStatement(
            self.statement.table,
            self.statement.text,
            self.statement.parameters,
            consistent=self.consistent,
            limit=size,
            token=token,
        )
        result = StatementResult.from_wire(await self.gateway.send(request))
        items, invalid = list[Any](), list[InvalidItem]()
        for item in result.items:
            try:
                items.append(self.decode(item))
            except CodecError as error:
                if not self.lenient:
                    raise
                invalid.append(InvalidItem(error.key or {}, error.with_traceback(None), item))
        return StatementPage(items, result.token, invalid)

    @property
    def _needs_schema(self) -> bool:
        return not self.allow_scan or (self.consistent and self.statement.clauses.index is not None)

    def _check(self, schema: TableSchema) -> None:
        """Refuse a SELECT that reads the whole table or index, or a global index consistently.

        Raises:
            ExpressionError: it does, or its index is unknown.

        Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.select.html
        """
        clauses = self.statement.clauses
        if clauses.verb != "SELECT":
            return
        found = [index for index in schema.indexes if index.name == clauses.index]
        if self.consistent and found and found[0].kind == "global":
            raise ExpressionError(
                f"the SELECT is on {clauses.index!r}, and a global index cannot be read consistently: leave "
                "consistent= out, or read the table"
            )
        if self.allow_scan:
            return
        key = schema.partition_key
        if clauses.index is not None:
            if not found:
                raise ExpressionError(
                    f"table {clauses.table!r} has no index {clauses.index!r} that is known: check its name, "
                    "or pass allow_scan=True if the statement binds its partition key"
                )
            key = found[0].partition_key
        missing = [attribute.name for attribute in key if attribute.name not in clauses.bound]
        if missing:
            raise ExpressionError(
                f"the SELECT would read all of {clauses.index or clauses.table!r}: bind its partition key "
                f"({', '.join(missing)}) by = or IN, joined by AND, or pass allow_scan=True"
            )


class StatementItems(Generic[R]):
    """The items of a SELECT. Iterating over it reads page after page.

    Attributes:
        invalid: what could not be decoded while it was iterated over, if it is collected.
    """

    def __init__(self, reader: StatementReader) -> None:
        self._reader = reader
        self.invalid: list[InvalidItem] = []

    def __repr__(self) -> str:
        return f"<StatementItems of {self._reader.statement.table}>"

    async def page(self, *, size: int | None = None, after: str | None = None) -> StatementPage[R]:
        """Read one page.

        Args:
            size: how many items are read, at most, before what filters them; 1 MB applies as well.
            after: `next` of the page before, of the same statement with the same parameters.

        Raises:
            ExpressionError: the size is not a whole number from 1 on; or it would be a scan.
        """
        if size is not None and (not isinstance(size, int) or isinstance(size, bool) or size < 1):
            raise ExpressionError("size is a whole number from 1 on")
        return await self._reader.page(size, after)

    async def __aiter__(self) -> AsyncGenerator[R]:
        token: str | None = None
        while True:
            page = await self.page(after=token)
            self.invalid.extend(page.invalid)
            for item in page.items:
                yield item
            token = page.next
            if token is None:
                return
