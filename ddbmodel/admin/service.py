"""What this room needs of a mapper, which is a stranger to it."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

from pydantic import BaseModel

from ddbmodel.model import Table
from ddbmodel.operations import Request

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
