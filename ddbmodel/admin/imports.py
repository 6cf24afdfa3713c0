"""Imports from S3 into a new table."""

# pyright: reportUnnecessaryIsInstance=false
# The checks are for callers without a type checker.

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from pydantic import BaseModel

from ddbmodel.admin.service import Service
from ddbmodel.admin.waiting import PATIENCE, Patience, until
from ddbmodel.errors import ExpressionError, ServiceError
from ddbmodel.model import Table, plan_of
from ddbmodel.operations import (
    Billing,
    DescribeImport,
    ImportCompression,
    ImportFormat,
    ImportTable,
    OnDemand,
    TableImport,
)
from ddbmodel.schema import TableSchema


class Imports:
    """Makes new tables of what is in S3, through a mapper, without using write capacity.

        imports = Imports(mapper)
        done = await imports.wait(await imports.start(Order, bucket="backups", prefix="orders/"))

    Every method may raise `ServiceError`.

    Args:
        mapper: the way to the tables.
        patience: how long to wait for an import.
    """

    def __init__(self, mapper: Service, *, patience: Patience = PATIENCE) -> None:
        self._service = mapper
        self._patience = patience

    async def start(
        self,
        table: type[BaseModel] | Table,
        *,
        bucket: str,
        prefix: str | None = None,
        name: str | None = None,
        format: ImportFormat = "DYNAMODB_JSON",  # noqa: A002  # the service's word
        compression: ImportCompression = "GZIP",
        billing: Billing | None = None,
        bucket_owner: str | None = None,
    ) -> TableImport:
        """Begin to make the table of a model, with its keys and global indexes, of objects in S3.

        Time to live and local indexes are not made by an import: a model with local indexes is refused.

        Args:
            table: a model, or a shared table.
            bucket: the bucket's name.
            prefix: what the keys of the objects begin with, such as an export's folder and `/data/`.
            name: of the new table, after the mapper's prefix; the model's if not given.
            format: what is in the objects.
            compression: of each of them.
            billing: `OnDemand()` if not given.
            bucket_owner: the account of the bucket, if it is another one.

        Raises:
            ExpressionError: it is no model with a table; or it has local indexes. Nothing was sent.
            TableInUse: there is a table of this name.

        Cost: the uncompressed size of the objects, once.
        """
        schema = _schema_of(table)
        if local := [index.name for index in schema.indexes if index.kind == "local"]:
            raise ExpressionError(
                f"an import cannot make local indexes ({', '.join(local)}): create the table, and ingest"
            )
        deployed = self._service.table_name(table if name is None else name)
        request = ImportTable(
            schema=replace(schema, name=deployed),
            bucket=bucket,
            prefix=prefix,
            format=format,
            compression=compression,
            bucket_owner=bucket_owner,
            billing=billing or OnDemand(),
            token=str(uuid4()),
        )
        return TableImport.from_wire(await self._service.send(request))

    async def describe(self, job: TableImport | str) -> TableImport:
        """Look at an import, by its ARN, as it is now."""
        return TableImport.from_wire(await self._service.send(DescribeImport(_arn(job))))

    async def wait(self, job: TableImport | str) -> TableImport:
        """Wait until an import has come to its end.

        Raises:
            ServiceError: it has failed, or items were left out: `.code` is `ItemsLeftOut` then. Or it is not
                done after all the time to wait.
        """

        async def look() -> TableImport | None:
            found = await self.describe(job)
            return None if found.status in ("IN_PROGRESS", "CANCELLING") else found

        done = await until(look, self._patience, operation=ImportTable.name, subject=_arn(job))
        if done.status != "COMPLETED":
            code = (done.failure or done.status).partition(":")[0]
            raise _failed(done, f"has not come to its end: {done.failure or done.status}", code)
        if done.errors:
            raise _failed(
                done,
                f"left {done.errors:,} of {done.processed:,} items out, and {done.imported:,} are there: "
                "its log group in CloudWatch tells which",
                "ItemsLeftOut",
            )
        return done


def _failed(job: TableImport, what: str, code: str) -> ServiceError:
    return ServiceError(f"import {job.arn} {what}", operation=ImportTable.name, code=code)


def _schema_of(table: type[BaseModel] | Table) -> TableSchema:
    if isinstance(table, Table):
        return table.schema
    if not (isinstance(table, type) and issubclass(table, BaseModel)):
        raise ExpressionError("an import takes a model or a shared Table, whose keys and indexes it makes")
    plan = plan_of(table)
    return plan.stored_table if plan.shared is None else plan.shared.schema


def _arn(job: TableImport | str) -> str:
    arn = job.arn if isinstance(job, TableImport) else job
    if not (isinstance(arn, str) and arn.startswith("arn:")):
        raise ExpressionError(
            "an import is given as it was started, or by its ARN (arn:...:table/.../import/...)"
        )
    return arn
