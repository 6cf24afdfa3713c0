"""What queries and scans share: pages, limits, page tokens, and turning items into results."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Self, TypeVar

from ddbmodel.codec.values import Item
from ddbmodel.errors import ExpressionError
from ddbmodel.expressions import Condition, PathRef
from ddbmodel.mapper.batch_get import fetch_items
from ddbmodel.mapper.cursor import Cursors
from ddbmodel.mapper.explanation import Explanation
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.paths import check_paths
from ddbmodel.mapper.selection import Selection
from ddbmodel.model import GlobalIndex, LocalIndex, ModelPlan
from ddbmodel.operations.page import PageResult

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """Some of a read's results.

    Attributes:
        items: in order.
        next: the token that continues after them; None if there is nothing more.
    """

    items: list[R]
    next: str | None


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """The options that every read has; immutable, so that a read can be kept and varied."""

    conditions: tuple[Condition, ...] = field(default=(), repr=False)
    limit: int | None = None
    page_size: int | None = None
    consistent: bool = False
    forward: bool = True
    index: str | None = None
    hydrate: bool = False
    selection: Selection | None = None


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What one request of a read varies; `in_order` keeps a scan from reading segments in parallel."""

    start: Item | None = field(default=None, repr=False)
    limit: int | None = None
    count_only: bool = False
    segment: int | None = None
    in_order: bool = False


class Read(ABC, Generic[R]):
    """A query or a scan: described first, sent when it is iterated over, listed, counted or paged.

    Every method that changes an option returns a new read.
    """

    __slots__ = ("_gateway", "_options", "_plan")

    def __init__(self, gateway: Gateway, plan: ModelPlan[Any], options: ReadOptions | None = None) -> None:
        self._gateway = gateway
        self._plan = plan
        self._options = options or ReadOptions()

    # Options ---------------------------------------------------------------------------------------------------

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
            check_paths(self._plan, condition.paths)
        return self._with(conditions=(*self._options.conditions, *conditions))

    def limit(self, items: int) -> Self:
        """Stop after so many items have come out."""
        return self._with(limit=_positive("limit", items))

    def page_size(self, items: int) -> Self:
        """Read so many items with one request, before the filter; the service's 1 MB applies as well."""
        return self._with(page_size=_positive("page_size", items))

    def consistent(self, consistent: bool = True) -> Self:
        """See every write that succeeded before. Cost: twice the read units. Rules out global indexes."""
        return self._with(consistent=consistent)

    def using(self, index: GlobalIndex | LocalIndex | None) -> Self:
        """Read through this index (`Order.by_status`); None is the primary key."""
        return self._with(index="" if index is None else self._index_name(index))

    def _index_name(self, index: GlobalIndex | LocalIndex) -> str:
        for declared in self._plan.indexes.values():
            if declared.name == index.name:
                return declared.name
        raise ExpressionError(f"{self._plan.model.__name__} has no index {index.name!r}")

    def _selecting(self, paths: Sequence[PathRef]) -> Any:
        if not paths:
            raise ExpressionError("select() needs at least one path, such as Order.total")
        return self._with(selection=Selection(self._plan, tuple(paths)))

    def _with(self, **changes: Any) -> Self:
        return type(self)(self._gateway, self._plan, replace(self._options, **changes))

    # Results ---------------------------------------------------------------------------------------------------

    def __aiter__(self) -> AsyncIterator[R]:
        return self._results()

    async def all(self) -> list[R]:
        """All results. Memory: all of them; iterate if there may be many."""
        return [result async for result in self]

    async def first(self) -> R | None:
        """The first result, or None."""
        limit = 1 if self._options.limit is None else min(1, self._options.limit)
        async for result in self._with(limit=limit):
            return result
        return None

    async def count(self) -> int:
        """How many items there are. Cost: as reading them, but nothing is transferred."""
        limit, total = self._options.limit, 0
        async for page in self._pages(PageRequest(count_only=True)):
            total += page.count
            if limit is not None and total >= limit:
                return limit
        return total

    async def page(self, *, size: int, after: str | None = None) -> Page[R]:
        """Up to `size` results, and the token for the next ones.

        Args:
            size: how many results come out at most.
            after: `next` of the page before; None is the first page. A token serves only the query it came from.

        Raises:
            InvalidCursor: the token is damaged or of another query.
        """
        _positive("size", size)
        cursors = self._cursors()
        start = None if after is None else cursors.read(after)
        items: list[Item] = []
        last: Item | None = None
        async for page in self._pages(
            PageRequest(start=start, limit=self._request_limit(size), in_order=True)
        ):
            room = size - len(items)
            items.extend(page.items[:room])
            cut = len(page.items) > room
            last = self._position(page.items[room - 1]) if cut else page.last_evaluated_key
            if cut or len(items) == size:
                break
        results = await self._decoded(items)
        return Page(results, None if last is None else cursors.make(last))

    def explain(self) -> Explanation:
        """What will be sent, without sending it.

        Raises:
            NoAccessPath: a query that no key or index serves.
        """
        return self._explained(self._request(PageRequest(limit=self._request_limit(self._options.limit))))

    # Pages -----------------------------------------------------------------------------------------------------

    @abstractmethod
    def _request(self, page: PageRequest) -> Any:
        """The request for one page."""

    @abstractmethod
    def _explained(self, request: Any) -> Explanation:
        """The explanation of a request."""

    @abstractmethod
    def _key_paths(self) -> tuple[PathRef, ...]:
        """The key attributes of the path that is read, and of the table."""

    @abstractmethod
    def _has_filter(self) -> bool:
        """True if items are dropped after they were read."""

    async def _results(self) -> AsyncGenerator[R]:
        left = self._options.limit
        pages = self._pages(PageRequest(limit=self._request_limit(left)))
        try:
            async for page in pages:
                for result in await self._decoded(page.items if left is None else page.items[:left]):
                    yield result
                if left is not None:
                    left -= len(page.items)
                    if left <= 0:
                        return
        finally:
            await pages.aclose()

    async def _pages(self, page: PageRequest) -> AsyncGenerator[PageResult]:
        """Page after page. A page without items is not the last one while the service says there is more."""
        while True:
            request = self._request(page)
            result = PageResult.from_wire(await self._gateway.send(request))
            yield result
            if result.last_evaluated_key is None:
                return
            page = replace(page, start=result.last_evaluated_key)

    def _request_limit(self, wanted: int | None) -> int | None:
        """How many items one request reads: no more than wanted, where no filter drops some of them."""
        size = self._options.page_size
        if wanted is None or self._has_filter():
            return size
        return wanted if size is None else min(size, wanted)

    async def _decoded(self, items: Sequence[Item]) -> list[R]:
        selection = self._options.selection
        if selection is not None:
            rows: list[Any] = [selection.row(item) for item in items]
            return rows
        if self._options.hydrate and self._options.index != "":
            items = await self._hydrated(items)
        models: list[Any] = [self._plan.decode(item) for item in items]
        return models

    async def _hydrated(self, items: Sequence[Item]) -> list[Item]:
        """The whole items of index entries; what was deleted in between is left out."""
        keys = [self._plan.key_from_item(item) for item in items]
        found = await fetch_items(self._gateway, self._plan, keys, consistent=self._options.consistent)
        return [item for item in found if item is not None]

    # Tokens ----------------------------------------------------------------------------------------------------

    def _position(self, item: Item) -> Item:
        """The key to continue after an item."""
        return {name: item[name] for name in self._key_names()}

    def _key_names(self) -> frozenset[str]:
        return frozenset(str(path.place.steps[0]) for path in self._key_paths())

    def _cursors(self) -> Cursors:
        wire: dict[str, Any] = self._request(PageRequest()).to_wire()
        wire.pop("Limit", None)
        return Cursors(wire, self._key_names(), self._gateway.cursor_key)


def _positive(name: str, value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:  # pyright: ignore[reportUnnecessaryIsInstance]  # for callers without a checker
        raise ExpressionError(f"{name} is a whole number from 1 on")
    return value
