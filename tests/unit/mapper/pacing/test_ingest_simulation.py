"""The simulation of ingestion, in small: it accounts for everything, and shows what it is there to show."""

from __future__ import annotations

import pytest

from tests.benchmarks.ingest_simulation import Scenario, one_hot_key, plot, policies, rows, simulate, uniform
from tests.benchmarks.table_model import Lane, TableModel
from tests.benchmarks.writer_model import Clock, Tally

HOT = Scenario(
    "a hot key", 4e5, lambda: one_hot_key(50, 0.2), quota=10_000.0, workers=8, part=0.5, requests=400
)
EVEN = Scenario("even", 4e5, lambda: uniform(50), quota=10_000.0, workers=8, requests=400)
POLICIES = list(policies(EVEN, Clock()))


@pytest.fixture(scope="module")
def tallies() -> dict[tuple[str, str], Tally]:
    return {(scenario.name, name): simulate(scenario, name) for scenario in (HOT, EVEN) for name in POLICIES}


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("scenario", [HOT, EVEN], ids=["hot", "even"])
def test_everything_is_written_and_not_faster_than_the_table_is(
    tallies: dict[tuple[str, str], Tally], scenario: Scenario, name: str
) -> None:
    """However it is paced, all items are in the table in the end, and the model gives away nothing."""
    tally = tallies[scenario.name, name]
    items = scenario.items * scenario.part
    assert tally.written == pytest.approx(items, abs=50)
    burst_seconds = 3.0
    assert tally.seconds >= scenario.best_seconds() * scenario.part - burst_seconds


def test_pacing_wastes_less_than_none(tallies: dict[tuple[str, str], Tally]) -> None:
    """Without pacing more is refused than with it, both for a table that is full and for a key that is hot."""
    for scenario in (HOT, EVEN):
        paced, unpaced = (tallies[scenario.name, name].refused for name in (POLICIES[0], POLICIES[3]))
        assert paced < unpaced / 4


def test_what_is_printed_and_drawn(tallies: dict[tuple[str, str], Tally]) -> None:
    """A row for each scenario and way of pacing, and a line for each in the plot."""
    assert len(list(rows(tallies, [HOT, EVEN]))) == 2 + 2 * len(POLICIES)
    svg = plot(tallies, EVEN)
    assert svg.startswith("<svg")
    assert svg.count("<polyline") == len(POLICIES)


def test_a_cold_table_takes_twice_its_peak_after_half_an_hour() -> None:
    """4,000 writes a second at first, 8,000 after half an hour of them, and not more for being asked for more."""
    table = TableModel([Lane(1.0, 100)], cold=True)
    taken = [20_000 - table.offer(float(second), [20_000.0])[0] for second in range(1, 2000)]
    assert sum(taken[:1700]) / 1700 == pytest.approx(4000, rel=0.01)
    assert sum(taken[-100:]) / 100 == pytest.approx(8000, rel=0.02)


def test_a_partition_takes_its_rate_and_what_it_has_saved() -> None:
    """After five minutes of rest 300,000 writes at once, and then 1,000 a second."""
    table = TableModel([Lane(1.0, 1)], quota=1e9)
    assert table.offer(0.0, [400_000.0]) == [100_000.0]
    assert table.offer(1.0, [3000.0]) == [2000.0]


def test_a_hot_partition_is_split_and_a_hot_key_is_not() -> None:
    """Ten minutes at full speed double the partitions, but one key stays in its own."""
    lanes = [Lane(0.5, 1), Lane(0.5, 1, is_key=True)]
    table = TableModel(lanes, splits=True, rested=0.0)
    for second in range(1, 700):
        table.offer(float(second), [2000.0, 2000.0])
    assert [lane.partitions for lane in lanes] == [2, 1]
