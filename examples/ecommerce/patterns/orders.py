"""Orders: each with all that belongs to it, and those of a day or a month."""

# ruff: noqa: ARG001 - all patterns are called alike, and not all need to know a key

from __future__ import annotations

import asyncio
from calendar import monthrange
from decimal import Decimal
from heapq import nlargest
from itertools import chain
from typing import Final

from ddbmodel import Mapper
from examples.ecommerce.landmarks import Landmarks
from examples.ecommerce.models import (
    Line,
    Order,
    OrderKind,
    OrderLines,
    Payment,
    Shipment,
)
from examples.ecommerce.pattern import Pattern, collect

PATTERNS: Final[list[Pattern]] = []


@collect(PATTERNS, "table: ORDER#invoice_no", "0.5 RU for each 4 KB: about forty lines")
async def an_order(mapper: Mapper, known: Landmarks) -> list[Order | OrderLines | Payment | Shipment]:
    """An order with its lines, its payment and its shipments, in one request."""
    query = mapper.query(Order, OrderLines, Payment, Shipment).where(Order.invoice_no == "W1")
    return await query.all()


@collect(PATTERNS, "table: ORDER#invoice_no, begins with LINES#", "0.5 RU for each 4 KB: about forty lines")
async def lines_of_an_order(mapper: Mapper, known: Landmarks) -> list[Line]:
    """The lines of an order alone, however many parts they are stored in."""
    parts = mapper.query(OrderLines).where(OrderLines.invoice_no == known.invoice_no)
    return [line async for part in parts for line in part.lines]


@collect(
    PATTERNS,
    "table: ORDER#invoice_no, LINES#001; filter inside of lines",
    "0.5 RU for each 4 KB: about forty lines",
)
async def begins_with_a_dozen(mapper: Mapper, known: Landmarks) -> bool:
    """Whether an order begins with a dozen of something, without transferring its lines."""
    first = OrderLines.lines[0]
    parts = mapper.query(OrderLines).where(OrderLines.invoice_no == known.invoice_no, OrderLines.part == 1)
    return await parts.where(first.at(Line.quantity) >= 12).count() == 1


@collect(PATTERNS, "gsi1: PAYMENT#reference, PAYMENT", "0.5 RU")
async def payment_by_reference(mapper: Mapper, known: Landmarks) -> Payment | None:
    """The payment that the payment provider writes about, who knows nothing of invoice numbers."""
    return await mapper.query(Payment).where(Payment.reference == "pay-W1").first()


@collect(PATTERNS, "gsi2: DAY#day, total, backward", "0.5 RU for 4 KB of the index's entries")
async def largest_orders(mapper: Mapper, known: Landmarks) -> list[tuple[str, str, Decimal]]:
    """The five largest orders of a day, three fields of each."""
    query = mapper.query(Order).where(Order.day == known.day).reverse().limit(5)
    return await query.select(Order.invoice_no, Order.country, Order.total).all()


@collect(PATTERNS, "gsi2: DAY#day, total, backward, for each day", "0.5 RU for each day of the month")
async def largest_of_the_month(mapper: Mapper, known: Landmarks) -> list[tuple[str, Decimal]]:
    """The five largest orders of a month: of the five largest of each day."""
    _, days = monthrange(known.day.year, known.day.month)

    async def largest(day: int) -> list[tuple[str, Decimal]]:
        query = mapper.query(Order).where(Order.day == known.day.replace(day=day)).reverse().limit(5)
        return await query.select(Order.invoice_no, Order.total).all()

    found = await asyncio.gather(*map(largest, range(1, days + 1)))
    return nlargest(5, chain.from_iterable(found), key=lambda row: row[1])


@collect(PATTERNS, "gsi2: DAY#day, total < 0; filter on kind", "0.5 RU for 4 KB of entries below zero")
async def cancellations(mapper: Mapper, known: Landmarks) -> list[tuple[str, str | None, Decimal]]:
    """The cancellations of a day, the most expensive first."""
    query = mapper.query(Order).where(
        Order.day == known.day, Order.total < 0, Order.kind == OrderKind.CANCELLATION
    )
    return await query.select(Order.invoice_no, Order.customer_id, Order.total).all()


@collect(
    PATTERNS,
    "gsi2: DAY#day; filter on customer_id and kind; then the items by their keys",
    "0.5 RU for 4 KB of the day's entries, 0.5 RU for each order",
)
async def anonymous_orders(mapper: Mapper, known: Landmarks) -> list[Order]:
    """The sales of a day to customers whom the shop did not know, as whole orders."""
    query = mapper.query(Order).where(Order.day == known.day)
    return await query.where(Order.customer_id.not_exists(), Order.kind == OrderKind.SALE).hydrate().all()


@collect(PATTERNS, "gsi2: DAY#day, total > 0", "0.5 RU for 4 KB of entries above zero")
async def paid_orders(mapper: Mapper, known: Landmarks) -> int:
    """How many invoices of a day somebody paid for."""
    return await mapper.query(Order).where(Order.day == known.day, Order.total > 0).count()
