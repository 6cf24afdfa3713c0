"""A service that answers as AWS's documentation shows, where moto does not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ddbmodel.admin.waiting import Patience

TABLE_ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


class Recorded:
    """Gives the replies of each operation in turn, the last one again and again, and keeps what was asked.

    Attributes:
        sent: operations and their parameters, in order.
    """

    def __init__(self, **replies: list[dict[str, Any] | Exception]) -> None:
        self._replies = replies
        self.sent: list[tuple[str, dict[str, Any]]] = []

    async def send(self, request: Any) -> dict[str, Any]:
        self.sent.append((request.name, request.to_wire()))
        replies = self._replies.get(request.name, [{}])
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if isinstance(reply, Exception):
            raise reply
        return reply

    def table_name(self, table: object) -> str:
        assert isinstance(table, str)
        return table

    def named(self, operation: str) -> list[dict[str, Any]]:
        return [wire for name, wire in self.sent if name == operation]


def patience() -> Patience:
    """Looks again at once, and three times."""

    async def sleep(seconds: float) -> None:
        return None

    return Patience(1.0, 1.0, 3.0, sleep)


def backup(name: str, days_ago: float = 0, **others: Any) -> dict[str, Any]:
    """A `BackupSummary`."""
    return {
        "TableName": "orders",
        "TableArn": TABLE_ARN,
        "BackupArn": f"{TABLE_ARN}/backup/{name}",
        "BackupName": name,
        "BackupCreationDateTime": NOON - timedelta(days=days_ago),
        "BackupStatus": "AVAILABLE",
        "BackupType": "USER",
        "BackupSizeBytes": 1024,
        **others,
    }


def point_in_time(days: int | None) -> dict[str, Any]:
    """The reply to DescribeContinuousBackups."""
    recovery: Mapping[str, Any] = {"PointInTimeRecoveryStatus": "DISABLED"}
    if days is not None:
        recovery = {
            "PointInTimeRecoveryStatus": "ENABLED",
            "RecoveryPeriodInDays": days,
            "EarliestRestorableDateTime": NOON - timedelta(days=days),
            "LatestRestorableDateTime": NOON - timedelta(minutes=5),
        }
    return {
        "ContinuousBackupsDescription": {
            "ContinuousBackupsStatus": "ENABLED",
            "PointInTimeRecoveryDescription": recovery,
        }
    }
