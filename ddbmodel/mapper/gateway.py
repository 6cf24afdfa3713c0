"""What every verb of the mapper needs: the transport, and the names of tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ddbmodel.model import ModelPlan
from ddbmodel.operations import Request
from ddbmodel.transport import Transport


@dataclass(frozen=True, slots=True)
class Gateway:
    """The way from the mapper to DynamoDB.

    Attributes:
        transport: sends requests.
        table_prefix: put in front of every table's name.
        cursor_key: signs page tokens; None leaves them unsigned.
    """

    transport: Transport
    table_prefix: str = ""
    cursor_key: bytes | None = field(default=None, repr=False)

    async def send(self, request: Request) -> dict[str, Any]:
        """Send one request; see `Transport.send` for what it raises."""
        return await self.transport.send(request)

    def table_name(self, plan: ModelPlan[Any]) -> str:
        """The deployed name of a model's table."""
        return self.table_prefix + plan.stored_table.name
