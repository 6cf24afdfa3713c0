"""Tables, keys and indexes, checked against the service's rules when they are made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from ddbmodel import limits
from ddbmodel.codec.values import KeyType
from ddbmodel.errors import ModelDefinitionError

IndexKind: TypeAlias = Literal["global", "local"]
ProjectionKind: TypeAlias = Literal["ALL", "KEYS_ONLY", "INCLUDE"]

_NAME: Final = re.compile(r"[A-Za-z0-9_.-]+")


def check_resource_name(kind: str, name: str) -> None:
    """Refuse a table or index name that the service would refuse.

    Raises:
        ModelDefinitionError: too short, too long, or with other characters.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
    """
    if not limits.NAME_LENGTH_MIN <= len(name) <= limits.NAME_LENGTH_MAX or not _NAME.fullmatch(name):
        raise ModelDefinitionError(
            f"{kind} name {name!r}: use {limits.NAME_LENGTH_MIN} to {limits.NAME_LENGTH_MAX} characters "
            "of a-z, A-Z, 0-9, '_', '-' and '.'"
        )


@dataclass(frozen=True, slots=True)
class KeyAttribute:
    """One attribute of a key: its stored name, and its type (S, N or B)."""

    name: str
    type: KeyType

    def __post_init__(self) -> None:
        size = len(self.name.encode())
        if not 1 <= size <= limits.KEY_ATTRIBUTE_NAME_BYTES:
            raise ModelDefinitionError(
                f"key attribute {self.name!r} has a name of {size} bytes: "
                f"use 1 to {limits.KEY_ATTRIBUTE_NAME_BYTES}"
            )


@dataclass(frozen=True, slots=True)
class Projection:
    """Which attributes an index holds: all, its keys only, or its keys and the ones named."""

    kind: ProjectionKind = "ALL"
    attributes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.kind == "INCLUDE") != bool(self.attributes):
            raise ModelDefinitionError(
                f"projection {self.kind}: INCLUDE, and only INCLUDE, names the attributes to project"
            )


@dataclass(frozen=True, slots=True)
class IndexSchema:
    """A secondary index. `partition_key` and `sort_key` hold up to four attributes each."""

    name: str
    kind: IndexKind
    partition_key: tuple[KeyAttribute, ...]
    sort_key: tuple[KeyAttribute, ...] = ()
    projection: Projection = Projection()

    def __post_init__(self) -> None:
        check_resource_name("index", self.name)
        for label, key in (("partition", self.partition_key), ("sort", self.sort_key)):
            if len(key) > limits.INDEX_KEY_ATTRIBUTES:
                raise ModelDefinitionError(
                    f"index {self.name!r} has {len(key)} {label} key attributes, "
                    f"at most {limits.INDEX_KEY_ATTRIBUTES} are possible"
                )
        names = [attribute.name for attribute in self.key]
        for name in names:
            if names.count(name) > 1:
                raise ModelDefinitionError(
                    f"index {self.name!r} names key attribute {name!r} twice: name each once"
                )

    @property
    def key(self) -> tuple[KeyAttribute, ...]:
        """All key attributes of the index, partition key first."""
        return (*self.partition_key, *self.sort_key)


@dataclass(frozen=True, slots=True)
class TableSchema:
    """A table: its name, primary key and indexes."""

    name: str
    partition_key: tuple[KeyAttribute, ...]
    sort_key: tuple[KeyAttribute, ...] = ()
    indexes: tuple[IndexSchema, ...] = ()

    def __post_init__(self) -> None:
        check_resource_name("table", self.name)
        self._check_indexes()
        self._check_types()

    @property
    def key(self) -> tuple[KeyAttribute, ...]:
        """The attributes of the primary key, partition key first."""
        return (*self.partition_key, *self.sort_key)

    def attributes(self) -> Iterator[KeyAttribute]:
        """Give every key attribute of the table and its indexes, each once, in order of appearance."""
        seen: set[str] = set()
        for attribute in (*self.key, *(part for index in self.indexes for part in index.key)):
            if attribute.name not in seen:
                seen.add(attribute.name)
                yield attribute

    def index(self, name: str) -> IndexSchema:
        """Give the index with this name.

        Raises:
            ModelDefinitionError: there is none.
        """
        for index in self.indexes:
            if index.name == name:
                return index
        raise ModelDefinitionError(f"table {self.name!r} has no index {name!r}")

    def _check_indexes(self) -> None:
        names = [index.name for index in self.indexes]
        for name in names:
            if names.count(name) > 1:
                raise ModelDefinitionError(
                    f"table {self.name!r} has two indexes named {name!r}: rename one of them"
                )
        for kind, limit in (
            ("global", limits.GLOBAL_INDEXES_PER_TABLE),
            ("local", limits.LOCAL_INDEXES_PER_TABLE),
        ):
            count = sum(index.kind == kind for index in self.indexes)
            if count > limit:
                raise ModelDefinitionError(
                    f"table {self.name!r} has {count} {kind} indexes, at most {limit} are possible"
                )
        projected = sum(len(index.projection.attributes) for index in self.indexes)
        if projected > limits.PROJECTED_ATTRIBUTES_PER_TABLE:
            raise ModelDefinitionError(
                f"the indexes of table {self.name!r} name {projected} attributes to project, at most "
                f'{limits.PROJECTED_ATTRIBUTES_PER_TABLE} are possible: project "ALL"'
            )
        for index in self.indexes:
            if index.kind == "local" and (not self.sort_key or index.partition_key != self.partition_key):
                raise ModelDefinitionError(
                    f"local index {index.name!r} of table {self.name!r}: a local index shares the table's "
                    "partition key, and the table needs a sort key; use a global index"
                )

    def _check_types(self) -> None:
        types: dict[str, str] = {}
        for attribute in (*self.key, *(part for index in self.indexes for part in index.key)):
            if types.setdefault(attribute.name, attribute.type) != attribute.type:
                raise ModelDefinitionError(
                    f"table {self.name!r} uses key attribute {attribute.name!r} with two types: declare one"
                )
