"""A soak: the whole Online Retail data set through faults, with flat memory and the totals of the CSV.

    python -m tests.benchmarks.ingest_soak FOLDER_WITH_CSV [--workers 2]

One process stores what comes, behind a `FaultProxy` that throttles, breaks and drops; another one ingests.
It prints the time, the memory of the ingesting process as it goes on, and both totals; the exit code is 0 if
they are equal, every line is there, and memory has not grown.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import sys
import tempfile
import time
import zlib
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from ddbmodel import Csv, IngestProgress, Mapper
from ddbmodel.testing import FaultProxy, FaultRates
from ddbmodel.testing.proxy.http_messages import Message, render
from ddbmodel.testing.proxy.http_server import HOST, Answer, HttpServer
from tests.benchmarks.retail_lines import COLUMNS, RetailLine

RATES = FaultRates(
    throttle=0.02, internal_error=0.01, unprocessed=0.05, reset_before=0.005, reset_after=0.005, truncate=0.003,
    garble=0.002, wrong_crc=0.002,
)  # fmt: skip
# What the process may hold at the end beyond what it held after the first tenth. Arbitrary: far below the file.
GROWTH_MB = 24


class Store:
    """A table that keeps of each item what the totals need."""

    def __init__(self) -> None:
        self.totals: dict[tuple[str, str], Decimal] = {}
        self.server = HttpServer(self._handle)

    async def _handle(self, message: Message) -> Answer:
        operation = message.headers["x-amz-target"].partition(".")[2]
        reply = self._described() if operation == "DescribeTable" else self._write(json.loads(message.body))
        body = json.dumps(reply).encode()
        headers = {"content-type": "application/x-amz-json-1.0", "x-amz-crc32": str(zlib.crc32(body))}
        return Answer(render("HTTP/1.1 200 OK", headers, body))

    def _write(self, request: dict[str, Any]) -> dict[str, Any]:
        for write in request["RequestItems"]["retail-lines"]:
            item = write["PutRequest"]["Item"]
            amount = Decimal(item["quantity"]["N"]) * Decimal(item["price"]["N"])
            self.totals[item["invoice"]["S"], item["line"]["N"]] = amount
        units = float(len(request["RequestItems"]["retail-lines"]))
        capacity = {"TableName": "retail-lines", "CapacityUnits": units}
        return {"UnprocessedItems": {}, "ConsumedCapacity": [capacity]}

    def _described(self) -> dict[str, Any]:
        keys = [("invoice", "HASH", "S"), ("line", "RANGE", "N")]
        return {
            "Table": {
                "TableName": "retail-lines",
                "TableStatus": "ACTIVE",
                "KeySchema": [{"AttributeName": name, "KeyType": kind} for name, kind, _ in keys],
                "AttributeDefinitions": [{"AttributeName": name, "AttributeType": t} for name, _, t in keys],
            }
        }


def joined(folder: Path, target: Path) -> tuple[int, Decimal]:
    """Join the files of the days into one, and give its lines and their total."""
    count, total = 0, Decimal(0)
    with target.open("w", newline="") as file:
        for place, day in enumerate(sorted(folder.glob("*.csv"))):
            with day.open(newline="") as lines:
                text = lines.readlines()
            file.writelines(text if place == 0 else text[1:])
            for row in csv.DictReader(text):
                count += 1
                total += int(row["Quantity"]) * Decimal(row["UnitPrice"])
    return count, total


async def ingest(url: str, path: Path, workers: int) -> None:
    """Ingest, and print the memory now and then: the part of the child."""
    print_at = time.monotonic()

    def told(progress: IngestProgress) -> None:
        nonlocal print_at
        if time.monotonic() >= print_at:
            print_at = time.monotonic() + 2
            memory = {"seconds": progress.seconds, "read": progress.read, "mb": resident_mb()}
            print(json.dumps(memory), flush=True)

    async with Mapper.connect(
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    ) as mapper:
        report = await mapper.ingest(
            Csv(path, columns=COLUMNS, line_column="line"),
            RetailLine,
            dead_letters=path.with_name("bad.jsonl"),
            checkpoint=path.with_name("place"),
            concurrency=8,
            workers=workers,
            progress=told,
        )
    print(report.to_json())


def resident_mb() -> float:
    """The memory of this process, where the system tells it like Linux does."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


async def soak(folder: Path, workers: int) -> int:
    """Do it, and judge."""
    store = Store()
    await store.server.start()
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "retail.csv"
        count, total = joined(folder, path)
        async with FaultProxy(f"http://{HOST}:{store.server.port}", faults=RATES, seed=1) as proxy:
            arguments = ["--child", proxy.endpoint_url, str(path), "--workers", str(workers)]
            child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.benchmarks.ingest_soak",
                *arguments,
                stdout=asyncio.subprocess.PIPE,
            )
            lines = [json.loads(line) async for line in child.stdout or ()]
            await child.wait()
            faults = sum(1 for seen in proxy.log if seen.fault is not None)
            print(f"{len(proxy.log):,} requests, {faults:,} of them with faults")
    await store.server.stop()
    return judged(store, count, total, lines)


def judged(store: Store, count: int, total: Decimal, lines: Sequence[dict[str, Any]]) -> int:
    """Print what came of it, and give the exit code."""
    *memory, report = lines
    for one in memory[:: max(1, len(memory) // 20)]:
        print(f"{one['seconds']:7.1f} s  {one['read']:>9,} rows  {one['mb']:6.1f} MB")
    stored = sum(store.totals.values(), Decimal(0))
    early = next((one["mb"] for one in memory if one["read"] > count / 10), memory[-1]["mb"])
    growth = memory[-1]["mb"] - early
    print(f"CSV: {count:,} lines, total {total}; table: {len(store.totals):,} items, total {stored}")
    print(f"memory has grown by {growth:.1f} MB since the first tenth")
    print(report)
    return 0 if (len(store.totals), stored) == (count, total) and report["ok"] and growth < GROWTH_MB else 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="*")
    parser.add_argument("--child", nargs=2)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    if given.child:
        asyncio.run(ingest(given.child[0], Path(given.child[1]), given.workers))
    else:
        sys.exit(asyncio.run(soak(Path(given.folder[0]), given.workers)))


if __name__ == "__main__":
    main()
