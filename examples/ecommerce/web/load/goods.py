"""What there is to buy: many articles of which there is enough, and one of which there is not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from ddbmodel import Mapper
from examples.ecommerce.models import Customer, Listing, Product, ProductKind, Stock

HOT: Final = "HOT"
ARTICLES: Final = tuple(f"A{number:02d}" for number in range(40))
_PRICE: Final = Decimal("2.50")
_SINCE: Final = datetime(2011, 10, 24, 9, tzinfo=UTC)
# No customer can buy as many in any run, so of these there is always enough.
_ENOUGH: Final = 1_000_000


def units_on_hand(users: int) -> dict[str, int]:
    """How many there are of each: of the hot one, an eighth of what the customers are."""
    return {HOT: max(1, users // 8), **dict.fromkeys(ARTICLES, _ENOUGH)}


def customer_number(user: int) -> str:
    """The customer's number of a user of the load."""
    return f"load{user:05d}"


async def stock_up(mapper: Mapper, users: int, units: Mapping[str, int]) -> None:
    """Write the customers, and the articles with their stock and their prices."""
    async with mapper.batch_writer() as writer:
        for code, on_hand in units.items():
            await writer.put(Stock(stock_code=code, on_hand=on_hand))
            await writer.put(_product(code))
        for user in range(users):
            await writer.put(_customer(customer_number(user)))
    for code in units:  # a listing has a version, so it is created by itself
        await mapper.create(Listing(stock_code=code, title=f"Article {code}", price=_PRICE))


def _product(code: str) -> Product:
    return Product(
        stock_code=code,
        kind=ProductKind.ARTICLE,
        name=f"ARTICLE {code}",
        sold=1,
        returned=0,
        corrected=0,
        revenue=_PRICE,
        line_count=1,
    )


def _customer(number: str) -> Customer:
    return Customer(
        customer_id=number,
        country="France",
        countries={"France"},
        first_order_at=_SINCE,
        last_order_at=_SINCE,
        orders=0,
        cancellations=0,
        spent=Decimal(0),
    )
