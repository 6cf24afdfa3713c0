"""Conditions evaluated on stored items: tables of both, and drawn ones against another evaluator."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from ddbmodel.errors import CodecError, ExpressionError
from ddbmodel.expressions import Condition, Function, Placeholders, Size, failed_clauses, holds
from ddbmodel.expressions.comparisons import Comparison
from ddbmodel.expressions.operands import Arithmetic, Value
from ddbmodel.model import plan_of
from tests.strategies import conditions
from tests.unit.expressions import trees
from tests.unit.expressions.grammar import evaluate
from tests.unit.expressions.models import Address, Line, Order, Renamed
from tests.unit.expressions.trees import Thing, Tree

LONG = "1234567890123456789012345678901234567"

ITEM: dict[str, Any] = {
    "customer_id": {"S": "c"},
    "status": {"S": "paid"},
    "total": {"N": "5.0"},
    "count": {"N": "5"},
    "limit": {"N": "12"},
    "ratio": {"N": "1E-1"},
    "flag": {"BOOL": False},
    "note": {"S": "é𝔘"},
    "visible": {"NULL": True},
    "blob": {"B": b"\x00\xff"},
    "placed_at": {"S": "2026-10-13T12:00:00.000000Z"},
    "address": {"M": {"st": {"S": "High St"}, "city": {"S": "Bath"}}},
    "lines": {
        "L": [
            {"M": {"sku": {"S": "a"}, "price": {"N": "1.50"}, "qty": {"N": "2"}, "notes": {"L": []}}},
            {"M": {"sku": {"S": "b"}, "price": {"N": "2"}, "qty": {"N": "1"}, "notes": {"L": [{"S": "n"}]}}},
        ]
    },
    "labels": {"M": {"a.b": {"S": "dotted"}, "x": {"S": ""}}},
    "tags": {"SS": ["y", "x"]},
    "sizes": {"NS": ["2.0", "1"]},
    "prices": {"L": [{"N": "1.0"}, {"N": LONG + ".1"}]},
    "matrix": {"L": [{"L": [{"N": "1"}]}, {"L": []}]},
    "words": {"L": []},
    "anything": {"M": {"set": {"BS": [b"b", b"a"]}, "list": {"L": [{"NULL": True}, {"SS": ["q", "p"]}]}}},
}

TRUE: list[Condition] = [
    # Comparisons
    Order.status == "paid",
    Order.status != "new",
    Order.status < "q",
    Order.status >= "paid",
    Order.total == 5,
    Order.total == Order.count,
    Order.total < Order.limit,
    Order.limit > 5,
    Order.ratio == 0.1,
    Order.prices[1] == Decimal(LONG + ".1"),
    Order.prices[1] > Decimal(LONG),
    Order.flag == False,  # noqa: E712  # a condition
    Order.flag != True,  # noqa: E712  # a condition
    Order.blob > b"\x00\xfe",
    Order.placed_at == datetime(2026, 10, 13, 12, tzinfo=UTC),
    Order.note < "é𝔙",
    Order.note > "é\uffff",  # by UTF-8; by UTF-16 it would be the other way round
    Order.total.between(5, Order.limit),
    Order.status.between("paid", "paid"),
    Order.status.is_in("new", "paid"),
    Order.total.is_in(1, Order.count),
    # Sets, lists and maps
    Order.tags == {"x", "y"},
    Order.sizes == frozenset({Decimal(1), Decimal(2)}),
    Order.prices == [Decimal(1), Decimal(LONG + ".1")],
    Order.matrix[0] == [1],
    Order.labels == {"x": "", "a.b": "dotted"},
    Order.address == Address.model_validate({"streetName": "High St", "city": "Bath"}),
    Order.anything == {"list": [None, {"p", "q"}], "set": {b"a", b"b"}},
    Order.tags != {"x"},
    # Functions
    Order.note.exists(),
    Order.visible.exists(),
    Order.discount.not_exists(),
    Order.lines[2].not_exists(),
    Order.address.at(Address.geo)[0].not_exists(),
    Order.visible.is_type("NULL"),
    Order.lines.is_type("L"),
    Order.sizes.is_type("NS"),
    Order.status.begins_with("pa"),
    Order.status.begins_with(""),
    Order.blob.begins_with(b"\x00"),
    Order.placed_at.begins_with("2026-10-13"),
    Order.status.contains("ai"),
    Order.note.contains("𝔘"),
    Order.blob.contains(b"\xff"),
    Order.tags.contains("y"),
    Order.sizes.contains(2),
    Order.prices.contains(1),
    Order.matrix.contains([]),
    Order.lines[1].at(Line.notes).contains("n"),
    Order.lines.contains(Line(sku="a", price=Decimal("1.5"), quantity=2)),
    # Sizes
    Order.status.size() == 4,
    Order.note.size() == 2,
    Order.blob.size() == 2,
    Order.tags.size() == 2,
    Order.lines.size() < Order.count,
    Order.lines.size() == Order.tags.size(),
    Order.labels.size().between(1, 2),
    Order.address.size().is_in(1, 2),
    Order.words.size() == 0,
    # Nested
    Order.lines[0].at(Line.price) == Decimal("1.5"),
    Order.lines[0].at(Line.quantity) > Order.lines[1].at(Line.quantity),
    Order.lines[1].at(Line.notes)[0] == "n",
    Order.address.at(Address.street).begins_with("High"),
    Order.labels["a.b"] == "dotted",
    Order.labels["x"].size() == 0,
    # Joined
    (Order.total == 5) & (Order.status == "paid") & Order.note.exists(),
    (Order.total == 6) | (Order.status == "paid"),
    ~((Order.total == 6) | (Order.status == "new")),
]


@pytest.mark.parametrize("condition", TRUE, ids=repr)
def test_a_condition_is_true_of_an_item(condition: Condition) -> None:
    """It holds, and its opposite does not."""
    assert holds(condition, ITEM)
    assert not holds(~condition, ITEM)


MISSING: list[tuple[Condition, bool]] = [
    (Order.discount == 5, False),
    (Order.discount != 5, True),
    (Order.discount < 5, False),
    (Order.discount >= 0, False),
    (Order.total > Order.discount, False),
    (Order.uid == Order.ident, False),
    (Order.uid != Order.ident, True),
    (Order.uid <= Order.ident, False),  # type: ignore[operator]  # a UUID beside a UUID or text
    (Order.discount.between(0, 9), False),
    (Order.total.between(Order.discount, 9), False),
    (Order.total.between(0, Order.discount), False),
    (Order.discount.is_in(5, Order.total), False),
    (Order.total.is_in(Order.discount, 6), False),
    (Order.discount.exists(), False),
    (Order.discount.not_exists(), True),
    (Order.discount.is_type("N"), False),
    (Order.url.begins_with(""), False),
    (Order.status.begins_with(Order.state), False),
    (Order.odd.contains("x"), False),
    (Order.tags.contains(Order.state), False),
    (Order.odd.size() >= 0, False),
    (Order.odd.size() != 0, True),
    (Order.odd.size() == Order.by_day.size(), False),
    (Order.renamed.at(Renamed.city) == "x", False),
    (Order.lines[7].at(Line.sku) == "a", False),
    (~(Order.discount < 5), True),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "true"), MISSING, ids=repr)
def test_what_is_missing_makes_a_condition_false(condition: Condition, true: bool) -> None:
    """All but `!=`, `not_exists` and `~`; where there is no item, everything is missing."""
    assert holds(condition, ITEM) is true
    if condition.paths[0].place.steps[0] not in ITEM:
        assert holds(condition, None) is true


OTHER_TYPES: list[tuple[Condition, dict[str, Any], bool]] = [
    (Order.total == 5, {"total": {"S": "5"}}, False),
    (Order.total != 5, {"total": {"S": "5"}}, True),
    (Order.total < 6, {"total": {"S": "5"}}, False),
    (Order.total > 4, {"total": {"L": [{"N": "5"}]}}, False),
    (Order.total.between(1, 9), {"total": {"BOOL": True}}, False),
    (Order.total >= Order.count, {"total": {"SS": ["a"]}, "count": {"SS": ["a"]}}, False),
    (Order.total <= Order.count, {"total": {"NULL": True}, "count": {"NULL": True}}, False),
    (Order.total == Order.count, {"total": {"SS": ["a", "b"]}, "count": {"SS": ["b", "a"]}}, True),
    (Order.flag == True, {"flag": {"N": "1"}}, False),  # noqa: E712  # a condition
    (Order.status.begins_with("5"), {"status": {"N": "5"}}, False),
    (Order.status.begins_with("5"), {"status": {"B": b"5"}}, False),
    (Order.status.contains("5"), {"status": {"N": "55"}}, False),
    (Order.status.contains("a"), {"status": {"L": [{"S": "a"}]}}, True),
    (Order.status.contains("a"), {"status": {"M": {"a": {"S": "a"}}}}, False),
    (Order.tags.contains("1"), {"tags": {"NS": ["1"]}}, False),
    (Order.lines.size() >= 0, {"lines": {"N": "0"}}, False),
    (Order.lines.size() != 0, {"lines": {"BOOL": False}}, True),
    (Order.lines.size() == 0, {"lines": {"NULL": True}}, False),
    (Order.lines[0].exists(), {"lines": {"M": {"0": {"S": "a"}}}}, False),
    (Order.lines[0].exists(), {"lines": {"SS": ["a"]}}, False),
    (Order.labels["x"].exists(), {"labels": {"L": [{"S": "x"}]}}, False),
]


@pytest.mark.parametrize(("condition", "item", "true"), OTHER_TYPES, ids=repr)
def test_values_of_other_types(condition: Condition, item: dict[str, Any], true: bool) -> None:
    """What is stored as another type than expected is not equal, in no order, and has no parts."""
    assert holds(condition, item) is true


@given(tree=trees.trees, thing=trees.things)
def test_a_condition_means_what_it_says(tree: Tree, thing: Thing) -> None:
    """Drawn conditions of a model hold of the items of which they are true in Python."""
    assert holds(tree.condition, plan_of(Thing).encode(thing)) is tree.holds(thing)


@settings(max_examples=300, deadline=None)
@given(condition=conditions.conditions(), item=conditions.items(conditions.EVERYTHING))
def test_another_evaluator_agrees(condition: Condition, item: dict[str, Any]) -> None:
    """Of items of any shape, a condition holds as the rendered text of it does, read by another parser."""
    placeholders = Placeholders()
    text = condition.render(placeholders)
    assert holds(condition, item) is evaluate(text, placeholders.to_wire(), item)


def test_deep_conditions_are_evaluated() -> None:
    """About as deep as the 300 operators allow that the service takes."""
    condition: Condition = Order.total == 5
    for number in range(74):
        condition = (condition | (Order.total == number)) & (Order.total != -1)
    assert condition.operators == 297
    assert holds(condition, ITEM)


# Clauses --------------------------------------------------------------------------------------------------

PAID, CHEAP, NOTED, LARGE = Order.status == "paid", Order.total < 5, Order.note.exists(), Order.count > 9

CLAUSES: list[tuple[Condition, tuple[Condition, ...]]] = [
    (PAID, ()),
    (CHEAP, (CHEAP,)),
    (PAID & CHEAP, (CHEAP,)),
    ((PAID & CHEAP) & (NOTED & LARGE), (CHEAP, LARGE)),
    (either := CHEAP | LARGE, (either,)),
    (PAID & either & NOTED, (either,)),
    (PAID | CHEAP, ()),
    (neither := ~(PAID & NOTED), (neither,)),
    (LARGE & neither, (LARGE, neither)),
    (~(CHEAP & LARGE), ()),
    (both := (CHEAP & PAID) | LARGE, (both,)),
]


@pytest.mark.parametrize(("condition", "failed"), CLAUSES, ids=repr)
def test_the_clauses_that_failed(condition: Condition, failed: tuple[Condition, ...]) -> None:
    """Those joined by & that are false, in order and themselves; | and ~ stay whole."""
    assert list(map(id, failed_clauses(condition, ITEM))) == list(map(id, failed))


def test_without_an_item_all_that_needs_one_failed() -> None:
    """Where there is no item, only what asks for absence holds."""
    absent = Order.discount.not_exists()
    assert failed_clauses(PAID & absent & CHEAP, None) == (PAID, CHEAP)


# What is no condition ---------------------------------------------------------------------------------------


class Sometimes(Condition):
    """A condition that DynamoDB does not have."""

    operators = 1
    paths = ()

    def text(self, placeholders: Placeholders) -> str:
        return "SOMETIMES"


@pytest.mark.parametrize(
    "condition",
    [
        Sometimes(),
        Function("ends_with", Order.status, Value({"S": "d"})),
        Comparison(Order.total, "=", Arithmetic(Order.count, "+", Value({"N": "1"}))),
    ],
    ids=["condition", "function", "operand"],
)
def test_what_dynamodb_does_not_have_is_refused(condition: Condition) -> None:
    """An unknown condition, function or operand is an error, not an answer."""
    with pytest.raises(ExpressionError):
        holds(condition, ITEM)


def test_a_stored_number_that_is_none_is_an_error() -> None:
    """Nothing is compared with what is not a number."""
    with pytest.raises(CodecError):
        holds(Comparison(Size(Order.tags), "<", Order.count), ITEM | {"count": {"N": "many"}})
