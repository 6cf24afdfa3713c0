"""Migrations that are throttled, cut off, killed, held to a budget, or refused: nothing is lost, or even sent."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ddbmodel import ExpressionError, Mapper, RateLimit
from ddbmodel.testing import FaultProxy, FaultRates, LocalDynamoDB
from tests.conformance.ages import Bill, bill, first_form, second_form
from tests.engines.killing import killed_after
from tests.unit.mapper.devices import Reading
from tests.unit.mapper.virtual_time import run

BILLS = 60
VICTIM = "tests.unit.mapper.migration_victim"
FAULTS = FaultRates(
    throttle=0.1, internal_error=0.05, reset_before=0.05, reset_after=0.1, truncate=0.05, wrong_crc=0.05
)


@dataclass
class Stored:
    """The table of bills, past the mapper."""

    client: Any

    async def put(self, *items: dict[str, Any]) -> None:
        for item in items:
            await self.client.put_item(TableName="bills", Item=item)

    async def versions(self) -> set[str]:
        found = (await self.client.scan(TableName="bills", ConsistentRead=True))["Items"]
        return {item.get("_schema", {"N": "1"})["N"] for item in found}


@pytest.fixture
async def stored(mapper: Mapper, dynamodb: LocalDynamoDB) -> AsyncIterator[Stored]:
    """Sixty bills in their older forms."""
    await mapper.create_table(Bill)
    async with dynamodb.client() as client:
        table = Stored(client)
        await table.put(*(first_form(n) if n % 2 else second_form(n) for n in range(BILLS)))
        yield table
    await mapper.delete_table(Bill)


async def all_bills(mapper: Mapper) -> list[Bill]:
    return await mapper.query(Bill).where(Bill.shop == "s").consistent().all()


@pytest.mark.parametrize("seed", range(3))
async def test_through_faults(mapper: Mapper, dynamodb: LocalDynamoDB, stored: Stored, seed: int) -> None:
    """Whatever goes wrong on the way, each bill is upgraded once, and counted as what became of it."""
    async with (
        FaultProxy(dynamodb.endpoint_url, faults=FAULTS, seed=seed) as proxy,
        proxy.connect() as troubled,
    ):
        report = await troubled.migrate(Bill, segments=3)
        faults = sum(seen.fault is not None for seen in proxy.log)
    assert faults > 5
    assert (report.scanned, report.failed) == (BILLS, 0), report
    assert report.upgraded + report.overtaken == BILLS
    assert await stored.versions() == {"3"}
    assert await all_bills(mapper) == [bill(number) for number in range(BILLS)]


async def test_live_writers_win_through_faults(
    mapper: Mapper, dynamodb: LocalDynamoDB, stored: Stored
) -> None:
    """Bills that a program of the old code writes meanwhile keep what it wrote, and nothing is lost of the others."""
    chance = random.Random(1)
    remarks: dict[int, str] = {}

    async def write_in_the_old_form() -> None:
        for round_number in range(80):
            number = chance.randrange(BILLS)
            remarks[number] = f"round {round_number}"
            await stored.put(first_form(number, note={"S": remarks[number]}))

    async with FaultProxy(dynamodb.endpoint_url, faults=FAULTS, seed=9) as proxy, proxy.connect() as troubled:
        _, report = await asyncio.gather(write_in_the_old_form(), troubled.migrate(Bill, segments=3))
    assert report.scanned == BILLS
    again = await mapper.migrate(Bill)
    assert again.ok
    expected = [bill(n, remark=remarks[n]) if n in remarks else bill(n) for n in range(BILLS)]
    assert await all_bills(mapper) == expected


async def test_killed_by_the_system(
    mapper: Mapper, dynamodb: LocalDynamoDB, stored: Stored, tmp_path: Path
) -> None:
    """After two `kill -9`, it goes on from its checkpoint, ends, and every bill is upgraded exactly once."""
    place = tmp_path / "place"
    async with FaultProxy(dynamodb.endpoint_url) as proxy:
        for requests in (12, 40):
            assert await killed_after(proxy, requests, VICTIM, proxy.endpoint_url, str(place)) is None
        assert await stored.versions() != {"3"}, "it was done before it was killed"
        output = await killed_after(proxy, 1_000_000, VICTIM, proxy.endpoint_url, str(place))
        updates = [seen for seen in proxy.log if seen.operation == "UpdateItem" and seen.status == 200]
    assert output is not None
    scanned, upgraded, current, _, failed = map(int, output.split())
    assert (scanned, failed) == (BILLS, 0)
    assert upgraded + current == BILLS
    assert len(updates) == BILLS
    assert await all_bills(mapper) == [bill(number) for number in range(BILLS)]
    assert not place.exists()


def test_a_budget_is_kept() -> None:
    """Six bills at two units a second take two seconds, after the first two: as long as their units last."""

    async def main() -> float:
        clock = asyncio.get_running_loop().time
        async with LocalDynamoDB() as dynamodb, dynamodb.connect() as mapper:
            await mapper.create_table(Bill)
            async with dynamodb.client() as client:
                await Stored(client).put(*map(first_form, range(6)))
            began = clock()
            limit = RateLimit(write_units_per_second=2, clock=clock)
            report = await mapper.migrate(Bill, rate_limit=limit)
            assert report.upgraded == 6
            return clock() - began

    assert run(main(), patience_seconds=1) == pytest.approx(2, abs=0.3)


async def test_a_dry_run_writes_nothing(dynamodb: LocalDynamoDB, stored: Stored) -> None:
    """What would be upgraded is told, by reads alone."""
    async with FaultProxy(dynamodb.endpoint_url) as proxy, proxy.connect() as mapper:
        report = await mapper.migrate(Bill, dry_run=True)
        sent = {seen.operation for seen in proxy.log}
    assert (report.upgraded, sent) == (BILLS, {"Scan"})


@pytest.mark.parametrize(
    ("model", "options", "message"),
    [
        pytest.param(Reading, {}, "nothing to upgrade", id="a model without versions"),
        pytest.param(Bill, {"concurrency": 0}, "concurrency", id="nobody works"),
        pytest.param(Bill, {"segments": 0}, "segments", id="no segment"),
        pytest.param(Bill, {"rate_limit": 5}, "rate_limit", id="no limit"),
        pytest.param(Bill, {"checkpoint": "a text"}, "none of a migration", id="a file of something else"),
    ],
)
async def test_what_is_refused_is_not_sent(
    dynamodb: LocalDynamoDB, tmp_path: Path, model: Any, options: dict[str, Any], message: str
) -> None:
    """A migration that cannot be is refused before anything is sent."""
    if "checkpoint" in options:
        options = {"checkpoint": tmp_path / "place"}
        options["checkpoint"].write_text("a text")
    async with FaultProxy(dynamodb.endpoint_url) as proxy, proxy.connect() as mapper:
        with pytest.raises(ExpressionError, match=message):
            await mapper.migrate(model, **options)
        assert not proxy.log
