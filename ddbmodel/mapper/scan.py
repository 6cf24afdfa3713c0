"""Scans: every item of a table or index, in up to a million parallel segments."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from typing import Any, Self, TypeVar, overload

from ddbmodel import limits
from ddbmodel.codec.values import Item
from ddbmodel.errors import ExpressionError
from ddbmodel.expressions import Path
from ddbmodel.mapper.access import Access
from ddbmodel.mapper.checkpoint import Checkpoints, ScanPage, resumable, stored_pages
from ddbmodel.mapper.cursor import Cursors
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.pages import Pager, PageRequest, ReadOptions
from ddbmodel.mapper.planner import for_scan
from ddbmodel.mapper.read import Read
from ddbmodel.model import ModelPlan
from ddbmodel.operations import Scan as ScanRequest

R = TypeVar("R")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
F = TypeVar("F")


class Scan(Read[R]):
    """A scan. Items come in no order.

    `page()` reads one page after the other, whatever the number of segments; `pages()` reads all segments at
    once, and can be resumed.

    Through an index (`using`) it yields what is in the index.

    Cost: read units for everything that is stored, whatever the filter drops.
    Memory: up to one page (1 MB) for each of up to 64 segments under way.

    Raises:
        ExpressionError: the number of segments is impossible; or, when it is sent or explained, the index
            does not hold what is asked for, or cannot be read consistently.
    """

    __slots__ = ("_segments",)

    def __init__(
        self, gateway: Gateway, plan: ModelPlan[Any], options: ReadOptions | None = None, segments: int = 1
    ) -> None:
        super().__init__(gateway, plan, options)
        self._segments = _checked(segments)

    @overload
    def select(self, a: Path[A], /) -> Scan[tuple[A]]: ...
    @overload
    def select(self, a: Path[A], b: Path[B], /) -> Scan[tuple[A, B]]: ...
    @overload
    def select(self, a: Path[A], b: Path[B], c: Path[C], /) -> Scan[tuple[A, B, C]]: ...
    @overload
    def select(self, a: Path[A], b: Path[B], c: Path[C], d: Path[D], /) -> Scan[tuple[A, B, C, D]]: ...
    @overload
    def select(
        self, a: Path[A], b: Path[B], c: Path[C], d: Path[D], e: Path[E], /
    ) -> Scan[tuple[A, B, C, D, E]]: ...
    @overload
    def select(
        self, a: Path[A], b: Path[B], c: Path[C], d: Path[D], e: Path[E], f: Path[F], /
    ) -> Scan[tuple[A, B, C, D, E, F]]: ...
    @overload
    def select(self, *paths: Path[Any]) -> Scan[tuple[Any, ...]]: ...
    def select(self, *paths: Path[Any]) -> Scan[Any]:
        """Return named tuples of these fields only; see `Query.select`."""
        rows: Scan[Any] = self._selecting(paths)
        return rows

    def pages(self, *, after: str | None = None) -> AsyncGenerator[ScanPage[R]]:
        """Page after page of all segments, each with a checkpoint from which the scan can be resumed.

            async for page in mapper.scan(Order, segments=8).pages(after=stored):
                await work_on(page.items)
                stored = page.checkpoint

        A page is what one request finds, so it has no items where a filter leaves none. What has been handed
        out without its checkpoint being kept comes again; nothing is left out. Segments are read ahead by one
        page. Whoever leaves early should close it (`contextlib.aclosing`), which ends the requests.

        Args:
            after: a page's checkpoint; None is the beginning. It serves the same scan only: model,
                conditions, options and segments, but any `page_size`.

        Raises:
            InvalidCursor: when it is iterated over: the checkpoint is damaged, or of another scan.
            ExpressionError: the scan has a limit, which a scan that is resumed could not count.
        """
        if self._options.limit is not None:
            raise ExpressionError("pages() reads everything: leave limit() out, and stop when it is enough")
        return resumable(self._pager.at_home(), self._checkpoints(), after)

    def stored(self, *, after: str | None = None) -> AsyncGenerator[tuple[Sequence[Item], str]]:
        """Page after page of items as they are stored, each with its checkpoint; otherwise as `pages`."""
        return stored_pages(self._pager.at_home(), self._checkpoints(), after)

    def _checkpoints(self) -> Checkpoints:
        pager = self._pager
        identity = {**pager.identity(), "segments": self._segments}
        cursors = Cursors(identity, pager.access.path.position, secret=self._gateway.cursor_key)
        return Checkpoints(cursors, self._segments)

    def _with(self, **changes: Any) -> Self:
        return type(self)(self._gateway, self._plan, replace(self._options, **changes), self._segments)

    def _access(self) -> Access:
        return for_scan(self._plan, self._options.conditions, self._options.wish)

    def _paged(self, access: Access) -> Pager:
        return replace(super()._paged(access), segments=self._segments)

    def _request(self, access: Access, page: PageRequest) -> ScanRequest:
        index = access.path.index
        return ScanRequest(
            self._gateway.table_name(self._plan),
            index=None if index is None else index.name,
            filter=access.filter,
            projection=page.projection,
            limit=page.limit,
            exclusive_start_key=page.start,
            consistent=self._options.consistent,
            select=page.select,
            segment=page.segment,
            total_segments=None if page.segment is None else self._segments,
        )


def _checked(segments: object) -> int:
    if (
        not isinstance(segments, int)
        or isinstance(segments, bool)
        or not 1 <= segments <= limits.SCAN_SEGMENTS
    ):
        raise ExpressionError(f"segments is a whole number from 1 to {limits.SCAN_SEGMENTS:,}")
    return segments
