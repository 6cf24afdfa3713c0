"""`ddbmodel dump` and `ddbmodel load`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from ddbmodel import (
    DumpProgress,
    DumpReport,
    LoadReport,
    Mapper,
    RateLimit,
)
from ddbmodel import dump as dump_table
from ddbmodel import load as load_table
from ddbmodel.cli.connecting import EndpointUrl, Profile, Region, TablePrefix, connect_options
from ddbmodel.cli.recovery import WithoutRecoveryPoint
from ddbmodel.cli.running import run_with_mapper, table_of

_Json: TypeAlias = Annotated[bool, typer.Option("--json", help="print the report as JSON")]
_Quiet: TypeAlias = Annotated[bool, typer.Option("--quiet", help="show no progress")]
_Folder: TypeAlias = Annotated[Path, typer.Argument(help="where the dump is, or goes")]


def dump(  # noqa: PLR0917  # options, which typer gives by name
    table: Annotated[str, typer.Argument(help="a table's name, or module:Model")],
    folder: _Folder,
    segments: Annotated[int, typer.Option(help="parts of the table that are read at once", min=1)] = 4,
    eventual: Annotated[
        bool, typer.Option("--eventual", help="read at half the cost, not consistently")
    ] = False,
    json: _Json = False,
    quiet: _Quiet = False,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    table_prefix: TablePrefix = "",
) -> None:
    """Write all items of a table to a folder; run it again to go on after it was interrupted.

    The exit code is 0 if the dump is whole, 2 if it could not be made, 130 if it was interrupted.
    """

    async def work(mapper: Mapper) -> DumpReport:
        return await dump_table(
            mapper,
            table_of(table),
            folder,
            segments=segments,
            consistent=not eventual,
            progress=None if quiet else _show,
        )

    report = run_with_mapper(connect_options(region, profile, endpoint_url, table_prefix), work)
    typer.echo(report.to_json() if json else str(report))


def load(  # noqa: PLR0917  # options, which typer gives by name
    folder: _Folder,
    table: Annotated[
        str | None, typer.Option(help="a table's name, or module:Model; else the dumped one's")
    ] = None,
    create: Annotated[bool, typer.Option("--create", help="make the table, as the dumped one was")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="also into a table that has items")] = False,
    without_recovery_point: WithoutRecoveryPoint = False,
    checkpoint: Annotated[Path | None, typer.Option(help="keeps the place, if not in the folder")] = None,
    concurrency: Annotated[int, typer.Option(help="requests at once", min=1)] = 4,
    write_units: Annotated[float | None, typer.Option(help="write units a second, at most")] = None,
    json: _Json = False,
    quiet: _Quiet = False,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    table_prefix: TablePrefix = "",
) -> None:
    """Write all items of a dump to a table; run it again to go on after it was interrupted.

    A table that has items is refused; with --overwrite, one that could not be restored.

    The exit code is 0 if every item is written, 2 if not, 130 if it was interrupted.
    """

    async def work(mapper: Mapper) -> LoadReport:
        target = None if table is None else table_of(table)
        limit = None if write_units is None else RateLimit(write_units_per_second=write_units)
        return await load_table(
            mapper,
            folder,
            table=target,
            create=create,
            overwrite=overwrite,
            without_recovery_point=without_recovery_point,
            checkpoint=checkpoint,
            concurrency=concurrency,
            rate_limit=limit,
            progress=None if quiet else _show,
        )

    report = run_with_mapper(connect_options(region, profile, endpoint_url, table_prefix), work)
    typer.echo(report.to_json() if json else str(report))


def _show(progress: DumpProgress) -> None:
    typer.echo(str(progress), err=True)
