"""What a customer does: a cart, an account, a checkout that sells once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from ddbmodel import ItemExists, Mapper
from examples.ecommerce.checkout import CheckoutError, check_out, prepare
from examples.ecommerce.models import Account, CartItem, Customer, Order, Product
from examples.ecommerce.web.pages.shelf import Offer, entry_of, offers

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
    query = mapper.query(CartItem).where(CartItem.customer_id == customer_id)
    items = await query.consistent().hide_expired().all()
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


async def buy(mapper: Mapper, customer: Customer, invoice_no: str) -> Order:
    """Check out the cart under the number that the form brought; sent again, it finds the order there.

    Raises:
        CheckoutError: there is too little of an article, or the cart was changed or is empty.
    """
    there = await _order_of(mapper, customer, invoice_no)
    if there is not None:
        return there
    try:
        return await check_out(mapper, await prepare(mapper, customer, invoice_no, datetime.now(UTC)))
    except (CheckoutError, ItemExists):
        # The form may have come twice at once, and its twin have bought what was in the cart.
        there = await _order_of(mapper, customer, invoice_no)
        if there is None:
            raise
        return there


async def _order_of(mapper: Mapper, customer: Customer, invoice_no: str) -> Order | None:
    found = await mapper.get(Order, invoice_no, consistent=True)
    return found if found is not None and found.customer_id == customer.customer_id else None
