"""Serve the shop: `python -m examples.ecommerce.web`, on the embedded engine with a generated sample."""

from __future__ import annotations

import argparse
import asyncio
from secrets import token_hex

import uvicorn

from ddbmodel.testing import LocalDynamoDB
from examples.ecommerce.models import shop
from examples.ecommerce.web.app import create_app
from examples.ecommerce.web.sample import load_sample


async def serve(port: int, days: int) -> None:
    """Fill an embedded engine, and serve until the program is stopped."""
    async with LocalDynamoDB() as dynamodb:
        async with dynamodb.connect() as mapper:
            await mapper.create_table(shop)
            print(f"{await load_sample(mapper, days):,} items loaded")
        key = token_hex(32)  # tokens end with the process, as the data does
        app = create_app(lambda: dynamodb.connect(cursor_key=key), secret=token_hex(32))
        # A page token may be longer, percent-encoded, than the 64 KB that uvicorn takes by itself.
        config = uvicorn.Config(app, port=port, log_level="warning", h11_max_incomplete_event_size=2**20)
        print(f"http://127.0.0.1:{port}/ (the API: /api/docs)")
        await uvicorn.Server(config).serve()


def main() -> None:
    """Read the command line, and serve."""
    parser = argparse.ArgumentParser(prog="python -m examples.ecommerce.web", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--days", type=int, default=1, help="generated days (default: %(default)s)")
    found = parser.parse_args()
    asyncio.run(serve(found.port, found.days))


if __name__ == "__main__":
    main()
