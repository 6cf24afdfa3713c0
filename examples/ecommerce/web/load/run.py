"""The whole load: an embedded engine, the shop in a process of its own, and its customers here."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import perf_counter

import aiohttp

from ddbmodel import Mapper
from ddbmodel.testing import LocalDynamoDB
from examples.ecommerce.engine import TABLE_PREFIX
from examples.ecommerce.models import shop
from examples.ecommerce.web.load.books import disagreements
from examples.ecommerce.web.load.client import Client
from examples.ecommerce.web.load.goods import stock_up, units_on_hand
from examples.ecommerce.web.load.report import Timings
from examples.ecommerce.web.load.shopper import Shopper, Told


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a load came to.

    Attributes:
        elapsed: seconds from the first request to the last reply.
        wrong: what does not agree; nothing, if all does.
    """

    timings: Timings
    told: Told
    elapsed: float
    wrong: list[str]


@asynccontextmanager
async def served(endpoint_url: str) -> AsyncGenerator[str]:
    """Start the shop by its own command on an engine, and give its address; end it on leaving."""
    environment = {
        **os.environ,
        "DDBMODEL_ENDPOINT_URL": endpoint_url,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
    }
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "examples.ecommerce.web", "--port", "0"),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
    )
    assert server.stdout is not None
    try:
        async for line in server.stdout:
            if line.startswith(b"http"):
                yield line.decode().split("/ ")[0]
                return
        raise RuntimeError("the shop did not start: see what it has printed")
    finally:
        if server.returncode is None:
            server.terminate()
        await server.wait()


async def shop_for(client: Client, told: Told, users: int, seconds: float) -> float:
    """Let all customers visit at once, and again until the time is up; return how long it took."""
    started = perf_counter()

    async def keep_visiting(user: int) -> None:
        shopper, visit = Shopper(client, told, user), 0
        while visit == 0 or perf_counter() - started < seconds:
            await shopper.visit(visit)
            visit += 1

    async with asyncio.TaskGroup() as customers:
        for user in range(users):
            customers.create_task(keep_visiting(user))
    return perf_counter() - started


async def run_load(mapper: Mapper, endpoint_url: str, users: int, seconds: float, pause: float) -> Outcome:
    """Fill an empty engine, serve it to customers, and compare the books.

    Args:
        mapper: opened on the engine with the table prefix of the shop's command.
        endpoint_url: of that engine.
        users: how many customers there are at once.
        seconds: how long they begin new visits; 0 is one visit each.
        pause: how many seconds a customer looks at each reply on average.
    """
    units, timings, told = units_on_hand(users), Timings(), Told()
    await mapper.create_table(shop)
    await stock_up(mapper, users, units)
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=120)
    async with (
        served(endpoint_url) as url,
        aiohttp.ClientSession(url, connector=connector, timeout=timeout) as session,
    ):
        elapsed = await shop_for(Client(session, timings, pause), told, users, seconds)
    return Outcome(timings, told, elapsed, await disagreements(mapper, units, told))


async def run_embedded(users: int, seconds: float, pause: float) -> Outcome:
    """Do all that on an embedded engine of its own."""
    async with LocalDynamoDB() as dynamodb, dynamodb.connect(table_prefix=TABLE_PREFIX) as mapper:
        return await run_load(mapper, dynamodb.endpoint_url, users, seconds, pause)
