"""Models in every configuration: aliases, extra values, strictness, defaults, renamed attributes."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple, Optional
from uuid import UUID

from hypothesis import strategies as st
from pydantic import (
    AliasChoices,
    AliasGenerator,
    AliasPath,
    AnyUrl,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
)
from pydantic.alias_generators import to_camel, to_pascal
from pydantic.dataclasses import dataclass as pydantic_dataclass
from typing_extensions import TypedDict

from ddbmodel import (
    Attr,
    EpochMicroseconds,
    EpochMilliseconds,
    EpochSeconds,
    GlobalIndex,
    Model,
    Null,
    field,
    partition_key,
    sort_key,
)
from tests.strategies import scalars
from tests.strategies.matrix.standard import Colour, Fruit
from tests.strategies.row import TABLE, Row, of_model, of_part

_small = st.integers(-99, 99)
_texts = scalars.texts()
_moments = scalars.aware_datetimes()


def rows() -> list[Row]:
    """Every configuration."""
    return [*_aliases(), *_extras(), *_strictness(), *_absence(), *_declarations()]


# Aliases ---------------------------------------------------------------------------------------------


class Validation(BaseModel):
    name: str = Field(validation_alias="Name")
    city: str = Field(validation_alias=AliasPath("address", "lines", 1))
    size: int = Field(validation_alias=AliasChoices("Size", AliasPath("sizes", 0)))


class Serialization(BaseModel):
    name: str = Field(serialization_alias="Name")
    size: int = Field(default=0, serialization_alias="row_size")


class Both(BaseModel):
    name: str = Field(alias="Name")
    other: int | None = Field(default=None, validation_alias="in", serialization_alias="out")
    swapped: int = Field(alias="named")
    named: int = Field(alias="swapped")


class Generated(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="forbid")
    first_name: str
    last_seen: datetime


class GeneratedTwice(BaseModel):
    model_config = ConfigDict(
        alias_generator=AliasGenerator(validation_alias=to_camel, serialization_alias=to_pascal),
        serialize_by_alias=True,
        loc_by_alias=False,
    )
    first_name: str
    inner: Both


class ByName(BaseModel):
    model_config = ConfigDict(validate_by_name=True, validate_by_alias=False)
    name: str = Field(alias="Name")


class OpenAliased(BaseModel):
    model_config = ConfigDict(extra="allow")
    name: str = Field(alias="Name")


def _aliases() -> list[Row]:
    validation = {"Name": _texts, "address": st.just({"lines": ["a", "b"]}), "Size": _small}
    both = {"Name": _texts, "in": st.none() | _small, "named": _small, "swapped": _small}
    inner = st.just(Both(Name="a", named=1, swapped=2))
    return [
        *of_part(Validation, st.fixed_dictionaries(validation)),
        *of_part(Serialization, st.fixed_dictionaries({"name": _texts, "size": _small})),
        *of_part(Both, st.fixed_dictionaries(both)),
        *of_part(Generated, st.fixed_dictionaries({"firstName": _texts, "lastSeen": _moments}), table=False),
        *of_part(GeneratedTwice, st.fixed_dictionaries({"firstName": _texts, "inner": inner}), table=False),
        *of_part(ByName, st.fixed_dictionaries({"name": _texts})),
        *of_part(
            OpenAliased, st.fixed_dictionaries({"Name": _texts}, optional={"Other": _small, "more": _texts})
        ),
        of_model(AliasedKey, Id=scalars.keys(), Rank=_small, Note=st.none() | _texts),
    ]


class AliasedKey(Model, table="lossless-alias"):
    row_id: Attr[str] = partition_key(alias="Id")
    rank: Attr[int] = field(alias="Rank", attribute="r")
    note: Attr[str | None] = field(default=None, validation_alias="Note", serialization_alias="n")

    by_rank = GlobalIndex(partition_key="rank")


# Extra values ----------------------------------------------------------------------------------------


class Allowing(BaseModel):
    model_config = ConfigDict(extra="allow")
    name: str = ""


class AllowingNumbers(BaseModel):
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Decimal]
    name: str = ""


class Forbidding(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str


class Ignoring(BaseModel):
    model_config = ConfigDict(extra="ignore")
    name: str


@pydantic_dataclass(config=ConfigDict(extra="allow"))
class OpenData:
    name: str


class OpenDict(TypedDict):
    __pydantic_config__ = ConfigDict(extra="allow")  # type: ignore[misc]  # as Pydantic's documentation has it
    name: str


class Holding(BaseModel):
    data: OpenData
    mapping: OpenDict


def _extras() -> list[Row]:
    name = st.sampled_from(("more", "a.b", "#n", "type", "Größe", "model_x", "items"))
    value = (
        st.none()
        | _small
        | st.text(max_size=3)
        | st.lists(_small, max_size=2)
        | st.just({"a": {"b": b"\x00"}})
    )
    extra = st.dictionaries(name, value, max_size=3)
    numbers = st.dictionaries(name, scalars.decimals(), max_size=3)
    named = st.fixed_dictionaries({"name": _texts})
    held = {"data": st.just(OpenData(name="a", more=1)), "mapping": st.just({"name": "b", "more": [1]})}  # type: ignore[call-arg]  # extra
    return [
        *of_part(Allowing, extra),
        *of_part(AllowingNumbers, numbers, table=False),
        *of_part(Forbidding, named, table=False),
        *of_part(Ignoring, named),
        *of_part(Holding, st.fixed_dictionaries(held)),
    ]


# Strictness ------------------------------------------------------------------------------------------


@pydantic_dataclass
class Data:
    at: datetime


class Pair(NamedTuple):
    left: int
    right: Decimal


class Inner(BaseModel):
    at: datetime


class Strict(BaseModel):
    """A value of every kind, as only JSON or instances of the class give it."""

    model_config = ConfigDict(strict=True)
    text: str
    number: int
    real: float
    price: Decimal
    flag: bool
    data: bytes
    moment: datetime
    day: date
    clock: time
    span: timedelta
    unique: UUID
    colour: Colour
    fruit: Fruit
    choice: Literal["a", 1]
    path: Path
    url: AnyUrl
    secret: SecretStr
    pair: tuple[int, str]
    members: set[int]
    frozen: frozenset[str]
    by_day: dict[date, int]
    by_number: dict[int, set[Decimal]]
    queue: deque[int]
    ordered: OrderedDict[str, int]
    grouped: defaultdict[str, list[int]]
    sequence: Sequence[int]
    part: Inner
    dataclass: Data
    named: Pair
    either: UUID | str
    maybe: date | None = None


class StrictFields(BaseModel):
    part: Inner = Field(strict=True)
    members: set[int] = Field(strict=True)
    tags: frozenset[str] = Field(default=frozenset(), strict=True)


def _strictness() -> list[Row]:
    inner = st.builds(Inner, at=_moments)
    data = st.builds(Data, at=_moments)
    strict = st.fixed_dictionaries(
        {
            "text": _texts,
            "number": _small,
            "real": scalars.floats(),
            "price": scalars.decimals(),
            "flag": st.booleans(),
            "data": st.binary(max_size=3),
            "moment": _moments,
            "day": st.dates(),
            "clock": st.times(),
            "span": scalars.timedeltas(),
            "unique": st.uuids(),
            "colour": st.sampled_from(Colour),
            "fruit": st.sampled_from(Fruit),
            "choice": st.sampled_from(("a", 1)),
            "path": st.just(Path("a/b")),
            "url": st.just(AnyUrl("ftp://a/")),
            "secret": st.just(SecretStr("a")),
            "pair": st.just((1, "a")),
            "members": st.sets(_small, max_size=2),
            "frozen": st.frozensets(_texts, max_size=2),
            "by_day": st.dictionaries(st.dates(), _small, max_size=2),
            "by_number": st.just({1: {Decimal("1.5")}, 2: set()}),
            "queue": st.just(deque([1])),
            "ordered": st.just(OrderedDict(b=1, a=2)),
            "grouped": st.just(defaultdict(list, {"a": [1]})),
            "sequence": st.sampled_from(((1,), [2])),
            "part": inner,
            "dataclass": data,
            "named": st.just(Pair(1, Decimal(2))),
            "either": st.uuids() | st.uuids().map(str),
            "maybe": st.none() | st.dates(),
        }
    )
    fields = {"part": inner, "members": st.sets(_small, max_size=2)}
    return [*of_part(Strict, strict), *of_part(StrictFields, st.fixed_dictionaries(fields))]


# None, missing and empty -----------------------------------------------------------------------------


class Absence(BaseModel):
    required: str | None
    required_old: Optional[int]  # noqa: UP045
    default_none: str | None = None
    default_text: str | None = "x"
    default_made: str | None = Field(default_factory=lambda: "y")
    tags: set[str]
    tags_empty: set[str] = set()
    tags_filled: set[str] = {"a"}
    tags_made: frozenset[int] = Field(default_factory=lambda: frozenset({1}))
    tags_or_none: set[str] | None
    tags_default_none: set[str] | None = None
    tags_default_filled: set[str] | None = {"a"}
    lists: list[set[int]]
    maps: dict[str, frozenset[int] | None]
    anything: Any
    anything_else: Any = "z"


class Visible(Model, table=TABLE):
    row_id: Attr[str] = partition_key()
    note: Attr[str | None] = field(stored_as=Null)
    other: Attr[str | None] = field(default=None, stored_as=Null)
    tags: Attr[set[int] | None] = field(default=None, stored_as=Null)


def _absence() -> list[Row]:
    texts, numbers = st.none() | st.just("a"), st.sets(_small, max_size=1)
    tags = st.sets(st.sampled_from("ab"), max_size=2)
    return [
        *of_part(
            Absence,
            st.fixed_dictionaries(
                {
                    "required": texts,
                    "required_old": st.none() | _small,
                    "default_none": texts,
                    "default_text": texts,
                    "default_made": texts,
                    "tags": tags,
                    "tags_empty": tags,
                    "tags_filled": tags,
                    "tags_made": numbers,
                    "tags_or_none": st.none() | tags,
                    "tags_default_none": st.none() | tags,
                    "tags_default_filled": st.none() | tags,
                    "lists": st.lists(numbers, max_size=2),
                    "maps": st.dictionaries(st.just("a"), st.none() | numbers),
                    "anything": texts,
                    "anything_else": texts,
                }
            ),
        ),
        of_model(Visible, note=texts, other=texts, tags=st.none() | numbers),
    ]


# Declarations ----------------------------------------------------------------------------------------


class Unit(Enum):
    METRE = "m"
    OTHER = 1


class Values(BaseModel):
    model_config = ConfigDict(use_enum_values=True, validate_default=True, str_strip_whitespace=True)
    unit: Unit
    units: list[Unit] = [Unit.METRE]
    name: str = "a"


class Careful(BaseModel):
    model_config = ConfigDict(validate_assignment=True, validate_default=True, revalidate_instances="always")
    inner: Inner
    count: int = Field(default="5", ge=0)  # type: ignore[assignment]  # validated, because of the configuration


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)
    day: date
    tags: frozenset[str] = frozenset()


class Private(BaseModel):
    limit: ClassVar[int] = 3
    name: str
    _seen: int = PrivateAttr(default=0)
    _made: list[int] = PrivateAttr(default_factory=list)


class Renamed(Model):
    """A part whose fields are stored under other names, some of which are names of other fields."""

    city: Attr[str] = field(attribute="c")
    c: Attr[int] = field(attribute="city")
    zip: int = field(default=0, attribute="Größe")


class Everything(Model, table="lossless-keys"):
    row_id: Attr[str] = partition_key(attribute="pk")
    seconds: Attr[datetime] = sort_key(stored_as=EpochSeconds)
    millis: Attr[datetime | None] = field(default=None, stored_as=EpochMilliseconds)
    micros: datetime = field(stored_as=EpochMicroseconds)
    part: Attr[Renamed]
    parts: list[Renamed] = []
    key: Attr[str] = "k"
    model: Attr[int] = 1
    table: Attr[str] = "t"
    size: Attr[float] = 0.5


class Base(Model):
    name: Attr[str | None] = field(default=None)
    level: int = 1


class Derived(Base, table=TABLE):
    row_id: Attr[str] = partition_key()
    name: Attr[str | None] = field(default="other", max_length=9)
    level: Literal[1, 2] = 2


def _declarations() -> list[Row]:
    whole = _moments.map(lambda value: value.replace(microsecond=0))
    parts = st.builds(Renamed, city=_texts, c=_small, zip=_small)
    units = {"unit": st.sampled_from(Unit), "name": st.sampled_from(("a", " b "))}
    return [
        *of_part(Values, st.fixed_dictionaries(units)),
        *of_part(Careful, st.fixed_dictionaries({"inner": st.builds(Inner, at=_moments)})),
        *of_part(
            Frozen, st.fixed_dictionaries({"day": st.dates(), "tags": st.frozensets(_texts, max_size=2)})
        ),
        *of_part(Private, st.fixed_dictionaries({"name": _texts})),
        of_model(
            Everything,
            seconds=whole,
            millis=st.none() | whole,
            micros=_moments,
            part=parts,
            parts=st.lists(parts, max_size=2),
        ),
        of_model(Derived, name=st.none() | st.just("a"), level=st.sampled_from((1, 2))),
    ]
