"""How far a run is."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import Final, TextIO

from ddbmodel.ingest.report import Counts

_PLAIN_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class IngestProgress:
    """How far a run is. Items that wait or are on their way are accepted and not yet written.

    Attributes:
        read: rows.
        invalid: rows that cannot become items.
        accepted: items that the batch writer has accepted.
        written: items in the table.
        superseded: items that a later one with the same key has replaced.
        failed: items that were given up.
        retried: how many times an item was sent again.
        write_units: the capacity that was used.
        seconds: since the run began.
        rows_per_second: in this run.
        fraction: how much of the source is read, from 0 to 1; None where nobody knows.
        seconds_left: at this pace; None where nobody knows.
    """

    read: int
    invalid: int
    accepted: int
    written: int
    superseded: int
    failed: int
    retried: int
    write_units: float
    seconds: float
    rows_per_second: float
    fraction: float | None = None
    seconds_left: float | None = None

    def __str__(self) -> str:
        """One line."""
        done = "" if self.fraction is None else f"{self.fraction:.1%}, "
        left = "" if self.seconds_left is None else f", {duration(self.seconds_left)} left"
        return (
            f"{done}{self.read:,} rows, {self.rows_per_second:,.0f} a second: {self.written:,} written, "
            f"{self.superseded:,} superseded, {self.retried:,} retried, {self.invalid:,} invalid, "
            f"{self.failed:,} failed, {self.write_units:,.0f} write units{left}"
        )


def duration(seconds: float) -> str:
    """Give a duration as people read it."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


class Pace:
    """Turns counts into progress: what is new in this run gives the rate, and the time that is left.

    Args:
        before: the counts when the run began.
        fraction: how much of the source was read then.
    """

    def __init__(self, before: Counts, fraction: float | None) -> None:
        self._before = before.read
        self._fraction = fraction or 0.0
        self._began = time.monotonic()

    def seconds(self) -> float:
        """How long the run has taken."""
        return time.monotonic() - self._began

    def progress(self, counts: Counts, written: int, fraction: float | None) -> IngestProgress:
        """Give the progress at this moment."""
        seconds = self.seconds()
        gained = 0.0 if fraction is None else fraction - self._fraction
        left = None if fraction is None or gained <= 0 else seconds * (1 - fraction) / gained
        return IngestProgress(
            counts.read,
            counts.invalid,
            counts.accepted,
            written,
            counts.superseded,
            counts.failed,
            counts.retried,
            counts.write_units,
            seconds,
            (counts.read - self._before) / seconds if seconds else 0.0,
            fraction,
            left,
        )


class PlainProgress:
    """Writes a line now and then, for logs.

    Args:
        stream: where to; standard error if not given.
        seconds: how often.
    """

    def __init__(self, stream: TextIO | None = None, seconds: float = _PLAIN_SECONDS) -> None:
        self._stream = stream or sys.stderr
        self._seconds = seconds
        self._next = 0.0

    def __call__(self, progress: IngestProgress) -> None:
        """Write a line if it is time."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + self._seconds
            self._stream.write(f"{progress}\n")
            self._stream.flush()
