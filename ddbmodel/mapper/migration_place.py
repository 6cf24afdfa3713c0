"""The file that keeps the place of a migration."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ddbmodel.errors import ExpressionError
from ddbmodel.mapper.migration_report import FAILURES_KEPT, MigrationFailure, MigrationReport

_FORMAT: Final = "ddbmodel migration 1"
_COUNTS: Final = ("scanned", "upgraded", "current", "overtaken", "failed")


@dataclass(frozen=True, slots=True)
class MigrationPlace:
    """The place of one migration, in a file.

    Attributes:
        file: the file.
        identity: what tells this migration from others.
    """

    file: Path
    identity: dict[str, Any]

    def load(self, report: MigrationReport) -> str | None:
        """Give the checkpoint of the scan, and the report its counts; None if there is no file.

        Raises:
            ExpressionError: the file is of another migration, or none.
        """
        try:
            text = self.file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise ExpressionError(
                f"the checkpoint {self.file} cannot be read ({type(error).__name__})"
            ) from error
        kept = _content(text)
        if kept is None:
            raise ExpressionError(
                f"the checkpoint {self.file} is none of a migration: name another file, or delete it to "
                "begin anew"
            )
        self._check(kept.identity)
        for name, count in kept.counts.items():
            setattr(report, name, count)
        report.failures[:] = [MigrationFailure(reason) for reason in kept.reasons[:FAILURES_KEPT]]
        return kept.token

    def _check(self, identity: dict[str, Any]) -> None:
        """Refuse the place of another migration."""
        names = [name for name, value in self.identity.items() if identity.get(name) != value]
        if names:
            raise ExpressionError(
                f"the checkpoint {self.file} is of a migration with another {' and '.join(names)}: go on "
                "with the same, or delete the file to begin anew"
            )

    def keep(self, token: str, report: MigrationReport) -> None:
        """Write the place, in one step: a file is there whole or not at all."""
        content = {
            "format": _FORMAT,
            "migration": self.identity,
            "scan": token,
            "counts": report.counts(),
            "reasons": [failure.reason for failure in report.failures],
        }
        beside = self.file.with_name(self.file.name + ".new")
        beside.write_text(json.dumps(content), encoding="utf-8")
        beside.replace(self.file)

    def end(self) -> None:
        """Delete the file: the migration is over."""
        self.file.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Kept:
    identity: dict[str, Any]
    token: str
    counts: dict[str, int]
    reasons: list[str]


def _content(text: str) -> _Kept | None:
    """What a file holds; None if it is none of a migration."""
    try:
        found: Any = json.loads(text)
        if found["format"] != _FORMAT:
            return None
        counts = {name: int(found["counts"][name]) for name in _COUNTS}
        reasons = [str(reason) for reason in found["reasons"]]
        return _Kept(dict(found["migration"]), str(found["scan"]), counts, reasons)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
