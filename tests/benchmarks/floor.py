"""The floor: the same work by a loop that is written by hand for it, and can do nothing else.

A bare `asyncio.Protocol`, requests signed with the day's key kept, orjson, attributes accessed one by one, and
Pydantic's core to validate. It is how little it can cost in Python, not something to use. It shares no code with
ddbmodel.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import orjson
from pydantic import BaseModel, create_model

from tests.benchmarks.floor_codec import decoder, encoder
from tests.benchmarks.floor_http import Line
from tests.benchmarks.shapes import Shape
from tests.benchmarks.subjects import BATCH_GET, BATCH_WRITE, TRANSACT, Endpoint, Opened


class Floor:
    """The operations, each with its request written out."""

    def __init__(self, line: Line, shape: Shape) -> None:
        self._send, self._shape, self._table = line.send, shape, shape.name
        self._model: type[BaseModel] = create_model(
            "Record", **{name: (kind, ...) for name, kind in shape.types.items()}
        )
        self._validate = self._model.__pydantic_validator__.validate_python
        self._encode, self._decode = encoder(shape.types), decoder(shape.types)

    def _made(self, number: int) -> dict[str, Any]:
        return self._encode(self._model(**self._shape.fields(number)))

    def _read(self, item: dict[str, Any]) -> Any:
        return self._validate(self._decode(item))

    async def get(self, number: int) -> Any:
        body = {"TableName": self._table, "Key": {"pk": {"S": str(number)}, "sk": {"S": "x"}}}
        return self._read(orjson.loads(await self._send("GetItem", orjson.dumps(body)))["Item"])

    async def put(self, number: int) -> None:
        await self._send("PutItem", orjson.dumps({"TableName": self._table, "Item": self._made(number)}))

    async def update(self, number: int) -> Any:
        body = {
            "TableName": self._table,
            "Key": {"pk": {"S": str(number)}, "sk": {"S": "x"}},
            "UpdateExpression": "SET #n = :n",
            "ConditionExpression": "#q > :q",
            "ExpressionAttributeNames": {"#n": "note", "#q": "qty"},
            "ExpressionAttributeValues": {":n": {"S": "changed"}, ":q": {"N": "1"}},
            "ReturnValues": "ALL_NEW",
        }
        return self._read(orjson.loads(await self._send("UpdateItem", orjson.dumps(body)))["Attributes"])

    async def query(self, number: int) -> list[Any]:
        body: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": str(number)}},
        }
        found: list[Any] = []
        while True:
            page = orjson.loads(await self._send("Query", orjson.dumps(body)))
            found += [self._read(item) for item in page["Items"]]
            if "LastEvaluatedKey" not in page:
                return found
            body["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    async def batch_get(self, number: int) -> list[Any]:
        keys = [{"pk": {"S": str(number)}, "sk": {"S": str(sort)}} for sort in range(BATCH_GET)]
        body = {"RequestItems": {self._table: {"Keys": keys}}}
        reply = orjson.loads(await self._send("BatchGetItem", orjson.dumps(body)))
        by_key = {item["sk"]["S"]: item for item in reply["Responses"][self._table]}
        return [self._read(by_key[key["sk"]["S"]]) for key in keys]

    async def batch_write(self, number: int) -> None:
        first = number * BATCH_WRITE
        puts = [{"PutRequest": {"Item": self._made(first + offset)}} for offset in range(BATCH_WRITE)]
        body = {"RequestItems": {self._table: puts}}
        reply = orjson.loads(await self._send("BatchWriteItem", orjson.dumps(body)))
        assert not reply["UnprocessedItems"]

    async def transact(self, number: int) -> None:
        first = number * TRANSACT
        puts = [
            {"Put": {"TableName": self._table, "Item": self._made(first + offset)}}
            for offset in range(TRANSACT)
        ]
        body = {"TransactItems": puts, "ClientRequestToken": str(uuid4())}
        await self._send("TransactWriteItems", orjson.dumps(body))


@asynccontextmanager
async def floor(shape: Shape, endpoint: Endpoint) -> Opened:
    """Open the floor."""
    line = Line(endpoint.url, endpoint.ca_file)
    loop = Floor(line, shape)
    yield {
        "get": loop.get,
        "put": loop.put,
        "update": loop.update,
        "query": loop.query,
        "batch_get": loop.batch_get,
        "batch_write": loop.batch_write,
        "transact": loop.transact,
    }
    line.close()
    await asyncio.sleep(0)  # until they are
