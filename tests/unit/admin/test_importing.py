"""Models written from tables: the text compiles, checkers take it, and it reads the items back."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import aioboto3
import pytest

from ddbmodel import ImportedModel, Mapper, Model, import_model, plan_tables
from ddbmodel.errors import ExpressionError, TableNotFound
from ddbmodel.model import plan_of
from ddbmodel.testing import LocalDynamoDB
from tests.unit.cli.test_ingest import ddbmodel

ITEM: dict[str, Any] = {
    "pk": {"S": "c1"},
    "sk": {"N": "1"},
    "status": {"S": "open"},
    "price": {"N": "2.50"},
    "at": {"S": "2026-10-13T08:48:47.966937Z"},
    "day": {"S": "2026-10-13"},
    "paid": {"BOOL": True},
    "raw": {"B": b"\x00"},
    "tags": {"SS": ["a", "b"]},
    "sizes": {"NS": ["1", "2"]},
    "lines": {"L": [{"M": {"n": {"N": "1"}}}]},
    "mixed": {"L": [{"S": "a"}, {"N": "1"}]},
    "nested": {"M": {"a": {"L": []}}},
    "gone": {"NULL": True},
    "sometimes": {"N": "1"},
    "class": {"S": "x"},
    "my-attr": {"S": "y"},
    "_entity": {"S": "order"},
    "copy": {"S": "z"},
    "expires": {"N": "1790000000"},
    "1st": {"S": 'quote " and \\ and ${x}'},
}
OTHER: dict[str, Any] = {
    "pk": {"S": "c2"},
    "sk": {"N": "2"},
    "sometimes": {"S": "text"},
    "day": {"NULL": True},
    "odd\nname\"'": {"S": "x"},
}


@pytest.fixture
async def client(dynamodb: LocalDynamoDB) -> AsyncIterator[Any]:
    session = aioboto3.Session("testing", "testing", region_name="us-east-1")
    async with session.client("dynamodb", endpoint_url=dynamodb.endpoint_url) as client:
        yield client


async def make(client: Any, *items: dict[str, Any]) -> None:
    await client.create_table(
        TableName="shop-orders",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": kind}
            for name, kind in (("pk", "S"), ("sk", "N"), ("status", "S"), ("class", "S"))
        ],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-status",
                "KeySchema": [{"AttributeName": "status", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["price", "unseen"]},
            }
        ],
        LocalSecondaryIndexes=[
            {
                "IndexName": "by_class",
                "KeySchema": [
                    {"AttributeName": "pk", "KeyType": "HASH"},
                    {"AttributeName": "class", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        DeletionProtectionEnabled=True,
    )
    await client.update_time_to_live(
        TableName="shop-orders", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )
    for item in items:
        await client.put_item(TableName="shop-orders", Item=item)


def model_of(found: ImportedModel) -> type[Model]:
    module = ModuleType("imported")
    sys.modules["imported"] = module
    try:
        exec(compile(found.source, "imported.py", "exec"), module.__dict__)
    finally:
        del sys.modules["imported"]
    model: type[Model] = module.__dict__["ShopOrders"]
    return model


async def test_items_are_read_back_and_written_as_they_were(mapper: Mapper, client: Any) -> None:
    """Each item of the sample, stored again by the model, is the item that it was."""
    await make(client, ITEM, OTHER)
    found = await import_model(mapper, "shop-orders")
    assert found.sampled == 2
    model = model_of(found)
    encoded = [plan_of(model).encode(each) async for each in mapper.scan(model)]
    read = {each["pk"]["S"]: each for each in encoded}
    for item in (ITEM, OTHER):
        stored = read[item["pk"]["S"]]
        for name, value in item.items():
            assert comparable(stored.get(name)) == comparable(value), name


def comparable(value: Any) -> Any:
    """Numbers by their value, sets without an order."""
    ((kind, held),) = (value or {"": None}).items()
    if kind == "N":
        return Decimal(held)
    return {kind: sorted(held) if kind in ("SS", "NS") else held}


async def test_the_plan_of_an_imported_model_is_empty(mapper: Mapper, client: Any) -> None:
    """Keys, indexes, projections, time to live and settings are those of the table."""
    await make(client, ITEM)
    plan = await plan_tables(mapper, model_of(await import_model(mapper, "shop-orders")))
    assert plan.is_empty, str(plan)
    assert not {"billing", "stream", "deletion_protection", "time_to_live"} & set(plan.tables[0].unmanaged)


async def test_checkers_take_the_text(mapper: Mapper, client: Any, tmp_path: Path) -> None:
    """It passes mypy --strict, and ruff finds nothing that is not used."""
    await make(client, ITEM, OTHER)
    path = tmp_path / "imported.py"
    path.write_text((await import_model(mapper, "shop-orders")).source)
    for command in (
        ["mypy", "--strict", "--cache-dir", str(tmp_path / "cache")],
        ["ruff", "check", "--isolated"],
    ):
        line = [sys.executable, "-m", *command, str(path)]
        done = await asyncio.to_thread(subprocess.run, line, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


async def test_an_empty_table_gives_its_keys(mapper: Mapper, client: Any) -> None:
    """Without items, key attributes have the types of the table."""
    await make(client)
    found = await import_model(mapper, "shop-orders", sample=0)
    assert found.sampled == 0
    assert "pk: Attr[str] = partition_key()\n    sk: Attr[Decimal] = sort_key()\n" in str(found)
    assert model_of(found)


async def test_the_command(client: Any, dynamodb: LocalDynamoDB) -> None:
    """The text goes to standard output, and nothing else; a wrong name is a message."""
    await make(client, ITEM)
    ended = await ddbmodel("import-models", "shop-orders", "--endpoint-url", dynamodb.endpoint_url)
    assert ended.code == 0, ended.errors
    assert ended.output.startswith("from __future__ import annotations\n")
    compile(ended.output, "imported.py", "exec")
    ended = await ddbmodel("import-models", "nothing", "--endpoint-url", dynamodb.endpoint_url)
    assert (ended.code, ended.output) == (1, "")
    assert "there is no table 'nothing'" in ended.errors


async def test_what_cannot_be_read_is_refused(mapper: Mapper) -> None:
    """A wrong sample before anything is sent, a wrong name by the service."""
    before = mapper.statistics.requests
    with pytest.raises(ExpressionError, match="0 or more"):
        await import_model(mapper, "orders", sample=-1)
    assert mapper.statistics.requests == before
    with pytest.raises(TableNotFound, match="there is no table 'orders'"):
        await import_model(mapper, "orders")
