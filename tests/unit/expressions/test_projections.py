"""Projections."""

from __future__ import annotations

import pytest

from ddbmodel import ExpressionError
from ddbmodel.expressions import PathRef, Placeholders, Projection
from tests.unit.expressions.models import Address, Line, Order
from tests.unit.expressions.rendering import rendered


@pytest.mark.parametrize(
    ("paths", "text", "names"),
    [
        ((Order.total,), "#n0", ["total"]),
        ((Order.total, Order.count), "#n0, #n1", ["total", "count"]),
        ((Order.lines[0].at(Line.quantity), Order.lines[1]), "#n0[0].#n1, #n0[1]", ["lines", "qty"]),
        ((Order.labels["a"], Order.labels["a.b"]), "#n0.#n1, #n0.#n2", ["labels", "a", "a.b"]),
    ],
)
def test_projections_are_rendered(paths: tuple[PathRef, ...], text: str, names: list[str]) -> None:
    """The paths are separated by commas, their names behind placeholders."""
    assert rendered(Projection(paths)) == (text, names, [])


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        ((), "a projection needs at least one path"),
        ((Order.total, Order.total), "Order.total and Order.total overlap"),
        ((Order.address, Order.address.at(Address.city)), "Order.address and Order.address.city overlap"),
        (
            (Order.lines[0].at(Line.sku), Order.count, Order.lines),
            r"Order.lines\[0\].sku and Order.lines overlap",
        ),
        ((Order.anything[0], Order.anything["a"]), r"Order.anything\[0\] and Order.anything\['a'\] conflict"),
    ],
)
def test_what_dynamodb_refuses_is_refused(paths: tuple[PathRef, ...], message: str) -> None:
    """No path, one inside of another, and a list that is a map as well are errors that name the paths."""
    with pytest.raises(ExpressionError, match=message):
        Projection(paths)


def test_4_kb_are_the_limit() -> None:
    """The text of a projection has up to 4,096 bytes."""
    with pytest.raises(
        ExpressionError, match=r"projection expression has \d,\d\d\d bytes, DynamoDB takes 4,096"
    ):
        Projection(tuple(Order.labels[str(number)] for number in range(400))).render(Placeholders())
