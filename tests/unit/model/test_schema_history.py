"""Schema versions: what a class may declare, and how an old item becomes a model of today."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbmodel import (
    Attr,
    CodecError,
    Model,
    ModelDefinitionError,
    Table,
    Upgrader,
    field,
    partition_key,
    upgrader,
)
from ddbmodel.codec.wire_item import WireItem, dump_item
from ddbmodel.model import Key, plan_of


@upgrader(1)
def first(values: dict[str, Any]) -> dict[str, Any]:
    return values


@upgrader(1)
def first_again(values: dict[str, Any]) -> dict[str, Any]:
    return values


@upgrader(2)
def second(values: dict[str, Any]) -> dict[str, Any]:
    return values


@pytest.mark.parametrize(
    ("version", "upgraders", "message"),
    [
        pytest.param(2, [], "no upgrader from schema version 1", id="none"),
        pytest.param(3, [second], "no upgrader from schema version 1", id="a gap"),
        pytest.param(4, [first, second], "no upgrader from schema version 3", id="the last is missing"),
        pytest.param(2, [first, first_again], "first and first_again both upgrade", id="two of one version"),
        pytest.param(2, [first, second], "write schema_version=3", id="one too many"),
        pytest.param(None, [first], "write schema_version=2", id="no version"),
        pytest.param(0, [], "a whole number from 1 on", id="zero"),
        pytest.param(True, [], "a whole number from 1 on", id="a bool"),
        pytest.param(2, [lambda values: values], "decorated with @upgrader", id="a bare function"),
        pytest.param(2, first, None, id="one by itself"),
    ],
)
def test_declarations(version: Any, upgraders: Any, message: str | None) -> None:
    """There is exactly one upgrader from each version before the class's; anything else is refused, by name."""

    def define() -> None:
        class Thing(Model, table="things", schema_version=version, upgraders=upgraders):
            name: Attr[str] = partition_key()

    if message is None:
        define()
    else:
        with pytest.raises(ModelDefinitionError, match=f"Thing: .*{message}"):
            define()


@pytest.mark.parametrize("version", [0, -1, True, "1", None])
def test_an_upgrader_is_from_a_version(version: Any) -> None:
    """@upgrader takes a whole number from 1 on."""
    with pytest.raises(ModelDefinitionError, match="takes the version"):
        upgrader(version)


def test_a_subclass_inherits_its_history() -> None:
    """A subclass has the versions of its base, unless it declares its own."""

    class Base(Model, schema_version=2, upgraders=[first]):
        name: Attr[str] = partition_key()

    class Thing(Base, table="things"):
        pass

    class Newer(Base, table="newer", schema_version=3, upgraders=[second, first]):
        pass

    assert plan_of(Thing).history.version == 2
    assert plan_of(Newer).history.version == 3


@pytest.mark.parametrize("name", ["_schema"])
def test_the_attribute_is_taken(name: str) -> None:
    """No field is stored where the schema version is."""
    with pytest.raises(ModelDefinitionError, match="holds the version of an item's schema"):

        class Thing(Model, table="things"):
            name_: Attr[str] = partition_key(attribute=name)


def _upgraded_by(upgrade: Callable[[dict[str, Any]], Any]) -> type[Model]:
    steps: Sequence[Upgrader] = [upgrader(1)(upgrade)]

    class Thing(Model, table="things", schema_version=2, upgraders=steps):
        name: Attr[str] = partition_key()
        total: Attr[Decimal | None] = None

    return Thing


def test_what_an_upgrader_gets() -> None:
    """Plain values by stored name: exact numbers, containers, bytes and None, without what the library keeps."""
    seen: dict[str, Any] = {}

    def look(values: dict[str, Any]) -> dict[str, Any]:
        seen.update(values)
        return values

    item = {
        "name": {"S": "n"},
        "total": {"N": "19.990"},
        "whole": {"N": "1E3"},
        "blob": {"B": b"x"},
        "nothing": {"NULL": True},
        "yes": {"BOOL": True},
        "list": {"L": [{"M": {"a": {"N": "0.1"}}}]},
        "numbers": {"NS": ["1", "2.5"]},
        "_write": {"S": "mark"},
    }
    plan_of(_upgraded_by(look)).decode(item)
    assert seen == {
        "name": "n",
        "total": Decimal("19.99"),
        "whole": 1000,
        "blob": b"x",
        "nothing": None,
        "yes": True,
        "list": [{"a": Decimal("0.1")}],
        "numbers": {1, Decimal("2.5")},
    }
    assert not any(isinstance(value, float) for value in seen.values())


def _raises(values: dict[str, Any]) -> dict[str, Any]:
    raise ValueError(values["name"])


def _renames_the_key(values: dict[str, Any]) -> dict[str, Any]:
    return values | {"name": "other"}


def _sets_a_mark(values: dict[str, Any]) -> dict[str, Any]:
    return values | {"_schema": 7}


def _stores_an_object(values: dict[str, Any]) -> dict[str, Any]:
    return values | {"total": object()}


@pytest.mark.parametrize(
    ("upgrade", "message"),
    [
        pytest.param(
            _raises, r"\(_raises\) failed with ValueError at .*test_schema_history.py, line", id="raises"
        ),
        pytest.param(lambda values: None, "gave a NoneType, and not the dict", id="nothing returned"),
        pytest.param(_renames_the_key, "changes the primary key", id="the key"),
        pytest.param(_sets_a_mark, "the library keeps", id="a mark"),
        pytest.param(_stores_an_object, r"\$\.total", id="what cannot be stored"),
    ],
)
def test_an_upgrade_that_fails(upgrade: Callable[[dict[str, Any]], Any], message: str) -> None:
    """It is a CodecError that names the function and the place, and holds no value."""
    with pytest.raises(CodecError, match=message) as caught:
        plan_of(_upgraded_by(upgrade)).decode({"name": {"S": "secret-value"}})
    assert "secret-value" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or "secret-value" not in str(caught.value.__context__)


class Plain(Model, table="plains"):
    name: Attr[str] = partition_key()
    extra: Attr[int] = field(default=0)


@pytest.mark.parametrize("wire", [False, True])
@pytest.mark.parametrize("mark", [{"N": "2"}, {"S": "x"}, {"N": "0"}, {"N": "1.5"}])
def test_a_class_without_versions_refuses_newer_items(mark: dict[str, str], *, wire: bool) -> None:
    """Code from before the first schema version does not take an item of a later one for its own."""
    item: Any = {"name": {"S": "n"}, "_schema": mark}
    with pytest.raises(CodecError, match=r"\$\._schema"):
        plan_of(Plain).decode(WireItem(dump_item(item)) if wire else item)


@pytest.mark.parametrize("wire", [False, True])
def test_version_one_may_be_written_out(*, wire: bool) -> None:
    """An item that says version 1 is as one that says nothing."""
    item: Any = {"name": {"S": "n"}, "_schema": {"N": "1"}}
    assert plan_of(Plain).decode(WireItem(dump_item(item)) if wire else item) == Plain(name="n")


def test_a_class_without_versions_stores_none() -> None:
    """The stored form of a model without a schema version is what it was."""
    assert set(plan_of(Plain).encode(Plain(name="n"))) == {"name", "extra"}


def test_an_extra_value_is_no_schema_version() -> None:
    """An undeclared value with the name of the version's attribute is refused before it is stored."""

    class Open(Model, table="opens", extra="allow"):
        name: Attr[str] = partition_key()

    with pytest.raises(CodecError, match="name of the schema version"):
        plan_of(Open).encode(Open.model_validate({"name": "n", "_schema": 2}))


shop = Table("shop", partition_key="pk", sort_key="sk")


@upgrader(1)
def name_it(values: dict[str, Any]) -> dict[str, Any]:
    values["title"] = values.pop("name", "?")
    return values


class Customer(Model, table=shop, entity="customer", schema_version=2, upgraders=[name_it]):
    customer_id: Attr[str]
    title: Attr[str]
    primary = Key(partition="C#{customer_id}", sort="PROFILE")


@pytest.mark.parametrize("wire", [False, True])
def test_entities_of_a_shared_table(*, wire: bool) -> None:
    """Fields that stand in the key only are there for upgraders; keys and the entity's name stay as they are."""
    item: Any = {
        "pk": {"S": "C#7"},
        "sk": {"S": "PROFILE"},
        "_entity": {"S": "customer"},
        "name": {"S": "Ann"},
    }
    found = plan_of(Customer).decode(WireItem(dump_item(item)) if wire else item)
    assert found == Customer(customer_id="7", title="Ann")
    assert plan_of(Customer).encode(found)["_schema"] == {"N": "2"}


@upgrader(1)
def cents(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "total": Decimal(values.pop("cents", 0)) / 100}


@upgrader(2)
def tags(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "tags": set(values.get("labels", []))}


class Bill(Model, table="bills", schema_version=3, upgraders=[cents, tags]):
    name: Attr[str] = partition_key()
    total: Attr[Decimal]
    tags: Attr[set[str]] = field(default_factory=set)


@given(
    st.integers(-(10**12), 10**12),
    st.lists(st.text("ab", min_size=1, max_size=3)),
    st.dictionaries(st.sampled_from(["other", "more"]), st.integers(0, 5)),
    st.booleans(),
)
def test_upgrading_is_the_same_on_both_ways(
    amount: int, labels: list[str], others: dict[str, int], wire: bool
) -> None:
    """What is read of an old item is what is read of its upgraded form, and unknown attributes stay in that."""
    item: Any = {
        "name": {"S": "n"},
        "cents": {"N": str(amount)},
        "labels": {"L": [{"S": one} for one in labels]},
    }
    item |= {name: {"N": str(number)} for name, number in others.items()}
    plan = plan_of(Bill)
    found = plan.decode(WireItem(dump_item(item)) if wire else item)
    assert found == Bill(name="n", total=Decimal(amount) / 100, tags=set(labels))
    upgraded = plan.upgraded(item)
    assert plan.decode(upgraded) == found
    assert plan.upgraded(upgraded) is upgraded
    assert all(upgraded[name] == {"N": str(number)} for name, number in others.items())
