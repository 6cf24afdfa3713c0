"""Entities of a shared table: how their keys are written, and which values have none."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ConfigDict

from ddbmodel import Attr, CodecError, ExpressionError, Key, KeyAttribute, Model, Table
from ddbmodel.model import plan_of
from tests.unit.model.entities import FIELDS, define, item_of, order, turned


def test_keys_and_entity_are_written_beside_the_fields() -> None:
    """An item has its fields, its keys and its entity; a model read from it has its fields alone."""
    model = order(by_status=Key("gsi1", partition="STATUS#{status}", sort="{placed_at}"))
    item = item_of(model)
    assert item["pk"] == {"S": "CUSTOMER#c$H1"}
    assert item["sk"] == {"S": "ORDER#o1"}
    assert item["gsi1pk"] == {"S": "STATUS#new"}
    assert item["gsi1sk"] == {"S": "2026-10-13T12:00:00.000000Z"}
    assert item["_entity"] == {"S": "order"}
    read = plan_of(model).decode(item)
    assert read.model_dump().keys() == FIELDS.keys()
    assert read == model(**read.model_dump())


def test_keys_of_undeclared_attributes() -> None:
    """A model that keeps undeclared attributes neither keeps its keys nor is given other ones."""
    model = order(model_config=ConfigDict(extra="allow"))
    read = plan_of(model).decode({**item_of(model), "other": {"S": "x"}})
    assert read.model_extra == {"other": "x"}
    with pytest.raises(CodecError, match="name of a key attribute"):
        item_of(model, pk="CUSTOMER#c2")


def test_numbers_in_keys_are_copies() -> None:
    """A key attribute that holds numbers is written from the field that its template names."""
    model = order(
        multi=Key("multi", partition=("A", "B#{status}"), sort=("{order_id}", "{number}")),
        by_count=Key("count", partition="{number}"),
    )
    item = item_of(model)
    assert [item[name] for name in ("m1", "m2", "m3", "m4")] == [
        {"S": "A"},
        {"S": "B#new"},
        {"S": "o1"},
        {"N": "7"},
    ]
    assert item["gsi2pk"] == {"N": "7"}
    assert plan_of(model).stored_keys.managed == {"pk", "sk", "m1", "m2", "m3", "m4", "gsi2pk", "_entity"}


def test_numbers_in_the_primary_key() -> None:
    """A table's own key can hold numbers, which are copies of fields or the fields themselves."""
    table = Table("numbers", KeyAttribute("pk", "N"), KeyAttribute("sk", "B"))
    model = order(table, primary=Key(partition="{number}", sort="{data}"))
    assert model.key(5, b"y").attributes == {"pk": {"N": "5"}, "sk": {"B": b"y"}}
    assert item_of(model)["pk"] == {"N": "7"}
    own = define("Own", Table("own", KeyAttribute("pk", "N"), KeyAttribute("sk", "B")), pk=int, sk=bytes)
    assert own.key(5, b"y").attributes == {"pk": {"N": "5"}, "sk": {"B": b"y"}}
    assert plan_of(own).encode(own(pk=5, sk=b"y")).keys() == {"pk", "sk", "_entity"}


def test_none_leaves_the_item_out_of_an_index() -> None:
    """Where a field of an index's template is None, the attribute is missing, and the rest is there."""
    model = order(
        by_note=Key("gsi1", partition="NOTES", sort="{note}"),
        local=Key("lsi", sort="{nulled}#{number:05d}"),
    )
    item = item_of(model)
    assert "gsi1sk" not in item
    assert "lsk" not in item
    item = item_of(model, note="x", nulled="y")
    assert item["gsi1sk"] == {"S": "x"}
    assert item["lsk"] == {"S": "y#00007"}


def test_an_index_of_the_same_attributes() -> None:
    """An index whose attributes the table's key has needs no templates, nor a Key."""
    paths = {path.index.name: path for path in plan_of(order(turned())).stored_keys.paths if path.index}
    assert paths["inverted"].described == "sk 'ORDER#{order_id}', pk 'CUSTOMER#{customer_id}'"
    declared = order(turned(), turned=Key("inverted"))
    assert plan_of(declared).stored_keys.paths[1].described == paths["inverted"].described


def test_one_attribute_is_written_in_one_way() -> None:
    """An attribute that one key sorts by is written as sort keys are, in every other key too."""
    model = order(
        turned(),
        primary=Key(partition="{customer_id}", sort="{order_id}#{note}#X"),
        note=str,
        turned=Key("inverted", partition="{order_id}#{note}#X", sort="{customer_id}"),
    )
    item = item_of(model, order_id="a b", note="c d")
    assert item["sk"] == {"S": "a$Eb#c$Ed#X"}
    keys = plan_of(model).stored_keys
    stored = {"order_id": {"S": "a b"}, "note": {"S": "c d"}, "customer_id": {"S": "c"}}
    assert [
        binding.render(stored) for path in keys.paths for binding in path.bindings if binding.name == "sk"
    ] == [{"S": "a$Eb#c$Ed#X"}] * 2


def test_keys_from_values() -> None:
    """A key is made from the values of the template's fields, in their order or by their names."""
    model = order()
    attributes = {"pk": {"S": "CUSTOMER#c"}, "sk": {"S": "ORDER#o"}}
    assert model.key("c", "o").attributes == attributes
    assert model.key(order_id="o", customer_id="c").attributes == attributes
    with pytest.raises(ExpressionError, match=r"customer_id, order_id"):
        model.key("c")


def test_a_field_that_stands_twice() -> None:
    """A field in both templates is given once."""
    model = order(primary=Key(partition="C#{customer_id}", sort="C#{customer_id}#{order_id}"))
    assert model.key("c", "o").attributes["sk"] == {"S": "C#c#o"}


@pytest.mark.parametrize(
    ("keys", "values", "reason"),
    [
        ({}, {"customer_id": "x" * 2040}, "1 to 2,048 bytes"),
        ({}, {"order_id": "x" * 1019}, "1 to 1,024 bytes"),
        (
            {"primary": Key(partition="{customer_id}", sort="A")},
            {"customer_id": ""},
            "1 to 2,048 bytes, this one 0",
        ),
        (
            {"by": Key("gsi1", partition="X", sort="{order_id}")},
            {"order_id": ""},
            "1 to 1,024 bytes, this one 0",
        ),
        ({"by": Key("gsi1", partition="X", sort="{number:03d}")}, {"number": 1000}, "more than 3 digits"),
        ({"by": Key("gsi1", partition="X", sort="{number:03d}")}, {"number": -1}, "not below zero"),
        (
            {"by": Key("gsi1", partition="X", sort="{price:06.1f}")},
            {"price": Decimal("1.25")},
            "1 decimal places",
        ),
    ],
)
def test_values_without_a_key(keys: dict[str, Any], values: dict[str, Any], reason: str) -> None:
    """A value that has no place in a key is refused before anything is sent."""
    with pytest.raises(CodecError, match=reason):
        item_of(order(**keys), **values)


def test_longest_keys() -> None:
    """Keys of 2,048 and 1,024 bytes are taken."""
    item = item_of(order(), customer_id="x" * 2039, order_id="y" * 1018)
    assert len(item["pk"]["S"]) == 2048
    assert len(item["sk"]["S"]) == 1024


class Typed(Model, table=Table("typed", "pk", "sk"), entity="typed"):
    """An entity as people write it."""

    name: Attr[str]
    primary = Key(partition="T#{name}", sort="T")


def test_keys_are_class_attributes() -> None:
    """A key is an attribute of the class, and no field."""
    assert Typed.primary == Key(partition="T#{name}", sort="T")
    assert Typed(name="x").model_dump() == {"name": "x"}
    assert plan_of(Typed).stored_keys.fields[0].name == "name"
