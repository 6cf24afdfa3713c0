"""Products: what the invoices tell of them, how they are presented, and how many there are."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Final

from ddbmodel import Attr, Key, Model, field, updated_at, version
from examples.ecommerce.models.table import now, shop

WAREHOUSE: Final = "MAIN"


class ProductKind(Enum):
    """What a stock code stands for."""

    ARTICLE = "article"
    CHARGE = "charge"  # postage, fees, discounts, corrections by hand
    VOUCHER = "voucher"


class Product(Model, table=shop, entity="product"):
    """Something with a stock code. Codes that differ by case only are two products, as in the source.

    Attributes:
        name: what its lines call it most often.
        other_names: everything else that was ever typed for it.
        lowest_price, highest_price: of the lines that have a price; None if it was never sold for one.
        sold, returned: units in sales, and in cancellations (a positive number).
        corrected: units found (positive) or written off (negative).
        revenue: the sum of its lines.
    """

    stock_code: Attr[str]
    kind: Attr[ProductKind]
    name: Attr[str | None] = field(default=None)
    other_names: Attr[set[str]] = field(default_factory=set)
    lowest_price: Attr[Decimal | None] = field(default=None)
    highest_price: Attr[Decimal | None] = field(default=None)
    sold: Attr[int] = field(attribute="rank")
    returned: Attr[int]
    corrected: Attr[int]
    revenue: Attr[Decimal]
    line_count: Attr[int]

    primary = Key(partition="PRODUCT#{stock_code}", sort="DETAILS")
    by_kind = Key("gsi2", partition="KIND#{kind}")


class Listing(Model, table=shop, entity="listing"):
    """How the web shop presents a product. People edit it, several at a time.

    Attributes:
        revision: counts the edits, so that none is lost to another one.
    """

    stock_code: Attr[str]
    title: Attr[str] = field(min_length=1, max_length=200)
    price: Attr[Decimal] = field(ge=0)
    tags: Attr[set[str]] = field(default_factory=set)
    revision: Attr[int] = version(default=0)
    updated: Attr[datetime] = updated_at(default_factory=now)

    primary = Key(partition="PRODUCT#{stock_code}", sort="LISTING")


class Stock(Model, table=shop, entity="stock"):
    """How many units of a product there are to sell: a counter that is added to under conditions.

    It has no version, which would let one of two checkouts fail though there is enough for both.

    Attributes:
        low_since: when it was noticed that few are left; None, so in no queue, while there are enough.
    """

    stock_code: Attr[str]
    on_hand: Attr[int] = field(ge=0)
    warehouse: Attr[str] = field(default=WAREHOUSE)
    low_since: Attr[datetime | None] = field(default=None)

    primary = Key(partition="PRODUCT#{stock_code}", sort="STOCK")
    to_reorder = Key("gsi3", partition="REORDER#{warehouse}", sort="{low_since}#{stock_code}")
