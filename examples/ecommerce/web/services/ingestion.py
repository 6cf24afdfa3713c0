"""Invoices poured into the table while people look on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Final, Literal, TypeAlias

from fastapi.responses import StreamingResponse

from ddbmodel import Mapper, Usage
from examples.ecommerce.assemble import Assembler, Item
from examples.ecommerce.days import Days
from examples.ecommerce.generate import write_days
from examples.ecommerce.source import read_lines

_SAMPLE_SECONDS: Final = 0.25
_SAMPLES_KEPT: Final = 400
State: TypeAlias = Literal["idle", "running", "done", "cancelled", "failed"]


@dataclass(frozen=True, slots=True)
class Seen:
    """How far it is.

    Attributes:
        rate: items a second since the sample before.
        units: write units so far, as DynamoDB reports them.
    """

    seconds: float
    written: int
    total: int
    rate: float
    units: float


class Ingestion:
    """One run at a time."""

    def __init__(self, mapper: Mapper) -> None:
        self._mapper = mapper
        self._task: asyncio.Task[None] | None = None
        self._moved = asyncio.Event()
        self.state: State = "idle"
        self.samples: list[Seen] = []

    @property
    def is_running(self) -> bool:
        """True while items are written."""
        return self.state == "running"

    @property
    def latest(self) -> Seen:
        """How far it is now."""
        return self.samples[-1] if self.samples else Seen(0.0, 0, 0, 0.0, 0.0)

    def start(self, days: int) -> None:
        """Begin, unless it is running."""
        if not self.is_running:
            self.state, self.samples = "running", []
            self._moved = asyncio.Event()  # the one of a run before is set, and would be waited for in vain
            self._task = asyncio.create_task(self._run(days))

    async def stop(self) -> None:
        """End it; what is written stays."""
        if self._task is not None and self.is_running:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def follow(self) -> AsyncGenerator[Seen]:
        """Every sample so far, and those to come, until it ends."""
        shown = 0
        while True:
            moved, samples = self._moved, self.samples
            for seen in samples[shown:]:
                yield seen
            shown = len(samples)
            if not self.is_running:
                return
            await moved.wait()

    def _note(self, seen: Seen) -> None:
        self.samples.append(seen)
        self._moved.set()
        self._moved = asyncio.Event()

    async def _run(self, days: int) -> None:
        try:
            with TemporaryDirectory(prefix="ddbmodel-ecommerce-") as folder:
                items = await asyncio.to_thread(_items, Path(folder), days)
                await self._write(items)
            self.state = "done"
        except asyncio.CancelledError:
            self.state = "cancelled"
        except Exception:
            self.state = "failed"
            raise
        finally:
            self._moved.set()

    async def _write(self, items: list[Item]) -> None:
        with self._mapper.measure() as usage:
            await self._pour(items, usage)

    async def _pour(self, items: list[Item], usage: Usage) -> None:
        started, due, before = monotonic(), 0.0, Seen(0.0, 0, len(items), 0.0, 0.0)
        async with self._mapper.batch_writer() as writer:
            for item in items:
                await writer.put(item)
                if monotonic() - started >= due and len(self.samples) < _SAMPLES_KEPT:
                    before = self._sample(started, before, writer.report.written, usage.write_units)
                    due = before.seconds + _SAMPLE_SECONDS
        self._sample(started, before, writer.report.written, usage.write_units)

    def _sample(self, started: float, before: Seen, written: int, units: float) -> Seen:
        seconds = monotonic() - started
        passed = seconds - before.seconds
        rate = (written - before.written) / passed if passed else 0.0
        seen = Seen(round(seconds, 2), written, before.total, round(rate, 1), units)
        self._note(seen)
        return seen


async def events(ingestion: Ingestion) -> AsyncGenerator[str]:
    """Server-sent events: each how far it is, and a last one, `end`, that says how it ended."""
    async for seen in ingestion.follow():
        yield f"data: {json.dumps(asdict(seen))}\n\n"
    yield f"event: end\ndata: {json.dumps(ingestion.state)}\n\n"


class EventStream(StreamingResponse):
    """A reply of server-sent events, which no cache keeps and no proxy collects."""

    media_type = "text/event-stream"

    def __init__(self, ingestion: Ingestion) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(events(ingestion), headers=headers)


def _items(folder: Path, days: int) -> list[Item]:
    files = write_days(folder, seed=days, days=days)
    return list(Assembler().items(read_lines(files, Days(first=days))))
