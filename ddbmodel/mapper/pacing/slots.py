"""Who may send now: as many requests as every table concerned, and the account, have room for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from ddbmodel.mapper.pacing.concurrency import Concurrency


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a request tells about the capacity that is left.

    Attributes:
        tables: by table, which part of its writes was refused, from 0 to 1. One that is not named tells
            nothing.
        account: 1 if the account's own limit was hit, 0 if not, None if that is not known.
    """

    tables: Mapping[str, float] = field(default_factory=dict[str, float])
    account: float | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """The permission to have one request under way: its number at the account and at each table."""

    account: int
    tables: Mapping[str, int]


class Slots:
    """The concurrency of an account, and of each of its tables.

    Args:
        most: how many requests may be under way at once, in all.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.account = Concurrency(most)
        self.tables: dict[str, Concurrency] = {}

    def begin(self, tables: Collection[str]) -> Slot | None:
        """Take a slot for one request; None if there is no room for it now."""
        lanes = {table: self._of(table) for table in tables}
        if not self.account.has_room or not all(lane.has_room for lane in lanes.values()):
            return None
        return Slot(self.account.begin(), {table: lane.begin() for table, lane in lanes.items()})

    def learn(self, slot: Slot, outcome: Outcome) -> None:
        """Note what the request of a slot has shown."""
        self.account.learn(slot.account, outcome.account)
        for table, number in slot.tables.items():
            self.tables[table].learn(number, outcome.tables.get(table))

    def end(self, slot: Slot) -> None:
        """Give a slot back; after a refusal not before the pause is over, or others would fill in."""
        self.account.end()
        for table in slot.tables:
            self.tables[table].end()

    def _of(self, table: str) -> Concurrency:
        if table not in self.tables:
            self.tables[table] = Concurrency(self._most)
        return self.tables[table]
