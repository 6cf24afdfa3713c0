"""How a command ends: its exit code, and one line, or JSON, for what a user can set right."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Coroutine
from typing import Any, Final

import typer

from ddbmodel.errors import DDBModelError

FAILED: Final = 1
WRONG: Final = 2
INTERRUPTED: Final = 130


def code_of(work: Coroutine[Any, Any, int], interrupted: str = "interrupted") -> int:
    """Run a command's work, and give its exit code: its own, 2 for an error of ours, 130 for Ctrl+C."""
    try:
        return asyncio.run(work)
    except (DDBModelError, ModuleNotFoundError) as error:
        return tell(error, WRONG)
    except KeyboardInterrupt:
        return tell(KeyboardInterrupt(interrupted), INTERRUPTED)


def tell(error: BaseException, code: int) -> int:
    """Tell on standard error why a command ends, and give its exit code.

    With `--json` it is one line of JSON: `{"error": "TableNotFound", "message": "...", "exit_code": 2}`.
    """
    return tell_as(type(error).__name__, str(error), code)


def tell_as(name: str, message: str, code: int) -> int:
    """Tell of an error of this name; see `tell`."""
    if wants_json(sys.argv[1:]):
        message = json.dumps({"error": name, "message": message, "exit_code": code})
    typer.echo(message, err=True)
    return code


def wants_json(arguments: list[str]) -> bool:
    """Tell whether `--json` is among the options; what comes after `--` is none."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--json" in options
