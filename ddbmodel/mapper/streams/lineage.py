"""The shards of a stream: which come from which, what may be read now, and what is missing.

A shard is read when the one that it came from has been read to its end, so changes of one item stay in order
through rollovers and splits. Shards disappear a day after they were closed.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from ddbmodel.errors import LostChanges
from ddbmodel.mapper.streams.positions import DONE, Position, Positions
from ddbmodel.operations.streams import ShardDescription

Start: TypeAlias = Literal["from_beginning", "latest"]


@dataclass(slots=True)
class Lineage:
    """The shards that are known.

    Attributes:
        positions: how far they have been read.
        continues: shards were known before: one that cannot be placed among them has lost its parent.
        shards: as they were described last.
    """

    positions: Positions
    continues: bool
    shards: Mapping[str, ShardDescription] = field(default_factory=dict[str, ShardDescription])
    _missing: set[str] = field(default_factory=set[str], init=False)

    def update(
        self, shards: Mapping[str, ShardDescription], start: Start, now: datetime
    ) -> list[LostChanges]:
        """Take in what the service describes, and tell what has gone unread.

        Args:
            shards: all that there are.
            start: where to begin with shards, as long as none is known.
            now: the time, for shards that are read from their tip.
        """
        known, lost = self.positions.shards, list[LostChanges]()
        for shard in [shard for shard in known if shard not in shards]:
            place = known.pop(shard)
            if not place.done:
                lost.append(LostChanges(shard, place.after))
            self._missing.discard(shard)
        gone = {one.shard for one in lost}
        for shard, described in shards.items():
            if shard in known:
                continue
            if not self.continues and start == "latest":
                known[shard] = DONE if described.is_closed else Position(since=now)
                continue
            known[shard] = Position()
            parent = described.parent
            orphan = parent is not None and parent not in shards and parent not in self.shards
            if self.continues and orphan and parent is not None and parent not in gone | self._missing:
                self._missing.add(parent)
                lost.append(LostChanges(parent, None))
        self.shards, self.continues = shards, True
        return lost

    def ready(self) -> Iterator[str]:
        """Give the shards that may be read: nothing that comes before them is left to read."""
        known = self.positions.shards
        for shard, described in self.shards.items():
            parent = described.parent
            before = parent in self.shards and not known[parent].done if parent is not None else False
            if not known[shard].done and not before:
                yield shard

    @property
    def expects_children(self) -> bool:
        """True if a shard has been read to its end, of which no child is described yet."""
        parents = {described.parent for described in self.shards.values()}
        known = self.positions.shards
        return any(known[shard].done and shard not in parents for shard in self.shards)

    @property
    def is_done(self) -> bool:
        """True if all that there is has been read."""
        return all(self.positions.shards[shard].done for shard in self.shards)
