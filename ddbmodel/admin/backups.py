"""On-demand backups, point-in-time recovery, and restoring from either."""

# pyright: reportUnnecessaryIsInstance=false
# The checks are for callers without a type checker.

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ddbmodel import limits
from ddbmodel.admin.backup_names import check_name
from ddbmodel.admin.restore_check import RestoreComparison, compare
from ddbmodel.admin.service import Service, TableRef
from ddbmodel.admin.settings import RestoreSettings, apply_settings, settings_in_backup, settings_of
from ddbmodel.admin.waiting import PATIENCE, Patience, active, described, until
from ddbmodel.errors import ExpressionError, TableNotFound
from ddbmodel.operations import (
    Backup,
    CreateBackup,
    DeleteBackup,
    DescribeBackup,
    DescribeContinuousBackups,
    ListBackups,
    ListBackupsResult,
    PointInTime,
    Request,
    RestoreTableFromBackup,
    RestoreTableToPointInTime,
    TableDescription,
    UpdateContinuousBackups,
)


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """A table that was restored, and is active.

    Attributes:
        table: the new table.
        applied: the settings that were given to it.
        from_source: the settings are those of the source table as it is now; else of the source table only
            what a backup remembers is known, which is time to live and the stream.
        comparison: what was compared; None if nothing was.
    """

    table: TableDescription
    applied: tuple[str, ...]
    from_source: bool
    comparison: RestoreComparison | None

    def __str__(self) -> str:
        """Lines for people."""
        settings = ", ".join(self.applied) or "none"
        gone = "" if self.from_source else " (the source is gone: tags, PITR and protection are not known)"
        compared = "not compared" if self.comparison is None else str(self.comparison)
        return f"table {self.table.name} is restored; settings applied: {settings}{gone}; {compared}"


class Backups:
    """Backs up tables and restores them, through a mapper.

        backups = Backups(mapper)
        made = await backups.create(Order, "before-migration")
        await backups.restore(made, to="orders-restored", verify=True)

    Every method may raise `ServiceError`. Nothing here reads or writes items, but for `verify`.

    Args:
        mapper: the way to the tables.
        patience: how long to wait for what takes time.
    """

    def __init__(self, mapper: Service, *, patience: Patience = PATIENCE) -> None:
        self._service = mapper
        self._patience = patience

    # On demand ----------------------------------------------------------------------------------------------

    async def create(self, table: TableRef, name: str, *, wait: bool = True) -> Backup:
        """Back up a table. It does not use the table's capacity, and is of one moment.

        Args:
            table: a model, a shared table, or the name of a table.
            name: of the backup, 3 to 255 characters; it need not be unique.
            wait: until it is available.

        Raises:
            ExpressionError: the name is not possible, or one of the daily backups.
            TableNotFound: there is no such table.

        Cost: the table's size is paid for each month until the backup is deleted.
        """
        return await self.create_named(self._service.table_name(table), check_name(name), wait=wait)

    async def create_named(self, deployed: str, name: str, *, wait: bool) -> Backup:
        """Back up the table of this deployed name under any name."""
        reply = await self._service.send(CreateBackup(deployed, name))
        made = Backup.from_wire(reply["BackupDetails"])
        return await self._available(made.arn) if wait else made

    async def _available(self, arn: str) -> Backup:
        async def look() -> Backup | None:
            backup = await self.describe(arn)
            return None if backup.status == "CREATING" else backup

        return await until(look, self._patience, operation=CreateBackup.name, subject=arn)

    async def list(self, table: TableRef | None = None, *, kind: str = "ALL") -> AsyncGenerator[Backup]:
        """Give the backups of a table, or of all tables, page by page as they are asked for.

        Args:
            table: a model, a shared table, or the name of a table; None is all of the account and region.
            kind: `USER`, `SYSTEM`, `AWS_BACKUP` or `ALL`.
        """
        async for backup in self.list_named(None if table is None else self._service.table_name(table), kind):
            yield backup

    async def list_named(self, deployed: str | None, kind: str = "ALL") -> AsyncGenerator[Backup]:
        """Give the backups of the table of this deployed name."""
        name, start = deployed, None
        while True:
            page = ListBackupsResult.from_wire(await self._service.send(ListBackups(name, start, kind)))
            for backup in page.backups:
                yield backup
            start = page.next
            if start is None:
                return

    async def describe(self, backup: Backup | str) -> Backup:
        """Look at a backup, by its ARN, as it is now."""
        return Backup.from_wire((await self._description(backup))["BackupDetails"])

    async def delete(self, backup: Backup | str) -> None:
        """Delete a backup, by its ARN, for good."""
        await self._service.send(DeleteBackup(arn_of(backup)))

    # Point in time ------------------------------------------------------------------------------------------

    async def enable_point_in_time(
        self, table: TableRef, *, days: int = limits.RECOVERY_DAYS_MAX
    ) -> PointInTime:
        """Let a table be restored to any second of the last days.

        Raises:
            ExpressionError: not 1 to 35 days; nothing was sent.

        Cost: the table's size is paid for each month, whatever the days.
        Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html
        """
        if type(days) is not int or not 1 <= days <= limits.RECOVERY_DAYS_MAX:
            raise ExpressionError(
                f"point-in-time recovery: days is a whole number from 1 to {limits.RECOVERY_DAYS_MAX}"
            )
        return await self._update(table, days)

    async def disable_point_in_time(self, table: TableRef) -> PointInTime:
        """Switch it off. What could be restored can no longer be, also after it is switched on again."""
        return await self._update(table, None)

    async def point_in_time(self, table: TableRef) -> PointInTime:
        """Look whether it is on, and which moments can be restored."""
        return await self.point_in_time_named(self._service.table_name(table))

    async def point_in_time_named(self, deployed: str) -> PointInTime:
        """Look at the table of this deployed name."""
        return PointInTime.from_wire(await self._service.send(DescribeContinuousBackups(deployed)))

    async def _update(self, table: TableRef, days: int | None) -> PointInTime:
        request = UpdateContinuousBackups(self._service.table_name(table), days)
        return PointInTime.from_wire(await self._service.send(request))

    # Restoring ----------------------------------------------------------------------------------------------

    async def restore(
        self,
        backup: Backup | str,
        *,
        to: TableRef,
        settings: RestoreSettings | None = None,
        verify: bool = False,
    ) -> RestoreReport:
        """Make a new table of a backup, wait until it is active, and give it the settings of the old one.

        Keys, indexes, billing and encryption are restored by the service. Time to live, tags, point-in-time
        recovery, the stream and protection from deletion are not: they are read from the source table as it
        is now, if there still is one, else from the backup. Auto scaling, alarms, policies and Kinesis
        destinations stay yours to set.

        Args:
            backup: it, or its ARN.
            to: the new table.
            settings: to give to the new table, in place of those that are found.
            verify: compare counts, up to 100,000 items, and 100 items one by one, with the source table as it
                is now.

        Raises:
            TableInUse: there is a table of this name.
            TableNotFound: `verify`, and there is no source table any more; the restored one stays.
            RestoreMismatch: the tables differ; the restored one stays.

        Cost: the restored size, once; `verify` reads what it compares.
        """
        description = await self._description(backup)
        source: str = description["SourceTableDetails"]["TableName"]
        request = RestoreTableFromBackup(self._service.table_name(to), arn_of(backup))
        return await self._restored(request, source, settings, settings_in_backup(description), verify=verify)

    async def restore_moment(
        self,
        table: TableRef,
        *,
        to: TableRef,
        at: datetime | None = None,
        settings: RestoreSettings | None = None,
        verify: bool = False,
    ) -> RestoreReport:
        """Make a new table of what a table was at a moment, as `restore` does of a backup.

        Args:
            table: it has point-in-time recovery.
            to: the new table.
            at: an aware moment; None is the latest that can be restored, about five minutes ago.
            settings: as of `restore`.
            verify: as of `restore`; it compares with the table as it is now.

        Raises:
            ExpressionError: the moment has no time zone; nothing was sent.
            TableInUse: there is a table of this name.
            RestoreMismatch: the tables differ; the restored one stays.
        """
        if at is not None and (not isinstance(at, datetime) or at.utcoffset() is None):
            raise ExpressionError("restore_moment: at= is a datetime with a time zone, such as UTC")
        source = self._service.table_name(table)
        moment = None if at is None else at.astimezone(UTC)
        request = RestoreTableToPointInTime(self._service.table_name(to), source, moment)
        return await self._restored(request, source, settings, RestoreSettings(), verify=verify)

    async def _restored(
        self,
        request: RestoreTableFromBackup | RestoreTableToPointInTime,
        source: str,
        given: RestoreSettings | None,
        remembered: RestoreSettings,
        *,
        verify: bool,
    ) -> RestoreReport:
        settings, from_source = given, True
        if settings is None:
            try:
                settings = await settings_of(self._service, source)
            except TableNotFound:
                settings, from_source = remembered, False
        sent: Request = request
        await self._service.send(sent)
        restored = await active(self._service, request.table, self._patience, operation=request.name)
        comparison = None
        if verify:
            comparison = await compare(self._service, await described(self._service, source), restored)
        applied = await apply_settings(self._service, request.table, settings, self._patience)
        return RestoreReport(restored, applied, from_source, comparison)

    async def _description(self, backup: Backup | str) -> Mapping[str, Any]:
        reply = await self._service.send(DescribeBackup(arn_of(backup)))
        description: Mapping[str, Any] = reply["BackupDescription"]
        return description


def arn_of(backup: Backup | str) -> str:
    """The ARN of a backup.

    Raises:
        ExpressionError: it is no backup, and no ARN of one.
    """
    arn = backup.arn if isinstance(backup, Backup) else backup
    if not (isinstance(arn, str) and arn.startswith("arn:") and "/backup/" in arn):
        raise ExpressionError(
            "a backup is given as it was listed, or by its ARN (arn:...:table/.../backup/...)"
        )
    return arn
