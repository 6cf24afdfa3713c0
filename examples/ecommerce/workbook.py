"""The spreadsheet that UCI hands out -> a CSV file of the same columns."""

from __future__ import annotations

import csv
import importlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Protocol, cast

from examples.ecommerce.days import Days
from examples.ecommerce.lines import COLUMNS, DataError

_DATE_COLUMN = COLUMNS.index("InvoiceDate")
_HALF_A_SECOND = timedelta(milliseconds=500)


class _Sheet(Protocol):
    def iter_rows(self, *, values_only: bool) -> Iterator[Sequence[object]]: ...


class _Workbook(Protocol):
    @property
    def worksheets(self) -> Sequence[_Sheet]: ...

    def close(self) -> None: ...


def workbook_to_csv(workbook: Path, target: Path, days: Days) -> None:
    """Write the first sheet of a workbook as a CSV file, row by row, up to the last day that is asked for.

    Numbers are written by their shortest decimal form, which is the one that was typed; dates to the second.
    Rows without any content are left out.

    Args:
        workbook: an .xlsx file.
        target: the CSV file to write.
        days: reading ends where they end, because a workbook of half a million rows takes minutes.

    Raises:
        DataError: openpyxl is not installed, the file is not a workbook, or a cell is of a type the data set
            does not have.
    """
    book = _open(workbook)
    try:
        rows = book.worksheets[0].iter_rows(values_only=True)
        with target.open("w", encoding="utf-8", newline="") as text:
            writer = csv.writer(text)
            writer.writerow(_texts(next(rows, ()), f"{workbook.name}:1"))
            writer.writerows(_rows(rows, workbook.name, days))
    finally:
        book.close()


def _open(workbook: Path) -> _Workbook:
    try:
        # Loaded by name, so that type checkers need neither the library nor its stubs.
        openpyxl = importlib.import_module("openpyxl")
    except ImportError:
        raise DataError(
            f"{workbook.name} is a spreadsheet, and openpyxl, which reads it, is not installed: "
            "pip install 'ddbmodel[examples]'"
        ) from None
    try:
        return cast(_Workbook, openpyxl.load_workbook(workbook, read_only=True, data_only=True))
    except (KeyError, ValueError, OSError) as error:
        raise DataError(f"{workbook.name}: not a workbook that openpyxl can read: {error}") from error


def _rows(rows: Iterable[Sequence[object]], name: str, days: Days) -> Iterator[list[str]]:
    numbered = ((f"{name}:{number}", cells) for number, cells in enumerate(rows, 2))
    filled = ((where, cells) for where, cells in numbered if any(cell is not None for cell in cells))
    for where, cells in days.take(filled, _day_of):
        yield _texts(cells, where)


def _day_of(row: tuple[str, Sequence[object]]) -> date:
    where, cells = row
    cell = cells[_DATE_COLUMN] if len(cells) > _DATE_COLUMN else None
    if not isinstance(cell, datetime):
        raise DataError(f"{where}: column InvoiceDate is not a date and time")
    return cell.date()


def _texts(cells: Sequence[object], where: str) -> list[str]:
    return [_text(cell, where) for cell in cells]


def _text(cell: object, where: str) -> str:
    match cell:
        case None:
            return ""
        case str():
            return cell
        case bool():
            raise DataError(f"{where}: a cell holds true or false, which the data set has nowhere")
        case int():
            return str(cell)
        case float():
            # A spreadsheet has binary floats only; the shortest form that reads back as this float is what
            # was typed.
            return f"{Decimal(repr(cell)).normalize():f}"
        case datetime():
            # A spreadsheet's times are fractions of a day, so a whole second may arrive a hair early.
            return (cell + _HALF_A_SECOND).replace(microsecond=0).isoformat(" ")
        case _:
            raise DataError(f"{where}: a cell holds a {type(cell).__name__}, which the data set has nowhere")
