"""The server that does no work: its replies are those that DynamoDB would give."""

from __future__ import annotations

import json
import zlib
from typing import Any

import pytest

from tests.benchmarks.null_server import answer
from tests.benchmarks.shapes import PAGE_BYTES, PAGE_ITEMS, SHAPES


def body_of(reply: bytes) -> Any:
    """The body of a reply, if its head is right about it."""
    head, _, body = reply.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert f"x-amz-crc32: {zlib.crc32(body)}".encode() in head
    assert len(body) <= 16 * PAGE_BYTES
    return json.loads(body)


def asked(operation: str, **request: Any) -> Any:
    """What comes back of a request."""
    return body_of(answer(operation, json.dumps(request).encode()))


@pytest.mark.parametrize("shape", SHAPES)
def test_single_items_are_of_the_table_s_shape(shape: str) -> None:
    """The table's name says which item is given back."""
    item = SHAPES[shape].stored()
    assert asked("GetItem", TableName=shape) == {"Item": item}
    assert asked("UpdateItem", TableName=shape) == {"Attributes": item}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_query_gives_a_hundred_items_in_pages_of_a_megabyte(shape: str) -> None:
    """Pages end where the service's would, and say where to go on."""
    request: dict[str, Any] = {"TableName": shape}
    found: list[Any] = []
    while True:
        page = asked("Query", **request)
        assert len(json.dumps(page["Items"], separators=(",", ":"))) <= PAGE_BYTES
        assert page["Count"] == len(page["Items"])
        found += page["Items"]
        if "LastEvaluatedKey" not in page:
            break
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]
    assert found == [SHAPES[shape].stored()] * PAGE_ITEMS


def test_a_query_with_a_limit_gives_so_many() -> None:
    """Smaller pages are for what each item of a page costs."""
    assert asked("Query", TableName="order", Limit=3)["Count"] == 3


def test_a_batch_holds_an_item_for_each_key() -> None:
    """Mappers match items by their keys."""
    keys = [{"pk": {"S": str(number)}, "sk": {"S": "x"}} for number in range(2)]
    found = asked("BatchGetItem", RequestItems={"small": {"Keys": keys}})["Responses"]["small"]
    assert [{name: item[name] for name in ("pk", "sk")} for item in found] == keys


@pytest.mark.parametrize("operation", ["PutItem", "TransactWriteItems", "BatchWriteItem"])
def test_writes_succeed(operation: str) -> None:
    """Nothing is left unprocessed, and nothing refused."""
    assert asked(operation) in ({}, {"UnprocessedItems": {}})
