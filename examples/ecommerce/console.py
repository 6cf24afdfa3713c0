"""How everything is printed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any, Final, cast

from pydantic import BaseModel
from rich.console import Console
from rich.rule import Rule
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from examples.ecommerce.recorder import Sent
from examples.ecommerce.verify import Check

# A pipe or file has no width; this one fits the code that is shown.
_PLAIN_WIDTH: Final = 116
_JSON_WIDTH: Final = 100
_JSON_LINES: Final = 24
_TRANSACTION_LINES: Final = 100
_JSON_CLOSING: Final = {"{": "}", "[": "]"}
_INDENT: Final = 2
_SHOWN_ITEMS: Final = 3
_SHOWN_CHARACTERS: Final = 160


def open_console() -> Console:
    """A console for standard output; without colours and bars if that is not a terminal."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_PLAIN_WIDTH)


def print_heading(console: Console, title: str) -> None:
    """Begin a part of the output."""
    console.print()
    console.print(Rule(Text(title, "bold"), align="left"))


def print_code(console: Console, code: str) -> None:
    """Show Python code as it is in its file."""
    console.print(Syntax(code, "python", background_color="default", word_wrap=True))


def print_requests(console: Console, sent: Sequence[Sent]) -> None:
    """Show the first request of each operation, and how many there were."""
    counts = Counter(request.operation for request in sent)
    first = {request.operation: request for request in reversed(sent)}
    for operation, count in counts.items():
        label = f"{operation}, the first of {count:,}" if count > 1 else operation
        console.print(Text(label, "cyan"))
        lines = json_lines(first[operation].parameters, _JSON_WIDTH)
        limit = _TRANSACTION_LINES if operation.startswith("Transact") else _JSON_LINES
        if len(lines) > limit:
            lines = [*lines[:limit], "..."]
        console.print(Syntax("\n".join(lines), "json", background_color="default", word_wrap=True))
    if not sent:
        console.print(Text("no request", "cyan"))


def json_lines(value: Any, width: int) -> list[str]:
    """JSON with one line for whatever fits, so that `{"S": "x"}` does not take three."""
    compact = json.dumps(value, default=str, ensure_ascii=False)
    if len(compact) <= width or compact[0] not in _JSON_CLOSING:
        return [compact]
    entries: list[tuple[str, Any]]
    if compact[0] == "{":
        entries = [(f"{json.dumps(name)}: ", entry) for name, entry in value.items()]
    else:
        entries = [("", entry) for entry in value]
    lines: list[str] = []
    for number, (label, entry) in enumerate(entries, 1):
        nested = json_lines(entry, width - _INDENT)
        nested[0] = label + nested[0]
        nested[-1] += "," if number < len(entries) else ""
        lines += [" " * _INDENT + line for line in nested]
    return [compact[0], *lines, _JSON_CLOSING[compact[0]]]


def print_result(console: Console, result: object) -> None:
    """Show what came back: a count, a model, or the first few of many."""
    for line in describe(result):
        console.print(Text(f"  {line}", "green"))


def describe(result: object) -> list[str]:
    """A result in a few lines of text."""
    if isinstance(result, str):
        return [result]
    if isinstance(result, list):
        items = cast(list[object], result)
        shown = [_shortened(item) for item in items[:_SHOWN_ITEMS]]
        more = len(items) - len(shown)
        return [*shown, f"... and {more:,} more"] if more else shown or ["nothing"]
    return [_shortened(result)]


def _shortened(item: object) -> str:
    text = f"{type(item).__name__}({_fields(item)})" if isinstance(item, BaseModel) else str(item)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 3]}..."


def _fields(item: BaseModel) -> str:
    return ", ".join(f"{name}={_value(value)}" for name, value in item if name in item.model_fields_set)


def _value(value: object) -> str:
    match value:
        case list():
            return f"[{len(cast(list[object], value))}]"
        case Enum():
            return str(value.value)
        case BaseModel():
            return f"{type(value).__name__}({_fields(value)})"
        case _:
            return str(value)


def print_checks(console: Console, checks: Iterable[Check]) -> None:
    """Show the proof as a table."""
    table = Table()
    table.add_column("")
    table.add_column("in the CSV files", justify="right")
    table.add_column("in DynamoDB", justify="right")
    table.add_column("same")
    for check in checks:
        sign = Text("yes", "green") if check.holds else Text("NO", "bold red")
        table.add_row(check.name, check.in_files, check.in_table, sign)
    console.print(table)
