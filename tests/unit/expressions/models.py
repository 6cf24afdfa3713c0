"""One model with a field of every kind that expressions treat differently."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import AfterValidator, AnyUrl, BaseModel, Field, RootModel
from typing_extensions import TypedDict

from ddbmodel import Attr, EpochSeconds, Model, Null, field, partition_key, sort_key

T = TypeVar("T")


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Kind(Enum):
    SALE = "sale"
    RETURN = "return"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Place(Model):
    """A base class of parts."""

    city: Attr[str]
    zip_code: Attr[str | None] = field(default=None, attribute="zip")


class Address(Place):
    street: Attr[str] = field(attribute="st", alias="streetName", default="")
    geo: Attr[tuple[Decimal, Decimal] | None] = field(default=None)


class Renamed(Place):
    """A part that stores an inherited field in its own way."""

    city: Attr[str] = field(attribute="town")


class Plain(BaseModel):
    """A part without typed paths."""

    city: str
    inner: dict[str, int] = {}


@dataclass
class Box:
    width: int


class Options(TypedDict):
    gift: bool


class Line(Model):
    sku: Attr[str]
    price: Attr[Decimal]
    quantity: Attr[int] = field(attribute="qty")
    notes: Attr[list[str]] = field(default_factory=list)


class Words(RootModel[list[str]]):
    """A part that is stored as a list."""


class Pair(Model, Generic[T]):
    first: Attr[T]


class Card(Model):
    type: Attr[Literal["card"]]
    number: Attr[str]


class Cash(Model):
    type: Attr[Literal["cash"]]
    number: Attr[str] = field(attribute="no")
    given: Attr[Decimal]


class Wallet(Model):
    payment: Attr[Annotated[Card | Cash, Field(discriminator="type")]]
    extra: Attr[dict[str, Any]] = field(default_factory=dict)


class Purse(Wallet):
    """A part that stores an inherited map as text."""

    extra: Attr[str] = field(default="")  # type: ignore[assignment]  # what a checker would not let through


class Tree(Model):
    name: Attr[str]
    child: Attr[Tree | None] = field(default=None)
    children: Attr[dict[str, Tree]] = field(default_factory=dict)


class Order(Model, table="orders"):
    customer_id: Attr[str] = partition_key()
    order_id: Attr[str] = sort_key()
    status: Attr[str] = field(default="new")
    state: Attr[Literal["new", "paid"]] = field(default="new")
    colour: Attr[Colour] = field(default=Colour.RED)
    kind: Attr[Kind] = field(default=Kind.SALE)
    level: Attr[Level] = field(default=Level.LOW)
    total: Attr[Decimal]
    discount: Attr[Decimal | None] = field(default=None)
    count: Attr[int] = field(default=0)
    limit: Attr[int | None] = field(default=None)
    ratio: Attr[float] = field(default=0.0)
    mixed: Attr[int | str] = field(default=0)
    ident: Attr[UUID | str] = field(default="")
    url: Attr[AnyUrl | None] = field(default=None)
    even: Attr[Annotated[int, AfterValidator(abs)]] = field(default=0)
    flag: Attr[bool] = field(default=False)
    note: Attr[str | None] = field(default=None)
    visible: Attr[str | None] = field(default=None, stored_as=Null)
    filled: Attr[str | None] = field(default="filled")
    blob: Attr[bytes] = field(default=b"")
    placed_at: Attr[datetime | None] = field(default=None)
    expires_at: Attr[datetime | None] = field(default=None, stored_as=EpochSeconds)
    day: Attr[date | None] = field(default=None)
    hour: Attr[time | None] = field(default=None)
    took: Attr[timedelta] = field(default=timedelta())
    uid: Attr[UUID | None] = field(default=None)
    address: Attr[Address | None] = field(default=None)
    renamed: Attr[Renamed | None] = field(default=None)
    plain: Attr[Plain | None] = field(default=None)
    box: Attr[Box | None] = field(default=None)
    options: Attr[Options | None] = field(default=None)
    lines: Attr[list[Line]] = field(default_factory=list)
    labels: Attr[dict[str, str]] = field(default_factory=dict)
    by_number: Attr[dict[int, Line]] = field(default_factory=dict)
    by_day: Attr[dict[date, int]] = field(default_factory=dict)
    pair: Attr[tuple[int, str] | None] = field(default=None)
    numbers: Attr[tuple[int, ...]] = field(default=())
    tags: Attr[set[str]] = field(default_factory=set)
    sizes: Attr[frozenset[Decimal]] = field(default_factory=frozenset)
    odd: Attr[set[int | str]] = field(default_factory=set)
    prices: Attr[list[Decimal]] = field(default_factory=list)
    matrix: Attr[list[list[int]]] = field(default_factory=list)
    gaps: Attr[list[int | None]] = field(default_factory=list)
    words: Attr[Words | None] = field(default=None)
    of_int: Attr[Pair[int] | None] = field(default=None)
    payment: Attr[Annotated[Card | Cash, Field(discriminator="type")] | None] = field(default=None)
    wallet: Attr[Wallet | None] = field(default=None)
    purse: Attr[Purse | None] = field(default=None)
    tree: Attr[Tree | None] = field(default=None)
    anything: Attr[Any] = field(default=None)
    required: Attr[str] = field()


class Other(Model, table="others"):
    other_id: Attr[str] = partition_key()
    total: Attr[Decimal]
