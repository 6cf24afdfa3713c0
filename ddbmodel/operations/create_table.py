"""CreateTable: create a table with its indexes. It is not ready until it is `ACTIVE`.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from ddbmodel.operations.billing import Billing, OnDemand, Provisioned
from ddbmodel.operations.table_description import TableDescription
from ddbmodel.schema.tables import IndexSchema, KeyAttribute, Projection, TableSchema


@dataclass(frozen=True, slots=True)
class CreateTable:
    """Create a table from its schema."""

    name: ClassVar[str] = "CreateTable"
    method: ClassVar[str] = "create_table"
    is_write: ClassVar[bool] = True

    schema: TableSchema
    billing: Billing = field(default_factory=OnDemand)

    @property
    def table(self) -> str:
        """The table's name."""
        return self.schema.name

    @property
    def repeatable(self) -> bool:
        """The second one would be told that the table exists."""
        return False

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        schema = self.schema
        wire: dict[str, Any] = {
            "TableName": schema.name,
            "KeySchema": key_schema(schema.partition_key, schema.sort_key),
            "AttributeDefinitions": [
                {"AttributeName": attribute.name, "AttributeType": attribute.type}
                for attribute in schema.attributes()
            ],
        }
        local = [self._index_to_wire(index) for index in schema.indexes if index.kind == "local"]
        if local:
            wire["LocalSecondaryIndexes"] = local
        global_ = [self._index_to_wire(index) for index in schema.indexes if index.kind == "global"]
        if global_:
            wire["GlobalSecondaryIndexes"] = global_
        return wire | self._billing_to_wire()

    def _index_to_wire(self, index: IndexSchema) -> dict[str, Any]:
        wire: dict[str, Any] = {
            "IndexName": index.name,
            "KeySchema": key_schema(index.partition_key, index.sort_key),
            "Projection": _projection_to_wire(index.projection),
        }
        # A local index lives on the table's capacity, a global one has its own.
        if index.kind == "global" and isinstance(self.billing, Provisioned):
            wire["ProvisionedThroughput"] = self.billing.to_wire()
        return wire

    def _billing_to_wire(self) -> dict[str, Any]:
        if isinstance(self.billing, Provisioned):
            return {"BillingMode": "PROVISIONED", "ProvisionedThroughput": self.billing.to_wire()}
        return {"BillingMode": "PAY_PER_REQUEST"}


@dataclass(frozen=True, slots=True)
class CreateTableResult:
    """The table as it is being created."""

    description: TableDescription

    @classmethod
    def from_wire(cls, reply: Mapping[str, Any]) -> Self:
        """Read the reply."""
        return cls(TableDescription.from_wire(reply["TableDescription"]))


def key_schema(
    partition_key: tuple[KeyAttribute, ...], sort_key: tuple[KeyAttribute, ...]
) -> list[dict[str, str]]:
    """The `KeySchema` structure: one entry per key attribute, in order; a multi-attribute key has several."""
    return [
        *({"AttributeName": attribute.name, "KeyType": "HASH"} for attribute in partition_key),
        *({"AttributeName": attribute.name, "KeyType": "RANGE"} for attribute in sort_key),
    ]


def _projection_to_wire(projection: Projection) -> dict[str, Any]:
    wire: dict[str, Any] = {"ProjectionType": projection.kind}
    if projection.kind == "INCLUDE":
        wire["NonKeyAttributes"] = list(projection.attributes)
    return wire
