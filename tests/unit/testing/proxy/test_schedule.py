"""Which request meets which fault."""

from __future__ import annotations

from contextlib import suppress

import pytest

from ddbmodel import DDBModelError
from ddbmodel.testing import (
    Call,
    Delay,
    DropReply,
    FaultRates,
    ResetBefore,
    Seen,
    Throttle,
    Unprocessed,
)
from ddbmodel.testing.proxy.faults import name_of
from ddbmodel.testing.proxy.schedule import RandomFaults, Script, schedule_of
from tests.unit.testing.proxy.conftest import MakeShop, Parcel, Shop, parcel

PUT, GET, BATCH = (Call(name, {}) for name in ("PutItem", "GetItem", "BatchWriteItem"))
DESCRIBE = Call("DescribeTable", {})
RATES = FaultRates(
    throttle=0.1,
    internal_error=0.05,
    unprocessed=0.3,
    reset_before=0.05,
    reset_after=0.05,
    truncate=0.05,
    garble=0.05,
    wrong_crc=0.05,
    expired_credentials=0.05,
)


def test_the_first_step_waits_for_its_request() -> None:
    """Then the next one does, and after the last one nothing goes wrong any more."""
    script = Script([("PutItem", Throttle()), ("*", None), ("*", DropReply())])
    assert [script.next(call) for call in (GET, PUT, GET, PUT, PUT)] == [
        None,
        Throttle(),
        None,
        DropReply(),
        None,
    ]


def test_a_step_can_be_about_whatever_a_function_says() -> None:
    """It gets the call: its operation, parameters and tables."""
    other = Call("PutItem", {"TableName": "others", "Item": {}})
    script = Script([(lambda call: "others" in call.tables, ResetBefore())])
    assert [script.next(call) for call in (PUT, other)] == [None, ResetBefore()]


def test_requests_about_tables_meet_no_faults() -> None:
    """Neither by a script nor at random, and they are not counted."""
    assert Script([("DescribeTable", Throttle())]).next(DESCRIBE) is None
    assert RandomFaults(FaultRates(throttle=1), 0).next(DESCRIBE) is None
    recorder = schedule_of([("*", Throttle())], 0)
    assert [recorder.next(call) for call in (DESCRIBE, GET)] == [None, Throttle()]
    assert recorder.script() == (("*", Throttle()),)


def test_faults_come_as_often_as_the_rates_say() -> None:
    """Over many requests; what is only for batches spares others."""
    schedule = RandomFaults(FaultRates(throttle=0.2, unprocessed=0.3), seed=7)
    met = [schedule.next(BATCH) for _ in range(10_000)]
    counts = {name: [name_of(one) for one in met].count(name) for name in (None, "Throttle", "Unprocessed")}
    assert counts[None] == pytest.approx(5000, rel=0.1)
    assert counts["Throttle"] == pytest.approx(2000, rel=0.1)
    assert counts["Unprocessed"] == pytest.approx(3000, rel=0.1)
    spared = RandomFaults(FaultRates(unprocessed=1), 0)
    assert [spared.next(PUT) for _ in range(9)] == [None] * 9


def test_every_kind_of_fault_can_come_at_random() -> None:
    """And what is drawn is a fault that can happen: an Unprocessed of nothing would be refused."""
    schedule = RandomFaults(RATES, seed=1)
    names = {name_of(schedule.next(BATCH)) for _ in range(3000)}
    assert len(names) == 10, "nine faults and None"


def test_random_delays_are_up_to_what_was_said() -> None:
    """Every request is held up, whether or not it meets a fault as well."""
    schedule = RandomFaults(FaultRates(throttle=0.5, delay_seconds=0.25), seed=3)
    met = [schedule.next(PUT) for _ in range(200)]
    assert all(isinstance(one, Delay) and 0 <= one.seconds <= 0.25 for one in met)
    assert {name_of(one) for one in met} == {"Delay", "Throttle"}


@pytest.mark.parametrize(
    "rates", [{"throttle": -0.1}, {"throttle": 0.6, "garble": 0.5}, {"delay_seconds": -1}]
)
def test_rates_that_cannot_be_are_refused(rates: dict[str, float]) -> None:
    """They are parts of 1."""
    with pytest.raises(ValueError, match="parts of 1"):
        FaultRates(**rates)


def test_the_end_of_a_recording_is_its_last_fault() -> None:
    """What comes after it goes well anyway."""
    recorder = schedule_of([("PutItem", Throttle())], 0)
    for call in (GET, PUT, GET, GET):
        recorder.next(call)
    assert recorder.script() == (("*", None), ("*", Throttle()))


async def _work(shop: Shop) -> list[Seen]:
    """The same requests in the same order every time; what they come to does not matter."""
    for number in range(40):
        for attempt in (shop.mapper.put(parcel(number)), shop.mapper.get(Parcel, "Ghent", number)):
            with suppress(DDBModelError):
                await attempt
    async with shop.mapper.batch_writer(concurrency=1) as writer:
        for number in range(200):
            await writer.put(parcel(number, "x"))
    return shop.seen("PutItem", "GetItem", "BatchWriteItem")


async def test_the_same_seed_gives_the_same_run_and_so_does_its_replay(make_shop: MakeShop) -> None:
    """The logs are equal, request for request; another seed gives another run."""
    first = await make_shop(faults=RATES, seed=11)
    log = await _work(first)
    assert {name_of(seen.fault) for seen in log} > {None, "Throttle", "DropReply"}
    again = await make_shop(faults=RATES, seed=11)
    assert await _work(again) == log
    replayed = await make_shop(faults=first.proxy.replay())
    assert await _work(replayed) == log
    other = await make_shop(faults=RATES, seed=12)
    assert await _work(other) != log


async def test_a_batch_writer_loses_nothing_whatever_goes_wrong(make_shop: MakeShop) -> None:
    """Every write that is not reported as failed is in the table, and each is accounted for."""
    shop = await make_shop(faults=RATES, seed=5)
    async with shop.mapper.batch_writer(concurrency=4) as writer:
        for number in range(500):
            await writer.put(parcel(number))
    report = writer.report
    assert report.accepted == report.written == 500
    assert await shop.numbers() == list(range(500))
    assert Unprocessed in {type(seen.fault) for seen in shop.proxy.log}
