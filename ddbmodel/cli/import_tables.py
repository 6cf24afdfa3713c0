"""`ddbmodel import start|describe`, and `ddbmodel import bulk`."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any

import typer

from ddbmodel import Imports, Mapper, ServiceError, TableImport
from ddbmodel.cli.bulk import bulk
from ddbmodel.cli.connecting import EndpointUrl, Profile, Region, TablePrefix, connect_options
from ddbmodel.cli.ending import FAILED, tell
from ddbmodel.cli.loading import target_of
from ddbmodel.cli.s3_jobs import Json, Owner, Wait, place_of, run_job, tell_begun, to_json

import_ = typer.Typer(no_args_is_help=True, help="Let DynamoDB read tables from S3.")
import_.add_typer(bulk, name="bulk")


class ImportedFormat(StrEnum):
    """What is in the objects."""

    DYNAMODB_JSON = "dynamodb-json"
    ION = "ion"
    CSV = "csv"


class Compressed(StrEnum):
    """How each object is compressed."""

    GZIP = "gzip"
    ZSTD = "zstd"
    NONE = "none"


@import_.command()
def start(  # noqa: PLR0917  # options, which typer gives by name
    table: Annotated[str, typer.Argument(help="module:Model, or module:table of a shared table")],
    source: Annotated[str, typer.Argument(help="s3://bucket/prefix, such as an export's data folder")],
    name: Annotated[str | None, typer.Option(help="of the new table; else the model's")] = None,
    format: Annotated[ImportedFormat, typer.Option(help="of the objects")] = ImportedFormat.DYNAMODB_JSON,  # noqa: A002  # the option's name
    compression: Annotated[Compressed, typer.Option(help="of the objects")] = Compressed.GZIP,
    bucket_owner: Owner = None,
    wait: Wait = False,
    json: Json = False,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    table_prefix: TablePrefix = "",
) -> None:
    """Begin to make a new table, with the keys and global indexes of a model, of what is in S3.

    The exit code is 0; 1 if it was waited for, and items were left out; 2 if it was refused or has failed.
    """

    async def work(mapper: Mapper) -> int:
        bucket, prefix = place_of(source)
        options: dict[str, Any] = {"format": format.name, "compression": compression.name}
        imports = Imports(mapper)
        begun = await imports.start(
            target_of(table), bucket=bucket, prefix=prefix, name=name, bucket_owner=bucket_owner, **options
        )
        return await _show(imports, begun, wait=wait, json=json)

    run_job(connect_options(region, profile, endpoint_url, table_prefix), work)


@import_.command()
def describe(  # noqa: PLR0917  # options, which typer gives by name
    arn: Annotated[str, typer.Argument(help="the ARN of an import, as start shows it")],
    wait: Wait = False,
    json: Json = False,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
) -> None:
    """Show how far an import is. With --wait the exit code is that of start."""

    async def work(mapper: Mapper) -> int:
        imports = Imports(mapper)
        return await _show(imports, await imports.describe(arn), wait=wait, json=json)

    run_job(connect_options(region, profile, endpoint_url, ""), work)


async def _show(imports: Imports, job: TableImport, *, wait: bool, json: bool) -> int:
    if wait:
        tell_begun(job.arn)
        try:
            job = await imports.wait(job)
        except ServiceError as error:
            if error.code != "ItemsLeftOut":
                raise
            return tell(error, FAILED)
    if json:
        typer.echo(to_json(asdict(job)))
        return 0
    counts = f"{job.imported:,} of {job.processed:,} items"
    parts = [job.status, counts, job.arn, job.failure]
    typer.echo("  ".join(part for part in parts if part))
    return 0
