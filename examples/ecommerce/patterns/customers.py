"""Customers and their accounts."""

# ruff: noqa: ARG001 - all patterns are called alike, and not all need to know a key

from __future__ import annotations

import asyncio
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Final

from ddbmodel import Mapper, UniqueViolation
from examples.ecommerce.landmarks import Landmarks
from examples.ecommerce.lines import shop_zone
from examples.ecommerce.models import Account, CartItem, Customer, Order
from examples.ecommerce.pattern import Pattern, collect

PATTERNS: Final[list[Pattern]] = []


@collect(
    PATTERNS,
    "table: CUSTOMER#customer_id, ACCOUNT; and a guard of the e-mail",
    "4 WU (two items in a transaction), 1 for gsi1",
)
async def register(mapper: Mapper, known: Landmarks) -> list[str]:
    """Open an account; a second one with the same e-mail is refused."""
    results: list[str] = []
    for customer_id, name in ((known.customer_id, "Ada"), ("newcomer", "Eve")):
        try:
            await mapper.create(Account(customer_id=customer_id, email="ada@example.com", name=name))
            results.append(f"{name} has an account")
        except UniqueViolation as refusal:
            results.append(f"{name} is refused: {refusal.field} is taken")
    return results


@collect(
    PATTERNS,
    "table: CUSTOMER#customer_id, ACCOUNT; and both guards",
    "6 WU (three items in a transaction), 2 for gsi1, 1.5 RU",
)
async def change_email(mapper: Mapper, known: Landmarks) -> list[str]:
    """Change an e-mail, which leaves the old one to others."""
    account = await mapper.require(Account, known.customer_id)
    account.email = "countess@example.com"
    await mapper.save(account)
    await mapper.create(Account(customer_id="newcomer", email="ada@example.com", name="Eve"))
    return [f"Ada is {account.email} in revision {account.revision}", "Eve is ada@example.com"]


@collect(PATTERNS, "gsi1: EMAIL#email, ACCOUNT", "0.5 RU")
async def sign_in(mapper: Mapper, known: Landmarks) -> Account | None:
    """Find the account of an e-mail."""
    return await mapper.query(Account).where(Account.email == "countess@example.com").first()


@collect(
    PATTERNS,
    "table: CUSTOMER#customer_id, ACCOUNT; condition on the version",
    "1 RU and 1 WU for each try, 1 WU for gsi1",
)
async def edit_account(mapper: Mapper, known: Landmarks) -> Account:
    """Edit an account in two windows at the same time: the slower one reads it again, and both edits stay."""
    key = Account.key(known.customer_id)

    async def edit(**changes: object) -> None:
        await mapper.retry_on_conflict(key, lambda account: vars(account).update(changes))

    await asyncio.gather(edit(name="Ada Lovelace"), edit(newsletter=True))
    return await mapper.require(key, consistent=True)


@collect(PATTERNS, "table: CUSTOMER#customer_id, PROFILE", "0.5 RU")
async def a_customer(mapper: Mapper, known: Landmarks) -> Customer | None:
    """What a customer's invoices add up to."""
    return await mapper.get(Customer, known.customer_id)


@collect(PATTERNS, "table: CUSTOMER#customer_id", "0.5 RU for each 4 KB of all three together")
async def customer_page(mapper: Mapper, known: Landmarks) -> list[Customer | Account | CartItem]:
    """A customer's profile, account and cart in one request."""
    query = mapper.query(Customer, Account, CartItem).where(Customer.customer_id == known.customer_id)
    return await query.all()


@collect(PATTERNS, "gsi1: CUSTOMER#customer_id, backward", "0.5 RU for each 4 KB: about ten orders")
async def customer_with_orders(mapper: Mapper, known: Landmarks) -> str:
    """A customer's profile and latest orders in one request, grouped."""
    query = mapper.query(Customer, Order).where(Customer.customer_id == known.customer_id)
    # Backward, PROFILE comes before all that begins with ORDER#, and the latest order before the others.
    found = await query.using(Customer.with_orders).reverse().limit(1 + 20).grouped()
    (customer,), orders = found[Customer], found[Order]
    return f"customer {customer.customer_id} of {customer.country}, {len(orders)} latest orders"


@collect(
    PATTERNS,
    "gsi1: CUSTOMER#customer_id, ORDER#placed_at# from a moment on, backward",
    "0.5 RU for each 4 KB",
)
async def orders_of_a_customer(mapper: Mapper, known: Landmarks) -> list[Order]:
    """The orders of a customer since a moment, latest first."""
    since = datetime.combine(known.day, time(), shop_zone()) - timedelta(days=7)
    query = mapper.query(Order).where(Order.customer_id == known.customer_id, Order.placed_at >= since)
    return await query.reverse().all()


@collect(PATTERNS, "gsi2: COUNTRY#country, spent, backward", "0.5 RU for 4 KB of the index's entries")
async def best_customers(mapper: Mapper, known: Landmarks) -> list[tuple[str, Decimal]]:
    """The customers of a country, those who spent most first."""
    query = mapper.query(Customer).where(Customer.country == known.country).reverse().limit(10)
    return await query.select(Customer.customer_id, Customer.spent).all()
