"""Comparing a restored table with the one that it comes from, at a bounded cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ddbmodel.admin.service import Service
from ddbmodel.codec.sameness import same_stored
from ddbmodel.codec.values import Item
from ddbmodel.errors import RestoreMismatch
from ddbmodel.operations import GetItem, GetItemResult, Scan, ScanResult, TableDescription

# Arbitrary: a count reads the whole table, and is worth it up to here.
COUNTED_ITEMS_MAX: Final = 100_000
SAMPLED_ITEMS: Final = 100
_SEGMENTS: Final = 10


@dataclass(frozen=True, slots=True)
class RestoreComparison:
    """What was compared.

    Attributes:
        expected: how many items the source has.
        found: how many the restored table has.
        counted: both were counted by reading them; else both are the service's figures, which are up to six
            hours old, and were not compared.
        sampled: so many items of the source were looked up in the restored table, and were the same.
    """

    expected: int
    found: int
    counted: bool
    sampled: int

    def __str__(self) -> str:
        """One line for people."""
        count = f"both have {self.found:,} items" if self.counted else "not counted, as there are too many"
        return f"{count}; {self.sampled:,} items were compared, and are the same"


async def compare(
    service: Service,
    source: TableDescription,
    restored: TableDescription,
    *,
    items: int = SAMPLED_ITEMS,
    counted_max: int = COUNTED_ITEMS_MAX,
) -> RestoreComparison:
    """Compare counts, and a sample of items one by one.

    Raises:
        RestoreMismatch: they are not the same. Writes to the source since the moment that was restored look
            so, too.

    Cost: reads both tables up to `counted_max` items, and the sample twice.
    """
    expected, found = source.item_count, restored.item_count
    counts = [await _count(service, table.name, counted_max) for table in (source, restored)]
    counted = min(counts) <= counted_max
    if counted:
        expected, found = counts
    sample = await _sample(service, source.name, items)
    names = [attribute.name for attribute in source.schema.key]
    differing = 0
    for item in sample:
        key = {name: item[name] for name in names}
        reply = await service.send(GetItem(restored.name, key, consistent=True))
        other = GetItemResult.from_wire(reply).item
        differing += other is None or not _is_same(item, other)
    if differing or (counted and expected != found):
        raise RestoreMismatch(
            f"table {restored.name!r} is not what {source.name!r} is: {found:,} items of {expected:,}, and "
            f"{differing:,} of {len(sample):,} that were compared are missing or differ. If the source was "
            "written to since the moment that was restored, that is what is to be seen here.",
            expected=expected,
            found=found,
            compared=len(sample),
            differing=differing,
        )
    return RestoreComparison(expected, found, counted, len(sample))


async def _count(service: Service, table: str, enough: int) -> int:
    """Count the items of a table; of one with more than enough, no further than that."""
    total, start = 0, None
    while total <= enough:
        request = Scan(table, exclusive_start_key=start, consistent=True, select="COUNT")
        page = ScanResult.from_wire(await service.send(request))
        total, start = total + page.count, page.last_evaluated_key
        if start is None:
            break
    return total


async def _sample(service: Service, table: str, items: int) -> list[Item]:
    """Take items from all over the table: partition keys are spread over segments by their hash."""
    taken: list[Item] = []
    for segment in range(_SEGMENTS):
        room = -(-items // _SEGMENTS)
        request = Scan(table, limit=room, consistent=True, segment=segment, total_segments=_SEGMENTS)
        taken += ScanResult.from_wire(await service.send(request)).items
    return taken[:items]


def _is_same(one: Item, other: Mapping[str, Any]) -> bool:
    return one.keys() == other.keys() and all(same_stored(one[name], other[name]) for name in one)
