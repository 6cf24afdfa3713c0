"""Requests taken apart."""

from __future__ import annotations

import pytest

from ddbmodel.codec.sizes import item_size_bytes
from ddbmodel.testing.strict.call import Call
from ddbmodel.testing.strict.key_schema import KeySchema
from ddbmodel.testing.strict.weight import item_bytes
from tests.unit.testing.strict.requests import KEY, action, batch, batch_get, call, get, key, put, transaction


@pytest.mark.parametrize(
    ("request_", "parts"),
    [
        (put(KEY), [("orders", "put", KEY)]),
        (get(KEY), [("orders", "get", KEY)]),
        (batch(key(1), key(2)), [("orders", "put", key(1)), ("orders", "put", key(2))]),
        (
            call("BatchWriteItem", RequestItems={"a": [{"DeleteRequest": {"Key": KEY}, "PutRequest": None}]}),
            [("a", "delete", KEY)],
        ),
        (batch_get(key(1)), [("orders", "get", key(1))]),
        (
            transaction(*(action(kind) for kind in ("Put", "Update", "Delete", "ConditionCheck"))),
            [("orders", kind, KEY) for kind in ("put", "update", "delete", "check")],
        ),
        (call("Query", TableName="orders"), []),
        (call("ListTables"), []),
    ],
)
def test_a_request_is_about_items(request_: Call, parts: object) -> None:
    """Each with its table, what is done with it, and the item or key."""
    assert [(part.table, part.kind, part.item) for part in request_.parts or ()] == parts


def test_a_request_names_tables() -> None:
    """Each once, in order; none where there is none."""
    request = call("BatchWriteItem", RequestItems={"b": [], "a": [{"DeleteRequest": {"Key": KEY}}]})
    assert request.tables == ("a",)
    assert call("Scan", TableName="orders").tables == ("orders",)
    assert call("ListTables").tables == ()


def test_a_batch_can_be_reduced() -> None:
    """What it says of its tables and of itself stays."""
    request = call(
        "BatchGetItem",
        RequestItems={"orders": {"Keys": [key(1), key(2)], "ConsistentRead": True}},
        ReturnConsumedCapacity="TOTAL",
    )
    assert request.reduced_to((request.parts or ())[1:]) == {
        "RequestItems": {"orders": {"Keys": [key(2)], "ConsistentRead": True}},
        "ReturnConsumedCapacity": "TOTAL",
    }


def test_the_repr_of_a_call_holds_no_values() -> None:
    """It can be printed in a log of a test."""
    request = put({"pk": {"S": "hush"}})
    assert "hush" not in repr(request) + repr(request.parts)


def test_a_size_is_the_metered_one() -> None:
    """Bytes count as bytes, and not as base64; what is no item weighs nothing."""
    stored = {"b": {"B": b"x" * 300}, "l": {"L": [{"BS": [b"y" * 30]}, {"M": {"n": {"N": "123"}}}]}}
    wire = {
        "b": {"B": "eHh4" * 100},
        "l": {"L": [{"BS": ["eXl5" * 10]}, {"M": {"n": {"N": "123"}}}]},
    }
    assert item_bytes(wire) == item_size_bytes(stored)
    assert item_bytes({"a": {"S": 5}}) == item_bytes({"a": {}}) == 0


def test_keys_are_read_from_a_description() -> None:
    """Of the table, and of all its indexes."""
    described = {
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "a", "AttributeType": "N"},
        ],
        "GlobalSecondaryIndexes": [
            {"IndexName": "by-a", "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}]}
        ],
    }
    schema = KeySchema.from_wire(described)
    assert schema == KeySchema("pk", None, {"pk": "S", "a": "N"}, {"by-a": ("a",)})
    assert schema.names == ("pk",)
