"""A handler in a process of its own: frozen, thawed, and ended."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ddbmodel import Mapper
from ddbmodel.testing import LocalDynamoDB
from tests.unit.backends.lambda_process import Counter
from tests.unit.backends.relay import Relay

PROGRAM = Path(__file__).with_name("lambda_process.py")


class Sandbox:
    """The process, asked line by line."""

    def __init__(self, url: str, lane: str) -> None:
        self.child = subprocess.Popen(
            [sys.executable, str(PROGRAM), url, lane],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    async def invoke(self, **event: Any) -> dict[str, Any]:
        assert self.child.stdin is not None
        self.child.stdin.write(json.dumps(event) + "\n")
        self.child.stdin.flush()
        return await self.answer()

    async def answer(self) -> dict[str, Any]:
        assert self.child.stdout is not None
        line = await asyncio.to_thread(self.child.stdout.readline)
        answer: dict[str, Any] = json.loads(line)
        return answer

    def freeze(self) -> None:
        self.child.send_signal(signal.SIGSTOP)
        os.waitpid(self.child.pid, os.WUNTRACED)  # until it is stopped

    def thaw(self) -> None:
        self.child.send_signal(signal.SIGCONT)

    async def ended(self) -> tuple[int, str]:
        """Its exit code, and what it complained about."""
        _, errors = await asyncio.to_thread(self.child.communicate)
        return self.child.returncode, errors


@pytest.fixture
async def relay(dynamodb: LocalDynamoDB, mapper: Mapper) -> AsyncIterator[Relay]:
    await mapper.create_table(Counter)
    async with Relay(dynamodb.endpoint_url) as relay:
        yield relay


@pytest.fixture
def sandbox(relay: Relay) -> Iterator[Callable[[str], Sandbox]]:
    started: list[Sandbox] = []

    def start(lane: str) -> Sandbox:
        started.append(Sandbox(relay.url, lane))
        return started[-1]

    yield start
    for each in started:
        each.child.kill()
        each.child.communicate()


@pytest.mark.parametrize("lane", ["fast", "client"])
async def test_a_thaw_loses_and_doubles_nothing(
    lane: str, relay: Relay, sandbox: Callable[[str], Sandbox], mapper: Mapper
) -> None:
    """Connections that were closed while it was frozen cost no write, whether the clocks tell or not."""
    process = sandbox(lane)
    assert await process.invoke() == {"hits": 1, "opened": 1, "closed": 0}
    assert await process.invoke() == {"hits": 2, "opened": 1, "closed": 0}
    assert relay.accepted == 1
    hits, opened = 2, 1
    for gap in ({}, {"wall": 60.0}, {"wall": 60.0, "monotonic": 60.0}, {"wall": -3.0}):
        for abruptly in (False, True):
            process.freeze()
            await relay.drop(abruptly=abruptly)
            process.thaw()
            hits, opened = hits + 1, opened + bool(gap)
            answer = await process.invoke(**gap)
            assert (answer["hits"], answer["opened"]) == (hits, opened)
    assert relay.updates == hits
    assert (await mapper.require(Counter, "c")).hits == hits


async def test_it_closes_at_the_end_of_its_input(relay: Relay, sandbox: Callable[[str], Sandbox]) -> None:
    """Errors do not end it; when the process exits, every mapper it opened has been closed, in silence."""
    process = sandbox("fast")
    assert (await process.invoke(fail=True))["error"] == "ArithmeticError"
    assert (await process.invoke(wall=60.0))["hits"] == 2
    assert process.child.stdin is not None
    process.child.stdin.close()
    assert await process.answer() == {"exit": True, "opened": 2, "closed": 2}
    process.child.stdin = None
    assert await process.ended() == (0, "")


@pytest.mark.parametrize("hang", [False, True])
async def test_it_closes_at_sigterm(hang: bool, relay: Relay, sandbox: Callable[[str], Sandbox]) -> None:
    """SIGTERM closes the mapper and ends the process, between invocations and within one."""
    process = sandbox("fast")
    await process.invoke(hang=hang)
    process.child.send_signal(signal.SIGTERM)
    assert await process.answer() == {"exit": True, "opened": 1, "closed": 1}
    assert await process.ended() == (128 + signal.SIGTERM, "")
