"""Which customer, day, order and product the access patterns are shown with: ones worth looking at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from examples.ecommerce.assemble import Item
from examples.ecommerce.lines import DataError
from examples.ecommerce.models import Customer, Order, OrderKind, Product, ProductKind

# An order that fits a screen and a batch, and is worth looking at. Both are arbitrary.
_FEW_LINES: Final = 4
_MANY_LINES: Final = 30


@dataclass(frozen=True, slots=True)
class Landmarks:
    """Keys of things that are in the table.

    Attributes:
        customer_id: the customer with the most invoices.
        country: the country abroad with the most customers; the home country if there is no other.
        day: the day with the most cancellations and sales to unknown customers.
        invoice_no: a sale to a known customer, of a few lines.
        stock_code: the article that was sold most.
        other_stock_code: the article that was sold most after it.
    """

    customer_id: str
    country: str
    day: date
    invoice_no: str
    stock_code: str
    other_stock_code: str


class Scout:
    """Looks at items on their way into the table."""

    def __init__(self) -> None:
        self._days: Counter[date] = Counter()
        self._countries: Counter[str] = Counter()
        self._sale: Order | None = None
        self._customer: Customer | None = None
        self._best: list[Product] = []

    def watch(self, items: Iterable[Item]) -> Iterator[Item]:
        """Pass the items on."""
        for item in items:
            match item:
                case Order():
                    self._see_order(item)
                case Customer():
                    self._see_customer(item)
                case Product(kind=ProductKind.ARTICLE):
                    self._best = sorted([*self._best, item], key=lambda product: -product.sold)[:2]
                case _:
                    pass
            yield item

    def landmarks(self) -> Landmarks:
        """What was found.

        Raises:
            DataError: the days hold no sale to a known customer, or only one article.
        """
        if self._sale is None or self._customer is None:
            raise DataError("the access patterns need a sale to a known customer, and these days have none")
        if len(self._best) < 2:
            raise DataError("the access patterns need two articles, and these days have fewer")
        abroad = [country for country, _ in self._countries.most_common() if country != "United Kingdom"]
        return Landmarks(
            customer_id=self._customer.customer_id,
            country=abroad[0] if abroad else self._customer.country,
            day=self._days.most_common(1)[0][0],
            invoice_no=self._sale.invoice_no,
            stock_code=self._best[0].stock_code,
            other_stock_code=self._best[1].stock_code,
        )

    def _see_order(self, order: Order) -> None:
        worth = order.kind is OrderKind.CANCELLATION or (
            order.kind is OrderKind.SALE and not order.customer_id
        )
        self._days[order.day] += worth
        if order.kind is OrderKind.SALE and order.customer_id is not None and self._is_better(order):
            self._sale = order

    def _is_better(self, order: Order) -> bool:
        """The first sale there is, until one comes that has the right size."""
        if self._sale is None:
            return True
        fits = _FEW_LINES <= order.line_count <= _MANY_LINES
        return fits and not _FEW_LINES <= self._sale.line_count <= _MANY_LINES

    def _see_customer(self, customer: Customer) -> None:
        self._countries[customer.country] += 1
        if self._customer is None or _invoices(customer) > _invoices(self._customer):
            self._customer = customer


def _invoices(customer: Customer) -> int:
    return customer.orders + customer.cancellations
