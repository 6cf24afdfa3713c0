"""Following moto's streams: real requests of both services at one endpoint. Its shard never closes."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from ddbmodel import Attr, ExpressionError, Key, Mapper, Model, StreamsAccess, Table, field
from ddbmodel.testing import LocalDynamoDB

shop = Table("stream-shop", partition_key="pk", sort_key="sk")


class Customer(Model, table=shop, entity="customer"):
    """An entity with a guard."""

    customer_id: Attr[str]
    email: Attr[str] = field(unique=True)
    primary = Key(partition="C#{customer_id}", sort="PROFILE")


class Order(Model, table=shop, entity="order"):
    """Another."""

    customer_id: Attr[str]
    number: Attr[int]
    photo: Attr[bytes] = field(default=b"\x00\xff")
    primary = Key(partition="C#{customer_id}", sort="O#{number:06d}")


@pytest.fixture(params=["NEW_AND_OLD_IMAGES", "NEW_IMAGE", "OLD_IMAGE", "KEYS_ONLY"])
def view(request: pytest.FixtureRequest) -> str:
    """What a stream shows."""
    return str(request.param)


@pytest.fixture
async def mapper(dynamodb: LocalDynamoDB, view: str) -> AsyncGenerator[Mapper]:
    """A mapper on a table that was written to."""
    async with dynamodb.connect() as mapper, dynamodb.client() as client:
        await mapper.create_table(shop)
        await client.update_table(
            TableName="stream-shop", StreamSpecification={"StreamEnabled": True, "StreamViewType": view}
        )
        await mapper.create(Customer(customer_id="c", email="a@x"))
        await mapper.put(Order(customer_id="c", number=1))
        await mapper.put(Order(customer_id="c", number=1, photo=b"\x01"))
        await mapper.delete(Order.key("c", 1))
        yield mapper


async def test_every_view_is_told_as_it_is(mapper: Mapper, view: str) -> None:
    """Keys and kinds come in any case, images where the view has them, and guards never."""
    changes = [one async for one in mapper.changes(Customer, Order, follow=False, poll_seconds=0.001)]
    first, second = Order(customer_id="c", number=1), Order(customer_id="c", number=1, photo=b"\x01")
    assert [one.kind for one in changes] == ["INSERT", "INSERT", "MODIFY", "REMOVE"]
    assert [one.key.model for one in changes] == [Customer, Order, Order, Order]
    assert {one.key for one in changes[1:]} == {Order.key("c", 1)}
    old, new = [None, None, first, second], [Customer(customer_id="c", email="a@x"), first, second, None]
    assert [one.old for one in changes] == (old if "OLD" in view else [None] * 4)
    assert [one.new for one in changes] == (new if "NEW" in view else [None] * 4)
    assert all(one.at.utcoffset() is not None and one.view == view for one in changes)


async def test_a_checkpoint_goes_on(mapper: Mapper, view: str, tmp_path: Path) -> None:
    """What was read does not come again, what is written later does."""
    options: dict[str, Any] = {"follow": False, "poll_seconds": 0.001, "checkpoint": tmp_path / "place"}
    assert len([one async for one in mapper.changes(Order, **options)]) == 3
    await mapper.put(Order(customer_id="c", number=2))
    (change,) = [one async for one in mapper.changes(Order, **options)]
    assert change.key == Order.key("c", 2)


async def test_a_given_client_needs_a_way_to_the_streams(dynamodb: LocalDynamoDB) -> None:
    """Without a session there is none; with `streams=`, and hooks that see its requests, it is followed."""
    seen: list[str] = []

    class Watching:
        def before(self, request: Any, /) -> None:
            seen.append(request.name)

    async with dynamodb.connect() as owner, dynamodb.client() as client:
        await owner.create_table(shop)
        await client.update_table(
            TableName="stream-shop",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        )
        await owner.put(Order(customer_id="c", number=1))
        mapper = Mapper(client, hooks=[Watching()])
        with pytest.raises(ExpressionError, match="StreamsAccess"):
            mapper.changes(Order)
        keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        access = StreamsAccess(region_name="us-east-1", endpoint_url=dynamodb.endpoint_url, **keys)
        found = [one async for one in mapper.changes(Order, follow=False, poll_seconds=0.001, streams=access)]
    assert len(found) == 1
    assert {"DescribeTable", "DescribeStream", "GetShardIterator", "GetRecords"} <= set(seen)
    assert "testing" not in repr(access)
