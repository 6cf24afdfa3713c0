"""Reads with an order: what queries of one model and of several have in common."""

from __future__ import annotations

from typing import ClassVar, Self, TypeVar

from ddbmodel.mapper.access import Access
from ddbmodel.mapper.pages import PageRequest, ReadOptions
from ddbmodel.mapper.paging import Page
from ddbmodel.mapper.read import Read
from ddbmodel.operations import Query as QueryRequest

R = TypeVar("R")


class Ordered(Read[R]):
    """A read in the order of the sort key, which can be turned round, and paged in both directions."""

    __slots__ = ()

    _reversible: ClassVar[bool] = True

    def reverse(self, reverse: bool = True) -> Self:
        """Descending order of the sort key."""
        return self._with(forward=not reverse)

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


def query_request(table: str, access: Access, page: PageRequest, options: ReadOptions) -> QueryRequest:
    """The request for one page of a query."""
    condition, index = access.key_condition, access.path.index
    assert condition is not None, "the planner takes no path without a partition key condition"
    return QueryRequest(
        table,
        condition,
        index=None if index is None else index.name,
        filter=access.filter,
        projection=page.projection,
        forward=options.forward is not page.backward,
        limit=page.limit,
        exclusive_start_key=page.start,
        consistent=options.consistent,
        select=page.select,
    )
