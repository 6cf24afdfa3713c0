"""The shop's one table. Its indexes are named after numbers, since each means something else to each entity.

- `gsi1` brings together what belongs together in another way than the table does: a customer's orders, what a
  carrier has, and finds things by a second name.
- `gsi2` ranks by a number. It holds what lists show; the rest of an item is fetched if it is wanted.
- `gsi3` has the queues: only what waits is in it, and only its keys.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from ddbmodel import KeyAttribute, Table, TableIndex

_SHOWN_IN_LISTS: Final = (
    "invoice_no",
    "kind",
    "customer_id",
    "country",
    "placed_at",
    "line_count",
    "stock_code",
    "name",
)

shop: Final = Table(
    "shop",
    partition_key="pk",
    sort_key="sk",
    indexes=[
        TableIndex("gsi1", "gsi1pk", "gsi1sk"),
        # A number, because totals go below zero, where the order of texts is not that of numbers.
        TableIndex("gsi2", "gsi2pk", KeyAttribute("rank", "N"), projection=_SHOWN_IN_LISTS),
        TableIndex("gsi3", "gsi3pk", "gsi3sk", projection="KEYS_ONLY"),
    ],
)


def now() -> datetime:
    """The time of a write. Every write sets it; type checkers want to see that there is a default."""
    return datetime.now(UTC)
