"""CSV files -> invoice lines, one after the other."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from pathlib import Path
from typing import Final

from examples.ecommerce.days import ALL_DAYS, Days
from examples.ecommerce.lines import COLUMNS, DataError, InvoiceLine, check_header, parse_row
from examples.ecommerce.models import LINES_PER_ITEM

_DATE_COLUMN: Final = COLUMNS.index("InvoiceDate")


def read_lines(files: Iterable[Path], days: Days = ALL_DAYS) -> Iterator[InvoiceLine]:
    """Read the invoice lines of some days, file after file. Nothing is skipped, repaired or kept in memory.

    Raises:
        DataError: a file that is not UTF-8 or not CSV, other columns, a row that is not an invoice line, or
        days
            that go backwards where only the first ones are asked for. The message names file and line.
    """
    every_line = (line for file in files for line in _lines_of(file, days))
    ordered = _in_order(every_line) if days.first is not None else every_line
    return days.take(ordered, lambda line: line.day)


@dataclass(frozen=True, slots=True)
class Survey:
    """What will be written. `items` is the number of orders, their parts, customers and products together."""

    lines: int
    invoices: int
    items: int


def survey_lines(lines: Iterable[InvoiceLine]) -> Survey:
    """Read all lines once, before anything is written: bad data is found, and progress knows its end.

    Raises:
        DataError: see `read_lines`.
    """
    invoices: Counter[str] = Counter()
    customers: set[str] = set()
    products: set[str] = set()
    for line in lines:
        invoices[line.invoice_no] += 1
        products.add(line.stock_code)
        if line.customer_id is not None:
            customers.add(line.customer_id)
    parts = sum(ceil(lines / LINES_PER_ITEM) for lines in invoices.values())
    items = len(invoices) + parts + len(customers) + len(products)
    return Survey(invoices.total(), len(invoices), items)


def _lines_of(file: Path, days: Days) -> Iterator[InvoiceLine]:
    rows = _rows_of(file)
    no_header: tuple[int, list[str]] = (1, [])
    number, header = next(rows, no_header)
    check_header(header, f"{file.name}:{number}")
    for number, cells in rows:
        if not days.only or _may_be_of(cells, days):
            yield parse_row(cells, f"{file.name}:{number}")


def _may_be_of(cells: Sequence[str], days: Days) -> bool:
    """False for a row that is certainly of another day: to parse half a million of them takes long."""
    if len(cells) != len(COLUMNS):
        return True
    try:
        return date.fromisoformat(cells[_DATE_COLUMN][:10]) in days.only
    except ValueError:
        return True


def _rows_of(file: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file, each with the number of its first line."""
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = csv.reader(text, strict=True)
        while True:
            number = rows.line_num + 1
            try:
                cells = next(rows)
            except StopIteration:
                return
            except UnicodeDecodeError:
                raise DataError(_not_utf8(file)) from None
            except csv.Error as error:
                raise DataError(f"{file.name}:{number}: not CSV: {error}") from None
            yield number, cells


def _not_utf8(file: Path) -> str:
    """Find the line: the decoder reads ahead, so where it stopped says little."""
    with file.open("rb") as raw:
        for number, line in enumerate(raw, 1):
            try:
                line.decode()
            except UnicodeDecodeError as error:
                return (
                    f"{file.name}:{number}: byte 0x{line[error.start]:02x} is not UTF-8; convert the file, "
                    "for instance with iconv -f cp1252 -t utf-8"
                )
    return f"{file.name}: not UTF-8"


def _in_order(lines: Iterable[InvoiceLine]) -> Iterator[InvoiceLine]:
    latest = None
    for line in lines:
        if latest is not None and line.day < latest:
            raise DataError(
                f"{line.where}: the day {line.day} comes after {latest}; the first days cannot be taken of "
                "data that is not in the order of days: name the days with --day, or take --days all"
            )
        latest = line.day
        yield line
