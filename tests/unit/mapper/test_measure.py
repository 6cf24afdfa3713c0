"""Measures: what they count, whose requests they count, and what they change on the wire."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import Any, ClassVar

import pytest

from ddbmodel import IndexUsage, Mapper, MapperClosed, ServiceError, Usage
from ddbmodel.mapper.exchange import answered
from ddbmodel.operations import PutItem
from tests.unit.mapper.telling import Answer, Other, Telling, Thing, mapper_on, refused, units

ITEM = {"thing_id": {"S": "a"}, "count": {"N": "1"}}
FOUND = Answer({"Item": ITEM})

Call = Callable[[Mapper], Awaitable[Any]]


async def _write_three(mapper: Mapper) -> None:
    async with mapper.batch_writer(concurrency=1) as writer:
        for name in "abc":
            await writer.put(Thing(thing_id=name))


ONE = "SELECT * FROM things WHERE thing_id = 'a'"
CHANGE = "UPDATE things SET count = 1 WHERE thing_id = 'a'"
COUNTED: list[tuple[str, Call, dict[str, Any], str, int, int]] = [
    ("get", lambda m: m.get(Thing, "a"), {"Item": ITEM}, "GetItem", 1, 0),
    ("get nothing", lambda m: m.get(Thing, "a"), {}, "GetItem", 0, 0),
    ("batch_get", lambda m: m.batch_get(Thing, ["a", "b"]), {"Responses": {"things": [ITEM]}}, "BatchGetItem", 1, 0),
    ("scan", lambda m: m.scan(Thing).all(), {"Items": [ITEM], "Count": 1, "ScannedCount": 3}, "Scan", 1, 0),
    ("count", lambda m: m.scan(Thing).count(), {"Count": 7, "ScannedCount": 7}, "Scan", 7, 0),
    ("query", lambda m: m.query(Thing).where(Thing.thing_id == "a").all(), {"Items": [ITEM]}, "Query", 1, 0),
    ("put", lambda m: m.put(Thing(thing_id="a")), {}, "PutItem", 0, 1),
    ("update", lambda m: m.update(Thing.key("a"), Thing.count.add(1)), {"Attributes": ITEM}, "UpdateItem", 0, 1),
    ("delete", lambda m: m.delete(Thing.key("a")), {}, "DeleteItem", 0, 1),
    ("batch writer", _write_three, {}, "BatchWriteItem", 0, 3),
    ("a batch of SELECTs", lambda m: m.execute_batch([ONE, ONE], model=Thing), {"Responses": [{"Item": ITEM}, {}]}, "BatchExecuteStatement", 1, 0),
    ("a batch of statements", lambda m: m.execute_batch([CHANGE, CHANGE]), {"Responses": [{}, {"Error": {"Code": "ThrottlingError"}}]}, "BatchExecuteStatement", 0, 1),
    ("SELECTs of one moment", lambda m: m.execute_transaction([ONE, ONE], model=Thing), {"Responses": [{"Item": ITEM}, {}]}, "ExecuteTransaction", 1, 0),
    ("a transaction of statements", lambda m: m.execute_transaction([CHANGE, f"EXISTS({ONE})"], model=Thing), {}, "ExecuteTransaction", 0, 1),
    ("delete a table", lambda m: m.delete_table(Thing, wait=False), {}, "DeleteTable", 0, 0),
]  # fmt: skip


@pytest.mark.parametrize(("call", "reply", "operation", "read", "written"), [case[1:] for case in COUNTED], ids=[case[0] for case in COUNTED])  # fmt: skip
async def test_requests_and_items_are_counted(
    call: Call, reply: dict[str, Any], operation: str, read: int, written: int
) -> None:
    """Each verb counts its requests under their operation, and the items that it read or wrote."""
    mapper = mapper_on(Telling(Answer(reply)))
    with mapper.measure() as usage:
        await call(mapper)
    assert (usage.requests, usage.operations) == (1, {operation: 1})
    assert (usage.items_read, usage.items_written) == (read, written)
    assert usage.seconds == 0.25


async def test_unprocessed_writes_are_not_written() -> None:
    """What a batch left is counted when a later request has written it."""
    left = [{"PutRequest": {"Item": {"thing_id": {"S": name}, "count": {"N": "0"}}}} for name in "ab"]
    mapper = mapper_on(Telling(Answer({"UnprocessedItems": {"things": left}})))
    with mapper.measure() as usage:
        await _write_three(mapper)
    assert (usage.requests, usage.items_written, usage.retries) == (2, 3, 0)


async def test_a_strange_reply_does_not_hide_that_something_was_written() -> None:
    """The reply comes through, the request is counted, and what nobody understands is not."""
    strange = {"ConsumedCapacity": [7]}
    mapper = mapper_on(Telling(Answer(strange)))
    with mapper.measure() as usage:
        assert await mapper._gateway.send(PutItem("things", ITEM)) == strange
    assert (usage.requests, usage.items_written, usage.capacity) == (1, 0, {})


async def test_repetitions_and_throttled_attempts_are_counted() -> None:
    """As the transport tells them, of requests that fail as well."""
    answers = [
        Answer(told={"attempts": 3, "throttles": 2, "seconds": 1.5}),
        refused("ThrottlingException", attempts=4, throttles=4, seconds=2.0),
    ]
    mapper = mapper_on(Telling(*answers))
    with mapper.measure() as usage:
        await mapper.put(Thing(thing_id="a"))
        with pytest.raises(ServiceError):
            await mapper.put(Thing(thing_id="a"))
    assert (usage.requests, usage.retries, usage.throttles, usage.seconds) == (2, 5, 6, 3.5)
    assert usage.items_written == 1


async def test_what_was_not_sent_is_not_counted() -> None:
    """The transport tells nothing of a request that it refuses by itself."""

    class Closed(Telling):
        async def send(self, request: Any) -> dict[str, Any]:
            raise MapperClosed("it is closed")

    mapper = mapper_on(Closed())
    with mapper.measure() as usage:
        with pytest.raises(MapperClosed):
            await mapper.get(Thing, "a")
    assert (usage.requests, usage.operations) == (0, {})


# Capacity ---------------------------------------------------------------------------------------------------


async def test_capacity_is_added_up_by_table_and_index() -> None:
    """Units of reads are read units, those of writes write units; the table's include its indexes'."""
    written = {
        "Table": {"CapacityUnits": 1.0},
        "GlobalSecondaryIndexes": {"by_count": {"CapacityUnits": 2.0}},
    }
    read = {"GlobalSecondaryIndexes": {"by_count": {"CapacityUnits": 0.5}}, "LocalSecondaryIndexes": {"by_day": {"CapacityUnits": 1.5}}}  # fmt: skip
    mapper = mapper_on(
        Telling(
            Answer({"ConsumedCapacity": units("things", 3.0, **written)}),
            Answer({"ConsumedCapacity": units("things", 2.0, **read)}),
            Answer({"Responses": {}, "ConsumedCapacity": [units("others", 0.5)]}),
        )
    )
    with mapper.measure() as usage:
        await mapper.put(Thing(thing_id="a"))
        await mapper.scan(Thing).all()
        await mapper.batch_get(Other, [1])
    assert list(usage.capacity) == ["things", "others"]
    things = usage.capacity["things"]
    assert (things.read_units, things.write_units) == (2.0, 3.0)
    assert things.indexes == {"by_count": IndexUsage(0.5, 2.0), "by_day": IndexUsage(1.5, 0.0)}
    assert usage.capacity["others"].read_units == 0.5
    assert (usage.read_units, usage.write_units) == (2.5, 3.0)
    assert str(usage) == (
        "3 requests: BatchGetItem 1, PutItem 1, Scan 1\n"
        "0 items read, 1 written\n"
        "0 retries, 0 throttles, 0.750 seconds in requests\n"
        "capacity units       read  write\n"
        "others                0.5      0\n"
        "things                  2      3\n"
        "  of which by_count   0.5      2\n"
        "  of which by_day     1.5      0\n"
        "all tables            2.5      3"
    )


async def test_an_engine_that_tells_no_capacity_counts_none() -> None:
    """There is no table then, and the totals are zero."""
    mapper = mapper_on(Telling(FOUND))
    with mapper.measure() as usage:
        await mapper.get(Thing, "a")
    assert (usage.capacity, usage.read_units, usage.write_units) == ({}, 0, 0)
    assert "capacity" not in str(usage)


class Transaction:
    """A request that tells reads and writes apart in its reply."""

    name: ClassVar[str] = "TransactWriteItems"
    method: ClassVar[str] = "transact_write_items"
    is_write: ClassVar[bool] = True
    table = None
    repeatable = True

    def to_wire(self) -> dict[str, Any]:
        return {"TransactItems": [{"Put": {}}, {"ConditionCheck": {}}, {"Delete": {}}]}


async def test_a_transaction_says_what_it_read_and_wrote() -> None:
    """Its reply tells read and write units apart, whatever the kind of the operation."""
    told = units("things", 6.0, ReadCapacityUnits=2.0, WriteCapacityUnits=4.0)
    transport = Telling(Answer({"ConsumedCapacity": [told]}))
    mapper = mapper_on(transport)
    with mapper.measure() as usage:
        await mapper._gateway.send(Transaction())
    assert (usage.read_units, usage.write_units, usage.items_written) == (2.0, 4.0, 2)
    assert transport.requests[0].to_wire() == Transaction().to_wire()


def test_the_items_of_a_read_transaction_are_counted() -> None:
    """Those that were found."""

    class Reading(Transaction):
        name = "TransactGetItems"

    assert answered(Reading(), None, {"Responses": [{"Item": ITEM}, {}]}).items_read == 1


# What is sent -----------------------------------------------------------------------------------------------


async def test_capacity_is_asked_for_while_a_measure_is_open_and_not_otherwise() -> None:
    """Inside, requests that can tell it ask for INDEXES; before and after, they are what they always are."""
    transport = Telling()
    mapper = mapper_on(transport)
    await mapper.get(Thing, "a")
    with mapper.measure():
        await mapper.get(Thing, "a")
        await mapper.batch_get(Thing, ["a"])
        await _write_three(mapper)
        await mapper.delete_table(Thing, wait=False)
    await mapper.get(Thing, "a")
    asked = [wire.pop("ReturnConsumedCapacity", None) for wire in transport.wires]
    assert asked == [None, "INDEXES", "INDEXES", "INDEXES", None, None]
    assert transport.requests[0] == transport.requests[-1]


async def test_another_task_s_requests_do_not_ask() -> None:
    """A measure changes nothing for tasks that are not inside of it."""
    transport = Telling()
    mapper = mapper_on(transport)
    opened, done = asyncio.Event(), asyncio.Event()

    async def outside() -> None:
        await opened.wait()
        await mapper.get(Thing, "outside")
        done.set()

    task = asyncio.create_task(outside())
    with mapper.measure() as usage:
        opened.set()
        await done.wait()
    await task
    assert usage.requests == 0
    assert "ReturnConsumedCapacity" not in transport.wires[0]


# Whose requests ---------------------------------------------------------------------------------------------


async def test_nested_measures_each_count() -> None:
    """The outer one counts what the inner one does, and what comes before and after."""
    mapper = mapper_on(Telling())
    with mapper.measure() as outer:
        await mapper.get(Thing, "a")
        with mapper.measure() as inner:
            await mapper.put(Thing(thing_id="a"))
        await mapper.get(Thing, "a")
    assert inner.operations == {"PutItem": 1}
    assert outer.operations == {"GetItem": 2, "PutItem": 1}


async def test_each_task_measures_its_own_requests() -> None:
    """Tasks that measure at once do not see each other; a measure around them counts them all."""
    mapper = mapper_on(Telling())

    async def work(times: int) -> Usage:
        with mapper.measure() as usage:
            for _ in range(times):
                await mapper.get(Thing, "a")
                await asyncio.sleep(0)
        return usage

    with mapper.measure() as around:
        usages = await asyncio.gather(*map(work, range(5)))
    assert [usage.requests for usage in usages] == [0, 1, 2, 3, 4]
    assert around.requests == 10


async def test_parallel_segments_are_counted() -> None:
    """They are read by tasks that start inside."""
    mapper = mapper_on(Telling())
    with mapper.measure() as usage:
        await mapper.scan(Thing, segments=5).all()
    assert usage.operations == {"Scan": 5}


async def test_chunks_of_a_batch_read_are_counted() -> None:
    """250 keys are three requests."""
    mapper = mapper_on(Telling())
    with mapper.measure() as usage:
        await mapper.batch_get(Thing, map(str, range(250)))
    assert usage.operations == {"BatchGetItem": 3}


async def test_a_writer_counts_where_it_was_opened() -> None:
    """Not where `put` is called: its requests may carry the writes of many tasks."""
    mapper = mapper_on(Telling())
    with mapper.measure() as around:
        async with mapper.batch_writer() as writer:
            with mapper.measure() as inside:
                await writer.put(Thing(thing_id="a"))
                await writer.flush()
    assert inside.requests == 0
    assert around.operations == {"BatchWriteItem": 1}


async def test_a_measure_counts_its_own_mapper_alone() -> None:
    """Another mapper's requests are another mapper's."""
    mine, other = mapper_on(Telling()), mapper_on(Telling())
    with mine.measure() as usage, other.measure() as others:
        await mine.get(Thing, "a")
    assert (usage.requests, others.requests) == (1, 0)


async def test_a_usage_stays_as_it_is_once_its_measure_was_left() -> None:
    """A task that goes on is not counted any more, nor is its request that was under way."""
    until = asyncio.Event()
    transport = Telling(Answer(until=until))
    mapper = mapper_on(transport)

    async def work() -> None:
        await mapper.get(Thing, "a")
        await mapper.get(Thing, "b")

    with mapper.measure() as usage:
        task = asyncio.create_task(work())
        await transport.arrived.wait()
    until.set()
    await task
    assert usage.requests == 0
    assert [wire.get("ReturnConsumedCapacity") for wire in transport.wires] == ["INDEXES", None]


async def test_a_measure_that_is_left_by_an_exception_is_closed() -> None:
    """It has counted what was sent until then."""
    mapper = mapper_on(Telling(FOUND))
    with pytest.raises(ZeroDivisionError), mapper.measure() as usage:
        await mapper.get(Thing, "a")
        raise ZeroDivisionError
    await mapper.get(Thing, "a")
    assert usage.requests == 1


async def test_a_measure_may_be_left_in_another_task() -> None:
    """As the teardown of a fixture or of a dependency may run in a task of its own."""
    mapper = mapper_on(Telling())
    stack = ExitStack()
    usage = stack.enter_context(mapper.measure())
    await mapper.get(Thing, "a")

    async def leave() -> None:
        stack.close()

    await asyncio.create_task(leave())
    await mapper.get(Thing, "a")
    assert usage.requests == 1


async def test_a_cancelled_request_is_counted() -> None:
    """It may have been sent, and it took its time."""
    transport = Telling(Answer(until=asyncio.Event()))
    mapper = mapper_on(transport)
    with mapper.measure() as usage:
        task = asyncio.create_task(mapper.put(Thing(thing_id="a")))
        await transport.arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert (usage.requests, usage.items_written) == (1, 0)
