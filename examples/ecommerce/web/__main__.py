"""Serve the shop, on the embedded engine with a generated sample, or on the one at DDBMODEL_ENDPOINT_URL."""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from secrets import token_hex

import uvicorn

from ddbmodel import Mapper, TableInUse
from ddbmodel.backends.fastapi.lifespan import Connect
from ddbmodel.testing import LocalDynamoDB
from examples.ecommerce.engine import TABLE_PREFIX
from examples.ecommerce.models import shop
from examples.ecommerce.web.app import create_app
from examples.ecommerce.web.sample import load_sample


@asynccontextmanager
async def engine(endpoint_url: str | None, cursor_key: str) -> AsyncGenerator[Connect]:
    """Find the engine, and say how a mapper is opened on it.

    Args:
        endpoint_url: of an engine that is there, used with the environment's credentials and region; None
            starts the embedded one.
        cursor_key: signs page tokens.
    """
    if endpoint_url is None:
        async with LocalDynamoDB() as dynamodb:
            yield lambda: dynamodb.connect(cursor_key=cursor_key)
        return
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    yield lambda: Mapper.connect(
        endpoint_url=endpoint_url, region_name=region, table_prefix=TABLE_PREFIX, cursor_key=cursor_key
    )


async def fill(connect: Connect, days: int) -> None:
    """Create the table and load the sample; a table that is there already is used as it is."""
    async with connect() as mapper:
        try:
            await mapper.create_table(shop)
        except TableInUse:
            print("the table is there already, and is used as it is")
        else:
            print(f"{await load_sample(mapper, days):,} items loaded")


async def serve(port: int, days: int) -> None:
    """Serve until the program is stopped."""
    # Without a secret of one's own, sign-ins and page tokens end with the process.
    secret = os.environ.get("SHOP_SECRET") or token_hex(32)
    cursor_key = hashlib.sha256(f"page tokens {secret}".encode()).hexdigest()
    async with engine(os.environ.get("DDBMODEL_ENDPOINT_URL") or None, cursor_key) as connect:
        await fill(connect, days)
        config = uvicorn.Config(
            create_app(connect, secret=secret),
            log_level="warning",
            # A page token may be longer, percent-encoded, than the 64 KB that uvicorn takes by itself.
            h11_max_incomplete_event_size=2**20,
            # Longer than clients keep a connection: what both close at one moment, the client sees broken.
            timeout_keep_alive=75,
        )
        with socket.create_server(("127.0.0.1", port), backlog=1024) as listening:
            print(f"http://127.0.0.1:{listening.getsockname()[1]}/ (the API: /api/docs)", flush=True)
            await uvicorn.Server(config).serve([listening])


def main() -> None:
    """Read the command line, and serve."""
    parser = argparse.ArgumentParser(prog="python -m examples.ecommerce.web", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="0 takes any free one (default: %(default)s)")
    parser.add_argument("--days", type=int, default=1, help="generated days (default: %(default)s)")
    found = parser.parse_args()
    asyncio.run(serve(found.port, found.days))


if __name__ == "__main__":
    main()
