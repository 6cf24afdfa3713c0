"""The embedded DynamoDB: its life, its isolation, and what it answers."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ddbmodel.errors import DDBModelError
from ddbmodel.testing import LocalDynamoDB
from ddbmodel.testing import process as process_module

KEY_OF_ONE = {"pk": {"S": "1"}}
ITEM = {
    **KEY_OF_ONE,
    "text": {"S": ""},
    "number": {"N": "1.5"},
    "bytes": {"B": b"\x00\xff"},
    "yes": {"BOOL": True},
    "no": {"BOOL": False},
    "null": {"NULL": True},
    "texts": {"SS": ["a", "b"]},
    "numbers": {"NS": ["1", "2"]},
    "blobs": {"BS": [b"a", b"\xff"]},
    "list": {"L": [{"S": "x"}, {"L": []}, {"M": {"S": {"N": "0"}}}, {"B": b"\xfe"}, {"BS": [b"\x00"]}]},
    "map": {"M": {"B": {"S": "a key that is called like a type"}, "": {"M": {"": {"S": "x"}}}}},
}
REFUSED = {
    "ConditionExpression": "attribute_not_exists(pk)",
    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
}


@pytest.fixture
async def client(dynamodb: LocalDynamoDB) -> AsyncIterator[Any]:
    async with dynamodb.client() as client:
        yield client


async def _create_table(client: Any, name: str = "orders") -> None:
    await client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


async def _got(client: Any) -> Any:
    return (await client.get_item(TableName="orders", Key=KEY_OF_ONE))["Item"]


async def _scanned(client: Any) -> Any:
    return (await client.scan(TableName="orders"))["Items"][0]


async def _replaced(client: Any) -> Any:
    return (await client.put_item(TableName="orders", Item=KEY_OF_ONE, ReturnValues="ALL_OLD"))["Attributes"]


async def _refused(client: Any) -> Any:
    with pytest.raises(client.exceptions.ConditionalCheckFailedException) as caught:
        await client.put_item(TableName="orders", Item=KEY_OF_ONE, **REFUSED)
    return caught.value.response["Item"]


async def _refused_in_transaction(client: Any) -> Any:
    with pytest.raises(client.exceptions.TransactionCanceledException) as caught:
        await client.transact_write_items(
            TransactItems=[{"Put": {"TableName": "orders", "Item": KEY_OF_ONE, **REFUSED}}]
        )
    return caught.value.response["CancellationReasons"][0]["Item"]


def _accepts_connections(url: str) -> bool:
    host, port = url.removeprefix("http://").split(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


async def test_each_one_has_tables_of_its_own() -> None:
    """Two that are open at once do not see each other's tables, and neither is there afterwards."""
    async with LocalDynamoDB() as first, LocalDynamoDB() as second:
        async with first.client() as one, second.client() as other:
            await _create_table(one)
            assert (await one.list_tables())["TableNames"] == ["orders"]
            assert (await other.list_tables())["TableNames"] == []
        urls = first.endpoint_url, second.endpoint_url
        assert all(_accepts_connections(url) for url in urls)
    assert not any(_accepts_connections(url) for url in urls)


async def test_it_can_be_opened_again_and_is_empty_then() -> None:
    """Closing forgets the tables; the same object can be opened once more."""
    dynamodb = LocalDynamoDB()
    async with dynamodb, dynamodb.client() as client:
        await _create_table(client)
    async with dynamodb, dynamodb.client() as client:
        assert (await client.list_tables())["TableNames"] == []


async def test_reset_forgets_tables_and_keeps_clients(dynamodb: LocalDynamoDB, client: Any) -> None:
    """After a reset a table can be created again, over the client that was open before."""
    await _create_table(client)
    await dynamodb.reset()
    await _create_table(client)
    assert (await client.list_tables())["TableNames"] == ["orders"]


async def test_starting_leaves_the_event_loop_free() -> None:
    """Other tasks run while it starts."""
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    async with LocalDynamoDB():
        counting.cancel()
    assert turns > 100


async def test_cancelling_the_start_leaves_no_process() -> None:
    """A start that is cancelled is undone, and the object can be opened afterwards."""
    dynamodb = LocalDynamoDB()
    opening = asyncio.create_task(dynamodb.__aenter__())
    await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    with pytest.raises(DDBModelError, match="not open"):
        _ = dynamodb.endpoint_url
    async with dynamodb:
        assert _accepts_connections(dynamodb.endpoint_url)


def test_it_opens_without_an_event_loop() -> None:
    """`with` does what `async with` does."""
    with LocalDynamoDB() as dynamodb:
        assert _accepts_connections(dynamodb.endpoint_url)
        dynamodb.reset_now()


def test_its_process_ends_with_the_program_that_opened_it() -> None:
    """A program that is killed, and so closes nothing, leaves no process behind."""
    program = (
        "from ddbmodel.testing import LocalDynamoDB\n"
        "with LocalDynamoDB() as dynamodb:\n"
        "    print(dynamodb.endpoint_url.rpartition(':')[2], flush=True)\n"
        "    input()\n"
    )
    owner = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with owner:
        assert owner.stdout is not None
        port = int(owner.stdout.readline())
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            owner.kill()
            with contextlib.suppress(ConnectionResetError):  # the other way for a connection to end
                assert connection.recv(1) == b"", "the connection ends when the process does"


async def test_a_taken_port_is_an_error_that_says_so(dynamodb: LocalDynamoDB) -> None:
    """The error of a start that failed says why."""
    port = int(dynamodb.endpoint_url.rpartition(":")[2])
    with pytest.raises(DDBModelError, match=r"did not start: .*in use"):
        await LocalDynamoDB(port=port).__aenter__()


def test_without_moto_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening without moto says what to install."""
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        process_module.importlib.util, "find_spec", lambda name: None if name == "moto" else find_spec(name)
    )
    with pytest.raises(ModuleNotFoundError, match=r"ddbmodel\[testing\]") as caught:
        LocalDynamoDB().__enter__()
    assert caught.value.name == "moto"


def test_opening_twice_is_refused() -> None:
    """An object that is open does not lose its process by being opened again."""
    with LocalDynamoDB() as dynamodb:
        with pytest.raises(DDBModelError, match="open already"):
            dynamodb.__enter__()
        assert _accepts_connections(dynamodb.endpoint_url)


@pytest.mark.parametrize("use", [LocalDynamoDB.client, LocalDynamoDB.reset_now], ids=["client", "reset"])
def test_using_it_before_opening_says_what_to_do(use: Any) -> None:
    """What is not open says so."""
    with pytest.raises(DDBModelError, match="not open"):
        use(LocalDynamoDB())


def test_it_imports_neither_moto_nor_aioboto3() -> None:
    """Importing the room, and opening and closing what it offers, loads nothing heavy into the program."""
    program = (
        "import sys\n"
        "from ddbmodel.testing import LocalDynamoDB\n"
        "with LocalDynamoDB(): pass\n"
        "print(sorted({'moto', 'botocore', 'aiobotocore', 'aioboto3'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert done.stdout == "[]\n"
    assert done.stderr == ""


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "ALL_PROXY"])
async def test_proxies_of_the_environment_are_not_used(
    dynamodb: LocalDynamoDB, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A proxy that is meant for the internet does not get the requests to loopback."""
    monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with dynamodb.client() as client:
        assert (await client.list_tables())["TableNames"] == []


@pytest.mark.parametrize("read", [_got, _scanned, _replaced, _refused, _refused_in_transaction])
async def test_values_of_every_type_come_back(client: Any, read: Callable[[Any], Awaitable[Any]]) -> None:
    """What is put is what comes back, byte for byte, in whatever reply."""
    await _create_table(client)
    await client.put_item(TableName="orders", Item=ITEM)
    assert await read(client) == ITEM


@pytest.mark.parametrize("sort_key", [[], ["sk"]], ids=["partition key", "sort key as well"])
async def test_a_refused_transaction_leaves_everything_as_it_was(client: Any, sort_key: list[str]) -> None:
    """What a transaction has updated in place, put and deleted is undone when a later condition is false."""
    names = ["pk", *sort_key]
    await client.create_table(
        TableName="kept",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        KeySchema=[
            {"AttributeName": name, "KeyType": role}
            for name, role in zip(names, ["HASH", "RANGE"], strict=False)
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    keys = [{name: {"S": which} for name in names} for which in "abcd"]
    for key in keys[:3]:
        await client.put_item(TableName="kept", Item={**key, "figures": {"L": [{"N": "1"}]}})
    before = (await client.scan(TableName="kept"))["Items"]
    update = {
        "UpdateExpression": "SET figures[0] = :n, latest = :n",
        "ExpressionAttributeValues": {":n": {"N": "2"}},
    }
    with pytest.raises(client.exceptions.TransactionCanceledException):
        await client.transact_write_items(
            TransactItems=[
                {"Update": {"TableName": "kept", "Key": keys[0], **update}},
                {"Delete": {"TableName": "kept", "Key": keys[1]}},
                {"Put": {"TableName": "kept", "Item": keys[3]}},
                {"Put": {"TableName": "kept", "Item": keys[2], **REFUSED}},
            ]
        )
    assert (await client.scan(TableName="kept"))["Items"] == before


async def test_what_moto_lacks_is_an_unknown_operation(client: Any) -> None:
    """An operation that moto does not know is refused, and not repeated as a server's error would be."""
    with pytest.raises(ClientError) as caught:
        await client.list_imports()
    assert caught.value.response["Error"]["Code"] == "UnknownOperationException"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


async def test_conditional_writes_at_the_same_time_succeed_once(client: Any) -> None:
    """Of many writers that all demand that there be no item, one writes."""
    await _create_table(client)

    async def claim(owner: int) -> bool:
        try:
            await client.put_item(
                TableName="orders",
                Item={**KEY_OF_ONE, "owner": {"N": str(owner)}},
                ConditionExpression="attribute_not_exists(pk)",
            )
        except client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    assert sum(await asyncio.gather(*(claim(owner) for owner in range(20)))) == 1


async def test_one_server_serves_several_event_loops(dynamodb: LocalDynamoDB, client: Any) -> None:
    """A loop in another thread sees the same tables."""
    await _create_table(client)
    seen: list[str] = []

    async def look() -> None:
        async with dynamodb.client() as other:
            seen.extend((await other.list_tables())["TableNames"])

    thread = threading.Thread(target=lambda: asyncio.run(look()))
    thread.start()
    await asyncio.to_thread(thread.join)
    assert seen == ["orders"]
