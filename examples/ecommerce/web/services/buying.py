"""What a customer does: a cart, an account, a checkout that sells once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from ddbmodel import ItemExists, Mapper
from examples.ecommerce.checkout import Checkout, CheckoutError, cart_of, check_out, prepare
from examples.ecommerce.models import Account, CartItem, Customer, Order, Product
from examples.ecommerce.web.services.opened import Services
from examples.ecommerce.web.services.orders import order_of
from examples.ecommerce.web.services.shelf import Offer, entry_of, offers

_KEPT_FOR: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class CartRow:
    """An article in a cart, with what is on offer of it."""

    item: CartItem
    offer: Offer

    @property
    def amount(self) -> Decimal:
        """Quantity times price."""
        return self.item.quantity * self.item.unit_price

    @property
    def is_short(self) -> bool:
        """True if there are fewer than wanted."""
        return self.item.quantity > self.offer.on_hand


async def cart_rows(mapper: Mapper, customer_id: str) -> list[CartRow]:
    """What is in a cart."""
    items = await cart_of(mapper, customer_id)
    products = await mapper.batch_get(Product, [item.stock_code for item in items])
    entries = [
        entry_of(item.stock_code, product.name if product else None)
        for item, product in zip(items, products, strict=True)
    ]
    return [CartRow(item, offer) for item, offer in zip(items, await offers(mapper, entries), strict=True)]


async def add_to_cart(mapper: Mapper, customer_id: str, offer: Offer, quantity: int) -> None:
    """Add units of an article, at the price that the page showed; what is in the cart keeps its price."""
    assert offer.price is not None, "the page offers no cart without a price"
    await mapper.update(
        CartItem.key(customer_id, offer.entry.stock_code),
        CartItem.quantity.add(quantity),
        CartItem.unit_price.set_if_not_exists(offer.price),
        CartItem.expires_at.set(datetime.now(UTC) + _KEPT_FOR),
        upsert=True,
    )


async def put_into_cart(mapper: Mapper, customer_id: str, offer: Offer, quantity: int) -> CartItem:
    """Want so many units of an article, at the price of today. Done twice, it does the same."""
    assert offer.price is not None, "what has no price is not offered"
    item = CartItem(
        customer_id=customer_id,
        stock_code=offer.entry.stock_code,
        quantity=quantity,
        unit_price=offer.price,
        expires_at=datetime.now(UTC).replace(microsecond=0) + _KEPT_FOR,  # a ttl is stored in whole seconds
    )
    await mapper.put(item)
    return item


async def set_quantity(mapper: Mapper, customer_id: str, stock_code: str, quantity: int) -> None:
    """Change how many are wanted; none takes the article out of the cart."""
    key = CartItem.key(customer_id, stock_code)
    if quantity < 1:
        await mapper.delete(key)
        return
    await mapper.update(key, CartItem.quantity.set(quantity), when=CartItem.quantity.exists())


async def open_account(mapper: Mapper, customer_id: str, email: str, name: str, country: str) -> Account:
    """Make a visitor a customer, who keeps his cart.

    Raises:
        UniqueViolation: another account has this e-mail.
    """
    now = datetime.now(UTC)
    account = Account(customer_id=customer_id, email=email.strip().lower(), name=name.strip())
    await mapper.create(account)
    await mapper.put(
        Customer(
            customer_id=customer_id,
            country=country,
            countries={country},
            first_order_at=now,
            last_order_at=now,
            orders=0,
            cancellations=0,
            spent=Decimal(0),
        )
    )
    return account


async def account_of(mapper: Mapper, email: str) -> Account | None:
    """The account of an e-mail."""
    return await mapper.query(Account).where(Account.email == email.strip().lower()).first()


async def take_cart_along(mapper: Mapper, visitor_id: str, customer_id: str) -> None:
    """Move what a visitor chose into the cart of the account that he signed in to."""
    for row in await cart_rows(mapper, visitor_id):
        if row.offer.price is not None:
            await add_to_cart(mapper, customer_id, row.offer, row.item.quantity)
        await mapper.delete(row.item)


async def buy(services: Services, customer_id: str, invoice_no: str, total: Decimal) -> Order:
    """Check out a cart under an order's number, once: sent again, it finds the order that is there.

    Args:
        services: which bound how many buy at once.
        customer_id: whose cart it is.
        invoice_no: made by whoever asks, before the first try.
        total: what the customer agreed to pay.

    Raises:
        HTTPException: 503, too many buy at this moment. Nothing was bought.
        CheckoutError: there is too little of an article, or the cart was changed, costs something else or is
            empty. Nothing was bought.
        ItemExists: the number is that of another's order. Nothing was bought.
    """
    mapper = services.mapper
    async with services.checkouts.enter():
        done = await order_of(mapper, customer_id, invoice_no)
        if done is not None:
            return done
        customer = await mapper.require(Customer, customer_id)
        try:
            checkout = await prepare(mapper, customer, invoice_no, datetime.now(UTC))
            _agree(checkout, total)
            return await check_out(mapper, checkout)
        except (CheckoutError, ItemExists):
            # The same may have come twice at once, and its twin have bought what was in the cart.
            done = await order_of(mapper, customer_id, invoice_no)
            if done is None:
                raise
            return done


def _agree(checkout: Checkout, total: Decimal) -> None:
    """Refuse to sell for another amount than the customer saw."""
    if checkout.order.total != total:
        raise CheckoutError(f"the cart costs {checkout.order.total} by now")
