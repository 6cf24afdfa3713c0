"""Expressions that must pass, each with a type of its own."""
# ruff: noqa: E712  # conditions

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, assert_type
from uuid import UUID

from pydantic import SecretStr

from ddbmodel import Action, Condition, Path
from tests.typing.shop import Address, Card, Cash, Colour, Kind, Level, Line, Order, Place, Tree

NOW = datetime(2026, 10, 13, tzinfo=UTC)
LINE = Line(sku="a", price=Decimal(1))


def equality() -> list[Condition]:
    """== and != take the path's type, and paths to it."""
    return [
        Order.status == "new",
        Order.status == Order.note,
        Order.note == Order.status,
        Order.note != "x",
        Order.state == "paid",
        Order.colour == Colour.RED,
        Order.kind == Kind.SALE,
        Order.level == Level.LOW,
        Order.total == 3,
        Order.total == Decimal(3),
        Order.total == Order.discount,
        Order.discount != Order.total,
        Order.count == 3,
        Order.count == Order.limit,
        Order.limit == Order.count,
        Order.count == Order.lines.size(),
        Order.ratio == 3,
        Order.ratio == 0.5,
        Order.mixed == 0.5,
        Order.flag == True,
        Order.blob == b"x",
        Order.placed_at == NOW,
        Order.created != NOW,
        Order.day == date(2026, 1, 1),
        Order.took == timedelta(1),
        Order.uid == UUID(int=1),
        Order.secret == SecretStr("x"),
        Order.shop == Address(city="x"),
        Order.lines == [LINE],
        Order.labels == {"a": "b"},
        Order.tags == {"a"},
        Order.pair == (1, "a"),
        Order.numbers == (1, 2, 3),
        Order.anything == 3,
    ]


def order() -> list[Condition]:
    """< <= > >= and between take what has an order."""
    return [
        Order.status < "x",
        Order.note >= Order.status,
        Order.state > "a",
        Order.colour < Colour.BLUE,
        Order.blob <= b"x",
        Order.total > 3,
        Order.total > Decimal(3),
        Order.total > Order.discount,
        3 < Order.total,
        Order.count >= 3,
        Order.count < Order.limit,
        Order.count > Order.lines.size(),
        Order.limit > 3,
        Order.ratio < 3,
        Order.ratio < 0.5,
        Order.mixed < 3,
        Order.mixed < 0.5,
        Order.created > NOW,
        Order.placed_at > Order.created,
        Order.day >= date(2026, 1, 1),
        Order.hour < time(1),
        Order.took > timedelta(1),
        Order.uid < UUID(int=1),
        Order.anything > 3,
        Order.total.between(1, Decimal(2)),
        Order.total.between(Order.discount, 2),
        Order.count.between(1, Order.limit),
        Order.status.between("a", "b"),
        Order.created.between(NOW, NOW),
        Order.lines.size() > 3,
        Order.lines.size() == Order.count,
        Order.lines.size().between(1, 3),
        Order.lines.size().is_in(1, 2),
        Order.lines.size().is_in([1, 2]),
    ]


def functions() -> list[Condition]:
    """Functions take the paths that they can work on."""
    return [
        Order.total.exists(),
        Order.note.not_exists(),
        Order.total.is_type("N"),
        Order.status.is_in("a", "b"),
        Order.status.is_in(["a", "b"]),
        Order.status.is_in({"a"}),
        Order.status.is_in("a", Order.note),
        Order.state.is_in("new", "paid"),
        Order.colour.is_in(Colour),
        Order.kind.is_in([Kind.SALE]),
        Order.total.is_in(1, Decimal(2)),
        Order.total.is_in([1, Decimal(2)]),
        Order.pair.is_in((1, "a"), (2, "b")),
        Order.tags.is_in({"a"}),
        Order.status.begins_with("a"),
        Order.note.begins_with(Order.status),
        Order.state.begins_with("n"),
        Order.colour.begins_with("r"),
        Order.kind.begins_with("s"),
        Order.created.begins_with("2026"),
        Order.uid.begins_with("a"),
        Order.url.begins_with("https"),
        Order.path.begins_with("/etc"),
        Order.blob.begins_with(b"a"),
        Order.status.contains("a"),
        Order.note.contains(Order.status),
        Order.blob.contains(b"a"),
        Order.tags.contains("a"),
        Order.old_tags.contains(Order.status),
        Order.sizes.contains(1),
        Order.rates.contains(1),
        Order.prices.contains(Decimal(1)),
        Order.lines.contains(LINE),
        Order.old_lines.contains(LINE),
        Order.numbers.contains(1),
        Order.some.contains(1),
        Order.words.contains("a"),
        Order.matrix.contains([1]),
        Order.anything.contains(1),
        Order.status.size() > 1,
        Order.blob.size() > 1,
        Order.tags.size() > 1,
        Order.old_tags.size() > 1,
        Order.labels.size() > 1,
        Order.shop.size() > 1,
        Order.pair.size() > 1,
        Order.anything.size() > 1,
    ]


def combinations() -> list[Condition]:
    """& | ~ combine conditions of every kind."""
    a, b, c = Order.total > 1, Order.note.exists(), Order.count.between(1, 2)
    assert_type(a & b, Condition)
    assert_type(~c, Condition)
    return [a & b, a | b, ~a, a & b | c, a & (b | ~c), (Order.total > 1) & (Order.count < 3) & ~(b | c)]


def nested() -> list[Condition]:
    """Paths go deeper, and keep their types."""
    assert_type(Order.shop.at(Address.city), Path[str])
    assert_type(Order.address.at(Address.zip_code), Path[str | None])
    assert_type(Order.address.at(Place.city), Path[str])
    assert_type(Order.lines[0], Path[Line])
    assert_type(Order.lines[0].at(Line.price), Path[Decimal])
    assert_type(Order.old_lines[0], Path[Line])
    assert_type(Order.labels["a"], Path[str])
    assert_type(Order.by_number[3].at(Line.quantity), Path[int])
    assert_type(Order.pair[0], Path[int])
    assert_type(Order.pair[1], Path[str])
    assert_type(Order.triple[2], Path[Decimal])
    assert_type(Order.numbers[7], Path[int])
    assert_type(Order.some[7], Path[int])
    assert_type(Order.index["a"], Path[int])
    assert_type(Order.matrix[0][1], Path[int])
    assert_type(Order.words[0], Path[str])
    assert_type(Order.price_of["a"], Path[Decimal])
    assert_type(Order.payment.at(Card.number), Path[str])
    assert_type(Order.tree.at(Tree.child.at(Tree.name)), Path[str])
    assert_type(Order.plain.at("city"), Path[Any])
    assert_type(Order.anything["a"][0], Path[Any])
    return [
        Order.shop.at(Address.city).begins_with("B"),
        Order.lines[0].at(Line.price) > 3,
        Order.labels["a"] == "b",
        Order.pair[1].contains("a"),
        Order.payment.at(Cash.given) >= 3,
        Order.plain.at("city") == "Bath",
        Order.box.at("width") > 3,
        Order.options.at("gift") == True,
        Order.of_int.at("first") == 3,
        Order.tree.at(Tree.child).at(Tree.name) == "a",
    ]


def updates() -> list[Action]:
    """Actions take what their path can hold."""
    return [
        Order.total.set(3),
        Order.total.set(Decimal(3)),
        Order.total.set(Order.total + 5),
        Order.total.set(5 - Order.total),
        Order.total.set(Order.discount + Order.total),
        Order.discount.set(3),
        Order.discount.set(None),
        Order.discount.set(Order.total),
        Order.count.set(Order.count + 1),
        Order.count.set(Order.limit - 1),
        Order.limit.set(Order.count),
        Order.limit.set(1 + Order.count),
        Order.ratio.set(Order.ratio - 0.5),
        Order.took.set(Order.took + timedelta(1)),
        Order.status.set("x"),
        Order.state.set("paid"),
        Order.colour.set(Colour.BLUE),
        Order.note.set(None),
        Order.note.set(Order.status),
        Order.flag.set(True),
        Order.created.set(NOW),
        Order.address.set(Address(city="x")),
        Order.lines.set([LINE]),
        Order.tags.set({"a"}),
        Order.tags.set(set()),
        Order.pair.set((1, "a")),
        Order.anything.set([1, "a"]),
        Order.total.set_if_not_exists(3),
        Order.count.set_if_not_exists(3),
        Order.status.set_if_not_exists("x"),
        Order.note.remove(),
        Order.labels["a"].remove(),
        Order.lines[0].remove(),
        Order.total.add(3),
        Order.discount.add(Decimal(3)),
        Order.count.add(3),
        Order.limit.add(3),
        Order.ratio.add(0.5),
        Order.took.add(timedelta(1)),
        Order.tags.add({"a"}),
        Order.tags.add(["a"]),
        Order.old_tags.add(("a", "b")),
        Order.sizes.add({1}),
        Order.rates.add({1, Decimal(2)}),
        Order.anything.add(1),
        Order.tags.delete({"a"}),
        Order.old_tags.delete(["a"]),
        Order.rates.delete([1]),
        Order.total.increment(),
        Order.total.increment(Decimal(2), start=None),
        Order.count.increment(2, start=5),
        Order.limit.increment(by=Order.count),
        Order.ratio.increment(0.5),
        Order.lines.append(LINE),
        Order.lines.append(LINE, LINE),
        Order.lines.append([LINE]),
        Order.old_lines.prepend(LINE),
        Order.prices.append(1, Decimal(2)),
        Order.matrix.append([1], [2]),
        Order.anything.append(1),
        Order.shop.at(Address.city).set("x"),
        Order.address.at(Address.zip_code).set(None),
        Order.lines[0].at(Line.quantity).add(1),
        Order.labels["a"].set("b"),
        Order.by_number[3].at(Line.price).set(3),
        Order.pair[0].set(3),
        Order.plain.at("city").set("x"),
    ]
