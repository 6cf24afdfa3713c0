"""How a table is to be backed up."""

# pyright: reportUnnecessaryIsInstance=false
# The checks are for callers without a type checker.

from __future__ import annotations

from dataclasses import dataclass

from ddbmodel import limits
from ddbmodel.errors import ModelDefinitionError


@dataclass(frozen=True, slots=True)
class BackupPolicy:
    """How a table is to be backed up.

        class Order(Model, table="orders", backups=BackupPolicy(point_in_time_days=35, daily=14)): ...

    Plans compare point-in-time recovery, and applying them puts it in place; daily backups are made by
    `ddbmodel backup run` or `enforce_backups`, to be called once a day.

    Attributes:
        point_in_time_days: how far point-in-time recovery reaches back, 1 to 35 days; None leaves it as it
            is.
        daily: how many daily backups are kept; None makes none.

    Raises:
        ModelDefinitionError: it says nothing, or a number is not possible.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoverySpecification.html
    """

    point_in_time_days: int | None = None
    daily: int | None = None

    def __post_init__(self) -> None:
        days, daily = self.point_in_time_days, self.daily
        if days is None and daily is None:
            raise ModelDefinitionError("BackupPolicy: say point_in_time_days=, daily= or both")
        if days is not None and (type(days) is not int or not 1 <= days <= limits.RECOVERY_DAYS_MAX):
            raise ModelDefinitionError(
                f"BackupPolicy: point_in_time_days is a whole number from 1 to {limits.RECOVERY_DAYS_MAX}"
            )
        if daily is not None and (type(daily) is not int or daily < 1):
            raise ModelDefinitionError("BackupPolicy: daily is a whole number from 1 on")
