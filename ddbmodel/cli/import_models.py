"""`ddbmodel import-models`."""

from __future__ import annotations

import asyncio
import json as json_module
import sys
from typing import Annotated, Any

import typer

from ddbmodel import ImportedModel, Mapper, import_model
from ddbmodel.cli.connecting import EndpointUrl, Profile, Region, TablePrefix, connect_options
from ddbmodel.cli.ending import FAILED, INTERRUPTED, tell
from ddbmodel.errors import DDBModelError


def import_models(  # noqa: PLR0917  # options, which typer gives by name
    table: Annotated[str, typer.Argument(help="the table's name")],
    sample: Annotated[int, typer.Option(help="how many items to read at most", min=0)] = 200,
    json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    table_prefix: TablePrefix = "",
) -> None:
    """Write the model of a table that is there, from its description and some of its items.

    The exit code is 0, or 1 if there is no such table, or it could not be read.
    """
    connect = connect_options(region, profile, endpoint_url, table_prefix)
    try:
        found = asyncio.run(_imported(table, sample, connect))
    except DDBModelError as error:
        sys.exit(tell(error, FAILED))
    except KeyboardInterrupt:
        sys.exit(tell(KeyboardInterrupt("interrupted"), INTERRUPTED))
    shown = json_module.dumps({"source": found.source, "sampled": found.sampled}, indent=2)
    typer.echo(shown if json else found.source, nl=json)


async def _imported(table: str, sample: int, connect: dict[str, Any]) -> ImportedModel:
    async with Mapper.connect(**connect) as mapper:
        return await import_model(mapper, table, sample=sample)
