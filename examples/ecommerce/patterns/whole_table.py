"""What no key serves: read in full where somebody asks for that by name, and refused everywhere else."""

# ruff: noqa: ARG001 - all patterns are called alike, and not all need to know a key

from __future__ import annotations

from typing import Final

from ddbmodel import Mapper, NoAccessPath
from examples.ecommerce.landmarks import Landmarks
from examples.ecommerce.models import Order, OrderKind
from examples.ecommerce.pattern import Pattern, collect

PATTERNS: Final[list[Pattern]] = []


@collect(
    PATTERNS,
    "the whole table in four segments; filter on free_lines and kind",
    "0.5 RU for each 4 KB of the table, items of all kinds",
)
async def orders_with_gifts(mapper: Mapper, known: Landmarks) -> list[Order]:
    """Every sale in which something was given away: no key serves it, so the scan is asked for by name."""
    scan = mapper.scan(Order, segments=4).where(Order.free_lines > 0, Order.kind == OrderKind.SALE)
    return await scan.all()


@collect(PATTERNS, "none: nothing is sent", "nothing")
async def no_access_path(mapper: Mapper, known: Landmarks) -> str:
    """What no key serves is refused, with the reason; a query never becomes a scan."""
    try:
        await mapper.query(Order).where(Order.country == known.country).all()
    except NoAccessPath as refusal:
        return str(refusal)
    raise AssertionError("a query without a partition key was sent")
