"""Queries: conditions on a model, served by its primary key or an index."""

from __future__ import annotations

from typing import Any, Self, TypeVar, overload

from ddbmodel.expressions import Path
from ddbmodel.mapper.access import Access
from ddbmodel.mapper.pages import PageRequest
from ddbmodel.mapper.paging import Page
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

    _reversible = True

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

    async def page(
        self, *, size: int, after: str | None = None, before: str | None = None, scope: str | None = None
    ) -> Page[R]:
        """Up to `size` results, and the tokens for what comes after and before them.

        In either direction, the page is in the order of the query. `next` and `previous` are None as soon as
        nothing more comes there; `previous` always is on the page that was read without a token. With a
        filter, and where items of an index have gone since, a token can lead to a page without items. A page
        can also hold nothing but `invalid` items, and go on, if the query collects them.

        Cost: one item more than `size` is read. With a filter a request reads up to 1 MB, and what it finds
        beyond the page is read again for the next one; `page_size` makes that less.

        Args:
            size: how many results come out at most; what is set aside as invalid counts.
            after: `next` of the page before. A token serves only the query that it came from, with the same
                model, conditions and options, but with any size; a condition on the time that it is now is
                another one a moment later.
            before: `previous` of the page after. Without `after` and `before` it is the first page.
            scope: whom the token is for, such as a tenant: it serves no other scope, nor none. Nobody can get
                around that if the mapper has a `cursor_key`.

        Raises:
            InvalidCursor: the token is damaged, of another query or scope, or leads the other way.
            ExpressionError: the size is not a whole number from 1 on, the scope is empty, or both `after` and
                `before` are given.
        """
        return await self._page(size, after, before, scope)

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
            forward=self._options.forward != page.backward,
            limit=page.limit,
            exclusive_start_key=page.start,
            consistent=self._options.consistent,
            select=page.select,
        )
