"""What became of the rows."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any

from ddbmodel.ingest.rows import RowFailure


@dataclass(slots=True)
class Counts:
    """What is counted, from the first row on, over all runs that a checkpoint joins.

    Attributes:
        read: rows.
        invalid: rows that are not of the model, or cannot be stored.
        accepted: items given to the batch writer.
        superseded: items that a later one with the same key replaced before they were sent.
        failed: items that the batch writer gave up.
        retried: how many times an item was sent again.
        write_units: what the service says it has used.
        seconds: how long it took.
        sum: of the rows that were read, to tell that several workers read each of them once.
        seen: the same, of the other workers' rows too.
    """

    read: int = 0
    invalid: int = 0
    accepted: int = 0
    superseded: int = 0
    failed: int = 0
    retried: int = 0
    write_units: float = 0.0
    seconds: float = 0.0
    sum: int = 0
    seen: int = 0

    def plus(self, other: Counts) -> Counts:
        """Add two of them up."""
        return Counts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What became of the rows: `accepted == written + superseded + failed`, and `read == valid + invalid`.

    With a checkpoint, it is about the source from its first row on, over all runs; rows that a killed run had
    written after its last checkpoint are counted once.

    Attributes:
        read: how many rows were read.
        valid: how many of them are items of the model.
        invalid: how many are not; each is in the dead-letter file, if there is one.
        accepted: how many items the batch writer has accepted; all that are valid.
        written: how many of them are in the table.
        superseded: how many a later row with the same key has replaced before they were written.
        failed: how many could not be written; each is in the dead-letter file, if there is one.
        retried: how many times an item was sent again.
        write_units: the capacity that was used, as the service reports it.
        seconds: how long it took.
        complete: True if the source was read to its end.
        dead_letters: where rows were set aside; None if nowhere.
        failures: the first of the rows that did not reach the table.
    """

    read: int
    valid: int
    invalid: int
    accepted: int
    written: int
    superseded: int
    failed: int
    retried: int
    write_units: float
    seconds: float
    complete: bool
    dead_letters: str | None = None
    failures: tuple[RowFailure, ...] = ()

    @property
    def ok(self) -> bool:
        """True if every row of the source is in the table, or a later one with its key."""
        return self.complete and not self.invalid and not self.failed

    @property
    def rate(self) -> float:
        """Rows for each second."""
        return self.read / self.seconds if self.seconds else 0.0

    def to_json(self) -> str:
        """Give it as a JSON object."""
        plain: dict[str, Any] = {**asdict(self), "ok": self.ok, "rate": self.rate}
        return json.dumps(plain)

    def __str__(self) -> str:
        """A summary in a few lines."""
        end = "" if self.complete else ", not to the end"
        lines = [
            f"{self.read:,} rows read{end}: {self.valid:,} valid, {self.invalid:,} invalid",
            f"{self.accepted:,} items accepted: {self.written:,} written, {self.superseded:,} superseded",
            f"{self.failed:,} failed, {self.retried:,} retried, {self.write_units:,.0f} write units",
            f"{self.seconds:.1f} seconds, {self.rate:,.0f} rows a second",
        ]
        if self.dead_letters is not None and (self.invalid or self.failed):
            lines.append(f"dead letters: {self.dead_letters}")
        return "\n".join([*lines, *(f"  {failure}" for failure in self.failures)])


def report_of(
    counts: Counts, *, complete: bool, dead_letters: str | None, failures: tuple[RowFailure, ...]
) -> IngestReport:
    """Make the report of what was counted."""
    return IngestReport(
        read=counts.read,
        valid=counts.read - counts.invalid,
        invalid=counts.invalid,
        accepted=counts.accepted,
        written=counts.accepted - counts.superseded - counts.failed,
        superseded=counts.superseded,
        failed=counts.failed,
        retried=counts.retried,
        write_units=counts.write_units,
        seconds=counts.seconds,
        complete=complete,
        dead_letters=dead_letters,
        failures=failures,
    )
