"""Reading a partition that is spread over shards: a query of each, merged into one."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from typing import Any

from ddbmodel.codec.values import Item
from ddbmodel.mapper.cursor import Cursors, Place, Places, ShardedCursors, Tokens
from ddbmodel.mapper.key_ranges import ordinal
from ddbmodel.mapper.merging import Entry, Merge, Order, Stream, share
from ddbmodel.mapper.pages import Pager, PageRequest, ReadRequest, Stretch, Wanted
from ddbmodel.mapper.together import together
from ddbmodel.operations.page import PageResult


@dataclass(frozen=True, slots=True)
class ShardedPager(Pager):
    """Sends the requests of one read of a partition that is spread over shards."""

    async def count(self) -> int:
        """How many items there are, up to the read's limit, whether they can be decoded or not."""
        total = sum(await together(shard.count() for shard in self._shards))
        limit = self.options.limit
        return total if limit is None else min(total, limit)

    async def page(
        self, start: Place | None, room: int, *, last: bool = False, backward: bool = False
    ) -> Stretch:
        """Up to `room` items that come after a place, or before it when `backward`.

        Without a filter, one entry more than wanted is read, to know whether there is one; but not if this is
        the `last` page in any case.
        """
        assert start is None or isinstance(start, Places), "the place is of all shards"
        merge = self._merge(replace(self._request(), backward=backward), start)
        ahead = 0 if last or self.access.filters else 1
        items, first, edge = list[Item](), None, None
        while len(items) < room:
            await merge.fill(room - len(items) + ahead)
            entries = merge.ready()
            if not entries:
                return Stretch(items, first, None)
            if first is None:
                first = self._places([stream.head for stream in merge.streams], entries[0])
            used, found = await self._resolved([item for _, item in entries], room - len(items))
            items.extend(found)
            merge.take(entries[:used])
            edge = entries[used - 1]
        if ahead:
            await merge.fill(1)
        if edge is None or not merge.goes_on:
            return Stretch(items, first, None)
        return Stretch(items, first, self._places([stream.place for stream in merge.streams], edge))

    def first_request(self) -> ReadRequest:
        """The request that is sent to the first of the shards."""
        limit, first = self.options.limit, self._shards[0]
        size = None if limit is None else share(limit, len(self._shards))
        return self.make_request(first.access, replace(self._request(), limit=self._limit(size)))

    def identity(self) -> dict[str, Any]:
        """What tells this read from others, the same in every process and for every page size."""
        return {**self._shards[0].identity(), "shards": self.access.shards}

    def cursors(self, scope: str | None) -> Tokens:
        """What makes and reads the tokens of its pages."""
        bounds = [shard.access.bound for shard in self._shards]
        attributes = self.access.path.position
        free = {name: attributes[name] for name in attributes if name not in bounds[0]}
        identity = {**self.identity(), "scope": scope}
        return ShardedCursors(Cursors(identity, free, secret=self.gateway.cursor_key), bounds)

    @property
    def _shards(self) -> list[Pager]:
        """What reads each shard alone."""
        assert self.access.shards is not None, "the partition is spread"
        return [
            Pager(
                self.gateway,
                self.plan,
                self.access.of_shard(number),
                self.options,
                self.make_request,
                entities=self.entities,
                route=self.route,
            )
            for number in range(self.access.shards)
        ]

    async def _pages(self, request: PageRequest, wanted: Wanted) -> AsyncGenerator[PageResult]:
        """What is in order and in hand, as if it were pages."""
        merge = self._merge(request, None)
        while True:
            await merge.fill(wanted())
            entries = merge.ready()
            if not entries:
                return
            merge.take(entries)
            count = len(entries)
            yield PageResult([item for _, item in entries], None, count, count, None)

    def _merge(self, request: PageRequest, start: Places | None) -> Merge:
        shards = self._shards

        async def fetch(shard: int, after: Item | None, size: int | None) -> PageResult:
            position = None if after is None else self._position(after)
            limit = self._limit(size)
            return await shards[shard]._fetch(replace(request, start=position, limit=limit))

        ends = [None] * len(shards) if start is None else start.ends
        return Merge(
            [Stream(shard, end) for shard, end in enumerate(ends)],
            fetch,
            self._order,
            self.options.forward is not request.backward,
            None if start is None else self._order(start.edge, start.shard),
        )

    def _order(self, item: Item, shard: int) -> Order:
        return (*(ordinal(item[binding.name]) for binding in self.access.path.sort), shard)

    def _places(self, places: list[Item | None], edge: Entry) -> Places:
        ends = tuple(None if place is None else self._position(place) for place in places)
        order, item = edge
        return Places(ends, order[-1], self._position(item))
