"""`ddbmodel export start|list|describe`."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any, TypeAlias

import typer

from ddbmodel import Export, Exports, ExpressionError, Mapper
from ddbmodel.cli.connecting import EndpointUrl, Profile, Region, TablePrefix, connect_options
from ddbmodel.cli.loading import any_table_of
from ddbmodel.cli.s3_jobs import (
    MOMENT_FORMATS,
    AnyTable,
    Json,
    Moment,
    Owner,
    Wait,
    place_of,
    run_job,
    tell_begun,
    to_json,
)

export = typer.Typer(no_args_is_help=True, help="Export tables to S3, or what has changed in them.")

_Arn: TypeAlias = Annotated[str, typer.Argument(help="the ARN of an export, as list shows it")]


class ViewName(StrEnum):
    """What an incremental export has of each item."""

    NEW_IMAGE = "new"
    NEW_AND_OLD_IMAGES = "new-and-old"


@export.command()
def start(  # noqa: PLR0917  # options, which typer gives by name
    table: AnyTable,
    to: Annotated[str, typer.Argument(help="where it goes: s3://bucket or s3://bucket/prefix")],
    at: Annotated[
        Moment, typer.Option(help="the table as it was at this moment", formats=MOMENT_FORMATS)
    ] = None,
    since: Annotated[
        Moment, typer.Option(help="only what has changed since, 24 hours at most", formats=MOMENT_FORMATS)
    ] = None,
    until: Annotated[Moment, typer.Option(help="with --since; else now", formats=MOMENT_FORMATS)] = None,
    view: Annotated[
        ViewName | None, typer.Option(help="with --since: also the items as they were before, or not")
    ] = None,
    bucket_owner: Owner = None,
    wait: Wait = False,
    json: Json = False,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    table_prefix: TablePrefix = "",
) -> None:
    """Begin to export a table with point-in-time recovery to S3, whole, or with --since its changes.

    The exit code is 0, or 2 if it was refused, or has failed while it was waited for.
    """

    async def work(mapper: Mapper) -> int:
        bucket, prefix = place_of(to)
        common: dict[str, Any] = {"bucket": bucket, "prefix": prefix, "bucket_owner": bucket_owner}
        exports, target = Exports(mapper), any_table_of(table)
        if since is None:
            if until is not None or view is not None:
                raise ExpressionError("export: --until and --view go with --since")
            begun = await exports.start(target, at=at, **common)
        else:
            if at is not None:
                raise ExpressionError("export: --at and --since exclude each other")
            common["view"] = (view or ViewName.NEW_AND_OLD_IMAGES).name
            begun = await exports.start_incremental(target, since=since, until=until, **common)
        return await _show(exports, begun, wait=wait, json=json)

    run_job(connect_options(region, profile, endpoint_url, table_prefix), work)


@export.command("list")
def list_(  # noqa: PLR0917  # options, which typer gives by name
    table: Annotated[
        str | None, typer.Argument(help="a table's name, module:Model or module:table; else all tables")
    ] = None,
    json: Json = False,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    table_prefix: TablePrefix = "",
) -> None:
    """List the ARNs of the exports of the last 90 days, one in each line (with --json, one array)."""

    async def work(mapper: Mapper) -> int:
        found = [arn async for arn in Exports(mapper).list(None if table is None else any_table_of(table))]
        for line in [to_json(found)] if json else found:
            typer.echo(line)
        return 0

    run_job(connect_options(region, profile, endpoint_url, table_prefix), work)


@export.command()
def describe(  # noqa: PLR0917  # options, which typer gives by name
    arn: _Arn,
    wait: Wait = False,
    json: Json = False,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
) -> None:
    """Show how far an export is. The exit code is 0, or 2 if it has failed while it was waited for."""

    async def work(mapper: Mapper) -> int:
        exports = Exports(mapper)
        return await _show(exports, await exports.describe(arn), wait=wait, json=json)

    run_job(connect_options(region, profile, endpoint_url, ""), work)


async def _show(exports: Exports, job: Export, *, wait: bool, json: bool) -> int:
    if wait:
        tell_begun(job.arn)
        job = await exports.wait(job)
    if json:
        typer.echo(to_json({**asdict(job), "folder": job.folder}))
        return 0
    items = "" if job.items is None else f"  {job.items:,} items"
    parts = [f"{job.status}  {job.kind}{items}", job.arn, job.folder, job.failure]
    typer.echo("  ".join(part for part in parts if part))
    return 0
