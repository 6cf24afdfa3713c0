"""From the requests of a read to its items, page by page.

What a page holds is not what comes out: a filter drops items, an excluded end of a range does, and what is
fetched from the table may be gone. So the loops here count what comes out, and end where that is enough.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self, TypeAlias

from ddbmodel.codec.values import Item
from ddbmodel.expressions import Condition, Projection
from ddbmodel.mapper.access import Access, Wish
from ddbmodel.mapper.batch_get import fetch_items
from ddbmodel.mapper.cursor import Cursors, Place, Places, Tokens
from ddbmodel.mapper.entities import Entities
from ddbmodel.mapper.expiry import expiry_attributes, is_expired
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.paths import attribute_paths
from ddbmodel.mapper.reading import InvalidItem, Reading
from ddbmodel.mapper.regions import Route
from ddbmodel.mapper.segments import Start, in_parallel
from ddbmodel.mapper.selection import Selection
from ddbmodel.model import ModelPlan
from ddbmodel.operations import Query, Scan
from ddbmodel.operations.page import PageResult, Select

ReadRequest: TypeAlias = Query | Scan
Wanted: TypeAlias = Callable[[], int | None]

# `Limit` is a signed 32-bit number to the service. A page of 1 MB holds far fewer items.
LIMIT_MAX: Final = 2**31 - 1


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
    hide_expired: bool | None = None
    counting: bool = False
    lenient: bool = False

    @property
    def wish(self) -> Wish:
        """What the planner has to know."""
        attributes = None if self.selection is None else self.selection.attributes
        if self.counting:
            attributes = frozenset[str]()
        return Wish(self.index, self.consistent, attributes, self.hydrate)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What the request for one page needs to know beyond the access and the options.

    Attributes:
        start: the key to continue after; None is the beginning.
        limit: how many items to read at most, before the filter.
        select: `COUNT` if only the number of items is wanted.
        projection: the attributes to return; None returns all.
        segment: which segment of a parallel scan.
        backward: True for the other order than the read's.
    """

    start: Item | None = field(default=None, repr=False)
    limit: int | None = None
    select: Select | None = None
    projection: Projection | None = None
    segment: int | None = None
    backward: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a read, in the order in which it was read.

    Attributes:
        items: what came out.
        first: the position of its first entry; None if it has none. The item of this entry may be gone.
        end: the place to continue after; None if there is nothing more.
    """

    items: list[Item] = field(repr=False)
    first: Place | None = field(repr=False)
    end: Place | None = field(repr=False)


@dataclass(slots=True)
class Left:
    """How many items a read may still give; None if there is no limit."""

    items: int | None

    def take(self, count: int) -> None:
        """Count what was given."""
        if self.items is not None:
            self.items -= count


@dataclass(frozen=True, slots=True)
class Portion:
    """What came out of one page of a segment.

    Attributes:
        segment: its number.
        items: what came out.
        end: the key to go on after; None if the segment has come to its end.
    """

    segment: int
    items: Sequence[Item] = field(repr=False)
    end: Item | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Pager:
    """Sends the requests of one read.

    Attributes:
        gateway: the way to the service.
        plan: the model.
        access: the path that is read, and the conditions as they were split for it.
        options: the read's options.
        make_request: makes the request for a page.
        segments: how many segments to read in parallel; 1 reads one page after the other.
        entities: the models, if they are several.
        route: where its requests go, each with what it fetches from the table; None is at home.
    """

    gateway: Gateway
    plan: ModelPlan[Any]
    access: Access
    options: ReadOptions
    make_request: Callable[[Access, PageRequest], ReadRequest]
    segments: int = 1
    entities: Entities | None = None
    route: Route | None = None

    def at_home(self) -> Self:
        """The same read, in the region that is written to."""
        return replace(self, route=None)

    # What comes out ------------------------------------------------------------------------------------

    @property
    def reading(self) -> Reading:
        """How items are decoded."""
        return Reading(self.entities or self.plan, self.options.selection, self.options.lenient)

    async def results(self, invalid: list[InvalidItem]) -> AsyncGenerator[Any]:
        """The results that come out, up to the read's limit, which does not count what goes to `invalid`."""
        left, reading = Left(self.options.limit), self.reading
        async with aclosing(self._found(left)) as found:
            async for items in found:
                for item in items:
                    result = reading.result(item)
                    if isinstance(result, InvalidItem):
                        invalid.append(result)
                        continue
                    left.take(1)
                    yield result

    async def collected(self, invalid: list[InvalidItem]) -> list[Any]:
        """All results in a list, which takes less than to iterate over them; otherwise as `results`."""
        left, reading, results = Left(self.options.limit), self.reading, list[Any]()
        async with aclosing(self._found(left)) as found:
            async for items in found:
                valid, set_aside = reading.sorted_out(items)
                invalid += set_aside
                results += valid
                left.take(len(valid))
        return results

    async def _found(self, left: Left) -> AsyncGenerator[Sequence[Item]]:
        """Items, some at a time and never more than are left; whoever gets them takes those that count."""
        async with aclosing(self._pages(self._request(), lambda: left.items)) as pages:
            async for page in pages:
                used = 0
                while used < len(page.items) and left.items != 0:
                    used, items = await self._resolved(page.items, left.items, used)
                    yield items
                if left.items == 0:
                    return

    async def count(self) -> int:
        """How many items there are, up to the read's limit, whether they can be decoded or not."""
        if self.access.hydrates and self._hidden - self._expiring:
            return await self._count_fetched()
        limit, total = self.options.limit, 0
        pages = self._pages(self._count_request(), lambda: None if limit is None else limit - total)
        async with aclosing(pages):
            async for page in pages:
                total += page.count
                if limit is not None and total >= limit:
                    return limit
        return total

    async def _count_fetched(self) -> int:
        """Count items that have to be fetched, to know whether they have expired."""
        limit, total = self.options.limit, 0
        async with aclosing(self._pages(self._request(), lambda: None)) as pages:
            async for page in pages:
                _, items = await self._resolved(page.items, None if limit is None else limit - total)
                total += len(items)
                if limit is not None and total >= limit:
                    return limit
        return total

    async def page(
        self, start: Place | None, room: int, *, last: bool = False, backward: bool = False
    ) -> Stretch:
        """Up to `room` items that come after a key, or before it when `backward`.

        Without a filter, one entry more than wanted is read, to know whether there is one; but not if this is
        the `last` page in any case.
        """
        assert not isinstance(start, Places), "the place is one key"
        ahead = 0 if last or self.access.filters else 1
        request, items, end = replace(self._request(start), backward=backward), list[Item](), start
        first: Item | None = None
        while True:
            page = await self._fetch(replace(request, limit=self._limit(room - len(items) + ahead)))
            used, found = await self._resolved(page.items, room - len(items))
            items.extend(found)
            if first is None and page.items:
                first = self._position(page.items[0])
            if used < len(page.items):
                return Stretch(items, first, self._position(page.items[used - 1]) if used else end)
            end = page.last_evaluated_key
            if end is None or (len(items) >= room and not ahead):
                return Stretch(items, first, end)
            request = replace(request, start=end)

    async def portions(self, starts: Iterable[Start]) -> AsyncGenerator[Portion]:
        """Page after page of segments that have begun somewhere, with what comes out of each."""
        async with aclosing(self._segment_pages(self._request(), lambda: None, starts)) as pages:
            async for segment, page in pages:
                _, items = await self._resolved(page.items, None)
                yield Portion(segment, items, page.last_evaluated_key)

    def first_request(self) -> ReadRequest:
        """The request that `items` sends first."""
        segment = 0 if self.segments > 1 else None
        limit = self._limit(self.options.limit)
        return self.make_request(self.access, replace(self._request(), limit=limit, segment=segment))

    def identity(self) -> dict[str, Any]:
        """What tells this read from others, the same in every process and for every page size."""
        request = self.make_request(self.access.settled(), self._request())
        # Two models may send the same request; the name of the class is all that stays when its module moves.
        return {
            "model": self.plan.model.__name__ if self.entities is None else self.entities.names,
            "request": request.to_wire(),
            "limit": self.options.limit,
        }

    def cursors(self, scope: str | None) -> Tokens:
        """What makes and reads the tokens of its pages."""
        identity = {**self.identity(), "scope": scope}
        return Cursors(identity, self.access.path.position, self.access.bound, self.gateway.cursor_key)

    # Requests ------------------------------------------------------------------------------------------

    def _request(self, start: Item | None = None) -> PageRequest:
        keys = attribute_paths(self.plan, self._marks | set(self.access.path.position))
        if self.access.hydrates:
            return PageRequest(start, projection=Projection(keys))
        selection = self.options.selection
        return PageRequest(start, projection=None if selection is None else selection.projection(keys))

    def _count_request(self) -> PageRequest:
        """The service counts without returning anything, but it counts the excluded ends of ranges too."""
        if self.access.is_selective or self._expiring:
            return PageRequest(projection=Projection(attribute_paths(self.plan, self._marks)))
        return PageRequest(select="COUNT")

    def _limit(self, wanted: int | None) -> int | None:
        """How many items one request reads: no more than wanted, where no filter drops some of them."""
        size = self.options.page_size
        if wanted is None or self.access.filters:
            return size
        # One item more for each excluded end: the table has at most one there, an index may have many.
        enough = min(wanted + len(self.access.excluded), LIMIT_MAX)
        return enough if size is None else min(size, enough)

    # Pages ---------------------------------------------------------------------------------------------

    async def _pages(self, request: PageRequest, wanted: Wanted) -> AsyncGenerator[PageResult]:
        """Page after page. A page without items is not the last one while the service says there is more."""
        if self.segments > 1:
            starts = ((segment, None) for segment in range(self.segments))
            async with aclosing(self._segment_pages(request, wanted, starts)) as pages:
                async for _, page in pages:
                    yield page
            return
        while True:
            page = await self._fetch(replace(request, limit=self._limit(wanted())))
            yield page
            if page.last_evaluated_key is None:
                return
            request = replace(request, start=page.last_evaluated_key)

    def _segment_pages(
        self, request: PageRequest, wanted: Wanted, starts: Iterable[Start]
    ) -> AsyncGenerator[tuple[int, PageResult]]:
        async def fetch(segment: int, start: Item | None) -> PageResult:
            limit, number = self._limit(wanted()), None if self.segments == 1 else segment
            return await self._fetch(replace(request, segment=number, start=start, limit=limit))

        return in_parallel(fetch, starts)

    async def _fetch(self, request: PageRequest) -> PageResult:
        page = PageResult.from_wire(
            await self.gateway.read(self.make_request(self.access, request), self.route)
        )
        if not self.access.is_selective and not self._expiring:
            return page
        kept = [item for item in page.items if self._keeps(item)]
        return replace(page, items=kept, count=len(kept))

    def _keeps(self, item: Item, *, whole: bool = False) -> bool:
        """False for what is left out; `whole` for an item of the table, where all marks are known."""
        if not self.access.keeps(item):
            return False
        return not (self._hidden if whole else self._expiring) or not any(
            is_expired(plan, item, self.gateway.now()) for plan in self._plans if plan.stored_keys.owns(item)
        )

    @property
    def _plans(self) -> tuple[ModelPlan[Any], ...]:
        return (self.plan,) if self.entities is None else self.entities.plans

    @property
    def _expiring(self) -> frozenset[str]:
        """The attributes that say which items are hidden, as far as the path holds them."""
        return frozenset(name for name in self._hidden if self.access.path.holds(frozenset((name,))))

    @property
    def _hidden(self) -> frozenset[str]:
        """The attributes that say which items are hidden; none if they are shown."""
        own = self.options.hide_expired
        hides = self.gateway.hide_expired if own is None else own
        return expiry_attributes(self._plans) if hides else frozenset()

    @property
    def _marks(self) -> frozenset[str]:
        """The attributes that tell which items are kept."""
        return self.access.marks | self._expiring

    async def _resolved(
        self, entries: Sequence[Item], wanted: int | None, used: int = 0
    ) -> tuple[int, Sequence[Item]]:
        """How many entries are used up with the items that are wanted, and these items.

        Entries of an index that does not hold whole items are fetched from the table; what was deleted in
        between is left out, and the next entry takes its place.
        """
        if not self.access.hydrates:
            items = entries[used:] if wanted is None else entries[used : used + wanted]
            return used + len(items), items
        found = list[Item]()
        while used < len(entries) and (wanted is None or len(found) < wanted):
            chunk = entries[used:] if wanted is None else entries[used : used + wanted - len(found)]
            used += len(chunk)
            found.extend(await self._hydrated(chunk))
        return used, found

    async def _hydrated(self, entries: Sequence[Item]) -> list[Item]:
        selection, table = self.options.selection, self.plan.stored_table
        keys = attribute_paths(self.plan, {attribute.name for attribute in table.key} | self._hidden)
        found = await fetch_items(
            self.gateway,
            self.plan,
            [self.plan.key_from_item(entry) for entry in entries],
            consistent=self.options.consistent,
            projection=None if selection is None else selection.projection(keys),
            route=self.route,
        )
        return [item for item in found if item is not None and self._keeps(item, whole=True)]

    def _position(self, item: Item) -> Item:
        return {name: item[name] for name in self.access.path.position}
