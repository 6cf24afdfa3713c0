"""Carts, and how they become orders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from ddbmodel import Mapper
from examples.ecommerce.checkout import OutOfStock, cancel, check_out, prepare
from examples.ecommerce.landmarks import Landmarks
from examples.ecommerce.models import Account, CartItem, Customer, Order, Payment, Stock
from examples.ecommerce.pattern import Pattern, collect

PATTERNS: Final[list[Pattern]] = []


async def put_into_cart(mapper: Mapper, customer_id: str, stock_code: str, quantity: int) -> CartItem:
    """Add units of an article to a cart, from whichever window and however often."""
    return await mapper.update(
        CartItem.key(customer_id, stock_code),
        CartItem.quantity.add(quantity),
        CartItem.unit_price.set_if_not_exists(Decimal("2.50")),
        CartItem.expires_at.set(datetime.now(UTC) + timedelta(days=30)),
        upsert=True,
    )


@collect(
    PATTERNS, "table: CUSTOMER#customer_id, CART#stock_code; atomic counter", "1 WU for each", put_into_cart
)
async def fill_cart(mapper: Mapper, known: Landmarks) -> list[CartItem]:
    """Put articles into a cart, more of one that is in it, and take another out again."""
    for code, quantity in ((known.stock_code, 2), (known.other_stock_code, 1), (known.stock_code, 3)):
        await put_into_cart(mapper, known.customer_id, code, quantity)
    await mapper.delete(CartItem.key(known.customer_id, known.other_stock_code))
    return await show_cart(mapper, known)


@collect(PATTERNS, "table: CUSTOMER#customer_id, begins with CART#", "0.5 RU for about thirty articles")
async def show_cart(mapper: Mapper, known: Landmarks) -> list[CartItem]:
    """A cart, without what has expired and is not deleted yet."""
    return await mapper.query(CartItem).where(CartItem.customer_id == known.customer_id).hide_expired().all()


@collect(
    PATTERNS,
    "table: ORDER#invoice_no, all of it; PRODUCT#stock_code, STOCK; CUSTOMER#customer_id, CART#stock_code",
    "2 WU for each item (10 for one article), 4 for indexes",
    check_out,
)
async def check_out_cart(mapper: Mapper, known: Landmarks) -> list[str]:
    """Check out: the stock goes down if there is enough, the order is made, the cart emptied, or nothing."""
    customer = await mapper.require(Customer, known.customer_id)
    before = await mapper.require(Stock, known.stock_code, consistent=True)
    order = await check_out(mapper, await prepare(mapper, customer, "W1", datetime.now(UTC)))
    after = await mapper.require(Stock, known.stock_code, consistent=True)
    return [
        f"order {order.invoice_no} of {order.units} units for {order.total:.2f}",
        f"stock {before.on_hand} -> {after.on_hand}, in the cart {len(await show_cart(mapper, known))}",
    ]


@collect(
    PATTERNS,
    "table: the same; the condition on PRODUCT#stock_code, STOCK is false",
    "the same, though nothing is written",
)
async def out_of_stock(mapper: Mapper, known: Landmarks) -> list[str]:
    """A checkout for which there is not enough is refused as a whole, and says what is short."""
    await put_into_cart(mapper, known.customer_id, known.stock_code, 1)
    await put_into_cart(mapper, known.customer_id, known.other_stock_code, 1000)
    customer = await mapper.require(Customer, known.customer_id)
    try:
        await check_out(mapper, await prepare(mapper, customer, "W2", datetime.now(UTC)))
    except OutOfStock as refusal:
        left = refusal.stock.on_hand if refusal.stock else 0
        code, wanted = refusal.wanted.stock_code, refusal.wanted.quantity
        order = await mapper.get(Order, "W2", consistent=True)
        return [
            f"{wanted} of {code} wanted, {left} left",
            f"order {order}, in the cart {len(await show_cart(mapper, known))}",
        ]
    raise AssertionError("more was sold than there is")


@collect(
    PATTERNS,
    "table: the same, twice under one token",
    "the same, and 2 RU for each item the second time",
)
async def check_out_again(mapper: Mapper, known: Landmarks) -> list[str]:
    """A checkout that is sent twice, as after a lost reply, sells once."""
    await mapper.delete(CartItem.key(known.customer_id, known.other_stock_code))
    customer = await mapper.require(Customer, known.customer_id)
    checkout = await prepare(mapper, customer, "W3", datetime.now(UTC))
    results: list[str] = []
    for _ in range(2):
        order = await check_out(mapper, checkout)
        stock = await mapper.require(Stock, known.stock_code, consistent=True)
        results.append(f"order {order.invoice_no}, stock {stock.on_hand}")
    return results


@collect(
    PATTERNS,
    "table: ORDER#invoice_no, HEAD and PAYMENT; PRODUCT#stock_code, STOCK; condition on status",
    "2 WU for each item (6 for one article), 3 for indexes",
    cancel,
)
async def cancel_order(mapper: Mapper, known: Landmarks) -> list[str]:
    """Cancel an order, once: its articles go back into stock, it leaves the queue and is paid back."""
    before = await mapper.require(Stock, known.stock_code, consistent=True)
    order = await cancel(mapper, "W3")
    after = await mapper.require(Stock, known.stock_code, consistent=True)
    await cancel(mapper, "W3")
    again = await mapper.require(Stock, known.stock_code, consistent=True)
    stock = f"stock {before.on_hand} -> {after.on_hand}, and {again.on_hand} when asked again"
    return [f"{order.invoice_no} is {order.status.value}", stock]


@collect(
    PATTERNS,
    "table: ORDER#invoice_no, HEAD and PAYMENT; CUSTOMER#customer_id, ACCOUNT",
    "2 RU for each item: 6",
)
async def at_one_moment(mapper: Mapper, known: Landmarks) -> list[object]:
    """An order, its payment and the account as they are at one moment, between any transactions."""
    keys = Order.key("W3"), Payment.key("W3"), Account.key(known.customer_id)
    order, payment, account = await mapper.transact_get(*keys)
    return [order and order.status.value, payment and payment.status.value, account and account.email]
