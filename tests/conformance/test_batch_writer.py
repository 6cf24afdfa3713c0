"""The batch writer on every engine, also where part of a batch comes back and replies get lost."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from ddbmodel import (
    Attr,
    CodecError,
    ConnectionFailed,
    GlobalIndex,
    Mapper,
    Model,
    TableNotFound,
    Throttled,
    UnprocessedItems,
    field,
    partition_key,
    sort_key,
)
from ddbmodel.mapper.backoff import Backoff
from ddbmodel.mapper.batch_writer import BatchWriter
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.operations import BatchWriteItem
from ddbmodel.transport import Statistics, WireRequest
from ddbmodel.transport.connect import attach
from tests.engines.engine import Engine


class Reading(Model, table="readings"):
    sensor: Attr[str] = partition_key(attribute="pk")
    second: Attr[Decimal] = sort_key(attribute="sk")
    value: Attr[float | None] = field(default=None)
    kind: Attr[str] = field(default="plain")

    by_kind = GlobalIndex(partition_key="kind", sort_key="second")


class Blob(Model, table="blobs"):
    digest: Attr[bytes] = partition_key()
    data: Attr[bytes] = field(default=b"")


class Nowhere(Model, table="nowhere"):
    number: Attr[int] = partition_key()


def reading(number: int, value: float | None = None) -> Reading:
    return Reading(sensor=f"s{number % 7}", second=Decimal(number) / 4, value=value)


@pytest.fixture
async def readings(mapper: Mapper) -> Mapper:
    """A mapper with a table of readings."""
    await mapper.create_table(Reading)
    return mapper


async def stored(mapper: Mapper) -> dict[tuple[str, Decimal], float | None]:
    return {(one.sensor, one.second): one.value async for one in mapper.scan(Reading)}


async def test_the_last_of_many_writes_to_a_key_wins(readings: Mapper) -> None:
    """A thousand puts over 700 keys, from ten tasks: no error, nothing lost, the last put of each key is there."""
    rng = random.Random(5)
    expected: dict[tuple[str, Decimal], float | None] = {}

    async def put(writer: BatchWriter, count: int) -> None:
        for _ in range(count):
            one = reading(rng.randrange(700), rng.random())
            await writer.put(one)
            expected[one.sensor, one.second] = one.value

    async with readings.batch_writer(concurrency=4) as writer, asyncio.TaskGroup() as tasks:
        for _ in range(10):
            tasks.create_task(put(writer, 100))
    report = writer.report
    assert report.accepted == 1000 == report.written + report.superseded
    assert report.written >= len(expected)
    assert await stored(readings) == expected


async def test_puts_and_deletes_keep_their_order(readings: Mapper) -> None:
    """Whatever was accepted last for a key is what remains, over several flushes."""
    rng = random.Random(6)
    expected: dict[tuple[str, Decimal], float | None] = {}
    async with readings.batch_writer(concurrency=3) as writer:
        for step in range(600):
            one = reading(rng.randrange(60), rng.random())
            if rng.random() < 0.4:
                await writer.delete(one if step % 2 else Reading.key(one.sensor, one.second))
                expected.pop((one.sensor, one.second), None)
            else:
                await writer.put(one)
                expected[one.sensor, one.second] = one.value
            if step % 170 == 0:
                await writer.flush()
    assert writer.report.pending == 0
    assert await stored(readings) == expected


async def test_tables_are_mixed(readings: Mapper) -> None:
    """Models of several tables go through one writer, with binary and number keys."""
    await readings.create_table(Blob)
    async with readings.batch_writer() as writer:
        for number in range(40):
            await writer.put(reading(number, 0.1))
            await writer.put(Blob(digest=bytes([number, 0]), data=b"\xff"))
        await writer.delete(Blob.key(b"\x00\x00"))
    assert len(await stored(readings)) == 40
    assert await readings.scan(Blob).count() == 39
    assert await readings.query(Reading).where(Reading.kind == "plain").count() == 40


async def test_a_missing_table_fails_its_own_writes_only(readings: Mapper) -> None:
    """The writes to the other table are written, and those to the missing one are reported."""
    writer = readings.batch_writer()
    with pytest.raises(UnprocessedItems, match=TableNotFound.__name__) as raised:
        async with writer:
            for number in range(12):
                await writer.put(reading(number))
                await writer.put(Nowhere(number=number))
    assert sorted(failure.item.number for failure in raised.value.leftover) == list(range(12))
    assert len(await stored(readings)) == 12


async def test_what_cannot_be_stored_fails_alone(readings: Mapper) -> None:
    """A put that raises is not accepted, and the writer goes on."""
    async with readings.batch_writer() as writer:
        await writer.put(reading(1))
        with pytest.raises(CodecError):
            await writer.put(reading(2, float("nan")))
        await writer.put(reading(3))
    assert writer.report.accepted == writer.report.written == 2


# aiohttp's own, shown only where warnings are: aiobotocore hands it a batch of megabytes as bytes.
@pytest.mark.filterwarnings("ignore:Sending a large body directly:ResourceWarning")
async def test_big_items_are_packed_by_bytes(readings: Mapper) -> None:
    """Thirty items of 390 KB, whose bytes are longer on the wire, take more than two requests and arrive."""
    await readings.create_table(Blob)
    before = readings.statistics.requests
    async with readings.batch_writer(concurrency=1) as writer:
        for number in range(33):
            await writer.put(Blob(digest=bytes([number]), data=bytes(390 * 1024)))
    assert readings.statistics.requests == before + 2
    found = await readings.batch_get(Blob, [bytes([number]) for number in range(33)])
    assert {len(blob.data) for blob in found if blob is not None} == {390 * 1024}
    assert None not in found


# Faults -------------------------------------------------------------------------------------------------------


class Faulty:
    """A transport that leaves writes unprocessed, throttles, and loses replies, at random but always the same."""

    def __init__(self, inner: Any, seed: int) -> None:
        self._inner = inner
        self._random = random.Random(seed)
        self.statistics = Statistics()

    async def close(self) -> None:
        await self._inner.close()

    async def send(self, request: WireRequest) -> dict[str, Any]:
        assert isinstance(request, BatchWriteItem)
        fault = self._random.randrange(6)
        if fault == 0:
            raise Throttled("slow down", operation=request.name, code="ThrottlingException")
        if fault == 1:
            await self._inner.send(request)
            raise ConnectionFailed("lost", operation=request.name, code="ReadTimeout")
        if fault == 2:
            raise ConnectionFailed("lost", operation=request.name, code="ReadTimeout")
        if fault == 3:
            return await self._partly(request)
        reply: dict[str, Any] = await self._inner.send(request)
        return reply

    async def _partly(self, request: BatchWriteItem) -> dict[str, Any]:
        left = [write for write in request.writes if self._random.random() < 0.5]
        done = tuple(write for write in request.writes if write not in left)
        if done:
            await self._inner.send(replace(request, writes=done))
        unprocessed: dict[str, Any] = {}
        for write in left:
            unprocessed.setdefault(write.table, []).append(write.to_wire())
        return {"UnprocessedItems": unprocessed}


@pytest.fixture
async def faulty(engine: Engine, readings: Mapper, table_prefix: str) -> AsyncIterator[Gateway]:
    """A way to the engine on which much goes wrong."""
    async with engine.client() as client:
        transport = Faulty(attach(client, "client"), seed=7)
        yield Gateway(transport, table_prefix)
        await transport.close()


async def _no_sleep(seconds: float) -> None:
    await asyncio.sleep(0)


async def test_nothing_is_lost_through_faults(readings: Mapper, faulty: Gateway) -> None:
    """Random writes through random faults leave what a dictionary would hold."""
    rng = random.Random(8)
    expected: dict[tuple[str, Decimal], float | None] = {}
    writer = BatchWriter(faulty, concurrency=3, backoff=Backoff(sleep=_no_sleep))
    async with writer:
        for _ in range(1000):
            one = reading(rng.randrange(300), rng.random())
            if rng.random() < 0.3:
                await writer.delete(one)
                expected.pop((one.sensor, one.second), None)
            else:
                await writer.put(one)
                expected[one.sensor, one.second] = one.value
    report = writer.report
    assert report.accepted == 1000 == report.written + report.superseded
    assert report.retries > 0
    assert await stored(readings) == expected


async def test_cancelled_it_knows_what_may_be_there(readings: Mapper, faulty: Gateway) -> None:
    """After a hard stop the report adds up, and what is neither written nor unknown is not in the table."""
    writer = BatchWriter(faulty, concurrency=3, backoff=Backoff(sleep=_no_sleep))

    async def work() -> None:
        async with writer:
            for number in range(10_000):
                await writer.put(reading(number, float(number)))

    task = asyncio.ensure_future(work())
    for _ in range(1_000_000):  # turns of the event loop, far more than it takes
        if writer.report.written >= 100:
            break
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    report = writer.report
    assert report.accepted == report.written + report.superseded + len(report.failed)
    surely_not = {failure.item.value for failure in report.failed if not failure.unknown}
    perhaps = {failure.item.value for failure in report.failed if failure.unknown}
    there = set((await stored(readings)).values())
    assert not there & surely_not
    assert len(there - perhaps) == report.written
