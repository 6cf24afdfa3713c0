"""Seeing to it that tables are backed up as their policies say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from ddbmodel.admin.backup_names import daily_name, is_daily
from ddbmodel.admin.backups import Backups
from ddbmodel.admin.service import Service, TableRef
from ddbmodel.admin.waiting import PATIENCE, Patience
from ddbmodel.errors import ExpressionError
from ddbmodel.model import Table, plan_of
from ddbmodel.operations import Backup
from ddbmodel.schema import BackupPolicy


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
    policy: BackupPolicy | None = None,
    *,
    now: Callable[[], datetime] = _now,
    patience: Patience = PATIENCE,
) -> PolicyReport:
    """See to it that a table is backed up as its policy says; to be called at least once a day.

    It makes the backup of today, by UTC, if there is none, waits until that is available, and only then
    deletes the oldest daily ones beyond `daily`. Only backups that it made itself are ever deleted, which it
    knows by their names, and never the last one that is available.

    Args:
        mapper: the way to the table.
        table: a model, a shared table, or the name of a table.
        policy: in place of the one that is declared with the table.
        now: the time.
        patience: how long to wait for the backup.

    Raises:
        ExpressionError: no policy is given, nor declared; nothing was sent.
        TableNotFound: there is no such table.
    """
    policy = policy or declared_policy(table)
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


def declared_policy(table: TableRef) -> BackupPolicy:
    """Give the policy that is declared with a table.

    Raises:
        ExpressionError: there is none, or only the table's name is known.
        ModelDefinitionError: the model has no table.
    """
    if isinstance(table, str):
        raise ExpressionError(
            f"table {table!r}: a name has no policy; say daily= or point_in_time_days= (--daily, "
            "--point-in-time-days), or name a model with backups=BackupPolicy(...)"
        )
    settings = table.settings if isinstance(table, Table) else plan_of(table).settings
    if settings.backups is None:
        name = repr(table) if isinstance(table, Table) else table.__name__
        raise ExpressionError(
            f"{name} declares no policy: give it backups=BackupPolicy(...), or say --daily or "
            "--point-in-time-days"
        )
    return settings.backups


async def _daily(backups: Backups, table: TableRef) -> list[Backup]:
    """Give the backups that were made here and are not deleted, newest first."""
    found = [one async for one in backups.list(table, kind="USER") if is_daily(one.name)]
    there = [one for one in found if one.status != "DELETED"]
    return sorted(there, key=lambda one: (one.name, one.created_at), reverse=True)
