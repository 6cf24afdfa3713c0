"""Random writes through random faults: nothing is lost, nothing is doubled, everything is accounted for."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from ddbmodel import AccessDenied, Attr, Model, RateLimit, ReplyCorrupt, UnprocessedItems, partition_key
from ddbmodel.mapper.backoff import Backoff
from ddbmodel.mapper.batch_writer import BatchWriter, OnError
from ddbmodel.mapper.write_report import WriteReport
from ddbmodel.model import plan_of
from tests.unit.mapper.strict_table import (
    Fault,
    Key,
    StrictTable,
    no_connection,
    reply_lost,
    service_error,
    throttled,
)
from tests.unit.mapper.virtual_time import run

BASE_SECONDS = 0.1


class Left(Model, table="left"):
    pk: Attr[int] = partition_key()
    serial: Attr[int]


class Right(Left, table="right"):
    pass


@dataclass(frozen=True)
class Accepted:
    """A write that was accepted. `serial` tells it from all others; None deletes."""

    key: Key
    serial: int | None


@dataclass
class Scenario:
    """What happens in one run.

    Attributes:
        tasks: what each task writes: (verb, table, key) by number.
        faults: what goes wrong with one request after the other.
        endless: what goes wrong with all others.
        bad_serials: which items the service refuses, by remainder.
        leave_after: the block raises after so many seconds.
        cancel_at: when its task is cancelled, in seconds.
        deadline: when the writer has to be done, in seconds.
        rate: the budget of write units per second.
    """

    tasks: Sequence[Sequence[tuple[str, int, int]]]
    faults: Sequence[Fault]
    endless: Fault | None
    bad_serials: int
    concurrency: int
    on_error: OnError
    leave_after: float | None
    cancel_at: Sequence[float]
    flush_every: int
    deadline: float | None = None
    rate: float | None = None


@dataclass
class Outcome:
    table: StrictTable
    accepted: list[Accepted] = field(default_factory=list)
    report: WriteReport = field(default_factory=WriteReport)
    left_by: str = "nothing"
    seconds: float = 0.0


SECONDS = st.sampled_from([0.0, 0.001, 0.03, 0.5, 3.0])
POSITIONS = st.frozensets(st.integers(0, 24), max_size=25)
FAULTS = st.one_of(
    st.builds(Fault, seconds=SECONDS),
    st.builds(Fault, unprocessed=POSITIONS, seconds=SECONDS),
    st.builds(throttled),
    st.builds(throttled, st.just("TableWriteKeyRangeThroughputExceeded")),
    st.builds(throttled, st.just("TableWriteAccountLimitExceeded")),
    st.builds(no_connection),
    st.builds(reply_lost, applied=st.booleans()),
    st.builds(lambda: Fault(service_error(ReplyCorrupt, "ChecksumMismatch"), applied=True)),
    st.builds(lambda: Fault(service_error(AccessDenied, "AccessDeniedException"))),
    st.builds(lambda applied: Fault(ZeroDivisionError(), applied=applied), st.booleans()),
)


def writes(seed: int, count: int, keys: int) -> list[tuple[str, int, int]]:
    """What one task writes: verb, table, and key, over a few keys."""
    rng = random.Random(seed)
    return [
        (rng.choice(["put", "put", "delete"]), rng.randrange(2), rng.randrange(keys)) for _ in range(count)
    ]


WRITES = st.builds(writes, st.integers(0, 1000), st.integers(0, 120), st.sampled_from([1, 3, 20, 60]))
SCENARIOS = st.builds(
    Scenario,
    tasks=st.lists(WRITES, min_size=1, max_size=5),
    faults=st.lists(FAULTS, max_size=30),
    endless=st.one_of(st.none(), st.none(), st.none(), FAULTS),
    bad_serials=st.sampled_from([0, 0, 0, 1, 7, 50]),
    concurrency=st.integers(1, 4),
    on_error=st.sampled_from(["flush", "drop"]),
    leave_after=st.one_of(st.none(), st.none(), SECONDS),
    cancel_at=st.lists(st.floats(0, 8), max_size=3),
    flush_every=st.sampled_from([0, 0, 7, 40]),
    deadline=st.one_of(st.none(), st.none(), st.floats(0.01, 6)),
    rate=st.one_of(st.none(), st.sampled_from([5.0, 60.0, 1000.0])),
)


def seeded(seed: int) -> Scenario:
    """A big scenario, the same for the same seed."""
    rng = random.Random(seed)
    faults = [
        rng.choice(
            [
                Fault(seconds=rng.choice([0.0, 0.01, 1.0])),
                Fault(unprocessed=frozenset(rng.sample(range(25), rng.randrange(26)))),
                throttled(),
                reply_lost(applied=rng.random() < 0.5),
            ]
        )
        for _ in range(60)
    ]
    tasks = [writes(rng.randrange(1000), 300, 60) for _ in range(6)]
    return Scenario(tasks, faults, None, 0, 4, "flush", None, (), 100)


@settings(max_examples=80, deadline=None)
@given(SCENARIOS)
@example(seeded(1))
@example(seeded(2))
@example(seeded(3))
def test_nothing_is_lost(scenario: Scenario) -> None:
    """Whatever goes wrong, the table holds what the accepted writes, in order, make of it, but for reported keys."""
    outcome = run(play(scenario))
    event(f"left by {outcome.left_by}")
    event("with failures" if outcome.report.failed else "without failures")
    report = outcome.report
    assert report.accepted == len(outcome.accepted) == report.written + report.superseded + len(report.failed)
    assert outcome.table.violations == []
    check_state(outcome)
    check_order(outcome)
    check_failures(outcome)
    check_pauses(outcome)
    check_deadline(outcome, scenario.deadline)
    check_budget(outcome, scenario.rate)
    assert outcome.seconds < 3600


async def play(scenario: Scenario) -> Outcome:
    modulus = scenario.bad_serials
    table = StrictTable(
        scenario.faults,
        then=scenario.endless,
        refused=lambda item: bool(modulus and item and int(item["serial"]["N"]) % modulus == 0),
        key_names=("pk",),
    )
    outcome = Outcome(table)
    backoff = Backoff(base_seconds=BASE_SECONDS, cap_seconds=5.0, jitter=lambda: 1.0)
    rate, clock = scenario.rate, asyncio.get_running_loop().time
    writer = BatchWriter(
        table.gateway,
        concurrency=scenario.concurrency,
        on_error=scenario.on_error,
        deadline_seconds=scenario.deadline,
        rate_limit=None if rate is None else RateLimit(write_units_per_second=rate, clock=clock),
        backoff=backoff,
    )
    outcome.report = writer.report
    main = asyncio.ensure_future(block(scenario, writer, outcome))
    for moment in scenario.cancel_at:
        asyncio.get_running_loop().call_at(moment, main.cancel)
    (result,) = await asyncio.gather(main, return_exceptions=True)
    outcome.left_by = "nothing" if result is None else type(result).__name__
    # After the deadline, `put` raises MapperClosed.
    late = {"MapperClosed"} if scenario.deadline is not None else set[str]()
    assert outcome.left_by in {"nothing", "CancelledError", "KeyError", "UnprocessedItems"} | late
    assert isinstance(result, UnprocessedItems) <= bool(writer.report.failed)
    assert result is not None or not writer.report.failed
    assert asyncio.all_tasks() == {asyncio.current_task()}
    outcome.seconds = asyncio.get_running_loop().time()
    return outcome


async def block(scenario: Scenario, writer: BatchWriter, outcome: Outcome) -> None:
    serials = iter(range(1, 10**9))

    async def task(todo: Sequence[tuple[str, int, int]]) -> None:
        for number, (verb, table, pk) in enumerate(todo, 1):
            model = (Left, Right)[table]
            serial = next(serials) if verb == "put" else None
            await (
                writer.delete(model.key(pk)) if serial is None else writer.put(model(pk=pk, serial=serial))
            )
            # No other task runs between the acceptance and this line.
            outcome.accepted.append(Accepted(key_of(model.key(pk)), serial))
            if scenario.flush_every and number % scenario.flush_every == 0:
                await writer.flush()

    async with writer:
        tasks = [asyncio.ensure_future(task(todo)) for todo in scenario.tasks]
        try:
            if scenario.leave_after is not None:
                await asyncio.sleep(scenario.leave_after)
                raise KeyError
            await asyncio.gather(*tasks)
        finally:
            for one in tasks:
                one.cancel()
            await asyncio.wait(tasks)


def check_state(outcome: Outcome) -> None:
    """Keys without failures hold what was accepted last for them."""
    failed = {key_of(failure.item) for failure in outcome.report.failed}
    last = {write.key: write.serial for write in outcome.accepted}
    for key, serial in last.items():
        if key not in failed:
            assert serial_in(outcome.table.items.get(key)) == serial
    assert outcome.table.items.keys() <= last.keys()


def check_order(outcome: Outcome) -> None:
    """What reaches a key does so in the order of acceptance; repetitions repeat what is there already."""
    for key, items in outcome.table.history.items():
        accepted = [write.serial for write in outcome.accepted if write.key == key]
        position = 0
        for serial in map(serial_in, items):
            while accepted[position] != serial:
                position += 1


def check_failures(outcome: Outcome) -> None:
    """A failure that is not `unknown` is not in the table, and never was; attempts are the requests that carried it."""
    applied = {serial_in(item) for items in outcome.table.history.values() for item in items}
    for failure in outcome.report.failed:
        assert failure.reason
        if failure.operation == "put":
            carried = sum(
                serial_in(write.item) == failure.item.serial
                for batch in outcome.table.batches
                for write in batch
            )
            assert failure.attempts == carried
            if not failure.unknown:
                assert failure.item.serial not in applied
        else:
            assert not isinstance(failure.item, Left)


def check_pauses(outcome: Outcome) -> None:
    """Between two attempts of one write is a pause, unless the first one was refused and is divided."""
    ended: dict[int, float] = {}
    for exchange in outcome.table.exchanges:
        for write in exchange.writes:
            serial = serial_in(write.item)
            if serial is None:
                continue
            assert exchange.began >= ended.get(serial, 0.0)
            if exchange.ended is not None and not exchange.refused:
                ended[serial] = exchange.ended + BASE_SECONDS


def check_deadline(outcome: Outcome, deadline: float | None) -> None:
    """After the deadline nothing begins, and five seconds later it is over."""
    if deadline is not None:
        assert all(exchange.began <= deadline for exchange in outcome.table.exchanges)
        assert outcome.seconds <= max(deadline + 5, 8) + 1e-6


def check_budget(outcome: Outcome, rate: float | None) -> None:
    """Over any window, what was written by requests that began in it is within the budget.

    What earlier requests gave back within it comes on top.
    """
    exchanges = outcome.table.exchanges
    for start, first in enumerate(exchanges if rate is not None else ()):
        before = [exchange for exchange in exchanges[:start] if (exchange.ended or 1e9) >= first.began]
        back = sum(len(exchange.writes) - exchange.applied for exchange in before)
        total = 0
        for exchange in exchanges[start:]:
            total += exchange.applied
            assert rate is not None
            assert total <= rate * (exchange.began - first.began) + max(rate, 25) + back + 1e-6


def serial_in(item: dict[str, Any] | None) -> int | None:
    return None if item is None else int(item["serial"]["N"])


def key_of(written: Any) -> Key:
    key = type(written).key(written.pk) if isinstance(written, Left) else written
    return plan_of(key.model).stored_table.name, key.identity
