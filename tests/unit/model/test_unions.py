"""Unions are stored plainly where the stored type tells the member, and named where it would not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import BaseModel, BeforeValidator, Field, TypeAdapter

from ddbmodel.codec.unions import UnionCodec
from ddbmodel.errors import CodecError
from tests.unit.model.test_stored_format import plan_for

ONE = UUID("00000000-0000-0000-0000-000000000001")
TIME_TEXT = "2020-01-01T00:00:00.000000Z"


class Square(BaseModel):
    side: int


class Twin(BaseModel):
    side: int


class Cat(BaseModel):
    kind: Literal["cat"] = "cat"
    name: str | None = None


class Dog(BaseModel):
    kind: Literal["dog"] = "dog"
    name: str | None = None


@pytest.mark.parametrize(
    ("annotation", "value", "stored"),
    [
        (int | str, 1, {"N": "1"}),
        (int | str, "1", {"S": "1"}),
        (bool | int, True, {"BOOL": True}),
        (bool | int, 1, {"N": "1"}),
        (UUID | str, ONE, {"S": str(ONE)}),
        (UUID | str, "other", {"S": "other"}),
        (UUID | str, str(ONE), {"M": {"$str": {"S": str(ONE)}}}),
        (str | datetime, "2020-01-01", {"S": "2020-01-01"}),
        (str | datetime, TIME_TEXT, {"M": {"$str": {"S": TIME_TEXT}}}),
        (date | datetime, date(2020, 1, 1), {"S": "2020-01-01"}),
        (date | datetime, datetime(2020, 1, 1, tzinfo=UTC), {"S": TIME_TEXT}),
        (int | float, 1, {"N": "1"}),
        (int | float, 1.5, {"N": "1.5"}),
        (float | Decimal, 1.5, {"N": "1.5"}),
        (float | Decimal, Decimal("1.5"), {"M": {"$Decimal": {"N": "1.5"}}}),
        (Path | str, Path("a"), {"S": "a"}),
        (Path | str, "a", {"M": {"$str": {"S": "a"}}}),
        (list[int] | list[str], [], {"L": []}),
        (list[int] | list[str], ["a"], {"L": [{"S": "a"}]}),
        (list[int] | list[float], [1.0], {"M": {"$list#2": {"L": [{"N": "1"}]}}}),
        (list[int] | set[int], {1}, {"NS": ["1"]}),
        (list[int] | set[int], set(), {"M": {"$set": {"L": []}}}),
        (dict[str, int] | int, {"$int": 1}, {"M": {"$dict": {"M": {"$int": {"N": "1"}}}}}),
        (Square | Twin, Square(side=1), {"M": {"side": {"N": "1"}}}),
        (Square | Twin, Twin(side=1), {"M": {"$Twin": {"M": {"side": {"N": "1"}}}}}),
        (Annotated[Cat | Dog, Field(discriminator="kind")], Dog(), {"M": {"kind": {"S": "dog"}}}),
    ],
    ids=str,
)
def test_a_value_is_named_only_where_it_would_be_mistaken(
    annotation: Any, value: Any, stored: dict[str, Any]
) -> None:
    """A value is stored as its member stores it, in a map that names the member only if another would claim it."""
    plan = plan_for(annotation)
    item = plan.encode(plan.model(value=value))
    assert item["value"] == stored
    back = plan.decode(item).value
    assert (type(back), back) == (type(value), value)


def test_a_whole_float_beside_int_stays_a_number() -> None:
    """1 and 1.0 are one number: it is stored as N, so that it can be compared, and comes back equal."""
    plan = plan_for(int | float)
    item = plan.encode(plan.model(value=1.0))
    assert item["value"] == {"N": "1"}
    assert plan.decode(item).value == 1.0


def test_what_no_member_takes_is_refused() -> None:
    """A value of another type than the members' is an error that names the members."""
    plan = plan_for(int | str)
    with pytest.raises(CodecError, match="expected int | str, got list"):
        plan.encode(plan.model.model_construct(key_id="k", value=[1]))


def test_what_fits_a_member_but_cannot_be_stored_says_why() -> None:
    """The error of the member that would store the value is the one that is told."""
    plan = plan_for(int | Decimal)
    with pytest.raises(CodecError, match="39 significant digits"):
        plan.encode(plan.model(value=Decimal("1" * 39)))


def test_a_value_that_the_union_would_change_is_refused() -> None:
    """A value that the members' order would turn into another is refused, not stored and lost."""
    plan = plan_for(Annotated[int | str, Field(union_mode="left_to_right")])
    with pytest.raises(CodecError, match="read back as something else"):
        plan.encode(plan.model.model_construct(key_id="k", value="5"))


def test_a_members_validator_sees_what_pydantic_dumps() -> None:
    """A before-validator of a member gets plain values when it is read, as from `model_dump`, not instances."""
    seen: list[type] = []

    def note(value: Any) -> Any:
        seen.append(type(value))
        return value

    plan = plan_for(Annotated[Square, BeforeValidator(note)] | Annotated[Twin, BeforeValidator(note)])
    item = plan.encode(plan.model(value=Square(side=1)))
    seen.clear()
    plan.decode(item)
    assert dict in seen
    assert seen[-1] is dict


def test_an_item_of_no_member_is_left_to_pydantic() -> None:
    """What no member reads is handed to Pydantic, whose error names the field."""
    plan = plan_for(Square | int)
    with pytest.raises(CodecError) as caught:
        plan.decode({"key_id": {"S": "k"}, "value": {"M": {"other": {"N": "1"}}}})
    assert caught.value.segments[0] == "value"


def test_a_union_lists_its_members() -> None:
    """The members are there for expressions, which ask for the parts among them."""
    codec = plan_for(Square | int | None).part.fields["value"].codec.core
    assert isinstance(codec, UnionCodec)
    assert {member.codec.name for member in codec.members} == {"Square", "int"}
    part = codec.part(Square)
    assert part is not None
    assert part.name == "Square"


def test_pydantic_agrees_that_these_unions_round_trip() -> None:
    """The values that are named are ones that Pydantic itself keeps apart, so refusing them would lose something."""
    adapter = TypeAdapter[Any](UUID | str)
    assert adapter.validate_python(adapter.dump_python(str(ONE))) == str(ONE)
