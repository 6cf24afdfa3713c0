"""A table into a folder."""

# pyright: reportUnnecessaryIsInstance=false
# The checks are for callers without a type checker.

from __future__ import annotations

import asyncio
import math
from collections.abc import Coroutine
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any, Final

from ddbmodel import limits
from ddbmodel.admin.dump_folder import DumpFolder, Step, manifest_of
from ddbmodel.admin.dump_part import Part, PartWriter
from ddbmodel.admin.dump_report import DumpProgress, DumpReport, OnProgress
from ddbmodel.admin.files import in_thread
from ddbmodel.admin.read_pace import ReadPace
from ddbmodel.admin.service import Service, TableRef
from ddbmodel.codec.values import Item
from ddbmodel.errors import DumpError, ExpressionError
from ddbmodel.operations import DescribeTable, Scan, ScanResult

# Before compression. Arbitrary: what a killed dump reads again, for each segment.
PART_BYTES: Final = 64 * 1024 * 1024


async def dump(
    mapper: Service,
    table: TableRef,
    folder: str | PathLike[str],
    *,
    segments: int = 4,
    consistent: bool = True,
    read_units_per_second: float | None = None,
    part_bytes: int = PART_BYTES,
    progress: OnProgress | None = None,
) -> DumpReport:
    """Write all items of a table to a folder, as they are stored, in compressed DynamoDB JSON.

    Every item is in it, whatever model it is of, and of none. Called again after it was killed, it goes on:
    each segment after its last finished part. `DynamoDBExport(folder)` reads it as well.

    Args:
        mapper: the way to the table.
        table: a model, a shared table, or the name of a table.
        folder: where it goes; it is made, and has to be empty, or to hold an unfinished dump of the table.
        segments: how many parts of the table are read at once.
        consistent: see every write that had succeeded before the dump began.
        read_units_per_second: what the reads may use, on average; each takes up to 1 MB, which is 256 units,
            or 128 with `consistent=False`. None does not hold them back.
        part_bytes: about how much goes in one file, before compression.
        progress: is told of each finished part.

    Raises:
        DumpError: the folder holds something else, or cannot be written.
        ExpressionError: an option is not possible; nothing was sent.
        TableNotFound: there is none.

    Cost: read units for the whole table, half as many with `consistent=False`.
    Atomicity: none: it is not of one moment. Items that are written meanwhile are in it as they were before
        or after; use point-in-time recovery, a backup or an export where that matters.
    """
    _check(segments, part_bytes)
    pace = _pace(read_units_per_second)
    name = mapper.table_name(table)
    description = (await mapper.send(DescribeTable(name)))["Table"]
    run = _Dump(mapper, DumpFolder(Path(folder)), name, part_bytes, progress, pace)
    run.total_items = description.get("ItemCount", 0)
    manifest = manifest_of(description, segments, consistent=consistent)
    try:
        steps = await in_thread(run.folder.begin, manifest)
        run.take_up(steps)
        await _together([run.segment(number, segments, consistent=consistent) for number in range(segments)])
        whole = await in_thread(run.folder.finish, manifest, run.parts)
    except OSError as error:
        raise DumpError(f"{run.folder.path}: {error.strerror or error}; dump again to go on") from error
    finally:
        run.folder.release()
    size = sum(part.size_bytes for part in whole.parts)
    return DumpReport(name, str(folder), whole.items, len(whole.parts), size, consistent, bool(steps))


class _Dump:
    """A dump that is under way."""

    def __init__(  # noqa: PLR0917  # each is of another type
        self,
        mapper: Service,
        folder: DumpFolder,
        table: str,
        part_bytes: int,
        progress: OnProgress | None,
        pace: ReadPace | None,
    ) -> None:
        self._mapper = mapper
        self.folder = folder
        self._table = table
        self._part_bytes = part_bytes
        self._progress = progress
        self._pace = pace
        self._last: dict[int, Step] = {}
        self._counts: dict[int, int] = {}
        self._journal = asyncio.Lock()
        self.parts: list[Part] = []
        self.total_items = 0

    def take_up(self, steps: list[Step]) -> None:
        """Count what an earlier run has done."""
        for step in steps:
            self._last[step.segment] = step
            if step.part is not None:
                self._counts[step.segment] = self._counts.get(step.segment, 0) + 1
                self.parts.append(step.part)

    async def segment(self, number: int, segments: int, *, consistent: bool) -> None:
        """Dump a segment, from where it was left."""
        last = self._last.get(number)
        start = None if last is None else last.next_key
        if last is not None and start is None:
            return
        while True:
            start = await self._one_part(
                Scan(
                    self._table,
                    exclusive_start_key=start,
                    consistent=consistent,
                    segment=number,
                    total_segments=segments,
                    return_capacity=None if self._pace is None else "TOTAL",
                )
            )
            if start is None:
                return

    async def _one_part(self, scan: Scan) -> Item | None:
        """Write the next part of a segment; give where the one after it begins."""
        assert scan.segment is not None
        number = self._counts.get(scan.segment, 0) + 1
        writer: PartWriter | None = None
        start = scan.exclusive_start_key
        try:
            while writer is None or writer.plain_bytes < self._part_bytes:
                page = await self._page(replace(scan, exclusive_start_key=start))
                start = page.last_evaluated_key
                if page.items:
                    writer = writer or PartWriter(self.folder.part(scan.segment, number))
                    await in_thread(writer.add, page.items)
                if start is None:
                    break
            part = None if writer is None else await in_thread(writer.finish)
        except BaseException:
            if writer is not None:
                writer.abandon()
            raise
        await self._note(Step(scan.segment, part, start))
        return start

    async def _page(self, scan: Scan) -> ScanResult:
        if self._pace is None:
            return ScanResult.from_wire(await self._mapper.send(scan))
        # A whole page, as most are; what it has cost is known afterwards.
        expected = limits.PAGE_BYTES / limits.READ_UNIT_BYTES * (1.0 if scan.consistent else 0.5)
        await self._pace.take(expected)
        page = ScanResult.from_wire(await self._mapper.send(scan))
        if page.capacity is not None:
            self._pace.settle(expected, page.capacity.units)
        return page

    async def _note(self, step: Step) -> None:
        async with self._journal:
            await in_thread(self.folder.append, step)
        if step.part is not None:
            self._counts[step.segment] = self._counts.get(step.segment, 0) + 1
            self.parts.append(step.part)
        if self._progress is not None:
            items = sum(part.items for part in self.parts)
            self._progress(DumpProgress(items, len(self.parts), max(items, self.total_items)))


def _check(segments: int, part_bytes: int) -> None:
    if type(segments) is not int or not 1 <= segments <= limits.SCAN_SEGMENTS:
        raise ExpressionError(f"dump: segments is a whole number from 1 to {limits.SCAN_SEGMENTS:,}")
    if type(part_bytes) is not int or part_bytes < 1:
        raise ExpressionError("dump: part_bytes is a whole number from 1 on")


def _pace(units: float | None) -> ReadPace | None:
    if units is None:
        return None
    if type(units) not in (int, float) or not 0 < units < math.inf:
        raise ExpressionError("dump: read_units_per_second is a number above 0")
    return ReadPace(units)


async def _together(works: list[Coroutine[Any, Any, None]]) -> None:
    """Do all of it at once; if one fails, stop the others, and raise what it raised."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
