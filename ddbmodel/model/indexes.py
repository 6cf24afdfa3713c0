"""Secondary indexes as a model declares them: by the names of its fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

IndexProjection: TypeAlias = Literal["ALL", "KEYS_ONLY"] | Sequence[str]
Templates: TypeAlias = str | Sequence[str]


@dataclass(frozen=True)
class GlobalIndex:
    """A global secondary index: other keys for the same items, eventually consistent.

    Args:
        partition_key: a field's name, or up to four.
        sort_key: a field's name, or up to four; None for an index without one.
        name: its name in DynamoDB; the attribute's name if not given.
        projection: `"ALL"`, `"KEYS_ONLY"`, or the names of the fields to hold beside the keys.
        shards: over how many keys to spread each partition, from 1 to 200. The partition key is then an
            attribute of its own, `_<name>_shard`; a query sends a request for each shard.

    An item is in the index only if it has all of its key attributes, so None in one of them leaves it out.
    """

    partition_key: str | tuple[str, ...]
    sort_key: str | tuple[str, ...] | None = None
    name: str = ""
    projection: IndexProjection = "ALL"
    shards: int | None = None


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


@dataclass(frozen=True)
class Key:
    """How the key of a shared table, or of one of its indexes, is written from a model's fields.

        primary = Key(partition="CUSTOMER#{customer_id}", sort="ORDER#{order_id}")
        by_status = Key("gsi1", partition="STATUS#{status}", sort="{placed_at}")

    `{order_id}` is the stored text of a field; `{number:08d}` has a width, `{price:012.2f}` decimal places
    too; `{placed_at}` is a datetime in UTC, `{placed_at:%Y-%m}` the beginning of one. Values cannot forge
    keys: `#` and `$` in them are escaped.
    An item of which a field in an index's template is None is not in that index.

    Args:
        index: an index's name; the table's own key if not given.
        partition: a template, or one for each key attribute; None takes what the table's own key has under
            the names of the attributes, and the fields that are stored there.
        sort: likewise. `{city}` for an attribute that is the field `city` is that field.
        shards: over how many keys to spread each partition, from 1 to 200, by a number at the end of its
            first attribute. Of the table's own key the sort key decides on the shard of an item, of an
            index's the table's own key. A query sends a request for each shard, and merges what comes.
    """

    index: str = ""
    partition: Templates | None = None
    sort: Templates | None = None
    shards: int | None = None

    @property
    def name(self) -> str:
        """The index's name; empty for the table's own key."""
        return self.index


Index: TypeAlias = GlobalIndex | LocalIndex | Key


def named(index: Index, attribute: str) -> Index:
    """The index under its own name, or else under the name of the class attribute that declares it."""
    return index if index.name or isinstance(index, Key) else replace(index, name=attribute)
