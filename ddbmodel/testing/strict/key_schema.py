"""The keys of a deployed table, as far as the checks need them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class KeySchema:
    """The keys of a table.

    Attributes:
        partition_key: its attribute's name.
        sort_key: likewise; None if there is none.
        types: the type of every attribute that is part of a key of the table or of an index: S, N or B.
        indexes: the key attributes of each index, by its name.
    """

    partition_key: str
    sort_key: str | None
    types: Mapping[str, str]
    indexes: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    @property
    def names(self) -> tuple[str, ...]:
        """The attributes of the primary key."""
        return (self.partition_key,) if self.sort_key is None else (self.partition_key, self.sort_key)

    @classmethod
    def from_wire(cls, table: Mapping[str, Any]) -> KeySchema:
        """Read a `TableDescription` structure."""
        keys = {part["KeyType"]: part["AttributeName"] for part in table["KeySchema"]}
        return cls(
            partition_key=keys["HASH"],
            sort_key=keys.get("RANGE"),
            types={
                part["AttributeName"]: part["AttributeType"] for part in table.get("AttributeDefinitions", ())
            },
            indexes=dict(_indexes(table)),
        )


def _indexes(table: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for member in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes"):
        for index in table.get(member) or ():
            yield index["IndexName"], tuple(part["AttributeName"] for part in index["KeySchema"])
