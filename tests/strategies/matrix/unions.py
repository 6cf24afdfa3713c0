"""Unions: members that share a stored type, discriminated ones, and parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Union
from uuid import UUID

from hypothesis import strategies as st
from pydantic import AnyUrl, BaseModel, ConfigDict, Discriminator, Field, HttpUrl, SecretStr, Tag
from typing_extensions import TypeAliasType, TypedDict

from tests.strategies import scalars
from tests.strategies.matrix.standard import Colour, Fruit, Priority
from tests.strategies.row import Row, of_type

_small = st.integers(-9, 9)
_uuid_texts = st.uuids().map(str)
_time_texts = st.sampled_from(("2020-01-01T00:00:00.000000Z", "2020-01-01", "10:00:00.000000", "a"))
Tree = TypeAliasType("Tree", "dict[str, Tree] | list[Tree] | str | int | None")


class Cat(BaseModel):
    kind: Literal["cat"] = "cat"
    lives: int
    name: str = ""


class Dog(BaseModel):
    kind: Literal["dog", "puppy"] = "dog"
    lives: int
    name: str = ""


class Square(BaseModel):
    side: Decimal


class Circle(BaseModel):
    radius: Decimal


class Twin(BaseModel):
    side: Decimal


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    side: Decimal
    colour: Colour | None = None


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    side: Decimal


class Card(BaseModel):
    method: Literal["card"] = Field("card", alias="Method")
    number: str


class Cash(BaseModel):
    method: Literal["cash"] = Field("cash", alias="Method")
    change: Decimal


class Even(BaseModel):
    model_config = ConfigDict(frozen=True)
    type: Literal[Fruit.APPLE] = Fruit.APPLE
    level: Literal[2, 4] = 2


class Odd(BaseModel):
    model_config = ConfigDict(frozen=True)
    type: Literal[Fruit.PEAR] = Fruit.PEAR
    level: Literal[1, 3] = 1


@dataclass
class Paid:
    amount: Decimal
    state: Literal["paid"] = "paid"


@dataclass
class Due:
    until: date
    state: Literal["due"] = "due"


class Visit(TypedDict):
    type: Literal["visit"]
    at: datetime


class Call(TypedDict):
    type: Literal["call"]
    minutes: int


def shape(value: Any) -> str | None:
    """The tag of a shape, which has no field that says it."""
    if isinstance(value, dict):
        return "square" if "side" in value else "circle"
    return "square" if hasattr(value, "side") else "circle"


def only_of_dicts(value: Any) -> str:
    """A discriminator that knows nothing but dicts and instances by attribute."""
    return str(value["kind"] if isinstance(value, dict) else value.kind)


Pet = Annotated[Cat | Dog, Field(discriminator="kind")]
Shape = Annotated[Annotated[Square, Tag("square")] | Annotated[Circle, Tag("circle")], Discriminator(shape)]
Payment = Annotated[Card | Cash, Field(discriminator="method")]


def rows() -> list[Row]:
    """Every kind of union."""
    return [*_scalars(), *_containers(), *_discriminated(), *_parts()]


def _scalars() -> list[Row]:
    numbers = _small | st.sampled_from((-0.5, 2.5, 1e23))
    return [
        of_type("int_or_str", int | str, _small | st.sampled_from(("1", "a"))),
        of_type("str_or_datetime", str | datetime, _time_texts | scalars.aware_datetimes()),
        of_type("uuid_or_str", UUID | str, st.uuids() | _uuid_texts | scalars.texts()),
        of_type("str_or_uuid", str | UUID, st.uuids() | _uuid_texts),
        of_type("date_or_datetime", date | datetime, st.dates() | scalars.aware_datetimes()),
        of_type("time_or_str", time | str, st.times() | _time_texts),
        of_type("float_or_decimal", float | Decimal, scalars.floats() | scalars.decimals()),
        of_type("decimal_or_float", Decimal | float, scalars.floats() | scalars.decimals()),
        of_type("bool_or_int", bool | int, st.booleans() | _small),
        of_type("int_or_float", int | float, numbers),
        of_type("float_or_int", float | int, numbers),
        of_type("int_or_decimal", int | Decimal, _small | scalars.decimals()),
        of_type("int_or_timedelta", int | timedelta, _small | scalars.timedeltas()),
        of_type("bytes_or_str", bytes | str, st.binary(max_size=3) | st.text(max_size=3)),
        of_type("enum_or_str", Colour | str, st.sampled_from(Colour) | st.sampled_from(("red", "x", ""))),
        of_type("enum_or_enum", Fruit | Colour, st.sampled_from(Fruit) | st.sampled_from(Colour)),
        of_type("int_enum_or_int", Priority | int, st.sampled_from(Priority) | _small),
        of_type("literal_or_int", Literal["auto"] | int, st.just("auto") | _small),
        of_type("literal_or_str", Literal["auto"] | str, st.just("auto") | st.text(max_size=3)),
        of_type("path_or_str", Path | str, st.sampled_from((Path("a"), "a", Path("/"), "."))),
        of_type("url_or_str", HttpUrl | str, st.sampled_from((HttpUrl("https://a.b"), "https://a.b/", "x"))),
        of_type(
            "url_or_url", HttpUrl | AnyUrl, st.sampled_from((HttpUrl("https://a.b"), AnyUrl("ftp://a/")))
        ),
        of_type("secret_or_str", SecretStr | str, st.sampled_from((SecretStr("a"), "a"))),
        of_type(
            "left_to_right", Annotated[int | str, Field(union_mode="left_to_right")], _small | st.just("a")
        ),
        of_type("any_or_int", Union[int, Any], _small | st.text(max_size=2), optional=False),  # noqa: UP007
    ]


def _containers() -> list[Row]:
    ints, texts = st.lists(_small, max_size=2), st.lists(st.text(max_size=2), max_size=2)
    sets = st.sets(_small, max_size=2)
    return [
        of_type("lists", list[int] | list[str], ints | texts),
        of_type(
            "lists_of_numbers",
            list[int] | list[float],
            ints | st.lists(st.sampled_from((1.0, 0.5)), min_size=1),
        ),
        of_type("list_or_scalar", list[int] | int, ints | _small),
        of_type("list_or_tuple", list[int] | tuple[int, ...], ints | ints.map(tuple)),
        of_type("list_or_set", list[int] | set[int], ints | sets),
        of_type("set_or_frozenset", set[int] | frozenset[int], sets | sets.map(frozenset)),
        of_type("dict_or_list", dict[str, int] | list[int], ints | st.just({"a": 1})),
        of_type(
            "dict_or_marked",
            dict[str, int] | list[int] | int,
            st.sampled_from(({"$int": 1}, {"$list": 2}, [], 1)),
        ),
        of_type("dict_or_part", dict[str, Decimal] | Square, _square | st.just({"side": Decimal(1)})),
        of_type(
            "recursive_alias",
            Tree,
            st.sampled_from((None, "a", 1, ["b", {"c": [None, 2]}], {})),
            optional=False,
        ),
    ]


_cat = st.builds(Cat, lives=_small, name=scalars.texts())
_dog = st.builds(Dog, lives=_small, kind=st.sampled_from(("dog", "puppy")))
_square = st.builds(Square, side=scalars.decimals())
_circle = st.builds(Circle, radius=scalars.decimals())


def _discriminated() -> list[Row]:
    card = st.just(Card(Method="card", number="1")) | st.just(Cash(Method="cash", change=Decimal("1.5")))
    levels = Annotated[Even | Odd, Field(discriminator="type")]
    by_number = Annotated[Even | Odd, Field(discriminator="level")]
    dicts = st.sampled_from(({"type": "call", "minutes": 1},))
    states = st.sampled_from((Paid(Decimal("1.5")), Due(date(2020, 1, 1))))
    by_kind = Annotated[Annotated[Cat, Tag("cat")] | Annotated[Dog, Tag("dog")], Discriminator(only_of_dicts)]
    return [
        of_type("discriminated", Pet, _cat | _dog),
        of_type("discriminated_by_alias", Payment, card),
        of_type("discriminated_by_enum", levels, st.just(Even()) | st.just(Odd(level=3))),
        of_type("discriminated_by_number", by_number, st.just(Even(level=4)) | st.just(Odd())),
        of_type("discriminated_by_function", Shape, _square | _circle),
        of_type("discriminated_of_dicts", by_kind, _cat | st.builds(Dog, lives=_small)),
        of_type("discriminated_dicts", Annotated[Visit | Call, Field(discriminator="type")], dicts),
        of_type("discriminated_dataclasses", Annotated[Paid | Due, Field(discriminator="state")], states),
        of_type("discriminated_or_scalar", Pet | int, _cat | _dog | _small),
    ]


def _parts() -> list[Row]:
    closed = st.builds(Closed, side=scalars.decimals(), colour=st.none() | st.sampled_from(Colour))
    wide = st.builds(Open, side=scalars.decimals(), note=st.text(max_size=2))
    return [
        of_type("parts", Square | Circle, _square | _circle),
        of_type("parts_alike", Square | Twin, _square | st.builds(Twin, side=scalars.decimals())),
        of_type("part_or_closed", Closed | Square, _square | closed),
        of_type("part_or_open", Square | Open, _square | wide),
        of_type("part_or_str", Square | str, _square | scalars.texts()),
        of_type("part_or_id", Square | UUID, _square | st.uuids()),
        of_type(
            "parts_in_lists",
            list[Square | Circle] | Square,
            st.lists(_square | _circle, max_size=2) | _square,
        ),
    ]
