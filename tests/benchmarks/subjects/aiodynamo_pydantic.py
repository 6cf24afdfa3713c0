"""aiodynamo over aiohttp, with a Pydantic model on top, as it has none of its own."""

from __future__ import annotations

import ssl
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from pydantic import BaseModel, create_model

from tests.benchmarks.shapes import Item, Shape
from tests.benchmarks.subjects import BATCH_GET, BATCH_WRITE, TRANSACT, Endpoint, Opened


class OverAiodynamo:
    """What a user writes around the library's table."""

    def __init__(self, client: Any, shape: Shape) -> None:
        self._client, self._shape, self._name = client, shape, shape.name
        self._table = client.table(shape.name)
        self._model: type[BaseModel] = create_model(
            "Record", **{name: (kind, ...) for name, kind in shape.types.items()}
        )
        self._times = [name for name, kind in shape.types.items() if kind is datetime]

    def _made(self, number: int) -> Item:
        fields = self._model(**self._shape.fields(number)).model_dump()
        for name in self._times:
            fields[name] = fields[name].isoformat()
        return fields

    async def get(self, number: int) -> BaseModel:
        return self._model.model_validate(await self._table.get_item({"pk": str(number), "sk": "x"}))

    async def put(self, number: int) -> None:
        await self._table.put_item(self._made(number))

    async def update(self, number: int) -> BaseModel:
        from aiodynamo.expressions import F
        from aiodynamo.models import ReturnValues

        item = await self._table.update_item(
            {"pk": str(number), "sk": "x"},
            F("note").set("changed"),
            condition=F("qty").gt(1),
            return_values=ReturnValues.all_new,
        )
        return self._model.model_validate(item)

    async def query(self, number: int) -> list[BaseModel]:
        from aiodynamo.expressions import HashKey

        return [
            self._model.model_validate(item) async for item in self._table.query(HashKey("pk", str(number)))
        ]

    async def batch_get(self, number: int) -> list[BaseModel]:
        from aiodynamo.models import BatchGetRequest

        keys = [{"pk": str(number), "sk": str(sort)} for sort in range(BATCH_GET)]
        reply = await self._client.batch_get({self._name: BatchGetRequest(keys=keys)})
        return [self._model.model_validate(item) for item in reply.items[self._name]]

    async def batch_write(self, number: int) -> None:
        from aiodynamo.models import BatchWriteRequest

        first = number * BATCH_WRITE
        items = [self._made(first + offset) for offset in range(BATCH_WRITE)]
        await self._client.batch_write({self._name: BatchWriteRequest(items_to_put=items)})

    async def transact(self, number: int) -> None:
        from aiodynamo.operations import Put

        first = number * TRANSACT
        puts = [Put(table=self._name, item=self._made(first + offset)) for offset in range(TRANSACT)]
        await self._client.transact_write_items(puts)


@asynccontextmanager
async def aiodynamo_pydantic(shape: Shape, endpoint: Endpoint) -> Opened:
    """Open a session of aiohttp and a client over it."""
    from aiodynamo.client import Client
    from aiodynamo.credentials import Key, StaticCredentials
    from aiodynamo.http.aiohttp import AIOHTTP
    from aiohttp import ClientSession, TCPConnector
    from yarl import URL

    context = ssl.create_default_context(cafile=endpoint.ca_file)
    async with ClientSession(connector=TCPConnector(limit=endpoint.connections, ssl=context)) as session:
        credentials = StaticCredentials(Key("AKIDEXAMPLE", "secret"))
        user = OverAiodynamo(
            Client(AIOHTTP(session), credentials, "us-east-1", endpoint=URL(endpoint.url)), shape
        )
        yield {
            "get": user.get,
            "put": user.put,
            "update": user.update,
            "query": user.query,
            "batch_get": user.batch_get,
            "batch_write": user.batch_write,
            "transact": user.transact,
        }
