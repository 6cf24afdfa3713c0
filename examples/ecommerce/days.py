"""Which days of the data are taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Days:
    """The first `first` days on which something was invoiced, or the days `only`; with neither, all."""

    first: int | None = None
    only: frozenset[date] = frozenset()

    def take(self, rows: Iterable[Row], day_of: Callable[[Row], date]) -> Iterator[Row]:
        """The rows of these days, in their order.

        Reading ends with the first row that is a day too late, so the rows must come in the order of days
        where `first` is given; the reader in `source` refuses rows that do not.
        """
        seen: set[date] = set()
        for row in rows:
            day = day_of(row)
            if self.only:
                if day in self.only:
                    yield row
                continue
            seen.add(day)
            if self.first is not None and len(seen) > self.first:
                return
            yield row

    def __str__(self) -> str:
        if self.only:
            return ", ".join(day.isoformat() for day in sorted(self.only))
        if self.first is None:
            return "all days"
        return "the first day" if self.first == 1 else f"the first {self.first} days"


ALL_DAYS: Final = Days()
