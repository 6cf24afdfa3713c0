"""Running what a command does, and ending with an exit code instead of a traceback."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from ddbmodel import Mapper
from ddbmodel.cli.ending import INTERRUPTED, WRONG, tell
from ddbmodel.cli.loading import model_of
from ddbmodel.errors import DDBModelError
from ddbmodel.model import Model

T = TypeVar("T")


def run_with_mapper(connect: dict[str, Any], work: Callable[[Mapper], Awaitable[T]]) -> T:
    """Do work with a mapper; a failure ends the program with the code 2, Ctrl+C with 130."""

    async def connected() -> T:
        async with Mapper.connect(**connect) as mapper:
            return await work(mapper)

    try:
        return asyncio.run(connected())
    except DDBModelError as error:
        sys.exit(tell(error, WRONG))
    except KeyboardInterrupt:
        sys.exit(tell(KeyboardInterrupt("interrupted"), INTERRUPTED))


def table_of(name: str) -> type[Model] | str:
    """Give a table as it was named: `module:Model`, or the name of the table.

    Raises:
        ExpressionError: there is no such model.
    """
    return model_of(name) if ":" in name else name
