"""Queries: conditions on a model, served by its primary key or an index."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar, overload

from ddbmodel.expressions import Path
from ddbmodel.mapper.access import Access, Wish
from ddbmodel.mapper.expiry import expiry_attributes
from ddbmodel.mapper.ordered import Ordered, query_request
from ddbmodel.mapper.pages import PageRequest
from ddbmodel.mapper.planner import choose
from ddbmodel.operations import Query as QueryRequest

R = TypeVar("R")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
F = TypeVar("F")


class Query(Ordered[R]):
    """A query. It yields the items in the order of the sort key of the path that serves it.

    Raises:
        NoAccessPath: when it is sent or explained: no key or index serves its conditions.
    """

    __slots__ = ()

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
        return choose(self._plan, self._options.conditions, self._wish)

    @property
    def _wish(self) -> Wish:
        """With the time of expiry where it decides what comes out, and the rest may be fetched."""
        wish, own = self._options.wish, self._options.hide_expired
        if not wish.hydrate or wish.attributes is None:
            return wish
        hides = self._gateway.hide_expired if own is None else own
        return replace(wish, attributes=wish.attributes | expiry_attributes((self._plan,))) if hides else wish

    def _request(self, access: Access, page: PageRequest) -> QueryRequest:
        return query_request(self._gateway.table_name(self._plan), access, page, self._options)
