"""What the service tells about a table, in the terms of `schema`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self

from ddbmodel.codec.values import KeyType
from ddbmodel.operations.billing import billing_from_wire
from ddbmodel.schema.billing import Billing
from ddbmodel.schema.tables import IndexKind, IndexSchema, KeyAttribute, Projection, TableSchema

_INDEX_MEMBERS: Final[tuple[tuple[str, IndexKind], ...]] = (
    ("LocalSecondaryIndexes", "local"),
    ("GlobalSecondaryIndexes", "global"),
)


@dataclass(frozen=True, slots=True)
class IndexDescription:
    """An index as it stands.

    Attributes:
        status: `CREATING`, `UPDATING`, `DELETING` or `ACTIVE`; a local index is as active as its table.
        item_count: approximate, refreshed about every six hours.
        size_bytes: likewise.
    """

    schema: IndexSchema
    status: str
    item_count: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class TableDescription:
    """A table as it stands.

    Attributes:
        status: `CREATING`, `ACTIVE`, `UPDATING`, `DELETING`, `ARCHIVED`, ... as the service names it.
        schema: keys and indexes; no keys for a table being deleted, whose keys the service no longer tells.
        indexes: the same indexes, each with its state.
        item_count: approximate, refreshed about every six hours.
        size_bytes: likewise.
        created_at: in UTC; None while the service does not say.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
    """

    name: str
    status: str
    arn: str | None
    schema: TableSchema
    indexes: tuple[IndexDescription, ...]
    item_count: int
    size_bytes: int
    billing: Billing
    created_at: datetime | None

    @property
    def is_active(self) -> bool:
        """True if the table and all its indexes can be used."""
        return self.status == "ACTIVE" and all(index.status == "ACTIVE" for index in self.indexes)

    @classmethod
    def from_wire(cls, table: Mapping[str, Any]) -> Self:
        """Read a `TableDescription` structure."""
        status: str = table["TableStatus"]
        types = {
            part["AttributeName"]: part["AttributeType"] for part in table.get("AttributeDefinitions", ())
        }
        partition_key, sort_key = _keys(table.get("KeySchema", ()), types)
        indexes = tuple(_indexes(table, types, status))
        return cls(
            name=table["TableName"],
            status=status,
            arn=table.get("TableArn"),
            schema=TableSchema(
                name=table["TableName"],
                partition_key=partition_key,
                sort_key=sort_key,
                indexes=tuple(index.schema for index in indexes),
            ),
            indexes=indexes,
            item_count=table.get("ItemCount", 0),
            size_bytes=table.get("TableSizeBytes", 0),
            billing=billing_from_wire(table),
            created_at=_in_utc(table.get("CreationDateTime")),
        )


def _keys(
    key_schema: Iterable[Mapping[str, str]], types: Mapping[str, KeyType]
) -> tuple[tuple[KeyAttribute, ...], tuple[KeyAttribute, ...]]:
    by_kind: dict[str, list[KeyAttribute]] = {"HASH": [], "RANGE": []}
    for part in key_schema:
        name = part["AttributeName"]
        by_kind[part["KeyType"]].append(KeyAttribute(name, types[name]))
    return tuple(by_kind["HASH"]), tuple(by_kind["RANGE"])


def _indexes(
    table: Mapping[str, Any], types: Mapping[str, KeyType], table_status: str
) -> Iterator[IndexDescription]:
    for member, kind in _INDEX_MEMBERS:
        for wire in table.get(member) or ():
            partition_key, sort_key = _keys(wire["KeySchema"], types)
            projection = wire["Projection"]
            yield IndexDescription(
                schema=IndexSchema(
                    name=wire["IndexName"],
                    kind=kind,
                    partition_key=partition_key,
                    sort_key=sort_key,
                    projection=Projection(
                        projection["ProjectionType"], tuple(projection.get("NonKeyAttributes") or ())
                    ),
                ),
                status=wire.get("IndexStatus", table_status),
                item_count=wire.get("ItemCount", 0),
                size_bytes=wire.get("IndexSizeBytes", 0),
            )


def _in_utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)
