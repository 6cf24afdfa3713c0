"""RestoreTableFromBackup and RestoreTableToPointInTime: a new table with what an old one had.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery.Tutorial.html
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class RestoreTableFromBackup:
    """Make a table of a backup.

    Attributes:
        table: the new table.
        backup: the backup's ARN.
    """

    name: ClassVar[str] = "RestoreTableFromBackup"
    method: ClassVar[str] = "restore_table_from_backup"
    is_write: ClassVar[bool] = True

    table: str
    backup: str

    @property
    def repeatable(self) -> bool:
        """The second one would be told that the table exists."""
        return False

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return {"TargetTableName": self.table, "BackupArn": self.backup}


@dataclass(frozen=True, slots=True)
class RestoreTableToPointInTime:
    """Make a table of what another one had at a moment.

    Attributes:
        table: the new table.
        source: the table that has point-in-time recovery.
        moment: None takes the latest, about five minutes ago.
    """

    name: ClassVar[str] = "RestoreTableToPointInTime"
    method: ClassVar[str] = "restore_table_to_point_in_time"
    is_write: ClassVar[bool] = True

    table: str
    source: str
    moment: datetime | None = None

    @property
    def repeatable(self) -> bool:
        """The second one would be told that the table exists."""
        return False

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        wire: dict[str, Any] = {"SourceTableName": self.source, "TargetTableName": self.table}
        if self.moment is None:
            return wire | {"UseLatestRestorableTime": True}
        return wire | {"RestoreDateTime": self.moment}
