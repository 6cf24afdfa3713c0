"""Hot keys in the batch writer: they wait by themselves, and nothing else does."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ddbmodel import UnprocessedItems
from ddbmodel.mapper.backoff import Backoff
from ddbmodel.mapper.batch_writer import BatchWriter
from tests.unit.mapper.batch_writing import Thing, balanced, writer_on
from tests.unit.mapper.strict_table import Exchange, Fault, StrictTable, throttled
from tests.unit.mapper.virtual_time import run

KEY_RANGE = "TableWriteKeyRangeThroughputExceeded"


class Partitions(StrictTable):
    """Takes so many writes a second for the partition key "hot", and as many as come for all others.

    Attributes:
        moments: when each of its items was written.
        wasted: how many writes to the hot key were refused.
    """

    def __init__(self, per_second: float) -> None:
        super().__init__()
        self._per_second = per_second
        self._tokens, self._at = min(1.0, per_second), 0.0
        self.moments: dict[str, list[float]] = {}
        self.wasted = 0

    async def _answer(self, exchange: Exchange, fault: Fault) -> dict[str, Any]:
        now = asyncio.get_running_loop().time()
        self._tokens = min(max(1.0, self._per_second), self._tokens + (now - self._at) * self._per_second)
        self._at = now
        refused: list[int] = []
        for place, write in enumerate(exchange.writes):
            (_name, _kind, partition), *_ = write.key[1]
            if partition == "hot" and self._tokens < 1:
                refused.append(place)
                continue
            self._tokens -= partition == "hot"
            self.moments.setdefault(partition[:3], []).append(now)
        self.wasted += len(refused)
        if len(refused) == len(exchange.writes):
            return await super()._answer(exchange, throttled(KEY_RANGE))
        return await super()._answer(exchange, Fault(unprocessed=frozenset(refused)))


async def put(writer: BatchWriter, partition: str, numbers: range, text: str | None = None) -> None:
    for number in numbers:
        await writer.put(Thing(pk=partition, sk=number, text=text))


async def put_others(writer: BatchWriter, count: int) -> None:
    for number in range(count):
        await writer.put(Thing(pk=f"cold {number}", sk=0))


def test_a_hot_key_does_not_hold_up_the_others() -> None:
    """Sixty writes to a key that takes ten a second take six seconds; two thousand others are done long before."""
    table = Partitions(10)

    async def main() -> BatchWriter:
        async with writer_on(table, concurrency=2) as writer:
            await asyncio.gather(put(writer, "hot", range(60)), put_others(writer, 2000))
        return writer

    writer = run(main())
    assert writer.report.written == len(table.items) == 2060
    assert table.violations == []
    assert max(table.moments["col"]) < 1.5
    assert 5 < max(table.moments["hot"]) < 30


def test_a_key_that_is_always_hot_wastes_little() -> None:
    """Of a stream into one key, at a tenth of a partition, few writes are refused, and most of the rate is used."""
    table = Partitions(100)

    async def main() -> BatchWriter:
        async with writer_on(table, concurrency=2) as writer:
            await asyncio.gather(put(writer, "hot", range(2000)), put_others(writer, 300))
        return writer

    writer = run(main())
    assert writer.report.written == 2300
    assert max(table.moments["hot"]) < 40
    assert table.wasted < 1000


def test_memory_stays_bounded_with_hot_keys() -> None:
    """Writes that wait for their key take up room like all others, so `put` waits for them too."""
    table = Partitions(1)
    most = 0

    async def main() -> BatchWriter:
        nonlocal most
        async with writer_on(table, concurrency=2) as writer:
            for number in range(400):
                await writer.put(Thing(pk="hot" if number % 2 else f"cold {number}", sk=number))
                most = max(most, writer.report.pending)
        return writer

    writer = run(main())
    assert writer.report.written == 400
    assert 100 < most <= 2 * 50 + 2 * 25


def test_a_later_write_takes_the_place_of_one_that_is_held_back() -> None:
    """While a key rests, writes to it are superseded as any others, and keep their order."""
    table = Partitions(0.5)

    async def main() -> BatchWriter:
        async with writer_on(table, concurrency=2) as writer:
            for text in "abcdefghij":
                await put(writer, "hot", range(5), text)
                await asyncio.sleep(0.3)
                flushing = asyncio.ensure_future(writer.flush())
                await asyncio.sleep(0.3)
            await flushing
        return writer

    writer = run(main())
    assert {item["text"]["S"] for item in table.items.values()} == {"j"}
    assert writer.report.superseded > 20
    assert balanced(writer)
    for written in table.history.values():
        texts = [item["text"]["S"] for item in written if item is not None]
        assert texts == sorted(texts)


def test_a_key_range_slows_its_keys_and_not_the_table() -> None:
    """A request that is refused as its keys are hot leaves the number of requests as it is."""
    table = StrictTable([throttled(KEY_RANGE)], then=Fault(seconds=1.0))

    async def main() -> None:
        async with writer_on(table, concurrency=4, backoff=Backoff(jitter=lambda: 1.0)) as writer:
            await put(writer, "hot", range(25))
            await asyncio.sleep(0.02)
            putting = asyncio.ensure_future(put_others(writer, 300))
            await asyncio.sleep(0.001)
            assert table.in_flight == 4  # the worker that was refused has not waited
            assert all(write.key[1][0][2] != "hot" for batch in table.batches[1:5] for write in batch)
            await putting

    run(main())
    assert len(table.items) == 325


@pytest.mark.parametrize("on_error", ["flush", "drop"])
def test_what_is_held_back_is_accounted_for(on_error: str) -> None:
    """Left by an exception, writes that wait for their key are written, or reported with what happened to them."""
    table = Partitions(20)

    async def main() -> BatchWriter:
        writer = writer_on(table, on_error=on_error)
        with pytest.raises(KeyError):
            async with writer:
                await put(writer, "hot", range(25))
                await asyncio.sleep(0.5)
                raise KeyError
        return writer

    writer = run(main())
    assert balanced(writer)
    if on_error == "flush":
        assert writer.report.written == len(table.items) == 25
    else:
        assert {failure.item.sk for failure in writer.report.failed} == set(range(25)) - {
            int(item["sk"]["N"]) for item in table.items.values()
        }
        assert not any(failure.unknown for failure in writer.report.failed)


def test_a_key_that_never_takes_anything_ends() -> None:
    """Writes to a key that is refused for ever fail after twelve requests, with the reason."""
    table = Partitions(0)

    async def main() -> BatchWriter:
        writer = writer_on(table)
        with pytest.raises(UnprocessedItems, match="Throttled"):
            async with writer:
                await put(writer, "hot", range(10))
        return writer

    writer = run(main())
    assert [failure.attempts for failure in writer.report.failed] == [12] * 10
    assert balanced(writer)
