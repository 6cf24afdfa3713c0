"""What is refused before anything is sent, with a message that names place, reason and remedy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from ddbmodel import ExpressionError
from ddbmodel.expressions import Between, Update, Value
from tests.unit.expressions.models import Address, Card, Kind, Level, Line, Order, Tree

SECRET = "hunter2"
NAN = float("nan")
NOON = datetime(2026, 10, 13, 12, tzinfo=UTC)
# As values of unknown type, for what a type checker would not let through.
order: Any = Order
LINE = Line(sku=SECRET, price=Decimal(1), quantity=2)

CONDITIONS: list[tuple[Callable[[], object], str]] = [
    (lambda: order.total == SECRET, "Order.total: expected Decimal, got str"),
    (lambda: order.total == True, "Order.total: expected Decimal, got bool"),  # noqa: E712
    (lambda: order.total == NAN, "Order.total: NaN and infinity cannot be stored"),
    (lambda: order.total == Decimal("1e126"), "Order.total: the number is over 9.99E.125"),
    (lambda: order.total == int("1" * 39), "Order.total: the number has 39 significant digits"),
    (lambda: order.count == 1.5, "Order.count: expected int, got float"),
    (lambda: order.count == "1", "Order.count: expected int, got str"),
    (lambda: order.count == None, "Order.count: it is never None; .* found with .not_exists()"),  # noqa: E711
    (lambda: order.note == None, "Order.note: None is stored by leaving .* ask for it with .not_exists()"),  # noqa: E711
    (lambda: order.note != None, "Order.note: None is stored by leaving"),  # noqa: E711
    (lambda: order.note.is_in("a", None), "Order.note: None is stored by leaving"),
    (lambda: order.tags == set(), "Order.tags: an empty set is stored by leaving the attribute out"),
    (lambda: order.tags == {1}, "Order.tags: expected str, got int"),
    (lambda: order.kind == SECRET, "Order.kind: expected one of Kind, got str"),
    (lambda: order.colour > 3, "Order.colour: it is stored as S, the value would be N"),
    (lambda: order.state == SECRET, "Order.state: expected one of Literal, got str"),
    (lambda: order.placed_at == "2026-10-13", "Order.placed_at: expected datetime, got str"),
    (lambda: order.placed_at == datetime(2026, 1, 1), "Order.placed_at: a naive datetime is ambiguous"),  # noqa: DTZ001
    (lambda: order.placed_at > date(2026, 1, 1), "Order.placed_at: expected datetime, got date"),
    (lambda: order.expires_at > NOON.replace(microsecond=1), "Order.expires_at: .* finer than the 1 seconds"),
    (lambda: order.day > NOON, "Order.day: expected date, got datetime"),
    (lambda: order.uid == SECRET, "Order.uid: expected UUID, got str"),
    (lambda: order.even == SECRET, "Order.even: it is stored as N, the value would be S"),
    (lambda: order.mixed == 1.5, r"Order.mixed: expected .*, got float"),
    (lambda: order.status == "\ud800", "Order.status: .* half of a surrogate pair"),
    (lambda: order.address == Order.total, "the one is stored as M, the other as N; .* never equal"),
    (lambda: order.address == LINE, "Order.address: expected Address.*, got Line"),
    (lambda: order.lines == [LINE, SECRET], r"Order.lines\[1\]: expected Line.*, got str"),
    (lambda: order.labels == {"k": 1}, r"Order.labels.k: expected str, got int"),
    (
        lambda: order.address.at(Address.geo) == (Decimal(1), SECRET),
        r"Order.address.geo\[1\]: expected Decimal, got str",
    ),
    (lambda: order.lines[0].at(Line.price) == SECRET, r"Order.lines\[0\].price: expected Decimal, got str"),
    (lambda: order.flag < True, "Order.flag <: .* stored as BOOL, which has no order; only text, numbers"),
    (lambda: order.lines > [], "Order.lines >: .* stored as L, which has no order"),
    (lambda: order.tags <= {SECRET}, "Order.tags <=: .* has no order"),
    (lambda: order.address >= Address(city=SECRET), "Order.address >=: .* stored as M, which has no order"),
    (lambda: order.visible < None, "Order.visible <: <NULL> is stored as NULL, which has no order"),
    (lambda: order.anything < True, "Order.anything <: <BOOL> is stored as BOOL, which has no order"),
    (
        lambda: order.anything > Order.lines,
        "Order.anything >: Order.lines is stored as L, which has no order",
    ),
    (lambda: order.total > Order.note, "Order.total > Order.note: .* stored as N, the other as S"),
    (lambda: order.total == Order.note, "Order.total == Order.note: .* different types are never equal"),
    (lambda: order.tags.size() == Order.note, "Order.tags.size.. == Order.note: .* as N, the other as S"),
    (lambda: order.tags.size() > SECRET, "Order.tags.size..: expected int, got str"),
    (lambda: order.tags.size() > 1.5, "Order.tags.size..: expected int, got float"),
    (
        lambda: order.total == Order.total,
        "Order.total == itself: DynamoDB takes no comparison of a path with",
    ),
    (lambda: order.total < Order.total, "Order.total < itself"),
    (lambda: order.total.between(Order.total, 3), "Order.total between itself"),
    (lambda: order.total.between(3, Order.total), "Order.total between itself"),
    (lambda: order.total.is_in(1, Order.total), "Order.total is_in itself"),
    (lambda: order.status.begins_with(Order.status), "Order.status begins_with itself"),
    (lambda: order.status.contains(Order.status), "Order.status contains itself"),
    (
        lambda: order.total.between(3, 2),
        "Order.total.between: the lower end is above the upper end; exchange",
    ),
    (lambda: order.count.between(10, 9), "the lower end is above"),
    (lambda: order.status.between("b", "a"), "the lower end is above"),
    (lambda: order.status.between("\U00010000", "￿"), "the lower end is above"),
    (lambda: order.blob.between(b"b", b"a"), "the lower end is above"),
    (lambda: order.kind.between(Kind.SALE, Kind.RETURN), "the lower end is above"),
    (lambda: order.tags.size().between(2, 1), "Order.tags.size...between: the lower end is above"),
    (
        lambda: order.mixed.between(1, "a"),
        "Order.mixed.between: .* stored as N, the upper end as S; .* one type",
    ),
    (lambda: order.anything.between(1, b"a"), "the lower end is stored as N, the upper end as B"),
    (lambda: order.flag.between(False, True), "Order.flag between: .* BOOL, which has no order"),
    (lambda: Between(Order.total, Value({"N": "2"}), Value({"N": "1"})), "the lower end is above"),
    (order.total.is_in, "Order.total.is_in: there is no value to compare with"),
    (lambda: order.total.is_in([]), "there is no value to compare with"),
    (lambda: order.total.is_in(x for x in ()), "there is no value to compare with"),
    (lambda: order.total.is_in([1, SECRET]), "Order.total: expected Decimal, got str"),
    (
        lambda: order.total.is_in(range(101)),
        "Order.total.is_in has 101 values, DynamoDB takes 100: join several",
    ),
    (
        lambda: order.total.begins_with("1"),
        "Order.total.begins_with: it is stored as N, the prefix as S; both",
    ),
    (lambda: order.status.begins_with(b"a"), "Order.status.begins_with: it is stored as S, the prefix as B"),
    (lambda: order.blob.begins_with("a"), "stored as B, the prefix as S"),
    (lambda: order.status.begins_with(1), "Order.status.begins_with: the prefix is text or bytes, not int"),
    (lambda: order.status.begins_with(None), "the prefix is text or bytes, not NoneType"),
    (lambda: order.status.begins_with(Order.count), "stored as S, the prefix as N"),
    (lambda: order.lines.begins_with("a"), "stored as L, the prefix as S"),
    (lambda: order.expires_at.begins_with("2026"), "Order.expires_at.begins_with: it is stored as N"),
    (lambda: order.total.contains(1), "Order.total.contains: it is stored as N; text, bytes, sets and lists"),
    (lambda: order.labels.contains("k"), "Order.labels.contains: it is stored as M; text, bytes, sets"),
    (lambda: order.flag.contains(True), "Order.flag.contains: it is stored as BOOL"),
    (lambda: order.status.contains(1), "Order.status.contains: it is stored as S, the value as N"),
    (lambda: order.status.contains(None), "Order.status.contains: it is stored as S, the value as NULL"),
    (lambda: order.blob.contains("a"), "Order.blob.contains: it is stored as B, the value as S"),
    (lambda: order.tags.contains(1), "Order.tags: expected str, got int"),
    (lambda: order.lines.contains(SECRET), "Order.lines: expected Line.*, got str"),
    (
        order.total.size,
        r"Order.total.size\(\): it is stored as N, which has no size; compare the value",
    ),
    (order.flag.size, r"Order.flag.size\(\): it is stored as BOOL, which has no size"),
    (order.expires_at.size, r"Order.expires_at.size\(\): it is stored as N"),
    (order.level.size, r"Order.level.size\(\): it is stored as N"),
    (lambda: order.total.is_type("X"), "Order.total.is_type: there is no such type; the types are S, N, B"),
    (lambda: order.total.is_type("number"), "there is no such type"),
]

UPDATES: list[tuple[Callable[[], object], str]] = [
    (lambda: order.total.set(SECRET), "Order.total: expected Decimal, got str"),
    (lambda: order.total.set(None), "Order.total: it is never None"),
    (lambda: order.total.set(Order.status), "Order.total: it is stored as N, Order.status gives S"),
    (
        lambda: order.status.set(Order.count + 1),
        r"Order.status: it is stored as S, Order.count \+ <N> gives N",
    ),
    (
        lambda: order.count.set(Order.lines.size()),
        r"Order.count: DynamoDB has no size\(\) in updates; set a number",
    ),
    (lambda: order.count.set_if_not_exists(Order.lines.size()), r"no size\(\) in updates"),
    (lambda: order.lines.set([SECRET]), r"Order.lines\[0\]: expected Line.*, got str"),
    (lambda: order.lines[0].set(None), r"Order.lines\[0\]: it is never None"),
    (lambda: order.kind.set("sold"), "Order.kind: expected one of Kind, got str"),
    (lambda: order.total.set_if_not_exists(SECRET), "Order.total: expected Decimal, got str"),
    (lambda: order.note.set_if_not_exists(None), "Order.note: None is stored by leaving the attribute out"),
    (lambda: order.tags.set_if_not_exists(set()), "Order.tags: an empty set is stored by leaving"),
    (lambda: order.total.set_if_not_exists(Order.total), "Order.total set_if_not_exists itself"),
    (
        lambda: order.count.set_if_not_exists(Order.count + 1),
        r"Order.count.set_if_not_exists: .* not a sum; use .increment\(by, start=...\)",
    ),
    (order.required.remove, r"Order.required.remove\(\): the field is required, .* give the field"),
    (lambda: order.lines[0].at(Line.sku).remove(), r"Order.lines\[0\].sku.remove\(\): the field is required"),
    (order.pair[0].remove, r"Order.pair\[0\].remove\(\): a tuple .* fixed number of elements"),
    (lambda: order.total.add(SECRET), "Order.total: expected Decimal, got str"),
    (lambda: order.total.add(None), "Order.total: it is never None"),
    (lambda: order.total.add(Order.discount), r"ADD takes a value; use .set\(Order.total \+ ...\)"),
    (lambda: order.total.add({1}), "Order.total.add: it is stored as N, not as a set"),
    (lambda: order.count.add(1.5), "Order.count: expected int, got float"),
    (lambda: order.status.add(SECRET), "Order.status add: it is stored as S, not as a number"),
    (lambda: order.status.add({SECRET}), "Order.status.add: it is stored as S, not as a set of text"),
    (lambda: order.lines.add([LINE]), "Order.lines.add: it is stored as L, not as a set of text, numbers or"),
    (lambda: order.labels.add({"a": "b"}), "Order.labels add: it is stored as M, not as a number"),
    (lambda: order.flag.add(1), "Order.flag add: it is stored as BOOL, not as a number"),
    (
        lambda: order.level.add(1),
        "Order.level add: a sum might be no Level, and could not be read; set a new",
    ),
    (lambda: order.expires_at.add(NOON), "Order.expires_at add: a sum might be no datetime"),
    (lambda: order.tags.add(set()), "Order.tags.add: there are no members, and DynamoDB knows no empty set"),
    (lambda: order.tags.add([]), "Order.tags.add: there are no members"),
    (lambda: order.tags.add(SECRET), "Order.tags.add: give a set or list of members, not one str"),
    (lambda: order.tags.add(1), "Order.tags.add: give a set or list of members, not one int"),
    (lambda: order.tags.add([SECRET, 1]), "Order.tags: expected str, got int"),
    (lambda: order.odd.add({1, SECRET}), "Order.odd.add: the members are stored as N, S; .* all of one type"),
    (
        lambda: order.anything.add({True}),
        "Order.anything.add: the members are stored as BOOL; a set holds text",
    ),
    (lambda: order.anything.add({1, "a"}), "the members are stored as N, S"),
    (lambda: order.tags.delete(set()), "Order.tags.delete: there are no members"),
    (lambda: order.tags.delete(SECRET), "Order.tags.delete: give a set or list of members, not one str"),
    (
        lambda: order.tags.delete(Order.status),
        "Order.tags.delete: give a set or list of members, not one Path",
    ),
    (lambda: order.tags.delete({1}), "Order.tags: expected str, got int"),
    (lambda: order.total.delete({1}), "Order.total.delete: it is stored as N, not as a set"),
    (lambda: order.lines.delete([LINE]), "Order.lines.delete: it is stored as L, not as a set"),
    (order.status.increment, "Order.status increment: it is stored as S, not as a number"),
    (order.level.increment, "Order.level increment: a sum might be no Level"),
    (lambda: order.count.increment(SECRET), "Order.count: expected int, got str"),
    (lambda: order.count.increment(start=SECRET), "Order.count: expected int, got str"),
    (
        lambda: order.count.increment(Order.status),
        "Order.status in a sum: it is stored as S, not as a number",
    ),
    (
        lambda: order.count.increment(Order.count + 1),
        "DynamoDB adds two paths or values, no functions or further",
    ),
    (lambda: order.count + SECRET, "Order.count: expected int, got str"),
    (lambda: order.count - None, "Order.count: it is never None"),
    (lambda: SECRET - order.count, "Order.count: expected int, got str"),
    (lambda: order.status + 1, r"Order.status \+: it is stored as S, not as a number"),
    (lambda: order.count + Order.status, "Order.status in a sum: it is stored as S"),
    (lambda: order.count + Order.lines.size(), "DynamoDB adds two paths or values"),
    (
        lambda: order.count + (Order.count + 1),
        "DynamoDB adds two paths or values, no functions or further sums",
    ),
    (lambda: order.expires_at + 3, r"Order.expires_at \+: a sum might be no datetime"),
    (lambda: order.level + Level.LOW, r"Order.level \+: a sum might be no Level"),
    (order.prices.append, "Order.prices.append: there is no value to append"),
    (lambda: order.prices.append(SECRET), "Order.prices: expected Decimal, got str"),
    (lambda: order.prices.append((1, 2)), "Order.prices: expected Decimal, got tuple"),
    (lambda: order.lines.append(LINE, SECRET), "Order.lines: expected Line.*, got str"),
    (
        lambda: order.status.append("a"),
        "Order.status.append: it is stored as S, and only a list can be appended to",
    ),
    (lambda: order.tags.append("a"), "Order.tags.append: it is stored as SS, and only a list"),
    (lambda: order.pair.prepend(1), "Order.pair.prepend: it is stored as L, and only a list"),
    (lambda: order.labels.append("a"), "Order.labels.append: it is stored as M"),
    (lambda: Update(()), r"an update needs at least one action, such as Order.total.add\(5\)"),
    (
        lambda: Update((Order.total.set(1), Order.total.add(1))),
        "Order.total and Order.total overlap: one is the other, or a part of it; .* changes each place once",
    ),
    (
        lambda: Update(
            (Order.address.set(None), Order.count.add(1), Order.address.at(Address.city).set("x"))
        ),
        "Order.address and Order.address.city overlap",
    ),
    (
        lambda: Update((Order.lines[0].at(Line.price).set(1), Order.lines.append(LINE))),
        r"Order.lines\[0\].price and Order.lines overlap",
    ),
    (
        lambda: Update((order.anything[0].set(1), order.anything["a"].set(1))),
        r"Order.anything\[0\] and Order.anything\['a'\] conflict: one takes a list to be there, the other",
    ),
    (
        lambda: Update((Order.payment.at(Card.number).set("x"), Order.payment.set(None))),
        "Order.payment.number and Order.payment overlap",
    ),
    (
        lambda: Update(
            (Order.tree.at(Tree.child.at(Tree.name)).set("x"), Order.tree.at(Tree.child).set(None))
        ),
        "Order.tree.child.name and Order.tree.child overlap",
    ),
]


@pytest.mark.parametrize(("make", "message"), CONDITIONS + UPDATES)
def test_wrong_input_is_refused(make: Callable[[], object], message: str) -> None:
    """The message names the path and what is wrong with it, and never holds the value."""
    with pytest.raises(ExpressionError, match=message) as caught:
        make()
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: order.total.append, None),
        (lambda: order.nope, "nope"),
        (lambda: order.total.nope, "nope"),
        (lambda: order.address.city, "city"),
    ],
)
def test_there_are_no_names_but_declared_ones(make: Callable[[], object], message: str | None) -> None:
    """A misspelt field or method is an AttributeError; a part's field needs `.at`."""
    if message is None:
        assert make()
        return
    with pytest.raises(AttributeError, match=message):
        make()
