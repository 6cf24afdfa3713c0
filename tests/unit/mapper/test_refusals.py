"""What a refused condition says: the stored item, the clauses that were false, and nothing that it holds."""

from __future__ import annotations

from typing import Any

import pytest

from ddbmodel import Attr, Condition, ConditionalCheckFailed, Model, VersionConflict, field, partition_key
from ddbmodel.expressions import Placeholders
from ddbmodel.mapper.refusals import decoded_refusal
from ddbmodel.model import plan_of

SECRET = "s3cr3t-value"
SAID = "PutItem on table 'orders': the condition was false."


class Order(Model, table="orders"):
    order_id: Attr[str] = partition_key()
    status: Attr[str] = field(default="new")
    total: Attr[int] = field(default=0)
    labels: Attr[dict[str, str]] = field(default_factory=dict)


PAID, LARGE, LABELLED = Order.status == SECRET, Order.total > 99, Order.labels["x"].exists()
STORED = Order(order_id="o", total=5)
ITEM: dict[str, Any] = plan_of(Order).encode(STORED)


def _refused(
    condition: Condition | None, item: Any, kind: type[ConditionalCheckFailed] = ConditionalCheckFailed
) -> ConditionalCheckFailed:
    return decoded_refusal(kind(SAID, item), plan_of(Order), condition)


@pytest.mark.parametrize(
    ("condition", "failed", "said"),
    [
        (PAID, (PAID,), "Order.status == <S>"),
        (PAID & (Order.total == 5) & LARGE, (PAID, LARGE), "Order.status == <S>, Order.total > <N>"),
        ((both := PAID | LARGE), (both,), "(Order.status == <S>) | (Order.total > <N>)"),
        ((Order.total < 9) & ~(Order.total == 5), None, "~(Order.total == <N>)"),
        (LABELLED, (LABELLED,), "attribute_exists(Order.labels[...])"),
    ],
)
def test_it_names_what_was_false(
    condition: Condition, failed: tuple[Condition, ...] | None, said: str
) -> None:
    """Paths and operators, no values; the conditions themselves are in `failed`, the item beside them."""
    refusal = _refused(condition, ITEM)
    assert refusal.item == STORED
    assert str(refusal) == f"{SAID} False of the stored item: {said}."
    assert SECRET not in str(refusal)
    if failed is not None:
        assert list(map(id, refusal.failed)) == list(map(id, failed))


def test_a_missing_item_is_said_to_be_missing() -> None:
    """No clause is blamed where there is nothing of which it could be false."""
    refusal = _refused(PAID & LARGE, None)
    assert str(refusal) == f"{SAID} There is no item with this key: none came with the refusal."
    assert (refusal.item, refusal.failed) == (None, ())


class Sometimes(Condition):
    """A condition that cannot be evaluated."""

    operators = 1
    paths = ()

    def text(self, placeholders: Placeholders) -> str:
        return "SOMETIMES"


@pytest.mark.parametrize(
    ("condition", "item"),
    [
        pytest.param(Order.status != "x", None, id="an engine that keeps the item to itself"),
        pytest.param(Order.total == 5, ITEM, id="an item of which nothing was false"),
        pytest.param(LARGE, ITEM | {"total": {"N": "many"}}, id="a number that is none"),
        pytest.param(Sometimes(), ITEM, id="an unknown condition"),
        pytest.param(None, ITEM, id="no condition"),
    ],
)
def test_what_cannot_be_told_is_not_told(condition: Condition | None, item: Any) -> None:
    """The message stays as it is, and no clause is blamed."""
    refusal = _refused(condition, item)
    assert str(refusal) == SAID
    assert refusal.failed == ()


def test_an_unreadable_item_is_evaluated_all_the_same() -> None:
    """The clauses are judged by what is stored, also where no model can be read from it."""
    refusal = _refused(LARGE, {"order_id": {"S": "o"}, "total": {"S": "text"}})
    assert refusal.item is None
    assert refusal.failed == (LARGE,)
    assert "could not be read" in refusal.__notes__[0]


def test_a_version_conflict_stays_one() -> None:
    """A subclass comes out as it went in."""
    refusal = _refused(LARGE, ITEM, VersionConflict)
    assert type(refusal) is VersionConflict
    assert refusal.failed == (LARGE,)
