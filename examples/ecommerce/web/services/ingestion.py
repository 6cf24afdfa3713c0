"""Invoices poured into the table while people look on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import asdict, dataclass
from time import monotonic
from typing import Final, Literal, TypeAlias

from fastapi.responses import StreamingResponse

from ddbmodel import Mapper
from examples.ecommerce.web.sample import SampleItem, days_loaded, sample_items

_SAMPLE_SECONDS: Final = 0.25
_SAMPLE_SHARE: Final = 0.01  # of the time so far: a long run has not many more samples than a short one
State: TypeAlias = Literal["idle", "running", "done", "cancelled", "failed"]


@dataclass(frozen=True, slots=True)
class Seen:
    """How far it is.

    Attributes:
        rate: items a second since the sample before.
        units: write units of the table so far, by the sizes of the items. What DynamoDB reports has the
            indexes too (`mapper.measure()`), but the embedded engine reports one unit for a whole batch.
    """

    seconds: float
    written: int
    total: int
    rate: float
    units: int


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
        return self.samples[-1] if self.samples else Seen(0.0, 0, 0, 0.0, 0)

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
            if self.is_running:  # it was cancelled before its first step, so it could not say so
                self._end("cancelled")

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

    def _end(self, state: State) -> None:
        self.state = state
        self._moved.set()

    async def _run(self, days: int) -> None:
        try:
            loaded = await days_loaded(self._mapper)
            await self._pour(await asyncio.to_thread(sample_items, loaded, days))
        except asyncio.CancelledError:
            self._end("cancelled")
        except Exception:
            self._end("failed")
            raise
        else:
            self._end("done")

    async def _pour(self, items: list[SampleItem]) -> None:
        started, due, units = monotonic(), 0.0, 0
        before = Seen(0.0, 0, len(items), 0.0, 0)
        async with self._mapper.batch_writer() as writer:
            for item in items:
                await writer.put(item)
                units += self._mapper.size_of(item).write_units
                if monotonic() - started >= due:
                    before = self._sample(started, before, writer.report.written, units)
                    due = before.seconds + max(_SAMPLE_SECONDS, before.seconds * _SAMPLE_SHARE)
        self._sample(started, before, writer.report.written, units)

    def _sample(self, started: float, before: Seen, written: int, units: int) -> Seen:
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
