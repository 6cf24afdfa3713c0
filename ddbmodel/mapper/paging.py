"""One page of a read, and the tokens that lead on from it in both directions.

Reading backward is the same read in the other order, from the first entry of a page, turned round. A page
that begins or ends where the read does has no token that leads on there. One without entries has no key to
lead back from, so its token begins at that end of the read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from ddbmodel.errors import InvalidCursor
from ddbmodel.mapper.cursor import Position, Tokens
from ddbmodel.mapper.pages import Pager
from ddbmodel.mapper.reading import InvalidItem

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """Some of a read's results.

    Attributes:
        items: in order.
        next: the token that continues after them; None if there is nothing more.
        previous: the token for what comes before them; None if there is nothing, and always of a scan.
        invalid: what could not be decoded, in order, if the read collects it; it counts for the page's size.
    """

    items: list[R]
    next: str | None
    previous: str | None = None
    invalid: list[InvalidItem] = field(default_factory=list[InvalidItem])


@dataclass(frozen=True, slots=True)
class Paging:
    """Reads single pages.

    Attributes:
        pager: sends the requests.
        cursors: makes and reads the tokens.
        reversible: False if the read has one direction only.
    """

    pager: Pager
    cursors: Tokens
    reversible: bool

    async def after(self, token: str | None, size: int) -> Page[Any]:
        """Up to `size` results after a token; None is the first page."""
        start = Position(None) if token is None else self._start(token, backward=False)
        limit, room = self.pager.options.limit, size
        if limit is not None:
            room = min(size, limit - start.delivered)
        # Of a page that may hold invalid items nobody knows before that it is the last one.
        last = limit is not None and room == limit - start.delivered and not self.pager.reading.lenient
        stretch = await self.pager.page(start.key, room, last=last)
        results, invalid = self.pager.reading.sorted_out(stretch.items)
        delivered = self._counted(start.delivered + len(results))
        ends = stretch.end is None or delivered == limit
        begins = start.key is None or not self.reversible
        return Page(
            results,
            None if ends else self.cursors.make(Position(stretch.end, delivered)),
            None if begins else self.cursors.make(Position(stretch.first, start.delivered, backward=True)),
            invalid,
        )

    async def before(self, token: str, size: int) -> Page[Any]:
        """Up to `size` results before a token, in the order of the read."""
        start = self._start(token, backward=True)
        limit = self.pager.options.limit
        stretch = await self.pager.page(start.key, size if limit is None else min(size, limit), backward=True)
        results, invalid = self.pager.reading.sorted_out(reversed(stretch.items))
        # What was written or deleted in between moves the count; at the first item it is right again.
        first = stretch.end is None
        before = 0 if first else max(0, self._counted(start.delivered - len(results)))
        delivered = self._counted(len(results)) if first else start.delivered
        ends = start.key is None or delivered == limit
        return Page(
            results,
            None if ends else self.cursors.make(Position(stretch.first, delivered)),
            None if first else self.cursors.make(Position(stretch.end, before, backward=True)),
            invalid,
        )

    def _start(self, token: str, *, backward: bool) -> Position:
        start, limit = self.cursors.read(token, backward=backward), self.pager.options.limit
        if limit is not None and start.delivered >= limit:
            raise InvalidCursor("the page token is of a read that has come to its limit")
        return start

    def _counted(self, delivered: int) -> int:
        return 0 if self.pager.options.limit is None else delivered
