"""The changes in an incremental export, as models.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final, Generic, TypeVar, cast, overload

from pydantic import BaseModel

from ddbmodel.codec.documents import read_loaded
from ddbmodel.codec.values import Item
from ddbmodel.errors import ExpressionError, SourceError
from ddbmodel.ingest.dynamodb_export import ExportPart, ExportReader, parts_of
from ddbmodel.ingest.location import Location, location_of
from ddbmodel.ingest.rows import Position, Row
from ddbmodel.ingest.s3_objects import S3Objects, S3Path, reading_s3
from ddbmodel.mapper.reading import OnInvalid, is_lenient
from ddbmodel.mapper.streams.change import Change, ChangeKind, InvalidChange, StreamView
from ddbmodel.mapper.streams.changes import INVALID_MAX
from ddbmodel.mapper.streams.decoding import ChangeDecoder
from ddbmodel.mapper.streams.record import StreamRecord
from ddbmodel.transport.object_store import S3Access

R = TypeVar("R")
A = TypeVar("A", bound=BaseModel)
B = TypeVar("B", bound=BaseModel)
C = TypeVar("C", bound=BaseModel)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# AWS's pages spell the view of new images in both ways.
_VIEWS: Final[Mapping[str, StreamView]] = {
    "NEW_AND_OLD_IMAGES": "NEW_AND_OLD_IMAGES",
    "NEW_IMAGE": "NEW_IMAGE",
    "NEW_IMAGES": "NEW_IMAGE",
}
# Arbitrary: so many are read in a thread at once.
_ROWS: Final = 200


class ExportChanges(Generic[R]):
    """The changes of an incremental export, as `read_changes` describes them.

    Nothing is read before it is iterated over; each loop begins anew.

    Attributes:
        invalid: what could not be decoded, if it is collected. It is yours to clear: with 1,000 of them, the
            next one is raised.
    """

    def __init__(self, folder: Location, decoder: ChangeDecoder, s3: S3Access) -> None:
        self._folder = folder
        self._decoder = decoder
        self._s3 = s3
        self.invalid: list[InvalidChange] = []

    def __repr__(self) -> str:
        models = ", ".join(plan.model.__name__ for plan in self._decoder.plans)
        return f"<ExportChanges of {models} in {self._folder}>"

    async def __aiter__(self) -> AsyncGenerator[Change[R]]:
        async with reading_s3(self._folder, self._s3) as objects:
            export = await asyncio.to_thread(_Export.opened, self._folder, objects)
            reader = ExportReader(export.parts, Position())
            try:
                rows = iter(reader)
                while some := await asyncio.to_thread(_some, rows):
                    for row in some:
                        found = self._decoder.change(export.record(row))
                        if isinstance(found, InvalidChange):
                            self._set_aside(found)
                        elif found is not None:
                            yield found
            finally:
                reader.close()

    def _set_aside(self, found: InvalidChange) -> None:
        if len(self.invalid) >= INVALID_MAX:
            raise found.error
        self.invalid.append(found)


@overload
def read_changes(
    folder: str | Path, a: type[A], /, *, on_invalid: OnInvalid = "raise", s3: S3Access | None = None
) -> ExportChanges[A]: ...
@overload
def read_changes(
    folder: str | Path,
    a: type[A],
    b: type[B],
    /,
    *,
    on_invalid: OnInvalid = "raise",
    s3: S3Access | None = None,
) -> ExportChanges[A | B]: ...
@overload
def read_changes(
    folder: str | Path,
    a: type[A],
    b: type[B],
    c: type[C],
    /,
    *,
    on_invalid: OnInvalid = "raise",
    s3: S3Access | None = None,
) -> ExportChanges[A | B | C]: ...
@overload
def read_changes(
    folder: str | Path,
    a: type[BaseModel],
    b: type[BaseModel],
    c: type[BaseModel],
    d: type[BaseModel],
    /,
    *more: type[BaseModel],
    on_invalid: OnInvalid = "raise",
    s3: S3Access | None = None,
) -> ExportChanges[Any]: ...
def read_changes(
    folder: str | Path,
    /,
    *models: type[BaseModel],
    on_invalid: OnInvalid = "raise",
    s3: S3Access | None = None,
) -> Any:
    """Read the changes in an incremental export, with checksums and counts compared.

        async for change in read_changes("s3://backups/AWSDynamoDB/01693685827463-2d8752fd", Order): ...

    An export has each item that changed once: as it was before, and as it became in the end. They come in the
    order of the files, which is none of time; `Change.at` is the last write's, to the microsecond. Time to
    live is not told from other deletions: `is_expiry` is False. There are no sequence numbers. With new
    images only, an insert is not told from a modification: `kind` is `MODIFY` for both.

    Leave a loop early with `async with aclosing(aiter(read_changes(...))) as changes`.

    Args:
        folder: `AWSDynamoDB/<export>/`, or its URL (`s3://...`): its files lie beside it, in
            `AWSDynamoDB/data/`, and in a downloaded one have to lie so too.
        models: the model, or several that share a table. Changes of other models of it are left out.
        on_invalid: what to do about a change that cannot be decoded: `"raise"` the `CodecError`, or
            `"collect"` it in `ExportChanges.invalid` and go on.
        s3: how to reach S3; as the AWS SDK does if not given.

    Raises:
        ExpressionError: no model, or several that do not share a table; or an argument cannot be.
        SourceError: while it is iterated over: this is no incremental export in DynamoDB JSON, or a file of
            it is damaged or missing. What was given before that is sound.
        CodecError: while it is iterated over: an item is not one of the models.

    Memory: bounded.
    """
    decoder = ChangeDecoder("read_changes", models, lenient=is_lenient(on_invalid))
    at = location_of(folder)
    if isinstance(at, S3Path) and not at.key.strip("/"):
        raise ExpressionError("read_changes: name the folder of one export, AWSDynamoDB/<export>/")
    changes: ExportChanges[Any] = ExportChanges(at, decoder, s3 or S3Access())
    return changes


@dataclass(frozen=True, slots=True)
class _Export:
    """An incremental export that was looked at.

    Attributes:
        name: where it lies.
        view: which images it has.
        parts: its files.
    """

    name: str
    view: StreamView
    parts: list[ExportPart]

    @classmethod
    def opened(cls, folder: Location, objects: S3Objects | None) -> _Export:
        """Read its manifests, and look its files up. Blocks.

        Raises:
            SourceError: this is no incremental export, or a file is missing.
        """
        view = _view_of(_through(folder / "manifest-summary.json", objects))
        manifest = _through(folder / "manifest-files.json", objects)
        parts = [_present(part, etag, objects) for part, etag in parts_of(manifest, _data_beside(folder))]
        return cls(str(folder), view, parts)

    def record(self, row: Row) -> StreamRecord:
        """Read a line.

        Raises:
            SourceError: it is no change.
        """
        try:
            return self._record(json.loads(row.content), row.number)
        except (LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
            pass  # not chained: it may quote values
        raise SourceError(f"{self.name}, change {row.number:,}: this is no change of an incremental export")

    def _record(self, wire: Mapping[str, Any], number: int) -> StreamRecord:
        old, new = _image(wire.get("OldImage")), _image(wire.get("NewImage"))
        kind: ChangeKind = "MODIFY"
        if new is None:
            kind = "REMOVE"
        elif old is None and self.view == "NEW_AND_OLD_IMAGES":
            kind = "INSERT"
        stamp: Any = wire["Metadata"]["WriteTimestampMicros"]
        # A number as DynamoDB JSON has it, or as it is.
        micros = int(stamp if isinstance(stamp, str | int) else stamp["N"])
        return StreamRecord(
            kind=kind,
            key=_item(wire["Keys"]),
            old=old,
            new=new,
            at=_EPOCH + timedelta(microseconds=micros),
            is_expiry=False,
            sequence_number=None,
            event_id=f"{self.name.rstrip('/').rpartition('/')[2]}/{number}",
            view=self.view,
        )


def _view_of(summary: Location) -> StreamView:
    try:
        wire: Any = json.loads(summary.read_text())
        told = (wire["exportType"], wire["outputFormat"], wire.get("outputView"))
    except OSError as error:
        raise SourceError(f"{summary}: {error.strerror}; an export has one when it is completed") from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise SourceError(f"{summary}: this is no summary of an incremental export") from error
    kind, form, view = told
    if kind != "INCREMENTAL_EXPORT":
        raise SourceError(f"{summary}: this is no incremental export; a full one is read by read_export")
    if form != "DYNAMODB_JSON":
        raise SourceError(f"{summary}: it is not in DynamoDB JSON, which is what is read")
    if view not in _VIEWS:
        raise SourceError(f"{summary}: it does not say which images it has")
    return _VIEWS[view]


def _through(location: Location, objects: S3Objects | None) -> Location:
    if isinstance(location, S3Path) and objects is not None:
        return location.through(objects)
    return location


def _data_beside(folder: Location) -> Location:
    """The folder `data` that all incremental exports of a place share."""
    if isinstance(folder, S3Path):
        above, slash, _ = folder.key.rstrip("/").rpartition("/")
        return replace(folder, key=f"{above}{slash}data", found=None)
    return folder.absolute().parent / "data"


def _present(part: ExportPart, etag: str | None, objects: S3Objects | None) -> ExportPart:
    path = _through(part.path, objects)
    if isinstance(path, S3Path):
        return part.listed({path.key: path}, etag)
    if not part.present:
        raise SourceError(f"{path}: the manifest names it, but it is not there")
    return part


def _image(wire: Any) -> Item | None:
    return _item(wire) if wire else None


def _item(wire: Any) -> Item:
    if not isinstance(wire, dict):
        raise TypeError
    return {name: read_loaded(stored) for name, stored in cast("dict[str, Any]", wire).items()}


def _some(rows: Iterator[Row]) -> list[Row]:
    return list(islice(rows, _ROWS))
