"""Customers: what the invoices tell of them, their accounts, and what is in their carts."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, TypeAlias

from pydantic import StringConstraints

from ddbmodel import Attr, Key, Model, created_at, field, ttl, updated_at, version
from examples.ecommerce.models.table import now, shop

# Small letters only, so that nobody gets a second account by writing an address in another way.
Email: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[^@\sA-Z]+@[^@\sA-Z]+$", max_length=254)]


class Customer(Model, table=shop, entity="customer"):
    """A customer whom the shop knows by number: what the invoices add up to.

    Attributes:
        country: of the latest order; `countries` are all of them.
        orders, cancellations: how many of each.
        spent: the sum of the orders, cancellations taken off.
    """

    customer_id: Attr[str]
    country: Attr[str]
    countries: Attr[set[str]]
    first_order_at: Attr[datetime]
    last_order_at: Attr[datetime]
    orders: Attr[int]
    cancellations: Attr[int]
    spent: Attr[Decimal] = field(attribute="rank")

    primary = Key(partition="CUSTOMER#{customer_id}", sort="PROFILE")
    with_orders = Key("gsi1", partition="CUSTOMER#{customer_id}", sort="PROFILE")
    by_country = Key("gsi2", partition="COUNTRY#{country}")


class Account(Model, table=shop, entity="account"):
    """A customer's access to the web shop.

    Attributes:
        email: no two accounts have the same.
        revision: counts the edits, so that none is lost to another one.
    """

    customer_id: Attr[str]
    email: Attr[Email] = field(unique=True)
    name: Attr[str] = field(min_length=1, max_length=100)
    newsletter: Attr[bool] = field(default=False)
    revision: Attr[int] = version(default=0)
    created: Attr[datetime] = created_at(default_factory=now)
    updated: Attr[datetime] = updated_at(default_factory=now)

    primary = Key(partition="CUSTOMER#{customer_id}", sort="ACCOUNT")
    by_email = Key("gsi1", partition="EMAIL#{email}", sort="ACCOUNT")


class CartItem(Model, table=shop, entity="cart item"):
    """One article in a cart. Each is an item, so that two browser windows do not get into each other's way.

    Attributes:
        unit_price: what the shop asked when the article was put in; it is what the customer will pay.
        expires_at: a month after it was touched last; what has expired is neither shown nor sold.
    """

    customer_id: Attr[str]
    stock_code: Attr[str]
    quantity: Attr[int] = field(ge=1)
    unit_price: Attr[Decimal] = field(ge=0)
    expires_at: Attr[datetime] = ttl()

    primary = Key(partition="CUSTOMER#{customer_id}", sort="CART#{stock_code}")
