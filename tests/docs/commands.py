"""The page of commands, made from what the program says of itself: `python -m tests.docs.commands` writes it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import typer.main

from ddbmodel.cli.main import program

PAGE: Final = Path(__file__).parents[2] / "docs" / "reference" / "commands.md"
_HEAD: Final = """# Commands

Every command of `ddbmodel` with its options, as `ddbmodel COMMAND --help` tells them. What they do, and what their exit codes mean, is told in
[The command line](../command-line.md).
"""


def page() -> str:
    """The page, as it is to be."""
    root: Any = typer.main.get_command(program())
    return "\n".join([_HEAD, *_commands("ddbmodel", root)]).rstrip() + "\n"


def _commands(name: str, command: Any) -> Iterator[str]:
    for word, child in sorted(getattr(command, "commands", {}).items()):
        whole = f"{name} {word}"
        if hasattr(child, "commands"):
            yield from _commands(whole, child)
        else:
            yield from _command(whole, child)


def _command(name: str, command: Any) -> Iterator[str]:
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option" and each.name != "help"]
    yield f"## {name.removeprefix('ddbmodel ')}"
    yield ""
    yield f"    {name} [OPTIONS] {' '.join(_placeholder(each) for each in arguments)}".rstrip()
    yield ""
    yield from inspect.cleandoc(command.help or "").splitlines()
    yield ""
    yield "| | default | |"
    yield "|---|---|---|"
    for each in (*arguments, *options):
        yield _row(each)
    yield ""


def _row(parameter: Any) -> str:
    is_argument = parameter.param_type_name == "argument"
    names = [_placeholder(parameter)] if is_argument else [*parameter.opts, *parameter.secondary_opts]
    default = parameter.default
    shown = (
        ""
        if default in (None, False, "", ()) or callable(default)
        else f"`{getattr(default, 'value', default)}`"
    )
    told = (parameter.help or "").replace("|", "\\|")
    return f"| {', '.join(f'`{name}`' for name in names)} | {shown} | {told} |"


def _placeholder(argument: Any) -> str:
    name = (argument.metavar or argument.name).upper().strip("{}").removesuffix("...")
    return name if argument.required else f"[{name}]"


if __name__ == "__main__":
    PAGE.write_text(page())
