"""The batch writer left by an exception, or cancelled."""

from __future__ import annotations

import asyncio

import pytest

from ddbmodel import (
    ConnectionFailed,
    UnprocessedItems,
)
from ddbmodel.mapper.batch_writer import BatchWriter
from tests.unit.mapper.batch_writing import (
    Pauses,
    Thing,
    balanced,
    put_all,
    stored,
    writer_on,
)
from tests.unit.mapper.strict_table import (
    Fault,
    StrictTable,
    no_connection,
    reply_lost,
    throttled,
)
from tests.unit.mapper.virtual_time import run

# Left by an exception, or cancelled -------------------------------------------------------------------------


def test_left_by_an_exception_it_writes_what_it_accepted() -> None:
    """With "flush", accepted writes are written, and the exception goes on its way."""
    table = StrictTable()

    async def main() -> BatchWriter:
        writer = writer_on(table)
        with pytest.raises(KeyError):
            async with writer:
                await put_all(writer, range(30))
                raise KeyError
        return writer

    assert run(main()).report.written == len(table.items) == 30


def test_the_last_writes_are_not_given_up() -> None:
    """A table that takes nothing, and then little, while the writer is left, gets all of it in the end."""
    few = [Fault(unprocessed=frozenset(range(kept, 25))) for kept in (1, 3, 2)]
    table = StrictTable([*[throttled() for _ in range(8)], *few, throttled()])

    async def main() -> BatchWriter:
        async with writer_on(table) as writer:
            await put_all(writer, range(9))
            assert not table.items
        return writer

    report = run(main()).report
    assert (report.written, report.failed, len(table.items)) == (9, [], 9)
    assert len(table.exchanges) > 9


def test_left_by_an_exception_it_drops_what_it_accepted() -> None:
    """With "drop", requests under way end as they end, and the rest is reported as failed, and never sent."""
    table = StrictTable(then=Fault(seconds=1.0))

    async def main() -> BatchWriter:
        writer = writer_on(table, on_error="drop")
        with pytest.raises(KeyError) as raised:
            async with writer:
                await put_all(writer, range(30))
                await asyncio.sleep(0.1)
                raise KeyError
        assert raised.value.__notes__ == [
            "batch writer: 5 of 30 accepted writes failed: the batch writer was left before this was written"
        ]
        return writer

    writer = run(main())
    assert writer.report.written == len(table.items) == 25
    assert [(failure.item.sk, failure.attempts, failure.unknown) for failure in writer.report.failed] == [
        (number, 0, False) for number in range(25, 30)
    ]
    assert balanced(writer)


def test_dropping_does_not_wait_for_a_pause() -> None:
    """Writes that wait to be sent again are dropped at once, with the reason of their last attempt."""
    table = StrictTable(then=throttled())

    async def main() -> BatchWriter:
        pauses = Pauses(base_seconds=500.0, cap_seconds=1000.0)
        writer = writer_on(table, on_error="drop", backoff=pauses.backoff)
        with pytest.raises(KeyError):
            async with writer:
                await put_all(writer, range(25))
                await asyncio.sleep(1)
                raise KeyError
        assert asyncio.get_running_loop().time() < 2
        return writer

    (failure, *_) = run(main()).report.failed
    assert failure.attempts == 1
    assert not failure.unknown
    assert failure.reason == (
        "the batch writer was left before this was written; the last attempt: Throttled: as the test says"
    )


@pytest.mark.parametrize("on_error", ["flush", "drop"])
def test_cancelled_once_it_accounts_for_everything(on_error: str) -> None:
    """A task that is cancelled inside of the block leaves it as by any exception: flushed or dropped."""
    table = StrictTable(then=Fault(seconds=1.0))

    async def main() -> BatchWriter:
        writer = writer_on(table, on_error=on_error)

        async def work() -> None:
            async with writer:
                await put_all(writer, range(1000))

        task = asyncio.ensure_future(work())
        await asyncio.sleep(3.5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return writer

    writer = run(main())
    report = writer.report
    assert report.accepted == 4 * 25 + 50
    assert report.written == len(table.items) == (150 if on_error == "flush" else 100)
    assert balanced(writer)


@pytest.mark.parametrize("times", [2, 3, 4])
def test_cancelled_again_it_stops_at_once(times: int) -> None:
    """Cancelled while it flushes, the writer stops, and says which writes may have been applied."""
    table = StrictTable(then=Fault(seconds=1.0))

    async def main() -> BatchWriter:
        writer = writer_on(table, concurrency=2)

        async def work() -> None:
            async with writer:
                await put_all(writer, range(1000))

        task = asyncio.ensure_future(work())
        await asyncio.sleep(0.6)
        for _ in range(times):
            task.cancel()
            await asyncio.sleep(0)
        assert balanced(writer)
        with pytest.raises(asyncio.CancelledError):
            await task
        assert asyncio.get_running_loop().time() < 1
        return writer

    writer = run(main())
    unknown = {failure.item.sk for failure in writer.report.failed if failure.unknown}
    assert unknown == set(range(50)) == set(stored(table))
    assert {failure.attempts for failure in writer.report.failed if not failure.unknown} == {0}
    assert writer.report.failed[0].reason == (
        "the batch writer was left before this was written while a request with it was under way"
    )
    assert balanced(writer)


def test_an_exception_is_not_replaced() -> None:
    """What left the block is raised, with a note about failed writes; they are in the report."""
    table = StrictTable(then=throttled())

    async def main() -> BatchWriter:
        writer = writer_on(table)
        with pytest.raises(KeyError) as raised:
            async with writer:
                await put_all(writer, range(3))
                raise KeyError
        assert "3 of 3 accepted writes failed: Throttled" in raised.value.__notes__[0]
        return writer

    assert len(run(main()).report.failed) == 3


def test_no_task_stays_behind() -> None:
    """Whichever way the writer is left, its workers have ended."""

    async def main() -> None:
        for on_error in ("flush", "drop"):
            with pytest.raises(KeyError):
                async with writer_on(
                    StrictTable(then=throttled()), concurrency=5, on_error=on_error
                ) as writer:
                    await put_all(writer, range(30))
                    raise KeyError
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run(main())


def test_values_are_in_no_text() -> None:
    """Neither errors nor notes, reprs or reports in text show what was written."""
    secret = "hunter2"
    table = StrictTable([throttled()], refused=lambda item: True)

    async def main() -> list[str]:
        writer = writer_on(table)
        with pytest.raises(UnprocessedItems) as raised:
            async with writer:
                await writer.put(Thing(pk=secret, sk=1, text=secret))
                await writer.delete(Thing.key(secret, 2))
        return [str(raised.value), repr(raised.value), repr(writer.report), str(writer.report), repr(writer)]

    assert not [text for text in run(main()) if secret in text]


def test_a_failure_after_a_lost_reply_and_connection_errors_is_kept_apart() -> None:
    """Only writes that were in the request whose reply was lost may be in the table."""
    table = StrictTable([reply_lost(applied=True)], then=no_connection())

    async def main() -> BatchWriter:
        writer = writer_on(table)
        with pytest.raises(UnprocessedItems, match=ConnectionFailed.__name__):
            async with writer:
                await put_all(writer, range(25))
                await put_all(writer, range(25, 30))
        return writer

    writer = run(main())
    assert {failure.item.sk: failure.unknown for failure in writer.report.failed} == {
        number: number < 25 for number in range(30)
    }
