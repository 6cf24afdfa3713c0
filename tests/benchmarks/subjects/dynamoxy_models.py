"""dynamoxy: a core in Rust, and Pydantic models. It needs Python 3.12."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import Annotated, Any

from pydantic import create_model

from tests.benchmarks.shapes import Shape
from tests.benchmarks.subjects import BATCH_GET, BATCH_WRITE, TRANSACT, Endpoint, Opened


class OverDynamoxy:
    """What a user writes."""

    def __init__(self, client: Any, shape: Shape) -> None:
        self._client, self._shape = client, shape
        self._model = model_of(shape)
        self._records = client.repository(self._model)

    async def get(self, number: int) -> Any:
        return await self._records.get(str(number), "x")

    async def put(self, number: int) -> None:
        await self._records.put(self._model(**self._shape.fields(number)))

    async def update(self, number: int) -> Any:
        import dynamoxy

        return await self._records.update(
            self._model.key(str(number), "x"),
            dynamoxy.attr(self._model.note).set("changed"),
            condition=dynamoxy.attr(self._model.qty) > 1,
        )

    async def query(self, number: int) -> list[Any]:
        return [record async for record in self._records.query(pk=str(number))]

    async def batch_get(self, number: int) -> list[Any]:
        found: list[Any] = await self._records.batch_get(
            [(str(number), str(sort)) for sort in range(BATCH_GET)]
        )
        return found

    async def batch_write(self, number: int) -> None:
        first = number * BATCH_WRITE
        await self._records.batch_put(
            [self._model(**self._shape.fields(first + offset)) for offset in range(BATCH_WRITE)]
        )

    async def transact(self, number: int) -> None:
        first = number * TRANSACT
        async with self._client.transaction() as transaction:
            for offset in range(TRANSACT):
                transaction.put(self._model(**self._shape.fields(first + offset)))


def model_of(shape: Shape) -> Any:
    """The shape's model."""
    import dynamoxy

    marks = {"pk": dynamoxy.PartitionKey(), "sk": dynamoxy.SortKey()}
    fields: dict[str, Any] = {
        name: (Annotated[kind, marks[name]] if name in marks else kind, ...)
        for name, kind in shape.types.items()
    }
    base = dynamoxy.PydanticModel
    return create_model("Record", __base__=base, __cls_kwargs__={"table": shape.name}, **fields)


@asynccontextmanager
async def dynamoxy_models(shape: Shape, endpoint: Endpoint) -> Opened:
    """Open a client. It finds the certificate by `SSL_CERT_FILE`."""
    import dynamoxy

    credentials = dynamoxy.Credentials("AKIDEXAMPLE", "secret")
    async with dynamoxy.Client(
        region="us-east-1", endpoint_url=endpoint.url, credentials=credentials
    ) as client:
        user = OverDynamoxy(client, shape)
        yield {
            "get": user.get,
            "put": user.put,
            "update": user.update,
            "query": user.query,
            "batch_get": user.batch_get,
            "batch_write": user.batch_write,
            "transact": user.transact,
        }
