"""Keys that are spread over shards: what can be declared, what is refused, and what stands in the key."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbmodel import (
    CodecError,
    GlobalIndex,
    Key,
    KeyAttribute,
    Model,
    ModelDefinitionError,
    Table,
    TableIndex,
    field,
    partition_key,
    sort_key,
)
from ddbmodel.model import plan_of
from ddbmodel.schema import Projection
from tests.unit.mapper.devices import Device, Note, Reading, Sample
from tests.unit.model.entities import define, item_of, order, shop, turned

DEVICE = (str, partition_key(shards=8))
AT = (int, sort_key())
BY = Key("gsi1", partition="STATUS#{status}", sort="{placed_at}", shards=10)
PRIMARY = Key(partition="CUSTOMER#{customer_id}", sort="ORDER#{order_id}", shards=4)

REFUSED: list[tuple[str, Any, list[str]]] = [
    ("none", lambda: order(by=Key("gsi1", "A", "B", shards=0)), ["Order", "by:", "from 1 to 200"]),
    (
        "too many",
        lambda: order(primary=Key("", "A", "B", shards=201)),
        ["Order", "primary:", "from 1 to 200"],
    ),
    ("no number", lambda: order(by=Key("gsi1", "A", "B", shards="8")), ["Order", "by:", "from 1 to 200"]),  # type: ignore[arg-type]  # to be refused
    ("no template", lambda: order(by=Key("gsi1", sort="B", shards=8)), ["by:", "shards= needs partition="]),
    (
        "a table without sort key",
        lambda: order(Table("plain", "pk"), primary=Key(partition="A#{order_id}", shards=8)),
        ["primary:", "needs a sort key", "sort_key="],
    ),
    (
        "numbers",
        lambda: order(by=Key("count", partition="{number}", shards=8)),
        ["by:", "'gsi2pk' holds N", "text"],
    ),
    (
        "two attributes",
        lambda: order(
            Table("two", "pk", "sk", [TableIndex("gsi1", ("a", "pk"), "b")]),
            primary=PRIMARY,
            by=Key("gsi1", partition=("A", "CUSTOMER#{customer_id}"), sort="B", shards=3),
        ),
        ["'pk' is written in two ways", "in 4 shards"],
    ),
    (
        "another number for one attribute",
        lambda: order(primary=PRIMARY, by=Key("lsi", "CUSTOMER#{customer_id}", "{order_id}", shards=5)),
        ["'pk' is written in two ways", "in 4 shards", "in 5 shards"],
    ),
    (
        "the field's own attribute",
        lambda: order(by=Key("gsi1", "{gsi1pk}", "B", shards=5), gsi1pk=str),
        ["field 'gsi1pk' is stored as 'gsi1pk', which a template writes"],
    ),
    ("bytes", lambda: order(by=Key("gsi1", "{data}", "B", shards=5)), ["'data'", "stored as B"]),
    (
        "partition_key in a shared table",
        lambda: define("Order", shop(), customer_id=DEVICE, primary=PRIMARY),
        ["partition_key() is for a table of one model"],
    ),
    (
        "a field",
        lambda: define("Order", "orders", x=(str, partition_key(shards=0)), at=AT),
        ["Order.x", "1 to 200"],
    ),
    ("no sort key", lambda: define("Order", "orders", x=DEVICE), ["field 'x'", "sort_key()", "shards= out"]),
    (
        "None",
        lambda: define("Order", "orders", x=(str | None, partition_key(shards=8)), at=AT),
        ["'x' is part of the primary key", "cannot be None"],
    ),
    (
        "bytes of a field",
        lambda: define("Order", "orders", x=(bytes, partition_key(shards=8)), at=AT),
        ["Order", "field 'x' cannot be in a sharded key", "stored as B"],
    ),
    (
        "two of an index",
        lambda: order(
            Table("two", "pk", "sk", [TableIndex("gsi1", "a", "b"), TableIndex("gsi2", ("a", "pk"), "b")]),
            primary=PRIMARY,
            by=Key("gsi1", "A#{status}", "B", shards=3),
        ),
        ["gsi2", "several attributes with shards", "a 'A#{status}' in 3 shards", "leave shards= out"],
    ),
    (
        "the attribute's name",
        lambda: define("Order", "orders", x=DEVICE, at=AT, y=(str, field(attribute="_x_shard"))),
        ["'_x_shard' holds a key that is spread over shards", "attribute="],
    ),
    (
        "an index of the field's name",
        lambda: define("Order", "orders", xyz=DEVICE, at=AT, by=GlobalIndex("at", name="xyz", shards=2)),
        ["'by'", "'_xyz_shard' holds a key", "name="],
    ),
    (
        "an index",
        lambda: define("Order", "orders", xyz=DEVICE, at=AT, by=GlobalIndex("xyz", shards=-1)),
        ["Order", "'by'", "from 1 to 200"],
    ),
    (
        "an index of nothing",
        lambda: define("Order", "orders", xyz=DEVICE, at=AT, by=GlobalIndex("abc", shards=3)),
        ["Order", "'by'", "no field 'abc'"],
    ),
]


@pytest.mark.parametrize(("make", "parts"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_what_is_refused(make: Any, parts: list[str]) -> None:
    """What cannot be sharded is refused when the class is defined, by the names of class, key and remedy."""
    with pytest.raises(ModelDefinitionError) as caught:
        make()
    for part in parts:
        assert part in str(caught.value)


# What is written ----------------------------------------------------------------------------------------


def test_keys_of_an_entity() -> None:
    """Keys end with their shard: of the table's own by the sort key, of an index by the table's key."""
    item = item_of(order(primary=PRIMARY, by=BY))
    assert item["pk"] == {"S": "CUSTOMER#c$H1#000"}
    assert item["gsi1pk"] == {"S": "STATUS#new#005"}
    moved = item_of(order(primary=PRIMARY, by=BY), customer_id="c2")
    assert moved["pk"] == {"S": "CUSTOMER#c2#000"}
    assert moved["gsi1pk"] != item["gsi1pk"]


def test_keys_of_a_table_of_its_own() -> None:
    """The sharded key is an attribute of its own, and the field is what it was."""
    schema = plan_of(Reading).stored_table
    assert schema.partition_key == (KeyAttribute("_device_shard", "S"),)
    assert schema.index("by_status").partition_key == (KeyAttribute("_by_status_shard", "S"),)
    assert schema.index("by_level").partition_key == schema.partition_key
    assert schema.index("by_site").projection == Projection("INCLUDE", ("device", "level", "site"))
    item = plan_of(Reading).encode(Reading(device="d#1", at=5, status="open"))
    assert item["device"] == {"S": "d#1"}
    assert item["_device_shard"] == {"S": "d$H1#003"}
    assert item["_by_site_shard"]["S"].startswith("s#0#00")
    assert Reading.key("d#1", 5).attributes == {name: item[name] for name in ("_device_shard", "at")}
    assert plan_of(Reading).decode(item) == Reading(device="d#1", at=5, status="open")


def test_sparse() -> None:
    """An item without the field of a sharded index is not in it."""
    item = plan_of(Reading).encode(Reading(device="d", at=5))
    assert "_by_status_shard" not in item


def test_a_local_index_has_the_shards_of_the_table() -> None:
    """A key of a local index may repeat the table's sharded partition, and is in the same shard."""
    model = order(primary=PRIMARY, by=Key("lsi", "CUSTOMER#{customer_id}", "{order_id}", shards=4))
    primary, local = plan_of(model).stored_keys.paths
    assert local.partition == primary.partition


def test_extra_values() -> None:
    """With extra values allowed, the sharded key is none of them, and no extra value takes its place."""
    model = define("Order", "orders", x=DEVICE, at=AT, model_config={"extra": "allow"})
    item = plan_of(model).encode(model(x="a", at=1, more=2))
    assert plan_of(model).decode(item).model_extra == {"more": 2}
    with pytest.raises(CodecError, match="name of a key attribute"):
        plan_of(model).encode(model(x="a", at=1, _x_shard="b"))


def test_lengths() -> None:
    """A key is refused if it is too long with its shard, or empty without it, as other keys are."""
    assert Reading.key("d" * 2044, 1).attributes["_device_shard"]["S"].endswith("#003")
    for wrong in ("d" * 2045, ""):
        with pytest.raises(CodecError, match="_device_shard"):
            Reading.key(wrong, 1)


def test_items_of_others() -> None:
    """An item that another program wrote, with the field in its key only, is read, whatever its shard."""
    item = {"_device_shard": {"S": "d$H1#199"}, "at": {"N": "5"}}
    assert plan_of(Reading).decode(item) == Reading(device="d#1", at=5)


# Forging --------------------------------------------------------------------------------------------------

TRICKY = st.text(st.sampled_from("#$0123 dH"), max_size=8) | st.text(max_size=4)


@given(TRICKY, TRICKY, st.integers(0, 99), st.integers(0, 99))
def test_no_value_forges_a_shard(one: str, other: str, at: int, then: int) -> None:
    """Two devices never have one key, and a key is read back into its device."""
    mine, theirs = (
        plan_of(Sample).encode(Sample(device=device, at=number))
        for device, number in ((one, at), (other, then))
    )
    if one != other:
        assert mine["pk"] != theirs["pk"]
    binding = plan_of(Sample).stored_keys.primary.partition[0]
    assert binding.template is not None
    parsed = binding.template.parse(mine["pk"]["S"])
    assert parsed is not None
    assert parsed["device"] == {"S": one}


@given(st.text(st.sampled_from("ab#$"), min_size=1, max_size=3), st.integers(0, 99), st.integers(1, 200))
def test_the_shard_stays(device: str, at: int, shards: int) -> None:
    """An item is in the same shard whatever else is in it, and below the number of shards."""
    model = define("Order", "orders", device=(str, partition_key(shards=shards)), at=AT, note=(str, ""))
    plan = plan_of(model)
    keys = {plan.encode(model(device=device, at=at, note=note))["_device_shard"]["S"] for note in ("", "x")}
    (key,) = {*keys, model.key(device, at).attributes["_device_shard"]["S"]}
    assert int(key[-3:]) < shards


def _entity(table: Table, name: str, key: Key) -> type[Model]:
    made: type[Model] = define(name, table, entity=name.lower(), a=str, b=str, n=int, primary=key)
    return made


@pytest.mark.parametrize(
    ("partition", "meets"),
    [
        ("D#{a}", False),
        ("D#{a}#{b}", True),
        ("D#{a}#007", True),
        ("D#{a}#x07", False),
        ("D#{a}#{n:03d}", True),
        ("D#{a}#{n:04d}", False),
        ("E#{a}#{b}", False),
    ],
)
def test_overlapping_templates(partition: str, meets: bool) -> None:
    """Another entity whose template could write a sharded key, number and all, is refused."""
    table = Table("shop", "pk", "sk")
    sharded = _entity(table, "Sharded", Key(partition="D#{a}", sort="X", shards=4))
    assert table.entities["sharded"] is sharded
    if not meets:
        _entity(table, "Other", Key(partition=partition, sort="X"))
        return
    with pytest.raises(ModelDefinitionError, match="can be the same as one of Sharded"):
        _entity(table, "Other", Key(partition=partition, sort="X"))


def test_entities_with_different_shards() -> None:
    """Two sharded entities need different sort keys, however many shards each has."""
    table = Table("shop", "pk", "sk")
    kept = [
        _entity(table, "Sharded", Key(partition="D#{a}", sort="X", shards=4)),
        _entity(table, "Other", Key(partition="D#{a}", sort="Y", shards=9)),
    ]
    assert list(table.entities.values()) == kept
    with pytest.raises(ModelDefinitionError, match="can be the same as one of Sharded"):
        _entity(table, "Third", Key(partition="D#{b}", sort="X", shards=9))


def test_an_inverse_index() -> None:
    """Where the sharded key sorts another index, its values are escaped to sort as they do without shards."""
    model = order(turned(), primary=Key(partition="A#{customer_id}", sort="O#{order_id}", shards=2))
    assert item_of(model, customer_id="a b")["pk"]["S"].startswith("A#a$Eb#00")


def test_models_of_the_fleet() -> None:
    """Entities with and without shards share a table."""
    assert [plan_of(model).stored_keys.primary.sharded is not None for model in (Device, Sample, Note)] == [
        True,
        True,
        False,
    ]
