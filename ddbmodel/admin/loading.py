"""A dump into a table."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import Final

from ddbmodel.admin.dump_folder import DumpFolder, Manifest
from ddbmodel.admin.dump_part import Part
from ddbmodel.admin.dump_report import DumpProgress, LoadReport, OnProgress
from ddbmodel.admin.files import in_thread
from ddbmodel.admin.load_place import Place, stored_place
from ddbmodel.admin.recovery_point import has_items, require_recovery_point_of
from ddbmodel.admin.service import Service, TableRef, Writer, WritingService
from ddbmodel.admin.waiting import PATIENCE, Patience, active, described
from ddbmodel.codec.values import Item
from ddbmodel.codec.wire_item import WireItem
from ddbmodel.errors import CodecError, DumpError, TableNotFound
from ddbmodel.operations import CreateTable, TableDescription
from ddbmodel.schema import KeyAttribute

# Arbitrary: so many are read in a thread at once, and then accepted.
_LINES: Final = 200


async def load(
    mapper: WritingService,
    folder: str | PathLike[str],
    *,
    table: TableRef | None = None,
    create: bool = False,
    overwrite: bool = False,
    without_recovery_point: bool = False,
    checkpoint: str | PathLike[str] | None = None,
    concurrency: int = 4,
    rate_limit: object = None,
    progress: OnProgress | None = None,
    patience: Patience = PATIENCE,
) -> LoadReport:
    """Write all items of a dump to a table, as they were stored.

    The checksums of all its files are verified before anything is written. Called again after it was killed
    or has failed, it goes on after the last file that was written as a whole; writing an item twice does no
    harm.

    Args:
        mapper: the way to the table.
        folder: where the dump is.
        table: a model, a shared table, or the name of a table, after the mapper's prefix; if not given, the
            name that the dumped table had.
        create: make the table, with keys, indexes and billing as the dumped one had them. Time to live, tags,
            streams and the like are not in a dump.
        overwrite: write to a table that has items too; those with the same key are replaced.
        without_recovery_point: overwrite a table also if it has neither point-in-time recovery nor a backup
            of the last 24 hours.
        checkpoint: the file that tells how far it is; beside the dump's manifest if not given.
        concurrency: how many requests are under way at once, at most.
        rate_limit: a `RateLimit`: the budget of write units.
        progress: is told of each file that is written.
        patience: how long to wait for the table that is made.

    Raises:
        DumpError: there is no finished dump, a file is damaged, the table has another key, or has items.
        NoRecoveryPoint: what would be overwritten could not be restored, and `without_recovery_point`
            is false.
        TableNotFound: there is no table to write to.
        TableInUse: `create` was asked for, and there is such a table.
        UnprocessedItems: items could not be written; `.leftover` has their keys. Load again to go on.

    Cost: write units for all items, and for indexes.
    Atomicity: each item by itself.
    """
    source = DumpFolder(Path(folder))
    manifest = await in_thread(source.finished)
    name = manifest.table.name if table is None else mapper.table_name(table)
    place_at = Path(checkpoint) if checkpoint is not None else source.path / f"load-{name}.json"
    await in_thread(_verify, source, manifest.parts)
    earlier = await in_thread(stored_place, place_at)
    begun = await _is_begun(mapper, manifest, name, earlier)
    if create and not begun:
        target = await _created(mapper, manifest, name, patience)
    else:
        target = await described(mapper, name)
    _check_keys(manifest, target)
    place = earlier if begun and earlier is not None else Place.at_beginning(manifest, target)
    if not begun:
        await _check_items(mapper, name, overwrite=overwrite, without_recovery_point=without_recovery_point)
    await in_thread(place.store, place_at)
    run = _Load(source, manifest, target, place_at, progress)
    async with mapper.batch_writer(concurrency=concurrency, rate_limit=rate_limit) as writer:
        written = await run.parts(writer, place)
    if run.is_done:
        await in_thread(place_at.unlink)
    return LoadReport(name, str(folder), manifest.items, written, begun and written != manifest.items)


class _Load:
    """A load that is under way."""

    def __init__(
        self,
        folder: DumpFolder,
        manifest: Manifest,
        table: TableDescription,
        place_at: Path,
        progress: OnProgress | None,
    ) -> None:
        self._folder = folder
        self._manifest = manifest
        self._table = table
        self._place_at = place_at
        self._progress = progress
        self.is_done = False

    async def parts(self, writer: Writer, place: Place) -> int:
        """Write what is not written; give how many items that were. It ends early if some have failed."""
        accept = writer.stored_items(self._table.schema)
        written = 0
        for part in self._manifest.parts:
            if part.file in place.parts:
                continue
            await self._part(part, accept)
            await writer.flush()
            if writer.report.failed:
                return written  # leaving the writer raises them
            place = place.after(part.file)
            await in_thread(place.store, self._place_at)
            written += part.items
            self._tell(place)
        self.is_done = True
        return written

    async def _part(self, part: Part, accept: Callable[[Item], Awaitable[None]]) -> None:
        lines = part.lines(self._folder.data)
        while some := await in_thread(_some, lines):
            for text in some:
                try:
                    await accept(WireItem(text))
                except CodecError as error:
                    raise DumpError(f"{self._folder.data / part.file}: {error.reason}") from error

    def _tell(self, place: Place) -> None:
        if self._progress is not None:
            done = [part.items for part in self._manifest.parts if part.file in place.parts]
            self._progress(DumpProgress(sum(done), len(done), self._manifest.items))


def _some(lines: Iterator[bytes]) -> list[bytes]:
    return list(islice(lines, _LINES))


def _verify(folder: DumpFolder, parts: tuple[Part, ...]) -> None:
    for part in parts:
        part.check(folder.data)


async def _is_begun(mapper: Service, manifest: Manifest, name: str, earlier: Place | None) -> bool:
    """True if an earlier run has begun to load this dump into the table that there is now."""
    if earlier is None:
        return False
    try:
        start = Place.at_beginning(manifest, await described(mapper, name))
    except TableNotFound:
        return False
    return (earlier.dump, earlier.table) == (start.dump, start.table)


def _check_keys(manifest: Manifest, target: TableDescription) -> None:
    dumped, there = manifest.table.schema, target.schema
    if (dumped.partition_key, dumped.sort_key) != (there.partition_key, there.sort_key):
        raise DumpError(
            f"table {target.name!r} has another key ({_names(there.key)}) than the table that was dumped "
            f"({_names(dumped.key)}): load it into a table with the same key. Nothing was written."
        )


def _names(key: tuple[KeyAttribute, ...]) -> str:
    return ", ".join(f"{attribute.name} {attribute.type}" for attribute in key)


async def _created(mapper: Service, manifest: Manifest, name: str, patience: Patience) -> TableDescription:
    schema = replace(manifest.table.schema, name=name)
    await mapper.send(CreateTable(schema, manifest.table.billing))
    return await active(mapper, name, patience, operation=CreateTable.name)


async def _check_items(mapper: Service, name: str, *, overwrite: bool, without_recovery_point: bool) -> None:
    if not await has_items(mapper, name):
        return
    if not overwrite:
        raise DumpError(
            f"table {name!r} is not empty: load into a new table, or say overwrite=True (--overwrite) to "
            "replace the items that have the same key as one of the dump. Nothing was written."
        )
    if not without_recovery_point:
        await require_recovery_point_of(mapper, name)
