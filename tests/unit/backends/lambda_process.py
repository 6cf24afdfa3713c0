"""A process like Lambda's: it reads invocations line by line, and answers each with a line.

Arguments: the endpoint and the lane. An invocation says how far each clock moves before it.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from aiobotocore.config import AioConfig

from ddbmodel import Attr, Mapper, Model, field, partition_key
from ddbmodel.backends.aws_lambda import lambda_handler

seen = {"opened": 0, "closed": 0}
clocks = {"wall": 1_800_000_000.0, "monotonic": 1000.0}


class Counter(Model, table="counters"):
    name: Attr[str] = partition_key()
    hits: Attr[int] = field(default=0)


@asynccontextmanager
async def connect() -> AsyncIterator[Mapper]:
    seen["opened"] += 1
    async with Mapper.connect(
        endpoint_url=sys.argv[1],
        lane=cast("Any", sys.argv[2]),
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=AioConfig(proxies={}, read_timeout=60),
    ) as mapper:
        yield mapper
    seen["closed"] += 1


def say(**what: Any) -> None:
    print(json.dumps({**what, **seen}), flush=True)


async def count(mapper: Mapper, event: dict[str, Any], context: None) -> int:
    if event.get("hang"):
        say(hanging=True)
        await asyncio.Event().wait()
    counter = await mapper.update(Counter.key("c"), Counter.hits.add(1))
    if event.get("fail"):
        raise ArithmeticError
    return counter.hits


handler = lambda_handler(
    connect, count, wall_clock=lambda: clocks["wall"], monotonic=lambda: clocks["monotonic"]
)

if __name__ == "__main__":
    # What is registered first is called last: after the mapper is closed.
    atexit.register(lambda: say(exit=True))
    for line in sys.stdin:
        event = json.loads(line)
        for clock in clocks:
            clocks[clock] += event.get(clock, 0.0)
        try:
            say(hits=handler(event, None))
        except Exception as error:  # noqa: BLE001  # as Lambda's runtime does
            say(error=type(error).__name__)
