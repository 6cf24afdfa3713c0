"""The batch writer, on a table in memory and in virtual time: packing, order, what it accepts, and flushing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from ddbmodel import (
    CodecError,
    ExpressionError,
    MapperClosed,
    WrongEventLoop,
)
from ddbmodel.mapper.backoff import Backoff
from ddbmodel.mapper.batch_writer import BatchWriter
from tests.unit.mapper.batch_writing import (
    Other,
    Thing,
    balanced,
    key,
    put_all,
    stored,
    thing,
    writer_on,
)
from tests.unit.mapper.strict_table import (
    Fault,
    StrictTable,
)
from tests.unit.mapper.virtual_time import run

# Packing ----------------------------------------------------------------------------------------------------


def test_batches_are_full() -> None:
    """Writes are packed by 25, and the last batch is what remains."""
    table = StrictTable()

    async def main() -> None:
        async with writer_on(table, concurrency=3) as writer:
            await put_all(writer, range(60))

    run(main())
    assert sorted(map(len, table.batches)) == [10, 25, 25]
    assert len(table.items) == 60


@pytest.mark.parametrize(
    ("text", "batches"),
    [
        pytest.param("x" * 400_000, [25], id="ASCII: 10 MB"),
        pytest.param("é" * 200_000, [13, 12], id="two bytes that JSON escapes to six"),
        pytest.param("\x00" * 400_000, [6, 6, 6, 6, 1], id="one byte that JSON escapes to six"),
    ],
)
def test_a_batch_has_16_mb_on_the_wire_at_most(text: str, batches: list[int]) -> None:
    """What counts is the request's JSON, which can be six times the item's metered size."""
    table = StrictTable()

    async def main() -> None:
        async with writer_on(table) as writer:
            for number in range(25):
                await writer.put(thing(number, text))

    run(main())
    assert [len(batch) for batch in table.batches] == batches
    assert table.violations == []


def test_tables_are_mixed_in_a_batch() -> None:
    """Items of several models travel in one request."""
    table = StrictTable()

    async def main() -> None:
        async with writer_on(table) as writer:
            await writer.put(thing(1))
            await writer.put(Other(pk=b"\x00"))
            await writer.delete(Other.key(b"\x01"))

    run(main())
    assert [len(batch) for batch in table.batches] == [3]
    assert {name for name, _ in table.items} == {"things", "others"}


def test_nothing_is_sent_for_nothing() -> None:
    """A writer that accepted nothing sends nothing."""
    table = StrictTable()

    async def main() -> None:
        async with writer_on(table) as writer:
            await writer.flush()

    run(main())
    assert table.batches == []


def test_requests_run_side_by_side() -> None:
    """As many requests are under way at once as `concurrency` says, and no more."""
    table = StrictTable()

    async def main() -> None:
        async with writer_on(table, concurrency=3) as writer:
            await put_all(writer, range(500))

    run(main())
    assert table.most_in_flight == 3


# Order and duplicates ---------------------------------------------------------------------------------------


def test_the_last_write_to_a_key_wins() -> None:
    """A write that waits is replaced by a later one to its key, and counted as superseded."""
    table = StrictTable()

    async def main() -> BatchWriter:
        async with writer_on(table) as writer:
            await writer.put(thing(1, "first"))
            await writer.put(thing(2, "only"))
            await writer.put(thing(1, "last"))
        return writer

    writer = run(main())
    assert stored(table) == {1: "last", 2: "only"}
    assert (writer.report.accepted, writer.report.written, writer.report.superseded) == (3, 2, 1)
    assert table.history[key(1)] == [table.items[key(1)]]


@pytest.mark.parametrize("last", ["put", "delete"])
def test_puts_and_deletes_of_a_key_keep_their_order(last: str) -> None:
    """Whatever is accepted last for a key is what remains."""
    table = StrictTable()

    async def main() -> None:
        async with writer_on(table) as writer:
            for verb in ("put", "delete", "put", last):
                await (writer.put(thing(1)) if verb == "put" else writer.delete(Thing.key("p", 1)))

    run(main())
    assert (key(1) in table.items) == (last == "put")


def test_a_write_waits_for_the_one_to_its_key_that_is_under_way() -> None:
    """Two requests with the same key are never under way at once, so the later write lands later."""
    table = StrictTable([Fault(seconds=5.0)])

    async def main() -> None:
        async with writer_on(table, concurrency=4) as writer:
            await put_all(writer, range(25), "old")
            await asyncio.sleep(1)  # the first request is under way
            await put_all(writer, range(25), "new")
            await put_all(writer, range(25, 50), "new")

    run(main())
    assert set(stored(table).values()) == {"new"}
    assert [item and item["text"]["S"] for item in table.history[key(3)]] == ["old", "new"]
    # The others did not wait.
    assert [len(batch) for batch in table.batches] == [25, 25, 25]
    assert table.batches[1][0].key == key(25)


def test_a_write_that_is_to_be_sent_again_yields_to_a_later_one() -> None:
    """What was left unprocessed is not sent again once a later write to its key has been accepted."""
    table = StrictTable([Fault(unprocessed=frozenset((0,)))])

    async def main() -> BatchWriter:
        async with writer_on(table, backoff=Backoff(jitter=lambda: 1.0)) as writer:
            await writer.put(thing(1, "old"))
            flushing = asyncio.ensure_future(writer.flush())
            await asyncio.sleep(0.05)  # the first try is over, the pause has begun
            await writer.put(thing(1, "new"))
            await flushing
            assert stored(table) == {1: "new"}
        return writer

    writer = run(main())
    assert len(table.batches) == 2
    assert writer.report.superseded == 1
    assert balanced(writer)


def test_the_object_may_change_after_it_was_accepted() -> None:
    """What is written is the model as it was when it was accepted."""
    table = StrictTable()

    async def main() -> None:
        async with writer_on(table) as writer:
            one = thing(1, "accepted")
            await writer.put(one)
            one.text = "changed"

    run(main())
    assert stored(table) == {1: "accepted"}


def test_many_tasks_share_a_writer() -> None:
    """Nothing is lost where a hundred tasks put through one writer."""
    table = StrictTable([Fault(unprocessed=frozenset(range(0, 25, 2)))] * 20)

    async def main() -> BatchWriter:
        async with writer_on(table, concurrency=4) as writer, asyncio.TaskGroup() as tasks:
            for start in range(100):
                tasks.create_task(put_all(writer, range(start * 20, start * 20 + 20)))
        return writer

    writer = run(main())
    assert len(table.items) == writer.report.written == writer.report.accepted == 2000


# Not accepted -----------------------------------------------------------------------------------------------


def test_what_cannot_be_stored_is_not_accepted() -> None:
    """A put that fails to encode raises at once, and is not counted."""
    table = StrictTable()

    async def main() -> BatchWriter:
        async with writer_on(table) as writer:
            await writer.put(thing(1))
            with pytest.raises(CodecError, match="key attribute"):
                await writer.put(Thing(pk="", sk=2))
            with pytest.raises(CodecError):
                await writer.delete(Thing.key("p", "2"))
            with pytest.raises(ExpressionError, match="put takes a model"):
                await writer.put({"pk": "p"})  # type: ignore[arg-type]  # what is tested
            with pytest.raises(ExpressionError, match="delete takes a key"):
                await writer.delete("p")  # type: ignore[arg-type]  # what is tested
        return writer

    assert run(main()).report.accepted == 1
    assert len(table.items) == 1


@pytest.mark.parametrize("concurrency", [0, -1, 1.5, True, "4"])
def test_concurrency_is_a_whole_number(concurrency: Any) -> None:
    """Anything but a whole number from 1 on is refused."""
    with pytest.raises(ExpressionError, match="concurrency"):
        writer_on(StrictTable(), concurrency=concurrency)


def test_on_error_is_explicit() -> None:
    """There are two ways to leave by an exception, and no third."""
    with pytest.raises(ExpressionError, match="on_error"):
        writer_on(StrictTable(), on_error="ignore")


USES: dict[str, Callable[[BatchWriter], Any]] = {
    "put": lambda writer: writer.put(thing(1)),
    "delete": lambda writer: writer.delete(thing(1)),
    "flush": lambda writer: writer.flush(),
}


@pytest.mark.parametrize("verb", USES)
def test_it_is_used_inside_of_its_block(verb: str) -> None:
    """Before its block, and after it, a writer says that it is not open."""

    async def main() -> None:
        writer = writer_on(StrictTable())
        with pytest.raises(MapperClosed, match="async with"):
            await USES[verb](writer)
        async with writer:
            await USES[verb](writer)
        with pytest.raises(MapperClosed, match="async with"):
            await USES[verb](writer)

    run(main())


@pytest.mark.parametrize("verb", USES)
def test_it_belongs_to_one_event_loop(verb: str) -> None:
    """From another event loop, a writer says where it belongs."""

    async def main() -> None:
        async with writer_on(StrictTable()) as writer:
            with pytest.raises(WrongEventLoop, match="another event loop"):
                await asyncio.to_thread(lambda: run(USES[verb](writer)))

    asyncio.run(main())


def test_it_is_used_once() -> None:
    """A second block with the same writer, nested or later, is refused."""

    async def main() -> None:
        writer = writer_on(StrictTable())
        async with writer:
            with pytest.raises(MapperClosed, match="used once"):
                async with writer:
                    pytest.fail("the block must not run")
        with pytest.raises(MapperClosed, match="used once"):
            await writer.__aenter__()

    run(main())


def test_two_writers_can_be_nested() -> None:
    """Writers have nothing to do with each other."""
    table = StrictTable()

    async def main() -> None:
        async with writer_on(table) as outer, writer_on(table) as inner:
            await put_all(outer, range(30))
            await put_all(inner, range(30, 60))

    run(main())
    assert len(table.items) == 60


# Back-pressure ----------------------------------------------------------------------------------------------


def test_put_waits_while_the_backlog_is_full() -> None:
    """A table that does not answer holds up whoever puts, so memory is bounded."""
    table = StrictTable(then=Fault(seconds=1000.0))

    async def main() -> None:
        async with writer_on(table, concurrency=2) as writer:
            putting = asyncio.ensure_future(put_all(writer, range(1000)))
            await asyncio.sleep(400)
            assert writer.report.accepted == 2 * 25 + 2 * 50
            await putting

    run(main())
    assert len(table.items) == 1000


def test_blocked_writes_do_not_block_the_others() -> None:
    """However many writes wait behind others to their keys, the writer goes on."""
    table = StrictTable([Fault(seconds=100.0)] * 3)

    async def main() -> BatchWriter:
        async with writer_on(table, concurrency=3) as writer:
            for _ in range(10):
                await put_all(writer, range(75))
            await put_all(writer, range(75, 2000))
        return writer

    writer = run(main())
    assert len(table.items) == 2000
    assert balanced(writer)


def test_writes_are_accepted_in_the_order_of_the_calls() -> None:
    """Also where they have to wait for room: of two calls for one key, the second one wins."""
    table = StrictTable(then=Fault(seconds=10.0))

    async def main() -> None:
        async with writer_on(table) as writer:
            await put_all(writer, range(75))  # 25 under way, 50 waiting: full
            calls = [
                asyncio.ensure_future(writer.put(thing(number, str(call))))
                for call in range(3)
                for number in (500, 501, 30)
            ]
            await asyncio.gather(*calls)

    run(main())
    assert {number: stored(table)[number] for number in (500, 501, 30)} == {500: "2", 501: "2", 30: "2"}


def test_cancelled_while_waiting_for_room_it_is_not_accepted() -> None:
    """A put that is cancelled while it waits leaves no trace, and takes nobody's place."""
    table = StrictTable(then=Fault(seconds=10.0))

    async def main() -> BatchWriter:
        async with writer_on(table) as writer:
            await put_all(writer, range(75))
            waiting = [asyncio.ensure_future(writer.put(thing(number))) for number in range(100, 110)]
            await asyncio.sleep(1)
            for task in waiting[::2]:
                task.cancel()
            assert writer.report.accepted == 75
            results = await asyncio.gather(*waiting, return_exceptions=True)
            assert [isinstance(result, asyncio.CancelledError) for result in results] == [True, False] * 5
        return writer

    writer = run(main())
    assert writer.report.accepted == writer.report.written == len(table.items) == 80


def test_whoever_waits_for_room_is_turned_away_when_the_writer_is_left() -> None:
    """Puts of other tasks that were not accepted before the block ended raise, and are not written."""
    table = StrictTable(then=Fault(seconds=10.0))

    async def main() -> BatchWriter:
        async with writer_on(table) as writer:
            await put_all(writer, range(75))
            late = [asyncio.ensure_future(writer.put(thing(number))) for number in range(100, 110)]
            await asyncio.sleep(1)
        results = await asyncio.gather(*late, return_exceptions=True)
        assert {type(result) for result in results} == {MapperClosed}
        return writer

    writer = run(main())
    assert writer.report.accepted == writer.report.written == len(table.items) == 75


# Flushing ---------------------------------------------------------------------------------------------------


def test_flush_writes_what_was_accepted() -> None:
    """After a flush, what was accepted before it is in the table."""
    table = StrictTable([Fault(unprocessed=frozenset((1, 2)))])

    async def main() -> None:
        async with writer_on(table) as writer:
            await put_all(writer, range(7))
            assert table.batches == []
            await writer.flush()
            assert len(table.items) == 7
            assert writer.report.pending == 0
            await put_all(writer, range(7, 9))
            assert writer.report.pending == 2

    run(main())
    assert len(table.items) == 9


def test_flush_does_not_wait_for_later_writes() -> None:
    """It ends although other tasks go on writing all the time."""
    table = StrictTable()

    async def main() -> None:
        async with writer_on(table) as writer:
            await writer.put(thing(0))
            endless = asyncio.ensure_future(put_all(writer, range(1, 10**9)))
            await writer.flush()
            assert stored(table)[0] is None
            endless.cancel()

    run(main())


def test_flush_waits_for_the_successor_of_a_write() -> None:
    """If a write is superseded while it is flushed, the flush ends with the later one written."""
    table = StrictTable([Fault(seconds=1.0), Fault(seconds=10.0)])

    async def main() -> None:
        async with writer_on(table) as writer:
            await writer.put(thing(1, "under way"))
            first = asyncio.ensure_future(writer.flush())
            await asyncio.sleep(0.1)
            await writer.put(thing(1, "waiting"))
            second = asyncio.ensure_future(writer.flush())
            await asyncio.sleep(0.1)
            await writer.put(thing(1, "last"))
            await asyncio.gather(first, second)
            assert stored(table) == {1: "last"}

    run(main())
    assert len(table.batches) == 2


def test_flushes_can_overlap_and_be_cancelled() -> None:
    """A flush that is cancelled takes nothing from the others."""
    table = StrictTable(then=Fault(seconds=1.0))

    async def main() -> BatchWriter:
        async with writer_on(table, concurrency=2) as writer:
            flushes = []
            for number in range(20):
                await writer.put(thing(number))
                flushes.append(asyncio.ensure_future(writer.flush()))
                await asyncio.sleep(0.1)
                if number % 3 == 0:
                    flushes[-1].cancel()
            await asyncio.gather(*flushes, return_exceptions=True)
            await put_all(writer, range(20, 30))
            await asyncio.sleep(100)
            assert writer.report.pending == 10  # nobody flushes any more, so a batch waits until it is full
        return writer

    assert run(main()).report.written == len(table.items) == 30
