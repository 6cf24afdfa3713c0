"""Refusing to destroy what could not be restored: the one guard that everything destructive asks first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from ddbmodel.admin.backups import Backups
from ddbmodel.admin.service import Service, TableRef
from ddbmodel.errors import AccessDenied, NoRecoveryPoint, RequestRefused
from ddbmodel.operations import Backup, Scan, ScanResult

# Arbitrary: somebody who destroys something today has probably seen that the backup of yesterday was made.
RECENT: Final = timedelta(hours=24)


def _now() -> datetime:
    return datetime.now(UTC)


async def require_recovery_point(
    mapper: Service, table: TableRef, *, recent: timedelta = RECENT, now: Callable[[], datetime] = _now
) -> None:
    """Refuse to go on with what destroys a table's items, unless they could be restored.

    Point-in-time recovery does, and so does a backup that is available and recent.

    Raises:
        NoRecoveryPoint: there is neither, or the endpoint knows of neither.
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
    point_in_time: bool = True,
    unless_empty: bool = False,
) -> None:
    """Do it for the table of this deployed name.

    Args:
        mapper: the way to the table.
        deployed: its deployed name.
        recent: how old a backup may be.
        now: the time.
        but: a backup that does not count, because it is about to go.
        point_in_time: point-in-time recovery counts; False if it is about to be switched off.
        unless_empty: a table without items has nothing to lose, and is let through.

    Raises:
        NoRecoveryPoint: there is neither.
    """
    refusal: RequestRefused | None = None
    try:
        if point_in_time and (await Backups(mapper).point_in_time_named(deployed)).enabled:
            return
        if await _has_backup(mapper, deployed, now() - recent, but):
            return
    except RequestRefused as error:
        # Engines without backups refuse to be asked; what they hold can be restored as little.
        refusal = error
    if unless_empty and not await has_items(mapper, deployed):
        return
    raise _missing(deployed, recent, point_in_time=point_in_time) from refusal


async def _has_backup(mapper: Service, deployed: str, since: datetime, but: Backup | None) -> bool:
    async for backup in Backups(mapper).list_named(deployed):
        if but is not None and backup.arn == but.arn:
            continue
        if backup.status == "AVAILABLE" and backup.created_at >= since:
            return True
    return False


def _missing(deployed: str, recent: timedelta, *, point_in_time: bool) -> NoRecoveryPoint:
    lacks = "has no point-in-time recovery" if point_in_time else "would lose its point-in-time recovery"
    hours = recent.total_seconds() / 3600
    return NoRecoveryPoint(
        f"table {deployed!r} {lacks}, and no backup of the last {hours:g} hours: what is destroyed could not "
        f"be restored. Switch point-in-time recovery on (ddbmodel backup run {deployed} --point-in-time-days "
        f"35), make a backup (ddbmodel backup create {deployed} NAME), or say that none is needed "
        "(without_recovery_point=True, --without-recovery-point). Nothing was changed."
    )


async def has_items(mapper: Service, deployed: str) -> bool:
    """Look whether a table has any item, as it is now. Costs one read unit at least, for its first item.

    Where reading is not permitted it is taken to have some.
    """
    try:
        page = ScanResult.from_wire(await mapper.send(Scan(deployed, limit=1, consistent=True)))
    except AccessDenied:
        return True
    return bool(page.items) or page.last_evaluated_key is not None
