"""CreateTable: create a table with its indexes. It is not ready until it is `ACTIVE`.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from ddbmodel.operations.table_description import TableDescription
from ddbmodel.schema.billing import Billing, OnDemand, Provisioned
from ddbmodel.schema.settings import NO_SETTINGS, AwsKey, KmsKey, TableSettings, canonical_json
from ddbmodel.schema.tables import IndexSchema, KeyAttribute, Projection, TableSchema


@dataclass(frozen=True, slots=True)
class CreateTable:
    """Create a table from its schema.

    Attributes:
        schema: keys and indexes.
        billing: of the table, and of its global indexes.
        settings: what else it is from the beginning. Their billing of single indexes counts; point-in-time
            recovery, replicas and contributor insights take requests of their own.
    """

    name: ClassVar[str] = "CreateTable"
    method: ClassVar[str] = "create_table"
    is_write: ClassVar[bool] = True

    schema: TableSchema
    billing: Billing = field(default_factory=OnDemand)
    settings: TableSettings = NO_SETTINGS

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
        return wire | billing_members(self.billing) | _settings_members(self.settings)

    def _index_to_wire(self, index: IndexSchema) -> dict[str, Any]:
        # A local index lives on the table's capacity, a global one has its own.
        billing = self.settings.index_billing.get(index.name, self.billing)
        return index_members(index) | (throughput_members(billing) if index.kind == "global" else {})


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


def index_members(index: IndexSchema) -> dict[str, Any]:
    """The members that say what an index is."""
    return {
        "IndexName": index.name,
        "KeySchema": key_schema(index.partition_key, index.sort_key),
        "Projection": projection_to_wire(index.projection),
    }


def billing_members(billing: Billing) -> dict[str, Any]:
    """The members that say how a table is paid for."""
    mode = "PROVISIONED" if isinstance(billing, Provisioned) else "PAY_PER_REQUEST"
    return {"BillingMode": mode} | throughput_members(billing)


def throughput_members(billing: Billing) -> dict[str, Any]:
    """The member that says how much a table or index takes; none where there is no maximum."""
    if isinstance(billing, Provisioned):
        return {"ProvisionedThroughput": billing.to_wire()}
    return {"OnDemandThroughput": billing.to_wire()} if billing.is_limited else {}


def encryption_to_wire(encryption: AwsKey | KmsKey) -> dict[str, Any]:
    """The `SSESpecification` structure. Disabled is AWS's own key; enabled, a key of KMS."""
    if encryption == "AWS_OWNED":
        return {"Enabled": False}
    wire: dict[str, Any] = {"Enabled": True, "SSEType": "KMS"}
    return wire | ({"KMSMasterKeyId": encryption.arn} if isinstance(encryption, KmsKey) else {})


def _settings_members(settings: TableSettings) -> dict[str, Any]:
    wire: dict[str, Any] = {}
    if settings.stream_view:
        wire["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": settings.stream_view}
    if settings.encryption is not None and settings.encryption != "AWS_OWNED":
        wire["SSESpecification"] = encryption_to_wire(settings.encryption)
    if tags := [
        {"Key": key, "Value": value} for key, value in (settings.tags or {}).items() if value is not None
    ]:
        wire["Tags"] = tags
    if settings.table_class is not None:
        wire["TableClass"] = settings.table_class
    if settings.deletion_protection is not None:
        wire["DeletionProtectionEnabled"] = settings.deletion_protection
    if settings.warm_throughput is not None:
        wire["WarmThroughput"] = settings.warm_throughput.to_wire()
    if settings.resource_policy:
        wire["ResourcePolicy"] = canonical_json(settings.resource_policy)
    return wire


def projection_to_wire(projection: Projection) -> dict[str, Any]:
    """The `Projection` structure."""
    wire: dict[str, Any] = {"ProjectionType": projection.kind}
    if projection.kind == "INCLUDE":
        wire["NonKeyAttributes"] = list(projection.attributes)
    return wire
