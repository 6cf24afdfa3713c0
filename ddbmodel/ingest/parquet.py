"""Parquet files, through pyarrow (`pip install "ddbmodel[parquet]"`)."""

from __future__ import annotations

import importlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from pydantic import BaseModel

from ddbmodel.errors import SourceError
from ddbmodel.ingest.byte_stream import fingerprint_of
from ddbmodel.ingest.columns import check_columns
from ddbmodel.ingest.location import Location, location_of
from ddbmodel.ingest.objects import letter_of_object
from ddbmodel.ingest.rows import Position, Row
from ddbmodel.ingest.s3_objects import S3Objects, S3Path
from ddbmodel.ingest.source import Reader, Source, path_through
from ddbmodel.ingest.validation import Validator

# Rows that are turned into Python objects at once.
_BATCH_ROWS: Final = 500


@dataclass(frozen=True, slots=True)
class Parquet(Source):
    """A Parquet file. Its values are validated as the Python objects that pyarrow makes of them.

    Args:
        path: the file, or `s3://` URL.
        columns: the column of each field, where it is called otherwise.
    """

    format: ClassVar[str] = "parquet"

    path: Location
    columns: Mapping[str, str] = field(default_factory=dict[str, str], kw_only=True)

    def __init__(self, path: Location | str, *, columns: Mapping[str, str] | None = None) -> None:
        object.__setattr__(self, "path", location_of(path))
        object.__setattr__(self, "columns", dict(columns or {}))

    @property
    def name(self) -> str:
        return str(self.path)

    @property
    def location(self) -> Location:
        return self.path

    def through(self, objects: S3Objects) -> Source:
        return path_through(self, objects)

    def open(self, start: Position) -> Reader:
        return ParquetReader(self, start)

    def fingerprint(self, end: Position) -> Mapping[str, Any]:
        return fingerprint_of(self.path, Position())

    def check(self, validator: Validator[Any]) -> None:
        with open_parquet(self.path) as file:
            header: list[str] = list(file.schema_arrow.names)
        check_columns(self.name, header, self.columns, validator)

    def model_of(self, row: Row, validator: Validator[Any]) -> BaseModel:
        mapped = set(self.columns.values())
        values = {name: value for name, value in row.content.items() if name not in mapped}
        values |= {name: row.content[column] for name, column in self.columns.items()}
        model: BaseModel = validator.of_objects(values)
        return model

    def letter(self, row: Row) -> Mapping[str, Any]:
        return letter_of_object(row.content)


def open_parquet(path: Location) -> Any:
    """Open a file.

    Raises:
        SourceError: it is none, or pyarrow is not installed.
    """
    try:
        parquet: Any = importlib.import_module("pyarrow.parquet")
        library: Any = importlib.import_module("pyarrow")
    except ModuleNotFoundError as error:
        raise SourceError('Parquet files need `pip install "ddbmodel[parquet]"`') from error
    refusals: tuple[type[Exception], ...] = (OSError, library.ArrowException)
    try:
        # By ranges, as Parquet is read from its end, and a row group at a time; whole reads need the buffer.
        return parquet.ParquetFile(io.BufferedReader(path.stream()) if isinstance(path, S3Path) else path)
    except refusals as error:
        raise SourceError(f"{path}: it cannot be read as Parquet") from error


class ParquetReader(Reader):
    """Reads batch after batch; whole row groups before the position are left out."""

    def __init__(self, source: Parquet, start: Position) -> None:
        self._file = open_parquet(source.path)
        self._start = start
        self._done = start.row
        self._total: int = self._file.metadata.num_rows

    def __iter__(self) -> Iterator[Row]:
        groups, number = self._groups()
        for batch in self._file.iter_batches(batch_size=_BATCH_ROWS, row_groups=groups):
            for content in batch.to_pylist():
                number += 1
                if number > self._start.row:
                    self._done = number
                    yield Row(number, None, Position(number), content)

    def _groups(self) -> tuple[list[int], int]:
        """The row groups that are left, and how many rows are before them."""
        before, metadata = 0, self._file.metadata
        for group in range(metadata.num_row_groups):
            rows = metadata.row_group(group).num_rows
            if before + rows > self._start.row:
                return list(range(group, metadata.num_row_groups)), before
            before += rows
        return [], before

    def fraction(self) -> float | None:
        return self._done / self._total if self._total else None

    def close(self) -> None:
        self._file.close()
