"""How conditions are combined, rendered and limited."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ddbmodel import Condition, ExpressionError
from ddbmodel.expressions import And, Not, Or, Placeholders
from tests.unit.expressions.models import Order
from tests.unit.expressions.rendering import rendered

A = Order.count == 1
B = Order.total == 2
C = Order.flag == True  # noqa: E712  # a condition
RANGE = Order.count.between(1, 2)


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (A & B, "#n0 = :v0 AND #n1 = :v1"),
        (A | B, "#n0 = :v0 OR #n1 = :v1"),
        (~A, "NOT #n0 = :v0"),
        (A & B & C, "#n0 = :v0 AND #n1 = :v1 AND #n2 = :v2"),
        (A & (B & C), "#n0 = :v0 AND #n1 = :v1 AND #n2 = :v2"),
        (A | B | C, "#n0 = :v0 OR #n1 = :v1 OR #n2 = :v2"),
        (A & B | C, "#n0 = :v0 AND #n1 = :v1 OR #n2 = :v2"),
        (A | B & C, "#n0 = :v0 OR #n1 = :v1 AND #n2 = :v2"),
        ((A | B) & C, "(#n0 = :v0 OR #n1 = :v1) AND #n2 = :v2"),
        (A & (B | C), "#n0 = :v0 AND (#n1 = :v1 OR #n2 = :v2)"),
        (~(A & B), "NOT (#n0 = :v0 AND #n1 = :v1)"),
        (~(A | B), "NOT (#n0 = :v0 OR #n1 = :v1)"),
        (~A & B, "NOT #n0 = :v0 AND #n1 = :v1"),
        (~A | ~B, "NOT #n0 = :v0 OR NOT #n1 = :v1"),
        (RANGE, "#n0 BETWEEN :v0 AND :v1"),
        (~RANGE, "NOT (#n0 BETWEEN :v0 AND :v1)"),
        (RANGE & B, "(#n0 BETWEEN :v0 AND :v1) AND #n1 = :v2"),
        (RANGE | B, "#n0 BETWEEN :v0 AND :v1 OR #n1 = :v2"),
        (And((A, And((B, C)))), "#n0 = :v0 AND (#n1 = :v1 AND #n2 = :v2)"),
        (Not(Not(A)), "NOT (NOT #n0 = :v0)"),
    ],
)
def test_parentheses_stand_where_they_are_needed(condition: Condition, text: str) -> None:
    """OR binds weaker than AND, AND weaker than NOT; nothing is in parentheses twice, as DynamoDB wants."""
    assert rendered(condition)[0] == text


def test_not_of_not_is_the_condition() -> None:
    """`~~condition` is the condition itself."""
    assert ~~A is A


@pytest.mark.parametrize(
    ("condition", "parts"),
    [
        (A, [A]),
        (A & B & C, [A, B, C]),
        (A & (B | C), [A, 0]),
        (A | B, [0]),
        (And((A, And((B, C)))), [A, B, C]),
    ],
)
def test_conjuncts_are_the_parts_that_must_all_be_true(condition: Condition, parts: list[object]) -> None:
    """Only AND at the top is taken apart; 0 stands for a part that is not looked into."""
    found = list(condition.conjuncts())
    assert len(found) == len(parts)
    assert all(part == 0 or part is got for part, got in zip(parts, found, strict=True))


def test_paths_are_all_paths_on_either_side() -> None:
    """A condition knows every path in it, also those that it compares with."""
    condition = (Order.total > Order.discount) & ~Order.lines.size().between(1, Order.count)
    condition |= Order.note.contains(Order.status) | Order.count.is_in(1, Order.limit)
    assert [repr(path) for path in condition.paths] == [
        *("Order.total", "Order.discount", "Order.lines", "Order.count"),
        *("Order.note", "Order.status", "Order.count", "Order.limit"),
    ]


@pytest.mark.parametrize(
    "use",
    [
        lambda: A and B,
        lambda: A or B,
        lambda: not A,
        lambda: 1 < Order.count < 3,
        lambda: Order.count == Order.limit == 3,
        lambda: bool(A & B),
    ],
    ids=["and", "or", "not", "chain", "equal chain", "bool"],
)
def test_conditions_have_no_truth_value(use: Callable[[], object]) -> None:
    """Python's own operators would lose half of the condition, so they are errors that name the remedy."""
    with pytest.raises(TypeError, match=r"combine with & \| ~ .*\.between\(low, high\)"):
        use()


@pytest.mark.parametrize("other", [True, "x", None, Order.flag, Order.count.set(1)])
def test_conditions_combine_with_conditions_only(other: object) -> None:
    """Anything else beside `&` and `|` is a TypeError."""
    with pytest.raises(TypeError, match="unsupported operand"):
        A & other  # type: ignore[operator]  # what the test is about
    with pytest.raises(TypeError, match="unsupported operand"):
        A | other  # type: ignore[operator]  # what the test is about


@pytest.mark.parametrize("kind", [And, Or])
@pytest.mark.parametrize("parts", [(), (A,)])
def test_a_junction_joins_two_or_more(kind: type[And | Or], parts: tuple[Condition, ...]) -> None:
    """One part in two pairs of parentheses is refused by DynamoDB, so one part alone is no junction."""
    with pytest.raises(ExpressionError, match="joins two conditions or more"):
        kind(parts)


def _many(count: int) -> Condition:
    condition: Condition = Order.flag.exists()
    for _ in range(count - 1):
        condition = condition & Order.flag.exists()
    return condition


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        (A, 1),
        (A & B, 3),
        (~A, 2),
        (RANGE, 1),
        (Order.count.is_in(1, 2, 3), 1),
        (Order.lines.size() > 3, 2),
        (Order.note.begins_with("a"), 1),
        (Order.count == Order.tags.size(), 2),
    ],
)
def test_operators_and_functions_are_counted(condition: Condition, count: int) -> None:
    """Comparisons, AND, OR, NOT, BETWEEN, IN and functions count as one each."""
    assert condition.operators == count


def test_300_operators_are_the_limit() -> None:
    """299 operators are rendered, 301 are refused."""
    assert rendered(_many(150))[0].count("attribute_exists") == 150
    with pytest.raises(ExpressionError, match="301 operators and functions, DynamoDB takes 300: split it"):
        _many(151).render(Placeholders())


@pytest.mark.parametrize("levels", [500, 5000])
def test_deep_nesting_is_refused_before_python_gives_up(levels: int) -> None:
    """A condition too deep for Python's stack is an ExpressionError, not a RecursionError."""
    condition: Condition = A
    for level in range(levels):
        condition = (B & condition) if level % 2 else (C | condition)
    with pytest.raises(ExpressionError, match="operators and functions"):
        condition.render(Placeholders())


def test_the_deepest_condition_that_dynamodb_takes_is_rendered() -> None:
    """149 levels of AND in OR in AND are 299 operators."""
    condition: Condition = A
    for level in range(149):
        condition = (B & condition) if level % 2 else (C | condition)
    assert rendered(condition)[0].count("(") == 74


def test_4_kb_are_the_limit() -> None:
    """The text of an expression has up to 4,096 bytes, names and values not counted."""
    options = range(100)
    parts = [Order.count.is_in(options) for _ in range(6)]
    condition: Condition = parts[0]
    for part in parts[1:5]:
        condition = condition | part
    assert len(rendered(condition)[0]) < 4096
    with pytest.raises(
        ExpressionError, match=r"condition expression has 4,\d\d\d bytes, DynamoDB takes 4,096"
    ):
        (condition | parts[5]).render(Placeholders())


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (A & ~B | C, "((Order.count == <N>) & (~(Order.total == <N>))) | (Order.flag == <BOOL>)"),
        (Order.status != "secret", "Order.status != <S>"),
        (RANGE, "Order.count.between(<N>, <N>)"),
        (Order.status.is_in("secret", Order.note), "Order.status.is_in(<S>, Order.note)"),
        (Order.status.begins_with("secret"), "begins_with(Order.status, <S>)"),
        (Order.tags.size() > 3, "Order.tags.size() > <N>"),
        (Order.note.exists(), "attribute_exists(Order.note)"),
    ],
)
def test_what_is_shown_holds_no_value(condition: Condition, text: str) -> None:
    """The repr of a condition shows paths, operators and types of values, never the values."""
    assert repr(condition) == text
