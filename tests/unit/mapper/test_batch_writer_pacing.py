"""The batch writer's pace: the budget of write units, concurrency, and hot keys, in virtual time."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ddbmodel import ExpressionError, RateLimit
from ddbmodel.mapper.backoff import Backoff
from ddbmodel.mapper.batch_writer import BatchWriter
from tests.unit.mapper.batch_writing import Other, put_all, writer_on
from tests.unit.mapper.strict_table import (
    Exchange,
    Fault,
    StrictTable,
    no_connection,
    reply_lost,
    throttled,
)
from tests.unit.mapper.virtual_time import run

# The budget -------------------------------------------------------------------------------------------------


def loop_seconds() -> float:
    return asyncio.get_running_loop().time()


def limit(rate: float, **options: Any) -> RateLimit:
    return RateLimit(write_units_per_second=rate, clock=loop_seconds, **options)


def test_a_budget_is_kept() -> None:
    """A thousand small items at a hundred a second take nine seconds, after the burst."""
    table = StrictTable()

    async def main() -> float:
        async with writer_on(table, concurrency=8, rate_limit=limit(100)) as writer:
            await put_all(writer, range(1000))
        return loop_seconds()

    assert run(main()) == pytest.approx(9, abs=0.1)
    assert [exchange.began for exchange in table.exchanges[:8]] == pytest.approx(
        [0, 0, 0, 0, 0.25, 0.5, 0.75, 1]
    )


def test_big_items_cost_more() -> None:
    """An item of 10 KB is ten units."""
    table = StrictTable(units_per_write=10)

    async def main() -> float:
        async with writer_on(table, rate_limit=limit(100)) as writer:
            await put_all(writer, range(100), "x" * 10_000)
        return loop_seconds()

    assert run(main()) == pytest.approx(7.5, abs=0.1)


def test_indexes_are_paid_for() -> None:
    """What counts is what the service says was used, not what was estimated."""
    table = StrictTable(units_per_write=3)

    async def main() -> float:
        async with writer_on(table, rate_limit=limit(100)) as writer:
            await put_all(writer, range(1000))
        return loop_seconds()

    assert run(main()) == pytest.approx(28.5, abs=0.5)


@pytest.mark.parametrize("limited", [True, False])
def test_the_service_is_asked_what_was_used_if_there_is_a_budget(limited: bool) -> None:
    """Only then: the answer is bytes that nobody else reads."""
    table = StrictTable()

    async def main() -> None:
        async with writer_on(table, rate_limit=limit(100) if limited else None) as writer:
            await put_all(writer, range(3))

    run(main())
    assert [exchange.asks_capacity for exchange in table.exchanges] == [limited]


def test_writers_share_a_budget() -> None:
    """Two writers with one limit write as much as one would."""
    table = StrictTable()

    async def main() -> float:
        shared = limit(100)

        async def one(start: int) -> None:
            async with writer_on(table, concurrency=4, rate_limit=shared) as writer:
                await put_all(writer, range(start, start + 500))

        await asyncio.gather(one(0), one(500))
        return loop_seconds()

    assert run(main()) == pytest.approx(9, abs=0.1)


def test_shares_of_a_budget_add_up() -> None:
    """Four processes with a fourth each write as much as one with the whole."""
    table = StrictTable()

    async def main() -> float:
        whole = limit(100)

        async def one(start: int) -> None:
            async with writer_on(table, rate_limit=whole.split(4)) as writer:
                await put_all(writer, range(start, start + 250))

        await asyncio.gather(*(one(start) for start in range(0, 1000, 250)))
        return loop_seconds()

    assert run(main()) == pytest.approx(9, abs=0.1)


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        pytest.param(throttled(), 1.0, id="throttled: nothing was used"),
        pytest.param(no_connection(), 1.0, id="never sent"),
        pytest.param(Fault(unprocessed=frozenset(range(100))), 1.0, id="unprocessed"),
        pytest.param(reply_lost(applied=True), 2.0, id="nobody knows, so it counts"),
    ],
)
def test_what_was_not_used_is_given_back(fault: Fault, seconds: float) -> None:
    """A request that wrote nothing costs nothing; one whose reply was lost may have cost all."""
    table = StrictTable([fault])

    async def main() -> float:
        backoff = Backoff(jitter=lambda: 0.0)
        async with writer_on(table, rate_limit=limit(25), backoff=backoff) as writer:
            await put_all(writer, range(50))
        return loop_seconds()

    assert run(main()) == pytest.approx(seconds, abs=0.1)


def test_whoever_stops_waiting_gives_back_what_it_reserved() -> None:
    """A writer that is dropped while it waits for the budget leaves it to the others."""
    table = StrictTable()

    async def main() -> None:
        shared = limit(25)
        writer = writer_on(table, on_error="drop", rate_limit=shared)
        with pytest.raises(KeyError):
            async with writer:
                await put_all(writer, range(50))
                await asyncio.sleep(0.1)
                raise KeyError
        assert loop_seconds() < 0.2
        assert (writer.report.written, len(writer.report.failed)) == (25, 25)
        assert not any(failure.attempts or failure.unknown for failure in writer.report.failed)
        assert shared.wait_seconds(shared.line_up(25)) == pytest.approx(0.9, abs=0.01)

    run(main())


@pytest.mark.parametrize("given", [100, "fast", object()])
def test_a_rate_limit_is_a_rate_limit(given: Any) -> None:
    """Anything else is refused before anything is sent."""
    with pytest.raises(ExpressionError, match="rate_limit"):
        writer_on(StrictTable(), rate_limit=given)


# Concurrency ------------------------------------------------------------------------------------------------


def in_flight_at(table: StrictTable, moment: float) -> int:
    return sum(
        exchange.began <= moment and (exchange.ended is None or moment < exchange.ended)
        for exchange in table.exchanges
    )


class Small(StrictTable):
    """Takes so many writes a second, and leaves the rest unprocessed."""

    def __init__(self, per_second: float, **options: Any) -> None:
        super().__init__(**options)
        self._per_second = per_second
        self._tokens, self._at = per_second, 0.0

    async def _answer(self, exchange: Exchange, fault: Fault) -> dict[str, Any]:
        now = loop_seconds()
        self._tokens = min(self._per_second, self._tokens + (now - self._at) * self._per_second)
        self._at = now
        taken = min(len(exchange.writes), int(self._tokens))
        self._tokens -= taken
        return await super()._answer(
            exchange, Fault(unprocessed=frozenset(range(taken, 25)), seconds=fault.seconds)
        )


def test_a_table_that_refuses_gets_fewer_requests_at_once() -> None:
    """Sixteen workers on a table for a few: in the end a few requests are under way, and nothing is lost."""
    table = Small(400, then=Fault(seconds=0.1))

    async def main() -> BatchWriter:
        async with writer_on(table, concurrency=16) as writer:
            await put_all(writer, range(8000))
        return writer

    writer = run(main())
    assert writer.report.written == len(table.items) == 8000
    assert in_flight_at(table, 0.05) == 16
    late = [in_flight_at(table, 5 + second / 7) for second in range(70)]
    assert sum(late) / len(late) < 6
    last = table.exchanges[-1].ended
    assert last is not None
    assert last < 8000 / 400 * 1.3


@pytest.mark.parametrize(
    ("fault", "others"),
    [
        pytest.param(throttled(), 7, id="a table, as nothing is said"),
        pytest.param(throttled("TableWriteProvisionedThroughputExceeded"), 7, id="a table"),
        pytest.param(throttled("TableWriteAccountLimitExceeded"), 3, id="the account"),
        pytest.param(throttled(code="RequestLimitExceeded"), 3, id="the account, by its code"),
    ],
)
def test_the_reason_says_who_slows_down(fault: Fault, others: int) -> None:
    """A table's limit is its own, and the seven other workers go on elsewhere; an account's is everybody's.

    The request that was refused counts until its pause is over.
    """
    table = StrictTable([fault], then=Fault(seconds=1.0))

    async def main() -> None:
        backoff = Backoff(base_seconds=50, cap_seconds=100.0, jitter=lambda: 1.0)
        async with writer_on(table, concurrency=8, backoff=backoff) as writer:
            await writer.put(Other(pk=b"\x00"))
            flushing = asyncio.ensure_future(writer.flush())
            await asyncio.sleep(0.5)  # it was refused, and waits for its turn
            putting = asyncio.ensure_future(put_all(writer, range(500)))
            await asyncio.sleep(0.5)
            assert table.in_flight == others
            await putting
            await flushing

    run(main())
