"""Parts: root models, generic and recursive models, dataclasses."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID

from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, RootModel, field_validator, model_validator
from pydantic.dataclasses import dataclass as pydantic_dataclass

from ddbmodel import Attr, Model, field, partition_key
from tests.strategies import scalars
from tests.strategies.row import TABLE, Row, of_instances, of_model, of_type

T = TypeVar("T")
K = TypeVar("K", bound=UUID | str)

_small = st.integers(-99, 99)
_moments = scalars.aware_datetimes()


def rows() -> list[Row]:
    """Every kind of part."""
    return [*_roots(), *_generics(), *_recursive(), *_dataclasses()]


# Root models -----------------------------------------------------------------------------------------


class Line(BaseModel):
    price: Decimal


class Lines(RootModel[list[Line]]):
    pass


class Prices(RootModel[dict[date, Decimal]]):
    pass


class Moment(RootModel[datetime]):
    pass


class Wrapped(RootModel[Line]):
    pass


class Tags(RootModel[set[str]]):
    root: set[str] = set()


class Checked(RootModel[int]):
    model_config = ConfigDict(frozen=True)

    @field_validator("root", mode="before")
    @classmethod
    def _number(cls, value: Any) -> Any:
        return int(value)

    @model_validator(mode="after")
    def _positive(self) -> Checked:
        assert self.root >= 0
        return self


def _roots() -> list[Row]:
    lines = st.lists(st.builds(Line, price=scalars.decimals()), max_size=2)
    prices = st.dictionaries(st.dates(), scalars.decimals(), max_size=2)
    return [
        of_type("root_list", Lines, lines.map(Lines)),
        of_type("root_dict", Prices, prices.map(Prices)),
        of_type("root_scalar", Moment, _moments.map(Moment)),
        of_type("root_model", Wrapped, st.builds(Line, price=scalars.decimals()).map(Wrapped)),
        of_type("root_set", Tags, st.sets(scalars.texts(), max_size=2).map(Tags)),
        of_type(
            "root_generic",
            RootModel[list[Decimal]],
            st.lists(scalars.decimals(), max_size=2).map(RootModel[list[Decimal]]),
        ),
        of_type(
            "root_optional",
            RootModel[int | None],
            st.sampled_from((None, 1)).map(RootModel[int | None]),
            optional=False,
        ),
        of_type("root_checked", Checked, st.integers(0, 99).map(Checked)),
        of_type("set_of_roots", set[Checked], st.sets(st.integers(0, 9).map(Checked), max_size=2)),
        of_type("root_or_scalar", Checked | str, st.integers(0, 99).map(Checked) | st.just("1")),
    ]


# Generics --------------------------------------------------------------------------------------------


class Box(BaseModel, Generic[T]):
    content: T
    more: list[T] = []


class Named(Box[T], Generic[T]):
    name: str


class Item(Model, Generic[T]):
    content: Attr[T]


class Store(Model, Generic[K, T], table=TABLE):
    row_id: Attr[str] = partition_key()
    ref: Attr[K]
    content: Attr[T]
    boxes: list[Box[T]] = []


class OrderStore(Store[UUID, Decimal], table=TABLE):
    note: Attr[str | None] = field(default=None)


def _generics() -> list[Row]:
    concrete = Store[UUID, datetime]
    return [
        of_type("generic_part", Box[datetime], st.builds(Box[datetime], content=_moments)),
        of_type("generic_of_part", Box[Box[Decimal]], st.builds(_box_in_box, scalars.decimals())),
        of_type(
            "generic_subclass",
            Named[Decimal],
            st.builds(Named[Decimal], content=scalars.decimals(), name=st.just("a")),
        ),
        of_type("generic_open", Box, st.builds(Box, content=_small | st.just("a"))),
        of_type(
            "generic_model", Item[set[int]], st.builds(Item[set[int]], content=st.sets(_small, max_size=2))
        ),
        of_instances(
            concrete,
            concrete(row_id="r", ref=UUID(int=1), content=_MOMENT, boxes=[Box[datetime](content=_MOMENT)]),
        ),
        of_instances(OrderStore, OrderStore(row_id="r", ref=UUID(int=1), content=Decimal("1.5"))),
    ]


_MOMENT = datetime.fromisoformat("2020-01-01T00:00:00+02:00")


def _box_in_box(value: Decimal) -> Box[Box[Decimal]]:
    return Box[Box[Decimal]](content=Box[Decimal](content=value))


# Recursion -------------------------------------------------------------------------------------------


class Node(BaseModel):
    price: Decimal
    children: list[Node] = []
    parent: Node | None = None
    named: dict[str, Node] = {}


class Leaf(BaseModel):
    price: Decimal


class Branch(BaseModel):
    children: list[Leaf | Branch]


class Folder(Model, table=TABLE):
    """Refers to a class that is defined later, and to itself."""

    row_id: Attr[str] = partition_key()
    sub: Attr[list[Folder]] = field(default=[])
    file: Attr[File | None] = field(default=None)


class File(Model):
    size: Attr[int]
    within: Attr[Folder | None] = field(default=None)


def _recursive() -> list[Row]:
    nodes = st.recursive(
        st.builds(Node, price=scalars.decimals()),
        lambda inner: st.builds(
            Node, price=st.just(Decimal(1)), children=st.lists(inner, max_size=2), parent=inner
        ),
        max_leaves=4,
    )
    branch = Branch(
        children=[Leaf(price=Decimal("1.5")), Branch(children=[]), Branch(children=[Leaf(price=Decimal(2))])]
    )
    inner = Folder(row_id="i", file=File(size=2, within=Folder(row_id="j")))
    return [
        of_type("recursive", Node, nodes),
        of_type("recursive_union", Branch, st.just(branch)),
        of_instances(Folder, Folder(row_id="r"), Folder(row_id="r", sub=[inner, inner], file=File(size=1))),
    ]


# Dataclasses -----------------------------------------------------------------------------------------


@dataclass
class Plain:
    at: datetime
    price: Decimal | None = None
    tags: set[str] = dataclasses.field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slotted:
    price: Decimal
    inner: tuple[int, ...] = ()


@dataclass
class Child(Plain):
    more: list[Slotted] = dataclasses.field(default_factory=list)


@dataclass
class Derived:
    price: Decimal
    double: Decimal = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        self.double = self.price * 2


@dataclass
class Tree:
    value: int
    children: list[Tree] = dataclasses.field(default_factory=list)


@pydantic_dataclass(config=ConfigDict(extra="forbid"))
class Aliased:
    price: Decimal = Field(alias="Price")
    tags: frozenset[str] = frozenset()

    @field_validator("price", mode="before")
    @classmethod
    def _price(cls, value: Any) -> Any:
        return value.removesuffix(" EUR") if isinstance(value, str) else value

    @model_validator(mode="after")
    def _checked(self) -> Aliased:
        assert self.price >= 0
        return self


@pydantic_dataclass
class GenericData(Generic[T]):
    content: T


class DataTable(Model, table=TABLE):
    row_id: Attr[str] = partition_key()
    plain: Attr[Plain]
    either: Attr[Plain | Slotted | Aliased]


def _dataclasses() -> list[Row]:
    plain = st.builds(
        Plain, at=_moments, price=st.none() | scalars.decimals(), tags=st.sets(scalars.texts(), max_size=2)
    )
    slotted = st.builds(Slotted, price=scalars.decimals(), inner=st.just((1, 2)))
    aliased = st.just(Aliased(Price="1.5 EUR")) | st.just(Aliased(Price=2, tags=frozenset("a")))  # type: ignore[arg-type]
    return [
        of_type("dataclass", Plain, plain),
        of_type("dataclass_slotted", Slotted, slotted),
        of_type("dataclass_child", Child, st.builds(Child, at=_moments, more=st.lists(slotted, max_size=2))),
        of_type("dataclass_with_post_init", Derived, st.builds(Derived, st.decimals(0, 9, places=2))),
        of_type("dataclass_recursive", Tree, st.just(Tree(1, [Tree(2), Tree(3, [Tree(4)])]))),
        of_type("dataclass_of_pydantic", Aliased, aliased),
        of_type(
            "dataclass_generic", GenericData[Decimal], st.builds(GenericData[Decimal], scalars.decimals())
        ),
        of_model(DataTable, plain=plain, either=plain | slotted | aliased),
    ]
