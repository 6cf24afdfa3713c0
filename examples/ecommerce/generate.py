"""A generated week of the shop, written as the CSV files that the real shop's data comes in.

The same columns and the same dirt: see `calibration` for the shares and where they come from. What the real
shop has only a few times a year is put into the first day once each, so that every run meets it: a bad debt
(an `A` invoice with a negative price), a price of a tenth of a penny, an invoice whose lines carry two times,
two invoices whose lines are interleaved, a customer seen in two countries, a voucher, and a bank's charges.

The same seed gives the same files, byte for byte.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import chain, count, islice
from pathlib import Path
from random import Random
from typing import Final

from examples.ecommerce.calibration import INVOICES_PER_WEEKDAY
from examples.ecommerce.lines import COLUMNS
from examples.ecommerce.trade import Invoice, Shop

# The week in which British summer time ends: on its Sunday, local time and UTC meet.
FIRST_DAY: Final = date(2011, 10, 24)
WEEK_DAYS: Final = 6
_FIRST_INVOICE: Final = 900_001
_MINUTE: Final = timedelta(minutes=1)


def write_days(folder: Path, *, seed: int, days: int = WEEK_DAYS) -> list[Path]:
    """Write the first trading days of the generated shop, one CSV file each.

    Args:
        folder: where to write them.
        seed: the same seed gives the same files.
        days: how many trading days; the shop is closed on Saturdays.

    Returns:
        The files, in the order of their days. A day has about 2,200 lines, a week about 13,000.
    """
    shop = Shop(Random(seed))
    number = _FIRST_INVOICE
    files: list[Path] = []
    for day in islice(trading_days(), days):
        invoices = shop.day(day)
        rows = [list(_rows(invoice, number + n)) for n, invoice in enumerate(invoices)]
        files.append(folder / f"{day}.csv")
        _write(files[-1], chain.from_iterable(rows) if day != FIRST_DAY else _interleaved(rows))
        number += len(invoices)
    return files


def _write(file: Path, rows: Iterable[list[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)


def trading_days() -> Iterator[date]:
    """Every day on which the generated shop is open, without an end."""
    days = (FIRST_DAY + timedelta(days=n) for n in count())
    return (day for day in days if INVOICES_PER_WEEKDAY[day.weekday()])


def _rows(invoice: Invoice, number: int) -> Iterator[list[str]]:
    for position, line in enumerate(invoice.lines):
        later = invoice.later_from is not None and position >= invoice.later_from
        yield [
            f"{invoice.prefix}{number}",
            line.article.stock_code,
            line.description,
            str(line.quantity),
            (invoice.at + _MINUTE * later).isoformat(" "),
            str(float(line.price)),
            f"{invoice.customer_id}.0" if invoice.customer_id else "",
            invoice.country,
        ]


def _interleaved(invoices: list[list[list[str]]]) -> Iterator[list[str]]:
    """All rows, with the last row of the first long invoice moved behind the invoice that follows it."""
    long = next(n for n, rows in enumerate(invoices[:-1]) if len(rows) > 1)
    last = invoices[long].pop()
    invoices[long + 1].append(last)
    return chain.from_iterable(invoices)
