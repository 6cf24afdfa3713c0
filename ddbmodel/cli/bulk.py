"""`ddbmodel import bulk start|list|describe|cancel`."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any, TypeAlias

import typer

from ddbmodel import BulkInput, BulkOperation, BulkOutput, BulkPuts, Mapper
from ddbmodel.cli.connecting import EndpointUrl, Profile, Region, TablePrefix, connect_options
from ddbmodel.cli.ending import FAILED
from ddbmodel.cli.loading import any_table_of
from ddbmodel.cli.s3_jobs import AnyTable, Json, Owner, Wait, place_of, run_job, tell_begun, to_json

bulk = typer.Typer(
    no_args_is_help=True,
    help="Let DynamoDB put what is in S3 into tables that are there. Takes a botocore that knows how.",
)

_Arn: TypeAlias = Annotated[str, typer.Argument(help="the ARN of a bulk put, as list shows it")]


class PutFormat(StrEnum):
    """What is in the objects."""

    DYNAMODB_JSON = "dynamodb-json"
    ION = "ion"


class PutCompression(StrEnum):
    """How each object is compressed."""

    GZIP = "gzip"
    ZSTD = "zstd"
    NONE = "none"


@bulk.command()
def start(  # noqa: PLR0917  # options, which typer gives by name
    table: AnyTable,
    source: Annotated[str, typer.Argument(help="where the items are: s3://bucket/prefix")],
    reports: Annotated[str, typer.Argument(help="where it is told what was not put: s3://bucket/prefix")],
    format: Annotated[PutFormat, typer.Option(help="of the objects")] = PutFormat.DYNAMODB_JSON,  # noqa: A002  # the option's name
    compression: Annotated[PutCompression, typer.Option(help="of the objects")] = PutCompression.GZIP,
    bucket_owner: Owner = None,
    report_conditions: Annotated[
        bool, typer.Option("--report-conditions", help="also report writes whose condition is false")
    ] = False,
    reports_owner: Owner = None,
    kms_key: Annotated[str | None, typer.Option(help="encrypts the reports")] = None,
    max_write_units: Annotated[int | None, typer.Option(help="a second, 1024 at least")] = None,
    accelerated: Annotated[bool, typer.Option("--accelerated", help="the faster tier")] = False,
    token: Annotated[str | None, typer.Option(help="begins once in 8 hours with the same one")] = None,
    wait: Wait = False,
    json: Json = False,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    table_prefix: TablePrefix = "",
) -> None:
    """Begin to put the items of objects in S3 into a table; each replaces the one of the same key.

    The exit code is 0; 1 if it was waited for, and some items could not be put; 2 if it was refused or has
    failed.
    """

    async def work(mapper: Mapper) -> int:
        inputs: dict[str, Any] = {"format": format.name, "compression": compression.name}
        bulk_puts = BulkPuts(mapper)
        begun = await bulk_puts.start(
            any_table_of(table),
            BulkInput(*place_of(source), bucket_owner=bucket_owner, **inputs),
            _output(reports, reports_owner, kms_key, conditions=report_conditions),
            max_write_units=max_write_units,
            tier="ACCELERATED" if accelerated else None,
            token=token,
        )
        return await _show(bulk_puts, begun, wait=wait, json=json)

    run_job(connect_options(region, profile, endpoint_url, table_prefix), work)


def _output(url: str, owner: str | None, kms_key: str | None, *, conditions: bool) -> BulkOutput:
    bucket, prefix = place_of(url)
    return BulkOutput(
        bucket,
        prefix,
        reports=("ERROR", "CONDITION_CHECK_FAILURE") if conditions else ("ERROR",),
        bucket_owner=owner,
        encryption=None if kms_key is None else "KMS",
        kms_key=kms_key,
    )


@bulk.command("list")
def list_(
    json: Json = False,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
) -> None:
    """List the bulk puts of the last 90 days, one in each line (with --json, one array)."""

    async def work(mapper: Mapper) -> int:
        found = [one async for one in BulkPuts(mapper).list()]
        lines = [f"{one.started:%Y-%m-%dT%H:%M:%SZ}  {one.status}  {one.arn}" for one in found]
        for line in [to_json([asdict(one) for one in found])] if json else lines:
            typer.echo(line)
        return 0

    run_job(connect_options(region, profile, endpoint_url, ""), work)


@bulk.command()
def describe(  # noqa: PLR0917  # options, which typer gives by name
    arn: _Arn,
    wait: Wait = False,
    json: Json = False,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
) -> None:
    """Show how far a bulk put is. With --wait the exit code is that of start."""

    async def work(mapper: Mapper) -> int:
        bulk_puts = BulkPuts(mapper)
        return await _show(bulk_puts, await bulk_puts.describe(arn), wait=wait, json=json)

    run_job(connect_options(region, profile, endpoint_url, ""), work)


@bulk.command()
def cancel(
    arn: _Arn,
    json: Json = False,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
) -> None:
    """Let a bulk put end before it is done; what it has put stays. The exit code is 0, or 2 if it failed."""

    async def work(mapper: Mapper) -> int:
        bulk_puts = BulkPuts(mapper)
        return await _show(bulk_puts, await bulk_puts.cancel(arn), wait=False, json=json)

    run_job(connect_options(region, profile, endpoint_url, ""), work)


async def _show(bulk_puts: BulkPuts, job: BulkOperation, *, wait: bool, json: bool) -> int:
    if wait:
        tell_begun(job.arn)
        job = await bulk_puts.wait(job)
    typer.echo(to_json({**asdict(job), "whole": job.whole}) if json else str(job))
    return FAILED if wait and not job.whole else 0
