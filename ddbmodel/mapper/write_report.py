"""What became of the writes of a batch writer."""

from __future__ import annotations

from dataclasses import dataclass, field

from ddbmodel.errors import Failure


@dataclass(slots=True)
class WriteReport:
    """What became of a batch writer's writes: `accepted == written + superseded + len(failed) + pending`.

    (`handed_over` is 0 but inside of `Mapper.ingest`.) Once the writer has been left, nothing is pending.

    Attributes:
        accepted: how many `put` and `delete` calls were accepted.
        written: how many of them are in the table.
        superseded: how many were replaced by a later write to the same key before they were written.
        failed: those that were given up, each with its item and reason.
        retries: how many times a write was sent again.
        handed_over: failures that are not in `failed`, as whoever drives the writer has taken them.
    """

    accepted: int = 0
    written: int = 0
    superseded: int = 0
    failed: list[Failure] = field(default_factory=list[Failure], repr=False)
    retries: int = 0
    handed_over: int = 0

    @property
    def pending(self) -> int:
        """How many accepted writes are still waiting or on their way."""
        return self.accepted - self.written - self.superseded - len(self.failed) - self.handed_over
