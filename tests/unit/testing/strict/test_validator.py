"""What is refused of requests, and in which words; and what just passes."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from ddbmodel import limits
from ddbmodel.testing.strict.call import Call
from ddbmodel.testing.strict.refusal import Refused
from ddbmodel.testing.strict.validator import check_call
from tests.unit.testing.strict.requests import (
    KEY,
    SCHEMAS,
    action,
    batch,
    batch_get,
    call,
    get,
    key,
    nested,
    put,
    put_value,
    transaction,
    update,
)

CONDITION = {"ConditionExpression": "#a = :v"}
NAMES = {"ExpressionAttributeNames": {"#a": "a"}}
VALUES = {"ExpressionAttributeValues": {":v": {"S": "x"}}}
MB_ITEM = {"text": {"S": "x" * 399_000}}


def _b64(size: int) -> str:
    return base64.b64encode(b"x" * size).decode()


def _text_item(size: int) -> dict[str, Any]:
    """An item of exactly this size: the key weighs 7 bytes of names and values, and the number 2."""
    return KEY | {"text": {"S": "x" * (size - 4 - 8)}}


REFUSED: list[tuple[str, Call, str]] = [
    ("26 writes", batch(*map(key, range(26))), "Too many items requested for the BatchWriteItem call"),
    ("101 keys", batch_get(*map(key, range(101))), "Too many items requested for the BatchGetItem call"),
    ("no write", call("BatchWriteItem", RequestItems={}), "greater than or equal to 1"),
    ("no key", batch_get(), "greater than or equal to 1"),
    ("a batch over 16 MB", batch(*map(key, range(25)), text={"S": "\x00" * 130_000}), "16777216 bytes"),
    ("two writes for a key", batch(key(1), key("1.0")), "item keys contains duplicates"),
    ("two reads of a key", batch_get(key(1), key("10e-1")), "item keys contains duplicates"),
    ("no action", transaction(), "greater than or equal to 1"),
    ("101 actions", transaction(*(action("Put", n) for n in range(101))), "less than or equal to 100"),
    (
        "two actions on an item",
        transaction(action("Put"), action("Delete")),
        "Transaction request cannot include multiple operations on one item",
    ),
    (
        "a transaction over 4 MB",
        transaction(*({"Put": {"TableName": "orders", "Item": key(n) | MB_ITEM}} for n in range(11))),
        "4194304 bytes",
    ),
    ("a token of 37", transaction(action("Put"), ClientRequestToken="t" * 37), "less than or equal to 36"),
    ("an empty token", transaction(action("Put"), ClientRequestToken=""), "greater than or equal to 1"),
    ("an item over 400 KB", put(_text_item(limits.ITEM_BYTES + 1)), "Item size has exceeded the maximum"),
    ("a number of 39 digits", put_value({"N": "1" * 39}), "more than 38 significant digits"),
    ("a number of 39 digits in a set", put_value({"NS": ["1" * 39]}), "more than 38 significant digits"),
    ("a number of 39 digits inside", put_value({"M": {"a": {"N": f"0.{'7' * 39}"}}}), "38 significant"),
    ("a number too large", put_value({"N": "1E126"}), "Number overflow"),
    ("a number beyond all bounds", put_value({"N": "1E99999999999999999999"}), "Number overflow"),
    ("a number too small", put_value({"N": "-1E-131"}), "Number underflow"),
    ("a number near nothing", put_value({"N": "1E-99999999999999999999"}), "Number underflow"),
    ("no number", put_value({"N": "NaN"}), "cannot be converted to a numeric value: NaN"),
    ("no number in Unicode", put_value({"N": "١"}), "cannot be converted to a numeric value"),
    ("an empty number", put_value({"N": ""}), "cannot be converted to a numeric value"),
    ("an empty set of text", put_value({"SS": []}), "An string set  may not be empty"),
    ("an empty set of numbers", put_value({"NS": []}), "An number set  may not be empty"),
    ("an empty set of bytes", put_value({"BS": []}), "Binary sets should not be empty"),
    ("an empty set inside", put_value({"L": [{"SS": []}]}), "may not be empty"),
    ("a text twice in a set", put_value({"SS": ["a", "a"]}), "contains duplicates"),
    ("a number twice in a set", put_value({"NS": ["1", "1.0"]}), "contains duplicates"),
    ("bytes twice in a set", put_value({"BS": ["eA==", "eA=="]}), "contains duplicates"),
    ("33 levels", put_value(nested(33)), "Nesting Levels have exceeded"),
    ("a false null", put_value({"NULL": False}), "must have the value of true"),
    ("no type", put_value({}), "Supplied AttributeValue is empty"),
    ("an unknown type", put_value({"X": "x"}), "Supplied AttributeValue is empty"),
    ("two types", put_value({"S": "x", "N": "1"}), "more than one datatypes set"),
    ("a long attribute name", put(KEY | {"n" * 65_536: {"S": ""}}), "Attribute name is too long"),
    ("no sort key", put({"pk": {"S": "c1"}}), "Missing the key sk in the item"),
    ("a key of another type", put(KEY | {"sk": {"S": "1"}}), "key sk expected: N actual: S"),
    ("an empty key", put(KEY | {"pk": {"S": ""}}), "cannot contain an empty string value. Key: pk"),
    ("an empty key to read", get(KEY | {"pk": {"S": ""}}), "cannot contain an empty string value. Key: pk"),
    (
        "empty bytes for a key",
        get({"pk": {"B": ""}, "sk": {"S": "x"}}, "blobs"),
        "cannot contain an empty binary value. Key: pk",
    ),
    ("a long partition key", get(KEY | {"pk": {"S": "é" * 1025}}), "size limit of2048 bytes"),
    (
        "a long partition key of bytes",
        get({"pk": {"B": _b64(2049)}, "sk": {"S": "x"}}, "blobs"),
        "size limit of2048 bytes",
    ),
    (
        "a long sort key",
        get({"pk": {"B": "eA=="}, "sk": {"S": "x" * 1025}}, "blobs"),
        "size limit of 1024 bytes",
    ),
    ("a key with a part missing", get({"pk": {"S": "c1"}}), "does not match the schema"),
    ("a key with more than its parts", get(KEY | {"a": {"S": "x"}}), "does not match the schema"),
    ("a bad key in a batch", batch_get({"pk": {"S": "c1"}}), "does not match the schema"),
    ("a bad key in a transaction", transaction({"Delete": {"TableName": "orders", "Key": {}}}), "schema"),
    (
        "an empty index key",
        put(KEY | {"status": {"S": ""}}),
        "cannot contain an empty string value. IndexName: by-status, IndexKey: status",
    ),
    (
        "an index key of another type",
        put(KEY | {"photo": {"S": "x"}}),
        "Index Key photo Expected: B Actual: S",
    ),
    (
        "an empty condition",
        put(KEY, ConditionExpression=""),
        "ConditionExpression: The expression can not be empty",
    ),
    (
        "an empty projection",
        get(KEY, ProjectionExpression=""),
        "Invalid ProjectionExpression: The expression can",
    ),
    ("a long update", update(UpdateExpression="SET a = b" + " " * 4096), "expression size: 4105"),
    (
        "no names",
        put(KEY, ConditionExpression="a = b", ExpressionAttributeNames={}),
        "Names must not be empty",
    ),
    (
        "no values",
        put(KEY, ConditionExpression="a = b", ExpressionAttributeValues={}),
        "Values must not be empty",
    ),
    ("names without use", put(KEY, **NAMES), "Names can only be specified when using expressions"),
    ("values without use", put(KEY, **VALUES), "Values can only be specified when using expressions"),
    (
        "an unused name",
        put(KEY, ConditionExpression="a = :v", **NAMES, **VALUES),
        "unused in expressions: keys: {#a}",
    ),
    (
        "an unused value",
        put(KEY, ConditionExpression="#a = b", **NAMES, **VALUES),
        "unused in expressions: keys: {:v}",
    ),
    (
        "a name that is part of another",
        put(KEY, ConditionExpression="#ab = :v", **NAMES, **VALUES),
        "not defined; attribute name: #ab",
    ),
    ("an undefined value", put(KEY, **CONDITION, **NAMES), "not defined; attribute value: :v"),
    (
        "a bad value in an expression",
        put(KEY, **CONDITION, **NAMES, ExpressionAttributeValues={":v": {"NS": []}}),
        "ExpressionAttributeValues contains invalid value: One or more parameter values were invalid: An number set  may not be empty for key :v",
    ),
    (
        "values over 2 MB",
        put(KEY, **CONDITION, **NAMES, ExpressionAttributeValues={":v": {"S": "x" * 2**21}}),
        "has exceeded the maximum",
    ),
    (
        "an unused name in a transaction",
        transaction(action("Update", UpdateExpression="SET a = b", **NAMES)),
        "unused",
    ),
    ("an unused name in a batch", batch_get(KEY, ProjectionExpression="a", **NAMES), "unused"),
    (
        "an undefined name in a query",
        call("Query", TableName="orders", KeyConditionExpression="#pk = :v", **VALUES),
        "#pk",
    ),
]

GARBAGE: list[tuple[str, Call]] = [
    ("no JSON", Call.from_wire("DynamoDB_20120810.PutItem", b"{")),
    ("no object", Call.from_wire("DynamoDB_20120810.PutItem", b"[]")),
    ("no item", call("PutItem", TableName="orders")),
    ("no list", call("BatchWriteItem", RequestItems={"orders": 5})),
    ("two actions in one", transaction({**action("Put"), **action("Delete")})),
    ("a value that is none", put_value("x")),
    ("a number that is no text", put_value({"N": 5})),
    ("a text that is none", put_value({"S": 5})),
    ("a list that is none", put_value({"L": {}})),
    ("a map that is none", put_value({"M": []})),
    ("a set that is none", put_value({"SS": "x"})),
    ("a boolean that is none", put_value({"BOOL": "true"})),
    ("bytes that are not base64", put_value({"B": "?"})),
    ("names that are none", put(KEY, **CONDITION, ExpressionAttributeNames=[])),
    ("an expression that is none", put(KEY, ConditionExpression=5)),
]

ACCEPTED: list[tuple[str, Call]] = [
    ("25 writes", batch(*map(key, range(25)))),
    ("100 keys", batch_get(*map(key, range(100)))),
    ("100 actions", transaction(*(action("Put", n) for n in range(100)), ClientRequestToken="t" * 36)),
    ("the same key in two tables", call("BatchWriteItem", RequestItems={
        "orders": [{"DeleteRequest": {"Key": KEY}}], "unknown": [{"DeleteRequest": {"Key": KEY}}]})),
    ("an item of 400 KB", put(_text_item(limits.ITEM_BYTES))),
    ("38 digits", put_value({"N": "-" + "9" * 38})),
    ("38 digits between zeros", put_value({"N": f"00.00{'7' * 38}000"})),
    ("the largest number", put_value({"N": "9.9999999999999999999999999999999999999E+125"})),
    ("the smallest number", put_value({"N": "1e-130"})),
    ("zero with any exponent", put_value({"N": "0E999"})),
    ("32 levels", put_value(nested(32))),
    ("empty text, list and map", put(KEY | {"a": {"S": ""}, "b": {"L": []}, "c": {"M": {}}, "d": {"B": ""}})),
    ("a null", put_value({"NULL": True})),
    ("the longest keys", get({"pk": {"B": _b64(2048)}, "sk": {"S": "x" * 1024}}, "blobs")),
    ("an item that is in no index", put(KEY | {"other": {"S": ""}})),
    ("an expression of 4 KB", update(UpdateExpression="SET a = b".ljust(4096))),
    ("placeholders", put(KEY, **CONDITION, **NAMES, **VALUES)),
    ("a name used twice", update(UpdateExpression="SET #a = #a + :v", **NAMES, **VALUES)),
    ("a table that is not known", put({"id": {"S": ""}}, "unknown")),
    ("a query", call("Query", TableName="orders", KeyConditionExpression="pk = :v", **VALUES)),
    ("a scan", call("Scan", TableName="orders")),
    ("what is not about items", call("DescribeTable", TableName="")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("request_", "words"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_what_dynamodb_refuses_is_refused(request_: Call, words: str) -> None:
    """With its code, and with what tells this reason from others in its words."""
    with pytest.raises(Refused) as caught:
        check_call(request_, SCHEMAS)
    assert caught.value.code == "ValidationException"
    assert words in caught.value.message


@pytest.mark.parametrize("request_", [case[1] for case in GARBAGE], ids=[case[0] for case in GARBAGE])
def test_what_has_another_shape_is_refused(request_: Call) -> None:
    """As something that cannot be read."""
    with pytest.raises(Refused) as caught:
        check_call(request_, SCHEMAS)
    assert caught.value.code == "SerializationException"


@pytest.mark.parametrize("request_", [case[1] for case in ACCEPTED], ids=[case[0] for case in ACCEPTED])
def test_what_dynamodb_takes_passes(request_: Call) -> None:
    """Up to the last byte of every limit, and where only the engine can judge."""
    check_call(request_, SCHEMAS)


def test_an_error_keeps_values_off_its_text() -> None:
    """The service's words, which may quote a value, are sent to the client, and not put into a traceback."""
    with pytest.raises(Refused) as caught:
        check_call(put_value({"N": "hush"}), SCHEMAS)
    assert "hush" in caught.value.message
    assert "hush" not in str(caught.value)
