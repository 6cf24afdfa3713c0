"""`ddbmodel ingest`."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from ddbmodel import (
    Csv,
    IngestPlan,
    IngestReport,
    IngestStopped,
    Mapper,
    Ramp,
    RateLimit,
    S3Access,
    plan_ingest,
)
from ddbmodel.cli.connecting import connect_options
from ddbmodel.cli.ending import FAILED, INTERRUPTED, WRONG, tell
from ddbmodel.cli.loading import model_of
from ddbmodel.errors import DDBModelError, ExpressionError


class FormatName(StrEnum):
    """The formats of files."""

    JSON_LINES = "json-lines"
    CSV = "csv"
    PARQUET = "parquet"
    DYNAMODB_JSON = "dynamodb-json"
    DEAD_LETTERS = "dead-letters"


class OrderName(StrEnum):
    """How workers part rows."""

    LAST = "last"
    ANY = "any"


File = Annotated[
    str, typer.Argument(help="a file or the folder of an export, also in S3 (s3://...); - for standard input")
]
Letters = Annotated[Path | None, typer.Option(help="for rows that fail; else the first stops it")]
_Delimiter: TypeAlias = Annotated[str | None, typer.Option(help="between cells of CSV, such as ';' or '\\t'")]
_EmptyAsText: TypeAlias = Annotated[
    bool, typer.Option("--empty-as-text", help="an empty cell of CSV is text, and not missing")
]
_LineColumn: TypeAlias = Annotated[
    str | None, typer.Option(help="add this column to CSV: the number of the line")
]
_Ramp: TypeAlias = Annotated[
    bool, typer.Option("--ramp", help="begin as slowly as a new on-demand table takes it")
]


def ingest(  # noqa: PLR0917  # options, which typer gives by name
    model: Annotated[str, typer.Argument(help="module:Model, such as shop.models:Order")],
    file: File,
    format: Annotated[FormatName | None, typer.Option(help="if the name does not tell")] = None,  # noqa: A002  # the option's name
    column: Annotated[list[str] | None, typer.Option(help="FIELD=COLUMN, of CSV and Parquet")] = None,
    delimiter: _Delimiter = None,
    empty_as_text: _EmptyAsText = False,
    line_column: _LineColumn = None,
    ignore_unknown: Annotated[bool, typer.Option(help="drop names that the model has not")] = False,
    dead_letters: Letters = None,
    max_failures: Annotated[int | None, typer.Option(help="stop when more rows failed", min=0)] = None,
    checkpoint: Annotated[Path | None, typer.Option(help="keeps the place; if there, go on from it")] = None,
    workers: Annotated[int, typer.Option(help="processes", min=1)] = 1,
    order: Annotated[OrderName, typer.Option(help="which row of a key wins with workers")] = OrderName.LAST,
    concurrency: Annotated[int, typer.Option(help="requests at once, in each worker", min=1)] = 4,
    write_units: Annotated[float | None, typer.Option(help="write units a second, at most")] = None,
    ramp: _Ramp = False,
    deadline: Annotated[float | None, typer.Option(help="stop after so many seconds")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="validate and weigh; send nothing")] = False,
    json: Annotated[bool, typer.Option("--json", help="print the report as JSON")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="show no progress")] = False,
    region: Annotated[str | None, typer.Option(help="AWS region")] = None,
    profile: Annotated[str | None, typer.Option(help="AWS profile")] = None,
    endpoint_url: Annotated[str | None, typer.Option(help="another DynamoDB")] = None,
    s3_endpoint_url: Annotated[str | None, typer.Option(help="another S3")] = None,
    table_prefix: Annotated[str, typer.Option(help="in front of table names")] = "",
) -> None:
    """Put every row of a file into the table of a model.

    The exit code is 0 only if every row is in the table (or would be, in a dry run); 1 if rows failed, 2 if
    it could not be done like this, 130 if it was interrupted.
    """
    connect = connect_options(region, profile, endpoint_url, table_prefix)
    unknown, format_name = "ignore" if ignore_unknown else "refuse", format and format.value
    s3 = S3Access(region_name=connect["region_name"], profile_name=profile, endpoint_url=s3_endpoint_url)
    source: dict[str, Any] = {"format": format_name, "unknown": unknown, "progress": not quiet, "s3": s3}
    files = {"dead_letters": dead_letters, "checkpoint": checkpoint, "max_failures": max_failures}
    speed = {"workers": workers, "order": order.value, "concurrency": concurrency}
    writing: dict[str, Any] = {**files, **speed, "deadline_seconds": deadline}
    csv = _csv_options(delimiter, line_column, empty_as_text=empty_as_text)
    command = _Command(model, file, column or [], csv, source, connect, write_units, Ramp() if ramp else None)
    sys.exit(_run(command, writing, dry_run=dry_run, as_json=json))


def _csv_options(delimiter: str | None, line_column: str | None, *, empty_as_text: bool) -> dict[str, Any]:
    """What is given of the options of `Csv`."""
    options = {
        "delimiter": delimiter and delimiter.replace("\\t", "\t"),
        "line_column": line_column,
        "empty": "text" if empty_as_text else None,
    }
    return {name: value for name, value in options.items() if value is not None}


@dataclass(frozen=True, slots=True)
class _Command:
    model: str
    file: str
    columns: list[str]
    csv: dict[str, Any]
    source: dict[str, Any]
    connect: dict[str, Any]
    write_units: float | None
    ramp: Ramp | None

    async def plan(self) -> IngestPlan:
        """Weigh it."""
        model = model_of(self.model)
        return await plan_ingest(model=model, write_units_per_second=self.write_units, **self._source())

    async def ingest(self, writing: dict[str, Any]) -> IngestReport:
        """Do it."""
        model, source, limit = model_of(self.model), self._source(), self._limit()
        async with Mapper.connect(**self.connect) as mapper:
            return await mapper.ingest(model=model, rate_limit=limit, **source, **writing)

    def _limit(self) -> RateLimit | None:
        if self.write_units is not None:
            return RateLimit(write_units_per_second=self.write_units, ramp=self.ramp)
        if self.ramp is not None:
            raise ExpressionError("--ramp leads up to the rate of --write-units: give that too")
        return None

    def _source(self) -> dict[str, Any]:
        """The source, as `ingest` takes it: what only CSV has makes it one."""
        columns = self._columns()
        if not self.csv:
            return {"source": self.file, "columns": columns, **self.source}
        if self.source["format"] not in (None, "csv"):
            raise ExpressionError("--delimiter, --empty-as-text and --line-column are for CSV")
        others = {name: value for name, value in self.source.items() if name != "format"}
        return {"source": Csv(self.file, columns=columns, **self.csv), **others}

    def _columns(self) -> dict[str, str]:
        pairs = [text.partition("=") for text in self.columns]
        for field, found, column in pairs:
            if not (field and found and column):
                raise ExpressionError("--column takes FIELD=COLUMN, such as order_id=InvoiceNo")
        return {field: column for field, _, column in pairs}


def _run(command: _Command, writing: dict[str, Any], *, dry_run: bool, as_json: bool) -> int:
    """Do it, print what came of it, and give the exit code."""
    result: IngestPlan | IngestReport
    code = 0
    try:
        result = asyncio.run(command.plan()) if dry_run else asyncio.run(command.ingest(writing))
    except IngestStopped as error:
        result, code = error.report, tell(error, FAILED)
    except DDBModelError as error:
        return tell(error, WRONG)
    except KeyboardInterrupt:
        again = "run it again to go on" if writing["checkpoint"] else "without --checkpoint, it begins again"
        told = KeyboardInterrupt(f"interrupted: what was accepted is written; {again}")
        return tell(told, INTERRUPTED)
    typer.echo(result.to_json() if as_json else str(result))
    return code or (0 if result.ok else FAILED)
