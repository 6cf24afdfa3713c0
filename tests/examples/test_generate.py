"""The generated shop: the same each time, and as dirty as the real one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from examples.ecommerce.generate import WEEK_DAYS, write_days
from examples.ecommerce.lines import InvoiceLine
from examples.ecommerce.source import read_lines


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> list[InvoiceLine]:
    """The week that the demonstration runs on."""
    return list(read_lines(write_days(tmp_path_factory.mktemp("week"), seed=1)))


def contents(folder: Path, seed: int) -> list[bytes]:
    folder.mkdir()
    return [file.read_bytes() for file in write_days(folder, seed=seed, days=2)]


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    """A seed names its week for good, and another seed gives another week."""
    assert contents(tmp_path / "1", 5) == contents(tmp_path / "2", 5)
    assert contents(tmp_path / "3", 6) != contents(tmp_path / "1x", 5)


def test_fewer_days_are_the_beginning_of_more(tmp_path: Path) -> None:
    """The first day is the same, however many days follow."""
    one = contents_of_first(tmp_path / "1", days=1)
    assert one == contents_of_first(tmp_path / "3", days=3)


def contents_of_first(folder: Path, days: int) -> bytes:
    folder.mkdir()
    return write_days(folder, seed=5, days=days)[0].read_bytes()


@pytest.mark.parametrize("seed", range(4))
def test_a_week_has_the_size_of_a_real_one(tmp_path: Path, seed: int) -> None:
    """Whatever the seed, a week has ten to sixteen thousand lines, on six days and no Saturday."""
    lines = list(read_lines(write_days(tmp_path, seed=seed)))
    assert 10_000 <= len(lines) <= 16_000
    days = {line.day for line in lines}
    assert len(days) == WEEK_DAYS
    assert not any(day.weekday() == 5 for day in days)


Dirt = Callable[[list[InvoiceLine]], bool]


def per_invoice(lines: list[InvoiceLine]) -> dict[str, list[InvoiceLine]]:
    invoices: dict[str, list[InvoiceLine]] = {}
    for line in lines:
        invoices.setdefault(line.invoice_no, []).append(line)
    return invoices


def case_twins(lines: list[InvoiceLine]) -> bool:
    codes = {line.stock_code for line in lines}
    return any(code != code.upper() and code.upper() in codes for code in codes)


def two_countries(lines: list[InvoiceLine]) -> bool:
    pairs = {(line.customer_id, line.country) for line in lines if line.customer_id}
    return max(Counter(customer for customer, _ in pairs).values()) == 2


def mixed_lines(lines: list[InvoiceLine]) -> bool:
    closed: set[str] = set()
    previous = ""
    for line in lines:
        if line.invoice_no != previous:
            if line.invoice_no in closed:
                return True
            closed.add(previous)
            previous = line.invoice_no
    return False


DIRT: dict[str, Dirt] = {
    "missing customers": lambda lines: any(line.customer_id is None for line in lines),
    "cancellations": lambda lines: any(line.invoice_no[0] == "C" for line in lines),
    "cancellations take back": lambda lines: all(
        line.quantity < 0 for line in lines if line.invoice_no[0] == "C"
    ),
    "written off": lambda lines: any(line.quantity < 0 and line.invoice_no[0] != "C" for line in lines),
    "free articles": lambda lines: any(line.unit_price == 0 for line in lines),
    "bad debt": lambda lines: any(line.unit_price < 0 for line in lines),
    "no description": lambda lines: any(line.description is None for line in lines),
    "padded description": lambda lines: any((line.description or "x")[-1] == " " for line in lines),
    "repeated articles": lambda lines: (
        max(Counter((one.invoice_no, one.stock_code) for one in lines).values()) > 1
    ),
    "charges": lambda lines: {"POST", "DOT", "M", "BANK CHARGES"} <= {line.stock_code for line in lines},
    "two times": lambda lines: any(
        len({line.invoiced_at for line in invoice}) == 2 for invoice in per_invoice(lines).values()
    ),
    "tenth of a penny": lambda lines: any(line.unit_price.as_tuple().exponent == -3 for line in lines),
    "hundreds of lines": lambda lines: max(map(len, per_invoice(lines).values())) > 150,
    "codes that differ by case": case_twins,
    "a customer in two countries": two_countries,
    "mixed lines": mixed_lines,
}


@pytest.mark.parametrize("shows", DIRT.values(), ids=DIRT)
def test_the_week_shows_the_dirt_of_the_real_data(week: list[InvoiceLine], shows: Dirt) -> None:
    """Each kind of dirt that the real data has occurs in the generated week."""
    assert shows(week)


def test_the_shares_are_those_of_the_real_data(week: list[InvoiceLine]) -> None:
    """Anonymous lines, cancellations, popularity and repeat customers are in the range of real weeks."""
    invoices = per_invoice(week)
    popularity = [count for _, count in Counter(line.stock_code for line in week).most_common()]
    sales = Counter(
        lines[0].customer_id
        for number, lines in invoices.items()
        if number[0] != "C" and lines[0].customer_id
    )
    assert 0.15 < sum(line.customer_id is None for line in week) / len(week) < 0.40
    assert 0.10 < sum(number[0] == "C" for number in invoices) / len(invoices) < 0.20
    assert 0.20 < sum(popularity[:100]) / len(week) < 0.40
    assert 1_700 < len(popularity) < 2_800
    assert 0.05 < sum(count > 1 for count in sales.values()) / len(sales) < 0.35
