"""Random rows through random faults and interruptions: every row is in the table, or set aside and told.

As `tests.unit.mapper.test_batch_writer_through_http`: real HTTP, and virtual time.

More examples: `DDBMODEL_TEST_EXAMPLES=2000 pytest ...`
"""

from __future__ import annotations

import asyncio
import csv
import json
import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from ddbmodel import Attr, IngestReport, IngestStopped, Mapper, Model, RateLimit, partition_key, sort_key
from ddbmodel.testing import FaultProxy, Throttle
from tests.strategies.effort import examples
from tests.strategies.faults import FAULT_PLANS, FaultPlan
from tests.unit.ingest.ingesting import balanced, letters
from tests.unit.mapper.http_table import HttpTable, Key
from tests.unit.mapper.test_batch_writer_through_http import CONFIG, PATIENCE_SECONDS, SESSION
from tests.unit.mapper.virtual_time import run

Form = Literal["dicts", "json", "csv"]


class Sale(Model, table="sales"):
    shop: Attr[str] = partition_key()
    number: Attr[int] = sort_key()
    serial: Attr[int]
    text: Attr[str] = ""


KEYS = {"sales": {"shop": "S", "number": "N"}}


@dataclass(frozen=True)
class Given:
    """One row; its serial is its number in the source."""

    kind: str
    number: int
    serial: int

    @property
    def key(self) -> Key:
        return "sales", json.dumps([{"S": f"s{self.number % 3}"}, {"N": str(self.number)}])

    @property
    def is_good(self) -> bool:
        return self.kind == "good"

    def values(self) -> dict[str, Any]:
        shop = "" if self.kind == "empty key" else f"s{self.number % 3}"
        values: dict[str, Any] = {"shop": shop, "number": self.number, "serial": self.serial, "text": "t"}
        if self.kind == "no number":
            values["number"] = "none"
        if self.kind == "unknown name":
            values["colour"] = "red"
        if self.kind == "huge":
            values["text"] = "x" * 450_000
        return values


@dataclass(frozen=True)
class Leg:
    """One call of `ingest`: what goes wrong, and when it is interrupted, in seconds."""

    faults: FaultPlan
    cancel_at: Sequence[float] = ()
    deadline: float | None = None


@dataclass
class Scenario:
    """Rows, and calls that go on where the one before has left off; the last one is left in peace.

    Attributes:
        refused: the service refuses items whose serial this divides; 0 is none.
    """

    rows: Sequence[Given]
    form: Form
    legs: Sequence[Leg]
    checkpoint_rows: int
    set_aside: bool
    refused: int
    concurrency: int
    rate: float | None


@dataclass
class Outcome:
    """What came of the last call, and what the table behind has seen in it."""

    report: IngestReport
    stored: dict[Key, int]
    reached: dict[Key, list[int]]
    letters: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


def rows_of(seed: int, count: int, keys: int, bad: float) -> list[Given]:
    """Rows over a few keys, some of them bad."""
    chance = random.Random(seed)
    kinds = ["no number", "unknown name", "empty key", "huge"]
    return [
        Given(chance.choice(kinds) if chance.random() < bad else "good", chance.randrange(keys), serial)
        for serial in range(1, count + 1)
    ]


INTERRUPTED = st.builds(
    Leg,
    FAULT_PLANS,
    cancel_at=st.just([]) | st.lists(st.floats(0, 3), max_size=2),
    deadline=st.none() | st.floats(0.01, 3),
)
SCENARIOS = st.builds(
    Scenario,
    rows=st.builds(
        rows_of,
        st.integers(0, 1000),
        st.integers(0, 250),
        st.sampled_from([1, 3, 20, 100]),
        st.sampled_from([0.0, 0.0, 0.02, 0.3]),
    ),
    form=st.sampled_from(["dicts", "json", "csv"]),
    legs=st.builds(
        lambda legs, plan: [*legs, Leg(plan)],
        st.lists(INTERRUPTED, max_size=3),
        FAULT_PLANS | st.just(FaultPlan()),
    ),
    checkpoint_rows=st.sampled_from([1, 10, 60]),
    set_aside=st.sampled_from([True, True, False]),
    refused=st.sampled_from([0, 0, 0, 7, 50]),
    concurrency=st.integers(1, 4),
    rate=st.none() | st.sampled_from([50.0, 500.0]),
)


# Rows are set aside, and the first call ends before its first checkpoint.
NO_CHECKPOINT_YET = Scenario(
    rows=rows_of(0, 39, 100, 0.3),
    form="dicts",
    legs=[Leg(FaultPlan([(Throttle(), 5)]), deadline=1.0), Leg(FaultPlan())],
    checkpoint_rows=1,
    set_aside=True,
    refused=0,
    concurrency=1,
    rate=None,
)


@settings(max_examples=examples(40))
@given(SCENARIOS)
@example(NO_CHECKPOINT_YET)
def test_every_row_is_written_or_set_aside(scenario: Scenario) -> None:
    """Read is written, superseded and set aside; the table is a dictionary of the rows that are not set aside."""
    with tempfile.TemporaryDirectory() as folder:
        outcome = run(play(scenario, Path(folder)), patience_seconds=PATIENCE_SECONDS)
    report = outcome.report
    event("to the end" if report.complete else "not to the end")
    event(f"{len(scenario.legs)} legs")
    event("with failures" if report.failed else "without failures")
    assert balanced(report)
    read = scenario.rows[: report.read]
    good = [row for row in read if row.is_good]
    assert (report.valid, report.invalid) == (len(good), len(read) - len(good))
    check_set_aside(scenario, outcome, read)
    check_stored(outcome, good)
    check_order(outcome)


async def play(scenario: Scenario, folder: Path) -> Outcome:
    source = source_of(scenario, folder)
    modulus = scenario.refused
    table = HttpTable(KEYS, refused=lambda item: bool(modulus and int(item["serial"]["N"]) % modulus == 0))
    report: IngestReport | None = None
    async with table:
        for leg in scenario.legs:
            table.history.clear()
            report = await travelled(scenario, leg, source, folder, table)
            if report is not None and (report.complete or leg is scenario.legs[-1]):
                break
    assert report is not None
    stored = {key: int(item["serial"]["N"]) for key, item in table.items.items()}
    reached = {
        key: [int(item["serial"]["N"]) for item in items if item is not None]
        for key, items in table.history.items()
    }
    return Outcome(report, stored, reached, letters(folder / "bad.jsonl"))


async def travelled(
    scenario: Scenario, leg: Leg, source: Any, folder: Path, table: HttpTable
) -> IngestReport | None:
    """Ingest once; the report, or None if it was cancelled.

    Each call has a proxy of its own, so that no request of one that was cut off comes after it: a machine that
    is started again takes longer than that.
    """
    loop, began = asyncio.get_running_loop(), asyncio.get_running_loop().time()
    rate = scenario.rate
    async with FaultProxy(table.endpoint_url, faults=leg.faults.script("BatchWriteItem")) as proxy:
        options: Any = {"session": SESSION, "config": CONFIG, "endpoint_url": proxy.endpoint_url}
        async with Mapper.connect(**options) as mapper:
            ingest = mapper.ingest(
                source,
                Sale,
                dead_letters=folder / "bad.jsonl" if scenario.set_aside else None,
                checkpoint=folder / "place",
                checkpoint_rows=scenario.checkpoint_rows,
                concurrency=scenario.concurrency,
                rate_limit=None if rate is None else RateLimit(write_units_per_second=rate, clock=loop.time),
                deadline_seconds=leg.deadline,
            )
            task = asyncio.ensure_future(ingest)
            timers = [loop.call_at(began + moment, task.cancel) for moment in leg.cancel_at]
            (result,) = await asyncio.gather(task, return_exceptions=True)
            for timer in timers:
                timer.cancel()
    if isinstance(result, IngestStopped):
        assert not result.report.complete
        return result.report
    if isinstance(result, asyncio.CancelledError):
        return None
    assert isinstance(result, IngestReport), result
    assert result.complete
    return result


def source_of(scenario: Scenario, folder: Path) -> Any:
    """The rows as a source: the same in each call."""
    values = [row.values() for row in scenario.rows]
    if scenario.form == "dicts":
        return values
    if scenario.form == "json":
        path = folder / "rows.jsonl"
        path.write_text("".join(json.dumps(one) + "\n" for one in values))
        return path
    path = folder / "rows.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["shop", "number", "serial", "text"])
        # A name too many is a cell too many.
        writer.writerows(one.values() for one in values)
    return path


def check_set_aside(scenario: Scenario, outcome: Outcome, read: Sequence[Given]) -> None:
    """Every row that did not reach the table is set aside, once, with its reason; no other is."""
    report = outcome.report
    if not scenario.set_aside:
        assert report.invalid == 0
        assert report.complete <= report.ok
        return
    if not report.complete:
        return
    rows = Counter(letter["row"] for letter in outcome.letters)
    assert set(rows.values()) <= {1}
    assert all(letter["reason"] for letter in outcome.letters)
    assert {row.serial for row in read if not row.is_good} <= rows.keys()
    assert report.read == len(scenario.rows) == report.written + report.superseded + rows.total()
    if scenario.refused and report.failed == 0:
        newest = {row.key: row.serial for row in read if row.is_good}
        assert not any(serial % scenario.refused == 0 for serial in newest.values())


def check_stored(outcome: Outcome, good: Sequence[Given]) -> None:
    """Keys of which no row is set aside hold the last one that was read."""
    failed = {letter["row"] for letter in outcome.letters}
    if outcome.report.failed and not failed:
        return  # nothing was to be set aside, so nobody has said which
    newest = {row.key: row.serial for row in good}
    unsure = {row.key for row in good if row.serial in failed}
    for key, serial in newest.items():
        if key not in unsure:
            assert outcome.stored.get(key) == serial


def check_order(outcome: Outcome) -> None:
    """In one call, what reaches a key does so in the order of the rows."""
    for serials in outcome.reached.values():
        assert serials == sorted(serials)
