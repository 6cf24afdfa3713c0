"""Values without a declared type: strict on the way in, exact on the way out."""

from __future__ import annotations

from collections import Counter, OrderedDict
from datetime import date
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Any, cast

import pytest
from hypothesis import given, settings
from pydantic import BaseModel, SecretStr

from ddbmodel.codec import untyped
from ddbmodel.codec.base import UnexpectedType
from ddbmodel.codec.sameness import same_stored
from ddbmodel.errors import CodecError
from tests.strategies import stored

QUICK = settings(max_examples=200, deadline=None, database=None)


class Size(IntEnum):
    BIG = 3


class Word(StrEnum):
    HI = "hi"


class Part(BaseModel):
    x: int = 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, {"NULL": True}),
        ("a", {"S": "a"}),
        ("", {"S": ""}),
        (True, {"BOOL": True}),
        (5, {"N": "5"}),
        (0.5, {"N": "0.5"}),
        (2.0, {"N": "2"}),
        (Decimal("0.5"), {"N": "0.5"}),
        (Decimal(7), {"N": "7"}),
        (b"a", {"B": b"a"}),
        (bytearray(b"a"), {"B": b"a"}),
        ([1, "a", None], {"L": [{"N": "1"}, {"S": "a"}, {"NULL": True}]}),
        ({"a": {"b": []}}, {"M": {"a": {"M": {"b": {"L": []}}}}}),
        ({"b", "a"}, {"SS": ["a", "b"]}),
        ({2, 1}, {"NS": ["1", "2"]}),
        (frozenset((b"a",)), {"BS": [b"a"]}),
        (Size.BIG, {"N": "3"}),
        (Word.HI, {"S": "hi"}),
        (Counter("a"), {"M": {"a": {"N": "1"}}}),
        (OrderedDict(a=1), {"M": {"a": {"N": "1"}}}),
    ],
)
def test_what_comes_back_equal_is_stored(value: object, expected: dict[str, Any]) -> None:
    """A value that reads back as an equal one is stored by its own type."""
    assert untyped.encode(value) == expected
    assert untyped.decode(expected) == value


@pytest.mark.parametrize(
    "value",
    [
        (1, 2),
        set(),
        {1, "a"},
        {True},
        {None},
        Decimal("0.1"),
        1e23,
        date(2020, 1, 1),
        Enum("Plain", "A").A,
        Part(),
        SecretStr("a"),
        object(),
        {1: 2},
        1j,
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_would_come_back_as_something_else_is_refused(value: object) -> None:
    """A value that would read back unequal is refused, with the remedy."""
    with pytest.raises(UnexpectedType, match="declare the field's type|declared key type"):
        untyped.encode(value)


def test_the_place_of_a_refusal_is_told() -> None:
    """The error names the way to the value inside of lists and maps."""
    with pytest.raises(CodecError) as caught:
        untyped.encode({"lines": [1, {"price": (1,)}]})
    assert caught.value.path == "$.lines[1].price"


@pytest.mark.parametrize("value", ["\ud800", ["a\udfff"], {"\ud800": 1}, {"": 1}, {"a": {"": 1}}])
def test_text_that_dynamodb_cannot_hold_is_refused(value: object) -> None:
    """Half a surrogate pair, and an empty attribute name, are refused."""
    with pytest.raises(CodecError, match="surrogate|empty name"):
        untyped.encode(value)


@QUICK
@given(stored.values())
def test_whatever_is_stored_can_be_read_and_stored_again(value: dict[str, Any]) -> None:
    """Reading any stored value and storing it again changes nothing, but for numbers that only Decimal holds."""
    read = untyped.decode(value)
    assert same_stored(untyped.encode_dumped(read), _with_sets(value))


def _with_sets(value: dict[str, Any]) -> dict[str, Any]:
    """The stored value without members that are the same number in another form."""
    ((kind, inner),) = value.items()
    match kind:
        case "NS":
            return untyped.encode_dumped(untyped.decode(value))
        case "L":
            return {"L": [_with_sets(element) for element in inner]}
        case "M":
            return {"M": {key: _with_sets(entry) for key, entry in inner.items()}}
        case _:
            return value


@pytest.mark.parametrize("value", [{}, {"S": "a", "N": "1"}, {"X": "a"}, {"N": "abc"}])
def test_what_is_no_stored_value_is_refused(value: dict[str, Any]) -> None:
    """Something that is not one of DynamoDB's values is an error, not a value."""
    with pytest.raises(CodecError):
        untyped.decode(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ((1, Decimal("0.1")), {"L": [{"N": "1"}, {"N": "0.1"}]}),
        (set(), {"L": []}),
        ({1, "a"}, None),
        (date(2020, 1, 1), {"S": "2020-01-01"}),
        (Part(), {"M": {"x": {"N": "1"}}}),
        (SecretStr("a"), {"S": "a"}),
        (1j, {"S": "1j"}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_a_serializer_returns_is_stored_by_its_json_form(
    value: object, expected: dict[str, Any] | None
) -> None:
    """A serializer's result is taken in its JSON form, for validation makes the real thing of it."""
    encoded = untyped.encode_dumped(value)
    if expected is None:
        assert sorted(map(str, cast("list[Any]", encoded["L"]))) == ["{'N': '1'}", "{'S': 'a'}"]
    else:
        assert encoded == expected


def test_what_pydantic_cannot_serialise_is_refused() -> None:
    """An object without a JSON form is an error with a remedy."""
    with pytest.raises(CodecError, match="serializer and a validator"):
        untyped.encode_dumped(object())
