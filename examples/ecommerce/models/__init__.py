"""models: what the shop keeps, all of it in one table.

    table       the table with its three indexes
    customers   Customer, Account, CartItem
    products    Product, Listing, Stock
    orders      Order, OrderLines, Payment, Shipment, and the parts Line and Address

The README draws the keys. Amounts are exact decimals in pounds sterling, times are aware.

What the shop's invoices say is kept by `Order`, `OrderLines`, `Customer` and `Product`. They come in bulk,
through a batch writer, whose writes have no conditions; so they have no version and no unique field. What is
edited by hand has a version, and is a small item of its own: `Account`, `Listing`, `Shipment`. What is
counted (`Stock`, `CartItem`) needs none: its writes are additions under a condition.

Belongs here: fields, keys, and what a value says of itself. Does not belong here: requests.
"""

from __future__ import annotations

from typing import Final

from ddbmodel import Model
from examples.ecommerce.models.customers import Account, CartItem, Customer, Email
from examples.ecommerce.models.orders import (
    LINES_PER_ITEM,
    QUEUE_SHARDS,
    WEB_LETTER,
    Address,
    Line,
    Order,
    OrderKind,
    OrderLines,
    OrderStatus,
    Payment,
    PaymentStatus,
    Shipment,
    shard_of,
)
from examples.ecommerce.models.products import WAREHOUSE, Listing, Product, ProductKind, Stock
from examples.ecommerce.models.table import shop

ENTITIES: Final[tuple[type[Model], ...]] = (
    Customer,
    Account,
    CartItem,
    Product,
    Listing,
    Stock,
    Order,
    OrderLines,
    Payment,
    Shipment,
)

__all__ = [
    "ENTITIES",
    "LINES_PER_ITEM",
    "QUEUE_SHARDS",
    "WAREHOUSE",
    "WEB_LETTER",
    "Account",
    "Address",
    "CartItem",
    "Customer",
    "Email",
    "Line",
    "Listing",
    "Order",
    "OrderKind",
    "OrderLines",
    "OrderStatus",
    "Payment",
    "PaymentStatus",
    "Product",
    "ProductKind",
    "Shipment",
    "Stock",
    "shard_of",
    "shop",
]
