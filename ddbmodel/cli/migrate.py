"""`ddbmodel migrate`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from ddbmodel import Mapper, MigrationReport, RateLimit
from ddbmodel.admin.recovery_point import require_recovery_point_of
from ddbmodel.cli.connecting import EndpointUrl, Profile, Region, TablePrefix, connect_options
from ddbmodel.cli.ending import FAILED, code_of
from ddbmodel.cli.loading import model_of
from ddbmodel.cli.recovery import WithoutRecoveryPoint
from ddbmodel.model import plan_of

_Model: TypeAlias = Annotated[str, typer.Argument(help="module:Model, such as shop.models:Order")]
_Checkpoint: TypeAlias = Annotated[Path | None, typer.Option(help="keeps the place; if there, go on from it")]
_Units: TypeAlias = Annotated[float | None, typer.Option(help="write units a second, at most")]


def migrate(  # noqa: PLR0917  # options, which typer gives by name
    model: _Model,
    segments: Annotated[int, typer.Option(help="of the scan, read in parallel", min=1)] = 1,
    concurrency: Annotated[int, typer.Option(help="writes at once", min=1)] = 16,
    write_units: _Units = None,
    checkpoint: _Checkpoint = None,
    without_recovery_point: WithoutRecoveryPoint = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="upgrade in memory; write nothing")] = False,
    json: Annotated[bool, typer.Option("--json", help="print the report as JSON")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="show no progress")] = False,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    table_prefix: TablePrefix = "",
) -> None:
    """Rewrite the items of a model that are stored in an older schema version; live writers win.

    A table with items that has neither PITR nor a backup of the last 24 hours is refused, but for a dry run.

    The exit code is 0 only if no item is left in an older version (or would be, in a dry run); 1 if some are,
    2 if it could not be done like this, 130 if it was interrupted.
    """
    options: dict[str, Any] = {"segments": segments, "concurrency": concurrency, "checkpoint": checkpoint}
    options["dry_run"] = dry_run
    if write_units is not None:
        options["rate_limit"] = RateLimit(write_units_per_second=write_units)
    if not quiet:
        options["progress"] = _show
    again = "run it again to go on" if checkpoint else "run it again: what is upgraded stays so"
    connect = connect_options(region, profile, endpoint_url, table_prefix)
    guarded = not (dry_run or without_recovery_point)
    sys.exit(
        code_of(_migrate(model, connect, options, guarded=guarded, as_json=json), f"interrupted; {again}")
    )


async def _migrate(
    name: str, connect: dict[str, Any], options: dict[str, Any], *, guarded: bool, as_json: bool
) -> int:
    model = model_of(name)
    async with Mapper.connect(**connect) as mapper:
        if guarded and plan_of(model).history.is_kept:
            await require_recovery_point_of(mapper, mapper.table_name(model), unless_empty=True)
        report = await mapper.migrate(model, **options)
    typer.echo(report.to_json() if as_json else str(report))
    return 0 if report.ok else FAILED


def _show(report: MigrationReport) -> None:
    typer.echo(
        f"{report.scanned:,} scanned, {report.upgraded:,} upgraded, {report.failed:,} failed", err=True
    )
