"""Trying validation out tells why and where it failed, and nothing of the value."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import AfterValidator, BaseModel, Field, TypeAdapter
from pydantic_core import PydanticCustomError

from ddbmodel.codec.trial import Refusal, attempt

SECRET = "hunter2"


def _value_error(value: Any) -> Any:
    raise ValueError(f"{value} is bad")


def _assertion(value: Any) -> Any:
    raise AssertionError(f"{value} is bad")


def _custom(value: Any) -> Any:
    raise PydanticCustomError("mine", "{value} is bad", {"value": value})


def _key_error(value: Any) -> Any:
    raise KeyError(value)


class Cat(BaseModel):
    kind: Literal["cat"]


class Dog(BaseModel):
    kind: Literal["dog"]
    price: Decimal


class Home(BaseModel):
    pets: list[Annotated[Cat | Dog, Field(discriminator="kind")]] = []
    either: int | list[bool] = 1


def test_a_valid_value_is_what_validation_makes_of_it() -> None:
    """What validation takes comes back validated."""
    assert attempt(TypeAdapter(int).validate_python, "5") == 5


@pytest.mark.parametrize(
    ("annotation", "reason"),
    [
        (int, "int_parsing"),
        (UUID, "uuid_parsing"),
        (Literal["a", "b"], "literal_error"),
        (Annotated[str, Field(max_length=2)], "string_too_long"),
        (Annotated[str, AfterValidator(_value_error)], "value_error"),
        (Annotated[str, AfterValidator(_assertion)], "assertion_error"),
        (Annotated[str, AfterValidator(_custom)], "mine"),
        (Annotated[str, AfterValidator(_key_error)], "KeyError"),
    ],
)
def test_a_refusal_tells_what_is_wrong_but_not_the_value(annotation: Any, reason: str) -> None:
    """The reason names the kind of error, and never quotes the value, whoever words the error."""
    refusal = attempt(TypeAdapter(annotation).validate_python, SECRET)
    assert isinstance(refusal, Refusal)
    assert reason in refusal.reason
    assert SECRET not in repr(refusal)


@pytest.mark.parametrize(
    ("plain", "path"),
    [
        ({"pets": [{"kind": "cat"}, {"kind": "dog", "price": "x"}]}, ("pets", 1, "price")),
        ({"pets": [{"kind": "dog"}]}, ("pets", 0, "price")),
        ({"pets": [{"kind": SECRET}]}, ("pets", 0)),
        ({"either": [SECRET]}, ("either",)),
        ({"pets": 5}, ("pets",)),
    ],
)
def test_a_refusal_tells_the_place_in_the_input(plain: Any, path: tuple[str | int, ...]) -> None:
    """The path leads through the input; members of unions and functions are no places in it."""
    refusal = attempt(Home.model_validate, plain)
    assert isinstance(refusal, Refusal)
    assert refusal.path[: len(path)] == path
    assert SECRET not in repr(refusal)


def test_more_errors_than_one_are_counted() -> None:
    """The first error is told, the others are counted."""
    refusal = attempt(Home.model_validate, {"pets": 5, "either": "x"})
    assert isinstance(refusal, Refusal)
    assert "more)" in refusal.reason
