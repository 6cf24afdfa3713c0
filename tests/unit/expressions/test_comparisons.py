"""Comparisons, BETWEEN and IN."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from pydantic import AnyUrl

from ddbmodel import Condition
from tests.unit.expressions.models import Address, Colour, Kind, Level, Line, Order
from tests.unit.expressions.rendering import rendered

NOON = datetime(2026, 10, 13, 12, tzinfo=UTC)
TEXT_NOON = {"S": "2026-10-13T12:00:00.000000Z"}


@pytest.mark.parametrize(
    ("condition", "text", "names", "values"),
    [
        (Order.total == 3, "#n0 = :v0", ["total"], [{"N": "3"}]),
        (Order.total != 3, "#n0 <> :v0", ["total"], [{"N": "3"}]),
        (Order.total < 3, "#n0 < :v0", ["total"], [{"N": "3"}]),
        (Order.total <= 3, "#n0 <= :v0", ["total"], [{"N": "3"}]),
        (Order.total > 3, "#n0 > :v0", ["total"], [{"N": "3"}]),
        (Order.total >= 3, "#n0 >= :v0", ["total"], [{"N": "3"}]),
        (3 >= Order.total, "#n0 <= :v0", ["total"], [{"N": "3"}]),  # also this way round
        (Order.total.between(1, 2), "#n0 BETWEEN :v0 AND :v1", ["total"], [{"N": "1"}, {"N": "2"}]),
        (Order.total.between(2, 2), "#n0 BETWEEN :v0 AND :v1", ["total"], [{"N": "2"}, {"N": "2"}]),
        (Order.total.is_in(1, 2), "#n0 IN (:v0, :v1)", ["total"], [{"N": "1"}, {"N": "2"}]),
        (Order.total == Order.discount, "#n0 = #n1", ["total", "discount"], []),
        (Order.total >= Order.discount, "#n0 >= #n1", ["total", "discount"], []),
        (
            Order.total.between(Order.discount, 9),
            "#n0 BETWEEN #n1 AND :v0",
            ["total", "discount"],
            [{"N": "9"}],
        ),
        (Order.status.is_in("a", Order.note), "#n0 IN (:v0, #n1)", ["status", "note"], [{"S": "a"}]),
        (Order.count == Order.lines.size(), "#n0 = size(#n1)", ["count", "lines"], []),
    ],
)
def test_comparisons_are_rendered(
    condition: Condition, text: str, names: list[str], values: list[dict[str, Any]]
) -> None:
    """Each comparison has its operator; a path on the other side stays a path."""
    assert rendered(condition) == (text, names, values)


@pytest.mark.parametrize(
    ("condition", "stored"),
    [
        (Order.status == "x", {"S": "x"}),
        (Order.status == "", {"S": ""}),
        (Order.total == Decimal("1.50"), {"N": "1.5"}),
        (Order.total == 0.1, {"N": "0.1"}),  # taken at run time
        (Order.total > 1e22, {"N": "10000000000000000000000"}),  # taken at run time
        (Order.count == -1, {"N": "-1"}),
        (Order.ratio == 3, {"N": "3"}),
        (Order.ratio == 0.1, {"N": "0.1"}),
        (Order.flag == False, {"BOOL": False}),  # noqa: E712  # a condition
        (Order.blob == b"\x00", {"B": b"\x00"}),
        (Order.colour == Colour.BLUE, {"S": "blue"}),
        (Order.colour > "m", {"S": "m"}),
        (Order.kind == Kind.RETURN, {"S": "return"}),
        (Order.level == Level.HIGH, {"N": "2"}),
        (Order.state == "paid", {"S": "paid"}),
        (Order.placed_at == NOON, TEXT_NOON),
        (Order.placed_at >= NOON.astimezone(timezone(timedelta(hours=2))), TEXT_NOON),
        (Order.expires_at < NOON, {"N": "1791892800"}),
        (Order.day > date(2026, 1, 2), {"S": "2026-01-02"}),
        (Order.hour > time(1, 2), {"S": "01:02:00.000000"}),
        (Order.took <= timedelta(seconds=1.5), {"N": "1.5"}),
        (Order.uid == UUID(int=1), {"S": "00000000-0000-0000-0000-000000000001"}),
        (Order.mixed == 3, {"N": "3"}),
        (Order.mixed == "3", {"S": "3"}),
        (Order.ident == UUID(int=1), {"S": str(UUID(int=1))}),
        (Order.ident == str(UUID(int=1)), {"M": {"$str": {"S": str(UUID(int=1))}}}),
        (Order.url == AnyUrl("https://a.example/"), {"S": "https://a.example/"}),
        (Order.even == 4, {"N": "4"}),
        (Order.note == "x", {"S": "x"}),
        (Order.visible == None, {"NULL": True}),  # noqa: E711  # a condition
        (Order.filled == None, {"NULL": True}),  # noqa: E711  # a condition
        (Order.gaps[0] == None, {"NULL": True}),  # noqa: E711  # a condition
        (Order.tags == {"b", "a"}, {"SS": ["a", "b"]}),
        (Order.sizes == frozenset({Decimal(1)}), {"NS": ["1"]}),
        (Order.lines == [], {"L": []}),
        (Order.numbers == (1, 2), {"L": [{"N": "1"}, {"N": "2"}]}),
        (Order.labels == {"a": "b"}, {"M": {"a": {"S": "b"}}}),
        (Order.address == Address(city="x"), {"M": {"city": {"S": "x"}, "st": {"S": ""}}}),
        (
            Order.lines[0] == Line(sku="a", price=Decimal(1), quantity=2),
            {"M": {"sku": {"S": "a"}, "price": {"N": "1"}, "qty": {"N": "2"}, "notes": {"L": []}}},
        ),
        (Order.anything == 3, {"N": "3"}),
        (Order.anything == "x", {"S": "x"}),
    ],
)
def test_constants_are_stored_as_the_field_is(condition: Condition, stored: dict[str, Any]) -> None:
    """What is compared is what is stored: same type, same normal form, renamed fields of parts included."""
    _, _, values = rendered(condition)
    assert values == [stored]


@pytest.mark.parametrize(
    ("condition", "values"),
    [
        (Order.count.is_in(1, 2), [{"N": "1"}, {"N": "2"}]),
        (Order.count.is_in([1, 2]), [{"N": "1"}, {"N": "2"}]),
        (Order.count.is_in((1, 2)), [{"N": "1"}, {"N": "2"}]),
        (Order.count.is_in(number for number in (1, 2)), [{"N": "1"}, {"N": "2"}]),
        (Order.url.is_in(map(AnyUrl, ["https://a.example/"])), [{"S": "https://a.example/"}]),
        (Order.count.is_in(range(1, 3)), [{"N": "1"}, {"N": "2"}]),
        (Order.count.is_in({1: "a", 2: "b"}), [{"N": "1"}, {"N": "2"}]),
        (Order.count.is_in(1), [{"N": "1"}]),
        (Order.status.is_in("ab"), [{"S": "ab"}]),
        (Order.status.is_in(["ab", "cd"]), [{"S": "ab"}, {"S": "cd"}]),
        (Order.blob.is_in(b"ab"), [{"B": b"ab"}]),
        (Order.colour.is_in(Colour), [{"S": "red"}, {"S": "blue"}]),
        (Order.pair.is_in((1, "a")), [{"L": [{"N": "1"}, {"S": "a"}]}]),
        (Order.pair.is_in([(1, "a")]), [{"L": [{"N": "1"}, {"S": "a"}]}]),
        (Order.numbers.is_in((1, 2)), [{"L": [{"N": "1"}, {"N": "2"}]}]),
        (Order.numbers.is_in([(1,), (2,)]), [{"L": [{"N": "1"}]}, {"L": [{"N": "2"}]}]),
        (Order.tags.is_in({"a", "b"}), [{"SS": ["a", "b"]}]),
        (Order.tags.is_in([{"a"}, {"b"}]), [{"SS": ["a"]}, {"SS": ["b"]}]),
        (Order.prices.is_in([Decimal(1)]), [{"L": [{"N": "1"}]}]),
        (Order.prices.is_in([[Decimal(1)], []]), [{"L": [{"N": "1"}]}, {"L": []}]),
        (Order.labels.is_in({"a": "b"}), [{"M": {"a": {"S": "b"}}}]),
        (Order.address.is_in(Address(city="x")), [{"M": {"city": {"S": "x"}, "st": {"S": ""}}}]),
        (Order.anything.is_in([1, "a"]), [{"N": "1"}, {"S": "a"}]),
        (Order.tags.size().is_in([1, 2]), [{"N": "1"}, {"N": "2"}]),
        (Order.tags.size().is_in(1, 2), [{"N": "1"}, {"N": "2"}]),
    ],
)
def test_options_are_given_one_by_one_or_as_one_iterable(
    condition: Condition, values: list[dict[str, Any]]
) -> None:
    """One iterable is taken apart, unless it is itself a value that could be stored at the path."""
    assert rendered(condition)[2] == values


def test_100_options_are_the_limit() -> None:
    """IN takes 100 values; the message says so, and the remedy."""
    assert rendered(Order.count.is_in(range(100)))[0].count(":v") == 100
    with pytest.raises(
        Exception, match=r"Order.count.is_in has 101 values, DynamoDB takes 100: join several with |"
    ):
        Order.count.is_in(range(101))
