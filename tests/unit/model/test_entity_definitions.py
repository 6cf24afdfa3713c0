"""Shared tables and their entities: what is refused when they are defined, and how entities are told apart."""

from __future__ import annotations

import gc
from datetime import date
from enum import Enum
from typing import Any

import pytest

from ddbmodel import (
    CodecError,
    GlobalIndex,
    Key,
    KeyAttribute,
    LocalIndex,
    ModelDefinitionError,
    Null,
    Table,
    TableIndex,
    field,
)
from ddbmodel.model import plan_of
from ddbmodel.schema import Projection
from tests.unit.model.entities import FIELDS, PRIMARY, define, order, shop, turned

# Tables --------------------------------------------------------------------------------------------------


def test_projections() -> None:
    """An index of some attributes has the entity's name too, and names no key attribute."""
    index = TableIndex("by-a", "a", "b", projection=["x", "pk", "b", "x"])
    table = Table(
        "shop", "pk", "sk", [index, TableIndex("keys", "a", projection="KEYS_ONLY")], entity_attribute="kind"
    )
    assert table.schema.index("by-a").projection == Projection("INCLUDE", ("x", "kind"))
    assert table.schema.index("keys").projection == Projection("KEYS_ONLY")
    bare = Table("shop", "pk", indexes=[TableIndex("bare", "a", projection=[])])
    assert bare.schema.index("bare").projection == Projection("INCLUDE", ("_entity",))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": "x"}, "3 to 255 characters"),
        ({"partition_key": ()}, "one partition key attribute"),
        ({"partition_key": ("a", "b")}, "one partition key attribute"),
        ({"sort_key": ("a", "b")}, "one partition key attribute"),
        ({"indexes": [GlobalIndex("a", name="abc")]}, r"indexes= takes TableIndex\(...\)"),
        ({"indexes": [Key("abc", "a")]}, r"indexes= takes TableIndex\(...\)"),
        ({"indexes": [TableIndex("abc", tuple("abcde"))]}, "at most 4"),
        ({"indexes": [TableIndex("abc", "a", tuple("bcdef"))]}, "at most 4"),
        ({"indexes": [TableIndex("abc", ("a", "b"), "a")]}, "twice"),
        ({"indexes": [TableIndex("abc", "a"), TableIndex("abc", "b")]}, "two indexes named"),
        ({"indexes": [TableIndex("abc", KeyAttribute("pk", "N"))]}, "two types"),
        ({"indexes": [TableIndex("abc", "other", "b", local=True)]}, "shares the table's partition key"),
        ({"indexes": [TableIndex("abc", "a", projection="SOME")]}, "projection= takes"),
        ({"indexes": [TableIndex("abc", "a", projection=[5])]}, "projection= takes"),
        ({"entity_attribute": "gsi1sk"}, "key attribute, and holds the entity"),
        ({"entity_attribute": "pk"}, "key attribute, and holds the entity"),
    ],
)
def test_tables_that_are_refused(changes: dict[str, Any], reason: str) -> None:
    """A table that DynamoDB would refuse is refused when it is made."""
    with pytest.raises(ModelDefinitionError, match=reason):
        shop(**changes)


# Entities ------------------------------------------------------------------------------------------------


ENTITIES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("no keys", {"primary": str}, ["primary: key attribute 'pk' has neither", 'partition="']),
    ("no sort", {"primary": Key(partition="A#{customer_id}")}, ["primary: key attribute 'sk'", 'sort="']),
    ("two keys", {"other": PRIMARY}, ["primary and other are keys of the table"]),
    ("unknown index", {"by": Key("gsi9", "A")}, ["no index 'gsi9'"]),
    (
        "index twice",
        {"a": Key("gsi1", "A", "B"), "b": Key("gsi1", "A", "B")},
        ["b: index 'gsi1' has two keys"],
    ),
    ("global index", {"by": GlobalIndex("status")}, ["by: a shared table has its indexes in Table(...)"]),
    ("local index", {"by": LocalIndex("status")}, ["by: a shared table has its indexes in Table(...)"]),
    ("half an index", {"by": Key("gsi1", partition="A")}, ["by: key attribute 'gsi1sk'", "sort="]),
    (
        "unknown field",
        {"primary": Key("", "A#{nothing}", "B")},
        ["primary: there is no field 'nothing'", "order_id"],
    ),
    ("no template", {"primary": Key("", "{customer_id", "B")}, ["primary", "expected '}'"]),
    ("empty template", {"primary": Key("", "", "B")}, ["primary", "1 to 1,024"]),
    ("conversion", {"primary": Key("", "{customer_id!s}", "B")}, ["name of a field"]),
    ("nested format", {"primary": Key("", "{number:{day}}", "B")}, ["name of a field"]),
    ("wrong format", {"primary": Key("", "{number:8d}", "B")}, ["{number:8d}", "no format for a number"]),
    (
        "numbers in a sort key",
        {"primary": Key("", "A", "{number}")},
        ["numbers do not sort", "{number:010d}"],
    ),
    ("two texts", {"primary": Key("", "{customer_id}{order_id}", "A")}, ["put '#' between"]),
    ("text and more", {"primary": Key("", "A", "{order_id}-X")}, ["comes '#' or nothing"]),
    ("bytes", {"primary": Key("", "{data}", "A")}, ["'data'", "stored as B"]),
    ("a set", {"primary": Key("", "{tags}", "A")}, ["'tags'", "stored as L/SS"]),
    (
        "None",
        {"primary": Key("", "{customer_id}", "{note}")},
        ["'note' is part of the primary key", "cannot be None"],
    ),
    (
        "too few",
        {"by": Key("multi", partition="A", sort=("B", "{number}"))},
        ["1 templates", "2 attributes (m1, m2)"],
    ),
    (
        "too many",
        {"by": Key("gsi1", partition=("A", "B"), sort="C")},
        ["2 templates", "1 attributes (gsi1pk)"],
    ),
    ("no sort key", {"by": Key("count", "{number}", sort="A")}, ["1 templates", "0 attributes (none)"]),
    ("text for a number", {"by": Key("count", partition="A")}, ["holds N", "one field alone", "not 'A'"]),
    ("a padded number", {"by": Key("count", partition="{number:08d}")}, ["holds N", "one field alone"]),
    ("a text field", {"by": Key("count", partition="{order_id}")}, ["holds N", "'order_id' is stored as S"]),
    ("NULL", {"gsi2pk": (int | None, field(default=None, stored_as=Null))}, ["stores None as NULL"]),
    (
        "two ways",
        {"table": turned(), "by": Key("inverted", partition="X#{order_id}", sort="Y")},
        ["'sk' is written in two ways"],
    ),
    ("field of a key's name", {"pk": str}, ["field 'pk' is stored as 'pk', which a template writes"]),
    ("attribute of a key's name", {"x": (str, field(attribute="sk"))}, ["field 'x' is stored as 'sk'"]),
    ("type of an index", {"gsi1sk": int}, ["'gsi1sk' holds S", "stored as N"]),
    (
        "the copy's name",
        {"by": Key("count", "{number}"), "gsi2pk": int},
        ["field 'gsi2pk' is stored as 'gsi2pk'"],
    ),
    (
        "the entity's attribute",
        {"x": (str, field(attribute="_entity"))},
        ["'_entity' holds the entity's name"],
    ),
    ("no name", {"entity": ""}, ["entity= takes a name"]),
    ("a reserved name", {"entity": "_unique"}, ["entity= takes a name", "begins with"]),
    ("no text", {"entity": 5}, ["entity= takes a name"]),
    ("a plain table", {"table": "orders"}, ["entity= goes with a Table(...)"]),
    ("no table", {"table": 5}, ["table= takes the table's name, or a Table(...)"]),
]


@pytest.mark.parametrize(
    ("changes", "parts"), [case[1:] for case in ENTITIES], ids=[case[0] for case in ENTITIES]
)
def test_entities_that_are_refused(changes: dict[str, Any], parts: list[str]) -> None:
    """A wrong key is refused when the class is defined, by the names of class, key and field."""
    with pytest.raises(ModelDefinitionError) as caught:
        order(**changes)
    for part in ("Order", *parts):
        assert part in str(caught.value)


def test_a_key_on_a_table_of_its_own() -> None:
    """A Key needs a shared table."""
    with pytest.raises(ModelDefinitionError, match=r"by: a Key is for a model on a Table\(...\)"):
        define("Order", "orders", **FIELDS, by=Key("gsi1", "A", "B"))


def test_unique_fields_need_text_keys() -> None:
    """Guards of unique fields have text for their keys, so the table's keys have to hold text."""
    table = Table("numbers", KeyAttribute("pk", "N"))
    with pytest.raises(ModelDefinitionError, match="guards need a table whose keys hold text"):
        define("User", table, user_id=int, email=(str, field(unique=True)), primary=Key("", "{user_id}"))


# One table, several entities -----------------------------------------------------------------------------


class Sign(Enum):
    SHARP = "c#"
    PLAIN = "c"


def test_entities_of_a_table() -> None:
    """A table knows its entities by name; an entity is named after its class unless it says otherwise."""
    table = shop()
    one = order(table)
    other = define("Customer", table, customer_id=str, primary=Key("", "CUSTOMER#{customer_id}", "PROFILE"))
    assert table.entities == {"order": one, "Customer": other}


MEETING: list[tuple[Key, Key]] = [
    (PRIMARY, PRIMARY),
    (PRIMARY, Key("", "CUSTOMER#{name}", "{name}#{name}")),
    (PRIMARY, Key("", "{kind}#{name}", "ORDER#{name}")),
    (Key("", "A", "{order_id}"), Key("", "A", "{day}")),
    (Key("", "A", "c$H"), Key("", "A", "{sign}")),
]


@pytest.mark.parametrize(("one", "other"), MEETING)
def test_keys_that_could_be_the_same(one: Key, other: Key) -> None:
    """The second of two entities whose keys could be the same is refused, whichever that is."""
    fields = {"name": str, "kind": str, "day": date, "order_id": str, "customer_id": str, "sign": Sign}
    for first, second in ((one, other), (other, one)):
        table = shop()
        kept = define("First", table, **fields, primary=first)
        with pytest.raises(ModelDefinitionError, match=r"Second.*can be the same as one of First"):
            define("Second", table, **fields, primary=second)
        assert table.entities == {"First": kept}


def test_an_entity_twice() -> None:
    """Another class with the name of an entity is refused."""
    table = shop()
    first = order(table)
    with pytest.raises(ModelDefinitionError, match=r"has an entity 'order' already, Order"):
        define("Other", table, **FIELDS, entity="order", primary=Key("", "X", "Y#{order_id}"))
    assert table.entities == {"order": first}


def test_a_class_that_is_defined_again() -> None:
    """The same class statement may run again, as in a notebook, and takes the place of the first."""
    table = shop()
    first = order(table)
    second = order(table, primary=Key(partition="CUSTOMER#{customer_id}", sort="O#{order_id}"))
    assert table.entities == {"order": second}
    assert first is not second


def test_a_class_that_is_gone() -> None:
    """A table does not keep classes alive that nobody has any more."""
    table = shop()
    order(table)
    gc.collect()
    assert table.entities == {}


def test_a_subclass_of_an_entity() -> None:
    """A subclass of an entity is the same entity, if its keys are still apart from the others."""
    table = shop()
    first = order(table)
    other = define("Other", table, name=str, primary=Key("", "X", "Y#{name}"))
    second = define("Special", table, (first,), extra=(str, ""))
    assert table.entities == {"order": first, "Other": other}
    assert plan_of(second).stored_keys.entity_name == "order"
    with pytest.raises(ModelDefinitionError, match="can be the same as one of Other"):
        define("Wrong", table, (first,), primary=Key("", "X", "Y#{order_id}"))


def test_guards_of_unique_fields_are_apart() -> None:
    """A key that could be a guard's is refused, in the model itself and in any other of the table."""
    email = (str, field(unique=True))
    wild, tame = Key("", "{kind}#{user_id}#{name}#{x}", "{y}"), Key("", "USER#{user_id}", "PROFILE")
    fields = {"user_id": str, "kind": str, "name": str, "x": str, "y": str}
    table, other = shop(), shop()
    with pytest.raises(ModelDefinitionError, match="guard of a unique field"):
        define("Wild", table, **fields, email=email, primary=wild)
    user = define("User", table, **fields, email=email, primary=tame)
    with pytest.raises(ModelDefinitionError, match="can be the same as one of User"):
        define("Wild", table, **fields, primary=wild)
    assert table.entities == {"User": user}
    kept = define("Wild", other, **fields, primary=wild)
    with pytest.raises(ModelDefinitionError, match="can be the same as one of Wild"):
        define("User", other, **fields, email=email, primary=tame)
    assert other.entities == {"Wild": kept}


def test_guards_of_two_entities() -> None:
    """Guards of two entities are never the same, whatever the entities and fields are called."""
    table = shop()
    email = (str, field(unique=True))
    one = define("A", table, user_id=str, email=email, entity="a#b", primary=Key("", "A", "{user_id}"))
    two = define("B", table, user_id=str, email=email, entity="a_b", primary=Key("", "B", "{user_id}"))
    three = define("C", table, user_id=str, email=email, entity="a$Hb", primary=Key("", "C", "{user_id}"))
    keys = [plan_of(model).guards[0].key({"S": "x@y"})["pk"]["S"] for model in (one, two, three)]
    assert len(set(keys)) == 3


def test_owners_of_items() -> None:
    """An item is the model's by its entity's name, and by its key where an index does not hold the name."""
    table = shop()
    model = order(table)
    customer = define(
        "Customer", table, customer_id=str, primary=Key("", "CUSTOMER#{customer_id}", "PROFILE")
    )
    one, other = plan_of(model).stored_keys, plan_of(customer).stored_keys
    key = {"pk": {"S": "CUSTOMER#c"}, "sk": {"S": "ORDER#o"}}
    assert (one.owns(key), other.owns(key)) == (True, False)
    marked = {**key, "_entity": {"S": "Customer"}}
    assert (one.owns(marked), other.owns(marked)) == (False, True)
    with pytest.raises(CodecError, match="'Customer', and no 'order'"):
        plan_of(model).decode(marked)
