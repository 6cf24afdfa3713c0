"""A program to be killed: it migrates the table of bills, with a checkpoint."""

from __future__ import annotations

import asyncio
import sys

from ddbmodel import Mapper
from tests.conformance.ages import Bill


async def main(url: str, place: str) -> None:
    credentials = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    async with Mapper.connect(region_name="us-east-1", endpoint_url=url, **credentials) as mapper:
        report = await mapper.migrate(Bill, segments=4, concurrency=2, checkpoint=place)
    print(f"{report.scanned} {report.upgraded} {report.current} {report.overtaken} {report.failed}")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
