"""What this room needs of a mapper, which is a stranger to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Protocol, Self, TypeAlias

from pydantic import BaseModel

from ddbmodel.codec.values import Item
from ddbmodel.model import Table
from ddbmodel.operations import Request
from ddbmodel.schema import TableSchema

TableRef: TypeAlias = type[BaseModel] | Table | str
"""A model, a shared table, or the name of a table, in front of which the mapper's prefix is put."""


class Service(Protocol):
    """Sends requests, and knows the deployed names of tables. `Mapper` does."""

    async def send(self, request: Request) -> dict[str, Any]:
        """Send a request, and give the reply's members."""
        ...

    def table_name(self, table: TableRef) -> str:
        """The deployed name of a table."""
        ...


class WriteCounts(Protocol):
    """What became of writes."""

    @property
    def failed(self) -> list[Any]:
        """Those that were given up."""
        ...


class Writer(Protocol):
    """Writes many items. `BatchWriter` does."""

    @property
    def report(self) -> WriteCounts:
        """What became of the writes so far."""
        ...

    def stored_items(self, table: TableSchema) -> Callable[[Item], Awaitable[None]]:
        """Give what accepts items of a table as they are stored."""
        ...

    async def flush(self) -> None:
        """Wait until everything that was accepted so far is settled."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class WritingService(Service, Protocol):
    """A service that can write many items as well."""

    def batch_writer(self, *, concurrency: int = 4, rate_limit: Any = None) -> Writer:
        """Write many items, without conditions."""
        ...
