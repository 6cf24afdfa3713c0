"""`ddbmodel plan`, `ddbmodel apply` and `ddbmodel describe`."""

from __future__ import annotations

import asyncio
import json as json_module
import sys
from collections.abc import Coroutine
from enum import StrEnum
from typing import Annotated, Any, Final, TypeAlias, TypeVar

import typer

from ddbmodel import (
    Mapper,
    TablesPlan,
    apply_tables,
    cloudformation_template,
    plan_tables,
    terraform_configuration,
)
from ddbmodel.admin.tables.deployed import ASKED_FOR, Deployed, read_deployed
from ddbmodel.admin.tables.words import billing_in_words, index_in_words, key_in_words
from ddbmodel.cli.connecting import EndpointUrl, Profile, Region, TablePrefix, connect_options
from ddbmodel.cli.ending import FAILED, INTERRUPTED, tell, tell_as
from ddbmodel.cli.loading import target_of
from ddbmodel.cli.recovery import WithoutRecoveryPoint
from ddbmodel.errors import DDBModelError, TableNotFound

T = TypeVar("T")

NOTHING_TO_DO: Final = 0
CHANGES: Final = 2

Targets: TypeAlias = Annotated[
    list[str], typer.Argument(help="module:Model or module:table, such as shop.models:Order")
]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="print JSON")]


class FormatName(StrEnum):
    """What a plan is printed as."""

    TEXT = "text"
    JSON = "json"
    CLOUDFORMATION = "cloudformation"
    TERRAFORM = "terraform"


def plan(  # noqa: PLR0917  # options, which typer gives by name
    targets: Targets,
    format: Annotated[FormatName, typer.Option(help="of what is printed")] = FormatName.TEXT,  # noqa: A002  # the option's name
    json: Json = False,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    table_prefix: TablePrefix = "",
) -> None:
    """Compare tables with their models. Nothing is changed.

    The exit code is 0 if there is nothing to do, 2 if there are changes, 1 if it could not be told.
    CloudFormation and Terraform get what the tables are to be, without looking; the code is 0 then.
    """
    connect = connect_options(region, profile, endpoint_url, table_prefix)
    if format in (FormatName.CLOUDFORMATION, FormatName.TERRAFORM):
        sys.exit(_emit(targets, format, table_prefix))
    code, found = _run(_planned(targets, connect))
    if found is not None:
        typer.echo(found.to_json() if json or format is FormatName.JSON else str(found))
        code = NOTHING_TO_DO if found.is_empty else CHANGES
    sys.exit(code)


def apply(  # noqa: PLR0917  # options, which typer gives by name
    targets: Targets,
    delete_index: Annotated[list[str] | None, typer.Option(help="an index that may be deleted")] = None,
    delete_replica: Annotated[list[str] | None, typer.Option(help="a region whose replica may be")] = None,
    without_recovery_point: WithoutRecoveryPoint = False,
    json: Json = False,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    table_prefix: TablePrefix = "",
) -> None:
    """Make tables what their models say, without asking: look at `ddbmodel plan` first.

    Indexes and replicas that are not declared any more go only if they are named here. What destroys items,
    a replica or point-in-time recovery is refused where the table could not be restored.
    The exit code is 0 if nothing is left to do, 2 if something has to wait, 1 if it failed, or was refused.
    """
    connect = connect_options(region, profile, endpoint_url, table_prefix)
    told = {
        "delete_indexes": delete_index or [],
        "delete_replicas": delete_replica or [],
        "without_recovery_point": without_recovery_point,
    }
    code, left = _run(_applied(targets, connect, told))
    if left is not None:
        typer.echo(left.to_json() if json else str(left))
        code = NOTHING_TO_DO if left.is_empty else CHANGES
    sys.exit(code)


def describe(  # noqa: PLR0917  # options, which typer gives by name
    table: Annotated[str, typer.Argument(help="the table's name")],
    json: Json = False,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    table_prefix: TablePrefix = "",
) -> None:
    """Show a table: keys, indexes, and every setting.

    The exit code is 0, or 1 if there is no such table, or it could not be asked.
    """
    connect = connect_options(region, profile, endpoint_url, table_prefix)
    code, found = _run(_described(table, connect))
    if found is not None:
        shown = _shown(found)
        lines = (f"{name}: {value}" for name, value in shown.items())
        typer.echo(json_module.dumps(shown, indent=2, default=str) if json else "\n".join(lines))
    elif code == NOTHING_TO_DO:
        code = tell_as(TableNotFound.__name__, f"there is no table {table_prefix + table!r}", FAILED)
    sys.exit(code)


def _run(work: Coroutine[Any, Any, T]) -> tuple[int, T | None]:
    """Do it, and give the exit code, with the result if there is one."""
    try:
        return NOTHING_TO_DO, asyncio.run(work)
    except DDBModelError as error:
        return tell(error, FAILED), None
    except KeyboardInterrupt:
        told = KeyboardInterrupt("interrupted: what was begun goes on; run it again to do the rest")
        return tell(told, INTERRUPTED), None


def _emit(targets: list[str], format_name: FormatName, table_prefix: str) -> int:
    emit = cloudformation_template if format_name is FormatName.CLOUDFORMATION else terraform_configuration
    try:
        document = emit(*[target_of(name) for name in targets], table_prefix=table_prefix)
    except DDBModelError as error:
        return tell(error, FAILED)
    typer.echo(json_module.dumps(document, indent=2))
    return NOTHING_TO_DO


async def _planned(targets: list[str], connect: dict[str, Any]) -> TablesPlan:
    found = [target_of(name) for name in targets]
    async with Mapper.connect(**connect) as mapper:
        return await plan_tables(mapper, *found)


async def _applied(targets: list[str], connect: dict[str, Any], told: dict[str, Any]) -> TablesPlan:
    found = [target_of(name) for name in targets]
    async with Mapper.connect(**connect) as mapper:
        plan = await plan_tables(mapper, *found)
        return await apply_tables(mapper, plan, **told, progress=_tell)


def _tell(line: str) -> None:
    typer.echo(line, err=True)


async def _described(table: str, connect: dict[str, Any]) -> Deployed | None:
    async with Mapper.connect(**connect) as mapper:
        return await read_deployed(mapper, mapper.table_name(table), ASKED_FOR, forgiving=True)


def _shown(found: Deployed) -> dict[str, Any]:
    description = found.description
    shown: dict[str, Any] = {
        "table": description.name,
        "status": description.status,
        "arn": description.arn,
        "items": description.item_count,
        "bytes": description.size_bytes,
        "key": key_in_words(description.schema),
        "billing": billing_in_words(description.billing),
        "stream": found.stream,
        "encryption": found.encryption,
        "deletion_protection": found.deletion_protection,
        "table_class": found.table_class,
        "warm_throughput": found.warm_throughput,
        "replicas": list(found.replicas),
    }
    for index in description.indexes:
        shown[f"index {index.schema.name}"] = f"{index_in_words(index.schema)}, {index.status}"
    return shown | dict(found.asked)
