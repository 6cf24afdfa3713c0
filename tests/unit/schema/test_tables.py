"""Tables, keys and indexes are checked against the service's rules when they are made."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from ddbmodel.errors import ModelDefinitionError
from ddbmodel.schema import IndexSchema, KeyAttribute, Projection, TableSchema

PK, SK, OTHER = KeyAttribute("pk", "S"), KeyAttribute("sk", "N"), KeyAttribute("other", "B")
GLOBAL = IndexSchema("by-other", "global", (OTHER,), (SK,))
LOCAL = IndexSchema("local", "local", (PK,), (OTHER,))
ORDERS = TableSchema("orders", (PK,), (SK,), (GLOBAL, LOCAL))


def test_a_table_lists_its_keys_and_key_attributes() -> None:
    """The key is partition key first, and each key attribute of table and indexes is listed once."""
    assert ORDERS.key == (PK, SK)
    assert GLOBAL.key == (OTHER, SK)
    assert list(ORDERS.attributes()) == [PK, SK, OTHER]


def test_an_index_is_found_by_its_name() -> None:
    """An index is found by its name in DynamoDB; another name is an error that says so."""
    assert ORDERS.index("by-other") is GLOBAL
    with pytest.raises(ModelDefinitionError, match="no index 'by_other'"):
        ORDERS.index("by_other")


@pytest.mark.parametrize("name", ["abc", "a.b", "A-_1", "x" * 255])
def test_names_of_tables_and_indexes(name: str) -> None:
    """Names of 3 to 255 letters, digits, dots, dashes and underscores are taken."""
    assert TableSchema(name, (PK,)).name == name
    assert IndexSchema(name, "global", (PK,)).name == name


@pytest.mark.parametrize("name", ["", "ab", "x" * 256, "a b c", "größe", "abc\n", "a/b"])
def test_other_names_are_refused(name: str) -> None:
    """A name that the service would refuse is an error that says what is possible."""
    with pytest.raises(ModelDefinitionError, match="3 to 255 characters"):
        TableSchema(name, (PK,))
    with pytest.raises(ModelDefinitionError, match="3 to 255 characters"):
        IndexSchema(name, "global", (PK,))


@pytest.mark.parametrize(("name", "fits"), [("a", True), ("é" * 127, True), ("é" * 128, False), ("", False)])
def test_key_attributes_have_names_of_1_to_255_bytes(name: str, fits: bool) -> None:
    """The length counts in UTF-8."""
    if fits:
        assert KeyAttribute(name, "S").name == name
    else:
        with pytest.raises(ModelDefinitionError, match="1 to 255"):
            KeyAttribute(name, "S")


def _keys(count: int) -> tuple[KeyAttribute, ...]:
    return tuple(KeyAttribute(f"k{number}", "S") for number in range(count))


@pytest.mark.parametrize(
    ("index", "reason"),
    [
        ({"partition_key": _keys(5)}, "5 partition key attributes, at most 4"),
        ({"partition_key": (PK,), "sort_key": _keys(5)}, "5 sort key attributes, at most 4"),
        ({"partition_key": (PK,), "sort_key": (PK,)}, "names key attribute 'pk' twice"),
    ],
    ids=["partition", "sort", "twice"],
)
def test_an_index_key_has_limits(index: dict[str, Any], reason: str) -> None:
    """Up to four attributes on either side, each once."""
    with pytest.raises(ModelDefinitionError, match=reason):
        IndexSchema("index", "global", **index)


def test_an_index_may_have_four_and_four() -> None:
    """Four partition key attributes and four sort key attributes are possible."""
    keys = _keys(8)
    assert len(IndexSchema("index", "global", keys[:4], keys[4:]).key) == 8


@pytest.mark.parametrize(("kind", "attributes"), [("ALL", ("a",)), ("KEYS_ONLY", ("a",)), ("INCLUDE", ())])
def test_only_include_names_attributes(kind: Any, attributes: tuple[str, ...]) -> None:
    """INCLUDE names what it projects, and nothing else does."""
    with pytest.raises(ModelDefinitionError, match="INCLUDE"):
        Projection(kind, attributes)


def _indexes(count: int, kind: Any) -> tuple[IndexSchema, ...]:
    return tuple(IndexSchema(f"index-{number}", kind, (PK,), (OTHER,)) for number in range(count))


@pytest.mark.parametrize(("kind", "most"), [("global", 20), ("local", 5)])
def test_a_table_has_a_number_of_indexes_at_most(kind: Any, most: int) -> None:
    """Up to 20 global and 5 local indexes are possible."""
    assert len(TableSchema("orders", (PK,), (SK,), _indexes(most, kind)).indexes) == most
    with pytest.raises(ModelDefinitionError, match=f"{most + 1} {kind} indexes, at most {most}"):
        TableSchema("orders", (PK,), (SK,), _indexes(most + 1, kind))


@pytest.mark.parametrize(
    ("sort_key", "indexes", "reason"),
    [
        ((SK,), (GLOBAL, GLOBAL), "two indexes named 'by-other'"),
        ((), (LOCAL,), "needs a sort key"),
        ((SK,), (IndexSchema("local", "local", (OTHER,), (PK,)),), "shares the table's"),
        ((SK,), (IndexSchema("index", "global", (KeyAttribute("sk", "S"),)),), "'sk' with two types"),
        (
            (SK,),
            (IndexSchema("index", "global", (PK,), (), Projection("INCLUDE", tuple(map(str, range(101))))),),
            "101 attributes to project, at most 100",
        ),
    ],
    ids=["equal names", "local without sort key", "local of another key", "two types", "projection"],
)
def test_indexes_must_fit_their_table(sort_key: Any, indexes: Any, reason: str) -> None:
    """Names, keys and projections of indexes are checked against the table."""
    with pytest.raises(ModelDefinitionError, match=reason):
        TableSchema("orders", (PK,), sort_key, indexes)


def test_schemas_are_values() -> None:
    """Equal schemas are equal, can be hashed, and cannot be changed."""
    assert TableSchema("orders", (PK,), (SK,), (GLOBAL, LOCAL)) == ORDERS
    assert len({ORDERS, TableSchema("orders", (PK,), (SK,), (GLOBAL, LOCAL))}) == 1
    with pytest.raises(FrozenInstanceError):
        ORDERS.name = "other"  # type: ignore[misc]  # it is frozen
