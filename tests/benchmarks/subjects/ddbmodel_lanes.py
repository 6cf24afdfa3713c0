"""ddbmodel, over each of its lanes."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from botocore.config import Config
from pydantic import create_model

from ddbmodel import Attr, Mapper, Model, partition_key, sort_key
from tests.benchmarks.shapes import Shape
from tests.benchmarks.subjects import BATCH_GET, BATCH_WRITE, TRANSACT, Calls, Endpoint, NotThere


class OverDdbmodel:
    """What a user writes."""

    def __init__(self, mapper: Mapper, shape: Shape) -> None:
        self._mapper, self._shape = mapper, shape
        self._model = model_of(shape)

    async def get(self, number: int) -> Any:
        return await self._mapper.require(self._model, str(number), "x")

    async def put(self, number: int) -> None:
        await self._mapper.put(self._model(**self._shape.fields(number)))

    async def update(self, number: int) -> Any:
        model = self._model
        return await self._mapper.update(
            model.key(str(number), "x"), model.note.set("changed"), when=model.qty > 1
        )

    async def query(self, number: int) -> list[Any]:
        return await self._mapper.query(self._model).where(self._model.pk == str(number)).all()

    async def page(self, number: int, size: int) -> list[Any]:
        """Query for so many items."""
        return await self._mapper.query(self._model).where(self._model.pk == str(number)).limit(size).all()

    async def batch_get(self, number: int) -> list[Any]:
        return await self._mapper.batch_get(
            self._model, [(str(number), str(sort)) for sort in range(BATCH_GET)]
        )

    async def batch_write(self, number: int) -> None:
        first = number * BATCH_WRITE
        async with self._mapper.batch_writer(concurrency=1) as writer:
            for offset in range(BATCH_WRITE):
                await writer.put(self._model(**self._shape.fields(first + offset)))

    async def transact(self, number: int) -> None:
        first = number * TRANSACT
        async with self._mapper.transaction() as transaction:
            for offset in range(TRANSACT):
                transaction.put(self._model(**self._shape.fields(first + offset)))


def model_of(shape: Shape) -> Any:
    """The shape's model."""
    keys: dict[str, Any] = {"pk": (Attr[str], partition_key()), "sk": (Attr[str], sort_key())}
    others: dict[str, Any] = {
        name: (Attr[kind], ...) for name, kind in shape.types.items() if name not in keys
    }
    return create_model("Record", __base__=Model, __cls_kwargs__={"table": shape.name}, **keys, **others)


def fast(shape: Shape, endpoint: Endpoint) -> AbstractAsyncContextManager[Calls]:
    """Open the fast lane, where this version has one."""
    return opened(shape, endpoint, "fast")


def client(shape: Shape, endpoint: Endpoint) -> AbstractAsyncContextManager[Calls]:
    """Open the lane over aioboto3's client."""
    return opened(shape, endpoint, "client")


def connect(endpoint: Endpoint, lane: str) -> AbstractAsyncContextManager[Mapper]:
    """Open a mapper; the certificate is found by `AWS_CA_BUNDLE`."""
    config = Config(max_pool_connections=endpoint.connections)
    options: dict[str, Any] = {"endpoint_url": endpoint.url, "config": config}
    if "lane" in inspect.signature(Mapper.connect).parameters:
        options["lane"] = lane
    elif lane == "fast":
        raise NotThere("no fast lane in this version")
    return Mapper.connect(**options)


@asynccontextmanager
async def opened(shape: Shape, endpoint: Endpoint, lane: str) -> AsyncIterator[Calls]:
    """Open a mapper over a lane."""
    async with connect(endpoint, lane) as mapper:
        user = OverDdbmodel(mapper, shape)
        yield {
            "get": user.get,
            "put": user.put,
            "update": user.update,
            "query": user.query,
            "batch_get": user.batch_get,
            "batch_write": user.batch_write,
            "transact": user.transact,
            **{f"page_{size}": lambda number, size=size: user.page(number, size) for size in (1, 10, 50)},
        }
