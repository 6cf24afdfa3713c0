"""Exports of a table to S3, in DynamoDB JSON, as they lie there, or in a folder after they were downloaded.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Final, cast

from pydantic import BaseModel

from ddbmodel.codec.values import AttributeValue, Item
from ddbmodel.errors import CodecError, SourceError
from ddbmodel.ingest.byte_stream import ByteStream, fingerprint_of
from ddbmodel.ingest.json_lines import LineReader, LineSource
from ddbmodel.ingest.letters import text_letter, verbatim_letter
from ddbmodel.ingest.location import Location, location_of
from ddbmodel.ingest.rows import BadRow, Position, Row
from ddbmodel.ingest.s3_objects import S3Objects, S3Path
from ddbmodel.ingest.source import Reader, Source
from ddbmodel.ingest.validation import Validator, parse_json
from ddbmodel.model import ModelPlan, plan_of

_MANIFEST: Final = "manifest-files.json"
_LAYOUT: Final = "an export has one beside its folder data"
_CHUNK_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True, init=False)
class DynamoDBJson(LineSource):
    """A file of a DynamoDB export: `{"Item": {"id": {"S": "1"}}}` on each line."""

    format: ClassVar[str] = "dynamodb-json"

    def model_of(self, row: Row, validator: Validator[Any]) -> BaseModel:
        if row.problem:
            raise BadRow(row.problem)
        return model_of_item(item_of(row.content), validator)

    def letter(self, row: Row) -> Mapping[str, Any]:
        return verbatim_letter(self.format, row.content) or text_letter(self.format, row.content)


@dataclass(frozen=True, slots=True)
class DynamoDBExport(Source):
    """The folder of a full export, with its manifest: `AWSDynamoDB/<export>/`, in its bucket or downloaded.

    The files are read in the order of the manifest, whose checksums and counts are checked. An item of
    another entity is a bad row; items are read as the mapper reads them, and attributes that the model would
    drop are refused.
    """

    format: ClassVar[str] = "dynamodb-json"

    folder: Location
    manifest: Location = field(init=False, repr=False)

    def __init__(self, folder: Location | str) -> None:
        at = location_of(folder)
        object.__setattr__(self, "folder", at)
        object.__setattr__(self, "manifest", at / _MANIFEST)

    @property
    def name(self) -> str:
        return str(self.folder)

    @property
    def location(self) -> Location:
        return self.folder

    def through(self, objects: S3Objects) -> Source:
        if not isinstance(self.folder, S3Path) or not isinstance(self.manifest, S3Path):
            return self
        bound = DynamoDBExport(self.folder.through(objects, lookup=False))
        try:
            object.__setattr__(bound, "manifest", self.manifest.through(objects))
        except SourceError as error:
            raise SourceError(f"{error}; {_LAYOUT}") from error
        return bound

    def open(self, start: Position) -> Reader:
        return ExportReader(self.parts(), start)

    def fingerprint(self, end: Position) -> Mapping[str, Any]:
        return fingerprint_of(self.manifest, Position())

    def check(self, validator: Validator[Any]) -> None:
        for part in self.parts():
            if not part.present:
                raise SourceError(
                    f"{part.path}: the manifest names it, but it is not there "
                    "(an incremental export is read by read_changes)"
                )

    def parts(self) -> Iterator[ExportPart]:
        """Give the files that the manifest names.

        Raises:
            SourceError: there is no manifest, or it is not one.
        """
        data = self.folder / "data"
        listed: Mapping[str, S3Path] = (data / "").under() if isinstance(data, S3Path) else {}
        for part, etag in parts_of(self.manifest, data):
            yield part.listed(listed, etag) if isinstance(part.path, S3Path) else part

    def model_of(self, row: Row, validator: Validator[Any]) -> BaseModel:
        return DynamoDBJson.model_of(cast("DynamoDBJson", self), row, validator)

    def letter(self, row: Row) -> Mapping[str, Any]:
        return DynamoDBJson.letter(cast("DynamoDBJson", self), row)


@dataclass(frozen=True, slots=True)
class ExportPart:
    """One file of an export.

    Attributes:
        path: where it lies.
        items: how many items it has.
        checksum: MD5 of the file, in base64; None if the manifest has none.
    """

    path: Location
    items: int
    checksum: str | None

    @property
    def present(self) -> bool:
        """True if it is there."""
        return self.path.found is not None if isinstance(self.path, S3Path) else self.path.is_file()

    def listed(self, there: Mapping[str, S3Path], etag: str | None) -> ExportPart:
        """Give it as an object that was listed, or as it is if there is none.

        Where the manifest has no checksum, its ETag has to be the object's; where it has one, that decides,
        as a copy can have another ETag.

        Raises:
            SourceError: the object is not the one that the manifest names.
        """
        assert isinstance(self.path, S3Path)
        at = there.get(self.path.key)
        if at is None:
            return self
        if self.checksum is None and etag is not None and etag.strip('"') != at.content.etag.strip('"'):
            raise SourceError(f"{at}: damaged: its ETag is not that of the manifest")
        md5 = None if self.checksum is None else base64.b64decode(self.checksum, validate=True).hex()
        return replace(self, path=replace(at, found=replace(at.content, md5=md5)))

    def check(self) -> None:
        """Compare the file with its checksum; that of an object is compared while it is read.

        Raises:
            SourceError: it is damaged, or missing.
        """
        if isinstance(self.path, S3Path):
            return
        digest = hashlib.md5(usedforsecurity=False)
        try:
            with self.path.open("rb") as file:
                while chunk := file.read(_CHUNK_BYTES):
                    digest.update(chunk)
        except OSError as error:
            raise SourceError(f"{self.path}: {error.strerror}") from error
        if self.checksum is not None and base64.b64encode(digest.digest()).decode() != self.checksum:
            raise SourceError(f"{self.path}: damaged: its checksum is not that of the manifest")


def parts_of(manifest: Location, data: Location) -> Iterator[tuple[ExportPart, str | None]]:
    """Give the files that a manifest names, as they lie in a folder, and the ETags that they had.

    Raises:
        SourceError: there is no manifest, or it is not one.
    """
    try:
        for line in manifest.read_text().splitlines():
            entry = json.loads(line)
            path = data / str(entry["dataFileS3Key"]).rpartition("/")[2]
            checksum = entry.get("md5Checksum")
            base64.b64decode(checksum or "", validate=True)  # or it is none
            yield ExportPart(path, int(entry["itemCount"]), checksum), entry.get("etag")
    except OSError as error:
        raise SourceError(f"{manifest}: {error.strerror}; {_LAYOUT}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{manifest}: this is no manifest of an export") from error


class ExportReader(Reader):
    """Reads file after file. Lines are counted through all of them."""

    def __init__(self, parts: Iterable[ExportPart], start: Position) -> None:
        self._parts = list(parts)
        self._start = start
        self._total = sum(part.items for part in self._parts)
        self._done = start.row
        self._reader: Reader | None = None

    def __iter__(self) -> Iterator[Row]:
        before = 0
        for part in self._parts:
            if before + part.items > self._start.row:
                yield from self._rows(part, before)
            before += part.items

    def _rows(self, part: ExportPart, before: int) -> Iterator[Row]:
        part.check()
        self._reader = LineReader(ByteStream(part.path), Position(before, before, 0))
        count = before
        for row in self._reader:
            count = row.number
            self._done = max(self._done, count)
            if count > self._start.row:
                row.end = Position(count, count, 0)
                yield row
        self._reader.close()
        if count != before + part.items:
            raise SourceError(
                f"{part.path}: it has {count - before} items, and the manifest says {part.items}"
            )

    def fraction(self) -> float | None:
        return self._done / self._total if self._total else None

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()


def item_of(text: bytes) -> Item:
    """Read a line of DynamoDB JSON.

    Raises:
        BadRow: it is none.
    """
    parsed: Any = parse_json(text)
    item = cast("dict[str, Any]", parsed).get("Item") if isinstance(parsed, dict) else None
    if not isinstance(item, dict):
        raise BadRow('a row is {"Item": {...}}; an incremental export is read by read_changes')
    named = cast("dict[str, Any]", item)
    return {name: _value(stored, f"$.Item.{name}") for name, stored in named.items()}


def model_of_item(item: Item, validator: Validator[Any]) -> BaseModel:
    """Make the model of an item as it is stored.

    Raises:
        BadRow: it is not one of this model, or would lose attributes.
    """
    plan: ModelPlan[Any] = plan_of(validator.model)
    try:
        model: BaseModel = plan.decode(item)
        if validator.unknown == "refuse":
            again = plan.encode(model)
            lost = (name for name in plan.upgraded(item) if name not in again and "NULL" not in item[name])
            if (name := next(lost, None)) is not None:
                raise BadRow(f"{validator.model.__name__} would drop this attribute", f"$.{name}")
    except CodecError as error:
        raise BadRow(error.reason, error.path) from None
    return model


def _value(stored: Any, path: str) -> AttributeValue:
    if stored.__class__ is not dict or len(stored) != 1:
        raise BadRow("an attribute value is an object with one type", path)
    ((kind, value),) = stored.items()
    try:
        return cast("AttributeValue", {kind: _content(kind, value, path)})
    except (ValueError, TypeError, AttributeError):
        raise BadRow(f"this is no value of type {kind[:4]}", path) from None


def _content(kind: str, value: Any, path: str) -> Any:
    if kind == "B":
        return base64.b64decode(value, validate=True)
    if kind == "BS":
        return [base64.b64decode(one, validate=True) for one in value]
    if kind == "M":
        return {name: _value(one, f"{path}.{name}") for name, one in value.items()}
    if kind == "L":
        return [_value(one, f"{path}[{place}]") for place, one in enumerate(value)]
    if kind in ("S", "N") and isinstance(value, str):
        return value
    if kind in ("BOOL", "NULL") and isinstance(value, bool):
        return value
    if kind in ("SS", "NS") and value.__class__ is list and all(type(one) is str for one in value):
        return value
    raise ValueError
