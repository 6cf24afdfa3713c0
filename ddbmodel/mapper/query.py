"""Queries: conditions on a model, served by its primary key or an index."""

from __future__ import annotations

from typing import Any, Self, TypeVar, overload

from ddbmodel.expressions import Path
from ddbmodel.mapper.access import Access
from ddbmodel.mapper.pages import PageRequest
from ddbmodel.mapper.planner import choose
from ddbmodel.mapper.read import Read
from ddbmodel.operations import Query as QueryRequest

R = TypeVar("R")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
F = TypeVar("F")


class Query(Read[R]):
    """A query. It yields the items in the order of the sort key of the path that serves it.

    Raises:
        NoAccessPath: when it is sent or explained: no key or index serves its conditions.
    """

    __slots__ = ()

    def reverse(self, reverse: bool = True) -> Self:
        """Descending order of the sort key."""
        return self._with(forward=not reverse)

    @overload
    def select(self, a: Path[A], /) -> Query[tuple[A]]: ...
    @overload
    def select(self, a: Path[A], b: Path[B], /) -> Query[tuple[A, B]]: ...
    @overload
    def select(self, a: Path[A], b: Path[B], c: Path[C], /) -> Query[tuple[A, B, C]]: ...
    @overload
    def select(self, a: Path[A], b: Path[B], c: Path[C], d: Path[D], /) -> Query[tuple[A, B, C, D]]: ...
    @overload
    def select(
        self, a: Path[A], b: Path[B], c: Path[C], d: Path[D], e: Path[E], /
    ) -> Query[tuple[A, B, C, D, E]]: ...
    @overload
    def select(
        self, a: Path[A], b: Path[B], c: Path[C], d: Path[D], e: Path[E], f: Path[F], /
    ) -> Query[tuple[A, B, C, D, E, F]]: ...
    @overload
    def select(self, *paths: Path[Any]) -> Query[tuple[Any, ...]]: ...
    def select(self, *paths: Path[Any]) -> Query[Any]:
        """Return named tuples of these fields only, validated field by field; model validators do not run.

        A field that an item does not have is its default, or None; so is what is in a part or list that it
        does not have. A second call replaces the first.

        Cost: the same read units, less transferred.

        Raises:
            ExpressionError: no path, or not one of this model.
        """
        rows: Query[Any] = self._selecting(paths)
        return rows

    def _access(self) -> Access:
        return choose(self._plan, self._options.conditions, self._options.wish)

    def _request(self, access: Access, page: PageRequest) -> QueryRequest:
        condition, index = access.key_condition, access.path.index
        assert condition is not None, "the planner takes no path without a partition key condition"
        return QueryRequest(
            self._gateway.table_name(self._plan),
            condition,
            index=None if index is None else index.name,
            filter=access.filter,
            projection=page.projection,
            forward=self._options.forward,
            limit=page.limit,
            exclusive_start_key=page.start,
            consistent=self._options.consistent,
            select=page.select,
        )
