"""The access patterns, in typed code. The README's first table lists them with their keys."""

# ruff: noqa: ARG001 - all of them are called alike, and not all need to know a key

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from ddbmodel import ConditionalCheckFailed, ItemExists, Mapper, NoAccessPath
from examples.ecommerce.landmarks import Landmarks
from examples.ecommerce.models import (
    Customer,
    Delivery,
    Line,
    Order,
    OrderKind,
    OrderLines,
    OrderStatus,
    Product,
    ProductKind,
)
from examples.ecommerce.pattern import Pattern, collect

PATTERNS: Final[list[Pattern]] = []


@collect(PATTERNS, "orders: invoice_no; order_lines: invoice_no, part")
async def an_invoice(mapper: Mapper, known: Landmarks) -> list[Line]:
    """An invoice with all of its lines."""
    order = await mapper.require(Order, known.invoice_no)
    lines = order.lines
    if order.more_parts:  # hardly ever: an order keeps its first thousand lines
        async for part in mapper.query(OrderLines).where(OrderLines.invoice_no == order.invoice_no):
            lines += part.lines
    return lines


@collect(PATTERNS, "orders.by_customer: customer_id, placed_at")
async def orders_of_a_customer(mapper: Mapper, known: Landmarks) -> list[Order]:
    """The orders of a customer since a moment, latest first."""
    since = datetime.combine(known.day, time(), UTC) - timedelta(days=7)
    query = mapper.query(Order).where(Order.customer_id == known.customer_id, Order.placed_at >= since)
    return await query.reverse().all()


@collect(PATTERNS, "orders.by_day: day, total")
async def largest_orders(mapper: Mapper, known: Landmarks) -> list[tuple[str, str, Decimal]]:
    """The five largest orders of a day, three fields of each."""
    query = mapper.query(Order).where(Order.day == known.day).reverse().limit(5)
    return await query.select(Order.invoice_no, Order.country, Order.total).all()


@collect(PATTERNS, "orders.by_day: day, total; filter on kind")
async def cancellations(mapper: Mapper, known: Landmarks) -> list[Order]:
    """The cancellations of a day, the most expensive first."""
    query = mapper.query(Order).where(
        Order.day == known.day, Order.total < 0, Order.kind == OrderKind.CANCELLATION
    )
    return await query.all()


@collect(PATTERNS, "orders.by_day: day; filter on customer_id and kind")
async def anonymous_orders(mapper: Mapper, known: Landmarks) -> list[Order]:
    """The sales of a day to customers whom the shop did not know."""
    query = mapper.query(Order).where(Order.day == known.day)
    return await query.where(Order.customer_id.not_exists(), Order.kind == OrderKind.SALE).all()


@collect(PATTERNS, "orders.by_day: day, total")
async def paid_orders(mapper: Mapper, known: Landmarks) -> int:
    """How many invoices of a day somebody paid for."""
    return await mapper.query(Order).where(Order.day == known.day, Order.total > 0).count()


@collect(PATTERNS, "orders.by_day: day; filter inside of lines")
async def wholesale_orders(mapper: Mapper, known: Landmarks) -> list[Order]:
    """The orders of a day that begin with two dozen of something."""
    first = Order.lines[0]
    return await mapper.query(Order).where(Order.day == known.day, first.at(Line.quantity) >= 24).all()


@collect(PATTERNS, "orders.by_status: status, placed_at")
async def open_orders(mapper: Mapper, known: Landmarks) -> list[Order]:
    """The orders that wait longest for shipping, page by page."""
    waiting = mapper.query(Order).where(Order.status == OrderStatus.OPEN)
    first = await waiting.page(size=5)
    second = await waiting.page(size=5, after=first.next)  # the token can travel through a browser
    return [*first.items, *second.items]


@collect(PATTERNS, "orders: invoice_no; condition on status")
async def ship_once(mapper: Mapper, known: Landmarks) -> list[str]:
    """Ship an order, once only."""
    results: list[str] = []
    for carrier in ("Carrier A", "Carrier B"):
        delivery = Delivery(carrier=carrier, shipped_at=datetime.now(UTC))
        try:
            shipped = await mapper.update(
                Order.key(known.invoice_no),
                Order.status.set(OrderStatus.SHIPPED),
                Order.delivery.set(delivery),
                when=Order.status == OrderStatus.OPEN,
            )
            results.append(f"{carrier}: {shipped.status.value}")
        except ConditionalCheckFailed as refused:
            stored = refused.item  # DynamoDB sends it back; some engines do not
            results.append(f"{carrier}: refused, shipped with {stored.delivery.carrier if stored else '?'}")
    return results


@collect(PATTERNS, "orders: invoice_no; condition and update inside of delivery")
async def change_carrier(mapper: Mapper, known: Landmarks) -> Delivery | None:
    """Change one field of the delivery, and nothing else."""
    carrier = Order.delivery.at(Delivery.carrier)
    order = await mapper.update(
        Order.key(known.invoice_no), carrier.set("Carrier C"), when=carrier.begins_with("Carrier")
    )
    return order.delivery


@collect(PATTERNS, "orders.by_status: status; projection inside of delivery")
async def carriers(mapper: Mapper, known: Landmarks) -> list[tuple[str, str]]:
    """Which carrier has which of the shipped orders."""
    shipped = mapper.query(Order).where(Order.status == OrderStatus.SHIPPED)
    return await shipped.select(Order.invoice_no, Order.delivery.at(Delivery.carrier)).all()


@collect(PATTERNS, "products: stock_code")
async def a_product(mapper: Mapper, known: Landmarks) -> Product | None:
    """A product by its code."""
    return await mapper.get(Product, known.stock_code)


@collect(PATTERNS, "products: stock_code, many at once")
async def products_of_an_invoice(mapper: Mapper, known: Landmarks) -> list[Product | None]:
    """The products of an invoice's lines, in the order of the lines."""
    order = await mapper.require(Order, known.invoice_no)
    return await mapper.batch_get(Product, [line.stock_code for line in order.lines])


@collect(PATTERNS, "products.by_kind: kind, sold")
async def best_sellers(mapper: Mapper, known: Landmarks) -> list[tuple[str, str | None, int]]:
    """The ten articles that were sold most."""
    articles = mapper.query(Product).where(Product.kind == ProductKind.ARTICLE, Product.sold > 0)
    return await articles.reverse().limit(10).select(Product.stock_code, Product.name, Product.sold).all()


@collect(PATTERNS, "products: stock_code; atomic counter")
async def reserve(mapper: Mapper, known: Landmarks) -> list[str]:
    """Reserve units for five orders at the same time, and release them."""
    key = Product.key(known.stock_code)
    await asyncio.gather(*(mapper.update(key, Product.reserved.add(units)) for units in (1, 2, 3, 4, 5)))
    reserved = await mapper.require(key, consistent=True)
    released = await mapper.update(key, Product.reserved.add(-15), when=Product.reserved >= 15)
    return [f"reserved {reserved.reserved}", f"after the release {released.reserved}"]


@collect(PATTERNS, "customers.by_country: country, spent")
async def best_customers(mapper: Mapper, known: Landmarks) -> list[Customer]:
    """The customers of a country, those who spent most first."""
    return await mapper.query(Customer).where(Customer.country == known.country).reverse().limit(10).all()


@collect(PATTERNS, "orders: the whole table in four segments; filter on free_lines and kind")
async def orders_with_gifts(mapper: Mapper, known: Landmarks) -> list[Order]:
    """Every sale in which something was given away: no key serves it, so the scan is asked for by name."""
    scan = mapper.scan(Order, segments=4).where(Order.free_lines > 0, Order.kind == OrderKind.SALE)
    return await scan.all()


@collect(PATTERNS, "products: stock_code; new only, and deleted only if unused")
async def new_product(mapper: Mapper, known: Landmarks) -> list[str]:
    """Enter a product once, and delete it unless units of it are reserved."""
    draft = Product(
        stock_code="NEW-1",
        kind=ProductKind.ARTICLE,
        sold=0,
        returned=0,
        corrected=0,
        revenue=Decimal(0),
        line_count=0,
    )
    results: list[str] = []
    for _ in range(2):
        try:
            await mapper.create(draft)
            results.append("created")
        except ItemExists:
            results.append("refused: it exists")
    await mapper.delete(draft, when=Product.reserved == 0)
    return [*results, f"deleted, and now {await mapper.get(Product, draft.stock_code, consistent=True)}"]


@collect(PATTERNS, "none: nothing is sent")
async def no_access_path(mapper: Mapper, known: Landmarks) -> str:
    """What no key serves is refused, with the reason; a query never becomes a scan."""
    try:
        await mapper.query(Order).where(Order.country == known.country).all()
    except NoAccessPath as refusal:
        return str(refusal)
    raise AssertionError("a query without a partition key was sent")
