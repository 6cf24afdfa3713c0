"""What the commands on jobs between S3 and tables have in common."""

from __future__ import annotations

import json as json_module
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, NoReturn, TypeAlias

import typer

from ddbmodel import ExpressionError, Mapper
from ddbmodel.cli.ending import code_of

AnyTable: TypeAlias = Annotated[
    str, typer.Argument(help="a table's name, module:Model, or module:table of a shared table")
]
Owner: TypeAlias = Annotated[str | None, typer.Option(help="the bucket's account, if it is another one")]
Wait: TypeAlias = Annotated[bool, typer.Option("--wait", help="until it has come to its end")]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="print JSON")]
MOMENT_FORMATS = ["%Y-%m-%dT%H:%M:%S%z"]
Moment: TypeAlias = datetime | None

_SCHEME = "s3://"


def place_of(url: str) -> tuple[str, str | None]:
    """Give the bucket and the prefix of `s3://bucket` or `s3://bucket/prefix`.

    Raises:
        ExpressionError: it is no such URL.
    """
    bucket, _, prefix = url.removeprefix(_SCHEME).partition("/")
    if not (url.startswith(_SCHEME) and bucket):
        raise ExpressionError("a place in S3 is given as s3://bucket or s3://bucket/prefix")
    return bucket, prefix or None


def run_job(connect: dict[str, Any], work: Callable[[Mapper], Awaitable[int]]) -> NoReturn:
    """End the program with the exit code that work with a mapper gives, or that of its failure."""

    async def connected() -> int:
        async with Mapper.connect(**connect) as mapper:
            return await work(mapper)

    sys.exit(code_of(connected(), "interrupted: what was started goes on, and describe tells how far it is"))


def tell_begun(arn: str) -> None:
    """Tell what is waited for, so that it can be found again after an interruption."""
    typer.echo(f"waiting for {arn}", err=True)


def to_json(content: Any) -> str:
    """Give JSON, with times as text."""
    return json_module.dumps(content, default=str)
