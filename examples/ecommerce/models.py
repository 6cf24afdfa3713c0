"""What the shop keeps: customers, products, and orders with their lines; each in a table of its own.

The README starts with the access patterns that these keys and indexes serve. Amounts are exact decimals in
pounds sterling, times are aware. Nothing of the source is dropped:

- every invoice is an `Order`; what kind of invoice it is stands in `kind`;
- a line of an order is what the invoice says, in its order, because (invoice, stock code) is no key: an
invoice
  may name the same article twenty times;
- an order of a customer whom the shop did not know has no `customer_id`, and so is not in `by_customer`;
- an article that is given away is a line with a price of zero.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Final

from ddbmodel import Attr, GlobalIndex, Model, field, partition_key, sort_key

# An order holds its first lines, `OrderLines` the rest. A line has up to about 260 bytes (its description up
# to 200), so an order stays under 300 KB of the 400 KB that an item may have. The longest real invoice has
# 1,114 lines.
LINES_PER_ITEM: Final = 1000


class OrderKind(Enum):
    """What an invoice is."""

    SALE = "sale"
    CANCELLATION = "cancellation"  # an invoice number with C: goods come back, or a charge is taken back
    BAD_DEBT = "bad debt"  # an invoice number with A
    STOCK_CORRECTION = "stock correction"  # nobody's, at no price: goods found, broken, or counted again


class OrderStatus(Enum):
    """How far an order has come."""

    OPEN = "open"
    SHIPPED = "shipped"
    BOOKED = "booked"  # nothing is to be shipped: cancellations, corrections and debts


class ProductKind(Enum):
    """What a stock code stands for."""

    ARTICLE = "article"
    CHARGE = "charge"  # postage, fees, discounts, corrections by hand
    VOUCHER = "voucher"


class Line(Model):
    """One line of an invoice.

    Attributes:
        description: as it was typed, spaces included; None if nothing was typed.
        quantity: negative for what comes back or is written off.
        unit_price: zero for what is given away.
        invoiced_at: only where it differs from the order's `placed_at`.
    """

    stock_code: Attr[str]
    description: Attr[str | None] = field(default=None, max_length=200)
    quantity: Attr[int]
    unit_price: Attr[Decimal]
    invoiced_at: Attr[datetime | None] = field(default=None)

    @property
    def amount(self) -> Decimal:
        """Quantity times unit price, exact."""
        return self.quantity * self.unit_price


class Delivery(Model):
    """How an order left the shop."""

    carrier: Attr[str]
    shipped_at: Attr[datetime]


class Order(Model, table="orders"):
    """An invoice.

    Attributes:
        day: the day in the shop's time zone; `placed_at` is stored in UTC.
        total: the sum of all lines, also of those in `OrderLines`; likewise the counts below.
        free_lines: how many lines have a price of zero.
        more_parts: how many `OrderLines` items hold further lines; hardly ever one.
    """

    invoice_no: Attr[str] = partition_key()
    kind: Attr[OrderKind]
    status: Attr[OrderStatus]
    customer_id: Attr[str | None] = field(default=None)
    country: Attr[str]
    day: Attr[date]
    placed_at: Attr[datetime]
    total: Attr[Decimal]
    line_count: Attr[int] = field(ge=0)
    units: Attr[int]
    free_lines: Attr[int] = field(ge=0)
    delivery: Attr[Delivery | None] = field(default=None)
    lines: Attr[list[Line]] = field(max_length=LINES_PER_ITEM)
    more_parts: Attr[int] = field(default=0, ge=0)

    by_customer = GlobalIndex(partition_key="customer_id", sort_key="placed_at")
    by_day = GlobalIndex(partition_key="day", sort_key="total")
    by_status = GlobalIndex(partition_key="status", sort_key="placed_at")


class OrderLines(Model, table="order_lines"):
    """Lines of an order that are too many for its item, in parts from 1 on."""

    invoice_no: Attr[str] = partition_key()
    part: Attr[int] = sort_key()
    lines: Attr[list[Line]] = field(max_length=LINES_PER_ITEM)


class Product(Model, table="products"):
    """Something with a stock code. Codes that differ by case only are two products, as in the source.

    Attributes:
        name: what its lines call it most often.
        other_names: everything else that was ever typed for it.
        lowest_price, highest_price: of the lines that have a price; None if it was never sold for one.
        sold, returned: units in sales, and in cancellations (a positive number).
        corrected: units found (positive) or written off (negative).
        revenue: the sum of its lines.
        reserved: units promised to orders that are being prepared.
    """

    stock_code: Attr[str] = partition_key()
    kind: Attr[ProductKind]
    name: Attr[str | None] = field(default=None)
    other_names: Attr[set[str]] = field(default_factory=set)
    lowest_price: Attr[Decimal | None] = field(default=None)
    highest_price: Attr[Decimal | None] = field(default=None)
    sold: Attr[int]
    returned: Attr[int]
    corrected: Attr[int]
    revenue: Attr[Decimal]
    line_count: Attr[int]
    reserved: Attr[int] = field(default=0)

    by_kind = GlobalIndex(partition_key="kind", sort_key="sold")


class Customer(Model, table="customers"):
    """A customer whom the shop knows by number.

    Attributes:
        country: of the latest order; `countries` are all of them.
        orders, cancellations: how many of each.
        spent: the sum of the orders, cancellations taken off.
    """

    customer_id: Attr[str] = partition_key()
    country: Attr[str]
    countries: Attr[set[str]]
    first_order_at: Attr[datetime]
    last_order_at: Attr[datetime]
    orders: Attr[int]
    cancellations: Attr[int]
    spent: Attr[Decimal]

    by_country = GlobalIndex(partition_key="country", sort_key="spent")


MODELS: Final = (Customer, Product, Order, OrderLines)
