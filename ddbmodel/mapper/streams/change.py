"""One change of one item."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Literal, TypeAlias, TypeVar

from ddbmodel.codec.values import Item
from ddbmodel.errors import CodecError
from ddbmodel.model import ItemKey

M = TypeVar("M")

ChangeKind: TypeAlias = Literal["INSERT", "MODIFY", "REMOVE"]
"""DynamoDB's names of what happened to an item."""

StreamView: TypeAlias = Literal["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"]
"""What a stream shows of the items."""


@dataclass(frozen=True, slots=True)
class Change(Generic[M]):
    """One change of one item, as a stream tells it.

    Attributes:
        kind: `INSERT`, `MODIFY` or `REMOVE`.
        key: of the item; `mapper.get(change.key)` reads it as it is now.
        old: the item before the change; None of an INSERT, and where the stream does not show it.
        new: the item after it; None of a REMOVE, and where the stream does not show it.
        at: about when it happened, in UTC. Not an order: that is the order in which changes of one item come.
        is_expiry: time to live deleted the item. Of a replica it is True in the region that deleted it only.
        sequence_number: its place in its shard; in Kinesis, that of the Kinesis record.
        event_id: the same if the change comes again.
        view: what the stream shows; None where the record does not tell (Kinesis).
        shard: the shard that it was read from; None of changes that were delivered.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
    """

    kind: ChangeKind
    key: ItemKey[M] = field(repr=False)
    old: M | None = field(repr=False)
    new: M | None = field(repr=False)
    at: datetime
    is_expiry: bool
    sequence_number: str | None
    event_id: str
    view: StreamView | None
    shard: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class InvalidChange:
    """A change that its model cannot be read from, set aside by `on_invalid="collect"`.

    Attributes:
        kind: what happened.
        key: the item's primary key, in stored form. It is left out of the repr, as are the items.
        old: the item before the change, in stored form; None as in `Change.old`.
        new: the item after it.
        sequence_number: its place in its shard.
        error: what is wrong with it, and where.
    """

    kind: ChangeKind
    key: Item = field(repr=False)
    old: Item | None = field(repr=False)
    new: Item | None = field(repr=False)
    sequence_number: str | None
    error: CodecError
