"""The access patterns: what they send, and that what is shown of them is what runs."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from examples import ecommerce
from examples.ecommerce.pattern import Pattern
from examples.ecommerce.patterns import PATTERNS
from tests.examples.shown import Shown, name_of

FOLDER = Path(ecommerce.__file__).parent
NAMES = [name_of(pattern) for pattern in PATTERNS]

GET = ("GetItem", None)
PUT = ("PutItem", None)
UPDATE = ("UpdateItem", None)
DELETE = ("DeleteItem", None)
QUERY = ("Query", None)
MANY = ("BatchGetItem", None)
TRANSACTION = ("TransactWriteItems", None)


def query(index: str) -> tuple[str, str | None]:
    return ("Query", index)


REQUESTS: dict[str, set[tuple[str, str | None]]] = {
    "register": {TRANSACTION},
    "change_email": {GET, TRANSACTION},
    "sign_in": {query("gsi1")},
    "edit_account": {GET, UPDATE},
    "a_customer": {GET},
    "customer_page": {QUERY},
    "customer_with_orders": {query("gsi1")},
    "orders_of_a_customer": {query("gsi1")},
    "best_customers": {query("gsi2")},
    "a_product": {GET},
    "list_a_product": {GET, PUT},
    "edit_a_listing": {GET, UPDATE},
    "goods_in": {UPDATE, GET},
    "write_off": {UPDATE},
    "to_reorder": {UPDATE, query("gsi3"), MANY},
    "product_page": {QUERY},
    "best_sellers": {query("gsi2")},
    "products_of_an_invoice": {GET, MANY},
    "withdraw": {GET, UPDATE, DELETE},
    "fill_cart": {UPDATE, DELETE, QUERY},
    "show_cart": {QUERY},
    "check_out_cart": {GET, QUERY, TRANSACTION},
    "out_of_stock": {UPDATE, GET, QUERY, TRANSACTION},
    "check_out_again": {DELETE, GET, QUERY, TRANSACTION},
    "cancel_order": {GET, QUERY, TRANSACTION},
    "at_one_moment": {("TransactGetItems", None)},
    "an_order": {QUERY},
    "lines_of_an_order": {QUERY},
    "begins_with_a_dozen": {QUERY},
    "payment_by_reference": {query("gsi1")},
    "largest_orders": {query("gsi2")},
    "largest_of_the_month": {query("gsi2")},
    "cancellations": {query("gsi2")},
    "anonymous_orders": {query("gsi2"), MANY},
    "paid_orders": {query("gsi2")},
    "open_orders": {query("gsi3"), MANY},
    "longest_waiting": {query("gsi3"), MANY},
    "take_order": {GET, UPDATE},
    "ship_once": {TRANSACTION},
    "change_carrier": {GET, UPDATE},
    "correct_address": {UPDATE},
    "parcels_of_a_carrier": {query("gsi1")},
    "orders_with_gifts": {("Scan", None)},
    "no_access_path": set(),
}


@pytest.mark.parametrize("name", NAMES)
def test_every_pattern_sends_what_its_keys_promise(shown: Shown, name: str) -> None:
    """A pattern uses its index and no other, and only the scan scans."""
    assert {(one.operation, one.parameters.get("IndexName")) for one in shown.sent[name]} == REQUESTS[name]


@pytest.mark.parametrize("pattern", PATTERNS, ids=NAMES)
def test_the_keys_that_are_told_are_the_keys_that_are_used(shown: Shown, pattern: Pattern) -> None:
    """An index that is told is read, or written with what is; one that is not told is not read."""
    read = {
        one.parameters["IndexName"] for one in shown.sent[name_of(pattern)] if "IndexName" in one.parameters
    }
    told = set(re.findall(r"gsi\d", pattern.keys.replace("; gsi1 follows", "").replace("; gsi3 follows", "")))
    assert read == told


@pytest.mark.parametrize("pattern", PATTERNS, ids=NAMES)
def test_the_code_that_is_shown_is_the_code_that_runs(pattern: Pattern) -> None:
    """Each line shown stands in the module, in order, and only decorator and docstring are left out."""
    module = inspect.getmodule(pattern.run)
    source = inspect.getsource(module) if module else ""
    _, _, function = source.partition(f"async def {name_of(pattern)}(")
    without_docstring = re.sub(
        r'\n    """.*?"""(?:\n(?=\n))?',
        "",
        f"async def {name_of(pattern)}({function}",
        count=1,
        flags=re.DOTALL,
    )
    assert without_docstring.startswith(pattern.code)
    assert getattr(module, name_of(pattern)) is pattern.run


def test_the_readme_starts_with_the_patterns() -> None:
    """The README's first table has a row for each pattern, in order, with its title, keys and cost."""
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in readme.splitlines() if re.match(r"\| \d+ \|", line)]
    assert [row[2].strip() for row in rows] == [pattern.title for pattern in PATTERNS]
    assert [row[3].strip().replace("`", "") for row in rows] == [pattern.keys for pattern in PATTERNS]
    assert [row[4].strip() for row in rows] == [pattern.cost for pattern in PATTERNS]
    assert readme.index("| 1 |") < readme.index("##")
