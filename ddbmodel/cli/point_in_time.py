"""`ddbmodel backup pitr on|off|show`."""

from __future__ import annotations

import json as json_module
from dataclasses import asdict
from typing import Annotated, TypeAlias

import typer

from ddbmodel import Backups, Mapper, PointInTime, limits
from ddbmodel.admin.recovery_point import require_recovery_point_of
from ddbmodel.cli.connecting import EndpointUrl, Profile, Region, TablePrefix, connect_options
from ddbmodel.cli.recovery import WithoutRecoveryPoint
from ddbmodel.cli.running import run_with_mapper, table_of

pitr = typer.Typer(no_args_is_help=True, help="Switch point-in-time recovery on and off, and look at it.")

_Table: TypeAlias = Annotated[str, typer.Argument(help="a table's name, or module:Model")]
_Json: TypeAlias = Annotated[bool, typer.Option("--json", help="print JSON")]
_Found: TypeAlias = tuple[str, PointInTime]


@pitr.command()
def on(  # noqa: PLR0917  # options, which typer gives by name
    table: _Table,
    days: Annotated[
        int | None,
        typer.Option(help="how far back, if it is not as it was, or 35", min=1, max=limits.RECOVERY_DAYS_MAX),
    ] = None,
    json: _Json = False,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    table_prefix: TablePrefix = "",
) -> None:
    """Let a table be restored to any second of the last days. The exit code is 0, or 2 if it failed."""

    async def work(mapper: Mapper) -> _Found:
        backups, target = Backups(mapper), table_of(table)
        wanted = days
        if wanted is None:
            now = await backups.point_in_time(target)
            wanted = now.days or limits.RECOVERY_DAYS_MAX
        return mapper.table_name(target), await backups.enable_point_in_time(target, days=wanted)

    _print(run_with_mapper(connect_options(region, profile, endpoint_url, table_prefix), work), json)


@pitr.command()
def off(  # noqa: PLR0917  # options, which typer gives by name
    table: _Table,
    without_recovery_point: WithoutRecoveryPoint = False,
    json: _Json = False,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    table_prefix: TablePrefix = "",
) -> None:
    """Forget a table's past; refused if it has no backup of the last 24 hours.

    The exit code is 0, or 2 if it failed or was refused.
    """

    async def work(mapper: Mapper) -> _Found:
        backups, target = Backups(mapper), table_of(table)
        deployed, now = mapper.table_name(target), await backups.point_in_time(target)
        if not now.enabled:
            return deployed, now
        if not without_recovery_point:
            await require_recovery_point_of(mapper, deployed, point_in_time=False)
        return deployed, await backups.disable_point_in_time(target)

    _print(run_with_mapper(connect_options(region, profile, endpoint_url, table_prefix), work), json)


@pitr.command()
def show(  # noqa: PLR0917  # options, which typer gives by name
    table: _Table,
    json: _Json = False,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    table_prefix: TablePrefix = "",
) -> None:
    """Show whether it is on, and which moments can be restored. The exit code is 0, or 2 if it failed."""

    async def work(mapper: Mapper) -> _Found:
        target = table_of(table)
        return mapper.table_name(target), await Backups(mapper).point_in_time(target)

    _print(run_with_mapper(connect_options(region, profile, endpoint_url, table_prefix), work), json)


def _print(found: _Found, json: bool) -> None:  # the option, as it came
    table, now = found
    if json:
        typer.echo(json_module.dumps({"table": table, **asdict(now)}, default=str))
    elif not now.enabled:
        typer.echo(f"{table}: point-in-time recovery is off")
    else:
        window = ""
        if now.earliest is not None and now.latest is not None:
            window = f", {now.earliest:%Y-%m-%dT%H:%M:%SZ} to {now.latest:%Y-%m-%dT%H:%M:%SZ}"
        typer.echo(f"{table}: point-in-time recovery is on, {now.days} days{window}")
