"""Invoice lines -> orders, and on the way customers and products."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final, TypeAlias

from examples.ecommerce.lines import DataError, InvoiceLine
from examples.ecommerce.models import (
    LINES_PER_ITEM,
    Customer,
    Line,
    Order,
    OrderKind,
    OrderLines,
    OrderStatus,
    Product,
    ProductKind,
    shard_of,
)

_ARTICLE: Final = re.compile(r"[0-9]{5}[A-Za-z]{0,2}|DCGS.*|PADS")

Item: TypeAlias = Order | OrderLines | Customer | Product


class Assembler:
    """Makes orders of lines, one day after the other, and keeps account of customers and products.

    In memory are the lines of one day, the invoice numbers so far, and one account for each customer and
    product; so a year of the shop needs no more than its busiest day, 26,000 numbers and 9,000 accounts.

    Args:
        lines_per_item: how many lines an item of `OrderLines` holds.
    """

    def __init__(self, lines_per_item: int = LINES_PER_ITEM) -> None:
        self._lines_per_item = lines_per_item
        self._closed: set[str] = set()
        self._customers: dict[str, _CustomerAccount] = {}
        self._products: dict[str, _ProductAccount] = {}

    def items(self, lines: Iterable[InvoiceLine]) -> Iterator[Item]:
        """Yield everything the lines make: their orders first, then the customers and products.

        Raises:
            DataError: see `orders`.
        """
        yield from self.orders(lines)
        yield from self.customers()
        yield from self.products()

    def orders(self, lines: Iterable[InvoiceLine]) -> Iterator[Order | OrderLines]:
        """Yield a day's orders when its last line has been read; an order's lines come before its head.

        The lines of an invoice may be mixed with those of others, but not spread over days.

        Raises:
            DataError: an invoice whose lines are on several days, or name several customers or countries: it
                would have to be torn apart. The message names file and line.
        """
        day: date | None = None
        open_invoices: dict[str, list[InvoiceLine]] = {}
        for line in lines:
            if line.day != day:
                yield from self._close(open_invoices)
                open_invoices, day = {}, line.day
            if line.invoice_no in self._closed:
                raise DataError(
                    f"{line.where}: invoice {line.invoice_no} has lines on an earlier day already"
                )
            invoice = open_invoices.setdefault(line.invoice_no, [])
            if invoice and (invoice[0].customer_id, invoice[0].country) != (line.customer_id, line.country):
                raise DataError(
                    f"{line.where}: customer or country are not those of the invoice's first line, "
                    f"{invoice[0].where}"
                )
            invoice.append(line)
        yield from self._close(open_invoices)

    def customers(self) -> Iterator[Customer]:
        """The customers of the orders so far."""
        return (account.customer(customer_id) for customer_id, account in self._customers.items())

    def products(self) -> Iterator[Product]:
        """The products of the orders so far."""
        return (account.product(stock_code) for stock_code, account in self._products.items())

    def _close(self, invoices: dict[str, list[InvoiceLine]]) -> Iterator[Order | OrderLines]:
        size = self._lines_per_item
        for invoice_no, lines in invoices.items():
            self._closed.add(invoice_no)
            parts = [lines[start : start + size] for start in range(0, len(lines), size)]
            order = _order(lines, len(parts))
            self._book(order, lines)
            for number, part in enumerate(parts, 1):
                yield OrderLines(
                    invoice_no=invoice_no, part=number, lines=[_line(line, order.placed_at) for line in part]
                )
            yield order

    def _book(self, order: Order, lines: Iterable[InvoiceLine]) -> None:
        if order.customer_id is not None:
            account = self._customers.get(order.customer_id)
            if account is None:
                account = self._customers[order.customer_id] = _CustomerAccount(order.placed_at)
            account.book(order)
        for line in lines:
            self._products.setdefault(line.stock_code, _ProductAccount()).book(line, order.kind)


def _order(lines: list[InvoiceLine], parts: int) -> Order:
    """The head of an invoice."""
    first = lines[0]
    kind = _kind(lines)
    is_sale = kind is OrderKind.SALE
    return Order(
        invoice_no=first.invoice_no,
        kind=kind,
        status=OrderStatus.OPEN if is_sale else OrderStatus.BOOKED,
        customer_id=first.customer_id,
        country=first.country,
        day=first.day,
        placed_at=first.invoiced_at,
        total=sum((line.amount for line in lines), Decimal(0)),
        line_count=len(lines),
        units=sum(line.quantity for line in lines),
        free_lines=sum(line.unit_price == 0 for line in lines),
        parts=parts,
        shard=shard_of(first.invoice_no),
        waiting_since=first.invoiced_at if is_sale else None,
    )


def _line(line: InvoiceLine, placed_at: datetime) -> Line:
    return Line(
        stock_code=line.stock_code,
        description=line.description,
        quantity=line.quantity,
        unit_price=line.unit_price,
        invoiced_at=None if line.invoiced_at == placed_at else line.invoiced_at,
    )


def _kind(lines: list[InvoiceLine]) -> OrderKind:
    """What an invoice is: its number's letter says it, or, without one, whether anybody pays anything."""
    match lines[0].invoice_no[0]:
        case "C":
            return OrderKind.CANCELLATION
        case "A":
            return OrderKind.BAD_DEBT
        case letter if letter.isalpha():
            raise DataError(f"{lines[0].where}: an invoice number with {letter}; known are C and A")
        case _:
            nobody = lines[0].customer_id is None and all(line.unit_price == 0 for line in lines)
            return OrderKind.STOCK_CORRECTION if nobody else OrderKind.SALE


@dataclass(slots=True)
class _CustomerAccount:
    """What is known of a customer so far."""

    first_order_at: datetime
    last_order_at: datetime = field(init=False)
    countries: list[str] = field(default_factory=list[str])
    orders: int = 0
    cancellations: int = 0
    spent: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        self.last_order_at = self.first_order_at

    def book(self, order: Order) -> None:
        if order.placed_at >= self.last_order_at or not self.countries:
            self.last_order_at = order.placed_at
            self.countries = [country for country in self.countries if country != order.country]
            self.countries.append(order.country)
        elif order.country not in self.countries:
            self.countries.insert(0, order.country)
        self.first_order_at = min(self.first_order_at, order.placed_at)
        self.orders += order.kind is OrderKind.SALE
        self.cancellations += order.kind is OrderKind.CANCELLATION
        self.spent += order.total

    def customer(self, customer_id: str) -> Customer:
        return Customer(
            customer_id=customer_id,
            country=self.countries[-1],
            countries=set(self.countries),
            first_order_at=self.first_order_at,
            last_order_at=self.last_order_at,
            orders=self.orders,
            cancellations=self.cancellations,
            spent=self.spent,
        )


@dataclass(slots=True)
class _ProductAccount:
    """What is known of a stock code so far."""

    names: Counter[str] = field(default_factory=Counter[str])
    prices: set[Decimal] = field(default_factory=set[Decimal])
    sold: int = 0
    returned: int = 0
    corrected: int = 0
    revenue: Decimal = Decimal(0)
    line_count: int = 0

    def book(self, line: InvoiceLine, kind: OrderKind) -> None:
        if line.description is not None and line.description.strip():
            self.names[line.description.strip()] += 1
        if line.unit_price > 0:
            self.prices.add(line.unit_price)
        match kind:
            case OrderKind.CANCELLATION:
                self.returned -= line.quantity
            case OrderKind.STOCK_CORRECTION:
                self.corrected += line.quantity
            case _:
                self.sold += line.quantity
        self.revenue += line.amount
        self.line_count += 1

    def product(self, stock_code: str) -> Product:
        name = self.names.most_common(1)[0][0] if self.names else None
        return Product(
            stock_code=stock_code,
            kind=_product_kind(stock_code),
            name=name,
            other_names=set(self.names) - {name},
            lowest_price=min(self.prices, default=None),
            highest_price=max(self.prices, default=None),
            sold=self.sold,
            returned=self.returned,
            corrected=self.corrected,
            revenue=self.revenue,
            line_count=self.line_count,
        )


def _product_kind(stock_code: str) -> ProductKind:
    if stock_code.startswith("gift_"):
        return ProductKind.VOUCHER
    return ProductKind.ARTICLE if _ARTICLE.fullmatch(stock_code) else ProductKind.CHARGE
