"""Measures one operation of one subject, in a process of its own, and prints what it found as JSON."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import time
from typing import Any, Final

from tests.benchmarks.machine import cpu_seconds, pin, resident_bytes
from tests.benchmarks.shapes import SHAPES
from tests.benchmarks.subjects import Call, Endpoint, NotThere, load

# How often memory is looked at.
SAMPLES: Final = 10


async def repeat(call: Call, count: int, concurrency: int) -> float:
    """Call so often, by so many tasks at once; the CPU seconds of one call."""
    numbers = iter(range(count))

    async def task() -> None:
        for number in numbers:
            await call(number)

    before = cpu_seconds()
    await asyncio.gather(*(task() for _ in range(concurrency)))
    return (cpu_seconds() - before) / count


async def measure(call: Call, concurrency: int, budget_seconds: float) -> dict[str, Any]:
    """Measure for about as many CPU seconds as allowed, after a tenth of that to warm up and to learn how long it takes."""
    count = concurrency
    while (cost := await repeat(call, count, concurrency)) * count < budget_seconds / 10:
        count *= 2
    count = max(concurrency, int(budget_seconds / cost))
    began = time.perf_counter()
    cost = await repeat(call, count, concurrency)
    return {"cpu": cost, "wall": (time.perf_counter() - began) / count, "count": count}


async def watch_memory(call: Call, concurrency: int, budget_seconds: float) -> dict[str, Any]:
    """The resident bytes after each tenth of the operations."""
    cost = await repeat(call, 10 * concurrency, concurrency)
    count = max(concurrency, int(budget_seconds / cost / SAMPLES))
    samples = [0] * SAMPLES
    for sample in range(SAMPLES):
        await repeat(call, count, concurrency)
        samples[sample] = resident_bytes()
    return {"resident": samples, "count": count * SAMPLES}


async def run(options: argparse.Namespace) -> dict[str, Any]:
    """Open the subject and measure; what is not there has no result."""
    endpoint = Endpoint(options.url, os.environ.get("AWS_CA_BUNDLE"), options.connections)
    try:
        async with load(options.subject)(SHAPES[options.shape], endpoint) as calls:
            call = calls.get(options.operation)
            if call is None:
                return {"not_there": "no such operation"}
            way = watch_memory if options.memory else measure
            return await way(call, options.concurrency, options.budget)
    except (NotThere, ModuleNotFoundError) as missing:
        return {"not_there": str(missing)}


def main() -> None:
    """Measure what the arguments say."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--subject", required=True)
    options.add_argument("--operation", required=True)
    options.add_argument("--shape", required=True)
    options.add_argument("--url", required=True)
    options.add_argument("--concurrency", type=int, required=True)
    options.add_argument("--connections", type=int, required=True)
    options.add_argument("--budget", type=float, required=True, help="CPU seconds")
    options.add_argument("--memory", action="store_true")
    pin(0)
    print(json.dumps(asyncio.run(run(options.parse_args()))), flush=True)
    os._exit(0)  # what a library's threads still do is not of interest


if __name__ == "__main__":
    main()
