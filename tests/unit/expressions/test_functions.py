"""The functions of conditions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from ddbmodel import Condition
from tests.unit.expressions.models import Kind, Line, Order
from tests.unit.expressions.rendering import rendered

LINE = Line(sku="a", price=Decimal(1), quantity=2)
STORED_LINE = {"M": {"sku": {"S": "a"}, "price": {"N": "1"}, "qty": {"N": "2"}, "notes": {"L": []}}}


@pytest.mark.parametrize(
    ("condition", "text", "names", "values"),
    [
        (Order.note.exists(), "attribute_exists(#n0)", ["note"], []),
        (Order.note.not_exists(), "attribute_not_exists(#n0)", ["note"], []),
        (Order.total.is_type("N"), "attribute_type(#n0, :v0)", ["total"], [{"S": "N"}]),
        (Order.visible.is_type("NULL"), "attribute_type(#n0, :v0)", ["visible"], [{"S": "NULL"}]),
        (Order.status.begins_with("a"), "begins_with(#n0, :v0)", ["status"], [{"S": "a"}]),
        (Order.status.begins_with(Order.note), "begins_with(#n0, #n1)", ["status", "note"], []),
        (Order.blob.begins_with(b"a"), "begins_with(#n0, :v0)", ["blob"], [{"B": b"a"}]),
        (Order.placed_at.begins_with("2026-"), "begins_with(#n0, :v0)", ["placed_at"], [{"S": "2026-"}]),
        (Order.kind.begins_with("s"), "begins_with(#n0, :v0)", ["kind"], [{"S": "s"}]),
        (Order.state.begins_with("n"), "begins_with(#n0, :v0)", ["state"], [{"S": "n"}]),
        (Order.uid.begins_with("0a"), "begins_with(#n0, :v0)", ["uid"], [{"S": "0a"}]),
        (Order.status.contains("a"), "contains(#n0, :v0)", ["status"], [{"S": "a"}]),
        (Order.status.contains(Order.note), "contains(#n0, #n1)", ["status", "note"], []),
        (Order.blob.contains(b"a"), "contains(#n0, :v0)", ["blob"], [{"B": b"a"}]),
        (Order.tags.contains("a"), "contains(#n0, :v0)", ["tags"], [{"S": "a"}]),
        (Order.sizes.contains(Decimal("1.0")), "contains(#n0, :v0)", ["sizes"], [{"N": "1"}]),
        (Order.prices.contains(1), "contains(#n0, :v0)", ["prices"], [{"N": "1"}]),
        (Order.prices.contains(0.5), "contains(#n0, :v0)", ["prices"], [{"N": "0.5"}]),
        (Order.lines.contains(LINE), "contains(#n0, :v0)", ["lines"], [STORED_LINE]),
        (Order.matrix.contains([1]), "contains(#n0, :v0)", ["matrix"], [{"L": [{"N": "1"}]}]),
        (Order.gaps.contains(None), "contains(#n0, :v0)", ["gaps"], [{"NULL": True}]),
        (Order.numbers.contains(1), "contains(#n0, :v0)", ["numbers"], [{"N": "1"}]),
        (Order.pair.contains("x"), "contains(#n0, :v0)", ["pair"], [{"S": "x"}]),
        (Order.mixed.contains("x"), "contains(#n0, :v0)", ["mixed"], [{"S": "x"}]),
        (Order.words.contains("x"), "contains(#n0, :v0)", ["words"], [{"S": "x"}]),
        (Order.tags.contains(Order.status), "contains(#n0, #n1)", ["tags", "status"], []),
        (Order.anything.contains(1), "contains(#n0, :v0)", ["anything"], [{"N": "1"}]),
        (Order.tags.size() == 1, "size(#n0) = :v0", ["tags"], [{"N": "1"}]),
        (Order.tags.size() != 1, "size(#n0) <> :v0", ["tags"], [{"N": "1"}]),
        (Order.status.size() < 1, "size(#n0) < :v0", ["status"], [{"N": "1"}]),
        (Order.blob.size() <= 1, "size(#n0) <= :v0", ["blob"], [{"N": "1"}]),
        (Order.lines.size() > 1, "size(#n0) > :v0", ["lines"], [{"N": "1"}]),
        (Order.labels.size() >= 1, "size(#n0) >= :v0", ["labels"], [{"N": "1"}]),
        (Order.address.size() > Order.count, "size(#n0) > #n1", ["address", "count"], []),
        (Order.tags.size() > Order.lines.size(), "size(#n0) > size(#n1)", ["tags", "lines"], []),
        (
            Order.tags.size().between(1, 2),
            "size(#n0) BETWEEN :v0 AND :v1",
            ["tags"],
            [{"N": "1"}, {"N": "2"}],
        ),
        (Order.tags.size().is_in([1]), "size(#n0) IN (:v0)", ["tags"], [{"N": "1"}]),
        (Order.mixed.size() > 1, "size(#n0) > :v0", ["mixed"], [{"N": "1"}]),
        (Order.placed_at.size() > 1, "size(#n0) > :v0", ["placed_at"], [{"N": "1"}]),
        (Order.kind.is_in(Kind.SALE), "#n0 IN (:v0)", ["kind"], [{"S": "sale"}]),
    ],
)
def test_functions_are_rendered(
    condition: Condition, text: str, names: list[str], values: list[dict[str, Any]]
) -> None:
    """Each function has its name in DynamoDB, and members are stored as the list's or set's members are."""
    assert rendered(condition) == (text, names, values)
