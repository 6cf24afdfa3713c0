"""Orders: every invoice is one, with its lines, its payment and its shipments as items of their own.

Nothing of the source is dropped:

- what kind of invoice it is stands in `kind`;
- a line of an order is what the invoice says, in its order, because (invoice, stock code) is no key: an
  invoice may name the same article twenty times;
- an order of a customer whom the shop did not know has no `customer_id`, and so is in no customer's list;
- an article that is given away is a line with a price of zero.

An order's head is small: it is written once more for each index that it is in, and a change of its status
costs what the whole item costs. Lines are in no index.
"""

from __future__ import annotations

import zlib
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Final

from ddbmodel import Attr, Key, Model, created_at, field, version
from examples.ecommerce.models.table import now, shop

# A line has up to about 320 bytes (its description up to 200), so an item of lines stays under 100 KB of the
# 400 KB that it may have. Most invoices fit into one; the longest real one has 1,114 lines.
LINES_PER_ITEM: Final = 250
# So many partitions share the orders that wait, each of which takes 1,000 writes a second. Changing it later
# means writing the orders that wait anew, so it is generous.
QUEUE_SHARDS: Final = 4
# Invoice numbers of the web shop begin with it. The source has C and A, and is refused with any other.
WEB_LETTER: Final = "W"


class OrderKind(Enum):
    """What an invoice is."""

    SALE = "sale"
    CANCELLATION = "cancellation"  # an invoice number with C: goods come back, or a charge is taken back
    BAD_DEBT = "bad debt"  # an invoice number with A
    STOCK_CORRECTION = "stock correction"  # nobody's, at no price: goods found, broken, or counted again


class OrderStatus(Enum):
    """How far an order has come."""

    OPEN = "open"
    PACKING = "packing"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"
    BOOKED = "booked"  # nothing is to be shipped: cancellations, corrections and debts


class PaymentStatus(Enum):
    """What became of a payment."""

    PAID = "paid"
    REFUNDED = "refunded"


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


def shard_of(invoice_no: str) -> int:
    """Which part of the queue an order waits in: the same for a number in every process."""
    return zlib.crc32(invoice_no.encode()) % QUEUE_SHARDS


class Order(Model, table=shop, entity="order"):
    """The head of an invoice.

    Attributes:
        day: the day in the shop's time zone; `placed_at` is stored in UTC.
        total: the sum of all lines; likewise the counts below.
        free_lines: how many lines have a price of zero.
        parts: how many items of `OrderLines` there are.
        shard: the part of the queue it waits in; see `shard_of`.
        waiting_since: None, so in no queue, once nobody has to do anything about it.
    """

    invoice_no: Attr[str]
    kind: Attr[OrderKind]
    status: Attr[OrderStatus]
    customer_id: Attr[str | None] = field(default=None)
    country: Attr[str]
    day: Attr[date]
    placed_at: Attr[datetime]
    total: Attr[Decimal] = field(attribute="rank")
    line_count: Attr[int] = field(ge=0)
    units: Attr[int]
    free_lines: Attr[int] = field(ge=0)
    parts: Attr[int] = field(ge=1)
    shard: Attr[int] = field(ge=0, lt=QUEUE_SHARDS)
    waiting_since: Attr[datetime | None] = field(default=None)

    primary = Key(partition="ORDER#{invoice_no}", sort="HEAD")
    of_customer = Key("gsi1", partition="CUSTOMER#{customer_id}", sort="ORDER#{placed_at}#{invoice_no}")
    by_day = Key("gsi2", partition="DAY#{day}")
    queue = Key("gsi3", partition="QUEUE#{status}#{shard}", sort="{waiting_since}#{invoice_no}")


class OrderLines(Model, table=shop, entity="order lines"):
    """Lines of an order, in parts from 1 on."""

    invoice_no: Attr[str]
    part: Attr[int] = field(ge=1)
    lines: Attr[list[Line]] = field(max_length=LINES_PER_ITEM)

    primary = Key(partition="ORDER#{invoice_no}", sort="LINES#{part:03d}")


class Payment(Model, table=shop, entity="payment"):
    """How an order was paid for.

    Attributes:
        reference: the payment provider's name for it.
    """

    invoice_no: Attr[str]
    reference: Attr[str]
    amount: Attr[Decimal] = field(ge=0)
    status: Attr[PaymentStatus] = field(default=PaymentStatus.PAID)
    paid_at: Attr[datetime]

    primary = Key(partition="ORDER#{invoice_no}", sort="PAYMENT")
    by_reference = Key("gsi1", partition="PAYMENT#{reference}", sort="PAYMENT")


class Address(Model):
    """Where goods go to."""

    street: Attr[str]
    city: Attr[str]
    country: Attr[str]


class Shipment(Model, table=shop, entity="shipment"):
    """A parcel of an order, numbered from 1 on.

    Attributes:
        revision: counts the changes, so that none is lost to another one.
    """

    invoice_no: Attr[str]
    number: Attr[int] = field(ge=1)
    carrier: Attr[str]
    address: Attr[Address | None] = field(default=None)
    shipped_at: Attr[datetime]
    revision: Attr[int] = version(default=0)
    created: Attr[datetime] = created_at(default_factory=now)

    primary = Key(partition="ORDER#{invoice_no}", sort="SHIPMENT#{number:03d}")
    of_carrier = Key("gsi1", partition="CARRIER#{carrier}", sort="{shipped_at}#{invoice_no}#{number:03d}")
