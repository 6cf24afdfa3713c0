"""Update actions, and the update that they form."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from ddbmodel import ExpressionError, limits
from ddbmodel.expressions import Action, Placeholders, Update
from tests.unit.expressions.models import Address, Colour, Line, Order
from tests.unit.expressions.rendering import rendered

LINE = Line(sku="a", price=Decimal(1), quantity=2)
STORED_LINE = {"M": {"sku": {"S": "a"}, "price": {"N": "1"}, "qty": {"N": "2"}, "notes": {"L": []}}}


def _n(number: int | str) -> dict[str, str]:
    return {"N": str(number)}


@pytest.mark.parametrize(
    ("action", "text", "names", "values"),
    [
        (Order.total.set(3), "SET #n0 = :v0", ["total"], [_n(3)]),
        (Order.total.set(0.1), "SET #n0 = :v0", ["total"], [_n("0.1")]),
        (Order.total.set(Order.discount), "SET #n0 = #n1", ["total", "discount"], []),
        (Order.total.set(Order.total + 5), "SET #n0 = #n0 + :v0", ["total"], [_n(5)]),
        (Order.total.set(Order.total - 0.5), "SET #n0 = #n0 - :v0", ["total"], [_n("0.5")]),
        (Order.total.set(5 - Order.total), "SET #n0 = :v0 - #n0", ["total"], [_n(5)]),
        (Order.count.set(5 + Order.limit), "SET #n0 = :v0 + #n1", ["count", "limit"], [_n(5)]),
        (Order.count.set(Order.count + Order.count), "SET #n0 = #n0 + #n0", ["count"], []),
        (Order.took.set(Order.took + timedelta(seconds=1)), "SET #n0 = #n0 + :v0", ["took"], [_n(1)]),
        (Order.colour.set(Colour.BLUE), "SET #n0 = :v0", ["colour"], [{"S": "blue"}]),
        (Order.note.set(None), "REMOVE #n0", ["note"], []),
        (Order.tags.set(set()), "REMOVE #n0", ["tags"], []),
        (Order.visible.set(None), "SET #n0 = :v0", ["visible"], [{"NULL": True}]),
        (Order.filled.set(None), "SET #n0 = :v0", ["filled"], [{"NULL": True}]),
        (Order.tags.set({"b", "a"}), "SET #n0 = :v0", ["tags"], [{"SS": ["a", "b"]}]),
        (Order.lines.set([]), "SET #n0 = :v0", ["lines"], [{"L": []}]),
        (Order.anything.set([1]), "SET #n0 = :v0", ["anything"], [{"L": [_n(1)]}]),
        (Order.gaps[0].set(None), "SET #n0[0] = :v0", ["gaps"], [{"NULL": True}]),
        (Order.lines[1].set(LINE), "SET #n0[1] = :v0", ["lines"], [STORED_LINE]),
        (Order.lines[1].at(Line.quantity).set(1), "SET #n0[1].#n1 = :v0", ["lines", "qty"], [_n(1)]),
        (Order.address.at(Address.zip_code).set(None), "REMOVE #n0.#n1", ["address", "zip"], []),
        (Order.labels["a.b"].set("x"), "SET #n0.#n1 = :v0", ["labels", "a.b"], [{"S": "x"}]),
        (Order.total.set_if_not_exists(1), "SET #n0 = if_not_exists(#n0, :v0)", ["total"], [_n(1)]),
        (
            Order.total.set_if_not_exists(Order.discount),
            "SET #n0 = if_not_exists(#n0, #n1)",
            ["total", "discount"],
            [],
        ),
        (Order.note.remove(), "REMOVE #n0", ["note"], []),
        (Order.labels["a"].remove(), "REMOVE #n0.#n1", ["labels", "a"], []),
        (Order.lines[3].remove(), "REMOVE #n0[3]", ["lines"], []),
        (Order.numbers[0].remove(), "REMOVE #n0[0]", ["numbers"], []),
        (Order.total.add(-1), "ADD #n0 :v0", ["total"], [_n(-1)]),
        (Order.total.add(0.5), "ADD #n0 :v0", ["total"], [_n("0.5")]),
        (Order.ratio.add(1), "ADD #n0 :v0", ["ratio"], [_n(1)]),
        (Order.took.add(timedelta(minutes=1)), "ADD #n0 :v0", ["took"], [_n(60)]),
        (Order.even.add(2), "ADD #n0 :v0", ["even"], [_n(2)]),
        (Order.tags.add({"b", "a"}), "ADD #n0 :v0", ["tags"], [{"SS": ["a", "b"]}]),
        (Order.tags.add(["a", "a"]), "ADD #n0 :v0", ["tags"], [{"SS": ["a"]}]),
        (Order.tags.add(tag for tag in "ba"), "ADD #n0 :v0", ["tags"], [{"SS": ["a", "b"]}]),
        (Order.sizes.add({0.5}), "ADD #n0 :v0", ["sizes"], [{"NS": ["0.5"]}]),
        (Order.sizes.add([Decimal("1.0"), 1]), "ADD #n0 :v0", ["sizes"], [{"NS": ["1"]}]),
        (Order.odd.add({1, 2}), "ADD #n0 :v0", ["odd"], [{"NS": ["1", "2"]}]),
        (Order.anything.add(1), "ADD #n0 :v0", ["anything"], [_n(1)]),
        (Order.anything.add({"a"}), "ADD #n0 :v0", ["anything"], [{"SS": ["a"]}]),
        (Order.tags.delete({"a"}), "DELETE #n0 :v0", ["tags"], [{"SS": ["a"]}]),
        (Order.tags.delete(["b", "a"]), "DELETE #n0 :v0", ["tags"], [{"SS": ["a", "b"]}]),
        (Order.sizes.delete([1]), "DELETE #n0 :v0", ["sizes"], [{"NS": ["1"]}]),
        (Order.count.increment(), "SET #n0 = if_not_exists(#n0, :v0) + :v1", ["count"], [_n(0), _n(1)]),
        (
            Order.count.increment(2, start=9),
            "SET #n0 = if_not_exists(#n0, :v0) + :v1",
            ["count"],
            [_n(9), _n(2)],
        ),
        (Order.count.increment(start=None), "SET #n0 = #n0 + :v0", ["count"], [_n(1)]),
        (
            Order.count.increment(Order.limit),
            "SET #n0 = if_not_exists(#n0, :v0) + #n1",
            ["count", "limit"],
            [_n(0)],
        ),
        (
            Order.prices.append(1, 0.5),
            "SET #n0 = list_append(if_not_exists(#n0, :v0), :v1)",
            ["prices"],
            [{"L": []}, {"L": [_n(1), _n("0.5")]}],
        ),
        (
            Order.lines.prepend([LINE]),
            "SET #n0 = list_append(:v0, if_not_exists(#n0, :v1))",
            ["lines"],
            [{"L": [STORED_LINE]}, {"L": []}],
        ),
        (
            Order.matrix.append([1], [2]),
            "SET #n0 = list_append(if_not_exists(#n0, :v0), :v1)",
            ["matrix"],
            [{"L": []}, {"L": [{"L": [_n(1)]}, {"L": [_n(2)]}]}],
        ),
        (
            Order.matrix.append([1]),
            "SET #n0 = list_append(if_not_exists(#n0, :v0), :v1)",
            ["matrix"],
            [{"L": []}, {"L": [{"L": [_n(1)]}]}],
        ),
        (
            Order.prices.append([]),
            "SET #n0 = list_append(if_not_exists(#n0, :v0), :v1)",
            ["prices"],
            [{"L": []}, {"L": []}],
        ),
        (
            Order.lines[0].at(Line.notes).append("a"),
            "SET #n0[0].#n1 = list_append(if_not_exists(#n0[0].#n1, :v0), :v1)",
            ["lines", "notes"],
            [{"L": []}, {"L": [{"S": "a"}]}],
        ),
    ],
)
def test_actions_are_rendered(
    action: Action, text: str, names: list[str], values: list[dict[str, Any]]
) -> None:
    """Each action has its clause, and its values are stored as the field's are."""
    assert rendered(Update((action,))) == (text, names, values)


def test_clauses_come_once_each() -> None:
    """Actions of one kind share a clause, whatever order they are given in."""
    update = Update(
        (
            Order.note.remove(),
            Order.total.set(1),
            Order.tags.delete({"a"}),
            Order.count.add(1),
            Order.visible.remove(),
            Order.status.set("x"),
        )
    )
    text = "SET #n0 = :v0, #n1 = :v1 REMOVE #n2, #n3 ADD #n4 :v2 DELETE #n5 :v3"
    assert rendered(update)[:2] == (text, ["total", "status", "note", "visible", "count", "tags"])


@pytest.mark.parametrize(
    ("action", "idempotent", "creates"),
    [
        (Order.total.set(1), True, True),
        (Order.note.set(None), True, True),
        (Order.total.set(Order.discount), False, False),
        (Order.total.set(Order.total + 1), False, False),
        (Order.total.set_if_not_exists(1), True, True),
        (Order.total.set_if_not_exists(Order.discount), True, False),
        (Order.note.remove(), True, False),
        (Order.total.add(1), False, True),
        (Order.tags.add({"a"}), True, True),
        (Order.tags.delete({"a"}), True, False),
        (Order.count.increment(), False, True),
        (Order.count.increment(start=None), False, False),
        (Order.lines.append(LINE), False, True),
        (Order.lines[0].set(LINE), False, True),
        (Order.lines[0].remove(), False, False),
        (Order.lines[0].at(Line.price).set(1), True, True),
        (Order.lines[0].at(Line.price).add(1), False, True),
        (Order.labels["a"].remove(), True, False),
    ],
)
def test_actions_know_what_repeating_them_does(action: Action, idempotent: bool, creates: bool) -> None:
    """An action says whether doing it twice is doing it once, and whether it gives a value in any case."""
    assert (action.idempotent, action.creates) == (idempotent, creates)


def test_an_update_is_idempotent_if_all_actions_are() -> None:
    """One action that is not safe to repeat makes the update unsafe."""
    safe, unsafe = Order.total.set(1), Order.count.add(1)
    assert Update((safe, Order.tags.add({"a"}))).idempotent
    assert not Update((safe, unsafe)).idempotent


def test_300_operators_are_the_limit_of_an_update() -> None:
    """The `=` of SET is no operator; functions and `+` are."""
    plain = Update(tuple(Order.labels[str(number)].set("x") for number in range(200)))
    assert rendered(plain)[0].startswith("SET #n0.#n1 = :v0")
    sums = tuple(Order.anything[str(number)].increment() for number in range(151))
    with pytest.raises(ExpressionError, match="302 operators and functions, DynamoDB takes 300"):
        Update(sums).render(Placeholders())


def test_4_kb_are_the_limit_of_an_update() -> None:
    """The text of an update has up to 4,096 bytes."""
    update = Update(tuple(Order.labels[str(number)].set("x") for number in range(250)))
    with pytest.raises(ExpressionError, match=r"update expression has 4,\d\d\d bytes, DynamoDB takes 4,096"):
        update.render(Placeholders())


def test_values_larger_than_an_item_are_refused() -> None:
    """What is set cannot be larger than an item, 400 KB."""
    half = "x" * (limits.ITEM_BYTES // 2)
    Update((Order.note.set(half), Order.status.set(half)))
    with pytest.raises(ExpressionError, match=r"409,601 bytes, an item has 409,600 at most"):
        Update((Order.note.set(half), Order.status.set(half), Order.required.set("x")))


def test_values_are_nested_up_to_32_levels() -> None:
    """Lists and maps are inside of one another up to 32 levels deep, the path's own levels included."""
    value: list[Any] = []
    for _ in range(31):
        value = [value]
    assert rendered(Update((Order.anything.set(value),)))[0] == "SET #n0 = :v0"
    with pytest.raises(ExpressionError, match=r"Order.anything\['a'\]: .* nested 33 levels deep"):
        Order.anything["a"].set(value)
    with pytest.raises(ExpressionError, match=r"Order.anything: .* nested 33 levels deep"):
        Order.anything.append(value)


@pytest.mark.parametrize(
    ("action", "text"),
    [
        (Order.status.set("secret"), "SET Order.status <S>"),
        (Order.count.set(Order.count + 1), "SET Order.count Order.count + <N>"),
        (Order.note.remove(), "REMOVE Order.note"),
        (Order.count.increment(), "SET Order.count if_not_exists(Order.count, <N>) + <N>"),
    ],
)
def test_what_is_shown_of_an_action_holds_no_value(action: Action, text: str) -> None:
    """The repr of an action shows paths and types of values, never the values."""
    assert repr(action) == text
    assert repr(Update((action,))) == text
