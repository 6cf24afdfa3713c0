"""The books of a run: what is counted, what is set aside, and up to where every row is settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from ddbmodel.errors import Failure
from ddbmodel.ingest.dead_letters import DeadLetterFile
from ddbmodel.ingest.report import Counts
from ddbmodel.ingest.rows import BadRow, Position, Row, RowFailure
from ddbmodel.ingest.source import Source
from ddbmodel.mapper.entry import Entry

_FAILURES_KEPT: Final = 10
# Letters that wait in memory for the mark before them to be settled. Arbitrary, and small.
LETTERS_WAITING_MAX: Final = 1000
ALL_BITS: Final = 0xFFFF_FFFF_FFFF_FFFF


@dataclass(slots=True)
class Mark:
    """A place in the source that is to become the next checkpoint, once every row before it is settled.

    Attributes:
        position: the place.
        counts: of what was read and accepted before it.
        failed_later: failures of rows behind it.
        superseded_later: supersessions of rows behind it.
    """

    position: Position
    counts: Counts
    failed_later: int = 0
    superseded_later: int = 0

    def counts_settled(self, now: Counts) -> Counts:
        """Give the counts of the rows before it, from those of all, once they are settled."""
        return replace(
            now,
            read=self.counts.read,
            invalid=self.counts.invalid,
            accepted=self.counts.accepted,
            sum=self.counts.sum,
            seen=self.counts.seen,
            failed=now.failed - self.failed_later,
            superseded=now.superseded - self.superseded_later,
        )


class Books:
    """Keeps count, and takes the failures of a batch writer.

    While a mark is waiting to be settled, letters of rows behind it are kept back, so that the dead-letter
    file is, when the mark is, about rows before it only: what is behind is cut off when a killed run goes on.

    Args:
        source: of the rows.
        letters: where they are set aside; None if nowhere.
        counts: of the rows before the position.
        position: where the run begins.
    """

    def __init__(
        self, source: Source, letters: DeadLetterFile | None, counts: Counts, position: Position
    ) -> None:
        self._source = source
        self._letters = letters
        self._waiting: list[tuple[Row, Mapping[str, Any], BadRow, bool]] = []
        self._mark: Mark | None = None
        self.counts = replace(counts)
        self.position = position
        self.failures: list[RowFailure] = []
        self.unrecorded = False
        self.cut_short_as = ""
        self.trouble: OSError | None = None

    @property
    def bad_rows(self) -> int:
        """How many rows did not reach the table so far."""
        return self.counts.invalid + self.counts.failed

    @property
    def letters_waiting(self) -> int:
        """How many letters wait in memory."""
        return len(self._waiting)

    def passed(self, row: Row) -> None:
        """A row is another worker's."""
        self.position = row.end
        self.counts.seen = (self.counts.seen + mixed(row.number)) & ALL_BITS

    def accepted(self, row: Row) -> None:
        """A row was given to the batch writer."""
        self._read(row)
        self.counts.accepted += 1

    def invalid(self, row: Row, bad: BadRow) -> None:
        """A row cannot become an item."""
        self._read(row)
        self.counts.invalid += 1
        self._set_aside(row, bad)

    # What the batch writer tells ------------------------------------------------------------------------

    def superseded(self, entry: Entry) -> None:
        """A later row with its key has taken its place."""
        self.counts.superseded += 1
        if self._mark is not None and entry.origin.number > self._mark.position.row:
            self._mark.superseded_later += 1

    def failed(self, entry: Entry, failure: Failure, *, cut_short: bool) -> None:
        """It was given up."""
        row: Row = entry.origin
        self.counts.failed += 1
        if cut_short and not self.cut_short_as:
            self.cut_short_as = failure.reason
        if self._mark is not None and row.number > self._mark.position.row:
            self._mark.failed_later += 1
        self._set_aside(row, BadRow(failure.reason), unknown=failure.unknown)

    # Marks ----------------------------------------------------------------------------------------------

    def mark(self) -> Mark:
        """Begin a mark at the place that is reached."""
        self._mark = Mark(self.position, replace(self.counts))
        return self._mark

    def unmark(self) -> None:
        """Write the letters that waited for the mark."""
        self._mark = None
        waiting, self._waiting = self._waiting, []
        for row, letter, bad, unknown in waiting:
            self._write(row, letter, bad, unknown=unknown)

    def _read(self, row: Row) -> None:
        self.passed(row)
        self.counts.read += 1
        self.counts.sum = (self.counts.sum + mixed(row.number)) & ALL_BITS

    def _set_aside(self, row: Row, bad: BadRow, *, unknown: bool = False) -> None:
        if len(self.failures) < _FAILURES_KEPT:
            self.failures.append(RowFailure(row.number, row.line, bad.reason, bad.path))
        if self._letters is None:
            self.unrecorded = True
            return
        letter = self._source.letter(row)
        if self._mark is not None and row.number > self._mark.position.row:
            self._waiting.append((row, letter, bad, unknown))
        else:
            self._write(row, letter, bad, unknown=unknown)

    def _write(self, row: Row, letter: Mapping[str, Any], bad: BadRow, *, unknown: bool) -> None:
        assert self._letters is not None
        try:
            self._letters.write(row, letter, bad, unknown=unknown)
        except OSError as error:  # the batch writer cannot deal with it: the run stops as soon as it sees it
            self.trouble = self.trouble or error
            self.unrecorded = True


def mixed(number: int) -> int:
    """Give 64 bits that look random for a number, so that sums of them tell sets of rows apart."""
    value = (number * 0x9E3779B97F4A7C15) & ALL_BITS
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & ALL_BITS
    return value ^ (value >> 31)
