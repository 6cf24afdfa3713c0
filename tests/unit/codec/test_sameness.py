"""What counts as the same is more than what is equal in Python, and less than what is identical."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from functools import cached_property
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, PrivateAttr, RootModel, SecretStr

from ddbmodel.codec.sameness import same, same_stored


class Part(BaseModel):
    model_config = ConfigDict(extra="allow")
    x: Any = 1
    _seen: int = PrivateAttr(default=0)

    @cached_property
    def double(self) -> Any:
        return self.x * 2


class Other(BaseModel):
    x: Any = 1


@dataclass
class Data:
    x: Any
    unset: int = field(init=False)


class Opaque:
    __slots__ = ("x",)

    def __init__(self, x: Any) -> None:
        self.x = x


class Bag:
    def __init__(self, x: Any) -> None:
        self.x = x


class Array:
    """It compares element by element, as arrays do."""

    def __init__(self, *values: int) -> None:
        self.values = values

    def __eq__(self, other: object) -> Any:
        raise ValueError("the truth of an array is ambiguous")

    __hash__ = None  # type: ignore[assignment]  # as for arrays

    def __repr__(self) -> str:
        return f"Array{self.values}"


NOON = datetime(2020, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (1, 1),
        (Decimal("1.50"), Decimal("1.5")),
        (NOON, NOON.astimezone(timezone(timedelta(hours=2)))),
        ([1, (2,), deque([3])], [1, (2,), deque([3])]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({1, 2}, {2, 1}),
        (Part(x=[1]), Part(x=[1])),
        (Part(more=1), Part(more=1)),
        (RootModel[int](1), RootModel[int](1)),
        (Data([1]), Data([1])),
        (Opaque([1]), Opaque([1])),
        (Bag({"a": 1}), Bag({"a": 1})),
        (SecretStr("a"), SecretStr("a")),
        (Array(1, 2), Array(1, 2)),
        (None, None),
    ],
    ids=lambda value: type(value).__name__,
)
def test_equal_values_of_equal_types_are_the_same(left: object, right: object) -> None:
    """Equal values are the same, objects without an equality of their own by what they hold."""
    assert same(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (1, 1.0),
        (1, True),
        (Decimal(1), 1),
        ("a", b"a"),
        ([1], (1,)),
        ([1], [1.0]),
        ([1], [1, 2]),
        ({"a": 1}, {"a": True}),
        ({1: "a"}, {True: "a"}),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": 1}, {"b": 1}),
        ({1}, {1.0}),
        ({1}, {2}),
        (set(), frozenset()),
        (OrderedDict(a=1, b=2), OrderedDict(b=2, a=1)),
        (Part(), Other()),
        (Part(x=1), Part(x=1.0)),
        (Part(more=1), Part(more=2)),
        (Part(more=1), Part()),
        (Data(1), Data(True)),
        (Opaque(1), Opaque(2)),
        (Bag(1), Bag(2)),
        (SecretStr("a"), SecretStr("b")),
        (Array(1), Array(2)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_other_types_or_values_are_not_the_same(left: object, right: object) -> None:
    """A difference in value or type, however deep, is a difference, though Python may call them equal."""
    assert not same(left, right)


def test_what_a_model_computes_or_keeps_private_does_not_count() -> None:
    """Cached properties and private attributes are not what a model says."""
    one, other = Part(x=2), Part(x=2)
    assert one.double == 4
    one._seen = 5
    assert same([one], [other])


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({"N": "1.0"}, {"N": "1"}, True),
        ({"NS": ["1", "2.0"]}, {"NS": ["2", "1"]}, True),
        ({"SS": ["a", "b"]}, {"SS": ["b", "a"]}, True),
        ({"L": [{"N": "1E1"}]}, {"L": [{"N": "10"}]}, True),
        ({"M": {"a": {"N": "1"}, "b": {"S": ""}}}, {"M": {"b": {"S": ""}, "a": {"N": "1.00"}}}, True),
        ({"N": "1"}, {"S": "1"}, False),
        ({"L": [{"S": "a"}, {"S": "b"}]}, {"L": [{"S": "b"}, {"S": "a"}]}, False),
        ({"S": "1.0"}, {"S": "1"}, False),
        ({"BOOL": True}, {"BOOL": False}, False),
    ],
)
def test_stored_values_are_the_same_if_dynamodb_holds_the_same(
    left: dict[str, Any], right: dict[str, Any], expected: bool
) -> None:
    """Numbers count by their value, sets and maps have no order, everything else counts as it is."""
    assert same_stored(left, right) is expected
