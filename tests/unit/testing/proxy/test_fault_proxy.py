"""The whole proxy in front of a lenient engine."""

from __future__ import annotations

from typing import Any

import pytest

from ddbmodel import DDBModelError, Mapper, RequestRefused, TableNotFound
from ddbmodel.testing import DropReply, LocalDynamoDB, Seen
from tests.unit.testing.proxy.conftest import MakeShop, Parcel, parcel

KEY = {"town": {"S": "Ghent"}, "number": {"N": "1"}}
WRITES = [{"PutRequest": {"Item": {"town": {"S": "Ghent"}, "number": {"N": str(n)}}}} for n in range(26)]
REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("batch_write_item", {"RequestItems": {"parcels": WRITES}}),
    ("batch_write_item", {"RequestItems": {"parcels": WRITES[:1] * 2}}),
    ("put_item", {"TableName": "parcels", "Item": KEY | {"n": {"N": "1" * 39}}}),
    ("put_item", {"TableName": "parcels", "Item": KEY | {"text": {"S": "x" * 410_000}}}),
    (
        "transact_write_items",
        {
            "TransactItems": [
                {"Put": {"TableName": "parcels", "Item": KEY}},
                {"Delete": {"TableName": "parcels", "Key": KEY}},
            ]
        },
    ),
]


@pytest.mark.parametrize(("method", "parameters"), REFUSED)
async def test_the_engine_never_sees_what_is_refused(
    make_shop: MakeShop, method: str, parameters: dict[str, Any]
) -> None:
    """The client gets a ValidationException, and nothing is stored."""
    shop = await make_shop()
    async with shop.proxy.client() as client:
        with pytest.raises(client.exceptions.ClientError) as caught:
            await getattr(client, method)(**parameters)
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    assert (shop.proxy.log[-1].applied, shop.proxy.log[-1].status) == (False, 400)
    assert await shop.numbers() == []


async def test_without_strictness_the_engine_judges(make_shop: MakeShop) -> None:
    """moto takes 26 writes in a batch."""
    shop = await make_shop(strict=False)
    async with shop.proxy.client() as client:
        await client.batch_write_item(RequestItems={"parcels": WRITES})
    assert len(await shop.numbers()) == 26


async def test_the_log_says_what_was_seen_and_no_values(make_shop: MakeShop) -> None:
    """Operation, tables, fault, outcome and cost of each request; never an item."""
    shop = await make_shop(faults=[("PutItem", DropReply())])
    await shop.mapper.put(parcel(1, "hush" * 300))
    assert shop.seen("PutItem") == [
        Seen("PutItem", ("parcels",), DropReply(), applied=True, status=None, write_units=2.0),
        Seen("PutItem", ("parcels",), None, applied=True, status=200, write_units=2.0),
    ]
    assert "hush" not in repr(shop.proxy.log)


async def test_a_table_that_is_not_there_is_the_engine_s_to_refuse(make_shop: MakeShop) -> None:
    """And once it is there, its keys are known."""
    shop = await make_shop()
    await shop.mapper.delete_table(Parcel)
    with pytest.raises(TableNotFound):
        await shop.mapper.put(parcel())
    await shop.mapper.create_table(Parcel)
    await shop.mapper.put(parcel())
    assert await shop.numbers() == [1]


async def test_a_table_that_comes_back_with_other_keys_is_looked_at_again(make_shop: MakeShop) -> None:
    """What was known of it is forgotten when a table is created or deleted through the proxy."""
    shop = await make_shop()
    await shop.mapper.put(parcel())
    await shop.mapper.delete_table(Parcel)
    async with shop.proxy.client() as client:
        await client.create_table(
            TableName="parcels",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        await client.put_item(TableName="parcels", Item={"id": {"S": "x"}})
    with pytest.raises(RequestRefused, match="Missing the key id"):
        await shop.mapper.put(parcel())


async def test_queries_and_scans_pass_as_they_are(make_shop: MakeShop) -> None:
    """With their pages, through a proxy that is strict and meters."""
    from ddbmodel.testing import Capacity

    shop = await make_shop(capacity=Capacity())
    for number in range(5):
        await shop.mapper.put(parcel(number))
    found = [
        one.number async for one in shop.mapper.query(Parcel).where(Parcel.town == "Ghent", Parcel.number > 1)
    ]
    assert found == [2, 3, 4]
    assert len([one async for one in shop.mapper.scan(Parcel)]) == 5


async def test_the_fixture_opens_proxies_until_the_test_ends(
    fault_proxy: Any, dynamodb: LocalDynamoDB
) -> None:
    """Any number of them, in front of the same engine, each with faults of its own."""
    one, other = await fault_proxy(), await fault_proxy(strict=False)
    assert len({one.endpoint_url, other.endpoint_url, dynamodb.endpoint_url}) == 3
    async with one.connect() as mapper, other.connect() as beside:
        assert isinstance(mapper, Mapper)
        await mapper.create_table(Parcel)
        await beside.put(parcel())
        assert await mapper.get(Parcel, "Ghent", 1) == parcel()


async def test_a_fault_can_be_met_by_any_client(make_shop: MakeShop) -> None:
    """A raw one too, as the proxy knows nothing of mappers."""
    shop = await make_shop(faults=[("*", DropReply())])
    async with shop.proxy.client() as client:
        await client.put_item(TableName="parcels", Item=KEY)
    assert [seen.status for seen in shop.seen("PutItem")] == [None, 200], "its own retry"
    with pytest.raises(DDBModelError):
        await shop.mapper.create(parcel())
