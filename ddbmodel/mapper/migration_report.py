"""What became of the items of a migration."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

from ddbmodel.codec.values import Item

# Arbitrary: who has more failures than this has one cause, which shows in the first of them.
FAILURES_KEPT: Final = 1000


@dataclass(frozen=True, slots=True)
class MigrationFailure:
    """An item that could not be upgraded, and is as it was.

    Attributes:
        reason: what is wrong, without values.
        key: its primary key, in stored form; left out of the repr. None if it was noted before a resumption.
    """

    reason: str
    key: Item | None = field(default=None, repr=False)


@dataclass(slots=True)
class MigrationReport:
    """What became of the items of a migration: `scanned` is the sum of the other counts.

    Attributes:
        model: the model's name.
        version: the schema version that items were brought to.
        dry_run: nothing was written, and `upgraded` is what would have been.
        scanned: how many items of the model were looked at.
        upgraded: how many were rewritten.
        current: how many were in this version already.
        overtaken: how many a live writer brought to this version, or deleted, in the meantime.
        failed: how many are still in an older version.
        failures: why; the first 1,000 of them.
    """

    model: str
    version: int
    dry_run: bool = False
    scanned: int = 0
    upgraded: int = 0
    current: int = 0
    overtaken: int = 0
    failed: int = 0
    failures: list[MigrationFailure] = field(default_factory=list[MigrationFailure])

    @property
    def ok(self) -> bool:
        """True if no item is left in an older version."""
        return not self.failed

    def fail(self, reason: str, key: Item | None = None) -> None:
        """Count an item that could not be upgraded."""
        self.failed += 1
        if len(self.failures) < FAILURES_KEPT:
            self.failures.append(MigrationFailure(reason, key))

    def counts(self) -> dict[str, int]:
        """The counts, by name."""
        names = ("scanned", "upgraded", "current", "overtaken", "failed")
        return {name: getattr(self, name) for name in names}

    def to_json(self) -> str:
        """Give it as one line of JSON, without the keys of items."""
        content: dict[str, Any] = {
            "model": self.model,
            "schema_version": self.version,
            "dry_run": self.dry_run,
        }
        reasons = [failure.reason for failure in self.failures]
        return json.dumps({**content, **self.counts(), "reasons": reasons})

    def __str__(self) -> str:
        done = "would be upgraded" if self.dry_run else "upgraded"
        lines = [
            f"{self.model} to schema version {self.version}: {self.scanned:,} items scanned",
            f"  {self.upgraded:,} {done}, {self.current:,} current",
            f"  {self.overtaken:,} overtaken by live writers, {self.failed:,} failed",
        ]
        reasons = dict.fromkeys(failure.reason for failure in self.failures)
        lines += [f"  failed: {reason}" for reason in list(reasons)[:10]]
        if len(reasons) > 10:
            lines.append(f"  and {len(reasons) - 10:,} more reasons")
        return "\n".join(lines)
