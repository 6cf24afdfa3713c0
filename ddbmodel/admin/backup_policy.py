"""How a table is to be backed up, and seeing to it."""

# pyright: reportUnnecessaryIsInstance=false
# The checks are for callers without a type checker.

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from ddbmodel.admin.backup_names import daily_name, is_daily
from ddbmodel.admin.backups import POINT_IN_TIME_DAYS_MAX, Backups
from ddbmodel.admin.service import Service, TableRef
from ddbmodel.admin.waiting import PATIENCE, Patience
from ddbmodel.errors import ExpressionError, NoRecoveryPoint
from ddbmodel.operations import Backup

# Arbitrary: somebody who destroys something today has probably seen that the backup of yesterday was made.
RECENT: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class BackupPolicy:
    """How a table is to be backed up.

    Attributes:
        point_in_time_days: how far point-in-time recovery reaches back, 1 to 35 days; None leaves it as it
            is.
        daily: how many daily backups are kept; None makes none.

    Raises:
        ExpressionError: it says nothing, or a number is not possible.
    """

    point_in_time_days: int | None = None
    daily: int | None = None

    def __post_init__(self) -> None:
        days, daily = self.point_in_time_days, self.daily
        if days is None and daily is None:
            raise ExpressionError("BackupPolicy: say point_in_time_days=, daily= or both")
        if days is not None and (type(days) is not int or not 1 <= days <= POINT_IN_TIME_DAYS_MAX):
            raise ExpressionError(
                f"BackupPolicy: point_in_time_days is a whole number from 1 to {POINT_IN_TIME_DAYS_MAX}"
            )
        if daily is not None and (type(daily) is not int or daily < 1):
            raise ExpressionError("BackupPolicy: daily is a whole number from 1 on")


@dataclass(frozen=True, slots=True)
class PolicyReport:
    """What was done so that a table is backed up as it is to be.

    Attributes:
        table: its deployed name.
        created: the backup of today, if there was none.
        pruned: the daily backups that were deleted, oldest first.
        kept: the daily backups that there are now, newest first.
        point_in_time_changed: point-in-time recovery was switched on, or its days were changed.
    """

    table: str
    created: Backup | None
    pruned: tuple[Backup, ...]
    kept: tuple[Backup, ...]
    point_in_time_changed: bool

    def __str__(self) -> str:
        """One line for people."""
        made = "nothing created" if self.created is None else f"{self.created.name} created"
        recovery = "; point-in-time recovery set" if self.point_in_time_changed else ""
        return f"{self.table}: {made}, {len(self.pruned)} pruned, {len(self.kept)} daily kept{recovery}"


def _now() -> datetime:
    return datetime.now(UTC)


async def enforce_backups(
    mapper: Service,
    table: TableRef,
    policy: BackupPolicy,
    *,
    now: Callable[[], datetime] = _now,
    patience: Patience = PATIENCE,
) -> PolicyReport:
    """See to it that a table is backed up as the policy says; to be called at least once a day.

    It makes the backup of today, by UTC, if there is none, waits until that is available, and only then
    deletes the oldest daily ones beyond `daily`. Only backups that it made itself are ever deleted, which it
    knows by their names, and never the last one that is available.

    Raises:
        TableNotFound: there is no such table.
    """
    backups, name = Backups(mapper, patience=patience), mapper.table_name(table)
    changed = False
    if policy.point_in_time_days is not None:
        changed = (await backups.point_in_time(table)).days != policy.point_in_time_days
        if changed:
            await backups.enable_point_in_time(table, days=policy.point_in_time_days)
    if policy.daily is None:
        return PolicyReport(name, None, (), (), changed)
    created = None
    own = await _daily(backups, table)
    today = daily_name(now().astimezone(UTC))
    if all(backup.name != today for backup in own):
        created = await backups.create_named(name, today, wait=True)
        own = [created, *own]
    available = [backup for backup in own if backup.status == "AVAILABLE"]
    beyond = available[policy.daily :]
    for backup in reversed(beyond):
        await backups.delete(backup)
    kept = tuple(backup for backup in own if backup not in beyond)
    return PolicyReport(name, created, tuple(reversed(beyond)), kept, changed)


async def require_recovery_point(
    mapper: Service, table: TableRef, *, recent: timedelta = RECENT, now: Callable[[], datetime] = _now
) -> None:
    """Refuse to go on with what destroys a table's items, unless they could be restored.

    Point-in-time recovery does, and so does a backup that is available and recent.

    Raises:
        NoRecoveryPoint: there is neither.
        TableNotFound: there is no such table.
    """
    await require_recovery_point_of(mapper, mapper.table_name(table), recent=recent, now=now)


async def require_recovery_point_of(
    mapper: Service,
    deployed: str,
    *,
    recent: timedelta = RECENT,
    now: Callable[[], datetime] = _now,
    but: Backup | None = None,
) -> None:
    """Do it for the table of this deployed name; without counting one backup, as if it were gone.

    Raises:
        NoRecoveryPoint: there is neither.
    """
    backups = Backups(mapper)
    if (await backups.point_in_time_named(deployed)).enabled:
        return
    since = now() - recent
    async for backup in backups.list_named(deployed):
        if but is not None and backup.arn == but.arn:
            continue
        if backup.status == "AVAILABLE" and backup.created_at >= since:
            return
    hours = recent.total_seconds() / 3600
    raise NoRecoveryPoint(
        f"table {deployed!r} has no point-in-time recovery, and no backup of the last "
        f"{hours:g} hours: what is destroyed could not be restored. Make a backup (ddbmodel backup create), "
        "or say that it is not needed."
    )


async def _daily(backups: Backups, table: TableRef) -> list[Backup]:
    """Give the backups that were made here and are not deleted, newest first."""
    found = [one async for one in backups.list(table, kind="USER") if is_daily(one.name)]
    there = [one for one in found if one.status != "DELETED"]
    return sorted(there, key=lambda one: (one.name, one.created_at), reverse=True)
