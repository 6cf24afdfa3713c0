"""The batch writer's deadline: what is sent, what is awaited, and what fails, in virtual time."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ddbmodel import ExpressionError, MapperClosed, RateLimit, UnprocessedItems
from ddbmodel.mapper.backoff import Backoff
from ddbmodel.mapper.batch_writer import BatchWriter
from tests.unit.mapper.batch_writing import balanced, put_all, stored, thing, writer_on
from tests.unit.mapper.strict_table import Fault, StrictTable, reply_lost, throttled
from tests.unit.mapper.virtual_time import run

PASSED = "the deadline of 3 s passed before this was written"


def leave(table: StrictTable, count: int, **options: Any) -> tuple[BatchWriter, float]:
    """Put so many through a writer with a deadline of 3 s that fails some of them; when it was left."""

    async def main() -> tuple[BatchWriter, float]:
        writer = writer_on(table, deadline_seconds=3, **options)
        with pytest.raises(UnprocessedItems, match="deadline of 3 s"):
            async with writer:
                await put_all(writer, range(count))
        return writer, asyncio.get_running_loop().time()

    return run(main())


def test_in_time_it_makes_no_difference() -> None:
    """A writer that is done before its deadline leaves no timer behind, and nothing fails."""
    table = StrictTable()

    async def main() -> BatchWriter:
        async with writer_on(table, deadline_seconds=3) as writer:
            await put_all(writer, range(100))
        await asyncio.sleep(20)
        return writer

    assert run(main()).report.written == len(table.items) == 100


def test_after_the_deadline_nothing_is_sent() -> None:
    """What is under way comes to its end; what waits fails with the reason, and was not sent."""
    table = StrictTable(then=Fault(seconds=1.4))
    writer, seconds = leave(table, 100)
    assert [exchange.began for exchange in table.exchanges] == pytest.approx([0, 1.4, 2.8])
    assert seconds == pytest.approx(4.2)
    assert writer.report.written == len(table.items) == 75
    assert {(failure.reason, failure.attempts, failure.unknown) for failure in writer.report.failed} == {
        (PASSED, 0, False)
    }
    assert balanced(writer)


def test_what_would_be_sent_again_fails() -> None:
    """A request that ends after the deadline in vain is not repeated, and its last attempt is told."""
    table = StrictTable(then=Fault(unprocessed=frozenset(range(10)), seconds=4.0))
    writer, seconds = leave(table, 25)
    assert len(table.exchanges) == 1
    assert seconds == pytest.approx(4)
    assert len(stored(table)) == writer.report.written == 15
    assert {(failure.reason, failure.attempts, failure.unknown) for failure in writer.report.failed} == {
        (f"{PASSED}; the last attempt: left unprocessed: the table had no capacity left for it", 1, False)
    }


def test_a_pause_ends_at_the_deadline() -> None:
    """Nobody waits for a try that will not be made."""
    table = StrictTable(then=throttled())
    backoff = Backoff(base_seconds=100, cap_seconds=1000, jitter=lambda: 1.0)
    writer, seconds = leave(table, 25, backoff=backoff)
    assert seconds == pytest.approx(3)
    assert {failure.reason for failure in writer.report.failed} == {
        f"{PASSED}; the last attempt: Throttled: as the test says"
    }


def test_waiting_for_the_budget_ends_at_the_deadline() -> None:
    """A request that is still waiting for its units then is never sent."""
    table = StrictTable()

    async def main() -> BatchWriter:
        limit = RateLimit(write_units_per_second=10, clock=lambda: asyncio.get_running_loop().time())
        writer = writer_on(table, deadline_seconds=3, rate_limit=limit)
        with pytest.raises(UnprocessedItems):
            async with writer:
                await put_all(writer, range(100))
        assert asyncio.get_running_loop().time() == pytest.approx(3)
        return writer

    writer = run(main())
    assert len(table.exchanges) == 2
    assert {failure.attempts for failure in writer.report.failed} == {0}


def test_a_reply_that_does_not_come_is_not_awaited_for_ever() -> None:
    """Five seconds after the deadline, requests still under way are given up, and reported as unknown."""
    table = StrictTable(then=Fault(seconds=1000.0))
    writer, seconds = leave(table, 60)
    assert seconds == pytest.approx(8)
    assert {(failure.attempts, failure.unknown) for failure in writer.report.failed} == {
        (1, True),
        (0, False),
    }
    assert sum(failure.unknown for failure in writer.report.failed) == 25
    assert balanced(writer)


def test_a_lost_reply_stays_unknown_after_the_deadline() -> None:
    """What may be in the table is told apart from what is not."""
    table = StrictTable([reply_lost(applied=True)], then=throttled())
    backoff = Backoff(base_seconds=100, cap_seconds=1000, jitter=lambda: 1.0)
    writer, _ = leave(table, 30, backoff=backoff)
    assert {failure.item.sk for failure in writer.report.failed if failure.unknown} == set(range(25))


def test_a_bad_write_is_not_looked_for_after_the_deadline() -> None:
    """Halves of a refused batch that were not sent yet are not sent any more."""
    table = StrictTable(
        refused=lambda item: item is not None and item["sk"]["N"] == "7", then=Fault(seconds=2.0)
    )
    writer, _ = leave(table, 25)
    assert max(exchange.began for exchange in table.exchanges) < 3
    assert balanced(writer)


def test_the_block_learns_of_the_deadline() -> None:
    """After it, `put` and `flush` do not wait: nothing more is accepted, and everything is settled."""
    table = StrictTable(then=Fault(seconds=100.0))

    async def main() -> BatchWriter:
        writer = writer_on(table, deadline_seconds=3)
        with pytest.raises(MapperClosed, match="deadline of 3 s passed") as raised:
            async with writer:
                await put_all(writer, range(75))
                waiting = asyncio.ensure_future(writer.put(thing(500)))
                await asyncio.sleep(3.5)
                with pytest.raises(MapperClosed, match="deadline"):
                    await waiting
                await writer.flush()
                assert asyncio.get_running_loop().time() == pytest.approx(8)
                await writer.put(thing(501))
        assert "75 of 75 accepted writes failed" in raised.value.__notes__[0]
        return writer

    writer = run(main())
    assert (writer.report.accepted, len(writer.report.failed)) == (75, 75)


@pytest.mark.parametrize("on_error", ["flush", "drop"])
def test_the_deadline_holds_while_the_writer_is_left(on_error: str) -> None:
    """Leaving by an exception does not outlast it."""
    table = StrictTable(then=Fault(seconds=2.0))

    async def main() -> BatchWriter:
        writer = writer_on(table, deadline_seconds=3, on_error=on_error)
        with pytest.raises(KeyError):
            async with writer:
                await put_all(writer, range(75))
                await asyncio.sleep(1)
                raise KeyError
        assert asyncio.get_running_loop().time() <= 4.01
        return writer

    writer = run(main())
    assert writer.report.written == len(table.items) == (50 if on_error == "flush" else 25)
    assert balanced(writer)


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), True, "3"])
def test_a_deadline_is_a_positive_number(seconds: Any) -> None:
    """Anything else is refused before anything is sent."""
    with pytest.raises(ExpressionError, match="deadline_seconds is a positive number"):
        writer_on(StrictTable(), deadline_seconds=seconds)
