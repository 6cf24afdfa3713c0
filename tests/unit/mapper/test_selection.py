"""Selected fields: what is projected for them, and the rows that are made of what comes back."""

from __future__ import annotations

import enum
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

import pytest
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    SecretStr,
    ValidationInfo,
    field_serializer,
    field_validator,
    model_validator,
)
from typing_extensions import TypedDict

from ddbmodel import Attr, CodecError, EpochSeconds, ExpressionError, Model, Null, field, partition_key
from ddbmodel.expressions import Placeholders
from ddbmodel.mapper.paths import attribute_paths
from ddbmodel.mapper.selection import Selection
from ddbmodel.model import plan_of

NOON = datetime(2026, 10, 13, 12, tzinfo=UTC)


class Colour(enum.Enum):
    RED = "red"


class City(Model):
    name: Attr[str]
    code: Attr[str | None] = field(default=None, attribute="c")
    size: Attr[int] = field(default=1)


class Address(Model):
    city: Attr[City]
    street: Attr[str] = field(default="Main")
    tags: Attr[set[str]] = field(default_factory=set)


class Checked(Model):
    word: Attr[str]

    @model_validator(mode="before")
    @classmethod
    def _shout(cls, data: Any) -> Any:
        return {"word": data["word"].upper()} if isinstance(data, dict) else data


class Counted(Model):
    word: Attr[str]
    length: Attr[int] = field(default=0)

    def model_post_init(self, _: Any) -> None:
        self.length = len(self.word)


class Card(Model):
    kind: Literal["card"] = "card"
    last4: Attr[str]


class Cash(Model):
    kind: Literal["cash"] = "cash"
    note: Attr[str | None] = None


class Line(Model):
    sku: Attr[str]
    price: Attr[Decimal]


class Plain(BaseModel):
    colour: str
    size: int = 3


@dataclass
class Point:
    x: int
    y: int = 0


class Pair(TypedDict):
    left: int
    right: int


class Names(RootModel[list[str]]):
    """A list with a name."""


class Tree(Model):
    name: Attr[str]
    children: list[Tree] = field(default_factory=list)


class Everything(Model, table="everything"):
    model_config = ConfigDict(hide_input_in_errors=True)

    key_id: Attr[str] = partition_key(attribute="k", alias="keyId")
    text: Attr[str] = field(default="none", alias="aText")
    number: Attr[Decimal] = field(default=Decimal(7))
    optional: Attr[str | None] = None
    nulled: Attr[str | None] = field(default="x", stored_as=Null)
    colour: Attr[Colour] = field(default=Colour.RED)
    secret: Attr[SecretStr] = field(default=SecretStr("s"))
    at: Attr[datetime] = field(default=NOON, stored_as=EpochSeconds, attribute="ts")
    ident: Attr[UUID] = field(default_factory=uuid4)
    tags: Attr[set[str]] = field(default_factory=set)
    home: Attr[Address] = field(default_factory=lambda: Address(city=City(name="Cork")))
    work: Attr[Address | None] = None
    required: Attr[Address]
    checked: Attr[Checked | None] = None
    counted: Attr[Counted | None] = None
    lines: Attr[list[Line]] = field(default_factory=list)
    counts: Attr[dict[int, int]] = field(default_factory=dict)
    labels: Attr[dict[str, Line]] = field(default_factory=dict)
    payment: Attr[Annotated[Card | Cash, Field(discriminator="kind")] | None] = None
    plain: Attr[Plain | None] = None
    point: Attr[Point | None] = None
    pair: Attr[Pair | None] = None
    names: Attr[Names | None] = None
    anything: Attr[Any] = None
    capped: Attr[Annotated[int, AfterValidator(lambda value: min(value, 100))]] = field(default=0)
    csv: Attr[list[int]] = field(default_factory=list)
    tree: Attr[Tree | None] = None

    @field_validator("csv", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return [int(part) for part in value.split(",")] if isinstance(value, str) else value

    @field_serializer("csv")
    def _join(self, value: list[int]) -> str:
        return ",".join(map(str, value))


E = Everything
PLAN = plan_of(E)
REQUIRED = Address(city=City(name="Dublin", code="D", size=5), street="Quay", tags={"a"})


def _item(**values: Any) -> Any:
    """The stored item of a model."""
    return PLAN.encode(E.model_validate({"key_id": "k", "required": REQUIRED, **values}, by_name=True))


def _row(item: Any, *paths: Any) -> Any:
    return Selection(PLAN, paths).row(item)


def _projection(*paths: Any, keys: bool = False) -> list[str]:
    """The projected places, under their stored names."""
    projection = Selection(PLAN, paths).projection(attribute_paths(PLAN, ["k"]) if keys else ())
    return [".".join(map(str, path.place.steps)) for path in projection.paths]


VALUES: list[tuple[Any, dict[str, Any], Any]] = [
    (E.key_id, {}, "k"),
    (E.text, {"text": "t"}, "t"),
    (E.number, {"number": "1.50"}, Decimal("1.5")),
    (E.optional, {"optional": "o"}, "o"),
    (E.optional, {}, None),
    (E.nulled, {"nulled": None}, None),
    (E.colour, {}, Colour.RED),
    (E.secret, {"secret": "hidden"}, SecretStr("hidden")),
    (E.at, {}, NOON),
    (E.ident, {"ident": UUID(int=5)}, UUID(int=5)),
    (E.tags, {"tags": {"a", "b"}}, {"a", "b"}),
    (E.tags, {}, set()),
    (E.capped, {"capped": 50}, 50),
    (E.csv, {"csv": [1, 2]}, [1, 2]),
    (E.anything, {"anything": {"a": [1, "x"]}}, {"a": [1, "x"]}),
    # parts come as models, and their fields as values
    (E.required, {}, REQUIRED),
    (E.required.at(Address.street), {}, "Quay"),
    (E.required.at(Address.tags), {}, {"a"}),
    (E.required.at(Address.city), {}, REQUIRED.city),
    (E.required.at(Address.city).at(City.name), {}, "Dublin"),
    (E.required.at(Address.city).at(City.code), {}, "D"),
    (E.work, {}, None),
    (E.work.at(Address.city).at(City.name), {}, None),
    (E.work.at(Address.street), {}, None),
    (E.work.at(Address.street), {"work": REQUIRED}, "Quay"),
    (E.work.at(Address.city).at(City.code), {"work": Address(city=City(name="x"))}, None),
    (E.checked.at(Checked.word), {"checked": {"word": "low"}}, "LOW"),
    (E.counted.at(Counted.length), {"counted": {"word": "four"}}, 4),
    (E.payment, {"payment": {"kind": "card", "last4": "1234"}}, Card(last4="1234")),
    (E.payment.at(Card.last4), {"payment": {"kind": "card", "last4": "1234"}}, "1234"),
    (E.payment.at(Card.last4), {"payment": {"kind": "cash"}}, None),
    (E.plain.at("colour"), {"plain": {"colour": "red"}}, "red"),
    (E.point.at("x"), {"point": {"x": 5}}, 5),
    (E.pair.at("right"), {"pair": {"left": 1, "right": 2}}, 2),
    (E.tree.at(Tree.name), {"tree": {"name": "root"}}, "root"),
    # elements and entries
    (E.lines, {"lines": [{"sku": "a", "price": 1}]}, [Line(sku="a", price=Decimal(1))]),
    (E.lines[0], {"lines": [{"sku": "a", "price": 1}]}, Line(sku="a", price=Decimal(1))),
    (E.lines[1].at(Line.price), {"lines": [{"sku": "a", "price": 1}, {"sku": "b", "price": 2}]}, Decimal(2)),
    (E.lines[5].at(Line.price), {"lines": [{"sku": "a", "price": 1}]}, None),
    (E.lines[0], {}, None),
    (E.counts[12], {"counts": {12: 1}}, 1),
    (E.counts[13], {"counts": {12: 1}}, None),
    (E.labels["a.b"].at(Line.sku), {"labels": {"a.b": {"sku": "s", "price": 1}}}, "s"),
    (E.names[1], {"names": ["a", "b"]}, "b"),
    (E.anything["a"][1], {"anything": {"a": [1, "x"]}}, "x"),
    (E.anything["a"]["b"], {"anything": {"a": 1}}, None),
]


@pytest.mark.parametrize(("path", "values", "expected"), VALUES, ids=[repr(value[0]) for value in VALUES])
def test_values(path: Any, values: dict[str, Any], expected: Any) -> None:
    """A selected value is of its field's type, whole or from the projection alone."""
    item = _item(**values)
    assert _row(item, path) == (expected,)
    assert type(_row(item, path)[0]) is type(expected)
    assert _row(_projected(item, path), path) == (expected,)


def _projected(item: Any, *paths: Any) -> Any:
    """What DynamoDB returns of an item for the projection of these paths."""
    result: dict[str, Any] = {}
    for projected in Selection(PLAN, paths).projection(()).paths:
        steps, value = projected.place.steps, {"M": item}
        for step in steps:
            value = value.get("M", {}).get(step) if value else None
        if value is not None:
            target = result
            for step in steps[:-1]:
                target = target.setdefault(step, {"M": {}})["M"]
            target[steps[-1]] = value
    return result


MISSING: list[tuple[Any, Any]] = [
    (E.text, "none"),
    (E.number, Decimal(7)),
    (E.optional, None),
    (E.nulled, "x"),
    (E.tags, set()),
    (E.home, Address(city=City(name="Cork"))),
    (E.home.at(Address.city).at(City.name), "Cork"),
    (E.home.at(Address.street), "Main"),
    (E.work.at(Address.street), None),
    (E.lines[0].at(Line.sku), None),
    (E.csv, []),
]


@pytest.mark.parametrize(("path", "expected"), MISSING, ids=[repr(path) for path, _ in MISSING])
def test_missing(path: Any, expected: Any) -> None:
    """What an item does not have is the field's default, also inside of a part's default, or None."""
    assert _row({"k": {"S": "k"}}, path) == (expected,)


def test_missing_in_a_part() -> None:
    """A part that is there gives its own defaults, and one that is not gives None."""
    there = {"M": {"city": {"M": {"name": {"S": "Rome"}}}}}
    for path, expected in ((E.work.at(Address.street), "Main"), (E.work.at(Address.city).at(City.size), 1)):
        assert _row(_projected({"work": there}, path), path) == (expected,)
        assert _row(_projected({}, path), path) == (None,)
    path = E.required.at(Address.street)
    assert _row(_projected({"required": there}, path), path) == ("Main",)


def test_validators_run() -> None:
    """What another client stored goes through the field's validators."""
    assert _row({"capped": {"N": "500"}, "csv": {"S": "3,4"}}, E.capped, E.csv) == (100, [3, 4])


def test_factories() -> None:
    """A default from a factory is a new one for every row."""
    one, other = (_row({}, E.ident, E.lines) for _ in range(2))
    assert one[0] != other[0]
    assert one[1] is not other[1]


@pytest.mark.parametrize(
    ("item", "path", "place"),
    [
        ({}, E.key_id, r"Everything at \$.key_id: Field required"),
        ({}, E.required, r"Everything at \$.required: Field required"),
        (
            {},
            E.required.at(Address.city).at(City.name),
            r"Everything at \$.required.city.name: Field required",
        ),
        ({"text": {"N": "5"}}, E.text, r"Everything at \$.text: Input should be a valid string"),
        ({"number": {"S": "xyz"}}, E.number, r"Everything at \$.number: "),
        ({"required": {"S": "xyz"}}, E.required.at(Address.city), r"Everything at \$.required: .*no map"),
        (
            {"lines": {"L": [{"M": {"sku": {"S": "xyz"}}}]}},
            E.lines[0].at(Line.sku),
            r"Everything at \$.lines\[0\].price: Field required",
        ),
    ],
)
def test_what_cannot_be_read(item: Any, path: Any, place: str) -> None:
    """What is stored otherwise than declared, or is required and missing, is an error that names the place."""
    with pytest.raises(CodecError, match=place) as raised:
        _row(item, path)
    assert "xyz" not in "".join(traceback.format_exception(raised.value))
    error: BaseException | None = raised.value
    while error is not None:
        assert "xyz" not in str(error)
        error = error.__cause__ or error.__context__


PROJECTIONS: list[tuple[list[Any], list[str]]] = [
    ([E.text], ["text"]),
    ([E.at, E.key_id], ["ts", "k"]),
    ([E.text, E.text], ["text"]),
    ([E.required.at(Address.city).at(City.code)], ["required.city.c"]),
    ([E.required.at(Address.city), E.required.at(Address.city).at(City.name)], ["required.city"]),
    ([E.required.at(Address.city).at(City.name), E.required], ["required"]),
    ([E.required.at(Address.street), E.required.at(Address.tags)], ["required.street", "required.tags"]),
    # a missing part and a missing field must not look the same
    ([E.work.at(Address.city)], ["work.city"]),
    ([E.work.at(Address.street)], ["work"]),
    ([E.work.at(Address.city).at(City.name)], ["work.city.name"]),
    ([E.work.at(Address.city).at(City.size)], ["work.city"]),
    ([E.home.at(Address.city)], ["home"]),
    # lists, maps, unions, and parts with validators come whole
    ([E.lines[0], E.lines[3].at(Line.sku)], ["lines"]),
    ([E.counts[3]], ["counts"]),
    ([E.labels["x"].at(Line.sku)], ["labels"]),
    ([E.payment.at(Card.last4)], ["payment"]),
    ([E.checked.at(Checked.word)], ["checked"]),
    ([E.counted.at(Counted.word)], ["counted"]),
    ([E.names[0]], ["names"]),
    ([E.anything["a"]["b"]], ["anything"]),
    ([E.point.at("x")], ["point"]),
    ([E.plain.at("colour")], ["plain.colour"]),
    ([E.tree.at(Tree.name)], ["tree.name"]),
]


@pytest.mark.parametrize(("paths", "expected"), PROJECTIONS, ids=[repr(paths) for paths, _ in PROJECTIONS])
def test_projections(paths: list[Any], expected: list[str]) -> None:
    """No more is asked for than tells the values, each place once."""
    assert _projection(*paths) == expected


def test_projected_keys() -> None:
    """The key attributes come along, once."""
    assert _projection(E.text, keys=True) == ["text", "k"]
    assert _projection(E.key_id, E.text, keys=True) == ["k", "text"]


def test_projection_renders() -> None:
    """A projection is one expression with placeholders."""
    projection = Selection(PLAN, [E.required.at(Address.city), E.text]).projection(())
    assert projection.render(Placeholders()) == "#n0.#n1, #n2"


def test_needed_attributes() -> None:
    """What an index has to hold are the attributes at the top level."""
    selection = Selection(PLAN, [E.at, E.required.at(Address.city).at(City.name), E.lines[0]])
    assert selection.attributes == {"ts", "required", "lines"}


# Rows ---------------------------------------------------------------------------------------------------------

NAMES: list[tuple[list[Any], tuple[str, ...]]] = [
    ([E.text, E.number], ("text", "number")),
    ([E.at, E.key_id], ("at", "key_id")),
    ([E.required.at(Address.city).at(City.code)], ("code",)),
    ([E.text, E.text], ("text", "text_1")),
    ([E.lines[0], E.lines[1], E.lines[1].at(Line.price)], ("lines", "lines_1", "price")),
    ([E.counts[12], E.labels["a.b"], E.labels["ok"]], ("f0", "f1", "ok")),
    ([E.labels["class"]], ("_0",)),
]


@pytest.mark.parametrize(("paths", "names"), NAMES, ids=[repr(names) for _, names in NAMES])
def test_names(paths: list[Any], names: tuple[str, ...]) -> None:
    """A row is a tuple whose places have the names of the fields."""
    row = _row(_item(), *paths)
    assert row._fields == names
    assert isinstance(row, tuple)


def test_rows_by_name() -> None:
    """A value of a row is found by name or place."""
    row = _row(_item(text="t"), E.text, E.number)
    assert (row.text, row[1]) == ("t", Decimal(7))
    assert repr(row) == "Row(text='t', number=Decimal('7'))"


class Between(Model, table="between"):
    low: Attr[int] = partition_key()
    high: Attr[int]
    capped: Attr[int] = field(default=0)
    factor: Attr[int] = field(default=1)

    @field_validator("high")
    @classmethod
    def _above(cls, value: int, info: ValidationInfo) -> int:
        if value < info.data["low"]:
            raise ValueError("below low")
        return value

    @field_validator("capped")
    @classmethod
    def _cap(cls, value: int, info: ValidationInfo) -> int:
        return min(value, info.data.get("high", 10))


def test_validators_of_several_fields() -> None:
    """A validator that asks for other fields says so, unless it can do without them."""
    item = {"low": {"N": "1"}, "high": {"N": "5"}, "capped": {"N": "50"}}
    assert Selection(plan_of(Between), [Between.capped, Between.factor]).row(item) == (10, 1)
    with pytest.raises(CodecError, match=r"Between at \$.high: its validator asks for other fields"):
        Selection(plan_of(Between), [Between.high]).row(item)


WRONG: list[Callable[[], Any]] = [
    lambda: Selection(PLAN, []),
    lambda: Selection(PLAN, ["text"]),  # type: ignore[list-item]  # for callers without a checker
    lambda: Selection(PLAN, [E.text.size()]),  # type: ignore[list-item]  # for callers without a checker
    lambda: Selection(PLAN, [Between.low]),
    lambda: Selection(PLAN, [Address.city]),
]


@pytest.mark.parametrize("make", WRONG)
def test_wrong_paths(make: Callable[[], Any]) -> None:
    """What is no path of the model is refused."""
    with pytest.raises(ExpressionError):
        make()
