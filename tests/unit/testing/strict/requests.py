"""Requests about one table, and its keys."""

from __future__ import annotations

import json
from typing import Any

from ddbmodel.testing.strict.call import Call
from ddbmodel.testing.strict.key_schema import KeySchema

SCHEMA = KeySchema(
    "pk", "sk", {"pk": "S", "sk": "N", "status": "S", "photo": "B"}, {"by-status": ("status", "photo")}
)
BYTES_SCHEMA = KeySchema("pk", "sk", {"pk": "B", "sk": "S"})
SCHEMAS = {"orders": SCHEMA, "blobs": BYTES_SCHEMA}
KEY: dict[str, Any] = {"pk": {"S": "c1"}, "sk": {"N": "1"}}


def key(number: int | str = 1) -> dict[str, Any]:
    return {"pk": {"S": "c1"}, "sk": {"N": str(number)}}


def call(operation: str, **body: Any) -> Call:
    return Call.from_wire(f"DynamoDB_20120810.{operation}", json.dumps(body).encode())


def put(item: dict[str, Any], table: str = "orders", **more: Any) -> Call:
    return call("PutItem", TableName=table, Item=item, **more)


def put_value(value: Any) -> Call:
    """A put of a valid item with one more attribute."""
    return put(KEY | {"value": value})


def get(wanted: dict[str, Any], table: str = "orders", **more: Any) -> Call:
    return call("GetItem", TableName=table, Key=wanted, **more)


def update(**more: Any) -> Call:
    return call("UpdateItem", TableName="orders", Key=KEY, **more)


def batch(*keys: dict[str, Any], **more: Any) -> Call:
    """A batch of puts."""
    return call(
        "BatchWriteItem", RequestItems={"orders": [{"PutRequest": {"Item": one | more}} for one in keys]}
    )


def batch_get(*keys: dict[str, Any], **more: Any) -> Call:
    return call("BatchGetItem", RequestItems={"orders": {"Keys": list(keys), **more}})


def transaction(*actions: dict[str, Any], **more: Any) -> Call:
    return call("TransactWriteItems", TransactItems=list(actions), **more)


def action(kind: str, number: int | str = 1, **more: Any) -> dict[str, Any]:
    """One action, on the item with this number."""
    structure = {"TableName": "orders", "Item" if kind == "Put" else "Key": key(number), **more}
    return {kind: structure}


def nested(levels: int) -> dict[str, Any]:
    """A value of lists and maps inside one another."""
    value: dict[str, Any] = {"S": "x"}
    for level in range(levels):
        value = {"L": [value]} if level % 2 else {"M": {"a": value}}
    return value
