"""From a cart to an order, and back: two transactions in which stock, order, payment and cart agree.

    checkout = await prepare(mapper, customer, "W1", now)
    order = await check_out(mapper, checkout)      # may be called again with the same checkout
    order = await cancel(mapper, "W1")

None of what they write has a version or a time of its own: the second time it has to be the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import NAMESPACE_OID, uuid5

from ddbmodel import ConditionalCheckFailed, ItemExists, ItemNotFound, Mapper, TransactionCanceled
from examples.ecommerce.lines import shop_zone
from examples.ecommerce.models import (
    CartItem,
    Customer,
    Line,
    Order,
    OrderKind,
    OrderLines,
    OrderStatus,
    Payment,
    PaymentStatus,
    Stock,
    shard_of,
)

# A transaction has at most 100 actions: three for order, lines and payment, and two for each article.
_CREATED: Final = 3
CART_MAX: Final = (100 - _CREATED) // 2

_FALSE: Final = "ConditionalCheckFailed"


class CheckoutError(Exception):
    """The cart does not become an order. Nothing was written."""


class OutOfStock(CheckoutError):
    """There are fewer units of an article than the cart has.

    Attributes:
        wanted: the article as it is in the cart.
        stock: what is stored of it; None if it is not kept at all.
    """

    def __init__(self, wanted: CartItem, stock: Stock | None) -> None:
        self.wanted = wanted
        self.stock = stock
        left = 0 if stock is None else stock.on_hand
        super().__init__(f"{wanted.stock_code}: {wanted.quantity} wanted, {left} left")


class CartChanged(CheckoutError):
    """The cart is not what it was when the checkout was prepared: show it to the customer again.

    Attributes:
        article: as it was then.
    """

    def __init__(self, article: CartItem) -> None:
        self.article = article
        super().__init__(f"{article.stock_code} was changed or removed")


@dataclass(frozen=True, slots=True)
class Checkout:
    """What a checkout will write. It is described once, so that it can be sent again as it was.

    Attributes:
        cart: the articles as they were in the cart.
    """

    order: Order
    lines: OrderLines
    payment: Payment
    cart: Sequence[CartItem]

    @property
    def token(self) -> str:
        """Names the transaction: DynamoDB does not apply it twice within ten minutes.

        It is another one for each checkout that is prepared, since DynamoDB refuses other writes under one
        token.
        """
        order = self.order
        return str(uuid5(NAMESPACE_OID, f"{order.invoice_no} {order.customer_id} {order.placed_at}"))


async def cart_of(mapper: Mapper, customer_id: str) -> list[CartItem]:
    """Read what is in a cart by now, without what has expired.

    Cost: one read unit for each 4 KB, about thirty articles.
    """
    query = mapper.query(CartItem).where(CartItem.customer_id == customer_id)
    return await query.consistent().hide_expired().all()


async def prepare(mapper: Mapper, customer: Customer, invoice_no: str, now: datetime) -> Checkout:
    """Read a cart, and describe the order that it becomes.

    The invoice number is a new one, made once for this checkout before the first try.

    Raises:
        CheckoutError: the cart is empty, or has more than `CART_MAX` articles.
    """
    cart = await cart_of(mapper, customer.customer_id)
    if not 1 <= len(cart) <= CART_MAX:
        raise CheckoutError(f"a cart with 1 to {CART_MAX} articles is checked out, this one has {len(cart)}")
    lines = [
        Line(stock_code=one.stock_code, quantity=one.quantity, unit_price=one.unit_price) for one in cart
    ]
    order = _order(customer, invoice_no, lines, now)
    payment = Payment(invoice_no=invoice_no, reference=f"pay-{invoice_no}", amount=order.total, paid_at=now)
    return Checkout(order, OrderLines(invoice_no=invoice_no, part=1, lines=lines), payment, cart)


def _order(customer: Customer, invoice_no: str, lines: Sequence[Line], now: datetime) -> Order:
    return Order(
        invoice_no=invoice_no,
        kind=OrderKind.SALE,
        status=OrderStatus.OPEN,
        customer_id=customer.customer_id,
        country=customer.country,
        day=now.astimezone(shop_zone()).date(),
        placed_at=now,
        total=sum((line.amount for line in lines), Decimal(0)),
        line_count=len(lines),
        units=sum(line.quantity for line in lines),
        free_lines=sum(line.unit_price == 0 for line in lines),
        parts=1,
        shard=shard_of(invoice_no),
        waiting_since=now,
    )


async def check_out(mapper: Mapper, checkout: Checkout) -> Order:
    """Take the articles out of the stock, create the order, and empty the cart: all of it or nothing.

    It may be sent again, as after a lost reply: within ten minutes its token keeps DynamoDB from applying it
    twice, and afterwards the order that is there does.

    Cost: two write units for each kilobyte of each item, and one for each entry in an index.

    Raises:
        OutOfStock: there are not enough units of an article.
        CartChanged: an article in the cart was changed or removed meanwhile.
    """
    order, customer_id = checkout.order, checkout.order.customer_id
    try:
        async with mapper.transaction(token=checkout.token) as tx:
            tx.create(order)
            tx.create(checkout.lines)
            tx.create(checkout.payment)
            for one in checkout.cart:
                key = Stock.key(one.stock_code)
                tx.update(key, Stock.on_hand.add(-one.quantity), when=Stock.on_hand >= one.quantity)
            for one in checkout.cart:
                key_in_cart = CartItem.key(customer_id, one.stock_code)
                tx.delete(key_in_cart, when=CartItem.quantity == one.quantity)
    except ItemExists as refusal:
        if not _is_same(refusal.item, order):
            raise
    except ConditionalCheckFailed as refusal:
        raise _reason(refusal, checkout.cart) from refusal
    return order


def _is_same(stored: object, order: Order) -> bool:
    """True if what stands under the order's number is this order, whatever has become of it."""
    return isinstance(stored, Order) and (stored.customer_id, stored.placed_at) == (
        order.customer_id,
        order.placed_at,
    )


def _reason(refusal: ConditionalCheckFailed, cart: Sequence[CartItem]) -> CheckoutError:
    """What the refusal means. Its cause has a reason for each action, in the order of `check_out`."""
    canceled = refusal.__cause__
    assert isinstance(canceled, TransactionCanceled), "it is of a transaction"
    position = next(place for place, reason in enumerate(canceled.reasons) if reason.code == _FALSE)
    in_stock, in_cart = position - _CREATED, position - _CREATED - len(cart)
    if in_cart >= 0:
        return CartChanged(cart[in_cart])
    return OutOfStock(cart[in_stock], refusal.item if isinstance(refusal.item, Stock) else None)


async def cancel(mapper: Mapper, invoice_no: str) -> Order:
    """Cancel an order that nobody has begun to pack: its articles go back into stock, and it is paid back.

    What is cancelled already stays so, and gives nothing back a second time.

    Cost: two write units for each item, and one for each index that the order or the payment is in.

    Raises:
        ItemNotFound: there is no such order.
        ConditionalCheckFailed: it is not open any more, or was not paid for; `.item` is the order or payment.
    """
    parts = await mapper.query(OrderLines).where(OrderLines.invoice_no == invoice_no).consistent().all()
    if not parts:
        raise ItemNotFound("there is no order with this number")
    units: Counter[str] = Counter()
    for line in (line for part in parts for line in part.lines):
        units[line.stock_code] += line.quantity
    try:
        async with mapper.transaction(token=f"cancel-{invoice_no}") as tx:
            tx.update(
                Order.key(invoice_no),
                Order.status.set(OrderStatus.CANCELLED),
                Order.waiting_since.remove(),
                when=(Order.status == OrderStatus.OPEN) & (Order.shard == shard_of(invoice_no)),
            )
            tx.update(
                Payment.key(invoice_no),
                Payment.status.set(PaymentStatus.REFUNDED),
                when=Payment.status == PaymentStatus.PAID,
            )
            for stock_code, quantity in units.items():
                tx.update(Stock.key(stock_code), Stock.on_hand.add(quantity))
    except ConditionalCheckFailed as refusal:
        stored = refusal.item
        if not (isinstance(stored, Order) and stored.status is OrderStatus.CANCELLED):
            raise
    return await mapper.require(Order, invoice_no, consistent=True)
