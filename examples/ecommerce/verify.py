"""The proof that nothing was lost: what DynamoDB holds, against what the CSV files say.

Both sides are counted here, and share nothing on the way: the files are read with the csv module alone, not
by `source` and `assemble`, and the table by scanning it from end to end. The fingerprint goes over all
eight columns of every line, so a wrong time or a missing space shows as well.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal, Inexact, localcontext
from hashlib import blake2b
from pathlib import Path
from typing import Final

from ddbmodel import Mapper
from examples.ecommerce.days import Days
from examples.ecommerce.lines import shop_zone
from examples.ecommerce.models import WEB_LETTER, Customer, Order, OrderLines, Product

_SEGMENTS: Final = 4
# More digits than any sum here has; were they too few, the trap for inexact results would tell.
_DIGITS: Final = 60
_FINGERPRINT_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Tally:
    """What must be the same on both sides.

    Attributes:
        revenue: the sum of quantity times unit price, exact.
        fingerprint: equal for equal lines in any order.
    """

    lines: int
    invoices: frozenset[str]
    customers: frozenset[str]
    products: frozenset[str]
    units: int
    anonymous_lines: int
    returned_lines: int
    free_lines: int
    revenue: Decimal
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Check:
    """One figure of the proof, as it is shown, and whether both sides agree."""

    name: str
    in_files: str
    in_table: str
    holds: bool


def compare(in_files: Tally, in_table: Tally) -> list[Check]:
    """Set two tallies side by side. Sets are shown by their size, and hold if their members are the same."""
    checks: list[Check] = []
    for part in fields(Tally):
        one, other = getattr(in_files, part.name), getattr(in_table, part.name)
        checks.append(Check(part.name.replace("_", " "), _shown(one), _shown(other), one == other))
    return checks


def _shown(figure: int | Decimal | str | frozenset[str]) -> str:
    if isinstance(figure, frozenset):
        return f"{len(figure):,}"
    return figure if isinstance(figure, str) else f"{figure:,}"


@dataclass(frozen=True, slots=True)
class _Fact:
    """One line, in the form that both sides are brought to."""

    invoice_no: str
    stock_code: str
    description: str
    quantity: int
    invoiced_at: str
    unit_price: Decimal
    customer_id: str
    country: str

    def digest(self) -> int:
        price = f"{(self.unit_price + 0).normalize():f}"  # the sum has no negative zero
        cells = [self.invoice_no, self.stock_code, self.description, str(self.quantity)]
        cells += [self.invoiced_at, price, self.customer_id, self.country]
        return int.from_bytes(blake2b("\x1f".join(cells).encode(), digest_size=_FINGERPRINT_BYTES).digest())


class _Ledger:
    """Adds up lines, one by one."""

    def __init__(self) -> None:
        self.invoices: set[str] = set()
        self.customers: set[str] = set()
        self.products: set[str] = set()
        self._lines = self._units = self._anonymous = self._returned = self._free = self._digests = 0
        self._revenue = Decimal(0)

    def add(self, facts: Iterable[_Fact]) -> None:
        with localcontext(prec=_DIGITS) as context:
            context.traps[Inexact] = True
            for fact in facts:
                self._lines += 1
                self._units += fact.quantity
                self._anonymous += not fact.customer_id
                self._returned += fact.quantity < 0
                self._free += fact.unit_price == 0
                self._revenue += fact.quantity * fact.unit_price
                self._digests += fact.digest()

    def tally(self) -> Tally:
        return Tally(
            lines=self._lines,
            invoices=frozenset(self.invoices),
            customers=frozenset(self.customers),
            products=frozenset(self.products),
            units=self._units,
            anonymous_lines=self._anonymous,
            returned_lines=self._returned,
            free_lines=self._free,
            revenue=self._revenue,
            fingerprint=f"{self._digests % 256**_FINGERPRINT_BYTES:032x}",
        )


def tally_files(files: Sequence[Path], days: Days) -> Tally:
    """Count the CSV files of some days.

    Days are taken by the calendar: the first three are the three earliest in all of the files, wherever they
    stand.
    """
    wanted = {day.isoformat() for day in days.only} or set(sorted(set(_days(files)))[: days.first])
    ledger = _Ledger()
    for fact in _facts_of_files(files, wanted):
        ledger.invoices.add(fact.invoice_no)
        ledger.products.add(fact.stock_code)
        if fact.customer_id:
            ledger.customers.add(fact.customer_id)
        ledger.add([fact])
    return ledger.tally()


async def tally_table(mapper: Mapper) -> Tally:
    """Count what the table holds of the source: all but the orders that came from the web shop.

    Cost: reads the table once for each of the four entities, strongly consistent. Memory: all heads of
    orders, since lines leave it to them who bought and when.
    """
    ledger = _Ledger()
    orders: dict[str, Order] = {}
    async for order in mapper.scan(Order, segments=_SEGMENTS).consistent():
        if not order.invoice_no.startswith(WEB_LETTER):
            orders[order.invoice_no] = order
    ledger.invoices.update(orders)
    async for part in mapper.scan(OrderLines, segments=_SEGMENTS).consistent():
        if part.invoice_no in orders:  # lines without a head are lost: nobody knows whose they are
            ledger.add(_facts_of_lines(orders[part.invoice_no], part))
    async for customer in mapper.scan(Customer, segments=_SEGMENTS).consistent():
        ledger.customers.add(customer.customer_id)
    async for product in mapper.scan(Product, segments=_SEGMENTS).consistent():
        ledger.products.add(product.stock_code)
    return ledger.tally()


def _tables(files: Iterable[Path]) -> Iterator[tuple[dict[str, int], Iterator[list[str]]]]:
    """Each file's columns by name, and its rows."""
    for file in files:
        with file.open(encoding="utf-8-sig", newline="") as text:
            rows = csv.reader(text)
            yield {name: position for position, name in enumerate(next(rows))}, rows


def _days(files: Iterable[Path]) -> Iterator[str]:
    for column, rows in _tables(files):
        date = column["InvoiceDate"]
        yield from (row[date][:10] for row in rows)


def _facts_of_files(files: Iterable[Path], days: set[str]) -> Iterator[_Fact]:
    for column, rows in _tables(files):
        date = column["InvoiceDate"]
        for row in rows:
            if row[date][:10] in days:
                yield _fact_of_row({name: row[position] for name, position in column.items()})


def _fact_of_row(row: dict[str, str]) -> _Fact:
    return _Fact(
        invoice_no=row["InvoiceNo"],
        stock_code=row["StockCode"],
        description=row["Description"],
        quantity=int(row["Quantity"]),
        invoiced_at=row["InvoiceDate"] if row["InvoiceDate"].count(":") == 2 else f"{row['InvoiceDate']}:00",
        unit_price=Decimal(row["UnitPrice"]),
        customer_id=row["CustomerID"].removesuffix(".0"),
        country=row["Country"],
    )


def _facts_of_lines(order: Order, part: OrderLines) -> Iterator[_Fact]:
    zone = shop_zone()
    for line in part.lines:
        invoiced_at = (line.invoiced_at or order.placed_at).astimezone(zone)
        yield _Fact(
            invoice_no=order.invoice_no,
            stock_code=line.stock_code,
            description=line.description or "",
            quantity=line.quantity,
            invoiced_at=f"{invoiced_at:%Y-%m-%d %H:%M:%S}",
            unit_price=line.unit_price,
            customer_id=order.customer_id or "",
            country=order.country,
        )
