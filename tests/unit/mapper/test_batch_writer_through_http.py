"""Random writes, over real HTTP, through a proxy that fails at random: the table is a dictionary in the end.

`test_batch_writer_property` proves the same of the writer alone. Here nothing is stood in for: the mapper,
its lane with its retries, sockets, the strict proxy with every fault that it has, and a table behind it that
remembers what reached it, and in which order. Only time is virtual.

More examples: `DDBMODEL_TEST_EXAMPLES=2000 pytest ...`
"""

from __future__ import annotations

import asyncio
import base64
import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import aioboto3
import pytest
from aiobotocore.config import AioConfig
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from ddbmodel import (
    Attr,
    CodecError,
    DDBModelError,
    Failure,
    ItemKey,
    ItemTooLarge,
    Mapper,
    MapperClosed,
    Model,
    RateLimit,
    UnprocessedItems,
    partition_key,
    sort_key,
)
from ddbmodel.mapper.batch_writer import BatchWriter, OnError
from ddbmodel.mapper.write_report import WriteReport
from ddbmodel.model import plan_of
from ddbmodel.testing import DropReply, ExpiredCredentials, FaultProxy, Seen, Unprocessed
from tests.strategies.effort import examples
from tests.strategies.faults import FAULT_PLANS, FaultPlan
from tests.unit.mapper.http_table import HttpTable, Key
from tests.unit.mapper.virtual_time import run

SESSION = aioboto3.Session("testing", "testing", region_name="us-east-1")
# No reply is late: one that comes after the client has given up could come after later writes too.
CONFIG = AioConfig(proxies={}, read_timeout=10**6, connect_timeout=10**6)
PATIENCE_SECONDS = 0.001
# Its text costs six bytes a character on the wire, so seven of these are more than a request may have.
LARGE = "\x01" * 390_000


class First(Model, table="first"):
    pk: Attr[str] = partition_key()
    sk: Attr[int] = sort_key()
    serial: Attr[int]
    weight: Attr[float] = 0.0
    text: Attr[str] = ""


class Second(Model, table="second"):
    pk: Attr[bytes] = partition_key()
    serial: Attr[int]
    weight: Attr[float] = 0.0
    text: Attr[str] = ""


REFUSED: dict[str, tuple[type[DDBModelError], ...]] = {
    "nan": (CodecError,),
    "empty": (CodecError,),
    "huge": (ItemTooLarge,),
}
KEYS = {"first": {"pk": "S", "sk": "N"}, "second": {"pk": "B"}}


@dataclass(frozen=True)
class Step:
    """One call: a put, a delete by key or by model, or a put of what cannot be stored."""

    verb: str
    table: int
    number: int
    text: str = ""

    def item(self, serial: int) -> First | Second:
        weight = float("nan") if self.verb == "nan" else 0.0
        text = "x" * 500_000 if self.verb == "huge" else self.text
        if self.table:
            pk = b"" if self.verb == "empty" else bytes([self.number])
            return Second(pk=pk, serial=serial, weight=weight, text=text)
        pk = "" if self.verb == "empty" else f"p{self.number % 3}"
        return First.model_construct(pk=pk, sk=self.number, serial=serial, weight=weight, text=text)


@dataclass(frozen=True)
class Accepted:
    key: Key
    serial: int | None


@dataclass
class Scenario:
    """What happens in one run. Times are in seconds, and virtual.

    Attributes:
        tasks: what each task does with the one writer.
        faults: what goes wrong with one request after the other.
        refused: the service refuses items whose serial this divides; 0 is none.
        leave_after: the block raises then.
        cancel_at: its task is cancelled then.
    """

    tasks: Sequence[Sequence[Step]]
    faults: FaultPlan
    refused: int = 0
    concurrency: int = 4
    on_error: OnError = "flush"
    leave_after: float | None = None
    cancel_at: Sequence[float] = ()
    flush_every: int = 0
    deadline: float | None = None
    rate: float | None = None


@dataclass
class Outcome:
    accepted: list[Accepted] = field(default_factory=list[Accepted])
    report: WriteReport = field(default_factory=WriteReport)
    history: dict[Key, list[int | None]] = field(default_factory=dict[Key, list[int | None]])
    stored: dict[Key, int] = field(default_factory=dict[Key, int])
    log: Sequence[Seen] = ()
    left_by: str = "nothing"


def steps(seed: int, count: int, keys: int, verbs: str) -> list[Step]:
    """What one task does, over a few keys."""
    chance = random.Random(seed)
    wanted = {
        "puts": ["put"],
        "both": ["put", "put", "delete", "delete by model"],
        "bad": ["put", "delete", "nan", "empty", "huge"],
    }[verbs]
    return [
        Step(chance.choice(wanted), chance.randrange(2), chance.randrange(keys), "t" * chance.randrange(2000))
        for _ in range(count)
    ]


SECONDS = st.sampled_from([0.0, 0.001, 0.05, 0.5, 3.0])
TASKS = st.builds(
    steps,
    st.integers(0, 1000),
    st.integers(0, 90),
    st.sampled_from([1, 3, 20, 60]),
    st.sampled_from(["puts", "puts", "both", "both", "bad"]),
)
SCENARIOS = st.builds(
    Scenario,
    tasks=st.lists(TASKS, min_size=1, max_size=4),
    faults=FAULT_PLANS,
    refused=st.sampled_from([0, 0, 0, 1, 7, 50]),
    concurrency=st.integers(1, 4),
    on_error=st.sampled_from(["flush", "drop"]),
    leave_after=st.none() | st.none() | SECONDS,
    cancel_at=st.just([]) | st.lists(st.floats(0, 8), max_size=2),
    flush_every=st.sampled_from([0, 0, 7, 40]),
    deadline=st.none() | st.none() | st.floats(0.01, 6),
    rate=st.none() | st.sampled_from([20.0, 500.0]),
)
# What comes back unprocessed may have been applied by the attempt whose reply was lost.
LOST_AND_LEFT = Scenario(
    [[Step("put", 1, 0), Step("put", 1, 1)]],
    FaultPlan([(DropReply(), 1), (Unprocessed(0.01), 1), (ExpiredCredentials(), 2)]),
    concurrency=1,
)
LARGE_ONES = Scenario([[Step("put", n % 2, n % 12, LARGE) for n in range(20)]], FaultPlan())


@settings(max_examples=examples(40))
@given(SCENARIOS)
@example(LARGE_ONES)
@example(LOST_AND_LEFT)
def test_the_table_is_a_dictionary(scenario: Scenario) -> None:
    """Zero lost, zero doubled, every failure reported: whatever fails, wherever the block is left."""
    outcome = run(play(scenario), patience_seconds=PATIENCE_SECONDS)
    event(f"left by {outcome.left_by}")
    event("with failures" if outcome.report.failed else "without failures")
    report = outcome.report
    assert report.accepted == len(outcome.accepted) == report.written + report.superseded + len(report.failed)
    assert report.pending == 0
    if not scenario.refused:
        assert "ValidationException" not in {seen.code for seen in outcome.log}
    check_failures(outcome)
    check_order(outcome)
    check_state(outcome)
    check_counts(outcome)


async def play(scenario: Scenario) -> Outcome:
    modulus = scenario.refused
    table = HttpTable(KEYS, refused=lambda item: bool(modulus and int(item["serial"]["N"]) % modulus == 0))
    outcome = Outcome()
    async with table:
        async with FaultProxy(table.endpoint_url, faults=scenario.faults.script("BatchWriteItem")) as proxy:
            options: Any = {"session": SESSION, "config": CONFIG, "endpoint_url": proxy.endpoint_url}
            async with Mapper.connect(**options) as mapper:
                await left(scenario, mapper, outcome)
            outcome.log = proxy.log
    outcome.history = {
        key: [None if item is None else int(item["serial"]["N"]) for item in items]
        for key, items in table.history.items()
    }
    outcome.stored = {key: int(item["serial"]["N"]) for key, item in table.items.items()}
    return outcome


async def left(scenario: Scenario, mapper: Mapper, outcome: Outcome) -> None:
    """Open a writer, run the block, and note how it was left."""
    loop = asyncio.get_running_loop()
    rate = scenario.rate
    writer = mapper.batch_writer(
        concurrency=scenario.concurrency,
        on_error=scenario.on_error,
        deadline_seconds=scenario.deadline,
        rate_limit=None if rate is None else RateLimit(write_units_per_second=rate, clock=loop.time),
    )
    outcome.report = writer.report
    main = asyncio.ensure_future(block(scenario, writer, outcome))
    for moment in scenario.cancel_at:
        loop.call_at(moment, main.cancel)
    (result,) = await asyncio.gather(main, return_exceptions=True)
    outcome.left_by = "nothing" if result is None else type(result).__name__
    late = {"MapperClosed"} if scenario.deadline is not None else set[str]()
    assert outcome.left_by in {"nothing", "CancelledError", "KeyError", "UnprocessedItems"} | late
    assert result is not None or not writer.report.failed
    if isinstance(result, UnprocessedItems):
        assert list(result.leftover) == writer.report.failed


async def block(scenario: Scenario, writer: BatchWriter, outcome: Outcome) -> None:
    serials = iter(range(1, 10**9))

    async def task(todo: Sequence[Step]) -> None:
        for number, step in enumerate(todo, 1):
            await write(writer, step, next(serials), outcome)
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


async def write(writer: BatchWriter, step: Step, serial: int, outcome: Outcome) -> None:
    item = step.item(serial)
    if step.verb in REFUSED:
        with pytest.raises((*REFUSED[step.verb], MapperClosed)) as caught:
            await writer.put(item)
        if isinstance(caught.value, MapperClosed):
            raise caught.value
        return
    if step.verb == "put":
        await writer.put(item)
    else:
        await writer.delete(item if step.verb == "delete by model" else key_of(item))
    # No other task runs between the acceptance and this line.
    outcome.accepted.append(Accepted(place_of(item), serial if step.verb == "put" else None))


def key_of(item: First | Second) -> Any:
    return First.key(item.pk, item.sk) if isinstance(item, First) else Second.key(item.pk)


def place_of(written: First | Second | ItemKey[Any]) -> Key:
    """The key as the table behind tells it."""
    key = written if isinstance(written, ItemKey) else key_of(written)
    stored = [pair for attribute in key.attributes.values() for pair in attribute.items()]
    wire = [{kind: base64_of(value) if kind == "B" else value} for kind, value in stored]
    return plan_of(key.model).stored_table.name, json.dumps(wire)


def base64_of(value: bytes) -> str:
    return base64.b64encode(value).decode()


def check_failures(outcome: Outcome) -> None:
    """Each is of an accepted write, once, with its reason; one that is not `unknown` is not in the table."""
    reached = {serial for serials in outcome.history.values() for serial in serials}
    accepted = Counter(outcome.accepted)
    failed = Counter(accepted_as(failure) for failure in outcome.report.failed)
    assert failed <= accepted
    for failure in outcome.report.failed:
        assert failure.reason
        assert failure.attempts >= 0
        assert failure.attempts or not failure.unknown
        if isinstance(failure.item, Model) and failure.operation == "put" and not failure.unknown:
            assert accepted_as(failure).serial not in reached


def check_order(outcome: Outcome) -> None:
    """What reaches a key does so in the order of acceptance; what comes again is what is there already."""
    for key, reached in outcome.history.items():
        accepted = [write.serial for write in outcome.accepted if write.key == key]
        position = 0
        for serial in reached:
            assert serial in accepted[position:], (key, accepted, reached)
            position = accepted.index(serial, position)


def check_state(outcome: Outcome) -> None:
    """A key without failures holds what a dictionary would; any other the last write that was not refused."""
    model: dict[Key, int | None] = {write.key: write.serial for write in outcome.accepted}
    failed = {accepted_as(failure).key for failure in outcome.report.failed}
    for key, serial in model.items():
        if key not in failed:
            assert outcome.stored.get(key) == serial
    assert outcome.stored.keys() <= model.keys()


def check_counts(outcome: Outcome) -> None:
    """Of puts, exactly those count as written that reached the table, and are not told as unknown."""
    puts = {write.serial for write in outcome.accepted if write.serial is not None}
    if len(puts) < len(outcome.accepted):
        return  # deletes of one key cannot be told apart
    reached = {serial for serials in outcome.history.values() for serial in serials}
    assert reached <= puts
    told = {accepted_as(failure).serial for failure in outcome.report.failed}
    # A write whose reply was lost may be replaced before it is sent again: it is superseded then, if it landed or not.
    written = outcome.report.written
    assert written <= len(reached - told) <= written + outcome.report.superseded


def accepted_as(failure: Failure) -> Accepted:
    item = failure.item
    return Accepted(place_of(item), item.serial if failure.operation == "put" else None)
