"""How long billions of items take, and how much of the work is refused, by how the writer is paced.

`python -m tests.benchmarks.ingest_simulation` prints a table, and writes the plot of docs/ingestion-pacing.md.
It sends nothing, waits for nothing, and takes about a minute.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ddbmodel import Ramp, RateLimit
from tests.benchmarks.line_chart import Line, line_chart
from tests.benchmarks.table_model import BURST_SECONDS, Lane, TableModel
from tests.benchmarks.writer_model import BATCH, LATENCY_SECONDS, Clock, Policy, Tally, WriterModel

PLOT: Final = Path(__file__).parents[2] / "docs" / "images" / "ingestion-pacing.svg"
# Arbitrary: enough for the curves to be smooth, few enough for the whole to take a minute.
REQUESTS: Final = 12_000
ZIPF_KEYS: Final = 10_000_000
ZIPF_HOT_KEYS: Final = 20


def uniform(partitions: int) -> list[Lane]:
    """All partitions get the same."""
    return [Lane(1.0, partitions)]


def one_hot_key(partitions: int, share: float) -> list[Lane]:
    """One key gets a share by itself, and the other partitions the rest."""
    return [Lane(share, 1, is_key=True), Lane(1 - share, partitions - 1)]


def zipf(partitions: int) -> list[Lane]:
    """The n-th of ten million keys gets 1/n of the first one; the first twenty have partitions of their own."""
    harmonic = 0.5772 + math.log(ZIPF_KEYS)
    shares = [1 / rank / harmonic for rank in range(1, ZIPF_HOT_KEYS + 1)]
    keys = [Lane(share, 1, is_key=True) for share in shares]
    return [*keys, Lane(1 - sum(shares), partitions - ZIPF_HOT_KEYS)]


@dataclass(frozen=True)
class Scenario:
    """A table and what is to be written to it.

    Attributes:
        name: what it is called in the table.
        items: how many items of up to 1 KB.
        lanes: makes the table's partitions.
        quota: the table's units per second.
        workers: how many requests are under way at once, at most.
        cold: the table is new and on demand.
        splits: hot partitions are split.
        part: the part of the items that is simulated, where one hour is as the other; of a table that has not
            rested.
        requests: how many requests of the model that takes, if none is refused.
    """

    name: str
    items: float
    lanes: Callable[[], Sequence[Lane]]
    quota: float = 40_000.0
    workers: int = 32
    cold: bool = False
    splits: bool = False
    part: float = 1.0
    requests: int = REQUESTS

    def best_seconds(self) -> float:
        """What no writer can do better, from what the partitions and the quota take; without warm-up."""
        slowest = [lane for lane in self.lanes() if lane.is_key or not self.splits]
        by_lane = [self.items * lane.share / lane.rate for lane in slowest]
        return max(self.items / self.quota, *by_lane, 0.0)


SCENARIOS: Final = (
    Scenario("1 billion, even, 5,000 partitions", 1e9, lambda: uniform(5000)),
    Scenario("1 billion, even, new on-demand table", 1e9, lambda: uniform(5000), cold=True),
    Scenario("1 billion, even, 20 partitions that split", 1e9, lambda: uniform(20), splits=True),
    Scenario("1 billion, Zipf, 5,000 partitions", 1e9, lambda: zipf(5000), part=1 / 100),
    Scenario("1 billion, one key gets 5 %", 1e9, lambda: one_hot_key(5000, 0.05), part=1 / 100),
    Scenario("50 million, 1 partition", 5e7, lambda: uniform(1), quota=1000.0, part=1 / 10),
    Scenario(
        "10 billion, even, quota 150,000", 1e10, lambda: uniform(5000), 150_000.0, workers=128, part=1 / 100
    ),
    Scenario(
        "10 billion, Zipf, quota 150,000",
        1e10,
        lambda: zipf(5000),
        150_000.0,
        workers=128,
        part=1 / 4000,
        requests=3000,
    ),
)


def policies(scenario: Scenario, clock: Clock) -> Mapping[str, Policy]:
    """The ways of pacing that are compared."""
    ramp = Ramp() if scenario.cold else None
    budget = RateLimit(write_units_per_second=scenario.quota, ramp=ramp, clock=clock)
    fixed = RateLimit(write_units_per_second=scenario.quota, clock=clock)
    return {
        "ddbmodel, with a budget": Policy(scenario.workers, budget, adapts=True),
        "ddbmodel, as it is": Policy(scenario.workers, None, adapts=True),
        "a fixed rate": Policy(scenario.workers, fixed, adapts=False),
        "no pacing": Policy(scenario.workers, None, adapts=False),
    }


def simulate(scenario: Scenario, policy_name: str) -> Tally:
    """Play one scenario with one way of pacing."""
    clock = Clock()
    items = scenario.items * scenario.part
    scale = max(1.0, items / scenario.requests / BATCH)
    table = TableModel(
        scenario.lanes(),
        quota=scenario.quota,
        cold=scenario.cold,
        splits=scenario.splits,
        rested=BURST_SECONDS if scenario.part == 1 else 0.0,
        slack_seconds=max(1.0, 2 * scale * LATENCY_SECONDS, 2 * scale * BATCH / scenario.quota),
    )
    policy = policies(scenario, clock)[policy_name]
    return WriterModel(table, items, policy, scale=scale, clock=clock).run()


def rows(tallies: Mapping[tuple[str, str], Tally], scenarios: Sequence[Scenario]) -> Iterator[str]:
    """The table, in Markdown."""
    yield "| what is written | how it is paced | hours | at best | requests throttled | refused for each written |"
    yield "|---|---|---:|---:|---:|---:|"
    for scenario in scenarios:
        for name in policies(scenario, Clock()):
            tally = tallies[scenario.name, name]
            yield (
                f"| {scenario.name} | {name} | {tally.seconds / scenario.part / 3600:.1f} "
                f"| {scenario.best_seconds() / 3600:.1f} "
                f"| {100 * tally.throttled / tally.requests:.1f} % | {tally.refused / tally.written:.3f} |"
            )


def plot(tallies: Mapping[tuple[str, str], Tally], scenario: Scenario) -> str:
    """What each way of pacing offers to the table over time, as SVG."""
    lines: list[Line] = []
    for name in policies(scenario, Clock()):
        offered = tallies[scenario.name, name].offered
        hours: dict[int, list[float]] = {}
        for minute, rate in offered.items():
            hours.setdefault(minute // 10, []).append(rate)
        lines.append(Line(name, [(ten / 6, sum(rates) / 10) for ten, rates in sorted(hours.items())][:-1]))
    return line_chart(f"Writes offered per second: {scenario.name}", lines, x_label="hours", y_max=100_000)


def main() -> int:
    """Run all, print the table, write the plot."""
    tallies: dict[tuple[str, str], Tally] = {}
    for scenario in SCENARIOS:
        for name in policies(scenario, Clock()):
            tallies[scenario.name, name] = simulate(scenario, name)
            print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    print("\n".join(rows(tallies, SCENARIOS)))
    PLOT.parent.mkdir(exist_ok=True)
    PLOT.write_text(plot(tallies, SCENARIOS[1]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
