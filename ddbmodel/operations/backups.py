"""CreateBackup, DescribeBackup, ListBackups and DeleteBackup: on-demand backups of a table.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/BackupRestore.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Self

from ddbmodel.operations.request import optional_parameters


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup.

    Attributes:
        arn: names it for the service.
        name: as whoever made it called it; not unique.
        table: the name of the table that it is of.
        status: `CREATING`, `AVAILABLE` or `DELETED`.
        kind: `USER`, `SYSTEM` (made when a table with point-in-time recovery was deleted) or `AWS_BACKUP`.
        created_at: in UTC.
        size_bytes: 0 until the service says.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BackupDetails.html
    """

    arn: str
    name: str
    table: str
    status: str
    kind: str
    created_at: datetime
    size_bytes: int

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> Self:
        """Read a `BackupSummary` or `BackupDetails` structure; the ARN names the table."""
        arn: str = wire["BackupArn"]
        return cls(
            arn=arn,
            name=wire["BackupName"],
            table=wire.get("TableName") or arn.partition(":table/")[2].partition("/")[0],
            status=wire.get("BackupStatus", ""),
            kind=wire.get("BackupType", "USER"),
            created_at=wire["BackupCreationDateTime"].astimezone(UTC),
            size_bytes=wire.get("BackupSizeBytes") or 0,
        )


@dataclass(frozen=True, slots=True)
class CreateBackup:
    """Back up a table, as a whole and without touching its capacity."""

    name: ClassVar[str] = "CreateBackup"
    method: ClassVar[str] = "create_backup"
    is_write: ClassVar[bool] = True

    table: str
    backup_name: str

    @property
    def repeatable(self) -> bool:
        """The second one would be another backup."""
        return False

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return {"TableName": self.table, "BackupName": self.backup_name}


@dataclass(frozen=True, slots=True)
class DescribeBackup:
    """Ask for a backup, and what its table was like."""

    name: ClassVar[str] = "DescribeBackup"
    method: ClassVar[str] = "describe_backup"
    is_write: ClassVar[bool] = False

    arn: str

    @property
    def table(self) -> str | None:
        """It is about a backup, whose ARN names it."""
        return None

    @property
    def repeatable(self) -> bool:
        """Reads change nothing."""
        return True

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return {"BackupArn": self.arn}


@dataclass(frozen=True, slots=True)
class DeleteBackup:
    """Delete a backup for good."""

    name: ClassVar[str] = "DeleteBackup"
    method: ClassVar[str] = "delete_backup"
    is_write: ClassVar[bool] = True

    arn: str

    @property
    def table(self) -> str | None:
        """It is about a backup, whose ARN names it."""
        return None

    @property
    def repeatable(self) -> bool:
        """The second one would be told that there is none."""
        return False

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return {"BackupArn": self.arn}


@dataclass(frozen=True, slots=True)
class ListBackups:
    """List a page of the backups of a table, or of all; at most 100.

    Attributes:
        table: None lists those of all tables.
        start: the `next` of the page before.
        kind: `USER`, `SYSTEM`, `AWS_BACKUP` or `ALL`.
    """

    name: ClassVar[str] = "ListBackups"
    method: ClassVar[str] = "list_backups"
    is_write: ClassVar[bool] = False

    table: str | None = None
    start: str | None = None
    kind: str | None = None

    @property
    def repeatable(self) -> bool:
        """Reads change nothing."""
        return True

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return optional_parameters(
            TableName=self.table, ExclusiveStartBackupArn=self.start, BackupType=self.kind
        )


@dataclass(frozen=True, slots=True)
class ListBackupsResult:
    """A page of backups, and where the next one begins; None after the last."""

    backups: tuple[Backup, ...]
    next: str | None

    @classmethod
    def from_wire(cls, reply: Mapping[str, Any]) -> Self:
        """Read the reply."""
        found = tuple(Backup.from_wire(wire) for wire in reply.get("BackupSummaries") or ())
        return cls(found, reply.get("LastEvaluatedBackupArn") or None)
