"""The dead-letter file: every row that did not reach the table, and why, so that it can be ingested again.

    {"dead_letter":1,"source":"a.jsonl","line":17,"row":16,"reason":"...","path":"$.total",
     "format":"json-lines","content":{...}}

A row that is no JSON, or no record of its format, has `text` in place of `content`. The file holds what the
rows hold: keep it where the source is kept.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, ClassVar, Final, Literal, cast

from pydantic import BaseModel

from ddbmodel.errors import SourceError
from ddbmodel.ingest.csv_rows import Csv
from ddbmodel.ingest.dynamodb_export import DynamoDBJson
from ddbmodel.ingest.json_lines import JsonLines, LineSource
from ddbmodel.ingest.letters import Verbatim, render
from ddbmodel.ingest.location import Location, location_of
from ddbmodel.ingest.parquet import Parquet
from ddbmodel.ingest.rows import BadRow, Row
from ddbmodel.ingest.validation import Validator, parse_json

MARK: Final = b'{"dead_letter":1,'
_CONTENT: Final = '"content":'


class DeadLetterFile:
    """A dead-letter file that is written. It is made when there is something to write.

    Args:
        path: where.
        source: the name of the source that its rows come from.
        keep_bytes: how much of it is kept. What is behind is about to be ingested again and goes, except the
            rows of other sources. None keeps all.

    Raises:
        SourceError: it is shorter than that.
    """

    def __init__(self, path: Path, source: str, keep_bytes: int | None) -> None:
        self.path = path
        self._source = source
        self._file: IO[bytes] | None = None
        size = path.stat().st_size if path.exists() else 0
        if keep_bytes is not None and 0 < size < keep_bytes:
            raise SourceError(
                f"{path}: shorter than the checkpoint says: it was changed. Move it away, or begin again "
                "without the checkpoint"
            )
        if keep_bytes is not None and size > keep_bytes:
            _drop(path, keep_bytes, source)

    def write(self, row: Row, letter: Mapping[str, Any], bad: BadRow, *, unknown: bool = False) -> None:
        """Write a row, and why it is here.

        Args:
            row: the row.
            letter: its content; see `Source.letter`.
            bad: what is wrong.
            unknown: True if it may be in the table all the same.
        """
        place = {"source": self._source, "line": row.line, "row": row.number}
        head: dict[str, Any] = {"dead_letter": 1, **place, "reason": bad.reason}
        if bad.path:
            head["path"] = bad.path
        if bad.detail and bad.detail not in bad.reason:
            head["detail"] = bad.detail
        if unknown:
            head["unknown"] = True
        self._open().write(render({**head, **letter}))

    def sync(self) -> int:
        """Make sure that all of it is on disk. Blocks.

        Returns:
            How many bytes it has.

        Raises:
            SourceError: it cannot be written.
        """
        if self._file is None:
            return self.path.stat().st_size if self.path.exists() else 0
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise SourceError(
                f"{self.path}: the dead-letter file cannot be written ({error.strerror or error})"
            ) from error
        return self._file.tell()

    def close(self) -> None:
        """Close it.

        Raises:
            SourceError: it cannot be written.
        """
        if self._file is not None:
            try:
                self.sync()
            finally:
                with suppress(OSError):  # what is not written by now cannot be
                    self._file.close()

    def _open(self) -> IO[bytes]:
        if self._file is None:
            self._file = self.path.open("ab")
            if self._file.tell() and not _ends_a_line(self.path):
                self._file.write(b"\n")  # its last line was cut off when a program was killed
        return self._file


def _drop(path: Path, start: int, source: str) -> None:
    """Take the letters of one source out of a file, from an offset on, and move the others up.

    Killed meanwhile, it has lost none of the others.
    """
    with path.open("r+b") as read, path.open("r+b") as written:
        read.seek(start)
        written.seek(start)
        for line in read:
            letter = _parsed(line)
            if isinstance(letter, dict) and cast("dict[str, Any]", letter).get("source", source) != source:
                written.write(line)
                written.flush()
        written.truncate()


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read() == b"\n"


@dataclass(frozen=True, slots=True)
class DeadLetters(LineSource):
    """A dead-letter file, to be ingested again, after its rows were mended or the model was.

    The rows are older than what was written to their keys since: they replace it.

    Args:
        path: the file.
        columns: the columns of the CSV or Parquet file that the rows came from, if there were any.
        empty: see `Csv`.
    """

    format: ClassVar[str] = "dead-letters"

    columns: Mapping[str, str]
    empty: Literal["missing", "text"]

    def __init__(
        self,
        path: Location | str,
        *,
        columns: Mapping[str, str] | None = None,
        empty: Literal["missing", "text"] = "missing",
    ) -> None:
        object.__setattr__(self, "path", location_of(path))
        object.__setattr__(self, "columns", dict(columns or {}))
        object.__setattr__(self, "empty", empty)

    def model_of(self, row: Row, validator: Validator[Any]) -> BaseModel:
        format_name, content = _opened(row)
        if format_name == "csv":
            source = Csv(self.path, columns=self.columns, empty=self.empty)
            return source.model_of(_with(row, parse_json(content)), validator)
        if format_name == "parquet":
            return Parquet(self.path, columns=self.columns).model_of(
                _with(row, parse_json(content)), validator
            )
        inner = DynamoDBJson if format_name == "dynamodb-json" else JsonLines
        return inner(self.path).model_of(_with(row, content), validator)

    def letter(self, row: Row) -> Mapping[str, Any]:
        """Give the letter that the row was, so that letters are not put into letters."""
        try:
            parsed: Any = parse_json(row.content)
            format_name, content = _opened(row)
        except BadRow:
            parsed = _parsed(row.content)
            if not isinstance(parsed, dict) or "format" not in parsed:
                return {"format": "json-lines", "text": row.content.decode(errors="backslashreplace")}
            named = cast("dict[str, Any]", parsed)
            return {name: value for name, value in named.items() if name in ("format", *_BROKEN)}
        return {"format": format_name, "content": Verbatim(content.decode())}


_BROKEN: Final[Sequence[str]] = ("text", "base64", "cells")


def _opened(row: Row) -> tuple[str, bytes]:
    """The format of a letter, and its content.

    Raises:
        BadRow: it is no letter, or one without content.
    """
    if row.problem:
        raise BadRow(row.problem)
    parsed: Any = _parsed(row.content)
    if not isinstance(parsed, dict) or "dead_letter" not in parsed:
        raise BadRow("this is no dead letter")
    letter = cast("dict[str, Any]", parsed)
    if "content" not in letter:
        raise BadRow(
            "this row could not be read: mend it, and write it as an object under the name content",
            detail=str(letter.get("reason", "")),
        )
    return str(letter.get("format")), _verbatim(row.content.decode(), letter["content"]).encode()


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _verbatim(line: str, content: Any) -> str:
    """Cut the content out of its line, with every digit; write it anew where it is not the last entry."""
    _, found, rest = line.partition("," + _CONTENT)
    text = rest.rstrip().removesuffix("}")
    try:
        if found and json.loads(text) == content:
            return text
    except (ValueError, RecursionError):
        pass
    return json.dumps(content)


def _with(row: Row, content: Any) -> Row:
    return Row(row.number, row.line, row.end, content)
