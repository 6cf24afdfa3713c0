"""What was told to customers, compared with what the table has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ddbmodel import Mapper
from examples.ecommerce.models import CartItem, Order, OrderLines, OrderStatus, Payment, PaymentStatus, Stock
from examples.ecommerce.web.load.shopper import Told


async def disagreements(mapper: Mapper, units: Mapping[str, int], told: Told) -> list[str]:
    """Read the whole table, and say what does not agree; nothing, if all does.

    Args:
        mapper: opened on a table that had nothing but the goods.
        units: what there was of each article in the beginning.
        told: what customers know.
    """
    orders = {one.invoice_no: one async for one in mapper.scan(Order).consistent()}
    return [
        *told.wrong,
        *_orders(orders, told),
        *await _payments(mapper, orders),
        *await _stock(mapper, orders, units),
        *await _carts(mapper, told),
    ]


def _orders(orders: Mapping[str, Order], told: Told) -> list[str]:
    lost = told.orders.keys() - orders.keys()
    unknown = orders.keys() - told.orders.keys()
    other = [
        number
        for number, one in orders.items()
        if told.orders.get(number, one.status.value) != one.status.value
    ]
    return [
        *(f"order {number} was confirmed and is lost" for number in sorted(lost)),
        *(f"order {number} is there and was never confirmed" for number in sorted(unknown)),
        *(f"order {number} is {orders[number].status.value}, not what was told" for number in sorted(other)),
    ]


async def _payments(mapper: Mapper, orders: Mapping[str, Order]) -> list[str]:
    payments = {one.invoice_no: one async for one in mapper.scan(Payment).consistent()}
    found = [f"order {number} has no payment" for number in sorted(orders.keys() - payments.keys())]
    for number, payment in sorted(payments.items()):
        order = orders.get(number)
        kept = order is not None and order.status is not OrderStatus.CANCELLED
        if (
            order is None
            or payment.amount != order.total
            or kept is not (payment.status is PaymentStatus.PAID)
        ):
            found.append(f"the payment of order {number} is not that of the order")
    return found


async def _stock(mapper: Mapper, orders: Mapping[str, Order], units: Mapping[str, int]) -> list[str]:
    """What is left, and what orders that stand took, has to be what there was; lines have to add up."""
    taken, found = Counter[str](), list[str]()
    lines = {one.invoice_no: one.lines async for one in mapper.scan(OrderLines).consistent()}
    for number, order in sorted(orders.items()):
        if sum(line.amount for line in lines.get(number, ())) != order.total:
            found.append(f"the lines of order {number} are not its total")
        if order.status is not OrderStatus.CANCELLED:
            taken.update({line.stock_code: line.quantity for line in lines.get(number, ())})
    left = {one.stock_code: one.on_hand async for one in mapper.scan(Stock).consistent()}
    for code, there_was in units.items():
        if left.get(code, 0) + taken[code] != there_was:
            found.append(f"{code}: {left.get(code)} left and {taken[code]} sold, of {there_was}")
    return found


async def _carts(mapper: Mapper, told: Told) -> list[str]:
    """Who bought has an empty cart, who was refused still has what is not short."""
    filled = {one.customer_id async for one in mapper.scan(CartItem).consistent()}
    wrong = [number for number, has in told.carts.items() if has is not (number in filled)]
    return [f"the cart of {number} is not as the last checkout left it" for number in sorted(wrong)]
