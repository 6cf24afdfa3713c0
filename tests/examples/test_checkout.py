"""The checkout: everything or nothing, however many happen at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest

from ddbmodel import ConditionalCheckFailed, ItemExists, ItemNotFound, Mapper
from ddbmodel.testing import DropReply, FaultProxy, LocalDynamoDB
from examples.ecommerce.checkout import (
    CART_MAX,
    CartChanged,
    Checkout,
    CheckoutError,
    OutOfStock,
    cancel,
    check_out,
    prepare,
)
from examples.ecommerce.engine import shop_table
from examples.ecommerce.models import (
    CartItem,
    Customer,
    Order,
    OrderLines,
    OrderStatus,
    Payment,
    PaymentStatus,
    Stock,
)

NOW = datetime.now(UTC).replace(microsecond=0)
ARTICLE, OTHER = "10001", "10002"


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[LocalDynamoDB]:
    """One engine for the module; each test has a table of its own in it."""
    with LocalDynamoDB() as embedded:
        yield embedded


_numbers = count()


@pytest.fixture(params=["embedded", "strict"])
async def mapper(dynamodb: LocalDynamoDB, request: pytest.FixtureRequest) -> AsyncIterator[Mapper]:
    """A mapper with the shop's table, empty; on an engine that knows no tokens, and on one that does."""
    prefix = f"test{next(_numbers)}-"
    async with FaultProxy(dynamodb.endpoint_url) as proxy:
        engine = proxy if request.param == "strict" else dynamodb
        async with engine.connect(table_prefix=prefix) as mapper, shop_table(mapper, keep=True):
            yield mapper


def customer(customer_id: str = "c1") -> Customer:
    return Customer(
        customer_id=customer_id,
        country="France",
        countries={"France"},
        first_order_at=NOW,
        last_order_at=NOW,
        orders=0,
        cancellations=0,
        spent=Decimal(0),
    )


def in_cart(customer_id: str, stock_code: str = ARTICLE, quantity: int = 1, *, days: int = 30) -> CartItem:
    return CartItem(
        customer_id=customer_id,
        stock_code=stock_code,
        quantity=quantity,
        unit_price=Decimal("2.55"),
        expires_at=NOW + timedelta(days=days),
    )


async def fill(mapper: Mapper, stock: dict[str, int], cart: dict[str, int], customer_id: str = "c1") -> None:
    for stock_code, units in stock.items():
        await mapper.put(Stock(stock_code=stock_code, on_hand=units))
    for stock_code, units in cart.items():
        await mapper.put(in_cart(customer_id, stock_code, units))


async def prepared(mapper: Mapper, number: str = "W1", customer_id: str = "c1") -> Checkout:
    return await prepare(mapper, customer(customer_id), number, NOW)


async def units_of(mapper: Mapper, stock_code: str = ARTICLE) -> int:
    return (await mapper.require(Stock, stock_code, consistent=True)).on_hand


async def cart_of(mapper: Mapper, customer_id: str = "c1") -> dict[str, int]:
    items = await mapper.query(CartItem).where(CartItem.customer_id == customer_id).consistent().all()
    return {item.stock_code: item.quantity for item in items}


async def test_a_checkout_does_all_of_it(mapper: Mapper) -> None:
    """Stock, order, lines, payment and cart say the same afterwards."""
    await fill(mapper, {ARTICLE: 10, OTHER: 3}, {ARTICLE: 4, OTHER: 3})
    order = await check_out(mapper, await prepared(mapper))
    assert (order.total, order.units, order.line_count) == (Decimal("17.85"), 7, 2)
    assert (await units_of(mapper), await units_of(mapper, OTHER)) == (6, 0)
    assert await cart_of(mapper) == {}
    found = await mapper.query(Order, OrderLines, Payment).where(Order.invoice_no == "W1").grouped()
    assert found[Order] == [order]
    assert [(line.stock_code, line.quantity) for line in found[OrderLines][0].lines] == [
        (ARTICLE, 4),
        (OTHER, 3),
    ]
    assert [(paid.amount, paid.status) for paid in found[Payment]] == [(order.total, PaymentStatus.PAID)]


@pytest.mark.parametrize(
    ("stock", "short", "left"),
    [({ARTICLE: 3, OTHER: 9}, ARTICLE, 3), ({ARTICLE: 4, OTHER: 0}, OTHER, 0), ({ARTICLE: 4}, OTHER, None)],
)
async def test_what_is_short_is_named_and_nothing_is_written(
    mapper: Mapper, stock: dict[str, int], short: str, left: int | None
) -> None:
    """The refusal has the article as it is in the cart, and what is stored of it."""
    await fill(mapper, stock, {ARTICLE: 4, OTHER: 3})
    with pytest.raises(OutOfStock) as caught:
        await check_out(mapper, await prepared(mapper))
    assert caught.value.wanted.stock_code == short
    assert (caught.value.stock and caught.value.stock.on_hand) == left
    assert await cart_of(mapper) == {ARTICLE: 4, OTHER: 3}
    assert await mapper.get(Order, "W1", consistent=True) is None
    assert {code: await units_of(mapper, code) for code in stock} == stock


@pytest.mark.parametrize("change", [1, -1, None])
async def test_a_cart_that_has_changed_is_not_sold(mapper: Mapper, change: int | None) -> None:
    """Nobody buys what they have not seen: what was added or taken out since stops the checkout."""
    await fill(mapper, {ARTICLE: 10}, {ARTICLE: 4})
    checkout = await prepared(mapper)
    key = CartItem.key("c1", ARTICLE)
    if change is None:
        await mapper.delete(key)
    else:
        await mapper.update(key, CartItem.quantity.add(change))
    with pytest.raises(CartChanged) as caught:
        await check_out(mapper, checkout)
    assert caught.value.article.stock_code == ARTICLE
    assert await units_of(mapper) == 10
    assert await mapper.get(Order, "W1", consistent=True) is None


async def test_a_checkout_that_is_sent_again_finds_its_order(mapper: Mapper) -> None:
    """Nothing is sold twice, also when the order has gone on since."""
    await fill(mapper, {ARTICLE: 10}, {ARTICLE: 4})
    checkout = await prepared(mapper)
    await check_out(mapper, checkout)
    await mapper.update(
        Order.key("W1"),
        Order.status.set(OrderStatus.PACKING),
        given={"shard": checkout.order.shard, "waiting_since": NOW},
    )
    assert await check_out(mapper, checkout) == checkout.order
    assert await units_of(mapper) == 6


async def test_a_lost_reply_sells_once(dynamodb: LocalDynamoDB) -> None:
    """The mapper sends the transaction again under its token, and the stock goes down once."""
    faults = [("TransactWriteItems", DropReply())]
    async with (
        FaultProxy(dynamodb.endpoint_url, faults=faults) as proxy,
        proxy.connect(table_prefix=f"test{next(_numbers)}-") as mapper,
        shop_table(mapper, keep=True),
    ):
        await fill(mapper, {ARTICLE: 10}, {ARTICLE: 4})
        await check_out(mapper, await prepared(mapper))
        assert len([seen for seen in proxy.log if seen.operation == "TransactWriteItems"]) == 2
        assert await units_of(mapper) == 6
        assert await cart_of(mapper) == {}


async def test_a_number_that_is_another_orders_is_refused(mapper: Mapper) -> None:
    """An order of somebody else under the same number is not taken for one's own."""
    await fill(mapper, {ARTICLE: 10}, {ARTICLE: 1}, "c1")
    await fill(mapper, {}, {ARTICLE: 2}, "c2")
    await check_out(mapper, await prepared(mapper, customer_id="c1"))
    with pytest.raises(ItemExists):
        await check_out(mapper, await prepared(mapper, customer_id="c2"))
    assert await cart_of(mapper, "c2") == {ARTICLE: 2}
    assert await units_of(mapper) == 9


async def test_what_has_expired_is_not_sold(mapper: Mapper) -> None:
    """DynamoDB deletes expired items when it comes to it; until then they are not in the cart."""
    await fill(mapper, {ARTICLE: 10, OTHER: 10}, {ARTICLE: 1})
    await mapper.put(in_cart("c1", OTHER, days=-1))
    checkout = await prepared(mapper)
    assert [item.stock_code for item in checkout.cart] == [ARTICLE]


@pytest.mark.parametrize("articles", [0, CART_MAX + 1])
async def test_a_cart_that_fits_no_transaction_is_refused(mapper: Mapper, articles: int) -> None:
    """An empty cart, and one with more articles than a transaction has room for."""
    await fill(mapper, {}, {str(code): 1 for code in range(articles)})
    with pytest.raises(CheckoutError, match=f"this one has {articles}"):
        await prepared(mapper)


async def test_the_largest_cart_is_sold(mapper: Mapper) -> None:
    """So many articles, with the order, its lines and its payment, are a transaction of 99 actions."""
    codes = {str(code): 1 for code in range(CART_MAX)}
    await fill(mapper, codes, codes)
    assert (await check_out(mapper, await prepared(mapper))).units == CART_MAX
    assert await cart_of(mapper) == {}


async def test_a_cancellation_gives_back_what_was_sold(mapper: Mapper) -> None:
    """Once, however often it is asked for; the order leaves the queue, and the payment is paid back."""
    await fill(mapper, {ARTICLE: 10}, {ARTICLE: 4})
    await check_out(mapper, await prepared(mapper))
    cancelled = [await cancel(mapper, "W1") for _ in range(2)]
    assert [order.status for order in cancelled] == [OrderStatus.CANCELLED] * 2
    assert cancelled[0].waiting_since is None
    assert await units_of(mapper) == 10
    assert (await mapper.require(Payment, "W1")).status is PaymentStatus.REFUNDED


async def test_what_is_being_packed_is_not_cancelled(mapper: Mapper) -> None:
    """The refusal has the order; stock and payment stay."""
    await fill(mapper, {ARTICLE: 10}, {ARTICLE: 4})
    order = await check_out(mapper, await prepared(mapper))
    await mapper.update(Order.key("W1"), Order.status.set(OrderStatus.PACKING), given=order)
    with pytest.raises(ConditionalCheckFailed) as caught:
        await cancel(mapper, "W1")
    assert caught.value.item == order.model_copy(update={"status": OrderStatus.PACKING})
    assert await units_of(mapper) == 6
    with pytest.raises(ItemNotFound):
        await cancel(mapper, "W2")


async def test_forty_checkouts_for_twenty_five_units(mapper: Mapper) -> None:
    """Exactly as many succeed as there are units: no stock below zero, no cart touched in vain."""
    await fill(mapper, {ARTICLE: 25}, {})
    buyers = [f"c{number}" for number in range(40)]
    for buyer in buyers:
        await mapper.put(in_cart(buyer))
    checkouts = [await prepared(mapper, f"W{number}", buyer) for number, buyer in enumerate(buyers)]
    outcomes = await asyncio.gather(*(check_out(mapper, one) for one in checkouts), return_exceptions=True)
    sold = [outcome for outcome in outcomes if isinstance(outcome, Order)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, OutOfStock)]
    assert (len(sold), len(refused)) == (25, 15)
    assert await units_of(mapper) == 0
    assert {refusal.stock and refusal.stock.on_hand for refusal in refused} == {0}
    orders = await mapper.scan(Order).consistent().all()
    lines = [line async for part in mapper.scan(OrderLines).consistent() for line in part.lines]
    assert {order.invoice_no for order in orders} == {order.invoice_no for order in sold}
    assert sum(line.quantity for line in lines) == 25
    assert len(await mapper.scan(Payment).consistent().all()) == 25
    with_cart = {buyer for buyer in buyers if await cart_of(mapper, buyer) == {ARTICLE: 1}}
    assert with_cart == set(buyers) - {order.customer_id for order in sold}
