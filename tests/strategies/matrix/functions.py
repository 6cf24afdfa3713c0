"""Validators and serializers of every mode, on fields, in annotations and on models."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from hypothesis import strategies as st
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    FieldSerializationInfo,
    GetCoreSchemaHandler,
    ModelWrapValidatorHandler,
    PlainSerializer,
    PlainValidator,
    PrivateAttr,
    SerializationInfo,
    SerializeAsAny,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapSerializer,
    WrapValidator,
    computed_field,
    field_serializer,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from tests.strategies import scalars
from tests.strategies.matrix.standard import Colour
from tests.strategies.row import Row, of_part, of_type

_small = st.integers(-99, 99)
_days = st.dates(date(1000, 1, 1))
_moments = scalars.aware_datetimes()
_words = st.text("abc ", max_size=4)


def rows() -> list[Row]:
    """Every mode of function."""
    return [*_annotated(), *_classes(), *_fields(), *_models()]


# In annotations --------------------------------------------------------------------------------------


def _to_list(value: Any) -> Any:
    return value.split(",") if isinstance(value, str) else value


def _from_text(value: Any) -> Any:
    return datetime.strptime(value, "%d.%m.%Y").date()  # noqa: DTZ007


def _through(value: Any, handler: Callable[[Any], Any]) -> Any:
    return handler(value)


def _iso(value: Any) -> datetime:
    return datetime.fromisoformat(value)


def _hundredths(value: Any) -> Decimal:
    return Decimal(value).scaleb(-2) if isinstance(value, int) else value


def _annotated() -> list[Row]:
    dotted = PlainSerializer(lambda value: value.strftime("%d.%m.%Y") if value.year > 999 else str(value))
    text_date = Annotated[date, BeforeValidator(_from_text), dotted]
    hexed = Annotated[bytes, BeforeValidator(bytes.fromhex), PlainSerializer(bytes.hex, return_type=str)]
    big = Annotated[int, PlainSerializer(str, return_type=str)]
    json_only = Annotated[datetime, PlainSerializer(lambda value: value.year, when_used="json")]
    wrapped = Annotated[Decimal, WrapSerializer(lambda value, handler: f"{handler(value)} EUR")]
    iso = Annotated[datetime, BeforeValidator(_iso)]
    cents = Annotated[
        Decimal, PlainValidator(_hundredths), PlainSerializer(lambda value: int(value.scaleb(2)))
    ]
    dates = _days.map(lambda value: value.strftime("%d.%m.%Y"))
    return [
        of_type(
            "before", Annotated[list[str], BeforeValidator(_to_list)], st.sampled_from(("a,b", [], ["c"]))
        ),
        of_type("after", Annotated[str, AfterValidator(str.strip)], _words),
        of_type(
            "after_to_path",
            Annotated[str, AfterValidator(lambda text: Path(text))],
            st.sampled_from(("a/b", "c")),
        ),
        of_type("after_partial", Annotated[int, AfterValidator(partial(max, 0))], _small),
        of_type("wrap", Annotated[Decimal, WrapValidator(_through)], scalars.decimals()),
        of_type("plain", Annotated[datetime, PlainValidator(lambda value: value)], _moments),
        of_type("plain_to_int", Annotated[int, PlainValidator(int)], _small),
        of_type("plain_and_serializer", cents, st.integers(0, 10**6)),
        of_type("pair_of_texts", text_date, dates.filter(lambda text: len(text) == 10)),
        of_type("pair_typed", hexed, st.binary(max_size=5).map(bytes.hex)),
        of_type("serializer_alone", Annotated[date, dotted], st.dates()),
        of_type("serializer_that_rounds", Annotated[float, PlainSerializer(round)], scalars.floats()),
        of_type("serializer_that_masks", Annotated[str, PlainSerializer(lambda _: "***")], scalars.texts()),
        of_type("serializer_that_fails", Annotated[int, PlainSerializer(lambda value: 1 // 0)], _small),
        of_type("serializer_of_big_numbers", big, st.integers(-(10**80), 10**80)),
        of_type("serializer_for_json", json_only, _moments),
        of_type(
            "serializer_unless_none",
            Annotated[int | None, PlainSerializer(str, when_used="unless-none")],
            _small,
        ),
        of_type("wrap_serializer", wrapped, scalars.decimals()),
        of_type("before_only_json", iso, _moments.map(datetime.isoformat)),
        of_type(
            "before_in_list",
            list[text_date],
            st.lists(dates.filter(lambda text: len(text) == 10), max_size=2),
        ),
        of_type("serialize_as_any", SerializeAsAny[Money], st.just(Money(amount=Decimal("1.5")))),
        of_type(
            "as_part_of_text",
            Annotated[Money, BeforeValidator(_money)],
            st.sampled_from(("1.5 EUR", "2 GBP")),
        ),
    ]


class Money(BaseModel):
    amount: Decimal
    currency: str = "EUR"


def _money(value: Any) -> Any:
    if isinstance(value, str):
        amount, currency = value.split()
        return {"amount": amount, "currency": currency}
    return value


# Classes with a schema of their own ------------------------------------------------------------------


class Ratio:
    """A class that Pydantic does not know, with the schema that its documentation advises."""

    def __init__(self, over: int, under: int) -> None:
        self.over = over
        self.under = under

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ratio) and (self.over, self.under) == (other.over, other.under)

    def __hash__(self) -> int:
        return hash((self.over, self.under))

    @classmethod
    def parse(cls, text: str) -> Ratio:
        over, under = text.split("/")
        return cls(int(over), int(under))

    def __str__(self) -> str:
        return f"{self.over}/{self.under}"

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        from_text = core_schema.no_info_after_validator_function(cls.parse, core_schema.str_schema())
        return core_schema.json_or_python_schema(
            json_schema=from_text,
            python_schema=core_schema.is_instance_schema(cls),
            serialization=core_schema.plain_serializer_function_ser_schema(str, when_used="json"),
        )


class Tagged(Ratio):
    """The same, where Python takes text as well, and dumps give text."""

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        from_text = core_schema.no_info_after_validator_function(cls.parse, core_schema.str_schema())
        return core_schema.union_schema(
            [core_schema.is_instance_schema(cls), from_text],
            serialization=core_schema.to_string_ser_schema(),
        )


class Celsius(float):
    """A subclass of a number."""

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(cls, handler(float))


class Pixel:
    """A class without equality, made known by annotations."""

    def __init__(self, x: int) -> None:
        self.x = x


def _pixel(value: Any) -> Pixel:
    return value if isinstance(value, Pixel) else Pixel(int(value))


class Screen(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)
    pixel: Annotated[Pixel, BeforeValidator(_pixel), PlainSerializer(lambda pixel: pixel.x)]


def _classes() -> list[Row]:
    numbers = st.floats(-50, 50, allow_subnormal=False).map(lambda value: round(value, 3))
    return [
        of_type("own_schema", Ratio, st.builds(Ratio, _small, _small)),
        of_type("own_schema_of_text", Tagged, st.builds(Tagged, _small, _small)),
        of_type("float_subclass", Celsius, numbers),
        *of_part(Screen, st.builds(lambda x: {"pixel": x}, _small), table=False),
    ]


# Methods on fields -----------------------------------------------------------------------------------


class Validated(BaseModel):
    name: str
    tags: list[str] = Field(default=[], validate_default=True)
    level: int = 0
    total: Decimal
    when: date

    @field_validator("name", mode="after")
    @classmethod
    def _clean(cls, value: str) -> str:
        return value.strip().lower()

    @field_validator("tags", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return _to_list(value)

    @field_validator("level", mode="plain")
    @classmethod
    def _level(cls, value: Any) -> int:
        return int(value)

    @field_validator("total", mode="wrap")
    @classmethod
    def _total(cls, value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Decimal:
        assert "name" in info.data
        result: Decimal = handler(value)
        return result

    @field_validator("when", mode="before")
    @classmethod
    def _when(cls, value: Any) -> Any:
        return value if isinstance(value, date) else _from_text(value)


class Serialized(BaseModel):
    unit: str
    when: date
    colour: Colour
    amount: Decimal
    moment: datetime
    secret: str

    @field_serializer("when")
    def _when(self, value: date) -> str:
        return f"{value:%d.%m.%Y} {self.unit}"

    @field_serializer("colour", when_used="json")
    def _colour(self, value: Colour) -> int:
        return list(Colour).index(value)

    @field_serializer("amount", mode="wrap")
    def _amount(
        self, value: Decimal, handler: SerializerFunctionWrapHandler, info: FieldSerializationInfo
    ) -> str:
        return f"{info.field_name}={handler(value)} {self.unit}"

    @field_serializer("moment", mode="plain", return_type=int, when_used="unless-none")
    def _moment(self, value: datetime, _info: SerializationInfo) -> int:
        return value.year

    @field_serializer("secret")
    def _secret(self, value: str) -> None:
        return None


class Paired(BaseModel):
    """What its validators take is what its serializers make, and nothing else."""

    when: date
    words: list[str]
    pixel: Any

    @field_validator("when", mode="before")
    @classmethod
    def _read_when(cls, value: str) -> date:
        return _from_text(value)

    @field_serializer("when")
    def _write_when(self, value: date) -> str:
        return f"{value:%d.%m.%Y}"

    @field_validator("words", mode="before")
    @classmethod
    def _read_words(cls, value: str) -> list[str]:
        return value.split()

    @field_serializer("words")
    def _write_words(self, value: list[str]) -> str:
        return " ".join(value)

    @field_validator("pixel", mode="plain")
    @classmethod
    def _read_pixel(cls, value: Any) -> Pixel:
        return _pixel(value)

    @field_serializer("pixel")
    def _write_pixel(self, value: Pixel) -> int:
        return value.x


class Computing(BaseModel):
    model_config = ConfigDict(extra="forbid")
    price: Decimal = Field(exclude=True)
    count: int = Field(repr=False)
    _cache: dict[str, int] = PrivateAttr(default_factory=dict)

    @computed_field  # type: ignore[prop-decorator]  # as Pydantic's documentation has it
    @property
    def total(self) -> Decimal:
        return self.price * self.count


class PostInit(BaseModel):
    price: Decimal
    count: int
    total: Decimal | None = None
    _seen: int = 0

    def model_post_init(self, _context: Any) -> None:
        self.total = self.price * 2
        self._seen += 1


class OwnInit(BaseModel):
    name: str = Field(alias="Name")
    size: int = 0

    def __init__(self, **data: Any) -> None:
        data.setdefault("size", 7)
        super().__init__(**data)


def _fields() -> list[Row]:
    price = st.decimals(0, 999, places=2)
    validated = {"name": _words, "tags": st.just("a,b"), "level": _small, "total": price, "when": _days}
    serialized = {
        "unit": _words,
        "when": _days,
        "colour": st.sampled_from(Colour),
        "amount": price,
        "moment": _moments,
        "secret": _words,
    }
    paired = {"when": st.just("24.12.2020"), "words": st.sampled_from(("", "a b")), "pixel": _small}
    return [
        *of_part(Validated, st.fixed_dictionaries(validated)),
        *of_part(Serialized, st.fixed_dictionaries(serialized)),
        *of_part(Paired, st.fixed_dictionaries(paired)),
        *of_part(Computing, st.fixed_dictionaries({"price": price, "count": _small})),
        *of_part(PostInit, st.fixed_dictionaries({"price": price, "count": _small})),
        *of_part(OwnInit, st.fixed_dictionaries({"Name": _words, "size": _small})),
    ]


# Methods on models -----------------------------------------------------------------------------------


class BeforeModel(BaseModel):
    first: str
    last: str

    @model_validator(mode="before")
    @classmethod
    def _split(cls, data: Any) -> Any:
        if isinstance(data, dict) and "name" in data:
            data = dict(data)
            data["first"], data["last"] = data.pop("name").split(" ")
        return data


class AfterModel(BaseModel):
    start: datetime
    end: datetime

    @model_validator(mode="after")
    def _ordered(self) -> AfterModel:
        if self.start > self.end:
            self.start, self.end = self.end, self.start
        return self


class WrapModel(BaseModel):
    value: Decimal

    @model_validator(mode="wrap")
    @classmethod
    def _wrap(cls, data: Any, handler: ModelWrapValidatorHandler[WrapModel]) -> WrapModel:
        return handler(data)


class PlainSerialized(BaseModel):
    amount: Decimal
    currency: str

    @model_serializer
    def _text(self) -> str:
        return f"{self.amount} {self.currency}"


class TextOnly(BaseModel):
    """Its validator takes nothing but what its serializer makes."""

    amount: Decimal
    currency: str

    @model_validator(mode="before")
    @classmethod
    def _parse(cls, data: Any) -> Any:
        amount, currency = data.split()
        return {"amount": amount, "currency": currency}

    @model_serializer
    def _text(self) -> str:
        return f"{self.amount} {self.currency}"


class WrapSerialized(BaseModel):
    at: datetime
    count: int = 0

    @model_serializer(mode="wrap")
    def _more(self, handler: SerializerFunctionWrapHandler, info: SerializationInfo) -> dict[str, Any]:
        return {**handler(self), "kind": "wrapped", "mode": info.mode}


class Renamed(BaseModel):
    """Its validator takes nothing but the names that its serializer gives."""

    row_id: str = "r"
    at: datetime
    count: int

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: dict[str, Any]) -> dict[str, Any]:
        return {"row_id": data["row_id"], "at": data["moment"], "count": data["number"]}

    @model_serializer
    def _write(self) -> dict[str, Any]:
        return {"row_id": self.row_id, "moment": self.at, "number": self.count}


def _models() -> list[Row]:
    money = st.fixed_dictionaries({"amount": st.decimals(0, 9, places=2), "currency": st.just("EUR")})
    moments = {"start": _moments, "end": _moments}
    renamed = st.fixed_dictionaries({"row_id": st.just("r"), "moment": _moments, "number": _small})
    texts = st.sampled_from(("1.50 EUR", "0 GBP"))
    return [
        *of_part(BeforeModel, st.sampled_from(({"name": "a b"}, {"first": "c", "last": "d e"}))),
        *of_part(AfterModel, st.fixed_dictionaries(moments)),
        *of_part(WrapModel, st.fixed_dictionaries({"value": scalars.decimals()})),
        *of_part(PlainSerialized, money),
        *of_part(WrapSerialized, st.fixed_dictionaries({"at": _moments, "count": _small})),
        *of_part(Renamed, renamed),
        of_type("text_only", TextOnly, texts.map(TextOnly.model_validate)),
        of_type(
            "utc_only", Annotated[datetime, AfterValidator(lambda value: value.astimezone(UTC))], _moments
        ),
    ]
