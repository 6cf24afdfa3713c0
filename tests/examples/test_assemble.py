"""Lines -> orders, customers, products: nothing is lost, and every kind of dirt has its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from examples.ecommerce.assemble import Assembler, Item
from examples.ecommerce.days import Days
from examples.ecommerce.landmarks import Scout
from examples.ecommerce.lines import DataError, InvoiceLine, shop_zone
from examples.ecommerce.models import (
    LINES_PER_ITEM,
    Customer,
    Order,
    OrderKind,
    OrderLines,
    OrderStatus,
    Product,
    ProductKind,
)
from examples.ecommerce.source import read_lines

NOON = datetime(2011, 6, 1, 12, 0, tzinfo=shop_zone())
LINE = InvoiceLine("a.csv:2", "536365", "85123A", "BREAD TIN", 6, NOON, Decimal("2.55"), "17850", "France")

Cells = tuple[str, str, str | None, int, datetime, Decimal, str | None, str]


def cells(line: InvoiceLine) -> Cells:
    """What a line says, without where it stood."""
    return (
        line.invoice_no, line.stock_code, line.description, line.quantity,
        line.invoiced_at, line.unit_price, line.customer_id, line.country,
    )  # fmt: skip


def cells_of(items: Sequence[Item]) -> Counter[Cells]:
    """What the orders and their parts say, line by line."""
    orders = {item.invoice_no: item for item in items if isinstance(item, Order)}
    found: Counter[Cells] = Counter()
    for item in items:
        if isinstance(item, OrderLines):
            order = orders[item.invoice_no]
            for line in item.lines:
                at = line.invoiced_at or order.placed_at
                whole = (
                    order.invoice_no,
                    line.stock_code,
                    line.description,
                    line.quantity,
                    at,
                    line.unit_price,
                )
                found[(*whole, order.customer_id, order.country)] += 1
    return found


def made_of(lines: Sequence[InvoiceLine], lines_per_item: int = LINES_PER_ITEM) -> list[Item]:
    return list(Assembler(lines_per_item).items(lines))


def heads_of(lines: Sequence[InvoiceLine]) -> list[Order]:
    return [item for item in Assembler().orders(lines) if isinstance(item, Order)]


INVOICES = st.sampled_from([("1", "a"), ("2", None), ("C3", "a"), ("A4", None), ("5", "b")])


@st.composite
def any_line(draw: st.DrawFn) -> InvoiceLine:
    """A line of one of few invoices and articles, so that lines meet."""
    invoice_no, customer_id = draw(INVOICES)
    return replace(
        LINE,
        invoice_no=invoice_no,
        customer_id=customer_id,
        stock_code=draw(st.sampled_from(["10001", "10001a", "POST", "gift_0001_20"])),
        description=draw(st.sampled_from([None, "TIN", "TIN ", "£", "?"])),
        quantity=draw(st.integers(-1000, 1000)),
        invoiced_at=NOON + timedelta(minutes=draw(st.integers(0, 2))),
        unit_price=draw(st.decimals("-9.99", "9.99", places=2)),
    )


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # nothing here is about speed
@given(lines=st.lists(any_line(), max_size=25), lines_per_item=st.integers(1, 7))
def test_assembling_loses_nothing(lines: list[InvoiceLine], lines_per_item: int) -> None:
    """Whatever the lines are and however orders are split, the items say the same and add up to it."""
    items = made_of(lines, lines_per_item)
    orders = [item for item in items if isinstance(item, Order)]
    products = [item for item in items if isinstance(item, Product)]
    customers = [item for item in items if isinstance(item, Customer)]
    total = sum((line.amount for line in lines), Decimal(0))
    assert cells_of(items) == Counter(map(cells, lines))
    assert all(len(item.lines) <= lines_per_item for item in items if isinstance(item, OrderLines))
    assert {item.invoice_no for item in orders} == {line.invoice_no for line in lines}
    assert (
        sum(order.line_count for order in orders) == sum(item.line_count for item in products) == len(lines)
    )
    assert sum(order.total for order in orders) == sum(item.revenue for item in products) == total
    assert sum(item.sold - item.returned + item.corrected for item in products) == sum(
        line.quantity for line in lines
    )
    assert {item.stock_code for item in products} == {line.stock_code for line in lines}
    assert {item.customer_id for item in customers} == {line.customer_id for line in lines} - {None}
    assert sum(item.spent for item in customers) == sum(line.amount for line in lines if line.customer_id)


def test_three_days_are_assembled_without_loss(shop_days: tuple[list[Path], Days]) -> None:
    """Three days, real ones where there are any, come out of the orders as they went in."""
    lines = list(read_lines(*shop_days))
    assert cells_of(made_of(lines)) == Counter(map(cells, lines))


def test_each_order_has_its_parts_and_knows_their_number() -> None:
    """The lines are in numbered parts, in the invoice's order, and all of them come before the head."""
    lines = [replace(LINE, quantity=number) for number in range(7)]
    *parts, order = Assembler(3).orders(lines)
    assert [
        (part.part, [line.quantity for line in part.lines]) for part in parts if isinstance(part, OrderLines)
    ] == [
        (1, [0, 1, 2]),
        (2, [3, 4, 5]),
        (3, [6]),
    ]
    assert isinstance(order, Order)
    assert (order.parts, order.line_count, order.units) == (3, 7, 21)


@pytest.mark.parametrize(
    ("line", "kind", "status"),
    [
        (LINE, OrderKind.SALE, OrderStatus.OPEN),
        (replace(LINE, customer_id=None), OrderKind.SALE, OrderStatus.OPEN),
        (replace(LINE, unit_price=Decimal(0)), OrderKind.SALE, OrderStatus.OPEN),
        (replace(LINE, invoice_no="C536379", quantity=-1), OrderKind.CANCELLATION, OrderStatus.BOOKED),
        (
            replace(LINE, invoice_no="A563186", unit_price=Decimal("-11062.06"), customer_id=None),
            OrderKind.BAD_DEBT,
            OrderStatus.BOOKED,
        ),
        (
            replace(LINE, customer_id=None, unit_price=Decimal("0.0"), quantity=-3),
            OrderKind.STOCK_CORRECTION,
            OrderStatus.BOOKED,
        ),
    ],
)
def test_every_invoice_has_its_kind(line: InvoiceLine, kind: OrderKind, status: OrderStatus) -> None:
    """The number's letter, or the absence of a customer and any price, says what an invoice is."""
    order = heads_of([line])[0]
    assert (order.kind, order.status) == (kind, status)
    assert order.waiting_since == (order.placed_at if status is OrderStatus.OPEN else None)


def test_a_line_with_a_time_of_its_own_keeps_it() -> None:
    """Only a line whose time is not the order's holds one."""
    part, _ = Assembler().orders([LINE, replace(LINE, invoiced_at=NOON + timedelta(minutes=1))])
    assert isinstance(part, OrderLines)
    assert [line.invoiced_at for line in part.lines] == [None, NOON + timedelta(minutes=1)]


def test_mixed_invoices_of_a_day_are_told_apart() -> None:
    """Lines of two invoices may alternate."""
    other = replace(LINE, invoice_no="536366")
    orders = heads_of([LINE, other, LINE, other, LINE])
    assert [(order.invoice_no, order.line_count) for order in orders] == [("536365", 3), ("536366", 2)]


def test_the_day_of_an_order_is_the_shops_day() -> None:
    """Half past midnight in British summer is yesterday in UTC, and today for the shop."""
    (order,) = heads_of([replace(LINE, invoiced_at=NOON.replace(hour=0, minute=30))])
    assert order.day == NOON.date()


@pytest.mark.parametrize(
    ("second", "complaint"),
    [
        (replace(LINE, where="a.csv:3", customer_id="12345"), "a.csv:3: customer or country"),
        (replace(LINE, where="a.csv:3", customer_id=None), "a.csv:3: customer or country"),
        (replace(LINE, where="a.csv:3", country="Spain"), "a.csv:3: customer or country"),
        (
            replace(LINE, where="b.csv:2", invoiced_at=NOON + timedelta(days=1)),
            "b.csv:2: .*on an earlier day",
        ),
        (replace(LINE, where="a.csv:3", invoice_no="X1"), "a.csv:3: an invoice number with X"),
        (replace(LINE, where="a.csv:3", invoice_no="W1"), "a.csv:3: an invoice number with W"),
    ],
)
def test_what_would_tear_an_invoice_apart_is_refused(second: InvoiceLine, complaint: str) -> None:
    """An invoice that contradicts itself is named with file and line, and not guessed about."""
    with pytest.raises(DataError, match=complaint):
        list(Assembler().items([LINE, second]))


def test_orders_come_out_day_by_day() -> None:
    """A day's orders are there as soon as the next day begins: memory holds one day."""
    tomorrow = replace(LINE, invoice_no="536366", invoiced_at=NOON + timedelta(days=1))
    read: list[str] = []

    def lines() -> Iterator[InvoiceLine]:
        for line in (LINE, tomorrow, tomorrow):
            read.append(line.invoice_no)
            yield line

    orders = Assembler().orders(lines())
    assert next(orders).invoice_no == "536365"
    assert read == ["536365", "536366"]  # not a line further


def test_products_add_up_their_lines() -> None:
    """Names by frequency, prices by range, units by what became of them."""
    lines = [
        LINE,
        replace(LINE, description="BREAD TIN ", quantity=2, unit_price=Decimal("2.10")),
        replace(LINE, invoice_no="C1", quantity=-1),
        replace(
            LINE, invoice_no="2", description="damaged", quantity=-3, unit_price=Decimal(0), customer_id=None
        ),
    ]
    (product,) = (item for item in made_of(lines) if isinstance(item, Product))
    assert (product.name, product.other_names) == ("BREAD TIN", {"damaged"})
    assert (product.lowest_price, product.highest_price) == (Decimal("2.10"), Decimal("2.55"))
    assert (product.sold, product.returned, product.corrected, product.line_count) == (8, 1, -3, 4)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("85123A", ProductKind.ARTICLE),
        ("85123a", ProductKind.ARTICLE),
        ("DCGS0003", ProductKind.ARTICLE),
        ("PADS", ProductKind.ARTICLE),
        ("POST", ProductKind.CHARGE),
        ("BANK CHARGES", ProductKind.CHARGE),
        ("m", ProductKind.CHARGE),
        ("gift_0001_20", ProductKind.VOUCHER),
    ],
)
def test_every_stock_code_has_its_kind(code: str, kind: ProductKind) -> None:
    """Codes of five digits are articles; what the shop books besides is a charge or a voucher."""
    (product,) = (item for item in made_of([replace(LINE, stock_code=code)]) if isinstance(item, Product))
    assert product.kind is kind


def test_a_customer_lives_where_the_latest_order_went() -> None:
    """All countries are kept, the latest one stands out, and what came back is taken off."""
    lines = [
        LINE,
        replace(LINE, invoice_no="C2", quantity=-2, invoiced_at=NOON + timedelta(minutes=5)),
        replace(LINE, invoice_no="3", country="Spain", invoiced_at=NOON + timedelta(days=1)),
    ]
    (customer,) = (item for item in made_of(lines) if isinstance(item, Customer))
    assert (customer.country, customer.countries) == ("Spain", {"France", "Spain"})
    assert (customer.orders, customer.cancellations, customer.spent) == (2, 1, Decimal("25.50"))
    assert (customer.first_order_at, customer.last_order_at) == (NOON, NOON + timedelta(days=1))


def test_landmarks_are_in_the_data(shop_days: tuple[list[Path], Days]) -> None:
    """What the access patterns are shown with exists."""
    scout = Scout()
    items = list(scout.watch(made_of(list(read_lines(*shop_days)))))
    found = scout.landmarks()
    orders = {item.invoice_no: item for item in items if isinstance(item, Order)}
    assert orders[found.invoice_no].kind is OrderKind.SALE
    assert found.day in {order.day for order in orders.values()}
    assert found.customer_id in {item.customer_id for item in items if isinstance(item, Customer)}
    assert found.country in {item.country for item in items if isinstance(item, Customer)}
    sold = sorted(
        (item.sold for item in items if isinstance(item, Product) and item.kind is ProductKind.ARTICLE),
        reverse=True,
    )
    products = {item.stock_code: item for item in items if isinstance(item, Product)}
    assert [products[code].sold for code in (found.stock_code, found.other_stock_code)] == sold[:2]


def test_days_without_a_known_customer_have_no_landmarks() -> None:
    """Where there is nothing to show, that is said."""
    scout = Scout()
    list(scout.watch(made_of([replace(LINE, customer_id=None)])))
    with pytest.raises(DataError, match="known customer"):
        scout.landmarks()


def test_days_with_one_article_have_no_landmarks() -> None:
    """A cart and a stock that is short take two articles."""
    scout = Scout()
    list(scout.watch(made_of([LINE])))
    with pytest.raises(DataError, match="two articles"):
        scout.landmarks()
