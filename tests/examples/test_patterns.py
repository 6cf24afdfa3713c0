"""The access patterns: what they find, what they send, and that what is shown is what runs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ddbmodel import Mapper
from ddbmodel.testing import LocalDynamoDB
from examples import ecommerce
from examples.ecommerce import patterns as patterns_module
from examples.ecommerce.assemble import Assembler, Item
from examples.ecommerce.days import Days
from examples.ecommerce.engine import shop_tables
from examples.ecommerce.ingest import ingest
from examples.ecommerce.landmarks import Landmarks, Scout
from examples.ecommerce.models import Customer, Order, OrderKind, OrderStatus, Product, ProductKind
from examples.ecommerce.patterns import PATTERNS
from examples.ecommerce.recorder import Recorder, Sent
from examples.ecommerce.source import read_lines

FOLDER = Path(ecommerce.__file__).parent


@dataclass(frozen=True)
class Shown:
    """What the patterns found and sent, by the name of their function, and what there was to find."""

    results: dict[str, Any]
    sent: dict[str, list[Sent]]
    known: Landmarks
    items: list[Item]

    def orders(self, **wanted: object) -> list[Order]:
        orders = (item for item in self.items if isinstance(item, Order))
        return [one for one in orders if all(getattr(one, name) == value for name, value in wanted.items())]

    def products(self) -> list[Product]:
        return [item for item in self.items if isinstance(item, Product)]


async def run_all(dynamodb: LocalDynamoDB, files: list[Path], days: Days) -> Shown:
    scout = Scout()
    items = list(scout.watch(Assembler().items(read_lines(files, days))))
    results: dict[str, Any] = {}
    sent: dict[str, list[Sent]] = {}
    async with dynamodb.client() as client, dynamodb.connect() as mapper, shop_tables(mapper, keep=True):
        await ingest(mapper, items, lambda written, retries: None)
        recorder = Recorder(client)
        for pattern in PATTERNS:
            results[name_of(pattern.code)] = await pattern.run(Mapper(client), scout.landmarks())
            sent[name_of(pattern.code)] = recorder.take()
    return Shown(results, sent, scout.landmarks(), items)


def name_of(code: str) -> str:
    match = re.match(r"async def (\w+)\(", code)
    assert match is not None
    return match[1]


NAMES = [name_of(pattern.code) for pattern in PATTERNS]


@pytest.fixture(scope="module")
def shown(shop_days: tuple[list[Path], Days]) -> Iterator[Shown]:
    """All patterns, run once after another on one filled engine."""
    files, _ = shop_days
    with LocalDynamoDB() as dynamodb:
        yield asyncio.run(run_all(dynamodb, files, Days(first=1)))


REQUESTS: dict[str, set[tuple[str, str | None]]] = {
    "an_invoice": {("GetItem", None)},
    "orders_of_a_customer": {("Query", "by_customer")},
    "largest_orders": {("Query", "by_day")},
    "cancellations": {("Query", "by_day")},
    "anonymous_orders": {("Query", "by_day")},
    "paid_orders": {("Query", "by_day")},
    "wholesale_orders": {("Query", "by_day")},
    "open_orders": {("Query", "by_status")},
    "ship_once": {("UpdateItem", None)},
    "change_carrier": {("UpdateItem", None)},
    "carriers": {("Query", "by_status")},
    "a_product": {("GetItem", None)},
    "products_of_an_invoice": {("GetItem", None), ("BatchGetItem", None)},
    "best_sellers": {("Query", "by_kind")},
    "reserve": {("UpdateItem", None), ("GetItem", None)},
    "best_customers": {("Query", "by_country")},
    "orders_with_gifts": {("Scan", None)},
    "new_product": {("PutItem", None), ("DeleteItem", None), ("GetItem", None)},
    "no_access_path": set(),
}


@pytest.mark.parametrize("name", NAMES)
def test_every_pattern_sends_what_its_keys_promise(shown: Shown, name: str) -> None:
    """A pattern uses its index and no other, and only the scan scans."""
    assert {(one.operation, one.parameters.get("IndexName")) for one in shown.sent[name]} == REQUESTS[name]


@pytest.mark.parametrize("pattern", PATTERNS, ids=NAMES)
def test_the_code_that_is_shown_is_the_code_that_runs(pattern: Any) -> None:
    """Each line shown stands in the module, in order, and only decorator and docstring are left out."""
    source = (FOLDER / "patterns.py").read_text(encoding="utf-8")
    _, _, function = source.partition(f"async def {name_of(pattern.code)}(")
    without_docstring = re.sub(
        r'\n    """.*?"""', "", f"async def {name_of(pattern.code)}({function}", count=1
    )
    assert without_docstring.startswith(pattern.code)
    assert getattr(patterns_module, name_of(pattern.code)) is pattern.run


def test_the_readme_starts_with_the_patterns() -> None:
    """The README's first table has a row for each pattern, in order, with its title and keys."""
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in readme.splitlines() if re.match(r"\| \d+ \|", line)]
    assert [row[2].strip() for row in rows] == [pattern.title for pattern in PATTERNS]
    assert [row[3].strip().replace("`", "") for row in rows] == [pattern.keys for pattern in PATTERNS]
    assert readme.index("| 1 |") < readme.index("##")


def numbers(orders: list[Order]) -> set[str]:
    return {order.invoice_no for order in orders}


def test_an_invoice_comes_with_its_lines(shown: Shown) -> None:
    """The lines that come back are the lines that were written, in order."""
    (order,) = shown.orders(invoice_no=shown.known.invoice_no)
    assert shown.results["an_invoice"] == order.lines


def test_a_customers_orders_come_latest_first(shown: Shown) -> None:
    """All of the customer's orders, and nobody else's, from the latest on."""
    found = shown.results["orders_of_a_customer"]
    assert numbers(found) == numbers(shown.orders(customer_id=shown.known.customer_id))
    assert [order.placed_at for order in found] == sorted((order.placed_at for order in found), reverse=True)


def test_the_largest_orders_are_the_largest(shown: Shown) -> None:
    """Five rows of three values, as the totals rank them."""
    totals = sorted((order.total for order in shown.orders(day=shown.known.day)), reverse=True)
    assert [total for _, _, total in shown.results["largest_orders"]] == totals[:5]


FILTERED: dict[str, Callable[[Order], bool]] = {
    "cancellations": lambda order: order.kind is OrderKind.CANCELLATION and order.total < 0,
    "anonymous_orders": lambda order: order.kind is OrderKind.SALE and order.customer_id is None,
}


@pytest.mark.parametrize(("name", "wanted"), FILTERED.items(), ids=FILTERED)
def test_the_orders_of_a_day_are_filtered(shown: Shown, name: str, wanted: Callable[[Order], bool]) -> None:
    """The filter drops all others and none of these."""
    expected = numbers([order for order in shown.orders(day=shown.known.day) if wanted(order)])
    assert expected
    assert numbers(shown.results[name]) == expected


def test_the_paid_orders_are_counted(shown: Shown) -> None:
    """The count is of the items, though none is transferred."""
    assert shown.results["paid_orders"] == sum(order.total > 0 for order in shown.orders(day=shown.known.day))
    assert all(one.parameters["Select"] == "COUNT" for one in shown.sent["paid_orders"])


def test_the_filter_reaches_into_the_lines(shown: Shown) -> None:
    """The first line decides."""
    expected = [order for order in shown.orders(day=shown.known.day) if order.lines[0].quantity >= 24]
    assert expected
    assert numbers(shown.results["wholesale_orders"]) == numbers(expected)


def test_the_open_orders_come_in_pages_without_gap_or_repetition(shown: Shown) -> None:
    """Two pages of five are the first ten."""
    times = sorted(order.placed_at for order in shown.orders(status=OrderStatus.OPEN))
    found = shown.results["open_orders"]
    assert [order.placed_at for order in found] == times[:10]
    assert len(numbers(found)) == 10


def test_an_order_is_shipped_once(shown: Shown) -> None:
    """The second carrier is refused, and told who has it; then one field changes and the rest stays."""
    assert shown.results["ship_once"] == [
        "Carrier A: shipped",
        "Carrier B: refused, shipped with Carrier A",
    ]
    assert shown.results["change_carrier"].carrier == "Carrier C"
    assert shown.results["carriers"] == [(shown.known.invoice_no, "Carrier C")]


def test_the_products_of_an_invoice_come_in_the_order_of_its_lines(shown: Shown) -> None:
    """One product for each line, repeated where the line repeats it."""
    (order,) = shown.orders(invoice_no=shown.known.invoice_no)
    found = shown.results["products_of_an_invoice"]
    assert [product.stock_code for product in found] == [line.stock_code for line in order.lines]
    assert shown.results["a_product"].stock_code == shown.known.stock_code


def test_the_best_sellers_sold_best(shown: Shown) -> None:
    """The ten highest numbers of units, highest first."""
    sold = sorted((one.sold for one in shown.products() if one.kind is ProductKind.ARTICLE), reverse=True)
    assert [units for _, _, units in shown.results["best_sellers"]] == sold[:10]


def test_counters_lose_no_update(shown: Shown) -> None:
    """Five additions at the same time add up, and the release leaves nothing."""
    assert shown.results["reserve"] == ["reserved 15", "after the release 0"]


def test_the_best_customers_spent_most(shown: Shown) -> None:
    """Those of one country, by what they spent."""
    customers = [
        one for one in shown.items if isinstance(one, Customer) and one.country == shown.known.country
    ]
    expected = sorted((customer.spent for customer in customers), reverse=True)
    assert [customer.spent for customer in shown.results["best_customers"]] == expected[:10]


def test_the_scan_finds_every_gift(shown: Shown) -> None:
    """Every segment was read."""
    expected = numbers([order for order in shown.orders(kind=OrderKind.SALE) if order.free_lines])
    assert numbers(shown.results["orders_with_gifts"]) == expected
    assert {one.parameters["Segment"] for one in shown.sent["orders_with_gifts"]} == {0, 1, 2, 3}


def test_a_product_is_entered_once_and_gone_in_the_end(shown: Shown) -> None:
    """The second creation is refused."""
    assert shown.results["new_product"] == ["created", "refused: it exists", "deleted, and now None"]


def test_a_query_without_a_key_says_what_is_missing(shown: Shown) -> None:
    """The refusal names the paths there are."""
    assert "by_day" in shown.results["no_access_path"]
