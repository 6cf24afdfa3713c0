"""`ddbmodel local`."""

from __future__ import annotations

import asyncio
import json as json_text
import shlex
import signal
import sys
from dataclasses import dataclass
from typing import Annotated, Any, Self

import typer

from ddbmodel import ExpressionError, Mapper
from ddbmodel.cli.connecting import TablePrefix
from ddbmodel.cli.ending import code_of
from ddbmodel.cli.loading import model_of, models_of
from ddbmodel.model import Model, plan_of
from ddbmodel.testing import LocalDynamoDB


def local(
    models: Annotated[
        list[str] | None, typer.Argument(help="module:Model or module:table, whose tables are made")
    ] = None,
    load: Annotated[list[str] | None, typer.Option(help="FILE:module:Model, rows to put")] = None,
    port: Annotated[int, typer.Option(help="to listen on; 0 is any free one", min=0, max=65535)] = 0,
    json: Annotated[bool, typer.Option("--json", help="print one line of JSON")] = False,
    table_prefix: TablePrefix = "",
) -> None:
    """Run an embedded DynamoDB to develop against, until Ctrl+C; its tables are gone then.

    The exit code is 0 after Ctrl+C, and 2 if it could not be started or filled.
    """
    sys.exit(code_of(_serve(models or [], load or [], table_prefix, port, as_json=json)))


@dataclass(frozen=True, slots=True)
class _Content:
    """What is in the tables.

    Attributes:
        models: whose tables are made.
        loads: files, each with the model of its rows.
    """

    models: list[type[Model]]
    loads: list[tuple[str, type[Model]]]

    @classmethod
    def of(cls, models: list[str], loads: list[str]) -> Self:
        """Find what is named.

        Raises:
            ExpressionError: there is no such model, or what is to be loaded is named in another way.
        """
        return cls(models_of(models), [_load(text) for text in loads])

    async def fill(self, mapper: Mapper) -> tuple[list[str], dict[str, int]]:
        """Make the tables and load the files; give their names, and how many rows each file had."""
        plans = [plan_of(model) for model in (*self.models, *(model for _, model in self.loads))]
        # A table that several models share is made once.
        targets = {plan.stored_table.name: plan.shared or plan.model for plan in plans}
        names = [(await mapper.create_table(target)).name for target in targets.values()]
        rows: dict[str, int] = {}
        for file, model in self.loads:
            report = await mapper.ingest(file, model=model)
            rows[file] = rows.get(file, 0) + report.written
        return names, rows


def _load(text: str) -> tuple[str, type[Model]]:
    file, found, model = text.rpartition(":")
    file, also, module = file.rpartition(":")
    if not (found and also and file):
        raise ExpressionError(f"--load {text}: it takes FILE:module:Model, such as o.csv:shop.models:Order")
    return file, model_of(f"{module}:{model}")


async def _serve(models: list[str], loads: list[str], prefix: str, port: int, *, as_json: bool) -> int:
    content = _Content.of(models, loads)
    ended = _ended_by_signals()
    async with LocalDynamoDB(port=port) as dynamodb:
        async with dynamodb.connect(table_prefix=prefix) as mapper:
            tables, rows = await content.fill(mapper)
        _announce(dynamodb.endpoint_url, tables, rows, as_json=as_json)
        await ended.wait()
    if not as_json:
        typer.echo("ended")
    return 0


def _ended_by_signals() -> asyncio.Event:
    """An event that Ctrl+C or SIGTERM sets."""
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, ended.set)
        except NotImplementedError:  # loops of Windows take none
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(ended.set))
    return ended


def _announce(url: str, tables: list[str], rows: dict[str, int], *, as_json: bool) -> None:
    env = {
        "AWS_ENDPOINT_URL_DYNAMODB": url,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    if as_json:
        content: dict[str, Any] = {"endpoint_url": url, "environment": env, "tables": tables, "rows": rows}
        typer.echo(json_text.dumps(content))
    else:
        typer.echo(f"DynamoDB listens at {url}; Ctrl+C ends it")
        for name in tables:
            typer.echo(f"  table {name}")
        for file, count in rows.items():
            typer.echo(f"  {count:,} rows of {file}")
        for name, value in env.items():
            typer.echo(f"export {name}={shlex.quote(value)}")
    sys.stdout.flush()
