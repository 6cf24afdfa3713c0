"""`#n0` and `:v0`."""

from __future__ import annotations

import re

import pytest

from ddbmodel import ExpressionError, limits
from ddbmodel.expressions import Placeholders, Projection
from tests.unit.expressions.models import Order
from tests.unit.expressions.rendering import rendered

ODD_NAMES = [
    "size",
    "COMMENT",
    "a.b",
    "a b",
    "#n0",
    ":v0",
    ":v1",
    "a[0]",
    "é",
    "数",
    "\U0001f600",
    "it's",
    '"',
    "a-b",
    "0",
    "_",
    "a = :v0 OR b",
    "\n",
]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_stay_behind_placeholders(name: str) -> None:
    """Whatever a name is, the expression holds its placeholder only."""
    assert rendered(Order.labels[name] == "x") == ("#n0.#n1 = :v0", ["labels", name], [{"S": "x"}])


def test_one_name_has_one_placeholder() -> None:
    """The same name gets the same placeholder, at whatever depth it stands."""
    condition = (Order.labels["total"] == "x") & (Order.total > 1) & (Order.total < 2)
    text, names, _ = rendered(condition)
    assert text == "#n0.#n1 = :v0 AND #n1 > :v1 AND #n1 < :v2"
    assert names == ["labels", "total"]


def test_every_value_has_its_own_placeholder() -> None:
    """`:v1` is never read inside of `:v10`: each placeholder stands for the value at its own position."""
    text, _, values = rendered(Order.count.is_in(range(100)))
    used = re.findall(r":v\d+", text)
    assert used == [f":v{number}" for number in range(100)]
    assert values == [{"N": str(number)} for number in range(100)]


def test_expressions_of_a_request_share_placeholders() -> None:
    """Names are shared between the expressions that one `Placeholders` renders; values are not."""
    placeholders = Placeholders()
    assert (Order.total > 1).render(placeholders) == "#n0 > :v0"
    assert (Order.total < 2).render(placeholders) == "#n0 < :v1"
    assert Projection((Order.count, Order.total)).render(placeholders) == "#n1, #n0"
    assert placeholders.to_wire() == {
        "ExpressionAttributeNames": {"#n0": "total", "#n1": "count"},
        "ExpressionAttributeValues": {":v0": {"N": "1"}, ":v1": {"N": "2"}},
    }


@pytest.mark.parametrize(
    ("use", "wire"),
    [
        ("nothing", {}),
        ("name", {"ExpressionAttributeNames": {"#n0": "a"}}),
        ("value", {"ExpressionAttributeValues": {":v0": {"S": "a"}}}),
    ],
)
def test_empty_maps_are_left_out(use: str, wire: dict[str, object]) -> None:
    """DynamoDB refuses an empty map of names or values, so there is none."""
    placeholders = Placeholders()
    if use == "name":
        placeholders.name("a")
    if use == "value":
        placeholders.value({"S": "a"})
    assert placeholders.to_wire() == wire


def test_long_names_are_taken_up_to_the_limit() -> None:
    """An attribute name has up to 65,535 bytes."""
    name = "é" * (limits.ATTRIBUTE_NAME_BYTES // 2)
    assert Placeholders().name(name) == "#n0"
    with pytest.raises(ExpressionError, match=r"65,536 bytes, DynamoDB takes 1 to 65,535"):
        Placeholders().name(name + "ab")


def test_an_empty_name_is_refused() -> None:
    """DynamoDB has no attribute without a name."""
    with pytest.raises(ExpressionError, match="0 bytes"):
        Placeholders().name("")


def test_names_and_values_are_limited_to_2_mb() -> None:
    """All names and values of a request have 2 MB together."""
    placeholders = Placeholders()
    placeholders.name("n" * 10)
    placeholders.value({"B": bytes(limits.EXPRESSION_VARIABLES_BYTES - 10)})
    placeholders.to_wire()
    placeholders.value({"S": "x"})
    with pytest.raises(ExpressionError, match=r"2,097,153 bytes, DynamoDB takes 2,097,152"):
        placeholders.to_wire()
