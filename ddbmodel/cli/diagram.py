"""`ddbmodel diagram`."""

from __future__ import annotations

import json as json_text
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from ddbmodel.cli.drawing import TableDrawing, drawings_of
from ddbmodel.cli.ending import code_of
from ddbmodel.cli.html_page import html_of
from ddbmodel.cli.loading import models_of
from ddbmodel.cli.mermaid import mermaid_of
from ddbmodel.cli.svg import svg_of
from ddbmodel.errors import ExpressionError


class DiagramFormat(StrEnum):
    """What a diagram is written as."""

    SVG = "svg"
    MERMAID = "mermaid"
    HTML = "html"


_WRITERS: Final[Mapping[DiagramFormat, Callable[[Sequence[TableDrawing]], str]]] = {
    DiagramFormat.SVG: svg_of,
    DiagramFormat.MERMAID: mermaid_of,
    DiagramFormat.HTML: html_of,
}


def diagram(
    models: Annotated[
        list[str], typer.Argument(help="module:Model or module:table, of one table or several")
    ],
    format: Annotated[DiagramFormat, typer.Option(help="of the drawing")] = DiagramFormat.SVG,  # noqa: A002  # the option's name
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="the file; else it is printed")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="print what would be drawn as JSON")] = False,
) -> None:
    """Draw the tables of models: keys, entities, indexes and access patterns. Nothing is sent.

    The exit code is 2 if a model or the file cannot be.
    """
    sys.exit(code_of(_draw(models, format, output, as_json=json)))


async def _draw(models: list[str], form: DiagramFormat, output: Path | None, *, as_json: bool) -> int:
    tables = drawings_of(models_of(models))
    if as_json:
        drawing = json_text.dumps({"tables": [asdict(table) for table in tables]}) + "\n"
    else:
        drawing = _WRITERS[form](tables)
    if output is None:
        typer.echo(drawing, nl=False)
        return 0
    try:
        output.write_text(drawing, encoding="utf-8")  # noqa: ASYNC240  # nothing else is waiting
    except OSError as error:
        raise ExpressionError(f"{output} cannot be written: {error.strerror}") from error
    return 0
