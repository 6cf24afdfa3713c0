"""What each request looks like on the wire."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from botocore import xform_name
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from ddbmodel import operations
from ddbmodel.codec.values import Item
from ddbmodel.errors import ExpressionError, ModelDefinitionError
from ddbmodel.operations import (
    BatchDelete,
    BatchGetItem,
    BatchPut,
    BatchWriteItem,
    CreateTable,
    DeleteItem,
    DeleteTable,
    DescribeTable,
    DescribeTimeToLive,
    GetItem,
    Provisioned,
    PutItem,
    Query,
    Request,
    Scan,
    TableKeys,
    UpdateItem,
    UpdateTimeToLive,
    reporting_capacity,
)
from ddbmodel.schema import IndexSchema, KeyAttribute, Projection, TableSchema
from tests.unit.operations import backup_requests, table_requests, transactions
from tests.unit.operations.expressions import Attributes, Expression

READS = ("Get", "Query", "Scan", "BatchGet", "TransactGet", "Describe", "List")
KEY: Item = {"pk": {"S": "c1"}}
ITEM: Item = {"pk": {"S": "c1"}, "blob": {"B": b"\x00"}}
CHANGE = Expression("status", "paid", verb="SET ")
UNPAID = Expression("status", "open")
PK = KeyAttribute("pk", "S")
SK = KeyAttribute("sk", "N")

SIMPLE_SCHEMA = TableSchema("orders", (PK,))
RICH_SCHEMA = TableSchema(
    "orders",
    (PK,),
    (SK,),
    (
        IndexSchema("by-place", "local", (PK,), (KeyAttribute("place", "S"),), Projection("KEYS_ONLY")),
        IndexSchema(
            "by-region",
            "global",
            (KeyAttribute("country", "S"), KeyAttribute("region", "S")),
            (KeyAttribute("city", "S"), SK),
            Projection("INCLUDE", ("total",)),
        ),
    ),
)
RICH_TABLE = {
    "TableName": "orders",
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "N"},
        {"AttributeName": "place", "AttributeType": "S"},
        {"AttributeName": "country", "AttributeType": "S"},
        {"AttributeName": "region", "AttributeType": "S"},
        {"AttributeName": "city", "AttributeType": "S"},
    ],
    "LocalSecondaryIndexes": [
        {
            "IndexName": "by-place",
            "KeySchema": [
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "place", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by-region",
            "KeySchema": [
                {"AttributeName": "country", "KeyType": "HASH"},
                {"AttributeName": "region", "KeyType": "HASH"},
                {"AttributeName": "city", "KeyType": "RANGE"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["total"]},
            "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6},
        }
    ],
    "BillingMode": "PROVISIONED",
    "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6},
}

WIRE: list[tuple[str, Request, dict[str, Any]]] = [
    *transactions.WIRE,
    *table_requests.WIRE,
    *backup_requests.WIRE,
    ("put", PutItem("orders", ITEM), {"TableName": "orders", "Item": ITEM}),
    (
        "put with everything",
        PutItem("orders", ITEM, condition=UNPAID, return_values="ALL_OLD", return_capacity="TOTAL"),
        {
            "TableName": "orders",
            "Item": ITEM,
            "ConditionExpression": "#n0 = :v0",
            "ExpressionAttributeNames": {"#n0": "status"},
            "ExpressionAttributeValues": {":v0": {"S": "open"}},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            "ReturnValues": "ALL_OLD",
            "ReturnConsumedCapacity": "TOTAL",
        },
    ),
    ("get", GetItem("orders", KEY), {"TableName": "orders", "Key": KEY}),
    (
        "get with everything",
        GetItem(
            "orders",
            KEY,
            projection=Attributes(("total", "name")),
            consistent=True,
            return_capacity="INDEXES",
        ),
        {
            "TableName": "orders",
            "Key": KEY,
            "ProjectionExpression": "#n0, #n1",
            "ExpressionAttributeNames": {"#n0": "total", "#n1": "name"},
            "ConsistentRead": True,
            "ReturnConsumedCapacity": "INDEXES",
        },
    ),
    ("update of the key alone", UpdateItem("orders", KEY), {"TableName": "orders", "Key": KEY}),
    (
        "update: the update is rendered before the condition, and they share names",
        UpdateItem("orders", KEY, CHANGE, UNPAID, "ALL_NEW", "TOTAL"),
        {
            "TableName": "orders",
            "Key": KEY,
            "UpdateExpression": "SET #n0 = :v0",
            "ConditionExpression": "#n0 = :v1",
            "ExpressionAttributeNames": {"#n0": "status"},
            "ExpressionAttributeValues": {":v0": {"S": "paid"}, ":v1": {"S": "open"}},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            "ReturnValues": "ALL_NEW",
            "ReturnConsumedCapacity": "TOTAL",
        },
    ),
    ("delete", DeleteItem("orders", KEY), {"TableName": "orders", "Key": KEY}),
    (
        "delete with everything",
        DeleteItem("orders", KEY, UNPAID, "ALL_OLD", "TOTAL"),
        {
            "TableName": "orders",
            "Key": KEY,
            "ConditionExpression": "#n0 = :v0",
            "ExpressionAttributeNames": {"#n0": "status"},
            "ExpressionAttributeValues": {":v0": {"S": "open"}},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            "ReturnValues": "ALL_OLD",
            "ReturnConsumedCapacity": "TOTAL",
        },
    ),
    (
        "query",
        Query("orders", Expression("pk", "c1")),
        {
            "TableName": "orders",
            "KeyConditionExpression": "#n0 = :v0",
            "ExpressionAttributeNames": {"#n0": "pk"},
            "ExpressionAttributeValues": {":v0": {"S": "c1"}},
        },
    ),
    (
        "query with everything: key condition, filter and projection in this order",
        Query(
            "orders",
            Expression("pk", "c1"),
            index="by-place",
            filter=UNPAID,
            projection=Attributes(("total", "pk")),
            forward=False,
            limit=7,
            exclusive_start_key=KEY,
            consistent=True,
            return_capacity="INDEXES",
        ),
        {
            "TableName": "orders",
            "IndexName": "by-place",
            "KeyConditionExpression": "#n0 = :v0",
            "FilterExpression": "#n1 = :v1",
            "ProjectionExpression": "#n2, #n0",
            "ExpressionAttributeNames": {"#n0": "pk", "#n1": "status", "#n2": "total"},
            "ExpressionAttributeValues": {":v0": {"S": "c1"}, ":v1": {"S": "open"}},
            "ScanIndexForward": False,
            "Limit": 7,
            "ExclusiveStartKey": KEY,
            "ConsistentRead": True,
            "ReturnConsumedCapacity": "INDEXES",
        },
    ),
    (
        "query for a count",
        Query("orders", Expression("pk", "c1"), select="COUNT"),
        {
            "TableName": "orders",
            "KeyConditionExpression": "#n0 = :v0",
            "ExpressionAttributeNames": {"#n0": "pk"},
            "ExpressionAttributeValues": {":v0": {"S": "c1"}},
            "Select": "COUNT",
        },
    ),
    ("scan", Scan("orders"), {"TableName": "orders"}),
    (
        "scan with everything",
        Scan(
            "orders",
            index="by-place",
            filter=UNPAID,
            projection=Attributes(("pk",)),
            limit=1,
            exclusive_start_key=KEY,
            consistent=True,
            segment=0,
            total_segments=4,
            return_capacity="TOTAL",
        ),
        {
            "TableName": "orders",
            "IndexName": "by-place",
            "FilterExpression": "#n0 = :v0",
            "ProjectionExpression": "#n1",
            "ExpressionAttributeNames": {"#n0": "status", "#n1": "pk"},
            "ExpressionAttributeValues": {":v0": {"S": "open"}},
            "Limit": 1,
            "ExclusiveStartKey": KEY,
            "ConsistentRead": True,
            "Segment": 0,
            "TotalSegments": 4,
            "ReturnConsumedCapacity": "TOTAL",
        },
    ),
    (
        "batch get: each table has placeholders of its own",
        BatchGetItem(
            (
                TableKeys("orders", (KEY,), Attributes(("total",)), consistent=True),
                TableKeys("customers", (KEY, {"pk": {"S": "c2"}}), Attributes(("name",))),
            ),
            return_capacity="TOTAL",
        ),
        {
            "RequestItems": {
                "orders": {
                    "Keys": [KEY],
                    "ProjectionExpression": "#n0",
                    "ExpressionAttributeNames": {"#n0": "total"},
                    "ConsistentRead": True,
                },
                "customers": {
                    "Keys": [KEY, {"pk": {"S": "c2"}}],
                    "ProjectionExpression": "#n0",
                    "ExpressionAttributeNames": {"#n0": "name"},
                },
            },
            "ReturnConsumedCapacity": "TOTAL",
        },
    ),
    (
        "batch write: writes are grouped by table, in order",
        BatchWriteItem((BatchPut("orders", ITEM), BatchDelete("customers", KEY), BatchDelete("orders", KEY))),
        {
            "RequestItems": {
                "orders": [{"PutRequest": {"Item": ITEM}}, {"DeleteRequest": {"Key": KEY}}],
                "customers": [{"DeleteRequest": {"Key": KEY}}],
            }
        },
    ),
    (
        "create table",
        CreateTable(SIMPLE_SCHEMA),
        {
            "TableName": "orders",
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
        },
    ),
    ("create table with everything", CreateTable(RICH_SCHEMA, Provisioned(5, 6)), RICH_TABLE),
    ("delete table", DeleteTable("orders"), {"TableName": "orders"}),
    ("describe table", DescribeTable("orders"), {"TableName": "orders"}),
    (
        "update time to live",
        UpdateTimeToLive("orders", "expires_at", enabled=False),
        {
            "TableName": "orders",
            "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": False},
        },
    ),
    ("describe time to live", DescribeTimeToLive("orders"), {"TableName": "orders"}),
]
# Only newer releases of botocore than those that aiobotocore takes know these.
NEWER = {"StartBulkPutItems", "DescribeBulkOperation", "CancelBulkOperation", "ListBulkOperations"}
IDS = [name for name, _, _ in WIRE]


@pytest.fixture(scope="module")
def dynamodb_model() -> ServiceModel:
    session = botocore.session.get_session()
    return session.get_service_model("dynamodb")


@pytest.mark.parametrize(("request_", "wire"), [case[1:] for case in WIRE], ids=IDS)
def test_a_request_renders_to_the_api_s_parameters(request_: Request, wire: dict[str, Any]) -> None:
    """Every option has its parameter, and an option that is not used has none."""
    assert request_.to_wire() == wire


@pytest.mark.parametrize("request_", [case[1] for case in WIRE], ids=IDS)
def test_rendering_twice_gives_the_same(request_: Request) -> None:
    """A request is a value: rendering it leaves no trace in it."""
    assert request_.to_wire() == request_.to_wire()


@pytest.mark.parametrize("request_", [case[1] for case in WIRE], ids=IDS)
def test_botocore_knows_the_operation_and_its_parameters(
    request_: Request, dynamodb_model: ServiceModel
) -> None:
    """The client need not validate parameters: they are valid by its own description of the service."""
    assert request_.method == xform_name(request_.name)
    if request_.name in NEWER and request_.name not in dynamodb_model.operation_names:
        return
    shape = dynamodb_model.operation_model(request_.name).input_shape
    assert not ParamValidator().validate(request_.to_wire(), shape).has_errors()


def test_every_operation_of_the_room_is_tested() -> None:
    """The table above has each request that the room exports."""
    exported = (getattr(operations, name) for name in operations.__all__)
    requests = {one for one in exported if hasattr(one, "method") and one is not Request}
    assert requests == {type(request_) for _, request_, _ in WIRE}


@pytest.mark.parametrize(
    ("request_", "table"),
    [
        (PutItem("orders", ITEM), "orders"),
        (CreateTable(SIMPLE_SCHEMA), "orders"),
        (BatchGetItem((TableKeys("orders", (KEY,)),)), "orders"),
        (BatchGetItem((TableKeys("orders", (KEY,)), TableKeys("customers", (KEY,)))), None),
        (BatchWriteItem((BatchPut("orders", ITEM), BatchDelete("orders", KEY))), "orders"),
        (BatchWriteItem((BatchPut("orders", ITEM), BatchPut("customers", ITEM))), None),
    ],
)
def test_a_request_names_its_table_if_it_is_one(request_: Request, table: str | None) -> None:
    """Requests about several tables have no table."""
    assert request_.table == table


@pytest.mark.parametrize(
    ("request_", "repeatable"),
    [
        (GetItem("orders", KEY), True),
        (Query("orders", UNPAID), True),
        (Scan("orders"), True),
        (BatchGetItem((TableKeys("orders", (KEY,)),)), True),
        (DescribeTable("orders"), True),
        (DescribeTimeToLive("orders"), True),
        (PutItem("orders", ITEM), True),
        (PutItem("orders", ITEM, condition=UNPAID), False),
        (PutItem("orders", ITEM, return_values="ALL_OLD"), False),
        (DeleteItem("orders", KEY), True),
        (DeleteItem("orders", KEY, condition=UNPAID), False),
        (DeleteItem("orders", KEY, return_values="ALL_OLD"), False),
        (UpdateItem("orders", KEY), True),
        (UpdateItem("orders", KEY, CHANGE), True),
        (UpdateItem("orders", KEY, CHANGE, return_values="ALL_NEW"), True),
        (UpdateItem("orders", KEY, CHANGE, return_values="UPDATED_NEW"), True),
        (UpdateItem("orders", KEY, CHANGE, return_values="ALL_OLD"), False),
        (UpdateItem("orders", KEY, CHANGE, return_values="UPDATED_OLD"), False),
        (UpdateItem("orders", KEY, CHANGE, UNPAID), False),
        (UpdateItem("orders", KEY, Expression("stock", verb="ADD ", idempotent=False)), False),
        (BatchWriteItem((BatchPut("orders", ITEM),)), False),
        (CreateTable(SIMPLE_SCHEMA), False),
        (DeleteTable("orders"), False),
        (UpdateTimeToLive("orders", "expires_at"), False),
    ],
)
def test_repeatable_is_what_does_no_harm_twice(request_: Request, repeatable: bool) -> None:
    """A condition, an answer with old values, an action that adds up, or a batch makes a write unrepeatable."""
    assert request_.repeatable is repeatable


@pytest.mark.parametrize(
    ("request_", "is_write"),
    [(case[1], not case[1].name.startswith(READS)) for case in WIRE],
    ids=IDS,
)
def test_writes_say_so(request_: Request, is_write: bool) -> None:
    """Whatever can change what is stored is a write."""
    assert request_.is_write is is_write


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Query("orders", UNPAID, limit=0), "page size of 0"),
        (lambda: Scan("orders", limit=-1), "page size of -1"),
        (lambda: Query("orders", UNPAID, projection=Attributes(("a",)), select="COUNT"), "one of them"),
        (lambda: Scan("orders", segment=1), "go together"),
        (lambda: Scan("orders", total_segments=2), "go together"),
        (lambda: Scan("orders", segment=2, total_segments=2), "segment 2 of 2"),
        (lambda: Scan("orders", segment=-1, total_segments=2), "segment -1 of 2"),
        (lambda: Scan("orders", segment=0, total_segments=1_000_001), "at most 1,000,000"),
        (lambda: BatchGetItem(()), "0 keys"),
        (lambda: BatchGetItem((TableKeys("a", ()), TableKeys("b", (KEY,)))), "1 to 100"),
        (lambda: BatchGetItem((TableKeys("a", (KEY,) * 60), TableKeys("b", (KEY,) * 41))), "101 keys"),
        (lambda: BatchGetItem((TableKeys("a", (KEY,)), TableKeys("a", (KEY,)))), "a table twice"),
        (lambda: BatchWriteItem(()), "0 writes"),
        (lambda: BatchWriteItem((BatchPut("a", ITEM),) * 26), "26 writes"),
    ],
)
def test_what_the_service_would_refuse_is_refused_before(make: Any, words: str) -> None:
    """Counts and combinations that DynamoDB does not take raise when the request is made."""
    with pytest.raises(ExpressionError, match=words):
        make()


def test_the_largest_batches_are_accepted() -> None:
    """100 keys and 25 writes are still within the limits."""
    assert len(BatchGetItem((TableKeys("a", (KEY,) * 100),)).to_wire()["RequestItems"]["a"]["Keys"]) == 100
    assert len(BatchWriteItem((BatchPut("a", ITEM),) * 25).to_wire()["RequestItems"]["a"]) == 25


@pytest.mark.parametrize(("read", "write"), [(0, 1), (1, 0), (-1, 1)])
def test_provisioned_capacity_starts_at_one_unit(read: int, write: int) -> None:
    """There is no provisioned table without capacity."""
    with pytest.raises(ModelDefinitionError, match="at least 1"):
        Provisioned(read, write)


@pytest.mark.parametrize(
    "request_",
    [
        PutItem("orders", {"pk": {"S": "hush"}}, condition=Expression("a", "hush")),
        GetItem("orders", {"pk": {"S": "hush"}}, Attributes(("hush",))),
        UpdateItem("orders", {"pk": {"S": "hush"}}, Expression("a", "hush"), Expression("b", "hush")),
        DeleteItem("orders", {"pk": {"S": "hush"}}, Expression("a", "hush")),
        Query(
            "orders",
            Expression("a", "hush"),
            filter=Expression("b", "hush"),
            projection=Attributes(("hush",)),
            exclusive_start_key={"pk": {"S": "hush"}},
        ),
        Scan(
            "orders",
            filter=Expression("b", "hush"),
            projection=Attributes(("hush",)),
            exclusive_start_key={"pk": {"S": "hush"}},
        ),
        BatchGetItem((TableKeys("orders", ({"pk": {"S": "hush"}},), Attributes(("hush",))),)),
        BatchWriteItem(
            (BatchPut("orders", {"pk": {"S": "hush"}}), BatchDelete("orders", {"pk": {"S": "hush"}}))
        ),
    ],
    ids=lambda request_: request_.name,
)
def test_the_repr_of_a_request_holds_no_values(request_: Request) -> None:
    """A request can be printed in a log or a traceback without giving an item away."""
    assert "hush" in str(request_.to_wire())
    assert "hush" not in repr(request_)
    assert "orders" in repr(request_)


@pytest.mark.parametrize("request_", [request_ for _, request_, _ in WIRE], ids=[case[0] for case in WIRE])
def test_a_request_can_be_made_to_ask_what_it_costs(request_: Request) -> None:
    """In table and indexes; all else stays as it is, and what cannot tell its cost stays the same request."""
    asking = reporting_capacity(request_)
    wire = request_.to_wire()
    if hasattr(request_, "return_capacity"):
        wire["ReturnConsumedCapacity"] = "INDEXES"
    else:
        assert asking is request_
    assert asking.to_wire() == wire
    assert reporting_capacity(asking) is asking
