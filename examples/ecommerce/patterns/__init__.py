"""patterns: the access patterns, in typed code. The README lists them with their keys and what they cost.

They run in this order on one shop, and write to it as a shop does: what one has written, a later one finds.

Belongs here: functions that show one access pattern each. Does not belong here: what a shop would call from
its own code as well, such as `checkout`.
"""

from __future__ import annotations

from typing import Final

from examples.ecommerce.pattern import Pattern
from examples.ecommerce.patterns import carts, customers, orders, products, warehouse, whole_table

PATTERNS: Final[list[Pattern]] = [
    *customers.PATTERNS,
    *products.PATTERNS,
    *carts.PATTERNS,
    *orders.PATTERNS,
    *warehouse.PATTERNS,
    *whole_table.PATTERNS,
]

__all__ = ["PATTERNS"]
