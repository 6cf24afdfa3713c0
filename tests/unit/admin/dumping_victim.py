"""A program to be killed: it dumps a table, or loads a dump, with the smallest parts."""

from __future__ import annotations

import asyncio
import sys

from ddbmodel import Mapper, dump, load


async def main(work: str, url: str, folder: str) -> None:
    credentials = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    async with Mapper.connect(region_name="us-east-1", endpoint_url=url, **credentials) as mapper:
        if work == "dump":
            print((await dump(mapper, "old", folder, segments=2, part_bytes=300_000)).to_json())
        else:
            print((await load(mapper, folder, table="new")).to_json())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
