"""How a command ends: its exit code, and one line for what a user can set right."""

from __future__ import annotations

import asyncio
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
    except DDBModelError as error:
        typer.echo(str(error), err=True)
        return WRONG
    except ModuleNotFoundError as error:
        typer.echo(str(error), err=True)
        return WRONG
    except KeyboardInterrupt:
        typer.echo(interrupted, err=True)
        return INTERRUPTED
