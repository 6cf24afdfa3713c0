"""When waiting writes become a batch, and what the backlog still counts after it was abandoned."""

from __future__ import annotations

import asyncio

import pytest

from ddbmodel import MapperClosed
from ddbmodel.mapper.backlog import Backlog
from ddbmodel.mapper.backoff import Backoff
from ddbmodel.mapper.batch_writer import BatchWriter
from ddbmodel.mapper.entry import entry_for_put
from ddbmodel.mapper.pacing import HotKeys
from tests.unit.mapper.batch_writing import put_all, thing, writer_on
from tests.unit.mapper.strict_table import Fault, StrictTable, throttled
from tests.unit.mapper.virtual_time import run

# 1.2 MB on the wire: 13 of them make a batch.
BIG = "é" * 200_000


def test_16_mb_are_a_batch_without_a_flush() -> None:
    """A batch that is full by its bytes is sent at once, however few writes it has."""
    table = StrictTable()

    async def main() -> None:
        async with writer_on(table) as writer:
            await put_all(writer, range(14), BIG)
            await asyncio.sleep(1)
            assert [len(batch) for batch in table.batches] == [13]

    run(main())


def test_what_was_sent_weighs_no_more() -> None:
    """After big writes have gone, a few small ones wait for a full batch again."""
    table = StrictTable()

    async def main() -> None:
        async with writer_on(table) as writer:
            await put_all(writer, range(14), BIG)
            await asyncio.sleep(1)
            await put_all(writer, range(20, 25))
            await asyncio.sleep(1)
            assert [len(batch) for batch in table.batches] == [13]

    run(main())
    assert [len(batch) for batch in table.batches] == [13, 6]


def test_what_was_superseded_weighs_no_more() -> None:
    """A small write in the place of a big one does not make a batch full."""
    table = StrictTable()

    async def main() -> None:
        async with writer_on(table) as writer:
            for _ in range(20):
                await writer.put(thing(1, BIG))
                await writer.put(thing(1, "small"))
            await asyncio.sleep(1)
            assert table.batches == []

    run(main())


def test_unblocked_writes_count_for_the_next_batch() -> None:
    """Writes that waited behind others to their keys are sent when those are done, if they fill a batch."""
    table = StrictTable([Fault(seconds=10.0)])

    async def main() -> None:
        async with writer_on(table) as writer:
            await put_all(writer, range(14), BIG)
            await asyncio.sleep(1)  # thirteen are under way, one waits
            await put_all(writer, range(13), BIG)
            await asyncio.sleep(20)
            assert [len(batch) for batch in table.batches] == [13, 13]

    run(main())


def test_an_idle_worker_takes_what_another_one_has_unblocked() -> None:
    """Writes that wait behind a batch do not wait for the pause that follows it."""
    table = StrictTable([Fault(unprocessed=frozenset((24,)), seconds=1.0)])

    async def main() -> None:
        backoff = Backoff(base_seconds=500.0, cap_seconds=1000.0, jitter=lambda: 1.0)
        async with writer_on(table, concurrency=2, backoff=backoff) as writer:
            await put_all(writer, range(25))
            await asyncio.sleep(0.1)
            await put_all(writer, range(24))
            await writer.put(thing(30))
            await asyncio.sleep(2)
            assert [len(batch) for batch in table.batches] == [25, 25]

    run(main())


@pytest.mark.parametrize("on_error", ["flush", "drop"])
def test_everybody_who_waits_for_room_is_turned_away(on_error: str) -> None:
    """Also where nothing is taken any more, and where many wait."""
    table = StrictTable(then=throttled())
    late: list[asyncio.Future[None]] = []

    async def main() -> BatchWriter:
        writer = writer_on(table, on_error=on_error)
        with pytest.raises(KeyError):
            async with writer:
                await put_all(writer, range(75))
                late.extend(asyncio.ensure_future(writer.put(thing(number))) for number in range(100, 400))
                await asyncio.sleep(0.05)
                raise KeyError
        results = await asyncio.gather(*late, return_exceptions=True)
        assert {type(result) for result in results} == {MapperClosed}
        return writer

    assert run(main()).report.accepted == 75


def test_after_it_was_abandoned_nothing_counts_twice() -> None:
    """A reply that comes late changes nothing of what was reported."""
    table = StrictTable()

    async def main() -> Backlog:
        backlog = Backlog(10, HotKeys(lambda: 0.0, lambda strikes: 1.0))
        for number in range(3):
            await backlog.add(entry_for_put(table.gateway, thing(number)))
        draining = asyncio.ensure_future(backlog.drain())
        await asyncio.sleep(0)
        first, second, third = await backlog.take([])
        backlog.written([first])
        backlog.abandon("the end")
        backlog.written([second])
        backlog.fail(third, "late")
        await draining
        assert await backlog.take([]) == []
        return backlog

    report = run(main()).report
    assert (report.accepted, report.written, len(report.failed), report.pending) == (3, 1, 2, 0)
    assert {failure.reason for failure in report.failed} == {"the end"}
