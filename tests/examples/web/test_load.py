"""Many customers at once, over HTTP: what was sold, paid for and is left agrees in the end."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from ddbmodel.testing import LocalDynamoDB
from examples.ecommerce.checkout import check_out, prepare
from examples.ecommerce.engine import TABLE_PREFIX
from examples.ecommerce.models import CartItem, Customer, Order, Payment, Stock, shop
from examples.ecommerce.web.load.books import disagreements
from examples.ecommerce.web.load.goods import HOT, customer_number, stock_up, units_on_hand
from examples.ecommerce.web.load.run import run_load
from examples.ecommerce.web.load.shopper import Told

USERS = int(os.environ.get("DDBMODEL_LOAD_USERS", "200"))


async def test_two_hundred_customers_at_once_lose_nothing() -> None:
    """Every order that was confirmed is there once, and no other; the article that is short is sold out."""
    async with LocalDynamoDB() as dynamodb, dynamodb.connect(table_prefix=TABLE_PREFIX) as mapper:
        outcome = await run_load(mapper, dynamodb.endpoint_url, USERS, seconds=0, pause=0)
        assert outcome.wrong == []
        assert USERS // 2 <= len(outcome.told.orders) < USERS
        assert {"open", "cancelled"} == set(outcome.told.orders.values())
        # Who cancelled late may have given back what others were refused before.
        assert (await mapper.require(Stock, HOT, consistent=True)).on_hand < units_on_hand(USERS)[HOT]


@pytest.mark.parametrize("broken", ["nothing", "order", "payment", "stock", "cart", "told"])
async def test_the_books_show_what_is_wrong(broken: str) -> None:
    """An order that is lost or unknown, a payment that is not made, units that vanish, a cart that comes back."""
    units, number = units_on_hand(8), customer_number(0)
    async with LocalDynamoDB() as dynamodb, dynamodb.connect() as mapper:
        await mapper.create_table(shop)
        await stock_up(mapper, 1, units)
        now = datetime.now(UTC).replace(microsecond=0)
        item = CartItem(
            customer_id=number,
            stock_code=HOT,
            quantity=1,
            unit_price=Decimal("2.5"),
            expires_at=now.replace(year=now.year + 1),
        )
        await mapper.put(item)
        customer = await mapper.require(Customer, number)
        order = await check_out(mapper, await prepare(mapper, customer, "W1", now))
        told = Told(orders={order.invoice_no: "open"}, carts={number: False})
        match broken:
            case "order":
                await mapper.delete(Order.key("W1"))
            case "payment":
                await mapper.delete(Payment.key("W1"))
            case "stock":
                await mapper.update(Stock.key(HOT), Stock.on_hand.add(1))
            case "cart":
                await mapper.put(item)
            case "told":
                told.orders.clear()
            case _:
                pass
        assert bool(await disagreements(mapper, units, told)) is (broken != "nothing")
