"""JSON Lines: one object on each line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel

from ddbmodel.ingest.byte_stream import LINE_BYTES_MAX, STANDARD_INPUT, ByteStream, fingerprint_of
from ddbmodel.ingest.letters import text_letter, verbatim_letter
from ddbmodel.ingest.location import Location, location_of
from ddbmodel.ingest.rows import BadRow, Position, Row
from ddbmodel.ingest.s3_objects import S3Objects
from ddbmodel.ingest.source import Reader, Source, path_through
from ddbmodel.ingest.validation import Validator

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class LineSource(Source):
    """A file with a row on each line. Lines without anything on them are no rows.

    Attributes:
        path: the file or `s3://` URL, compressed if it ends in .gz, .bz2, .xz or .zst; `-` is standard input.
    """

    path: Location

    def __init__(self, path: Location | str) -> None:
        object.__setattr__(self, "path", location_of(path))

    @property
    def name(self) -> str:
        return "standard input" if self.path == STANDARD_INPUT else str(self.path)

    @property
    def repeatable(self) -> bool:
        return self.path != STANDARD_INPUT

    @property
    def location(self) -> Location:
        return self.path

    def through(self, objects: S3Objects) -> Source:
        return path_through(self, objects)

    def open(self, start: Position) -> Reader:
        return LineReader(ByteStream(self.path, start.offset), start)

    def fingerprint(self, end: Position) -> Mapping[str, Any]:
        return fingerprint_of(self.path, end)


class LineReader(Reader):
    """Gives a row for each line."""

    def __init__(self, stream: ByteStream, start: Position) -> None:
        self._stream = stream
        self._start = start

    def __iter__(self) -> Iterator[Row]:
        number, count = self._start.row, self._start.line
        for line in self._stream.lines():
            count += 1
            content = line.rstrip(b"\r\n")
            if count == 1:
                content = content.removeprefix(_BOM)
            if not content.strip():
                continue
            number += 1
            row = Row(number, count, Position(number, count, self._stream.offset), content)
            if len(line) >= LINE_BYTES_MAX:
                row.problem = f"the line is longer than {LINE_BYTES_MAX:,} bytes; its rest is left out"
            yield row

    def fraction(self) -> float | None:
        return self._stream.fraction()

    def close(self) -> None:
        self._stream.close()


@dataclass(frozen=True, slots=True, init=False)
class JsonLines(LineSource):
    """A file of JSON Lines.

    Args:
        path: the file or `s3://` URL, compressed if it ends in .gz, .bz2, .xz or .zst; `-` is standard input.
    """

    format: ClassVar[str] = "json-lines"

    def model_of(self, row: Row, validator: Validator[Any]) -> BaseModel:
        if row.problem:
            raise BadRow(row.problem)
        model: BaseModel = validator.of_json(row.content)
        return model

    def letter(self, row: Row) -> Mapping[str, Any]:
        return verbatim_letter(self.format, row.content) or text_letter(self.format, row.content)
