"""Secondary indexes as a model declares them: by the names of its fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

IndexProjection: TypeAlias = Literal["ALL", "KEYS_ONLY"] | Sequence[str]


@dataclass(frozen=True)
class GlobalIndex:
    """A global secondary index: other keys for the same items, eventually consistent.

    Args:
        partition_key: a field's name, or up to four.
        sort_key: a field's name, or up to four; None for an index without one.
        name: its name in DynamoDB; the attribute's name if not given.
        projection: `"ALL"`, `"KEYS_ONLY"`, or the names of the fields to hold beside the keys.

    An item is in the index only if it has all of its key attributes, so None in one of them leaves it out.
    """

    partition_key: str | tuple[str, ...]
    sort_key: str | tuple[str, ...] | None = None
    name: str = ""
    projection: IndexProjection = "ALL"


@dataclass(frozen=True)
class LocalIndex:
    """A local secondary index: another sort key under the table's partition key; can be read consistently.

    It must be declared before the table is created, and limits a partition key's items to 10 GB.
    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html

    Args:
        sort_key: a field's name.
        name: its name in DynamoDB; the attribute's name if not given.
        projection: `"ALL"`, `"KEYS_ONLY"`, or the names of the fields to hold beside the keys.
    """

    sort_key: str
    name: str = ""
    projection: IndexProjection = "ALL"


Index: TypeAlias = GlobalIndex | LocalIndex


def named(index: Index, attribute: str) -> Index:
    """The index under its own name, or else under the name of the class attribute that declares it."""
    return index if index.name else replace(index, name=attribute)
