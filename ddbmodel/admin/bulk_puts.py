"""Bulk puts: from S3 into a table that is there."""

# pyright: reportUnnecessaryIsInstance=false
# The checks are for callers without a type checker.

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, Final, get_args
from uuid import uuid4

from ddbmodel import limits
from ddbmodel.admin.service import Service, TableRef
from ddbmodel.admin.waiting import PATIENCE, Patience, until
from ddbmodel.errors import ExpressionError, OperationUnknown, ServiceError
from ddbmodel.operations import (
    BulkInput,
    BulkOperation,
    BulkOperationSummary,
    BulkOutput,
    BulkReport,
    BulkTier,
    CancelBulkOperation,
    DescribeBulkOperation,
    ListBulkOperations,
    Request,
    StartBulkPutItems,
)

# A release that has the operations; that older ones have them too is not known.
_KNOWN_TO: Final = "1.44.8"


class BulkPuts:
    """Lets the service put what is in S3 into a table that is there, through a mapper.

        bulk_puts = BulkPuts(mapper)
        begun = await bulk_puts.start(
            Order, BulkInput("backups", "orders/"), BulkOutput("backups", "reports/orders/")
        )
        done = await bulk_puts.wait(begun)
        print(done.whole, done)

    An item replaces the one of the same key, as every put does: where that matters, ask
    `require_recovery_point` first. Models, versions and unique fields are not looked at: what is in S3 is put
    as it is. `mapper.ingest` validates, and writes with the table's own capacity.

    Every method may raise `OperationUnknown`, if the installed botocore is too old; nothing was sent then.
    Every method may raise `ServiceError`.

    Args:
        mapper: the way to the tables.
        patience: how long to wait for a bulk put.
    """

    def __init__(self, mapper: Service, *, patience: Patience = PATIENCE) -> None:
        self._service = mapper
        self._patience = patience

    async def start(
        self,
        table: TableRef,
        source: BulkInput,
        output: BulkOutput,
        *,
        max_write_units: int | None = None,
        tier: BulkTier | None = None,
        token: str | None = None,
    ) -> BulkOperation:
        """Begin to put the items of objects in S3 into a table.

        Args:
            table: a model, a shared table, or the name of a table.
            source: where the items are.
            output: where it is told which of them were not put; not among the objects that are read.
            max_write_units: per second, 1,024 at least; None leaves it to the service.
            tier: how fast it is to be; None is `STANDARD`.
            token: with the same one, and the same arguments, it begins once in 8 hours, whoever asks.

        Raises:
            ExpressionError: the options do not go together; nothing was sent.
            TableNotFound: there is no such table.

        Cost: by the bytes that are put into the table and its indexes, not by its capacity.
        Atomicity: none: what was put stays, also if it fails or is cancelled.
        Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_StartBulkPutItems.html
        """
        _check(source, output, max_write_units, token)
        request = StartBulkPutItems(
            table=self._service.table_name(table),
            input=source,
            output=output,
            max_write_units=max_write_units,
            tier=tier,
            token=token or str(uuid4()),
        )
        return BulkOperation.from_wire(await self._send(request))

    async def describe(self, job: BulkOperation | BulkOperationSummary | str) -> BulkOperation:
        """Look at a bulk put, by its ARN, as it is now."""
        return BulkOperation.from_wire(await self._send(DescribeBulkOperation(_arn(job))))

    async def list(self) -> AsyncGenerator[BulkOperationSummary]:
        """Give the bulk puts of the last 90 days, of all tables, the latest first, page by page."""
        start = None
        while True:
            reply = await self._send(ListBulkOperations(start))
            for wire in reply.get("BulkOperationsSummaryList") or ():
                yield BulkOperationSummary.from_wire(wire)
            start = reply.get("NextToken") or None
            if start is None:
                return

    async def cancel(self, job: BulkOperation | BulkOperationSummary | str) -> BulkOperation:
        """Let a bulk put end before it is done, and look at it. It may still put items until it has ended.

        What it has put stays. `wait` waits for the end, and raises then.
        """
        await self._send(CancelBulkOperation(_arn(job)))
        return await self.describe(job)

    async def wait(self, job: BulkOperation | BulkOperationSummary | str) -> BulkOperation:
        """Wait until a bulk put has come to its end.

        Items that could not be put are no error: the others are there. Look at `.whole` and `.failed`.

        Raises:
            ServiceError: it has failed, or was cancelled; `.code` says which. Or it is not done after all the
                time to wait.
        """

        async def look() -> BulkOperation | None:
            found = await self.describe(job)
            return found if found.ended else None

        done = await until(look, self._patience, operation=StartBulkPutItems.name, subject=_arn(job))
        if done.status not in ("COMPLETED", "COMPLETED_WITH_ERRORS"):
            raise ServiceError(
                f"bulk put {done.arn} has not come to its end: {done.failure or done.status}. "
                f"{done.processed:,} items were processed, and what was put stays.",
                operation=StartBulkPutItems.name,
                code=(done.failure or done.status).partition(":")[0],
            )
        return done

    async def _send(self, request: Request) -> dict[str, Any]:
        try:
            return await self._service.send(request)
        except OperationUnknown as error:
            raise OperationUnknown(
                f"{error} botocore {_KNOWN_TO} has it. Until then mapper.ingest (ddbmodel ingest) writes "
                "objects of S3 into a table that is there, Imports (ddbmodel import start) into a new one.",
                operation=error.operation,
                code=error.code,
                table=error.table,
            ) from error


def _check(source: BulkInput, output: BulkOutput, max_write_units: int | None, token: str | None) -> None:
    kinds = get_args(BulkReport)
    if not output.reports or not set(output.reports) <= set(kinds):
        raise ExpressionError(f"a bulk put: reports= is one of {', '.join(kinds)}, or both")
    # They would be read as items by the next bulk put, if not by this one.
    if output.bucket == source.bucket and (output.prefix or "").startswith(source.prefix or ""):
        raise ExpressionError(
            "a bulk put: its reports would be among the objects that it reads: give another prefix or bucket"
        )
    if (output.encryption == "KMS") != (output.kms_key is not None):
        raise ExpressionError('a bulk put: encryption="KMS" and kms_key= go together')
    least = limits.BULK_PUT_WRITE_UNITS_MIN
    if max_write_units is not None and (type(max_write_units) is not int or max_write_units < least):
        raise ExpressionError(f"a bulk put: max_write_units is a whole number from {least:,} on")
    if token is not None and (not token or "$" in token):
        raise ExpressionError("a bulk put: token= is text without $, and not empty")


def _arn(job: BulkOperation | BulkOperationSummary | str) -> str:
    arn = job if isinstance(job, str) else getattr(job, "arn", None)
    if not (isinstance(arn, str) and arn.startswith("arn:")):
        raise ExpressionError("a bulk put is given as it was started or listed, or by its ARN (arn:...)")
    return arn
