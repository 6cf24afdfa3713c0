"""aioboto3 as it is used by hand: its client, boto3's serializers, and a Pydantic model."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from pydantic import BaseModel, create_model

from tests.benchmarks.shapes import Item, Shape
from tests.benchmarks.subjects import BATCH_GET, BATCH_WRITE, TRANSACT, Endpoint, Opened


class ByHand:
    """What a user writes around the client's methods."""

    def __init__(self, client: Any, shape: Shape) -> None:
        from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

        self._client, self._shape, self._table = client, shape, shape.name
        self._model: type[BaseModel] = create_model(
            "Record", **{name: (kind, ...) for name, kind in shape.types.items()}
        )
        self._serialize, self._deserialize = TypeSerializer().serialize, TypeDeserializer().deserialize
        self._times = [name for name, kind in shape.types.items() if kind is datetime]

    def _made(self, number: int) -> Item:
        fields = self._model(**self._shape.fields(number)).model_dump()
        for name in self._times:
            fields[name] = fields[name].isoformat()
        return {name: self._serialize(value) for name, value in fields.items()}

    def _read(self, item: Item) -> BaseModel:
        return self._model.model_validate({name: self._deserialize(value) for name, value in item.items()})

    async def get(self, number: int) -> BaseModel:
        key = {"pk": {"S": str(number)}, "sk": {"S": "x"}}
        return self._read((await self._client.get_item(TableName=self._table, Key=key))["Item"])

    async def put(self, number: int) -> None:
        await self._client.put_item(TableName=self._table, Item=self._made(number))

    async def update(self, number: int) -> BaseModel:
        reply = await self._client.update_item(
            TableName=self._table,
            Key={"pk": {"S": str(number)}, "sk": {"S": "x"}},
            UpdateExpression="SET #n = :n",
            ConditionExpression="#q > :q",
            ExpressionAttributeNames={"#n": "note", "#q": "qty"},
            ExpressionAttributeValues={":n": {"S": "changed"}, ":q": {"N": "1"}},
            ReturnValues="ALL_NEW",
        )
        return self._read(reply["Attributes"])

    async def query(self, number: int) -> list[BaseModel]:
        request: Item = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": str(number)}},
        }
        found: list[BaseModel] = []
        while True:
            page = await self._client.query(**request)
            found += [self._read(item) for item in page["Items"]]
            if "LastEvaluatedKey" not in page:
                return found
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    async def batch_get(self, number: int) -> list[BaseModel]:
        keys = [{"pk": {"S": str(number)}, "sk": {"S": str(sort)}} for sort in range(BATCH_GET)]
        reply = await self._client.batch_get_item(RequestItems={self._table: {"Keys": keys}})
        return [self._read(item) for item in reply["Responses"][self._table]]

    async def batch_write(self, number: int) -> None:
        first = number * BATCH_WRITE
        puts = [{"PutRequest": {"Item": self._made(first + offset)}} for offset in range(BATCH_WRITE)]
        await self._client.batch_write_item(RequestItems={self._table: puts})

    async def transact(self, number: int) -> None:
        first = number * TRANSACT
        puts = [
            {"Put": {"TableName": self._table, "Item": self._made(first + offset)}}
            for offset in range(TRANSACT)
        ]
        await self._client.transact_write_items(TransactItems=puts)


@asynccontextmanager
async def aioboto3_by_hand(shape: Shape, endpoint: Endpoint) -> Opened:
    """Open a client. It finds the certificate by `AWS_CA_BUNDLE`."""
    import aioboto3
    from botocore.config import Config

    config = Config(max_pool_connections=endpoint.connections)
    async with aioboto3.Session().client("dynamodb", endpoint_url=endpoint.url, config=config) as client:
        hand = ByHand(client, shape)
        yield {
            "get": hand.get,
            "put": hand.put,
            "update": hand.update,
            "query": hand.query,
            "batch_get": hand.batch_get,
            "batch_write": hand.batch_write,
            "transact": hand.transact,
        }
