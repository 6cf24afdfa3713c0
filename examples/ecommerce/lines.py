"""One line of an invoice, and how a CSV row becomes one: strictly, or with an error that says where."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

COLUMNS: Final = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)

_INVOICE_NO: Final = re.compile(r"[A-Z]?[0-9]{1,12}")
_INTEGER: Final = re.compile(r"-?[0-9]{1,9}")
_PRICE: Final = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,6})?")
_CUSTOMER: Final = re.compile(r"([0-9]{1,9})(?:\.0)?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}(?::[0-9]{2})?")
# What `models` counts on: so many lines of such texts fit into an item.
_TEXT_BYTES: Final = 200


class DataError(Exception):
    """The data cannot be read without guessing. The message names file and line, and what to do."""


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line of an invoice, as the shop recorded it.

    Attributes:
        where: `file:line`, for messages.
        description: as it was typed, spaces at its ends included; None where nothing was typed.
        quantity: units; negative when goods come back or are written off.
        invoiced_at: aware, in the shop's time zone.
        unit_price: pounds sterling; zero for what is given away, negative for a bad debt.
        customer_id: None where the shop did not know the customer.
    """

    where: str
    invoice_no: str
    stock_code: str
    description: str | None
    quantity: int
    invoiced_at: datetime
    unit_price: Decimal
    customer_id: str | None
    country: str

    @property
    def day(self) -> date:
        """The day in the shop's time zone."""
        return self.invoiced_at.date()

    @property
    def amount(self) -> Decimal:
        """Quantity times unit price, exact."""
        return self.quantity * self.unit_price


@cache
def shop_zone() -> ZoneInfo:
    """The shop's time zone, Europe/London.

    The data set has times without a zone, and its shop is British, so they are read as British local time.
    The hour that the end of summer time repeats is read as its first pass; the shop is closed then.

    Raises:
        DataError: the machine has no time zone database. Reading the times as UTC would be an hour wrong in
            summer, so nothing is guessed.
    """
    try:
        return ZoneInfo("Europe/London")
    except ZoneInfoNotFoundError:
        raise DataError(
            "no time zone database on this machine, so local times cannot be placed: "
            "pip install 'ddbmodel[examples]', or tzdata"
        ) from None


def check_header(cells: Sequence[str], where: str) -> None:
    """Refuse a file whose columns are not the data set's."""
    if tuple(cells) != COLUMNS:
        raise DataError(
            f"{where}: the columns are not {','.join(COLUMNS)}; is this the Online Retail data set?"
        )


def parse_row(cells: Sequence[str], where: str) -> InvoiceLine:
    """Make an invoice line of a CSV row.

    Args:
        cells: the eight texts, in the order of `COLUMNS`.
        where: `file:line`, for the message and the line.

    Raises:
        DataError: a cell that is missing or not of its column's form.
    """
    if len(cells) != len(COLUMNS):
        raise DataError(
            f"{where}: {len(cells)} cells where {len(COLUMNS)} belong; is a comma or quote missing?"
        )
    invoice_no, stock_code, description, quantity, invoiced_at, unit_price, customer_id, country = cells
    return InvoiceLine(
        where=where,
        invoice_no=_matching(_INVOICE_NO, invoice_no, "InvoiceNo", where),
        stock_code=_text(stock_code, "StockCode", where),
        description=_text(description, "Description", where) if description else None,
        quantity=int(_matching(_INTEGER, quantity, "Quantity", where)),
        invoiced_at=_time(invoiced_at, where),
        unit_price=Decimal(_matching(_PRICE, unit_price, "UnitPrice", where)),
        customer_id=_customer(customer_id, where),
        country=_text(country, "Country", where),
    )


_FORMS: Final = {
    "InvoiceNo": "digits, or one capital letter and digits",
    "Quantity": "a whole number",
    "UnitPrice": "a decimal number with at most six places, such as 2.55",
    "CustomerID": "digits, with or without .0, or nothing",
    "InvoiceDate": "a date and time such as 2010-12-01 08:26:00",
}


def _refused(column: str, where: str) -> DataError:
    return DataError(f"{where}: column {column} is not {_FORMS[column]}")


def _matching(form: re.Pattern[str], text: str, column: str, where: str) -> str:
    if not form.fullmatch(text):
        raise _refused(column, where)
    return text


def _text(text: str, column: str, where: str) -> str:
    size_bytes = len(text.encode())
    if not 1 <= size_bytes <= _TEXT_BYTES:
        raise DataError(f"{where}: column {column} has {size_bytes} bytes, 1 to {_TEXT_BYTES} are possible")
    return text


def _customer(text: str, where: str) -> str | None:
    """The customer's number without the `.0` that a spreadsheet's export leaves behind."""
    if not text:
        return None
    match = _CUSTOMER.fullmatch(text)
    if match is None:
        raise _refused("CustomerID", where)
    return match[1]


def _time(text: str, where: str) -> datetime:
    try:
        return datetime.fromisoformat(_matching(_DATE, text, "InvoiceDate", where)).replace(
            tzinfo=shop_zone()
        )
    except ValueError:
        raise _refused("InvoiceDate", where) from None
