"""The proof: it holds where nothing was lost, and fails wherever anything was."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest

from ddbmodel import Mapper
from ddbmodel.testing import LocalDynamoDB
from examples.ecommerce.assemble import Assembler
from examples.ecommerce.days import ALL_DAYS, Days
from examples.ecommerce.engine import shop_table
from examples.ecommerce.ingest import ingest
from examples.ecommerce.models import Customer, Order, OrderLines, OrderStatus, Product, ProductKind
from examples.ecommerce.source import read_lines
from examples.ecommerce.verify import compare, tally_files, tally_table
from tests.examples.rows import row, write_csv

ROWS = [
    row(),
    row(),
    row(StockCode="POST", Quantity="1", UnitPrice="18.0", InvoiceDate="2010-12-01 08:27:00"),
    row(InvoiceNo="536366", StockCode="10001", UnitPrice="0.001", CustomerID=""),
    row(InvoiceNo="C536367", Quantity="-2", InvoiceDate="2011-06-01 10:00:00"),
    row(InvoiceNo="536368", UnitPrice="0.0", Description="", InvoiceDate="2011-06-01 10:00:00"),
]


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[LocalDynamoDB]:
    """One engine for the module; each test has a table of its own in it."""
    with LocalDynamoDB() as embedded:
        yield embedded


_numbers = count()


@pytest.fixture
async def mapper(dynamodb: LocalDynamoDB) -> AsyncIterator[Mapper]:
    """A mapper with the shop's table, empty."""
    async with (
        dynamodb.connect(table_prefix=f"test{next(_numbers)}-") as mapper,
        shop_table(mapper, keep=True),
    ):
        yield mapper


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Six lines of every kind, in one file."""
    return [write_csv(tmp_path / "a.csv", ROWS)]


async def fill(mapper: Mapper, files: list[Path], days: Days = ALL_DAYS, lines_per_item: int = 2) -> None:
    items = Assembler(lines_per_item).items(read_lines(files, days))
    await ingest(mapper, items, lambda written, retries: None)


def test_the_files_are_counted_exactly(files: list[Path]) -> None:
    """Every figure of the tally is what one counts by hand."""
    tally = tally_files(files, ALL_DAYS)
    assert (tally.lines, tally.units, tally.anonymous_lines) == (6, 6 + 6 + 1 + 6 - 2 + 6, 1)
    assert (tally.returned_lines, tally.free_lines) == (1, 1)
    assert tally.invoices == {"536365", "536366", "C536367", "536368"}
    assert tally.customers == {"17850"}
    assert tally.products == {"85123A", "POST", "10001"}
    assert tally.revenue == 2 * Decimal("15.30") + 18 + Decimal("0.006") - Decimal("5.10")


@pytest.mark.parametrize(
    ("days", "lines"),
    [(Days(first=1), 4), (Days(first=2), 6), (Days(only=frozenset({date(2011, 6, 1)})), 2), (ALL_DAYS, 6)],
)
def test_the_files_are_counted_on_the_days_asked_for(tmp_path: Path, days: Days, lines: int) -> None:
    """The first days are the earliest, wherever they stand in the files."""
    files = [write_csv(tmp_path / "a.csv", ROWS[::-1])]
    assert tally_files(files, days).lines == lines


async def test_what_was_written_is_what_the_files_say(mapper: Mapper, files: list[Path]) -> None:
    """All figures agree, also where orders have further parts."""
    await fill(mapper, files)
    checks = compare(tally_files(files, ALL_DAYS), await tally_table(mapper))
    assert [check.name for check in checks if not check.holds] == []
    assert {"lines", "invoices", "customers", "products", "revenue", "fingerprint"} <= {
        check.name for check in checks
    }


async def test_other_ways_to_write_the_same_are_the_same(mapper: Mapper, tmp_path: Path) -> None:
    """A time without seconds, padded numbers and a negative zero are read, and do not spoil the proof."""
    forms = [
        row(InvoiceDate="2011-06-01 10:00"),
        row(InvoiceNo="2", Quantity="06", UnitPrice="02.550", CustomerID="17850"),
        row(InvoiceNo="3", UnitPrice="-0.0", Description="  "),
    ]
    files = [write_csv(tmp_path / "a.csv", forms)]
    await fill(mapper, files)
    checks = compare(tally_files(files, ALL_DAYS), await tally_table(mapper))
    assert [check.name for check in checks if not check.holds] == []


async def test_the_web_shops_orders_are_no_loss_and_no_gain(mapper: Mapper, files: list[Path]) -> None:
    """What the source does not know of is left out, and what becomes of an order does not spoil the proof."""
    await fill(mapper, files)
    head, part = await mapper.require(Order, "536366"), await mapper.require(OrderLines, "536366", 1)
    await mapper.put(head.model_copy(update={"invoice_no": "W1"}))
    await mapper.put(part.model_copy(update={"invoice_no": "W1"}))
    head.status, head.waiting_since = OrderStatus.SHIPPED, None
    await mapper.put(head)
    checks = compare(tally_files(files, ALL_DAYS), await tally_table(mapper))
    assert [check.name for check in checks if not check.holds] == []


async def test_days_of_the_shop_are_proven(mapper: Mapper, shop_days: tuple[list[Path], Days]) -> None:
    """A day, a real one where there is one, is written and read back without any loss."""
    files, _ = shop_days
    await fill(mapper, files, Days(first=1), lines_per_item=100)
    checks = compare(tally_files(files, Days(first=1)), await tally_table(mapper))
    assert [check.name for check in checks if not check.holds] == []


async def lose_an_order(mapper: Mapper) -> None:
    await mapper.delete(Order.key("536366"))


async def lose_a_part(mapper: Mapper) -> None:
    await mapper.delete(OrderLines.key("536365", 2))


async def lose_a_product(mapper: Mapper) -> None:
    await mapper.delete(Product.key("POST"))


async def lose_a_customer(mapper: Mapper) -> None:
    await mapper.delete(Customer.key("17850"))


async def invent_a_product(mapper: Mapper) -> None:
    await mapper.put(
        Product(
            stock_code="1",
            kind=ProductKind.ARTICLE,
            sold=0,
            returned=0,
            corrected=0,
            revenue=Decimal(0),
            line_count=0,
        )
    )


async def swap_a_product(mapper: Mapper) -> None:
    await lose_a_product(mapper)
    await invent_a_product(mapper)


async def change_order(mapper: Mapper, change: Callable[[Order], None]) -> None:
    order = await mapper.require(Order, "536366")
    change(order)
    await mapper.put(order)


async def change_line(mapper: Mapper, **changes: object) -> None:
    part = await mapper.require(OrderLines, "536366", 1)
    vars(part.lines[0]).update(changes)
    await mapper.put(part)


async def round_a_price(mapper: Mapper) -> None:
    await change_line(mapper, unit_price=Decimal("0.00"))


async def change_a_quantity(mapper: Mapper) -> None:
    await change_line(mapper, quantity=7)


async def trim_a_description(mapper: Mapper) -> None:
    await change_line(mapper, description="BREAD")


async def shift_a_time(mapper: Mapper) -> None:
    await change_order(
        mapper, lambda order: setattr(order, "placed_at", order.placed_at + timedelta(hours=1))
    )


async def drop_a_country(mapper: Mapper) -> None:
    await change_order(mapper, lambda order: setattr(order, "country", "Spain"))


@pytest.mark.parametrize(
    ("harm", "noticed"),
    [
        (lose_an_order, {"lines", "invoices", "units", "anonymous lines", "revenue", "fingerprint"}),
        (lose_a_part, {"lines", "units", "revenue", "fingerprint"}),
        (lose_a_product, {"products"}),
        (lose_a_customer, {"customers"}),
        (invent_a_product, {"products"}),
        (swap_a_product, {"products"}),
        (round_a_price, {"free lines", "revenue", "fingerprint"}),
        (change_a_quantity, {"units", "revenue", "fingerprint"}),
        (trim_a_description, {"fingerprint"}),
        (shift_a_time, {"fingerprint"}),
        (drop_a_country, {"fingerprint"}),
    ],
)
async def test_every_loss_is_noticed(
    mapper: Mapper, files: list[Path], harm: Callable[[Mapper], Awaitable[None]], noticed: set[str]
) -> None:
    """The proof fails by exactly the figures that are wrong."""
    await fill(mapper, files)
    await harm(mapper)
    checks = compare(tally_files(files, ALL_DAYS), await tally_table(mapper))
    assert {check.name for check in checks if not check.holds} == noticed
