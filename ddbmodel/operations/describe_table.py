"""DescribeTable: state, keys and indexes of a table.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from ddbmodel.operations.table_description import TableDescription


@dataclass(frozen=True, slots=True)
class DescribeTable:
    """Describe a table. Right after CreateTable the service may still say that there is none."""

    name: ClassVar[str] = "DescribeTable"
    method: ClassVar[str] = "describe_table"
    is_write: ClassVar[bool] = False

    table: str

    @property
    def repeatable(self) -> bool:
        """Reads change nothing."""
        return True

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return {"TableName": self.table}


@dataclass(frozen=True, slots=True)
class DescribeTableResult:
    """The table as it stands."""

    description: TableDescription

    @classmethod
    def from_wire(cls, reply: Mapping[str, Any]) -> Self:
        """Read the reply."""
        return cls(TableDescription.from_wire(reply["Table"]))
