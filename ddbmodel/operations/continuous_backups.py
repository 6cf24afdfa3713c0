"""UpdateContinuousBackups and DescribeContinuousBackups: point-in-time recovery.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Self


@dataclass(frozen=True, slots=True)
class UpdateContinuousBackups:
    """Switch point-in-time recovery on or off.

    Attributes:
        days: how far back it reaches, 1 to 35; None switches it off.
    """

    name: ClassVar[str] = "UpdateContinuousBackups"
    method: ClassVar[str] = "update_continuous_backups"
    is_write: ClassVar[bool] = True

    table: str
    days: int | None

    @property
    def repeatable(self) -> bool:
        """The second time changes nothing more."""
        return True

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        recovery: dict[str, Any] = {"PointInTimeRecoveryEnabled": self.days is not None}
        if self.days is not None:
            recovery["RecoveryPeriodInDays"] = self.days
        return {"TableName": self.table, "PointInTimeRecoverySpecification": recovery}


@dataclass(frozen=True, slots=True)
class DescribeContinuousBackups:
    """Ask whether point-in-time recovery is on."""

    name: ClassVar[str] = "DescribeContinuousBackups"
    method: ClassVar[str] = "describe_continuous_backups"
    is_write: ClassVar[bool] = False

    table: str

    @property
    def repeatable(self) -> bool:
        """Reads change nothing."""
        return True

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return {"TableName": self.table}


@dataclass(frozen=True, slots=True)
class PointInTime:
    """Point-in-time recovery of a table.

    Attributes:
        enabled: it is on.
        days: how far back it reaches at most; None while it is off.
        earliest: the earliest moment that can be restored, in UTC; None while it is off.
        latest: the latest, about five minutes ago.
    """

    enabled: bool
    days: int | None = None
    earliest: datetime | None = None
    latest: datetime | None = None

    @classmethod
    def from_wire(cls, reply: Mapping[str, Any]) -> Self:
        """Read the reply to either operation."""
        wire: Mapping[str, Any] = (
            reply["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription") or {}
        )
        if wire.get("PointInTimeRecoveryStatus") != "ENABLED":
            return cls(False)
        return cls(
            True,
            # It was always 35 before it could be chosen.
            wire.get("RecoveryPeriodInDays", 35),
            _in_utc(wire.get("EarliestRestorableDateTime")),
            _in_utc(wire.get("LatestRestorableDateTime")),
        )


def _in_utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)
