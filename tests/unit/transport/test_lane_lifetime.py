"""The life of a lane: one client, many tasks, one event loop, and an end."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import boto3  # type: ignore[import-untyped]  # it ships no types
import pytest

from ddbmodel.errors import ConnectionFailed, MapperClosed, WriteOutcomeUnknown, WrongEventLoop
from ddbmodel.operations import GetItem, PutItem
from ddbmodel.transport import RetryPolicy, RetryRules
from ddbmodel.transport.client_lane import ClientLane
from ddbmodel.transport.connect import ConnectOptions, LaneChoice, attach, connect
from tests.unit.operations.expressions import Expression
from tests.unit.transport.conftest import ACCESS_KEY, SECRET_KEY, Lane, MakeClient, MakeLane, OverClient
from tests.unit.transport.scripted_server import Play, ScriptedServer, answer, fault

KEY = {"pk": {"S": "c1"}}
READ = GetItem("orders", KEY)
PUT = PutItem("orders", KEY)
CONDITIONAL = PutItem("orders", KEY, condition=Expression("status"))
WRONG_CRC = Play(headers={"x-amz-crc32": "1"})


def _options(server: ScriptedServer, lane: LaneChoice, **more: Any) -> ConnectOptions:
    return ConnectOptions(
        region_name="eu-west-1",
        endpoint_url=server.url,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        lane=lane,
        **more,
    )


async def test_one_lane_serves_many_tasks_at_once(make_lane: MakeLane, server: ScriptedServer) -> None:
    """Each gets its own answer, and one task's bad reply is no other's."""
    lane = await make_lane(rules=RetryRules(max_attempts=21))
    server.script.extend([answer({"Item": KEY}), WRONG_CRC, fault("ThrottlingException")] * 10)
    replies = await asyncio.gather(*(lane.send(READ) for _ in range(30)))
    assert len(replies) == 30
    assert len(server.received) == 50
    assert lane.statistics.retries == 20


async def test_a_reply_that_comes_after_closing_is_checked(
    make_client: MakeClient, server: ScriptedServer, choice: LaneChoice, caplog: pytest.LogCaptureFixture
) -> None:
    """A client of the user stays open, so a request under way may still be answered; then it is at rest."""
    client = await make_client()
    lane = attach(client, choice)
    holds = [asyncio.Event(), asyncio.Event()]
    server.script.append(Play(hold=holds[0], headers={"x-amz-crc32": "1"}))
    server.script.append(Play(hold=holds[1]))
    bad = asyncio.create_task(lane.send(CONDITIONAL))
    await _arrivals(server, 1)
    good = asyncio.create_task(lane.send(READ))
    await _arrivals(server, 2)
    await lane.close()
    holds[0].set()
    with pytest.raises(WriteOutcomeUnknown):
        await bad
    holds[1].set()
    await good
    assert "not checked" not in caplog.text
    server.script.append(WRONG_CRC)
    await client.get_item(TableName="orders", Key=KEY)


async def _arrivals(server: ScriptedServer, count: int) -> None:
    while len(server.received) < count:
        server.arrived.clear()
        await server.arrived.wait()


async def test_closing_closes_the_client_that_was_opened(server: ScriptedServer, choice: LaneChoice) -> None:
    """And once is enough: closing again does nothing. No connection is left to be warned about."""
    lane = await connect(_options(server, choice))
    await lane.send(READ)
    await lane.close()
    await lane.close()
    del lane
    gc.collect()
    with pytest.raises(MapperClosed, match="has been closed"):
        await _closed(server, choice)


async def _closed(server: ScriptedServer, choice: LaneChoice) -> None:
    lane = await connect(_options(server, choice))
    await lane.close()
    await lane.send(READ)


async def test_a_lane_that_was_never_used_closes(server: ScriptedServer, choice: LaneChoice) -> None:
    """Opening alone sends nothing."""
    await (await connect(_options(server, choice))).close()
    assert server.received == []


@pytest.mark.parametrize("closed", [True, False], ids=["after closing", "while open"])
async def test_what_else_uses_the_client_is_left_alone(
    make_client: MakeClient, server: ScriptedServer, choice: LaneChoice, closed: bool
) -> None:
    """The user's own calls on the client are parsed and retried as ever."""
    for retries, plays in ((1, [WRONG_CRC]), (2, [fault("InternalServerError", status=500), answer()])):
        client = await make_client(retries={"mode": "standard", "total_max_attempts": retries})
        lane = attach(client, choice)
        if closed:
            await lane.close()
        server.script.extend(plays)
        await client.get_item(TableName="orders", Key=KEY)
        await lane.close()
    assert len(server.received) == 3


async def test_a_client_of_the_user_stays_open(
    make_client: MakeClient, server: ScriptedServer, choice: LaneChoice
) -> None:
    """The lane ends, the client does not."""
    client = await make_client()
    lane = attach(client, choice)
    await lane.close()
    await client.get_item(TableName="orders", Key=KEY)
    with pytest.raises(MapperClosed):
        await lane.send(READ)
    assert len(server.received) == 1


async def test_after_a_lane_the_client_has_the_handlers_it_had(
    make_client: MakeClient, choice: LaneChoice
) -> None:
    """Handlers are registered once, however many lanes there are, and the last lane takes them away."""
    client = await make_client(retries={"mode": "standard"})

    def handlers() -> list[list[object]]:
        events = (
            "before-send.dynamodb.GetItem",
            "before-parse.dynamodb.GetItem",
            "needs-retry.dynamodb.GetItem",
        )
        return [list(client.meta.events._emitter._handlers.prefix_search(event)) for event in events]

    before = handlers()
    first, second = attach(client, choice), attach(client, choice)
    during = handlers()
    await first.close()
    assert handlers() == during
    await second.close()
    assert handlers() == before
    assert [len(now) - len(then) for now, then in zip(during, before, strict=True)] == [1, 1, 1]


async def test_two_lanes_share_a_client(
    make_client: MakeClient, server: ScriptedServer, pauses: Any, over: OverClient
) -> None:
    """Closing one leaves the other one's checks in place."""
    client = await make_client()
    first, second = over(client), over(client, policy=RetryPolicy(), sleep=pauses)
    await first.close()
    server.script.append(WRONG_CRC)
    await second.send(READ)
    assert len(server.received) == 2
    await second.close()


async def test_requests_under_way_when_the_lane_closes_fail_clearly(
    server: ScriptedServer, choice: LaneChoice
) -> None:
    """A read was interrupted; writes may have been applied, and say so in their own ways."""
    lane = await connect(_options(server, choice))
    server.script.extend([Play(hold=asyncio.Event())] * 3)
    tasks = [asyncio.create_task(lane.send(request)) for request in (READ, CONDITIONAL, PUT)]
    await _arrivals(server, 3)
    await lane.close()
    read, conditional, put = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(read, MapperClosed)
    assert isinstance(conditional, WriteOutcomeUnknown)
    assert isinstance(put, ConnectionFailed)
    assert "may or may not have been applied" in str(put)
    assert len(server.received) == 3


async def test_a_lane_closed_during_a_pause_sends_no_more(
    make_client: MakeClient, server: ScriptedServer, over: OverClient
) -> None:
    """A throttled request that waits for its next attempt ends when the lane does."""

    async def close_instead(_: float) -> None:
        await lane.close()

    lane = over(await make_client(), policy=RetryPolicy(), sleep=close_instead)
    server.script.append(fault("ThrottlingException"))
    with pytest.raises(MapperClosed, match="under way"):
        await lane.send(CONDITIONAL)
    assert len(server.received) == 1


async def test_cancellation_passes_through(lane: Lane, server: ScriptedServer) -> None:
    """A cancelled task ends as cancelled; the lane goes on."""
    server.script.append(Play(hold=asyncio.Event()))
    task = asyncio.create_task(lane.send(CONDITIONAL))
    await server.arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await lane.send(READ))["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert len(server.received) == 2


async def test_a_timeout_of_the_caller_passes_through(lane: Lane, server: ScriptedServer) -> None:
    """`asyncio.timeout` is the caller's business, and is not taken for the client's."""
    server.script.append(Play(hold=asyncio.Event()))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await lane.send(READ)


async def test_cancellation_during_a_pause_passes_through(
    make_client: MakeClient, server: ScriptedServer, over: OverClient
) -> None:
    """Waiting for the next attempt can be cancelled as well."""

    async def cancelled(_: float) -> None:
        raise asyncio.CancelledError

    lane = over(await make_client(), policy=RetryPolicy(), sleep=cancelled)
    server.script.append(fault("ThrottlingException"))
    with pytest.raises(asyncio.CancelledError):
        await lane.send(READ)
    await lane.close()


async def test_another_loop_is_refused(lane: Lane, server: ScriptedServer) -> None:
    """Connections belong to a loop; the message says to open a mapper in each."""

    def elsewhere() -> None:
        asyncio.run(_send(lane))

    with pytest.raises(WrongEventLoop, match="open a mapper in each loop"):
        await asyncio.to_thread(elsewhere)
    assert server.received == []
    await lane.send(READ)


async def _send(lane: Lane) -> None:
    await lane.send(READ)


async def test_another_loop_cannot_close_it_either(lane: Lane) -> None:
    """It stays open for its own."""

    def elsewhere() -> None:
        asyncio.run(lane.close())

    with pytest.raises(WrongEventLoop):
        await asyncio.to_thread(elsewhere)
    await lane.send(READ)


async def test_a_lane_made_outside_of_a_loop_belongs_to_the_first_one_that_uses_it(
    make_client: MakeClient, server: ScriptedServer, over: OverClient
) -> None:
    """A mapper can be made where no loop runs, around a client that is open."""
    lane = await asyncio.to_thread(over, await make_client())
    await lane.send(READ)
    with pytest.raises(WrongEventLoop):
        await asyncio.to_thread(asyncio.run, _send(lane))
    await lane.close()


@pytest.mark.parametrize("wrong", [None, object(), "dynamodb"])
async def test_what_is_not_a_client_is_refused(wrong: object) -> None:
    """The message says what to pass."""
    with pytest.raises(TypeError, match="is not an open DynamoDB client: pass"):
        ClientLane(wrong)


async def test_a_client_that_was_not_entered_is_refused(session: Any) -> None:
    """`session.client("dynamodb")` is only the promise of a client."""
    promise = session.client("dynamodb")
    with pytest.raises(TypeError, match="not an open DynamoDB client"):
        ClientLane(promise)
    async with promise:
        pass


async def test_a_blocking_client_is_refused() -> None:
    """boto3's client would block the loop, and its replies cannot be awaited."""
    client = boto3.client("dynamodb", "eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
    with pytest.raises(TypeError, match="blocks the event loop"):
        ClientLane(client)
    client.close()


class EventlessClient:
    """A client of some future version, without events."""

    def __init__(self, client: Any) -> None:
        self._client = client

    async def get_item(self, **parameters: Any) -> Any:
        return await self._client.get_item(**parameters)

    async def put_item(self, **parameters: Any) -> Any:
        return await self._client.put_item(**parameters)

    async def batch_write_item(self, **parameters: Any) -> Any:
        return await self._client.batch_write_item(**parameters)


async def test_a_client_without_events_works_unchecked_and_says_so_once(
    make_client: MakeClient, server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    """What cannot be seen is not checked, and a failure counts as having been sent."""
    lane = ClientLane(EventlessClient(await make_client()))
    for _ in range(2):
        await lane.send(READ)
    server.script.append(Play(reset=True))
    with pytest.raises(WriteOutcomeUnknown):
        await lane.send(CONDITIONAL)
    warnings = [record for record in caplog.records if record.name == "ddbmodel.transport"]
    assert ["not checked" in record.getMessage() for record in warnings] == [True]
    await lane.close()
