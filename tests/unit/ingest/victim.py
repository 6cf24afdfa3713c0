"""A program that ingests, to be killed: `python -m tests.unit.ingest.victim URL FOLDER WORKERS SOURCE`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from ddbmodel import Mapper
from tests.unit.ingest.ingesting import Line


async def main(url: str, folder: Path, workers: int, source: str) -> None:
    credentials = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    async with Mapper.connect(region_name="us-east-1", endpoint_url=url, **credentials) as mapper:  # type: ignore[arg-type]
        report = await mapper.ingest(
            source,
            Line,
            dead_letters=folder / "bad.jsonl",
            checkpoint=folder / "place",
            checkpoint_rows=100,
            workers=workers,
        )
    print(report.to_json())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
