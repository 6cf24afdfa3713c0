"""`kill -9` in a loop while the table is written to and its shards split: no change is lost."""

from __future__ import annotations

import asyncio
import random
import sys
from itertools import pairwise
from pathlib import Path

from tests.unit.mapper.streams.stream_server import StreamServer, stream_server

KILLS = 6


def lines(folder: Path) -> list[tuple[str, int]]:
    """What has been dealt with, in order; a line that was being written when it was killed does not count."""
    path = folder / "seen"
    text = path.read_text() if path.exists() else ""
    whole = text[: text.rfind("\n") + 1].splitlines()
    return [(line.split()[0], int(line.split()[1])) for line in whole]


async def write(server: StreamServer, chance: random.Random, written: list[tuple[str, int]]) -> None:
    """Write to the open shards, and let one split now and then: an item stays in its branch."""
    if chance.random() < 0.2 and len(server.shards) < 30:
        for branch in "xy":
            parent = newest(server, branch)
            server.shard(f"{branch}{len(server.shards)}", parent)
    branch = chance.choice("xy")
    value = sum(name == branch for name, _ in written)
    server.write(newest(server, branch), branch, value)
    written.append((branch, value))


def newest(server: StreamServer, branch: str) -> str:
    """The open shard of a branch."""
    return [name for name in server.shards if name.startswith(branch)][-1]


async def test_a_follower_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    """Each change has been dealt with at least once, in the order of its item, whenever it was killed."""
    chance, written = random.Random(1), list[tuple[str, int]]()
    async with stream_server() as server:
        server.page_records = 3
        server.shard("x0")
        server.shard("y0")
        for kill in range(KILLS + 1):
            program = [sys.executable, "-m", "tests.unit.mapper.streams.victim", server.url, str(tmp_path)]
            process = await asyncio.create_subprocess_exec(*program)
            try:
                enough = len(written) + 25
                started = server.asked["GetRecords"]
                while len(written) < enough or server.asked["GetRecords"] < started + chance.randrange(5, 60):
                    if len(written) < enough:
                        await write(server, chance, written)
                    await asyncio.wait_for(server.changed.wait(), 60)
                    server.changed.clear()
                while kill == KILLS and set(written) - set(lines(tmp_path)):
                    await asyncio.wait_for(server.changed.wait(), 60)
                    server.changed.clear()
            finally:
                process.kill()
                await process.wait()
    seen = lines(tmp_path)
    assert set(seen) == set(written)
    for name in "xy":
        own = [value for one, value in seen if one == name]
        # It may go back to where a checkpoint was, and never leaves one out.
        assert own[0] == 0
        assert all(after <= before + 1 for before, after in pairwise(own))
        assert sum(after <= before for before, after in pairwise(own)) <= KILLS
    assert len(seen) < (KILLS + 1) * len(written), "it goes on from checkpoints, not from the beginning"
