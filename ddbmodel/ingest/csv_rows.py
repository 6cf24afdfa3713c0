"""CSV: a header, then a record of text for each row."""

# pyright: reportUnnecessaryContains=false
# The checks are for callers without a type checker.

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Literal

from pydantic import BaseModel

from ddbmodel.errors import ExpressionError, SourceError
from ddbmodel.ingest.byte_stream import STANDARD_INPUT, ByteStream, compression_of, fingerprint_of
from ddbmodel.ingest.columns import check_columns, values_of
from ddbmodel.ingest.location import Location, location_of
from ddbmodel.ingest.rows import BadRow, Position, Row
from ddbmodel.ingest.s3_objects import S3Objects
from ddbmodel.ingest.source import Reader, Source, path_through
from ddbmodel.ingest.validation import Validator

_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Csv(Source):
    """A file of comma-separated values, in UTF-8, with a header.

    Cells are text, so values are validated as text also where the model is strict. An empty cell is a value
    that is not given: the field's default, or None where it can be None.

    Args:
        path: the file or `s3://` URL, compressed if it ends in .gz, .bz2, .xz or .zst; `-` is standard input.
        columns: the column of each field, where it is called otherwise: `{"order_id": "InvoiceNo"}`. A dot
            leads into a part: `{"address.city": "City"}`.
        delimiter: between cells.
        empty: what an empty cell is: `"missing"`, or `"text"` of length zero.
        line_column: a column that is added, and holds the line's number.

    Raises:
        ExpressionError: the delimiter is not one character that can be one, or `empty` is something else.
    """

    format: ClassVar[str] = "csv"

    path: Location
    columns: Mapping[str, str] = field(default_factory=dict[str, str], kw_only=True)
    delimiter: str = field(default=",", kw_only=True)
    empty: Literal["missing", "text"] = field(default="missing", kw_only=True)
    line_column: str | None = field(default=None, kw_only=True)

    def __init__(
        self,
        path: Location | str,
        *,
        columns: Mapping[str, str] | None = None,
        delimiter: str = ",",
        empty: Literal["missing", "text"] = "missing",
        line_column: str | None = None,
    ) -> None:
        if len(delimiter) != 1 or delimiter in '"\r\n':
            raise ExpressionError(
                "Csv: delimiter is one character, and neither a quote nor the end of a line"
            )
        if empty not in ("missing", "text"):
            raise ExpressionError('Csv: empty is "missing" or "text"')
        object.__setattr__(self, "path", location_of(path))
        object.__setattr__(self, "columns", dict(columns or {}))
        object.__setattr__(self, "delimiter", delimiter)
        object.__setattr__(self, "empty", empty)
        object.__setattr__(self, "line_column", line_column)

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
        return CsvReader(self, start)

    def fingerprint(self, end: Position) -> Mapping[str, Any]:
        return fingerprint_of(self.path, end)

    def check(self, validator: Validator[Any]) -> None:
        if not self.repeatable:
            return  # it can be read only once: the first row will tell
        stream = ByteStream(self.path)
        try:
            header = header_of(self, next(stream.lines(), b""))
        finally:
            stream.close()
        check_columns(self.name, header, self.columns, validator)

    def model_of(self, row: Row, validator: Validator[Any]) -> BaseModel:
        if row.problem:
            raise BadRow(row.problem)
        values = values_of(row.content, self.columns, validator.model, empty=self.empty)
        model: BaseModel = validator.of_text(values)
        return model

    def letter(self, row: Row) -> Mapping[str, Any]:
        name = "cells" if row.problem else "content"
        return {"format": self.format, name: row.content}


class CsvReader(Reader):
    """Gives a row for each record. Records with another number of cells than the header are no rows.

    A quote that is never closed makes one record of all that follows. So where a record of several lines is
    not a good one, its first line is the bad row, and reading goes on with its second line.
    """

    def __init__(self, source: Csv, start: Position) -> None:
        self._source = source
        self._start = start
        # The header is always read; what is before the position is left out after it.
        self._stream = ByteStream(source.path, start.offset if _can_seek(source) else 0)
        self._again: deque[tuple[bytes, int]] = deque()
        self._record: list[tuple[bytes, int]] = []
        self._line, self._offset = start.line, start.offset

    def __iter__(self) -> Iterator[Row]:
        lines = self._stream.lines()
        header = self._header(lines)
        number = self._start.row
        while True:
            line = self._line + 1
            cells, trouble = self._next_record(lines)
            if not self._record:
                return
            if not trouble and not cells:
                self._consume(len(self._record))  # a line without anything on it
                continue
            if not trouble and len(cells) != len(header):
                trouble = f"the record has {len(cells)} cells, and the header {len(header)}"
            content: Any = self._cells(header, cells, line)
            if trouble:
                content = self._first_line_only() if len(self._record) > 1 else cells or self._text()
            number += 1
            self._consume(len(self._record))
            yield Row(number, line, Position(number, self._line, self._offset), content, trouble)

    def fraction(self) -> float | None:
        return self._stream.fraction()

    def close(self) -> None:
        self._stream.close()

    def _header(self, lines: Iterator[bytes]) -> Sequence[str]:
        if self._start.offset and _can_seek(self._source):
            first = ByteStream(self._source.path)
            try:
                return header_of(self._source, next(first.lines(), b""))
            finally:
                first.close()
        first_line = next(lines, b"")
        header = header_of(self._source, first_line)
        if not self._start.offset:
            self._line, self._offset = 1, len(first_line)
        while self._stream.offset < self._start.offset:
            if not next(lines, b""):
                raise SourceError(f"{self._source.name}: it ends before the place of the checkpoint")
        return header

    def _next_record(self, lines: Iterator[bytes]) -> tuple[list[str], str]:
        """Read a record; its lines are kept, so that they can be read again."""
        self._record = []
        reader = csv.reader(self._text_lines(lines), delimiter=self._source.delimiter, strict=True)
        try:
            cells = next(reader, list[str]())
        except csv.Error as error:
            return [], f"this is no CSV: {error}"
        if any(not cell.isascii() and _has_bad_bytes(cell) for cell in cells):
            return cells, "this is no UTF-8"
        return cells, ""

    def _text_lines(self, lines: Iterator[bytes]) -> Iterator[str]:
        while True:
            line, size = self._again.popleft() if self._again else self._next_line(lines)
            if not line:
                return
            self._record.append((line, size))
            yield line.decode(errors="surrogateescape")

    def _next_line(self, lines: Iterator[bytes]) -> tuple[bytes, int]:
        """Read a line, and say how many bytes it has in the file: one that is far too long is cut."""
        before = self._stream.offset
        return next(lines, b""), self._stream.offset - before

    def _first_line_only(self) -> list[str]:
        self._again.extendleft(reversed(self._record[1:]))
        self._record = self._record[:1]
        return [self._text()]

    def _text(self) -> str:
        return self._record[0][0].decode(errors="surrogateescape").rstrip("\r\n")

    def _consume(self, count: int) -> None:
        self._line += count
        self._offset += sum(size for _, size in self._record)

    def _cells(self, header: Sequence[str], cells: Sequence[str], line: int) -> dict[str, str]:
        record = dict(zip(header, cells, strict=False))
        if self._source.line_column is not None:
            record[self._source.line_column] = str(line)
        return record


def header_of(source: Csv, line: bytes) -> Sequence[str]:
    """Read the header.

    Raises:
        SourceError: it is missing, or names a column twice.
    """
    try:
        text = line.removeprefix(_BOM).decode()
        header = next(csv.reader([text], delimiter=source.delimiter, strict=True), list[str]())
    except (csv.Error, UnicodeDecodeError) as error:
        raise SourceError(f"{source.name}: line 1: the header cannot be read: {error}") from error
    if not header:
        raise SourceError(f"{source.name}: line 1: there is no header")
    for name in header:
        if header.count(name) > 1 or name == source.line_column:
            raise SourceError(f"{source.name}: line 1: column {name!r} comes twice")
    return header


def _can_seek(source: Csv) -> bool:
    return source.path != STANDARD_INPUT and not compression_of(source.path)


def _has_bad_bytes(cell: str) -> bool:
    return any("\udc80" <= character <= "\udcff" for character in cell)
