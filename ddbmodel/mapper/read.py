"""What queries and scans share: how they are described, and what can be asked of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any, ClassVar, Generic, Self, TypeVar

from ddbmodel.errors import ExpressionError
from ddbmodel.expressions import Condition, PathRef
from ddbmodel.mapper.access import Access
from ddbmodel.mapper.cursor import Tokens
from ddbmodel.mapper.explanation import Explanation, explain
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.pages import LIMIT_MAX, Pager, PageRequest, ReadOptions, ReadRequest
from ddbmodel.mapper.paging import Page, Paging
from ddbmodel.mapper.paths import check_paths
from ddbmodel.mapper.reading import InvalidItem
from ddbmodel.mapper.selection import Selection
from ddbmodel.mapper.sharded import ShardedPager
from ddbmodel.model import GlobalIndex, Key, LocalIndex, ModelPlan

R = TypeVar("R")


class Read(ABC, Generic[R]):
    """A query or a scan: described first, sent when it is iterated over, listed, counted or paged.

    Every method that changes an option returns a new read.

    Raises:
        ModelDefinitionError: the model has no table.
    """

    __slots__ = ("_chosen", "_gateway", "_invalid", "_options", "_plan")

    _reversible: ClassVar[bool] = False

    def __init__(self, gateway: Gateway, plan: ModelPlan[Any], options: ReadOptions | None = None) -> None:
        plan.stored_table  # noqa: B018  # raises if there is none
        self._gateway = gateway
        self._plan = plan
        self._options = options or ReadOptions()
        self._chosen: Access | None = None
        self._invalid: list[InvalidItem] = []

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._plan.model.__name__}>"

    # Options -------------------------------------------------------------------------------------------

    def where(self, *conditions: Condition) -> Self:
        """Keep the items of which all conditions are true; more calls add conditions.

        Raises:
            ExpressionError: not a condition, or a path of another model.
        """
        for condition in conditions:
            if not isinstance(condition, Condition):  # pyright: ignore[reportUnnecessaryIsInstance]  # for callers without a checker
                raise ExpressionError(
                    f"where() takes conditions such as {self._plan.model.__name__}.status == ..., "
                    f"not a {type(condition).__name__}"
                )
            self._check(condition)
        return self._with(conditions=(*self._options.conditions, *conditions))

    def limit(self, items: int) -> Self:
        """Stop after so many items have come out, on all pages together.

        Raises:
            ExpressionError: not a whole number from 1 on.
        """
        return self._with(limit=_positive("limit", items))

    def page_size(self, items: int) -> Self:
        """Read so many items with one request, before the filter; the service's 1 MB applies as well.

        Raises:
            ExpressionError: not a whole number from 1 on.
        """
        return self._with(page_size=min(_positive("page_size", items), LIMIT_MAX))

    def consistent(self, consistent: bool = True) -> Self:
        """See every write that succeeded before. Cost: twice the read units. Rules out global indexes."""
        return self._with(consistent=consistent)

    def using(self, index: GlobalIndex | LocalIndex | Key | None) -> Self:
        """Read through this index (`Order.by_status`); None is the primary key.

        Raises:
            ExpressionError: the model has no such index.
        """
        return self._with(index="" if index is None else self._index_name(index))

    def hide_expired(self, hide: bool = True) -> Self:
        """Leave out items that have expired by the model's `ttl()` and are not deleted yet.

        The mapper's own `hide_expired` holds where this is not called. An index that does not hold the time
        of expiry shows them, unless the query asks to `hydrate`.
        """
        return self._with(hide_expired=hide)

    def hydrate(self, hydrate: bool = True) -> Self:
        """Fetch the items from the table where the index holds only part of what is asked for.

        An index lags behind its table: an item that was deleted since is left out, and one that was changed
        since comes as it is now, whether the conditions are still true for it or not.

        Cost: what BatchGetItem takes for each item, on top of the index.
        """
        return self._with(hydrate=hydrate)

    def _index_name(self, index: object) -> str:
        # Not by `in` alone: a path makes a condition of `==`.
        if not isinstance(index, GlobalIndex | LocalIndex | Key) or index not in self._plan.indexes.values():
            model = self._plan.model.__name__
            names = ", ".join(f"{model}.{name}" for name in self._plan.indexes) or "it has none"
            raise ExpressionError(f"using() takes an index of {model}: {names}")
        return index.name

    def _selecting(self, paths: Sequence[PathRef]) -> Any:
        return self._with(selection=Selection(self._plan, paths))

    def _check(self, condition: Condition) -> None:
        """Refuse a condition on another model."""
        check_paths(self._plan, condition.paths)

    def _with(self, **changes: Any) -> Self:
        return type(self)(self._gateway, self._plan, replace(self._options, **changes))

    # Results -------------------------------------------------------------------------------------------

    async def __aiter__(self) -> AsyncGenerator[R]:
        async with aclosing(self._pager.results(self._invalid)) as results:
            async for result in results:
                yield result

    @property
    def invalid(self) -> list[InvalidItem]:
        """What could not be decoded while this read was iterated over, listed, or asked for its first result.

        It stays empty unless the read was made with `on_invalid="collect"`, and grows with each use; a read
        that is made of this one has its own. What a page set aside is in `Page.invalid`.
        """
        return self._invalid

    async def all(self) -> list[R]:
        """All results. Memory: all of them; iterate if there may be many."""
        return await self._pager.collected(self._invalid)

    async def first(self) -> R | None:
        """The first result, or None. What cannot be decoded is skipped if the read collects it.

        Cost: one item. With a filter, whatever is read until one passes it, 1 MB at least if there is as
        much; `page_size` makes that less.
        """
        async with aclosing(self._with(limit=1)._pager.results(self._invalid)) as results:
            first: R | None = await anext(results, None)
            return first

    async def count(self) -> int:
        """How many items there are, up to the limit; in an index, how many entries. Nothing is decoded.

        Cost: the read units of reading them, though nothing is transferred.
        """
        return await self._with(counting=True)._pager.count()

    async def page(
        self, *, size: int, after: str | None = None, before: None = None, scope: str | None = None
    ) -> Page[R]:
        """Up to `size` results, and the tokens for what comes next.

        `next` is None as soon as nothing more comes. Only with a filter, and where items of an index have
        gone since, a page with a token can be followed by one without items. A page can also hold nothing but
        `invalid` items, and go on, if the read collects them.

        Cost: one item more than `size` is read. With a filter a request reads up to 1 MB, and what it finds
        beyond the page is read again for the next one; `page_size` makes that less.

        Args:
            size: how many results come out at most; what is set aside as invalid counts.
            after: `next` of the page before; None is the first page. A token serves only the query that it
                came from, with the same model, conditions and options, but with any size; a condition on the
                time that it is now is another one a moment later.
            before: only queries can be read backward.
            scope: whom the token is for, such as a tenant: it serves no other scope, nor none. Nobody can get
                around that if the mapper has a `cursor_key`.

        Raises:
            InvalidCursor: the token is damaged, or of another query or scope.
            ExpressionError: the size is not a whole number from 1 on, or the scope is empty.
        """
        return await self._page(size, after, before, scope)

    async def _page(self, size: int, after: str | None, before: str | None, scope: str | None) -> Page[R]:
        room = min(_positive("size", size), LIMIT_MAX)
        if after is not None and before is not None:
            raise ExpressionError("page() takes after= or before=, not both")
        pager = self._pager
        if not self._reversible or pager.access.path.index is not None:
            # Entries of an index with one key, and items of a scan, have no order that all replicas share.
            pager = pager.at_home()
        paging = Paging(pager, self._cursors(scope), self._reversible)
        if before is None:
            return await paging.after(after, room)
        if not self._reversible:
            raise ExpressionError(
                f"a {type(self).__name__.lower()} cannot be read backward: use after= alone"
            )
        return await paging.before(before, room)

    def explain(self) -> Explanation:
        """What will be sent, without sending it.

        Raises:
            NoAccessPath: a query that no key or index serves.
        """
        pager = self._pager
        request, route = pager.first_request(), pager.route
        names = () if route is None else route.names
        return explain(request.name, pager.access, request.to_wire(), names)

    # Requests ------------------------------------------------------------------------------------------

    @property
    def _pager(self) -> Pager:
        """How it is read. The access is chosen once, when it is first needed."""
        if self._chosen is None:
            self._chosen = self._access()
        return self._paged(self._chosen)

    def _paged(self, access: Access) -> Pager:
        kind = Pager if access.shards is None else ShardedPager
        route = self._gateway.route(self._plan, consistent=self._options.consistent, stays=True)
        return kind(self._gateway, self._plan, access, self._options, self._request, route=route)

    def _cursors(self, scope: str | None) -> Tokens:
        if scope is not None and not (isinstance(scope, str) and scope):  # pyright: ignore[reportUnnecessaryIsInstance]  # for callers without a checker
            raise ExpressionError("scope is a text such as a tenant's name, and not empty; None is no scope")
        return self._pager.cursors(scope)

    @abstractmethod
    def _access(self) -> Access:
        """The path that serves it, and the conditions split for that path."""

    @abstractmethod
    def _request(self, access: Access, page: PageRequest) -> ReadRequest:
        """The request for one page."""


def _positive(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ExpressionError(f"{name} is a whole number from 1 on")
    return value
