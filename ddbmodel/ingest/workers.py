"""Several processes on one source, and one report of what they did."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import pickle
import shutil
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import reduce
from multiprocessing.connection import Connection as Pipe
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final

from ddbmodel.errors import ExpressionError, IngestStopped, SourceError
from ddbmodel.ingest.books import ALL_BITS
from ddbmodel.ingest.job import Connection, Job
from ddbmodel.ingest.options import RunOptions
from ddbmodel.ingest.progress import IngestProgress
from ddbmodel.ingest.report import Counts, IngestReport, report_of
from ddbmodel.ingest.rows import RowFailure
from ddbmodel.ingest.share import Share
from ddbmodel.ingest.worker import Assignment, Outcome, work

# How long workers have to settle what they have accepted, once they are told to stop. Arbitrary.
_STOP_SECONDS: Final = 60.0
_FAILURES_KEPT: Final = 10


async def ingest_in_workers(connection: Connection, job: Job) -> IngestReport:
    """Let workers do it, each its share.

    Raises:
        IngestStopped: one of them stopped before the end; the others were stopped then.
        SourceError: the source cannot be read, or checkpoints are of another one.
    """
    options, began = job.options, time.monotonic()
    workers = [_Worker(connection, job, index) for index in range(options.workers)]
    team = _Team(workers, options)
    try:
        outcomes = await team.outcomes()
    finally:
        team.end()
    for outcome in outcomes:
        if outcome.error is not None:
            raise outcome.error
    report, counts = _merged(outcomes, options, time.monotonic() - began)
    if report.complete or options.checkpoint is None:
        _collect_letters(options)
    stopped = next((one.stopped for one in outcomes if one.stopped and one.stopped != "interrupted"), "")
    if not stopped and not report.complete:
        stopped = "ingest stopped: interrupted"
    if stopped:
        raise IngestStopped(stopped, report)
    if counts.sum != outcomes[0].counts.seen:
        raise IngestStopped(
            f"{job.plan.model.__name__} does not give a row the same key each time that it is validated, so "
            "rows were written by several workers, or by none: use one worker",
            replace(report, complete=False),
        )
    return report


class _Worker:
    """One process, and the pipe to it. When this process ends, the pipe breaks, and that one ends too."""

    def __init__(self, connection: Connection, job: Job, index: int) -> None:
        options = options_of_worker(job.options, index)
        prefix = connection.own.table_prefix
        model = job.plan.model
        assignment = _pickled(Assignment(connection.options, prefix, job.source, model, options, job.s3))
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process: BaseProcess = context.Process(target=work, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()
        self.pipe.send_bytes(assignment)

    def stop(self) -> None:
        """Ask it to settle what it has, and end."""
        with suppress(OSError):
            self.pipe.send("stop")


def _pickled(assignment: Assignment) -> bytes:
    try:
        return pickle.dumps(assignment)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise ExpressionError(
            f"ingest: workers import {assignment.model.__qualname__} by its name, and get a copy of the "
            "source: define the model in a module, outside of functions"
        ) from error


class _Team:
    """All workers of a run."""

    def __init__(self, workers: Sequence[_Worker], options: RunOptions) -> None:
        self._workers = workers
        self._options = options
        self._latest: dict[int, IngestProgress] = {}
        self._outcomes: dict[int, Outcome] = {}
        self._messages: asyncio.Queue[tuple[int, IngestProgress | Outcome]] = asyncio.Queue()

    async def outcomes(self) -> Sequence[Outcome]:
        """Wait until all have ended; stop the others when one stops."""
        loop = asyncio.get_running_loop()
        for index, worker in enumerate(self._workers):
            listen = (worker.pipe, loop, self._messages, index)
            threading.Thread(target=_listen, args=listen, daemon=True).start()
        try:
            await self._collect()
        except asyncio.CancelledError:
            self._stop()
            with suppress(TimeoutError):
                async with asyncio.timeout(_STOP_SECONDS):
                    await self._collect()
            raise
        return [self._outcomes[index] for index in range(len(self._workers))]

    async def _collect(self) -> None:
        while len(self._outcomes) < len(self._workers):
            index, message = await self._messages.get()
            if isinstance(message, Outcome):
                self._outcomes[index] = message
                if message.stopped or message.error is not None:
                    self._stop()
            else:
                self._latest[index] = message
                self._tell()

    def _tell(self) -> None:
        merged = merged_progress(list(self._latest.values()))
        allowed = self._options.failures_allowed
        if allowed is not None and merged.invalid + merged.failed > allowed:
            self._stop()
        if self._options.progress is not None:
            self._options.progress(merged)

    def _stop(self) -> None:
        for index, worker in enumerate(self._workers):
            if index not in self._outcomes:
                worker.stop()

    def end(self) -> None:
        """Leave no process behind."""
        for worker in self._workers:
            worker.pipe.close()  # whoever still works ends by this
            worker.process.join(_STOP_SECONDS)


def _listen(
    pipe: Pipe,
    loop: asyncio.AbstractEventLoop,
    messages: asyncio.Queue[tuple[int, IngestProgress | Outcome]],
    index: int,
) -> None:
    message: Any = None
    while not isinstance(message, Outcome):
        try:
            message = pipe.recv()
        except (EOFError, OSError):
            message = Outcome(error=SourceError(f"ingest: worker {index + 1} ended without a word"))
        with suppress(RuntimeError):  # the loop was closed meanwhile
            loop.call_soon_threadsafe(messages.put_nowait, (index, message))


def options_of_worker(options: RunOptions, index: int) -> RunOptions:
    """Give a worker its share, and files of its own."""
    share = Share(index, options.workers, options.order)
    limit = options.rate_limit
    return replace(
        options,
        share=share,
        checkpoint=_part(options.checkpoint, share),
        dead_letters=_part(options.dead_letters, share),
        rate_limit=None if limit is None else limit.split(options.workers),
        workers=1,
        progress=None,
    )


def _part(path: Path | None, share: Share) -> Path | None:
    return None if path is None else path.with_name(f"{path.name}.{share.index + 1}-of-{share.count}")


def _collect_letters(options: RunOptions) -> None:
    """Append the workers' dead letters to the one file, and remove theirs. Blocks."""
    if options.dead_letters is None:
        return
    parts = [_part(options.dead_letters, Share(index, options.workers)) for index in range(options.workers)]
    there = [part for part in parts if part is not None and part.exists()]
    if not there:
        return
    with options.dead_letters.open("ab") as file:
        for part in there:
            with part.open("rb") as letters:
                shutil.copyfileobj(letters, file)
        file.flush()
        os.fsync(file.fileno())
    for part in there:
        part.unlink()


def _merged(outcomes: Sequence[Outcome], options: RunOptions, seconds: float) -> tuple[IngestReport, Counts]:
    counts = reduce(Counts.plus, (outcome.counts for outcome in outcomes))
    before = max(outcome.counts.seconds for outcome in outcomes)
    counts = replace(counts, seconds=max(seconds, before), sum=counts.sum & ALL_BITS)
    failures: list[RowFailure] = [failure for outcome in outcomes for failure in outcome.failures]
    failures.sort(key=lambda failure: failure.row)
    report = report_of(
        counts,
        complete=not any(outcome.stopped for outcome in outcomes),
        dead_letters=None if options.dead_letters is None else str(options.dead_letters),
        failures=tuple(failures[:_FAILURES_KEPT]),
    )
    return report, counts


def merged_progress(parts: Sequence[IngestProgress]) -> IngestProgress:
    """Add up what workers have told; the slowest one says what is left."""
    fractions = [part.fraction for part in parts if part.fraction is not None]
    left = [part.seconds_left for part in parts if part.seconds_left is not None]
    return IngestProgress(
        sum(part.read for part in parts),
        sum(part.invalid for part in parts),
        sum(part.accepted for part in parts),
        sum(part.written for part in parts),
        sum(part.superseded for part in parts),
        sum(part.failed for part in parts),
        sum(part.retried for part in parts),
        sum(part.write_units for part in parts),
        max(part.seconds for part in parts),
        sum(part.rows_per_second for part in parts),
        min(fractions, default=None),
        max(left, default=None),
    )
