"""The verbs that read; `Mapper` has them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, TypeVar, overload

from pydantic import BaseModel

from ddbmodel.errors import ExpressionError, ItemNotFound
from ddbmodel.mapper import batch_get, items
from ddbmodel.mapper.arguments import key_of_target, key_of_values, plan_of_class
from ddbmodel.mapper.collection import Collection
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.pages import ReadOptions
from ddbmodel.mapper.query import Query
from ddbmodel.mapper.reading import InvalidItem, OnInvalid, is_lenient
from ddbmodel.mapper.scan import Scan
from ddbmodel.mapper.transact_get import transact_get
from ddbmodel.model import ItemKey, ModelPlan

M = TypeVar("M", bound=BaseModel)
A = TypeVar("A", bound=BaseModel)
B = TypeVar("B", bound=BaseModel)
C = TypeVar("C", bound=BaseModel)
D = TypeVar("D", bound=BaseModel)
E = TypeVar("E", bound=BaseModel)


class ReadingVerbs:
    """Reads models."""

    _gateway: Gateway

    # Single items -------------------------------------------------------------------------------------------

    @overload
    async def get(self, key: ItemKey[M], /, *, consistent: bool | None = None) -> M | None: ...
    @overload
    async def get(
        self, model: type[M], /, *values: Any, consistent: bool | None = None, **fields: Any
    ) -> M | None: ...
    async def get(self, model: Any, /, *values: Any, consistent: bool | None = None, **fields: Any) -> Any:
        """Read one item: `get(Order, "c1", "o1")`, or with field names, or `get(key)`.

        Cost: half a read unit for each 4 KB; consistent, a whole one.

        Returns:
            The model; None if there is no such item.

        Raises:
            CodecError: the key cannot be stored, or the item is not one of this model.
        """
        key = key_of_values("get", model, values, fields)
        return await items.get(self._gateway, key, consistent=self._gateway.is_consistent(consistent))

    @overload
    async def require(self, key: ItemKey[M], /, *, consistent: bool | None = None) -> M: ...
    @overload
    async def require(
        self, model: type[M], /, *values: Any, consistent: bool | None = None, **fields: Any
    ) -> M: ...
    async def require(
        self, model: Any, /, *values: Any, consistent: bool | None = None, **fields: Any
    ) -> Any:
        """Read one item that must be there; otherwise as `get`.

        Raises:
            ItemNotFound: there is no such item.
        """
        key = key_of_values("require", model, values, fields)
        found = await items.get(self._gateway, key, consistent=self._gateway.is_consistent(consistent))
        if found is None:
            raise ItemNotFound(
                f"there is no {key.model.__name__} with this key; use get if it may be missing"
            )
        return found

    @overload
    async def transact_get(self, a: ItemKey[A], /) -> tuple[A | None]: ...
    @overload
    async def transact_get(self, a: ItemKey[A], b: ItemKey[B], /) -> tuple[A | None, B | None]: ...
    @overload
    async def transact_get(
        self, a: ItemKey[A], b: ItemKey[B], c: ItemKey[C], /
    ) -> tuple[A | None, B | None, C | None]: ...
    @overload
    async def transact_get(
        self, a: ItemKey[A], b: ItemKey[B], c: ItemKey[C], d: ItemKey[D], /
    ) -> tuple[A | None, B | None, C | None, D | None]: ...
    @overload
    async def transact_get(self, *keys: ItemKey[M]) -> tuple[M | None, ...]: ...
    async def transact_get(self, *keys: ItemKey[Any]) -> tuple[Any, ...]:
        """Read up to 100 items of any models as they are at one moment; None where there is no item.

        Cost: twice the read units of consistent reads.

        Raises:
            TransactionCanceled: an item is being written by a transaction, and still was after all retries.
            ExpressionError: no key, or more than 100.
        """
        return tuple(await transact_get(self._gateway, [key_of_target("transact_get", key) for key in keys]))

    # Many items ---------------------------------------------------------------------------------------------

    @overload
    def query(self, model: type[M], /, *, on_invalid: OnInvalid = "raise") -> Query[M]: ...
    @overload
    def query(self, a: type[A], b: type[B], /, *, on_invalid: OnInvalid = "raise") -> Collection[A | B]: ...
    @overload
    def query(
        self, a: type[A], b: type[B], c: type[C], /, *, on_invalid: OnInvalid = "raise"
    ) -> Collection[A | B | C]: ...
    @overload
    def query(
        self, a: type[A], b: type[B], c: type[C], d: type[D], /, *, on_invalid: OnInvalid = "raise"
    ) -> Collection[A | B | C | D]: ...
    @overload
    def query(
        self,
        a: type[A],
        b: type[B],
        c: type[C],
        d: type[D],
        e: type[E],
        /,
        *,
        on_invalid: OnInvalid = "raise",
    ) -> Collection[A | B | C | D | E]: ...
    @overload
    def query(
        self,
        a: type[BaseModel],
        b: type[BaseModel],
        c: type[BaseModel],
        d: type[BaseModel],
        e: type[BaseModel],
        f: type[BaseModel],
        /,
        *more: type[BaseModel],
        on_invalid: OnInvalid = "raise",
    ) -> Collection[Any]: ...
    def query(self, *models: type[BaseModel], on_invalid: OnInvalid = "raise") -> Any:
        """Read the items of one partition key: `mapper.query(Order).where(Order.customer_id == "c1")`.

        Several models of a shared table are read together: `mapper.query(Customer, Order)` yields both, each
        item as the model of its entity. Nothing is sent before the query is iterated over, listed, counted or
        paged.

        Args:
            models: the model, or several that share a table.
            on_invalid: what to do about an item that cannot be decoded: `"raise"` the `CodecError`, or
                `"collect"` it in `Query.invalid` or `Page.invalid` and go on; the limit does not count it.

        Raises:
            ExpressionError: no model, or several that do not share a table.
        """
        if not models:
            raise ExpressionError("query takes a model class such as Order, or several")
        options = ReadOptions(consistent=self._gateway.consistent_reads, lenient=is_lenient(on_invalid))
        plans: list[ModelPlan[Any]] = [plan_of_class("query", model) for model in models]
        if len(plans) > 1:
            several: Collection[Any] = Collection(self._gateway, plans, options)
            return several
        query: Query[Any] = Query(self._gateway, plans[0], options)
        return query

    def scan(self, model: type[M], *, segments: int = 1, on_invalid: OnInvalid = "raise") -> Scan[M]:
        """Read every item of a model's table, in parallel segments; `.where()` filters what was read.

        Memory: up to one page (1 MB) for each segment.

        Args:
            model: the model.
            segments: how many parts of the table are read at once.
            on_invalid: see `query`.
        """
        options = ReadOptions(consistent=self._gateway.consistent_reads, lenient=is_lenient(on_invalid))
        return Scan(self._gateway, plan_of_class("scan", model), options, segments)

    @overload
    async def batch_get(
        self,
        model: type[M],
        keys: Iterable[Any],
        *,
        consistent: bool | None = None,
        on_invalid: Literal["raise"] = "raise",
    ) -> list[M | None]: ...
    @overload
    async def batch_get(
        self,
        model: type[M],
        keys: Iterable[Any],
        *,
        consistent: bool | None = None,
        on_invalid: Literal["collect"],
    ) -> list[M | InvalidItem | None]: ...
    async def batch_get(
        self,
        model: type[M],
        keys: Iterable[Any],
        *,
        consistent: bool | None = None,
        on_invalid: OnInvalid = "raise",
    ) -> list[Any]:
        """Read any number of items by their keys.

        Atomicity: each item is read at its own moment.

        Args:
            model: the model.
            keys: `Order.key(...)`, tuples, dicts of fields, or single values where the key has one field.
            consistent: see every write that succeeded before; as the mapper does if not given.
            on_invalid: what to do about an item that cannot be decoded: `"raise"` the `CodecError`, or
                `"collect"` it, as an `InvalidItem` in its place.

        Returns:
            One entry for each key, in order; None where there is no item. A key that comes twice is read
            once.

        Raises:
            CodecError: an item is not one of this model; `.key` is its key.
            Throttled: keys stayed unprocessed after many tries.
        """
        lenient, is_consistent = is_lenient(on_invalid), self._gateway.is_consistent(consistent)
        return await batch_get.batch_get(
            self._gateway, model, keys, consistent=is_consistent, lenient=lenient
        )
