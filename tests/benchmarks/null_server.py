"""A DynamoDB endpoint that does no work, so that what is measured is the client.

Every operation gets a reply that was made before: of the shape that the table is named after, with the headers
of a real one and the right CRC32. Pages hold 100 items, or as many as fit into the service's megabyte.

`python -m tests.benchmarks.null_server` prints its port and serves until its input ends.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import ssl
import sys
import zlib
from collections.abc import Iterator
from typing import Any, Final

from tests.benchmarks.machine import pin
from tests.benchmarks.shapes import PAGE_BYTES, PAGE_ITEMS, SHAPES, Item

_HEAD: Final = (
    "HTTP/1.1 200 OK\r\nServer: Server\r\nContent-Type: application/x-amz-json-1.0\r\nConnection: keep-alive\r\n"
    "x-amzn-RequestId: 4KBNVRGD25RG1KEO9UT4V3FQDJVV4KQNSO5AEMVJF66Q9ASUAAJG\r\n"
    "x-amz-crc32: {crc}\r\nContent-Length: {length}\r\n\r\n"
)
_STORED: Final = {name: shape.stored() for name, shape in SHAPES.items()}


def reply(body: Any) -> bytes:
    """A reply of status 200."""
    data = json.dumps(body, separators=(",", ":")).encode()
    return _HEAD.format(crc=zlib.crc32(data), length=len(data)).encode() + data


def pages(item: Item) -> Iterator[bytes]:
    """The replies to a query for 100 items, page by page."""
    size = min(PAGE_ITEMS, PAGE_BYTES // len(json.dumps(item)))
    for first in range(0, PAGE_ITEMS, size):
        count = min(size, PAGE_ITEMS - first)
        body: Item = {"Count": count, "Items": [item] * count, "ScannedCount": count}
        if first + count < PAGE_ITEMS:
            body["LastEvaluatedKey"] = {"pk": item["pk"], "sk": {"S": str(first // size + 1)}}
        yield reply(body)


_PAGES: Final = {name: list(pages(item)) for name, item in _STORED.items()}
_GET: Final = {name: reply({"Item": item}) for name, item in _STORED.items()}
_UPDATE: Final = {name: reply({"Attributes": item}) for name, item in _STORED.items()}
_UNPROCESSED: Final = reply({"UnprocessedItems": {}})
_EMPTY: Final = reply({})


def answer(operation: str, body: bytes) -> bytes:
    """The reply to a request."""
    match operation:
        case "GetItem":
            return _GET[json.loads(body)["TableName"]]
        case "UpdateItem":
            return _UPDATE[json.loads(body)["TableName"]]
        case "Query":
            return _page(json.loads(body))
        case "BatchGetItem":
            return _batch(json.loads(body))
        case "BatchWriteItem":
            return _UNPROCESSED
        case "DescribeTable":
            return reply({"Table": _description(json.loads(body)["TableName"])})
    return _EMPTY


def _page(request: Item) -> bytes:
    table, limit = request["TableName"], request.get("Limit", PAGE_ITEMS)
    if limit < PAGE_ITEMS:
        return reply({"Count": limit, "Items": [_STORED[table]] * limit, "ScannedCount": limit})
    start = request.get("ExclusiveStartKey")
    return _PAGES[table][int(start["sk"]["S"]) if start else 0]


def _batch(request: Item) -> bytes:
    """An item for each key that is asked for: mappers match what comes back by its key."""
    found = {
        table: [{**_STORED[table], **key} for key in asked["Keys"]]
        for table, asked in request["RequestItems"].items()
    }
    return reply({"Responses": found, "UnprocessedKeys": {}})


def _description(table: str) -> Item:
    return {
        "TableName": table,
        "TableStatus": "ACTIVE",
        "TableArn": f"arn:aws:dynamodb:us-east-1:000000000000:table/{table}",
        "KeySchema": [
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
        "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
        "ItemCount": 0,
        "TableSizeBytes": 0,
        "CreationDateTime": 1.0,
    }


class NullProtocol(asyncio.Protocol):
    """Finds the operation and the body of a request, and nothing else of HTTP."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._buffer = transport, bytearray()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = dict(line.split(": ", 1) for line in self._buffer[:end].decode().split("\r\n")[1:])
            head = {name.lower(): value for name, value in head.items()}
            size = end + 4 + int(head.get("content-length", 0))
            if len(self._buffer) < size:
                return
            operation = head.get("x-amz-target", "").rpartition(".")[2]
            self._transport.write(answer(operation, bytes(self._buffer[end + 4 : size])))
            del self._buffer[:size]


async def _serve(certificate: str | None) -> None:
    context = None
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(NullProtocol, "127.0.0.1", 0, ssl=context, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)  # clients keep their connections, and nothing is worth waiting for


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument(
        "--certificate", help="a PEM file of certificate and key; without, it serves plain HTTP"
    )
    pin(1)
    asyncio.run(_serve(options.parse_args().certificate))
