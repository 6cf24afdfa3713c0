"""The stored format is API: each type's exact form, and what of other clients' forms is read."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from ipaddress import IPv4Address
from pathlib import PurePosixPath
from typing import Any, Literal, NamedTuple
from uuid import UUID

import pytest
from pydantic import (
    AnyUrl,
    Base64Bytes,
    BaseModel,
    ByteSize,
    Json,
    RootModel,
    Secret,
    SecretBytes,
    SecretStr,
    create_model,
)
from typing_extensions import TypedDict

from ddbmodel import Attr, Key, Model, Table, TableIndex, field, partition_key, sort_key, version
from ddbmodel.model import ModelPlan, plan_of

NOON = datetime(2026, 10, 13, 8, 48, 47, 966937, UTC)
ONE = UUID("00000000-0000-0000-0000-000000000001")


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Level(IntEnum):
    LOW = 1


class Call(Enum):
    """Its values have no stored form, so it is stored by name."""

    FIRST = object()
    SECOND = object()


class Line(BaseModel):
    price: Decimal
    note: str | None = None


class Point(NamedTuple):
    x: int
    at: datetime


class Address(TypedDict):
    city: str
    zip: int | None


class Dated(RootModel[dict[date, Decimal]]):
    pass


def plan_for(annotation: Any) -> ModelPlan[Any]:
    """The plan of a table with one field of a type."""
    model = create_model(
        "Golden",
        __base__=Model,
        __cls_kwargs__={"table": "golden"},
        key_id=(str, partition_key(default="k")),
        value=(annotation, ...),
    )
    return plan_of(model)


GOLDEN: list[tuple[Any, Any, dict[str, Any]]] = [
    (str, "text", {"S": "text"}),
    (str, "", {"S": ""}),
    (int, 12, {"N": "12"}),
    (float, 0.1, {"N": "0.1"}),
    (float, 5.0, {"N": "5"}),
    (Decimal, Decimal("19.90"), {"N": "19.9"}),
    (bool, True, {"BOOL": True}),
    (bytes, b"\x00\xff", {"B": b"\x00\xff"}),
    (datetime, NOON, {"S": "2026-10-13T08:48:47.966937Z"}),
    (date, date(2026, 1, 2), {"S": "2026-01-02"}),
    (time, time(8, 5), {"S": "08:05:00.000000"}),
    (timedelta, timedelta(minutes=1, microseconds=1), {"N": "60.000001"}),
    (UUID, ONE, {"S": str(ONE)}),
    (Colour, Colour.RED, {"S": "red"}),
    (Level, Level.LOW, {"N": "1"}),
    (Call, Call.FIRST, {"S": "FIRST"}),
    (Literal["a", 1], 1, {"N": "1"}),
    (PurePosixPath, PurePosixPath("/a/b"), {"S": "/a/b"}),
    (AnyUrl, AnyUrl("https://example.com"), {"S": "https://example.com/"}),
    (IPv4Address, IPv4Address("10.0.0.1"), {"S": "10.0.0.1"}),
    (SecretStr, SecretStr("s3cret"), {"S": "s3cret"}),
    (SecretBytes, SecretBytes(b"s3"), {"B": b"s3"}),
    (Secret[int], Secret[int](5), {"N": "5"}),
    (ByteSize, ByteSize(1024), {"N": "1024"}),
    (Base64Bytes, b"hello", {"B": b"aGVsbG8="}),
    (Json[list[int]], [1, 2], {"S": "[1,2]"}),
    (list[Decimal], [Decimal("1.50")], {"L": [{"N": "1.5"}]}),
    (list[int | None], [1, None], {"L": [{"N": "1"}, {"NULL": True}]}),
    (list[set[int]], [{1}, set()], {"L": [{"NS": ["1"]}, {"L": []}]}),
    (tuple[int, str], (1, "a"), {"L": [{"N": "1"}, {"S": "a"}]}),
    (deque[int], deque([1]), {"L": [{"N": "1"}]}),
    (Sequence[int], [1], {"L": [{"N": "1"}]}),
    (Sequence[int], (1,), {"M": {"$tuple": {"L": [{"N": "1"}]}}}),
    (set[str], {"b", "a"}, {"SS": ["a", "b"]}),
    (frozenset[int], frozenset((2, 1)), {"NS": ["1", "2"]}),
    (set[bytes], {b"a"}, {"BS": [b"a"]}),
    (set[Colour], {Colour.RED}, {"SS": ["red"]}),
    (set[bool], {True}, {"L": [{"BOOL": True}]}),
    (dict[str, int], {"a": 1}, {"M": {"a": {"N": "1"}}}),
    (dict[int, str], {5: "a"}, {"M": {"5": {"S": "a"}}}),
    (dict[UUID, int], {ONE: 1}, {"M": {str(ONE): {"N": "1"}}}),
    (dict[date, int], {date(2026, 1, 2): 1}, {"M": {"2026-01-02": {"N": "1"}}}),
    (dict[bool, int], {True: 1}, {"M": {"true": {"N": "1"}}}),
    (dict[bytes, int], {b"\x00": 1}, {"M": {"AA==": {"N": "1"}}}),
    (dict[Colour, int], {Colour.RED: 1}, {"M": {"red": {"N": "1"}}}),
    (dict[int | str, int], {"1": 2}, {"L": [{"L": [{"S": "1"}, {"N": "2"}]}]}),
    (
        dict[tuple[int, int], str],
        {(1, 2): "a"},
        {"L": [{"L": [{"L": [{"N": "1"}, {"N": "2"}]}, {"S": "a"}]}]},
    ),
    (OrderedDict[str, int], OrderedDict(b=1), {"L": [{"L": [{"S": "b"}, {"N": "1"}]}]}),
    (defaultdict[str, int], defaultdict(int, a=1), {"M": {"a": {"N": "1"}}}),
    (Counter[str], Counter("a"), {"M": {"a": {"N": "1"}}}),
    (Line, Line(price=Decimal("1.50")), {"M": {"price": {"N": "1.5"}}}),
    (Line, Line(price=Decimal(2), note="n"), {"M": {"price": {"N": "2"}, "note": {"S": "n"}}}),
    (Dated, Dated({date(2026, 1, 2): Decimal(1)}), {"M": {"2026-01-02": {"N": "1"}}}),
    (Point, Point(1, NOON), {"L": [{"N": "1"}, {"S": "2026-10-13T08:48:47.966937Z"}]}),
    (Address, {"city": "a", "zip": None}, {"M": {"city": {"S": "a"}, "zip": {"NULL": True}}}),
    (Any, [1, 2.5, "a"], {"L": [{"N": "1"}, {"N": "2.5"}, {"S": "a"}]}),
]


@pytest.mark.parametrize(
    ("annotation", "value", "stored"),
    GOLDEN,
    ids=[f"{number}-{annotation!s:.40}" for number, (annotation, *_) in enumerate(GOLDEN)],
)
def test_a_type_has_one_stored_form(annotation: Any, value: Any, stored: dict[str, Any]) -> None:
    """What is written today is what every later version must read."""
    plan = plan_for(annotation)
    assert plan.encode(plan.model.model_construct(key_id="k", value=value)) == {
        "key_id": {"S": "k"},
        "value": stored,
    }


@pytest.mark.parametrize(
    ("annotation", "value", "stored"),
    GOLDEN,
    ids=[f"{number}-{annotation!s:.40}" for number, (annotation, *_) in enumerate(GOLDEN)],
)
def test_the_stored_form_is_read(annotation: Any, value: Any, stored: dict[str, Any]) -> None:
    """What is written today is read as the value that it was."""
    back = plan_for(annotation).decode({"key_id": {"S": "k"}, "value": stored}).value
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize(
    ("annotation", "stored", "value"),
    [
        (int, {"N": "5.0"}, 5),
        (int, {"N": "1E3"}, 1000),
        (int, {"S": "5"}, 5),
        (float, {"N": "+5"}, 5.0),
        (Decimal, {"N": "1." + "3" * 125}, Decimal("1." + "3" * 125)),
        (Decimal, {"S": "1.5"}, Decimal("1.5")),
        (bool, {"N": "1"}, True),
        (str, {"B": b"abc"}, "abc"),
        (bytes, {"S": "abc"}, b"abc"),
        (datetime, {"S": "2026-10-13T08:48:47+02:00"}, datetime(2026, 10, 13, 6, 48, 47, tzinfo=UTC)),
        (datetime, {"N": "0"}, datetime(1970, 1, 1, tzinfo=UTC)),
        (UUID, {"S": ONE.hex}, ONE),
        (set[int], {"L": [{"N": "1"}, {"N": "1.0"}]}, {1}),
        (set[int], {"SS": ["1"]}, {1}),
        (list[int], {"NS": ["1"]}, [1]),
        (dict[int, int], {"M": {"5.0": {"N": "1"}}}, {5: 1}),
        (timedelta, {"S": "PT1M"}, timedelta(minutes=1)),
        (Level, {"S": "1"}, Level.LOW),
        (str | None, {"NULL": True}, None),
    ],
    ids=str,
)
def test_what_other_clients_stored_is_read(annotation: Any, stored: dict[str, Any], value: Any) -> None:
    """Other forms are read as far as Pydantic takes them for the type."""
    assert plan_for(annotation).decode({"key_id": {"S": "k"}, "value": stored}).value == value


def test_undeclared_attributes_are_ignored() -> None:
    """A model without extra values reads an item that has more attributes."""
    item = {
        "key_id": {"S": "k"},
        "value": {"M": {"price": {"N": "1"}, "more": {"S": "b"}}},
        "other": {"S": "a"},
    }
    assert plan_for(Line).decode(item).value == Line(price=Decimal(1))


KEYS: list[tuple[Any, str, str, Any, str]] = [
    (str, "partition", "A#{value}", "o1", "A#o1"),
    (str, "partition", "A#{value}", "a#b$c d", "A#a$Hb$Ic d"),
    (str, "partition", "{value}", "Ä\x00!\U0001f600", "Ä\x00!\U0001f600"),
    (str, "partition", "A#{value}#Z", "a#b !", "A#a$Hb !#Z"),
    (str, "sort", "A#{value}", "a#b$c d", "A#a$Hb$Ic d"),
    (str, "sort", "A#{value}#Z", 'a#b$c d\x00!"%', "A#a$Hb$Ic$Ed$%$F$G%#Z"),
    (str, "sort", "A#{value}#Z", "", "A##Z"),
    (int, "partition", "A#{value}", -12, "A#-12"),
    (Decimal, "partition", "A#{value}", Decimal("1.50"), "A#1.5"),
    (int, "sort", "A#{value:08d}", 12, "A#00000012"),
    (Decimal, "sort", "A#{value:012.2f}", Decimal("19.9"), "A#000000019.90"),
    (bool, "sort", "A#{value}", True, "A#true"),
    (UUID, "sort", "A#{value}#Z", ONE, f"A#{ONE}#Z"),
    (Colour, "sort", "A#{value}", Colour.RED, "A#red"),
    (Literal["a b"], "sort", "A#{value}#Z", "a b", "A#a$Eb#Z"),
    (datetime, "sort", "A#{value}", NOON, "A#2026-10-13T08:48:47.966937Z"),
    (datetime, "sort", "A#{value:%Y-%m-%dT%H:%M:%S}", NOON, "A#2026-10-13T08:48:47"),
    (datetime, "sort", "A#{value:%Y%m%d}", NOON, "A#20261013"),
    (date, "sort", "A#{value}", date(2026, 1, 2), "A#2026-01-02"),
    (date, "sort", "A#{value:%Y-%m}", date(2026, 1, 1), "A#2026-01"),
]


def _plan_with_key(annotation: Any, role: str, template: str) -> ModelPlan[Any]:
    """The plan of an entity whose partition or sort key is written by a template."""
    other = {"partition": "sort", "sort": "partition"}[role]
    base = create_model("Valued", __base__=Model, value=(annotation, ...))

    class Keyed(base, table=Table("golden", "pk", "sk"), entity="keyed"):  # type: ignore[misc, valid-type]
        primary = Key(**{role: template, other: "X"})  # type: ignore[arg-type]

    return plan_of(Keyed)


@pytest.mark.parametrize(("annotation", "role", "template", "value", "key"), KEYS, ids=str)
def test_a_template_writes_one_key(annotation: Any, role: str, template: str, value: Any, key: str) -> None:
    """What a template writes today is what every later version must find."""
    plan = _plan_with_key(annotation, role, template)
    item = plan.encode(plan.model.model_construct(value=value))
    assert item["pk" if role == "partition" else "sk"] == {"S": key}


@pytest.mark.parametrize(("annotation", "role", "template", "value", "key"), KEYS, ids=str)
def test_a_key_is_read_back(annotation: Any, role: str, template: str, value: Any, key: str) -> None:
    """A key gives the stored value that it was written from; of a period, where that is its beginning."""
    plan = _plan_with_key(annotation, role, template)
    primary = plan.stored_keys.primary
    (binding,) = primary.partition if role == "partition" else primary.sort
    assert binding.template is not None
    parsed = binding.template.parse(key)
    assert parsed is not None
    stored = plan.encode(plan.model.model_construct(value=value))["value"]
    if "%" in template and annotation is datetime:
        assert next(iter(stored.values())).startswith(next(iter(parsed["value"].values()))[:10])
    else:
        assert parsed == {"value": stored}


shop = Table("golden", "pk", "sk", indexes=[TableIndex("gsi1", "gsi1pk", "gsi1sk")])


class Person(Model, table=shop, entity="person"):
    person_id: Attr[str]
    email: Attr[str | None] = field(default=None, unique=True)
    number: Attr[int | None] = field(default=None, unique=True, attribute="no")
    since: Attr[datetime | None] = field(default=None)

    primary = Key(partition="PERSON#{person_id}", sort="PROFILE")
    by_time = Key("gsi1", partition="PERSONS", sort="{since}")


class Account(Model, table="accounts"):
    account_id: Attr[str] = partition_key()
    kind: Attr[str] = sort_key()
    email: Attr[str] = field(unique=True)
    revision: Attr[int] = version()


def test_an_entity_is_marked_and_keyed() -> None:
    """An item of a shared table has its keys and its entity's name beside its fields; sparse where they are None."""
    plan = plan_of(Person)
    person = Person(person_id="p1", email="a@example.com", number=5, since=NOON)
    fields = {
        "person_id": {"S": "p1"},
        "email": {"S": "a@example.com"},
        "no": {"N": "5"},
        "since": {"S": "2026-10-13T08:48:47.966937Z"},
    }
    keys = {
        "pk": {"S": "PERSON#p1"},
        "sk": {"S": "PROFILE"},
        "gsi1pk": {"S": "PERSONS"},
        "_entity": {"S": "person"},
    }
    assert plan.encode(person) == fields | keys | {"gsi1sk": {"S": "2026-10-13T08:48:47.966937Z"}}
    assert plan.encode(Person(person_id="p1")) == {"person_id": {"S": "p1"}} | keys


def test_a_subclass_is_stored_as_the_entity_of_its_parent() -> None:
    """The entity's name, and so what finds the item, is the parent's."""

    class Employee(Person):
        salary: Attr[int] = field(default=0)

    item = plan_of(Employee).encode(Employee(person_id="p1", salary=3))
    assert (item["_entity"], item["pk"]) == ({"S": "person"}, {"S": "PERSON#p1"})


GUARDS: list[tuple[type[Model], int, dict[str, Any], dict[str, Any]]] = [
    (Person, 0, {"S": "a#b$c"}, {"pk": {"S": "_unique#person#email#a$Hb$Ic"}, "sk": {"S": "_unique"}}),
    (Person, 1, {"N": "5"}, {"pk": {"S": "_unique#person#no#5"}, "sk": {"S": "_unique"}}),
    (Account, 0, {"S": "a@x"}, {"account_id": {"S": "_unique#email#a@x"}, "kind": {"S": "_unique"}}),
]


@pytest.mark.parametrize(("model", "number", "value", "key"), GUARDS)
def test_a_unique_value_has_one_guard(
    model: type[Model], number: int, value: dict[str, Any], key: dict[str, Any]
) -> None:
    """The guard's key is made of entity, attribute and value; it names its kind and whose value it is."""
    guard = plan_of(model).guards[number]
    owner = {"pk": {"S": "PERSON#p1"}, "sk": {"S": "PROFILE"}}
    assert guard.key(value) == key
    assert guard.item(value, owner) == key | {"_entity": {"S": "_unique"}, "_owner": {"M": owner}}
