"""A lease on one item: who holds it, and the conditional writes by which it is taken, kept and given back.

Every write leaves a random mark, and has the condition that the item still has the mark that was read. So of
several writers one succeeds; and a request that arrives late, after its reply was given up, fails, unless
nothing has happened since. A mark of one's own that is found in the item tells that the write was applied.

No two clocks are compared. A holder counts its lease from before it sent the write that renewed it; whoever
waits, from when it first saw that mark. So the lease is over for the holder before it is for anybody else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from ddbmodel.errors import ConditionalCheckFailed, WriteOutcomeUnknown
from ddbmodel.expressions import Action
from ddbmodel.mapper import items, writing
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.stamps import new_write_id
from ddbmodel.model import Attr, ItemKey, Model, partition_key
from ddbmodel.model import field as stored


class LockItem(Model):
    """Base class of the items that locks are kept in: `class Lock(LockItem, table="locks"): pass`.

    An item stays when its lock is released, so that its token never goes back: do not delete them.
    """

    name: Attr[str] = partition_key()
    mark: Attr[str] = stored(default="")
    held: Attr[bool] = stored(default=False)
    token: Attr[int] = stored(default=0)
    lease_seconds: Attr[float] = stored(default=0.0)


class Outcome(Enum):
    """What became of a write."""

    APPLIED = "applied"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(slots=True)
class Lease:
    """One lease, from one holder's side. All times are of the event loop's clock, in seconds.

    Attributes:
        gateway: the way to the service.
        key: of the item.
        seconds: how long it lasts after each renewal.
        marks: those of its own writes that may be in the item.
        mark: the one that was last known to be.
        token: the fencing token.
        valid_until: when the lease ends if it is not renewed.
    """

    gateway: Gateway
    key: ItemKey[Any]
    seconds: float
    marks: set[str] = field(default_factory=set[str], repr=False)
    mark: str = field(default="", repr=False)
    token: int = 0
    valid_until: float = 0.0

    async def look(self) -> LockItem | None:
        """The item as it is stored."""
        item: LockItem | None = await items.get(self.gateway, self.key, consistent=True)
        return item

    def is_mine(self, item: LockItem | None) -> bool:
        """True if the last write to the item was one of its own, and none that gave it back."""
        return item is not None and item.held and item.mark in self.marks

    async def take(self, seen: LockItem | None) -> Outcome:
        """Become the holder, if the item is still as it was seen."""
        actions = (
            LockItem.held.set(True),
            LockItem.token.add(1),
            LockItem.lease_seconds.set(self.seconds),
        )
        return await self._write("" if seen is None else seen.mark, actions)

    async def renew(self) -> bool:
        """Begin the lease anew; False if it is another's now. `valid_until` tells if it was renewed."""
        if await self._write(self.mark, ()) is Outcome.APPLIED:
            return True
        return await self._found()

    async def release(self) -> None:
        """Give it back, if it is still held."""
        for _ in range(3):
            outcome = await self._write(self.mark, (LockItem.held.set(False),))
            if outcome is Outcome.APPLIED or not await self._found():
                return

    async def _found(self) -> bool:
        """Look which of its own writes is in the item; False if none is."""
        item = await self.look()
        if item is None or not self.is_mine(item):
            return False
        self.mark = item.mark
        return True

    async def _write(self, before: str, actions: Sequence[Action]) -> Outcome:
        mark, sent = new_write_id(), asyncio.get_running_loop().time()
        self.marks.add(mark)
        when = LockItem.mark == before if before else LockItem.mark.not_exists()
        marked = (LockItem.mark.set(mark), *actions)
        try:
            item: LockItem = await writing.update(
                self.gateway, self.key, marked, when, upsert=True, given=None
            )
        except ConditionalCheckFailed:
            return Outcome.REFUSED
        except WriteOutcomeUnknown:
            return Outcome.UNKNOWN
        # What is still under way has a condition that is false now, so it never happens.
        self.marks = {mark}
        self.mark, self.token, self.valid_until = mark, item.token, sent + self.seconds
        return Outcome.APPLIED
