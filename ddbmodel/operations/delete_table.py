"""DeleteTable: delete a table with all its items and indexes. It is gone when DescribeTable finds none.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteTable.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from ddbmodel.operations.table_description import TableDescription


@dataclass(frozen=True, slots=True)
class DeleteTable:
    """Delete a table."""

    name: ClassVar[str] = "DeleteTable"
    method: ClassVar[str] = "delete_table"
    is_write: ClassVar[bool] = True

    table: str

    @property
    def repeatable(self) -> bool:
        """The second one would be told that the table is being deleted, or that there is none."""
        return False

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return {"TableName": self.table}


@dataclass(frozen=True, slots=True)
class DeleteTableResult:
    """The table as it is being deleted."""

    description: TableDescription

    @classmethod
    def from_wire(cls, reply: Mapping[str, Any]) -> Self:
        """Read the reply."""
        return cls(TableDescription.from_wire(reply["TableDescription"]))
