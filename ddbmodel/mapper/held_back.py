"""Writes to hot keys: they wait by themselves, so that they do not hold up the others."""

from __future__ import annotations

from collections.abc import Iterator

from ddbmodel.mapper.entry import Entry, Heat, Target
from ddbmodel.mapper.pacing import HotKeys


class HeldBack:
    """Writes that wait until their key may be written again; of one key in the order in which they came."""

    def __init__(self, hot_keys: HotKeys) -> None:
        self._hot_keys = hot_keys
        self._by_heat: dict[Heat, dict[Target, Entry]] = {}

    def __bool__(self) -> bool:
        return bool(self._by_heat)

    def has_any_of(self, heat: Heat) -> bool:
        """True if writes to this key wait."""
        return heat in self._by_heat

    def must_wait(self, entry: Entry) -> bool:
        """True if it has to be held back; if not, it is counted as about to be sent."""
        if entry.cleared or not self._hot_keys:
            return False
        if entry.heat in self._by_heat or self._hot_keys.wait_seconds(entry.heat) > 0:
            return True
        self._hot_keys.begin(entry.heat, entry.write_units)
        return False

    def waiting(self, heat: Heat) -> dict[Target, Entry]:
        """The writes to a key that wait, to be added to; one that replaces another takes its place."""
        return self._by_heat.setdefault(heat, {})

    def hold(self, entry: Entry, *, first: bool = False) -> None:
        """Let a write wait, `first` in front of the others to its key."""
        entry.cleared = False
        others = self.waiting(entry.heat)
        self._by_heat[entry.heat] = (
            {entry.target: entry} | others if first else others | {entry.target: entry}
        )

    def due(self) -> Iterator[Entry]:
        """Let go of the writes whose key may be written again, as many as it may get."""
        for heat, waiting in list(self._by_heat.items()):
            while waiting and self._hot_keys.wait_seconds(heat) <= 0:
                entry = waiting.pop(next(iter(waiting)))
                self._hot_keys.begin(heat, entry.write_units)
                entry.cleared = True
                yield entry
            if not waiting:
                del self._by_heat[heat]

    def seconds_to_next(self) -> float | None:
        """How long it is until a write is due; None if none waits."""
        return min(map(self._hot_keys.wait_seconds, self._by_heat), default=None)

    def entries(self) -> Iterator[Entry]:
        """All that wait."""
        for waiting in self._by_heat.values():
            yield from waiting.values()

    def clear(self) -> None:
        """Forget them all."""
        self._by_heat.clear()
