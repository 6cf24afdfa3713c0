"""Scans: every item of a table or index, in up to a million parallel segments."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any, Self, TypeVar, overload

from ddbmodel import limits
from ddbmodel.errors import ExpressionError
from ddbmodel.expressions import Path, PathRef
from ddbmodel.mapper.explanation import Explanation, readable
from ddbmodel.mapper.planner import joined
from ddbmodel.mapper.query import paths_of_attributes
from ddbmodel.mapper.read import PageRequest, Read, ReadOptions
from ddbmodel.operations import Scan as ScanRequest
from ddbmodel.operations.page import PageResult

R = TypeVar("R")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")


class Scan(Read[R]):
    """A scan. Items come in no order. Cost: read units for everything that is stored, whatever the filter drops."""

    __slots__ = ("_segments",)

    def __init__(
        self, gateway: Any, plan: Any, options: ReadOptions | None = None, segments: int = 1
    ) -> None:
        super().__init__(gateway, plan, options)
        if not 1 <= segments <= limits.SCAN_SEGMENTS:
            raise ExpressionError(f"segments is a number from 1 to {limits.SCAN_SEGMENTS:,}")
        self._segments = segments

    @overload
    def select(self, a: Path[A], /) -> Scan[tuple[A]]: ...
    @overload
    def select(self, a: Path[A], b: Path[B], /) -> Scan[tuple[A, B]]: ...
    @overload
    def select(self, a: Path[A], b: Path[B], c: Path[C], /) -> Scan[tuple[A, B, C]]: ...
    @overload
    def select(self, *paths: Path[Any]) -> Scan[tuple[Any, ...]]: ...
    def select(self, *paths: Path[Any]) -> Scan[Any]:
        """Return named tuples of these fields only. Cost: the same read units, less transferred."""
        return self._selecting(paths)  # type: ignore[no-any-return]  # a read of rows

    def _with(self, **changes: Any) -> Self:
        return type(self)(self._gateway, self._plan, replace(self._options, **changes), self._segments)

    def _request(self, page: PageRequest) -> ScanRequest:
        options = self._options
        selection = None if page.count_only else options.selection
        return ScanRequest(
            self._gateway.table_name(self._plan),
            index=options.index or None,
            filter=joined(options.conditions) if options.conditions else None,
            projection=None if selection is None else selection.projection(self._key_paths()),
            limit=page.limit or options.page_size,
            exclusive_start_key=page.start,
            consistent=options.consistent,
            select="COUNT" if page.count_only else None,
            segment=page.segment,
            total_segments=None if page.segment is None else self._segments,
        )

    def _explained(self, request: ScanRequest) -> Explanation:
        options = self._options
        filter_text = readable(joined(options.conditions)) if options.conditions else None
        return Explanation(request.name, request.table, request.index, None, filter_text, request.to_wire())

    def _has_filter(self) -> bool:
        return bool(self._options.conditions)

    def _key_paths(self) -> tuple[PathRef, ...]:
        table = self._plan.stored_table
        index = table.index(self._options.index) if self._options.index else None
        names = {attribute.name for attribute in (*table.key, *(index.key if index else ()))}
        return paths_of_attributes(self._plan, sorted(names))

    async def _pages(self, page: PageRequest) -> AsyncGenerator[PageResult]:
        if self._segments == 1 or page.in_order:
            async for result in super()._pages(page):
                yield result
            return
        queue: asyncio.Queue[PageResult | BaseException | None] = asyncio.Queue(maxsize=self._segments)
        workers = [
            asyncio.create_task(self._read_segment(page, number, queue)) for number in range(self._segments)
        ]
        try:
            running = len(workers)
            while running:
                entry = await queue.get()
                if entry is None:
                    running -= 1
                elif isinstance(entry, BaseException):
                    raise entry
                else:
                    yield entry
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    async def _read_segment(
        self, page: PageRequest, number: int, queue: asyncio.Queue[PageResult | BaseException | None]
    ) -> None:
        try:
            async for result in super()._pages(replace(page, segment=number)):
                await queue.put(result)
        except Exception as error:
            await queue.put(error)
        else:
            await queue.put(None)
