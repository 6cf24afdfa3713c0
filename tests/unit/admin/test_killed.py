"""`kill -9` of dumps and loads: called again, they go on, and in the end nothing is missing."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from ddbmodel.testing import FaultProxy, LocalDynamoDB
from tests.engines.killing import killed_after
from tests.unit.admin.dumping import fill, item, make_table, stored

VICTIM = "tests.unit.admin.dumping_victim"


async def until_done(proxy: FaultProxy, work: str, folder: Path, wanted: int) -> tuple[dict[str, Any], int]:
    """Kill it so often, then let it end; its report, and how many requests the last run took."""
    chance, kills = random.Random(work), 0
    while True:
        requests = chance.randrange(4, 8) if kills < wanted else 1_000_000
        seen = len(proxy.log)
        output = await killed_after(proxy, requests, VICTIM, work, proxy.endpoint_url, str(folder))
        if output is not None:
            assert kills == wanted
            return json.loads(output), len(proxy.log) - seen
        kills += 1


async def test_killed_runs_lose_nothing(tmp_path: Path, dynamodb: LocalDynamoDB) -> None:
    """Whatever they were doing when they were killed, the new table is the old one, and work is not done twice."""
    padding = "x" * 20_000
    async with FaultProxy(dynamodb.endpoint_url) as proxy, proxy.connect() as mapper:
        await make_table(mapper, "old")
        await make_table(mapper, "new")
        await fill(mapper, "old", [item(n, text={"S": f"{n}{padding}"}) for n in range(400)])
        dumped, scans = await until_done(proxy, "dump", tmp_path / "d", 2)
        assert (dumped["items"], dumped["resumed"]) == (400, True)
        assert scans < 400 * 20_000 / 1_000_000 + 3, "it began anew"
        loaded, _ = await until_done(proxy, "load", tmp_path / "d", 2)
        assert (loaded["items"], loaded["resumed"]) == (400, True)
        assert loaded["written"] < 400, "it began anew"
        assert await stored(mapper, "new") == await stored(mapper, "old")
    assert not list((tmp_path / "d").glob("load-*"))
