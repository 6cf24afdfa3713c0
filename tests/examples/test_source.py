"""Reading CSV files: what is accepted, and how what is not is named."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest

from examples.ecommerce import lines as lines_module
from examples.ecommerce.days import Days
from examples.ecommerce.lines import COLUMNS, DataError, shop_zone
from examples.ecommerce.source import read_lines
from tests.examples.rows import row, write_csv


def test_a_row_becomes_a_line_of_exact_values(tmp_path: Path) -> None:
    """Every cell arrives with its meaning: exact price, aware time, customer without a spreadsheet's `.0`."""
    (line,) = read_lines([write_csv(tmp_path / "a.csv", [row(Description="BREAD TIN ")])])
    assert line.where == "a.csv:2"
    assert (line.invoice_no, line.stock_code, line.description) == ("536365", "85123A", "BREAD TIN ")
    assert (line.quantity, line.unit_price, line.amount) == (6, Decimal("2.55"), Decimal("15.30"))
    assert line.invoiced_at == datetime(2010, 12, 1, 8, 26, tzinfo=UTC)
    assert (line.customer_id, line.country, line.day) == ("17850", "United Kingdom", date(2010, 12, 1))


def test_what_is_missing_is_none(tmp_path: Path) -> None:
    """An empty customer or description is None, not an empty text."""
    (line,) = read_lines([write_csv(tmp_path / "a.csv", [row(Description="", CustomerID="")])])
    assert (line.customer_id, line.description) == (None, None)


@pytest.mark.parametrize(
    ("text", "offset_hours"),
    [("2011-10-29 10:00:00", 1), ("2011-10-30 10:00:00", 0), ("2010-12-01 08:26", 0)],
)
def test_times_are_british_local_time(tmp_path: Path, text: str, offset_hours: int) -> None:
    """A time is an hour ahead of UTC in British summer, and level with it in winter."""
    (line,) = read_lines([write_csv(tmp_path / "a.csv", [row(InvoiceDate=text)])])
    assert line.invoiced_at.utcoffset() == timedelta(hours=offset_hours)


BAD_ROWS = [
    pytest.param(row(InvoiceNo=""), "column InvoiceNo", id="no invoice number"),
    pytest.param(row(InvoiceNo="53-6365"), "column InvoiceNo", id="odd invoice number"),
    pytest.param(row(StockCode=""), "column StockCode has 0 bytes", id="no stock code"),
    pytest.param(row(Description="x" * 201), "column Description has 201 bytes", id="long description"),
    pytest.param(row(Quantity="six"), "column Quantity", id="quantity in words"),
    pytest.param(row(Quantity="6.0"), "column Quantity", id="quantity with a point"),
    pytest.param(row(Quantity=""), "column Quantity", id="no quantity"),
    pytest.param(row(UnitPrice="2,55"), "column UnitPrice", id="decimal comma"),
    pytest.param(row(UnitPrice="NaN"), "column UnitPrice", id="not a number"),
    pytest.param(row(UnitPrice="1e3"), "column UnitPrice", id="exponent"),
    pytest.param(row(CustomerID="17850.5"), "column CustomerID", id="half a customer"),
    pytest.param(row(Country=""), "column Country", id="no country"),
    pytest.param(row(InvoiceDate="12/1/2010 8:26"), "column InvoiceDate", id="American date"),
    pytest.param(row(InvoiceDate="2010-02-30 08:26:00"), "column InvoiceDate", id="no such day"),
    pytest.param(row()[:7], "7 cells where 8 belong", id="too few cells"),
    pytest.param([*row(), "more"], "9 cells where 8 belong", id="too many cells"),
    pytest.param([], "0 cells where 8 belong", id="empty row"),
]


@pytest.mark.parametrize(("bad", "complaint"), BAD_ROWS)
def test_a_bad_row_is_named_with_file_and_line(tmp_path: Path, bad: list[str], complaint: str) -> None:
    """The first row that is not an invoice line ends the reading, and the error says where and why."""
    file = write_csv(tmp_path / "day.csv", [row(), row(), bad, row()])
    with pytest.raises(DataError, match=rf"day\.csv:4: .*{complaint}"):
        list(read_lines([file]))


def test_a_row_after_a_line_break_in_quotes_is_named_by_its_line_in_the_file(tmp_path: Path) -> None:
    """Line numbers count the file's lines, not its rows."""
    file = write_csv(tmp_path / "day.csv", [row(Description="TWO\nLINES"), row(Quantity="x")])
    with pytest.raises(DataError, match=r"day\.csv:4: column Quantity"):
        list(read_lines([file]))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        pytest.param(b"", r"a.csv:1: the columns are not", id="empty file"),
        pytest.param(b"A,B\n1,2\n", r"a.csv:1: the columns are not", id="other columns"),
        pytest.param(b"%s\n1,2,\xa3 TIN,", r"a.csv:2: byte 0xa3 is not UTF-8", id="another encoding"),
        pytest.param(b'%s\n536365,"TIN', r"a.csv:2: not CSV", id="a quote that never closes"),
        pytest.param(b"%s\n53\x0065,", r"a.csv:2: ", id="binary"),
    ],
)
def test_a_file_that_is_not_the_data_set_is_named(tmp_path: Path, content: bytes, complaint: str) -> None:
    """Other columns, encodings and broken CSV are refused with file and line."""
    (tmp_path / "a.csv").write_bytes(content.replace(b"%s", ",".join(COLUMNS).encode()))
    with pytest.raises(DataError, match=complaint):
        list(read_lines([tmp_path / "a.csv"]))


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    """A file that Excel saved as UTF-8 reads like any other."""
    file = write_csv(tmp_path / "a.csv", [row()])
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert len(list(read_lines([file]))) == 1


def days_of(*days: str) -> list[list[str]]:
    return [row(InvoiceDate=f"{day} 10:00:00") for day in days]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param(Days(), ["2010-12-01", "2010-12-01", "2010-12-03", "2010-12-05"], id="all"),
        pytest.param(Days(first=1), ["2010-12-01", "2010-12-01"], id="first day"),
        pytest.param(
            Days(first=2), ["2010-12-01", "2010-12-01", "2010-12-03"], id="days without lines do not count"
        ),
        pytest.param(Days(only=frozenset({date(2010, 12, 5)})), ["2010-12-05"], id="one day"),
        pytest.param(Days(only=frozenset({date(2010, 12, 2)})), [], id="a day without lines"),
    ],
)
def test_days_are_taken_as_asked(tmp_path: Path, days: Days, expected: list[str]) -> None:
    """The first days are those with lines, and named days are taken from anywhere."""
    rows = days_of("2010-12-01", "2010-12-01", "2010-12-03", "2010-12-05")
    files = [write_csv(tmp_path / "1.csv", rows[:1]), write_csv(tmp_path / "2.csv", rows[1:])]
    assert [str(line.day) for line in read_lines(files, days)] == expected


def test_the_first_days_of_unordered_data_are_refused(tmp_path: Path) -> None:
    """A day that goes backwards is an error where only the first days are asked for, and only there."""
    file = write_csv(tmp_path / "a.csv", days_of("2010-12-02", "2010-12-01"))
    assert len(list(read_lines([file]))) == 2
    with pytest.raises(DataError, match=r"a\.csv:3: the day 2010-12-01 comes after 2010-12-02"):
        list(read_lines([file], Days(first=2)))


def test_without_a_time_zone_database_nothing_is_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that does not know British time gets an error that names the remedy, not times in UTC."""

    def missing(key: str) -> ZoneInfo:
        raise ZoneInfoNotFoundError(key)

    shop_zone.cache_clear()
    monkeypatch.setattr(lines_module, "ZoneInfo", missing)
    with pytest.raises(DataError, match=r"pip install 'ddbmodel\[examples\]'"):
        shop_zone()
