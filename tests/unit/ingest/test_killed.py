"""`kill -9` in a loop: a run that is killed anywhere goes on, and in the end the table equals the file."""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ddbmodel.testing import FaultProxy, LocalDynamoDB
from tests.engines.s3 import MotoS3, environment_for
from tests.unit.ingest.ingesting import Line, expected, letters, line, write_json_lines

ROWS = 3000


async def killed_after(
    proxy: FaultProxy, requests: int, environment: dict[str, str], *arguments: str
) -> dict[str, Any] | None:
    """Run the victim, and kill it once so many requests have come; its report if it was done before."""
    program = [sys.executable, "-m", "tests.unit.ingest.victim", proxy.endpoint_url, *arguments]
    seen = len(proxy.log)
    process = await asyncio.create_subprocess_exec(*program, stdout=asyncio.subprocess.PIPE, env=environment)
    ended = asyncio.create_task(process.communicate())
    while len(proxy.log) < seen + requests and not ended.done():
        await asyncio.wait([ended], timeout=0.001)
    if not ended.done():
        process.kill()
    output, _ = await ended
    return json.loads(output) if process.returncode == 0 else None


@pytest.mark.parametrize("case", [("file", 1, 3), ("file", 2, 1), ("s3", 1, 3), ("s3", 2, 1)])
async def test_killed_runs_lose_nothing(
    tmp_path: Path, dynamodb: LocalDynamoDB, s3: MotoS3, case: tuple[str, int, int]
) -> None:
    """Whatever it was doing when it was killed: every row is in the table or in the dead letters, once."""
    place, workers, kills_wanted = case
    chance = random.Random(workers)
    # A key comes back soon, and late: an older row must not win over a newer one.
    rows: list[dict[str, Any]] = [line(n, total=str(n), keys=chance.choice([300, 700])) for n in range(ROWS)]
    bad = {n for n in range(ROWS) if n % 97 == 5}
    given = [{**row, "sk": "none"} if number in bad else row for number, row in enumerate(rows)]
    path = write_json_lines(tmp_path / "rows.jsonl", given)
    source = str(path) if place == "file" else s3.put(f"killed/{workers}.jsonl", path.read_bytes())
    async with FaultProxy(dynamodb.endpoint_url) as proxy, proxy.connect() as mapper:
        await mapper.create_table(Line)
        report, kills, resumed = None, 0, 0
        while report is None:
            requests = chance.randrange(20, 40) if kills < kills_wanted else 1_000_000
            report = await killed_after(
                proxy, requests, environment_for(s3.url), str(tmp_path), str(workers), source
            )
            kills += report is None
            places = [one for one in tmp_path.glob("place*") if one.suffix != ".new"]  # noqa: ASYNC240
            resumed += bool(places) and report is None
        found = {(one.pk, one.sk): str(one.total) async for one in mapper.scan(Line)}
    assert kills == kills_wanted
    assert resumed, "every run was killed before it had come anywhere"
    assert found == expected(row for number, row in enumerate(rows) if number not in bad)
    assert Counter(one["line"] for one in letters(tmp_path / "bad.jsonl")) == Counter(n + 1 for n in bad)
    assert (report["read"], report["invalid"], report["failed"]) == (ROWS, len(bad), 0)
    assert report["written"] + report["superseded"] == report["accepted"] == ROWS - len(bad)
