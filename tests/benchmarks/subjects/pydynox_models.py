"""pydynox: a core in Rust, and attribute classes of its own, so that nothing is validated."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.benchmarks.shapes import Item, Shape
from tests.benchmarks.subjects import BATCH_GET, BATCH_WRITE, TRANSACT, Endpoint, Opened


class OverPydynox:
    """What a user writes."""

    def __init__(self, client: Any, shape: Shape) -> None:
        self._client, self._shape, self._table = client, shape, shape.name
        self._model = model_of(shape, client)

    def _made(self, number: int) -> Any:
        return self._model(**_floats(self._shape.fields(number)))

    async def get(self, number: int) -> Any:
        return await self._model.get(pk=str(number), sk="x")

    async def put(self, number: int) -> None:
        await self._made(number).save()

    async def update(self, number: int) -> None:
        """It gives nothing back."""
        model = self._model
        await model.update_by_key(pk=str(number), sk="x", condition=model.qty > 1, note="changed")

    async def query(self, number: int) -> list[Any]:
        return [record async for record in self._model.query(partition_key=str(number))]

    async def batch_get(self, number: int) -> list[Any]:
        keys = [{"pk": str(number), "sk": str(sort)} for sort in range(BATCH_GET)]
        found: list[Any] = await self._model.batch_get(keys)
        return found

    async def batch_write(self, number: int) -> None:
        from pydynox import BatchWriter

        first = number * BATCH_WRITE
        async with BatchWriter(self._client, self._table) as batch:
            for offset in range(BATCH_WRITE):
                batch.put(self._made(first + offset).to_dict())

    async def transact(self, number: int) -> None:
        from pydynox import Transaction

        first = number * TRANSACT
        async with Transaction(self._client) as transaction:
            for offset in range(TRANSACT):
                transaction.put(self._table, self._made(first + offset).to_dict())


def _floats(value: Any) -> Any:
    """It takes no Decimal."""
    match value:
        case Decimal():
            return float(value)
        case dict():
            return {name: _floats(element) for name, element in value.items()}
        case list():
            return [_floats(element) for element in value]
    return value


def model_of(shape: Shape, client: Any) -> Any:
    """The shape's model."""
    from pydynox import Model, ModelConfig, attributes

    kinds: Item = {
        str: attributes.StringAttribute,
        int: attributes.NumberAttribute,
        Decimal: attributes.NumberAttribute,
        bool: attributes.BooleanAttribute,
        datetime: attributes.DatetimeAttribute,
        set[str]: attributes.StringSetAttribute,
    }
    roles: dict[str, Item] = {"pk": {"partition_key": True}, "sk": {"sort_key": True}}
    fields: Item = {"model_config": ModelConfig(table=shape.name, client=client)}
    for name, kind in shape.types.items():
        other = attributes.ListAttribute if isinstance(shape.values[name], list) else attributes.MapAttribute
        fields[name] = kinds.get(kind, other)(**roles.get(name, {}))
    return type(Model)("Record", (Model,), fields)


@asynccontextmanager
async def pydynox_models(shape: Shape, endpoint: Endpoint) -> Opened:
    """Open a client. It finds the certificate by `SSL_CERT_FILE`."""
    from pydynox import DynamoDBClient

    client = DynamoDBClient(
        region="us-east-1", access_key="AKIDEXAMPLE", secret_key="secret", endpoint_url=endpoint.url
    )
    user = OverPydynox(client, shape)
    yield {
        "get": user.get,
        "put": user.put,
        "update": user.update,
        "query": user.query,
        "batch_get": user.batch_get,
        "batch_write": user.batch_write,
        "transact": user.transact,
    }
