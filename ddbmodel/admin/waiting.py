"""Waiting until a table, a backup or a job has become what it is to be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from ddbmodel.admin.service import Service
from ddbmodel.errors import ServiceError, TableNotFound
from ddbmodel.operations import DescribeTable, DescribeTableResult, TableDescription

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """How often, and how long, to look.

    Attributes:
        first_seconds: before the second look; then it takes half as long again each time.
        longest_seconds: between two looks, at most.
        total_seconds: how long it is waited in all.
        sleep: waits a number of seconds.
    """

    first_seconds: float = 0.5
    longest_seconds: float = 20.0
    total_seconds: float = 24 * 3600.0
    sleep: Callable[[float], Awaitable[None]] = field(default=asyncio.sleep, repr=False)


# A restore takes from minutes to hours, whatever the size of the table.
# Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CreateBackup.html
PATIENCE: Final = Patience()


async def until(
    look: Callable[[], Awaitable[T | None]], patience: Patience, *, operation: str, subject: str
) -> T:
    """Look until there is something to see.

    Raises:
        ServiceError: with the code `Timeout`, if there was nothing all the time.
    """
    pause, waited = patience.first_seconds, 0.0
    while True:
        seen = await look()
        if seen is not None:
            return seen
        if waited >= patience.total_seconds:
            raise ServiceError(
                f"{operation} of {subject}: not done after {waited:,.0f} seconds. It was asked for, and may "
                "still happen: look again later.",
                operation=operation,
                code="Timeout",
            )
        await patience.sleep(pause)
        waited += pause
        pause = min(pause * 1.5, patience.longest_seconds)


async def described(service: Service, table: str) -> TableDescription:
    """Describe a table, by its deployed name.

    Raises:
        TableNotFound: there is none.
    """
    return DescribeTableResult.from_wire(await service.send(DescribeTable(table))).description


async def active(service: Service, table: str, patience: Patience, *, operation: str) -> TableDescription:
    """Wait until a table and its indexes are active, and describe it."""

    async def look() -> TableDescription | None:
        try:
            description = await described(service, table)
        except TableNotFound:  # DescribeTable is eventually consistent
            return None
        return description if description.is_active else None

    return await until(look, patience, operation=operation, subject=f"table {table!r}")
