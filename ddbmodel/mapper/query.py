"""Queries: conditions on a model, served by its primary key or an index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self, TypeVar, overload

from ddbmodel.expressions import Path, PathRef
from ddbmodel.mapper.explanation import Explanation, readable
from ddbmodel.mapper.paths import field_path
from ddbmodel.mapper.planner import Access, Wish, check_key_values, choose
from ddbmodel.mapper.read import PageRequest, Read
from ddbmodel.operations import Query as QueryRequest

R = TypeVar("R")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")


class Query(Read[R]):
    """A query. It yields the items in the order of the sort key of the path that serves it.

    Raises:
        NoAccessPath: when it is sent or explained: no key or index serves its conditions.
    """

    __slots__ = ()

    def reverse(self, reverse: bool = True) -> Self:
        """Descending order of the sort key."""
        return self._with(forward=not reverse)

    def hydrate(self) -> Self:
        """Fetch the whole items where the index holds only part of them. Cost: one more read for each item."""
        return self._with(hydrate=True)

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
    def select(self, *paths: Path[Any]) -> Query[tuple[Any, ...]]: ...
    def select(self, *paths: Path[Any]) -> Query[Any]:
        """Return named tuples of these fields only. Cost: the same read units, less transferred."""
        return self._selecting(paths)  # type: ignore[no-any-return]  # a read of rows

    def _access(self) -> Access:
        options = self._options
        selection = options.selection
        attributes = None if selection is None else selection.attributes
        wish = Wish(options.index, options.consistent, attributes, options.hydrate)
        access = choose(self._plan, options.conditions, wish)
        check_key_values(access)
        return access

    def _request(self, page: PageRequest) -> QueryRequest:
        access, options = self._access(), self._options
        selection = None if page.count_only else options.selection
        index = access.path.index
        return QueryRequest(
            self._gateway.table_name(self._plan),
            access.key_condition,
            index=None if index is None else index.name,
            filter=access.filter,
            projection=None if selection is None else selection.projection(self._paths_of(access)),
            forward=options.forward,
            limit=page.limit or options.page_size,
            exclusive_start_key=page.start,
            consistent=options.consistent,
            select="COUNT" if page.count_only else None,
        )

    def _explained(self, request: QueryRequest) -> Explanation:
        access = self._access()
        return Explanation(
            request.name,
            request.table,
            request.index,
            readable(access.key_condition),
            readable(access.filter),
            request.to_wire(),
        )

    def _has_filter(self) -> bool:
        return self._access().filter is not None

    def _key_paths(self) -> tuple[PathRef, ...]:
        return self._paths_of(self._access())

    def _paths_of(self, access: Access) -> tuple[PathRef, ...]:
        names = access.path.key_names | {attribute.name for attribute in self._plan.stored_table.key}
        return paths_of_attributes(self._plan, sorted(names))


def paths_of_attributes(plan: Any, names: Sequence[str]) -> tuple[PathRef, ...]:
    """The paths of key attributes, by stored name."""
    return tuple(field_path(plan, plan.part.by_stored_name[name]) for name in names)
