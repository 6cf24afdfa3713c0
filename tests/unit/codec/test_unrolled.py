"""The functions that are written for a class do what the plain way does, for every type of the lossless matrix."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from ddbmodel import Attr, CodecError, Model, field, partition_key
from ddbmodel.codec.parts import PartCodec
from ddbmodel.codec.sameness import same
from ddbmodel.model import plan_of
from tests.strategies.matrix import ROWS
from tests.strategies.row import Row
from tests.strategies.service import kept

FAST = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), database=None)
UNROLLED = [row for row in ROWS if plan_of(row.model).part.is_unrolled]


def plain_encode(part: PartCodec, value: Any) -> Any:
    return part._encode_fields(value)


@pytest.mark.parametrize("row", UNROLLED, ids=lambda row: row.name)
def test_both_ways_agree(row: Row) -> None:
    """What the function stores and reads is what goes through the codecs, field by field."""
    part = plan_of(row.model).part

    @FAST
    @given(row.instances)
    def check(instance: Any) -> None:
        stored = part._encoded(instance)
        assert stored == part._encode_fields(instance)
        assert list(stored) == list(part._encode_fields(instance))
        item = kept(stored)
        assert same(part.decode_attributes(item), part._decode_fields(item))

    check()


def test_most_of_the_matrix_is_unrolled() -> None:
    """The comparison is of more than a few rows."""
    assert len(UNROLLED) > len(ROWS) * 0.8


class Line(Model):
    price: Attr[int]


class Order(Model, table="orders"):
    order_id: Attr[str] = partition_key()
    lines: Attr[list[Line]] = field(default_factory=list)
    note: Attr[str | None] = field(default=None)


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (Order.model_construct(order_id="1", lines=[Line(price=1), "no line"], note=None), "$.lines[1]"),
        (
            Order.model_construct(order_id="1", lines=[Line.model_construct(price="x")], note=None),
            "$.lines[0].price",
        ),
        (Order.model_construct(order_id="1", lines=[], note="\ud800"), "$.note"),
        (Order.model_construct(order_id=7, lines=[], note=None), "$.order_id"),
        (Order.model_construct(lines=[], note=None), "$.order_id"),
    ],
    ids=["an element", "inside of a part", "text", "a scalar", "nothing"],
)
def test_errors_name_the_place(value: Order, path: str) -> None:
    """Where the function fails, the plain way says what is wrong, and where."""
    with pytest.raises(CodecError) as caught:
        plan_of(Order).encode(value)
    assert caught.value.path == path


@pytest.mark.parametrize(
    "item",
    [
        {"order_id": {"S": "1"}, "lines": {"L": [{"M": {"price": {"S": "x"}}}]}},
        {"order_id": {"S": "1"}, "lines": {"M": {}}},
        {"order_id": {"N": "1"}},
        {"order_id": {"S": "1"}, "note": {"NULL": True}},
        {"order_id": {"S": "1"}, "note": {"BOOL": True}},
        {"order_id": {"S": "1"}, "lines": {"L": [{"M": {"price": {"N": "1e400"}}}]}},
    ],
    ids=["text for a number", "a map for a list", "a number for text", "NULL", "BOOL", "out of range"],
)
def test_strange_items_are_read_alike(item: Any) -> None:
    """What other clients stored is read, or refused, as in the plain way."""
    part = plan_of(Order).part
    outcomes = []
    for read in (part.decode_attributes, part._decode_fields):
        try:
            outcomes.append(repr(read(item)))
        except CodecError as error:
            outcomes.append(str(error))
    assert outcomes[0] == outcomes[1]


def test_parts_that_hold_themselves() -> None:
    """A recursive part has a function too."""
    tree = Tree(
        node_id="a", root=Node(value=1, children=[Node(value=2), Node(value=3, children=[Node(value=4)])])
    )
    assert plan_of(Tree).decode(plan_of(Tree).encode(tree)) == tree


class Node(Model):
    value: Attr[int]
    children: Attr[list[Node]] = field(default_factory=list)


class Tree(Model, table="trees"):
    node_id: Attr[str] = partition_key()
    root: Attr[Node]
