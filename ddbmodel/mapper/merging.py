"""Merging the shards of a partition in the order of the sort key, a page of each in hand.

An entry comes out as soon as no shard can still have one before it. Entries of one sort key come in the order
of their shards, and within a shard as the service has them; so the order is the same every time, and the same
turned round.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, TypeAlias, TypeVar

from ddbmodel.codec.values import Item
from ddbmodel.mapper.together import together
from ddbmodel.operations.page import PageResult

T = TypeVar("T")

Order: TypeAlias = tuple[Any, ...]
"""What entries are compared by: the values of the sort key, and the number of the shard."""
Entry: TypeAlias = tuple[Order, Item]
Fetch: TypeAlias = Callable[[int, Item | None, int | None], Awaitable[PageResult]]

# Arbitrary: how many standard deviations above its even share a shard is asked for, so that it seldom has
# to be asked again.
_DEVIATIONS: Final = 3


@dataclass(slots=True)
class Stream:
    """A shard, as far as it was read.

    Attributes:
        shard: its number.
        last: the entry that was taken last, or the key up to which all was dropped; None is the beginning.
        entries: what is in hand.
        used: how many of them were taken.
        end: the key after which the next page begins.
        is_open: there may be another page.
        page_items: how many entries the last page had.
    """

    shard: int
    last: Item | None = field(repr=False)
    entries: list[Entry] = field(default_factory=list[Entry], repr=False)
    used: int = 0
    end: Item | None = field(default=None, repr=False)
    is_open: bool = True
    page_items: int = 0

    @property
    def left(self) -> int:
        """How many entries are in hand."""
        return len(self.entries) - self.used

    @property
    def head(self) -> Item | None:
        """The next entry; None if there is none in hand."""
        return self.entries[self.used][1] if self.left else None

    @property
    def place(self) -> Item | None:
        """The entry or key to go on after."""
        return self.end if self.end is not None and not self.left else self.last

    def add(self, entries: Sequence[Entry], end: Item | None) -> None:
        """Put another page behind what is in hand."""
        self.last = self.place
        self.entries = [*islice(self.entries, self.used, None), *entries]
        self.used = 0
        self.end, self.is_open, self.page_items = end, end is not None, len(entries)

    def take(self) -> None:
        """Count the next entry as taken."""
        self.last = self.entries[self.used][1]
        self.used += 1


@dataclass(slots=True)
class Merge:
    """The streams of all shards as one.

    Attributes:
        streams: by the numbers of the shards.
        fetch: reads the page of a shard after a key, of as many entries at most.
        order: what an entry of a shard is compared by.
        ascending: the smallest comes first.
        edge: what lies before it was written since the shards were read up to there, and is left out.
    """

    streams: Sequence[Stream]
    fetch: Fetch
    order: Callable[[Item, int], Order]
    ascending: bool = True
    edge: Order | None = field(default=None, repr=False)

    @property
    def goes_on(self) -> bool:
        """True if something is in hand, or may come."""
        return any(stream.left or stream.is_open for stream in self.streams)

    async def fill(self, wanted: int | None) -> None:
        """Read until the next entry of every shard is in hand, or the shard has come to its end.

        Shards that soon run out as well are read at the same time, unless only so many entries are wanted.
        """
        size = None if wanted is None else share(wanted, len(self.streams))
        while any(stream.is_open and not stream.left for stream in self.streams):
            await together(
                self._read(stream, size)
                for stream in self.streams
                if stream.is_open
                if not stream.left or (wanted is None and 2 * stream.left <= stream.page_items)
            )

    async def _read(self, stream: Stream, size: int | None) -> None:
        start = stream.last if stream.end is None else stream.end
        page = await self.fetch(stream.shard, start, size)
        entries = [(self.order(item, stream.shard), item) for item in page.items]
        if self.edge is not None:
            entries = [entry for entry in entries if not self._is_before(entry[0], self.edge)]
        stream.add(entries, page.last_evaluated_key)

    def ready(self) -> list[Entry]:
        """What is in hand and comes before whatever is still to be read, in order; after `fill`."""
        ends = [stream.entries[-1][0] for stream in self.streams if stream.is_open]
        bound: Order | None = (min(ends) if self.ascending else max(ends)) if ends else None
        found: list[Entry] = []
        for stream in self.streams:
            for entry in islice(stream.entries, stream.used, None):
                if bound is not None and self._is_before(bound, entry[0]):
                    break
                found.append(entry)
        # Stable in either direction, so entries of one shard stay as they are.
        return sorted(found, key=_order_of, reverse=not self.ascending)

    def take(self, entries: Iterable[Entry]) -> None:
        """Count entries as taken, in the order in which they were ready."""
        for order, _ in entries:
            shard: int = order[-1]
            self.streams[shard].take()

    def _is_before(self, one: Order, other: Order) -> bool:
        return one < other if self.ascending else one > other


def share(wanted: int, shards: int) -> int:
    """How many entries to ask each shard for, where so many are wanted: some more than an even share."""
    even = wanted / shards
    return min(wanted, math.ceil(even + _DEVIATIONS * math.sqrt(even)))


def _order_of(entry: Entry) -> Order:
    return entry[0]
