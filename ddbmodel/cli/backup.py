"""`ddbmodel backup create|list|describe|delete|restore|run`; `pitr` is in `point_in_time`."""

from __future__ import annotations

import json as json_module
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, TypeAlias

import typer

from ddbmodel import (
    Backup,
    BackupPolicy,
    Backups,
    ExpressionError,
    Mapper,
    PolicyReport,
    RestoreReport,
    TableNotFound,
    enforce_backups,
)
from ddbmodel.admin.backup_policy import declared_policy
from ddbmodel.admin.recovery_point import require_recovery_point_of
from ddbmodel.cli.connecting import EndpointUrl, Profile, Region, TablePrefix, connect_options
from ddbmodel.cli.loading import any_table_of
from ddbmodel.cli.point_in_time import pitr
from ddbmodel.cli.recovery import WithoutRecoveryPoint
from ddbmodel.cli.running import run_with_mapper, table_of

backup = typer.Typer(no_args_is_help=True, help="Back tables up, restore them, and prune old backups.")
backup.add_typer(pitr, name="pitr")

_Table: TypeAlias = Annotated[str, typer.Argument(help="a table's name, or module:Model")]
_Arn: TypeAlias = Annotated[str, typer.Argument(help="the ARN of a backup, as list shows it")]
_Json: TypeAlias = Annotated[bool, typer.Option("--json", help="print JSON")]


@backup.command()
def create(  # noqa: PLR0917  # options, which typer gives by name
    table: _Table,
    name: Annotated[str, typer.Argument(help="of the backup")],
    json: _Json = False,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    table_prefix: TablePrefix = "",
) -> None:
    """Back up a table, and wait until that is done. The exit code is 0, or 2 if it failed."""

    async def work(mapper: Mapper) -> Backup:
        return await Backups(mapper).create(table_of(table), name)

    _print_backup(run_with_mapper(connect_options(region, profile, endpoint_url, table_prefix), work), json)


@backup.command("list")
def list_(  # noqa: PLR0917  # options, which typer gives by name
    table: Annotated[
        str | None, typer.Argument(help="a table's name, or module:Model; else all tables")
    ] = None,
    json: _Json = False,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    table_prefix: TablePrefix = "",
) -> None:
    """List backups, one in each line (with --json, one array). The exit code is 0, or 2 if it failed."""

    async def work(mapper: Mapper) -> list[Backup]:
        target = None if table is None else table_of(table)
        return [one async for one in Backups(mapper).list(target)]

    found = run_with_mapper(connect_options(region, profile, endpoint_url, table_prefix), work)
    if json:
        typer.echo(_json([asdict(one) for one in found]))
        return
    for one in found:
        _print_backup(one, False)


@backup.command()
def describe(
    arn: _Arn,
    json: _Json = False,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
) -> None:
    """Show a backup. The exit code is 0, or 2 if it failed."""

    async def work(mapper: Mapper) -> Backup:
        return await Backups(mapper).describe(arn)

    _print_backup(run_with_mapper(connect_options(region, profile, endpoint_url, ""), work), json)


@backup.command()
def delete(  # noqa: PLR0917  # options, which typer gives by name
    arn: _Arn,
    without_recovery_point: WithoutRecoveryPoint = False,
    json: _Json = False,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
) -> None:
    """Delete a backup for good; refused if it is the last way to restore the table.

    The exit code is 0, or 2 if it failed or was refused.
    """

    async def work(mapper: Mapper) -> Backup:
        backups = Backups(mapper)
        found = await backups.describe(arn)
        if not without_recovery_point:
            await _check_deletion(mapper, found)
        await backups.delete(found)
        return found

    _print_backup(run_with_mapper(connect_options(region, profile, endpoint_url, ""), work), json)


async def _check_deletion(mapper: Mapper, found: Backup) -> None:
    try:
        await require_recovery_point_of(mapper, found.table, but=found)
    except TableNotFound as error:
        raise ExpressionError(
            f"table {found.table!r} is gone, and this backup may be all that is left: say "
            "--without-recovery-point to delete it all the same"
        ) from error


@backup.command()
def restore(  # noqa: PLR0917  # options, which typer gives by name
    source: Annotated[str, typer.Argument(help="the ARN of a backup; with --at or --latest a table")],
    to: Annotated[str, typer.Argument(help="the new table's name")],
    at: Annotated[
        datetime | None, typer.Option(help="a moment, in UTC", formats=["%Y-%m-%dT%H:%M:%S%z"])
    ] = None,
    latest: Annotated[bool, typer.Option("--latest", help="the latest moment that can be restored")] = False,
    verify: Annotated[bool, typer.Option("--verify", help="compare counts and a sample of items")] = False,
    json: _Json = False,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    table_prefix: TablePrefix = "",
) -> None:
    """Make a new table of a backup, or of a table's past, with the settings that the old one has.

    The exit code is 0, or 2 if it failed, or --verify found a difference.
    """

    async def work(mapper: Mapper) -> RestoreReport:
        backups = Backups(mapper)
        if at is None and not latest:
            return await backups.restore(source, to=to, verify=verify)
        if at is not None and latest:
            raise ExpressionError("restore: --at and --latest exclude each other")
        return await backups.restore_moment(table_of(source), to=to, at=at, verify=verify)

    report = run_with_mapper(connect_options(region, profile, endpoint_url, table_prefix), work)
    if json:
        compared = None if report.comparison is None else asdict(report.comparison)
        wire = {"table": report.table.name, "applied": report.applied, "from_source": report.from_source}
        typer.echo(_json({**wire, "comparison": compared}))
    else:
        typer.echo(str(report))


@backup.command()
def run(  # noqa: PLR0917  # options, which typer gives by name
    tables: Annotated[list[str], typer.Argument(help="tables' names, module:Model or module:table")],
    daily: Annotated[int | None, typer.Option(help="how many daily backups to keep", min=1)] = None,
    point_in_time_days: Annotated[
        int | None, typer.Option(help="PITR for so many days", min=1, max=35)
    ] = None,
    json: _Json = False,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    table_prefix: TablePrefix = "",
) -> None:
    """Make today's backup where there is none, and prune what it made itself; to be run once a day.

    Without options the policy is the one that each model declares (backups=BackupPolicy(...)).

    The exit code is 0, or 2 if one table failed; the tables before it are done.
    """

    async def work(mapper: Mapper) -> list[PolicyReport]:
        given = daily is not None or point_in_time_days is not None
        policy = BackupPolicy(point_in_time_days, daily) if given else None
        found = [any_table_of(one) for one in tables]
        policies = [policy or declared_policy(one) for one in found]
        return [await enforce_backups(mapper, *each) for each in zip(found, policies, strict=True)]

    reports = run_with_mapper(connect_options(region, profile, endpoint_url, table_prefix), work)
    if json:
        typer.echo(_json([asdict(one) for one in reports]))
        return
    for report in reports:
        typer.echo(str(report))


def _print_backup(one: Backup, json: bool) -> None:  # the option, as it came
    if json:
        typer.echo(_json(asdict(one)))
    else:
        typer.echo(f"{one.created_at:%Y-%m-%dT%H:%M:%SZ}  {one.status}  {one.table}  {one.name}  {one.arn}")


def _json(content: Any) -> str:
    return json_module.dumps(content, default=str)
