"""A lane that lives for long holds no more memory after thousands of requests than after hundreds."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import TypeAlias, cast

import pytest

from ddbmodel.errors import DDBModelError
from ddbmodel.operations import GetItem, PutItem
from ddbmodel.transport.connect import LaneChoice, attach
from tests.unit.operations.expressions import Expression
from tests.unit.transport.conftest import MakeClient
from tests.unit.transport.raw_server import EMPTY, reply

KEY = {"pk": {"S": "c1"}}
REQUESTS = (GetItem("orders", KEY), PutItem("orders", KEY, condition=Expression("status")))
NUMBERS = count()

Answer: TypeAlias = Callable[[asyncio.Transport], object]


def _unheard_of(transport: asyncio.Transport) -> None:
    """An error and a header that never come again."""
    number = next(NUMBERS)
    body = b'{"__type": "Error%d", "message": "no"}' % number
    transport.write(reply(body, f"x-{number}: {number}", status="400 Bad Request"))


ANSWERS: dict[str, Answer] = {
    "answers": lambda transport: transport.write(EMPTY),
    "answers and closes": lambda transport: (transport.write(EMPTY), transport.close()),
    "refuses": _unheard_of,
    "answers no HTTP": lambda transport: transport.write(b"no\r\n\r\n"),
    "resets": lambda transport: transport.abort(),
}


class Forgetful(asyncio.Protocol):
    """The server's end of a connection, which keeps nothing of what it was sent."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        # A request ends with its body, an object; the client lane writes it by itself.
        if data.endswith(b"}"):
            self._answer(self._transport)


@asynccontextmanager
async def _serving(answer: Answer) -> AsyncIterator[str]:
    """The URL of an endpoint that does so."""
    server = await asyncio.get_running_loop().create_server(lambda: Forgetful(answer), "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize(
    ("choice", "how"), [*(("fast", how) for how in ANSWERS), ("client", "answers"), ("client", "resets")]
)
async def test_many_requests_leave_nothing_behind(
    make_client: MakeClient, choice: LaneChoice, how: str
) -> None:
    """However they end. What they leave is counted in blocks of memory: one for three requests would show.

    What botocore keeps of errors and headers that it has never seen is botocore's.
    """
    async with _serving(ANSWERS[how]) as url:
        blocks = await _blocks(make_client, url, choice)
    assert blocks[1] - blocks[0] < 100


async def _blocks(make_client: MakeClient, url: str, choice: LaneChoice) -> list[int]:
    """How many there are after some requests, and after many more."""
    lane = attach(await make_client(endpoint_url=url, retries={"total_max_attempts": 1}), choice)

    async def blocks_after(requests: int) -> int:
        for number in range(requests):
            try:
                await lane.send(REQUESTS[number % 2])
            except DDBModelError as error:
                error.__traceback__ = None
        await asyncio.sleep(0)
        gc.collect()
        return sys.getallocatedblocks()

    await blocks_after(400)
    counts = [await blocks_after(200), await blocks_after(800 if choice == "fast" else 300)]
    await lane.close()
    return counts
