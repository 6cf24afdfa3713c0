"""One of several workers: a process that runs its share, and tells its parent."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection as Pipe
from typing import Any

from pydantic import BaseModel

from ddbmodel.errors import IngestStopped
from ddbmodel.ingest.options import RunOptions
from ddbmodel.ingest.progress import IngestProgress
from ddbmodel.ingest.report import Counts
from ddbmodel.ingest.rows import RowFailure
from ddbmodel.ingest.run import Run
from ddbmodel.ingest.s3_objects import reading_s3
from ddbmodel.ingest.source import Source
from ddbmodel.mapper.gateway import GatewayOptions
from ddbmodel.model import plan_of
from ddbmodel.transport.connect import ConnectOptions, connect
from ddbmodel.transport.object_store import S3Access


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a worker is to do. It travels to it through a pipe, with credentials if there are any."""

    connect: ConnectOptions
    table_prefix: str
    source: Source
    model: type[BaseModel]
    options: RunOptions
    s3: S3Access | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a worker has done.

    Attributes:
        counts: what became of its rows.
        failures: the first that did not reach the table.
        stopped: why it stopped before the end; empty if it did not.
        error: what kept it from beginning; it is raised again.
    """

    counts: Counts = field(default_factory=Counts)
    failures: tuple[RowFailure, ...] = ()
    stopped: str = ""
    error: Exception | None = None


def work(pipe: Pipe) -> None:
    """Take an assignment from the parent, do it, and tell what came of it."""
    # Ctrl+C reaches every process of the terminal; it is the parent who stops the workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    assignment: Assignment = pipe.recv()
    outcome = asyncio.run(_supervised(assignment, pipe))
    pipe.send(outcome)


async def _supervised(assignment: Assignment, pipe: Pipe) -> Outcome:
    task = asyncio.create_task(_do(assignment, pipe.send))
    loop = asyncio.get_running_loop()
    threading.Thread(target=_watch, args=(pipe, loop, task), daemon=True).start()
    return await task


async def _do(assignment: Assignment, tell: Callable[[IngestProgress], None]) -> Outcome:
    run: Run | None = None
    try:
        lane = await connect(assignment.connect)
        try:
            gateway = GatewayOptions(assignment.table_prefix).gateway(lane)
            options = replace(assignment.options, progress=tell)
            async with reading_s3(assignment.source.location, assignment.s3) as objects:
                source = assignment.source
                if objects is not None:
                    source = await asyncio.to_thread(source.through, objects)
                run = Run(gateway, source, plan_of(assignment.model), options)
                report = await run.run()
                return Outcome(run.counts, report.failures)
        finally:
            await lane.close()
    except IngestStopped as error:
        assert run is not None
        return Outcome(run.counts, run.report().failures, stopped=str(error))
    except asyncio.CancelledError:
        # What was accepted is settled by now; the parent has asked for it, so nobody waits for this error.
        begun = run is not None and run.begun
        return Outcome(run.counts, stopped="interrupted") if run and begun else Outcome(stopped="interrupted")
    except Exception as error:  # noqa: BLE001  # it is raised by the parent
        return Outcome(error=error)


def _watch(pipe: Pipe, loop: asyncio.AbstractEventLoop, task: asyncio.Task[Any]) -> None:
    """Stop when the parent says so, and at once when it is gone: another run may take over."""
    try:
        pipe.recv()
    except (EOFError, OSError):
        os._exit(1)
    loop.call_soon_threadsafe(task.cancel)
