"""The models that the other programs here use; it must pass itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from pathlib import PurePath
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import AnyUrl, BaseModel, ConfigDict, RootModel, SecretStr
from typing_extensions import TypedDict

from ddbmodel import Attr, GlobalIndex, LocalIndex, Model, field, partition_key, sort_key

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
    city: Attr[str]
    zip_code: Attr[str | None] = field(default=None, attribute="zip")


class Address(Place):
    street: Attr[str] = field(default="")


class Plain(BaseModel):
    city: str


@dataclass
class Box:
    width: int


class Options(TypedDict):
    gift: bool


class Line(Model):
    sku: Attr[str]
    price: Attr[Decimal]
    quantity: Attr[int] = field(default=1)


class Words(RootModel[list[str]]):
    pass


class Prices(RootModel[dict[str, Decimal]]):
    pass


class Pair(Model, Generic[T]):
    first: Attr[T]
    second: Attr[T]


class Card(Model):
    type: Attr[Literal["card"]]
    number: Attr[str]


class Cash(Model):
    type: Attr[Literal["cash"]]
    given: Attr[Decimal]


class Tree(Model):
    name: Attr[str]
    child: Attr[Tree | None] = field(default=None)


class Base(Model):
    created: Attr[datetime]


class Order(Base, table="orders"):
    model_config = ConfigDict(populate_by_name=True)

    customer_id: Attr[str] = partition_key()
    order_id: Attr[str] = sort_key()
    total: Attr[Decimal] = field(ge=0)
    status: Attr[str] = field(default="new")
    state: Attr[Literal["new", "paid"]] = field(default="new")
    colour: Attr[Colour] = field(default=Colour.RED)
    kind: Attr[Kind] = field(default=Kind.SALE)
    level: Attr[Level] = field(default=Level.LOW)
    discount: Attr[Decimal | None] = field(default=None)
    count: Attr[int] = field(default=0)
    limit: Attr[int | None] = field(default=None)
    ratio: Attr[float] = field(default=0.0)
    mixed: Attr[int | float] = field(default=0)
    flag: Attr[bool] = field(default=False)
    note: Attr[str | None] = field(default=None)
    blob: Attr[bytes] = field(default=b"")
    placed_at: Attr[datetime | None] = field(default=None)
    day: Attr[date | None] = field(default=None)
    hour: Attr[time | None] = field(default=None)
    took: Attr[timedelta] = field(default=timedelta())
    uid: Attr[UUID | None] = field(default=None)
    url: Attr[AnyUrl | None] = field(default=None)
    path: Attr[PurePath | None] = field(default=None)
    secret: Attr[SecretStr | None] = field(default=None)
    address: Attr[Address | None] = field(default=None)
    shop: Attr[Address] = field(default_factory=lambda: Address(city="Bath"))
    plain: Attr[Plain | None] = field(default=None)
    box: Attr[Box | None] = field(default=None)
    options: Attr[Options | None] = field(default=None)
    lines: Attr[list[Line]] = field(default_factory=list)
    old_lines: Attr[list[Line] | None] = field(default=None)
    labels: Attr[dict[str, str]] = field(default_factory=dict)
    by_number: Attr[dict[int, Line]] = field(default_factory=dict)
    pair: Attr[tuple[int, str] | None] = field(default=None)
    triple: Attr[tuple[int, str, Decimal] | None] = field(default=None)
    numbers: Attr[tuple[int, ...]] = field(default=())
    tags: Attr[set[str]] = field(default_factory=set)
    old_tags: Attr[set[str] | None] = field(default=None)
    sizes: Attr[frozenset[int]] = field(default_factory=frozenset)
    rates: Attr[set[Decimal]] = field(default_factory=set)
    prices: Attr[list[Decimal]] = field(default_factory=list)
    matrix: Attr[list[list[int]]] = field(default_factory=list)
    some: Attr[Sequence[int]] = field(default=())
    index: Attr[Mapping[str, int]] = field(default_factory=dict)
    words: Attr[Words | None] = field(default=None)
    price_of: Attr[Prices | None] = field(default=None)
    of_int: Attr[Pair[int] | None] = field(default=None)
    payment: Attr[Card | Cash | None] = field(default=None)
    tree: Attr[Tree | None] = field(default=None)
    anything: Attr[Any] = field(default=None)
    untyped: int = 0

    by_status = GlobalIndex(partition_key="status", sort_key="placed_at")
    by_count = LocalIndex(sort_key="count")


class Customer(Model, table="customers"):
    customer_id: Attr[str] = partition_key()
    name: Attr[str]
