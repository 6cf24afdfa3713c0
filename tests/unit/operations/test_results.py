"""What each reply becomes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from ddbmodel.operations import (
    BatchDelete,
    BatchGetItemResult,
    BatchPut,
    BatchWriteItemResult,
    ConsumedCapacity,
    CreateTable,
    CreateTableResult,
    DeleteItemResult,
    DeleteTableResult,
    DescribeTableResult,
    DescribeTimeToLiveResult,
    GetItemResult,
    IndexDescription,
    OnDemand,
    Provisioned,
    PutItemResult,
    QueryResult,
    ScanResult,
    TableDescription,
    UpdateItemResult,
    UpdateTimeToLiveResult,
    reported_capacity,
)
from ddbmodel.schema import IndexSchema, KeyAttribute, Projection, TableSchema

KEY = {"pk": {"S": "c1"}}
ITEM = {"pk": {"S": "c1"}, "n": {"N": "1"}}
UNITS = {"TableName": "orders", "CapacityUnits": 1.5}
CAPACITY = ConsumedCapacity("orders", 1.5)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (GetItemResult.from_wire({"Item": ITEM, "ConsumedCapacity": UNITS}), GetItemResult(ITEM, CAPACITY)),
        (GetItemResult.from_wire({}), GetItemResult(None, None)),
        (PutItemResult.from_wire({}), PutItemResult(None, None)),
        (PutItemResult.from_wire({"Attributes": ITEM}), PutItemResult(ITEM, None)),
        (DeleteItemResult.from_wire({"Attributes": ITEM}), DeleteItemResult(ITEM, None)),
        (UpdateItemResult.from_wire({"Attributes": ITEM}), UpdateItemResult(ITEM, None)),
        (
            QueryResult.from_wire(
                {
                    "Items": [ITEM],
                    "Count": 1,
                    "ScannedCount": 3,
                    "LastEvaluatedKey": KEY,
                    "ConsumedCapacity": UNITS,
                }
            ),
            QueryResult([ITEM], KEY, 1, 3, CAPACITY),
        ),
        (
            QueryResult.from_wire({"Items": [], "Count": 0, "ScannedCount": 9, "LastEvaluatedKey": KEY}),
            QueryResult([], KEY, 0, 9, None),
        ),
        (QueryResult.from_wire({"Count": 4, "ScannedCount": 4}), QueryResult([], None, 4, 4, None)),
        (
            ScanResult.from_wire({"Items": [ITEM], "Count": 1, "ScannedCount": 1, "LastEvaluatedKey": {}}),
            ScanResult([ITEM], None, 1, 1, None),
        ),
        (
            BatchGetItemResult.from_wire(
                {
                    "Responses": {"orders": [ITEM]},
                    "UnprocessedKeys": {"customers": {"Keys": [KEY], "ConsistentRead": True}},
                    "ConsumedCapacity": [UNITS],
                }
            ),
            BatchGetItemResult({"orders": [ITEM]}, {"customers": (KEY,)}, (CAPACITY,)),
        ),
        (BatchGetItemResult.from_wire({}), BatchGetItemResult({}, {}, ())),
        (
            BatchWriteItemResult.from_wire(
                {
                    "UnprocessedItems": {
                        "orders": [
                            {"PutRequest": {"Item": ITEM}},
                            {"DeleteRequest": {"Key": KEY}, "PutRequest": None},
                        ],
                        "customers": [{"DeleteRequest": {"Key": KEY}}],
                    }
                }
            ),
            BatchWriteItemResult(
                (BatchPut("orders", ITEM), BatchDelete("orders", KEY), BatchDelete("customers", KEY)), ()
            ),
        ),
        (BatchWriteItemResult.from_wire({"UnprocessedItems": {}}), BatchWriteItemResult((), ())),
        (
            UpdateTimeToLiveResult.from_wire(
                {"TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True}}
            ),
            UpdateTimeToLiveResult("expires_at", True),
        ),
        (
            DescribeTimeToLiveResult.from_wire(
                {"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}}
            ),
            DescribeTimeToLiveResult("ENABLED", "expires_at"),
        ),
        (
            DescribeTimeToLiveResult.from_wire({"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}}),
            DescribeTimeToLiveResult("DISABLED", None),
        ),
    ],
)
def test_a_reply_becomes_a_typed_result(result: object, expected: object) -> None:
    """Members that are missing have a value that says so."""
    assert result == expected


def test_capacity_tells_table_and_indexes_apart() -> None:
    """With `INDEXES`, the units of the table and of each index are read as well."""
    wire = {
        "TableName": "orders",
        "CapacityUnits": 6.0,
        "ReadCapacityUnits": 2.0,
        "WriteCapacityUnits": 4.0,
        "Table": {"CapacityUnits": 1.0},
        "LocalSecondaryIndexes": {"by-place": {"CapacityUnits": 2.0}},
        "GlobalSecondaryIndexes": {"by-status": {"CapacityUnits": 3.0}},
    }
    assert ConsumedCapacity.from_wire(wire) == ConsumedCapacity(
        "orders", 6.0, 2.0, 4.0, 1.0, {"by-place": 2.0}, {"by-status": 3.0}
    )


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ({}, ()),
        ({"ConsumedCapacity": None}, ()),
        ({"ConsumedCapacity": UNITS}, (CAPACITY,)),
        ({"ConsumedCapacity": [UNITS, UNITS]}, (CAPACITY, CAPACITY)),
        ({"ConsumedCapacity": UNITS | {"Table": None, "GlobalSecondaryIndexes": None}}, (CAPACITY,)),
    ],
)
def test_capacity_is_read_of_any_reply(reply: dict[str, Any], expected: tuple[ConsumedCapacity, ...]) -> None:
    """Of one table, of several, of none; members that an engine leaves empty are none."""
    assert reported_capacity(reply) == expected


PK, SK, COUNTRY, CITY = (KeyAttribute(name, "S") for name in ("pk", "sk", "country", "city"))
SCHEMA = TableSchema(
    "orders",
    (PK,),
    (SK,),
    (
        IndexSchema("by-city", "local", (PK,), (CITY,), Projection("KEYS_ONLY")),
        IndexSchema("by-place", "global", (COUNTRY, CITY), (SK,), Projection("INCLUDE", ("total",))),
    ),
)


def _described(schema: TableSchema, **members: Any) -> dict[str, Any]:
    wire = CreateTable(schema).to_wire()
    wire.pop("BillingMode")
    return wire | {"TableStatus": "ACTIVE", "TableArn": "arn:aws:dynamodb:x:1:table/orders"} | members


def test_a_description_has_the_schema_that_created_the_table() -> None:
    """Keys, multi-attribute indexes and projections come back as the same schema types."""
    wire = _described(
        SCHEMA,
        ItemCount=3,
        TableSizeBytes=99,
        CreationDateTime=datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))),
        BillingModeSummary={"BillingMode": "PAY_PER_REQUEST"},
        ProvisionedThroughput={"ReadCapacityUnits": 0, "WriteCapacityUnits": 0},
    )
    wire["GlobalSecondaryIndexes"][0] |= {"IndexStatus": "CREATING", "ItemCount": 1, "IndexSizeBytes": 5}
    assert DescribeTableResult.from_wire({"Table": wire}).description == TableDescription(
        name="orders",
        status="ACTIVE",
        arn="arn:aws:dynamodb:x:1:table/orders",
        schema=SCHEMA,
        indexes=(
            IndexDescription(SCHEMA.indexes[0], "ACTIVE", 0, 0),
            IndexDescription(SCHEMA.indexes[1], "CREATING", 1, 5),
        ),
        item_count=3,
        size_bytes=99,
        billing=OnDemand(),
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("table_status", "index_status", "active"),
    [("ACTIVE", "ACTIVE", True), ("ACTIVE", "CREATING", False), ("CREATING", "ACTIVE", False)],
)
def test_a_table_is_active_when_its_indexes_are(table_status: str, index_status: str, active: bool) -> None:
    """An index that is still being built makes the table wait."""
    wire = _described(SCHEMA, TableStatus=table_status)
    wire["GlobalSecondaryIndexes"][0]["IndexStatus"] = index_status
    assert CreateTableResult.from_wire({"TableDescription": wire}).description.is_active is active


@pytest.mark.parametrize(
    ("members", "billing"),
    [
        ({"ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6}}, Provisioned(5, 6)),
        (
            {
                "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6},
                "BillingModeSummary": {"BillingMode": "PROVISIONED"},
            },
            Provisioned(5, 6),
        ),
        (
            {
                "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6},
                "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
            },
            OnDemand(),
        ),
        ({"ProvisionedThroughput": {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}}, OnDemand()),
        ({}, OnDemand()),
    ],
)
def test_billing_is_read_from_mode_and_units(members: dict[str, Any], billing: object) -> None:
    """A table that never changed its billing has no mode, only units."""
    wire = _described(SCHEMA, **members)
    assert TableDescription.from_wire(wire).billing == billing


def test_a_table_being_deleted_may_have_lost_its_keys() -> None:
    """The service leaves keys and indexes out of what it says about a table that is going away."""
    wire = {"TableName": "orders", "TableStatus": "DELETING", "ItemCount": 2, "TableSizeBytes": 7}
    description = DeleteTableResult.from_wire({"TableDescription": wire}).description
    assert (description.status, description.schema.key, description.indexes) == ("DELETING", (), ())
    assert (description.arn, description.created_at, description.item_count) == (None, None, 2)


@pytest.mark.parametrize(
    "result",
    [
        GetItemResult({"pk": {"S": "hush"}}, None),
        PutItemResult({"pk": {"S": "hush"}}, None),
        DeleteItemResult({"pk": {"S": "hush"}}, None),
        UpdateItemResult({"pk": {"S": "hush"}}, None),
        QueryResult([{"pk": {"S": "hush"}}], {"pk": {"S": "hush"}}, 1, 1, None),
        BatchGetItemResult({"orders": [{"pk": {"S": "hush"}}]}, {"orders": ({"pk": {"S": "hush"}},)}, ()),
        BatchWriteItemResult((BatchPut("orders", {"pk": {"S": "hush"}}),), ()),
    ],
)
def test_the_repr_of_a_result_holds_no_values(result: object) -> None:
    """A result can be printed in a log or a traceback without giving an item away."""
    assert "hush" not in repr(result)
