"""UpdateTable: change one thing of a table, or of one of its global indexes.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

from ddbmodel.operations.create_table import (
    billing_members,
    encryption_to_wire,
    index_members,
    throughput_members,
)
from ddbmodel.schema.billing import Billing, Provisioned
from ddbmodel.schema.settings import AwsKey, Consistency, KmsKey, StreamView, TableClass, WarmThroughput
from ddbmodel.schema.tables import IndexSchema, KeyAttribute


@dataclass(frozen=True, slots=True)
class UpdateTable:
    """One change. The table is `UPDATING` meanwhile, and takes no other one.

    Attributes:
        table: the table's name.
        members: what changes, under the names of the API. Make it by one of the class methods.
    """

    name: ClassVar[str] = "UpdateTable"
    method: ClassVar[str] = "update_table"
    is_write: ClassVar[bool] = True

    table: str
    members: Mapping[str, Any]

    @property
    def repeatable(self) -> bool:
        """The second one would be told that the table is being changed."""
        return False

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return {"TableName": self.table, **self.members}

    # Capacity -----------------------------------------------------------------------------------------

    @classmethod
    def billing(cls, table: str, billing: Billing, indexes: Mapping[str, Billing]) -> Self:
        """Pay for it differently. Indexes come along, as those of a provisioned table are provisioned."""
        members = billing_members(billing) | _throughput(billing)
        updates = [_index_update(name, each) for name, each in indexes.items()]
        return cls(table, members | ({"GlobalSecondaryIndexUpdates": updates} if updates else {}))

    @classmethod
    def index_throughput(cls, table: str, index: str, billing: Billing) -> Self:
        """Give one global index another capacity or maximum."""
        return cls(table, {"GlobalSecondaryIndexUpdates": [_index_update(index, billing)]})

    @classmethod
    def warm_throughput(cls, table: str, warm: WarmThroughput) -> Self:
        """Warm it up."""
        return cls(table, {"WarmThroughput": warm.to_wire()})

    @classmethod
    def table_class(cls, table: str, table_class: TableClass) -> Self:
        """Store it in another class. Two changes in 30 days are possible."""
        return cls(table, {"TableClass": table_class})

    # Indexes ------------------------------------------------------------------------------------------

    @classmethod
    def create_index(
        cls, table: str, attributes: Iterable[KeyAttribute], index: IndexSchema, billing: Billing
    ) -> Self:
        """Add a global index, which is filled from the table.

        Args:
            table: the table's name.
            attributes: all key attributes of the table and of its indexes, this one's among them.
            index: the index.
            billing: how the table is paid for, and so the index.
        """
        definitions = [{"AttributeName": each.name, "AttributeType": each.type} for each in attributes]
        create = index_members(index) | throughput_members(billing)
        updates = [{"Create": create}]
        return cls(table, {"AttributeDefinitions": definitions, "GlobalSecondaryIndexUpdates": updates})

    @classmethod
    def delete_index(cls, table: str, index: str) -> Self:
        """Remove a global index. The items stay in the table."""
        return cls(table, {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": index}}]})

    # Safety and copies --------------------------------------------------------------------------------

    @classmethod
    def deletion_protection(cls, table: str, *, enabled: bool) -> Self:
        """Refuse to delete it from now on, or no longer."""
        return cls(table, {"DeletionProtectionEnabled": enabled})

    @classmethod
    def encryption(cls, table: str, encryption: AwsKey | KmsKey) -> Self:
        """Encrypt it with another key. Four changes in 24 hours are possible."""
        return cls(table, {"SSESpecification": encryption_to_wire(encryption)})

    @classmethod
    def stream(cls, table: str, view: StreamView | Literal[False]) -> Self:
        """Switch its stream on or off."""
        wire: dict[str, Any] = {"StreamEnabled": bool(view)}
        return cls(table, {"StreamSpecification": wire | ({"StreamViewType": view} if view else {})})

    @classmethod
    def add_replicas(
        cls,
        table: str,
        regions: Iterable[str],
        consistency: Consistency | None = None,
        witness: str | None = None,
    ) -> Self:
        """Copy it to other regions; with a consistency, all of them come in one request."""
        members: dict[str, Any] = {"ReplicaUpdates": [{"Create": {"RegionName": each}} for each in regions]}
        if consistency is not None:
            members["MultiRegionConsistency"] = consistency
        if witness is not None:
            members["GlobalTableWitnessUpdates"] = [{"Create": {"RegionName": witness}}]
        return cls(table, members)

    @classmethod
    def delete_replicas(cls, table: str, regions: Iterable[str], witness: str | None = None) -> Self:
        """Delete its copies in other regions; those of a strongly consistent table go all at once."""
        members: dict[str, Any] = {"ReplicaUpdates": [{"Delete": {"RegionName": each}} for each in regions]}
        if witness is not None:
            members["GlobalTableWitnessUpdates"] = [{"Delete": {"RegionName": witness}}]
        return cls(table, members)


def _index_update(name: str, billing: Billing) -> dict[str, Any]:
    return {"Update": {"IndexName": name} | _throughput(billing)}


def _throughput(billing: Billing) -> dict[str, Any]:
    """Unlike at creation, no maximum is said: there may be one."""
    member = "ProvisionedThroughput" if isinstance(billing, Provisioned) else "OnDemandThroughput"
    return {member: billing.to_wire()}
