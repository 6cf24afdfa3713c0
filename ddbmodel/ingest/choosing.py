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
from ddbmodel.ingest.objects import Objects
from ddbmodel.ingest.parquet import Parquet
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


def source_of(given: Given, format: Format | None, columns: Mapping[str, str] | None) -> Source:  # noqa: A002  # so it is called
    """Give the source: of a path by its name, of an iterable as it is.

    Raises:
        ExpressionError: it is none, or has no use for the format or columns.
        SourceError: its format cannot be told.
    """
    if isinstance(given, str | Path):
        return _source_of_path(Path(given), format, columns)
    if format is not None or columns:
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


def _source_of_path(path: Path, format_name: str | None, columns: Mapping[str, str] | None) -> Source:
    if path.is_dir() and format_name in (None, "dynamodb-json"):
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


def _looked_up(path: Path) -> str:
    """Dead letters are known by their first line; so are exports, that end in .json as much else does."""
    if path != STANDARD_INPUT and _has_letters(path):
        return "dead-letters"
    if path.name.lower().split(".")[1:2] != ["json"]:
        raise SourceError(f"{path}: its name does not tell its format: pass format= (--format)")
    line = _first_line(path)
    return "dynamodb-json" if line.lstrip().startswith(b'{"Item":') else "json-lines"


def _has_letters(path: Path) -> bool:
    return _first_line(path).startswith(MARK)


def _first_line(path: Path) -> bytes:
    stream = ByteStream(path)
    try:
        return next(stream.lines(), b"")
    finally:
        stream.close()
