"""What `ingest` is given as its source, made into one."""

# pyright: reportUnnecessaryIsInstance=false
# The checks are for callers without a type checker.

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast

from ddbmodel.errors import ExpressionError, SourceError
from ddbmodel.ingest.byte_stream import COMPRESSIONS, STANDARD_INPUT, ByteStream
from ddbmodel.ingest.csv_rows import Csv
from ddbmodel.ingest.dead_letters import MARK, DeadLetters
from ddbmodel.ingest.dynamodb_export import DynamoDBExport, DynamoDBJson
from ddbmodel.ingest.json_lines import JsonLines
from ddbmodel.ingest.location import Location, location_of
from ddbmodel.ingest.objects import Objects
from ddbmodel.ingest.parquet import Parquet
from ddbmodel.ingest.s3_objects import S3Objects, S3Path
from ddbmodel.ingest.source import Source

Format: TypeAlias = Literal["json-lines", "csv", "parquet", "dynamodb-json", "dead-letters"]
Given: TypeAlias = str | Path | Source | Iterable[Any] | AsyncIterable[Any]

_FORMATS: Mapping[str, Format] = {
    ".jsonl": "json-lines",
    ".ndjson": "json-lines",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
}


def place_of(given: Given) -> Location | None:
    """Give where it lies; None if that is in this program.

    Raises:
        ExpressionError: it is a URL that is none.
    """
    if isinstance(given, str | Path):
        return location_of(given)
    return given.location if isinstance(given, Source) else None


def source_of(
    given: Given,
    format: Format | None,  # noqa: A002  # so it is called
    columns: Mapping[str, str] | None,
    objects: S3Objects | None = None,
) -> Source:
    """Give the source: of a path by its name, of an iterable as it is. Blocks.

    Raises:
        ExpressionError: it is none, or has no use for the format or columns.
        SourceError: its format cannot be told; or it lies in S3, and is not there.
    """
    source = _source_of(given, format, columns, objects)
    return source if objects is None else source.through(objects)


def _source_of(
    given: Given, format_name: Format | None, columns: Mapping[str, str] | None, objects: S3Objects | None
) -> Source:
    if isinstance(given, str | Path):
        at = location_of(given)
        if isinstance(at, S3Path) and objects is not None and not _is_folder(at, format_name):
            at = at.through(objects)
        return _source_of_path(at, format_name, columns)
    if format_name is not None or columns:
        raise ExpressionError(
            "ingest: format= and columns= are for files; a source such as Csv(...) has its own"
        )
    if isinstance(given, Source):
        return given
    if isinstance(given, bytes | Mapping) or not isinstance(given, Iterable | AsyncIterable):
        other: Any = cast("Any", given)
        raise ExpressionError(
            "ingest takes a path, a source such as Csv(...), or an iterable of models or dicts, not a "
            f"{type(other).__name__}"
        )
    return Objects(given)


def _is_folder(path: Location, format_name: str | None) -> bool:
    return path.is_dir() and format_name in (None, "dynamodb-json")


def _source_of_path(path: Location, format_name: str | None, columns: Mapping[str, str] | None) -> Source:
    if _is_folder(path, format_name):
        return DynamoDBExport(path)
    plain = path.with_suffix("") if path.suffix.lower() in COMPRESSIONS else path
    chosen = format_name or _FORMATS.get(plain.suffix.lower()) or _looked_up(path)
    if chosen == "json-lines" and format_name is None and path != STANDARD_INPUT and _has_letters(path):
        chosen = "dead-letters"
    delimiter = "\t" if plain.suffix.lower() == ".tsv" else ","
    makers: Mapping[str, Callable[[], Source]] = {
        "csv": lambda: Csv(path, columns=columns, delimiter=delimiter),
        "parquet": lambda: Parquet(path, columns=columns),
        "dead-letters": lambda: DeadLetters(path, columns=columns),
        "json-lines": lambda: JsonLines(path),
        "dynamodb-json": lambda: DynamoDBJson(path),
    }
    if chosen not in makers:
        raise ExpressionError(f"ingest: format is one of {', '.join(makers)}")
    if columns and chosen in ("json-lines", "dynamodb-json"):
        raise ExpressionError(f"ingest: columns= is for CSV and Parquet, and this is {chosen}")
    return makers[chosen]()


def _looked_up(path: Location) -> str:
    """Dead letters are known by their first line; so are exports, that end in .json as much else does."""
    if path != STANDARD_INPUT and _has_letters(path):
        return "dead-letters"
    if path.name.lower().split(".")[1:2] != ["json"]:
        raise SourceError(f"{path}: its name does not tell its format: pass format= (--format)")
    line = _first_line(path)
    return "dynamodb-json" if line.lstrip().startswith(b'{"Item":') else "json-lines"


def _has_letters(path: Location) -> bool:
    return _first_line(path).startswith(MARK)


def _first_line(path: Location) -> bytes:
    stream = ByteStream(path)
    try:
        return next(stream.lines(), b"")
    finally:
        stream.close()
