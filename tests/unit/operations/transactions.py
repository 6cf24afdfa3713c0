"""Transactions and what they look like on the wire."""

from __future__ import annotations

from typing import Any

from ddbmodel.codec.values import Item
from ddbmodel.operations import (
    Request,
    TransactCheck,
    TransactDelete,
    TransactGet,
    TransactGetItems,
    TransactPut,
    TransactUpdate,
    TransactWriteItems,
)
from tests.unit.operations.expressions import Attributes, Expression

KEY: Item = {"pk": {"S": "c1"}}
ITEM: Item = {"pk": {"S": "c1"}, "blob": {"B": b"\x00"}}
CHANGE = Expression("status", "paid", verb="SET ")
UNPAID = Expression("status", "open")
IF_UNPAID: dict[str, Any] = {
    "ConditionExpression": "#n0 = :v0",
    "ExpressionAttributeNames": {"#n0": "status"},
    "ExpressionAttributeValues": {":v0": {"S": "open"}},
    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
}

EVERYTHING = TransactWriteItems(
    (
        TransactPut("orders", ITEM, UNPAID),
        TransactUpdate("customers", KEY, CHANGE, UNPAID),
        TransactDelete("lines", KEY, UNPAID),
        TransactCheck("shops", KEY, UNPAID),
    ),
    token="t" * 36,
    return_capacity="TOTAL",
)

WIRE: list[tuple[str, Request, dict[str, Any]]] = [
    (
        "transaction: without conditions nothing is asked back",
        TransactWriteItems(
            (TransactPut("a", ITEM), TransactUpdate("a", KEY, CHANGE), TransactDelete("a", KEY))
        ),
        {
            "TransactItems": [
                {"Put": {"TableName": "a", "Item": ITEM}},
                {
                    "Update": {
                        "TableName": "a",
                        "Key": KEY,
                        "UpdateExpression": "SET #n0 = :v0",
                        "ExpressionAttributeNames": {"#n0": "status"},
                        "ExpressionAttributeValues": {":v0": {"S": "paid"}},
                    }
                },
                {"Delete": {"TableName": "a", "Key": KEY}},
            ]
        },
    ),
    (
        "transaction with everything: each action has placeholders of its own",
        EVERYTHING,
        {
            "TransactItems": [
                {"Put": {"TableName": "orders", "Item": ITEM} | IF_UNPAID},
                {
                    "Update": {
                        "TableName": "customers",
                        "Key": KEY,
                        "UpdateExpression": "SET #n0 = :v0",
                        "ConditionExpression": "#n0 = :v1",
                        "ExpressionAttributeNames": {"#n0": "status"},
                        "ExpressionAttributeValues": {":v0": {"S": "paid"}, ":v1": {"S": "open"}},
                        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                    }
                },
                {"Delete": {"TableName": "lines", "Key": KEY} | IF_UNPAID},
                {"ConditionCheck": {"TableName": "shops", "Key": KEY} | IF_UNPAID},
            ],
            "ClientRequestToken": "t" * 36,
            "ReturnConsumedCapacity": "TOTAL",
        },
    ),
    (
        "transactional get: each key has placeholders of its own",
        TransactGetItems(
            (TransactGet("orders", KEY, Attributes(("total",))), TransactGet("customers", KEY)),
            return_capacity="TOTAL",
        ),
        {
            "TransactItems": [
                {
                    "Get": {
                        "TableName": "orders",
                        "Key": KEY,
                        "ProjectionExpression": "#n0",
                        "ExpressionAttributeNames": {"#n0": "total"},
                    }
                },
                {"Get": {"TableName": "customers", "Key": KEY}},
            ],
            "ReturnConsumedCapacity": "TOTAL",
        },
    ),
]
