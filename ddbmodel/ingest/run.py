"""One run: rows of a source, validated, encoded, written, counted, and settled up to a checkpoint."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from ddbmodel.errors import (
    CodecError,
    ExpressionError,
    IngestStopped,
    ItemTooLarge,
    MapperClosed,
    SourceError,
)
from ddbmodel.ingest.books import LETTERS_WAITING_MAX, Books, Mark
from ddbmodel.ingest.checkpoint import Checkpoint, Subject, check_subject, load, store
from ddbmodel.ingest.dead_letters import DeadLetterFile
from ddbmodel.ingest.feed import Feed, feed_of
from ddbmodel.ingest.options import RunOptions
from ddbmodel.ingest.progress import Pace
from ddbmodel.ingest.report import Counts, IngestReport, report_of
from ddbmodel.ingest.rows import BadRow, Position, Row, RowFailure
from ddbmodel.ingest.source import Source
from ddbmodel.ingest.validation import Validator
from ddbmodel.mapper.batch_writer import BatchWriter
from ddbmodel.mapper.entry import Entry, entry_for_put
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.usage import Usage
from ddbmodel.model import ModelPlan

# So many failures before anything is written are not for the rows: there is no table, or no permission.
_HOPELESS: Final = 1000


class Run:
    """Ingests a source into one table, once.

    Args:
        gateway: the way to DynamoDB.
        source: the rows.
        plan: of the model.
        options: how.

    Raises:
        SourceError: the checkpoint is of something else, or the source or a file cannot be used.
    """

    def __init__(self, gateway: Gateway, source: Source, plan: ModelPlan[Any], options: RunOptions) -> None:
        self._gateway = gateway
        self._source = source
        self._plan = plan
        self._options = options
        self._validator = Validator(plan.model, options.unknown)
        self._subject = subject_of(gateway, source, plan, options)
        self._before = Counts()
        self._done = False
        self._stopped_as = ""
        self._letters: DeadLetterFile | None = None
        self._settling: asyncio.Task[None] | None = None
        self._ticking: asyncio.Task[None] | None = None
        self._usage = Usage()
        self._told_at = self._marked_at = time.monotonic()
        self._marked_row = 0
        self._storing = threading.RLock()
        self._closed = False

    async def run(self) -> IngestReport:
        """Read, write, and come back when everything that was accepted is settled.

        Raises:
            IngestStopped: the source was not read to its end.
            SourceError: it cannot be read; or the checkpoint is of another one.
        """
        start = await asyncio.to_thread(self._open)
        self._writer = self._new_writer()
        self._pace = Pace(self._before, None)
        if self._done:
            return self.report()
        try:
            with self._gateway.onlookers.measure() as self._usage:
                async with feed_of(self._source, start) as feed:
                    await self._begin(start)
                    self._pace = Pace(self._before, feed.fraction() if start.row else 0.0)
                    await self._write(feed)
                    self._tell(feed, last=True)
        except SourceError as error:
            self._stopped_as, self._done = str(error), False
        finally:
            self._close()
        if self._stopped_as:
            raise IngestStopped(f"ingest stopped: {self._stopped_as}", self.report())
        return self.report()

    # Opening and closing --------------------------------------------------------------------------------

    async def _begin(self, start: Position) -> None:
        """Keep what the dead-letter file holds already, which is not about this run, however soon it ends."""
        if self._letters is not None and not start.row:
            await asyncio.to_thread(self._store, Mark(start, self._before), self._before, done=False)

    def _open(self) -> Position:
        """Find the place to begin at. Blocks."""
        path, kept_bytes, start = self._options.checkpoint, None, Position()
        found = load(path) if path is not None else None
        if path is not None and found is not None and found.binds(self._subject):
            check_subject(path, found, self._subject, self._source.fingerprint(found.position))
            self._before, start, kept_bytes = found.counts, found.position, found.dead_letter_bytes
            self._done = found.done and not self._has_more(start)
        if not self._done:
            self._source.check(self._validator)
        letters = self._options.dead_letters
        if letters is not None:
            self._letters = DeadLetterFile(letters, self._source.name, kept_bytes)
        self._books = Books(self._source, self._letters, self._before, start)
        self._marked_row = start.row
        return start

    def _has_more(self, start: Position) -> bool:
        """True if a source that had come to its end has grown."""
        if not self._source.repeatable:
            return False
        reader = self._source.open(start)
        try:
            return next(iter(reader), None) is not None
        finally:
            reader.close()

    def _close(self) -> None:
        """Settle the last of it, if the batch writer has settled its. Blocks, and cannot be interrupted."""
        with self._storing:  # a thread may still be at it that nobody waits for, as its task was cancelled
            self._books.unmark()
            try:
                self._store_last()
            except SourceError as error:
                self._stopped_as, self._done = self._stopped_as or str(error), False

    def _store_last(self) -> None:
        try:
            if self._may_settle:
                mark = Mark(self._books.position, replace(self._books.counts))
                self._store(mark, self._counts(), done=self._done)
        finally:
            self._closed = True
            if self._letters is not None:
                self._letters.close()

    def _new_writer(self) -> BatchWriter:
        return BatchWriter(
            self._gateway,
            concurrency=self._options.concurrency,
            deadline_seconds=self._options.deadline_seconds,
            rate_limit=self._options.rate_limit,
            ledger=self._books,
        )

    # Writing --------------------------------------------------------------------------------------------

    async def _write(self, feed: Feed) -> None:
        try:
            async with self._writer:
                self._ticking = asyncio.create_task(self._tick(feed))
                await self._read(feed)
        except MapperClosed as error:  # the deadline has passed
            self._stopped_as = self._stopped_as or str(error)
        finally:
            await self._end_tasks()
        self._look_for_trouble()
        if self._books.cut_short_as:
            self._stopped_as = self._books.cut_short_as
        self._done = not self._stopped_as

    async def _read(self, feed: Feed) -> None:
        async for part in feed.slices:
            for row in part:
                entry = self._encoded(row)
                if self._stopped_as:
                    return
                if entry is not None:
                    await self._writer.accept(entry)
                    self._books.accepted(row)
                if self._books.letters_waiting > LETTERS_WAITING_MAX and self._settling is not None:
                    await self._settling
                if row.number - self._marked_row >= self._options.checkpoint_rows:
                    self._mark_if_due()
            self._look_for_trouble()
            if self._stopped_as:
                return
            self._mark_if_due()

    async def _tick(self, feed: Feed) -> None:
        """Tell and settle also while the source, or the table, keeps everybody waiting."""
        while True:
            await asyncio.sleep(min(self._options.progress_seconds, self._options.checkpoint_seconds))
            self._tell(feed)
            self._mark_if_due()

    def _encoded(self, row: Row) -> Entry | None:
        """Make a write of a row; None if it is another worker's, or a bad one."""
        share = self._options.share
        if share.count > 1 and share.order == "any" and not share.has_turn(row):
            self._books.passed(row)
            return None
        try:
            try:
                model = self._source.model_of(row, self._validator)
                if share.count > 1 and share.order == "last" and not share.has(row, model, self._plan):
                    self._books.passed(row)
                    return None
                entry = entry_for_put(self._gateway, model)
            except CodecError as error:
                raise BadRow(error.reason, error.path) from None
            except ItemTooLarge as error:
                raise BadRow(str(error)) from None
        except BadRow as bad:
            if share.count > 1 and not share.has_turn(row):
                self._books.passed(row)
                return None
            self._refuse(row, bad)
            return None
        entry.origin = row
        return entry

    def _refuse(self, row: Row, bad: BadRow) -> None:
        """Set a bad row aside, or stop in front of it."""
        if self._options.dead_letters is None and self._options.failures_allowed == 0:
            failure = RowFailure(row.number, row.line, bad.reason, bad.path)
            self._books.failures.append(failure)
            self._stopped_as = f"{self._source.name}, {failure} (with dead_letters=, bad rows are set aside)"
            return
        self._books.invalid(row, bad)
        self._look_for_trouble()

    def _look_for_trouble(self) -> None:
        if self._ticking is not None and self._ticking.done() and not self._ticking.cancelled():
            self._ticking.result()  # raises what the user's progress function has raised
        if self._stopped_as:
            return
        if self._books.trouble is not None:
            self._stopped_as = f"the dead-letter file cannot be written ({self._books.trouble.strerror})"
        failed = self._books.counts.failed - self._before.failed
        if failed >= _HOPELESS and not self._writer.report.written:
            self._stopped_as = (
                f"the first {failed:,} items failed, and none was written: {self._books.failures[-1].reason}"
            )
        allowed = self._options.failures_allowed
        if allowed is not None and self._books.bad_rows > allowed:
            first = self._books.failures[0] if self._books.failures else "see the dead letters"
            self._stopped_as = (
                f"{self._books.bad_rows:,} rows failed, and {allowed:,} may; the first: {first}"
            )

    # Settling -------------------------------------------------------------------------------------------

    def _mark_if_due(self) -> None:
        options = self._options
        if options.checkpoint is None or (self._settling is not None and not self._settling.done()):
            return
        now = time.monotonic()
        rows = self._books.position.row - self._marked_row
        if not rows or (
            rows < options.checkpoint_rows and now - self._marked_at < options.checkpoint_seconds
        ):
            return
        if self._settling is not None:
            self._settling.result()  # raises what kept the last checkpoint from being written
        self._marked_row, self._marked_at = self._books.position.row, now
        self._settling = asyncio.create_task(self._settle(self._books.mark()))

    async def _settle(self, mark: Mark) -> None:
        """Wait until every row before the mark is settled, and make it the checkpoint."""
        try:
            await self._writer.flush()
            if self._may_settle:
                await asyncio.to_thread(self._store, mark, self._counts(), done=False)
        except MapperClosed:
            pass  # the writer is being left, which settles everything: the last checkpoint is written then
        finally:
            self._books.unmark()

    @property
    def _may_settle(self) -> bool:
        """False once there are rows that are neither in the table nor set aside."""
        return not self._books.cut_short_as and not self._books.unrecorded

    async def _end_tasks(self) -> None:
        if self._ticking is not None:
            self._ticking.cancel()
        if self._settling is not None:
            await self._settling

    def _store(self, mark: Mark, now: Counts, *, done: bool) -> None:
        """Write the checkpoint, unless the last one was. Blocks."""
        path = self._options.checkpoint
        if path is None:
            return
        with self._storing:
            if self._closed:
                return
            letter_bytes = self._letters.sync() if self._letters is not None else 0
            fingerprint = self._source.fingerprint(mark.position)
            counts = mark.counts_settled(now)
            store(path, Checkpoint(self._subject, mark.position, counts, fingerprint, letter_bytes, done))

    # Telling --------------------------------------------------------------------------------------------

    def _measured(self) -> tuple[int, float, float]:
        """What is not told by rows: retries, write units and seconds, of all runs together."""
        before = self._before
        retried = before.retried + self._writer.report.retries
        return retried, before.write_units + self._usage.write_units, before.seconds + self._pace.seconds()

    def _counts(self) -> Counts:
        retried, units, seconds = self._measured()
        return replace(self._books.counts, retried=retried, write_units=units, seconds=seconds)

    def _tell(self, feed: Feed, *, last: bool = False) -> None:
        options, now = self._options, time.monotonic()
        if options.progress is None or (not last and now - self._told_at < options.progress_seconds):
            return
        self._told_at = now
        counts = self._counts()
        pending = self._writer.report.pending
        written = counts.accepted - counts.superseded - counts.failed - pending
        fraction = feed.fraction() if not (last and self._done) else 1.0
        options.progress(self._pace.progress(counts, written, fraction))

    def report(self) -> IngestReport:
        """Say what became of the rows so far."""
        letters = self._options.dead_letters
        return report_of(
            self._counts(),
            complete=self._done,
            dead_letters=None if letters is None else str(letters),
            failures=tuple(self._books.failures),
        )

    @property
    def begun(self) -> bool:
        """True once the source is open, and there is something to report."""
        return hasattr(self, "_pace")

    @property
    def counts(self) -> Counts:
        """What was counted, for whoever adds up several runs."""
        return self._counts()


def subject_of(gateway: Gateway, source: Source, plan: ModelPlan[Any], options: RunOptions) -> Subject:
    """Say what a checkpoint of this run is about."""
    model = plan.model
    return Subject(
        source.name,
        source.format,
        f"{model.__module__}:{model.__qualname__}",
        gateway.table_name(plan),
        options.share.label,
        options.order,
        str(options.dead_letters or ""),
    )


def check_paths(source: Source, options: RunOptions) -> None:
    """Refuse files that would be read and written at once, and such as have no folder.

    Raises:
        ExpressionError: naming them.
    """
    read = source.location
    written = [one.resolve() for one in (options.dead_letters, options.checkpoint) if one is not None]
    if isinstance(read, Path) and read.resolve() in written:
        raise ExpressionError("ingest: dead letters and checkpoint go to files of their own")
    if len(set(written)) != len(written):
        raise ExpressionError("ingest: dead letters and checkpoint go to two files")
    for path in written:
        if not path.parent.is_dir():
            raise ExpressionError(
                f"ingest: there is no folder {str(path.parent)!r} for {path.name!r}: make it"
            )
