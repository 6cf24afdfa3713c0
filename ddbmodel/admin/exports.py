"""Exports to S3: of a table as it was at a moment, or of its changes."""

# pyright: reportUnnecessaryIsInstance=false
# The checks are for callers without a type checker.

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from uuid import uuid4

from ddbmodel.admin.service import Service, TableRef
from ddbmodel.admin.waiting import PATIENCE, Patience, described
from ddbmodel.admin.waiting import until as wait_until
from ddbmodel.errors import ExpressionError, ServiceError
from ddbmodel.operations import ChangesBetween, DescribeExport, Export, ExportTable, ExportView, ListExports


class Exports:
    """Exports tables to S3, through a mapper. It takes point-in-time recovery, and none of the capacity.

        exports = Exports(mapper)
        done = await exports.wait(await exports.start(Order, bucket="backups", prefix="orders"))
        report = await mapper.ingest(DynamoDBExport(done.folder), model=Order)

    Every method may raise `ServiceError`, such as `PointInTimeRecoveryUnavailableException`.

    Args:
        mapper: the way to the tables.
        patience: how long to wait for an export.
    """

    def __init__(self, mapper: Service, *, patience: Patience = PATIENCE) -> None:
        self._service = mapper
        self._patience = patience

    async def start(
        self,
        table: TableRef,
        *,
        bucket: str,
        prefix: str | None = None,
        at: datetime | None = None,
        bucket_owner: str | None = None,
    ) -> Export:
        """Begin to export a table as it was at a moment, in DynamoDB JSON.

        Args:
            table: a model, a shared table, or the name of a table.
            bucket: the bucket's name.
            prefix: what the keys of the objects begin with.
            at: an aware moment within point-in-time recovery; None is now.
            bucket_owner: the account of the bucket, if it is another one.

        Raises:
            ExpressionError: the moment has no time zone; nothing was sent.
            TableNotFound: there is no such table.

        Cost: the table's size, once, and what S3 takes.
        """
        moment = None if at is None else _in_utc("at", at)
        return await self._start(
            table, bucket, prefix=prefix, bucket_owner=bucket_owner, moment=moment, changes=None
        )

    async def start_incremental(
        self,
        table: TableRef,
        *,
        bucket: str,
        since: datetime,
        until: datetime | None = None,
        view: ExportView = "NEW_AND_OLD_IMAGES",
        prefix: str | None = None,
        bucket_owner: str | None = None,
    ) -> Export:
        """Begin to export what has changed in a table between two moments, 15 minutes to 24 hours apart.

        `read_changes(done.folder, Order)` reads what it writes.

        Args:
            table: a model, a shared table, or the name of a table.
            bucket: the bucket's name.
            since: an aware moment, which is included.
            until: an aware moment, which is not; None is now.
            view: with the old images, or without them.
            prefix: what the keys of the objects begin with.
            bucket_owner: the account of the bucket, if it is another one.

        Raises:
            ExpressionError: a moment has no time zone, or they are not in order; nothing was sent.
            TableNotFound: there is no such table.

        Cost: what is exported, once, and what S3 takes.
        """
        begin, end = _in_utc("since", since), None if until is None else _in_utc("until", until)
        if end is not None and begin >= end:
            raise ExpressionError("an incremental export: since= is before until=")
        changes = ChangesBetween(begin, end, view)
        return await self._start(
            table, bucket, prefix=prefix, bucket_owner=bucket_owner, moment=None, changes=changes
        )

    async def _start(
        self,
        table: TableRef,
        bucket: str,
        *,
        prefix: str | None,
        bucket_owner: str | None,
        moment: datetime | None,
        changes: ChangesBetween | None,
    ) -> Export:
        description = await described(self._service, self._service.table_name(table))
        request = ExportTable(
            arn=description.arn or "",
            bucket=bucket,
            prefix=prefix,
            bucket_owner=bucket_owner,
            moment=moment,
            changes=changes,
            token=str(uuid4()),
        )
        return Export.from_wire(await self._service.send(request))

    async def describe(self, export: Export | str) -> Export:
        """Look at an export, by its ARN, as it is now."""
        return Export.from_wire(await self._service.send(DescribeExport(_arn(export))))

    async def list(self, table: TableRef | None = None) -> AsyncGenerator[str]:
        """Give the ARNs of the exports of the last 90 days, of a table or of all, page by page."""
        arn, start = None, None
        if table is not None:
            arn = (await described(self._service, self._service.table_name(table))).arn
        while True:
            reply = await self._service.send(ListExports(arn, start))
            for summary in reply.get("ExportSummaries") or ():
                yield summary["ExportArn"]
            start = reply.get("NextToken") or None
            if start is None:
                return

    async def wait(self, export: Export | str) -> Export:
        """Wait until an export is completed.

        Raises:
            ServiceError: it has failed; `.code` says why. Or it is not done after all the time to wait.
        """

        async def look() -> Export | None:
            found = await self.describe(export)
            return None if found.status == "IN_PROGRESS" else found

        done = await wait_until(look, self._patience, operation=ExportTable.name, subject=_arn(export))
        if done.status != "COMPLETED":
            code = (done.failure or done.status).partition(":")[0]
            raise ServiceError(
                f"export {done.arn} has not come to its end: {done.failure or done.status}",
                operation=ExportTable.name,
                code=code,
            )
        return done


def _arn(export: Export | str) -> str:
    arn = export.arn if isinstance(export, Export) else export
    if not (isinstance(arn, str) and arn.startswith("arn:")):
        raise ExpressionError(
            "an export is given as it was started, or by its ARN (arn:...:table/.../export/...)"
        )
    return arn


def _in_utc(name: str, moment: datetime) -> datetime:
    if not isinstance(moment, datetime) or moment.utcoffset() is None:
        raise ExpressionError(f"an export: {name}= is a datetime with a time zone, such as UTC")
    return moment.astimezone(UTC)
