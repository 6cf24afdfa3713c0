"""UpdateContinuousBackups and DescribeContinuousBackups: point-in-time recovery.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from ddbmodel import limits


@dataclass(frozen=True, slots=True)
class UpdateContinuousBackups:
    """Let a table be restored to any moment of so many days, or no longer: 0 drops what there is."""

    name: ClassVar[str] = "UpdateContinuousBackups"
    method: ClassVar[str] = "update_continuous_backups"
    is_write: ClassVar[bool] = True

    table: str
    days: int

    @property
    def repeatable(self) -> bool:
        """It would be set to the same once more."""
        return True

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return {
            "TableName": self.table,
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": False}
            if self.days == 0
            else {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": self.days},
        }


@dataclass(frozen=True, slots=True)
class DescribeContinuousBackups:
    """Ask how many days back a table can be restored."""

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
class RecoveryPeriod:
    """How many days back a table can be restored; 0 if it cannot."""

    days: int

    @classmethod
    def from_wire(cls, reply: Mapping[str, Any]) -> Self:
        """Read the reply of either."""
        wire: Mapping[str, Any] = (
            reply["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription") or {}
        )
        if wire.get("PointInTimeRecoveryStatus") != "ENABLED":
            return cls(0)
        return cls(int(wire.get("RecoveryPeriodInDays") or limits.RECOVERY_DAYS_MAX))
