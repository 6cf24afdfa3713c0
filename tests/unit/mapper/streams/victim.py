"""A program that follows a stream, to be killed: `python -m tests.unit.mapper.streams.victim URL FOLDER`.

It writes down each change before it asks for the next one, as whoever works on changes does.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from ddbmodel import Mapper
from tests.unit.mapper.streams.stream_server import Tally


async def main(url: str, folder: Path) -> None:
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    async with Mapper.connect(region_name="us-east-1", endpoint_url=url, **keys) as mapper:  # type: ignore[arg-type]
        with (folder / "seen").open("a") as seen:
            async for change in mapper.changes(
                Tally, checkpoint=folder / "place", checkpoint_seconds=0.02, poll_seconds=0.01
            ):
                assert change.new is not None
                seen.write(f"{change.new.name} {change.new.value}\n")
                seen.flush()
                os.fsync(seen.fileno())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
