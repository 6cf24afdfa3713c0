"""Ingest through a network that fails: the table is a dict's in the end, and what failed is told."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from ddbmodel import Attr, ExpressionError, IngestStopped, Model, partition_key
from ddbmodel.testing import Capacity, FaultProxy, FaultRates, LocalDynamoDB
from tests.unit.ingest.ingesting import Dice, Line, balanced, expected, letters, line, write_json_lines

FAULTS = FaultRates(
    throttle=0.05,
    internal_error=0.05,
    unprocessed=0.1,
    reset_before=0.02,
    reset_after=0.03,
    truncate=0.02,
    wrong_crc=0.02,
)


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_fails_the_table_is_a_dicts(
    tmp_path: Path, dynamodb: LocalDynamoDB, seed: int
) -> None:
    """Rows of few keys through faults at random: the last row of each key is stored, bad rows are set aside."""
    chance = random.Random(seed)
    rows: list[dict[str, Any]] = [line(n, total=str(n), keys=chance.choice([30, 400])) for n in range(900)]
    bad = set(chance.sample(range(900), 15))
    given = [{**row, "total": -1} if number in bad else row for number, row in enumerate(rows)]
    path = write_json_lines(tmp_path / "a.jsonl", given)
    async with (
        FaultProxy(dynamodb.endpoint_url, faults=FAULTS, seed=seed) as proxy,
        proxy.connect() as mapper,
    ):
        await mapper.create_table(Line)
        report = await mapper.ingest(
            path, Line, dead_letters=tmp_path / "bad", checkpoint=tmp_path / "place", checkpoint_rows=50
        )
        faults = [seen for seen in proxy.log if seen.fault is not None]
    async with dynamodb.connect() as mapper:
        found = {(one.pk, one.sk): str(one.total) async for one in mapper.scan(Line)}
    assert faults
    assert found == expected(row for number, row in enumerate(rows) if number not in bad)
    assert (report.invalid, report.failed) == (15, 0)
    assert balanced(report)
    assert sorted(one["line"] for one in letters(tmp_path / "bad")) == sorted(number + 1 for number in bad)


async def test_workers_share_one_table(tmp_path: Path, dynamodb: LocalDynamoDB) -> None:
    """Two processes through faults write what one would, and their reports and dead letters are one."""
    rows: list[dict[str, Any]] = [line(n, total=str(n), keys=250) for n in range(1000)]
    rows[500]["sk"] = "x"
    path, bad = write_json_lines(tmp_path / "a.jsonl", rows), tmp_path / "bad"
    del rows[500]
    async with FaultProxy(dynamodb.endpoint_url, faults=FAULTS) as proxy, proxy.connect() as mapper:
        await mapper.create_table(Line)
        report = await mapper.ingest(path, Line, dead_letters=bad, workers=2)
    async with dynamodb.connect() as mapper:
        found = {(one.pk, one.sk): str(one.total) async for one in mapper.scan(Line)}
    assert found == expected(rows)
    assert (report.read, report.invalid, report.failed, report.complete) == (1000, 1, 0, True)
    assert balanced(report)
    assert [one["line"] for one in letters(bad)] == [501]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.jsonl", "bad"]  # noqa: ASYNC240


async def test_keys_that_change_are_no_work_for_workers(tmp_path: Path, dynamodb: LocalDynamoDB) -> None:
    """If validation does not give a row the same key each time, the run fails and says so."""
    path = write_json_lines(tmp_path / "a.jsonl", [{"name": number} for number in range(50)])
    async with dynamodb.connect() as mapper:
        await mapper.create_table(Dice)
        with pytest.raises(IngestStopped, match="does not give a row the same key"):
            await mapper.ingest(path, Dice, workers=2)


async def test_workers_need_a_model_of_a_module(tmp_path: Path, dynamodb: LocalDynamoDB) -> None:
    """A class that other processes cannot import is refused before any is started."""

    class Local(Model, table="local"):
        pk: Attr[str] = partition_key()

    path = write_json_lines(tmp_path / "a.jsonl", [{"pk": "1"}])
    async with dynamodb.connect() as mapper:
        with pytest.raises(ExpressionError, match="workers import .*Local by its name"):
            await mapper.ingest(path, Local, workers=2)


async def test_a_bad_row_stops_all_workers(tmp_path: Path, dynamodb: LocalDynamoDB) -> None:
    """Without a dead-letter file, the run stops with the row's line, whoever has read it."""
    path = write_json_lines(tmp_path / "a.jsonl", [*map(line, range(300)), {"pk": "p", "sk": "x"}])
    async with dynamodb.connect() as mapper:
        await mapper.create_table(Line)
        with pytest.raises(IngestStopped, match=r"line 301: \$\.sk") as caught:
            await mapper.ingest(path, Line, workers=2)
    assert balanced(caught.value.report)
    assert not caught.value.report.complete


async def test_a_table_without_capacity_is_waited_for(tmp_path: Path, dynamodb: LocalDynamoDB) -> None:
    """Throttling costs time and retries, and no row."""
    rows = [line(number) for number in range(250)]
    capacity = Capacity(write_units=100, burst_seconds=1)
    async with FaultProxy(dynamodb.endpoint_url, capacity=capacity) as proxy, proxy.connect() as mapper:
        await mapper.create_table(Line)
        report = await mapper.ingest(write_json_lines(tmp_path / "a.jsonl", rows), Line)
        assert await mapper.scan(Line).count() == 250
    assert report.ok
    assert report.retried
