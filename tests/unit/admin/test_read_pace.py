"""Read units per second: how fast reads are let through, by a clock of the tests' own."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbmodel import ExpressionError, Mapper, dump
from ddbmodel.admin import dumping
from ddbmodel.admin.read_pace import ReadPace
from ddbmodel.operations import Scan
from tests.unit.admin.dumping import Before, fill, item, make_table
from tests.unit.admin.recorded import Recorded

PAGE = 256.0


class Time:
    """Goes on while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds
        await asyncio.sleep(0)

    def pace(self, units_per_second: float) -> ReadPace:
        return ReadPace(units_per_second, clock=self.clock, sleep=self.sleep)


@given(
    rate=st.floats(20, 5000),
    costs=st.lists(st.floats(0, PAGE), max_size=12),
)
def test_reads_cost_what_is_due_and_wait_no_longer(rate: float, costs: list[float]) -> None:
    """Before each read, the earlier ones cost at most what is due; and it waits for no more than that."""

    async def read() -> None:
        time, used = Time(), 0.0
        pace = time.pace(rate)
        for cost in costs:
            before = time.now
            await pace.take(PAGE)
            assert used <= rate * (time.now + 1) * (1 + 1e-6)
            assert time.now == before or time.now <= used / rate * (1 + 1e-6)
            pace.settle(PAGE, cost)
            used += cost

    asyncio.run(read())


@pytest.mark.parametrize("tasks", [1, 4])
async def test_many_share_the_budget(tasks: int) -> None:
    """However many read at once, whole pages take as long as one after the other."""
    time = Time()
    pace = time.pace(100.0)

    async def read() -> None:
        for _ in range(20 // tasks):
            await pace.take(PAGE)
            await asyncio.sleep(0)
            pace.settle(PAGE, PAGE)

    await asyncio.gather(*[read() for _ in range(tasks)])
    assert time.now == pytest.approx((19 * PAGE - 100) / 100)


async def test_who_waits_goes_on_when_another_has_cost_less() -> None:
    """It does not wait for the whole page that was expected."""
    time = Time()
    pace = time.pace(1.0)
    await pace.take(PAGE)
    waiting = asyncio.create_task(pace.take(PAGE))
    await asyncio.sleep(0)
    pace.settle(PAGE, 1.0)
    await waiting
    assert 0 < time.now <= 1.0


async def test_a_dump_keeps_to_it(tmp_path: Path, mapper: Mapper, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each read asks what it has cost, and waits for its turn; the dump has every item."""
    time, scans = Time(), list[Any]()
    timed = partial(ReadPace, clock=time.clock, sleep=time.sleep)
    monkeypatch.setattr(dumping, "ReadPace", timed)
    await make_table(mapper, "old")
    await fill(mapper, "old", [item(n) for n in range(40)])
    remove = mapper.add_hook(Before(scans.append))
    report = await dump(mapper, "old", tmp_path / "slow", segments=3, read_units_per_second=0.5)
    assert report.items == 40
    assert time.now > 0
    assert [one.return_capacity for one in scans if isinstance(one, Scan)] == ["TOTAL"] * 3
    passed = time.now
    scans.clear()
    assert (await dump(mapper, "old", tmp_path / "fast", segments=3)).items == 40
    remove()
    assert time.now == passed
    assert [one.return_capacity for one in scans if isinstance(one, Scan)] == [None] * 3


@pytest.mark.parametrize("units", [0, -1.0, float("inf"), float("nan"), "5", True])
async def test_what_is_no_rate_is_refused(tmp_path: Path, units: Any) -> None:
    """Nothing is sent, and no folder is made."""
    service = Recorded()
    with pytest.raises(ExpressionError, match="read_units_per_second is a number above 0"):
        await dump(service, "old", tmp_path / "d", read_units_per_second=units)
    assert service.sent == []
    assert not (tmp_path / "d").exists()
