"""StartBulkPutItems, and the operations that look at it and end it: objects of S3 into a table that is there.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_StartBulkPutItems.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal, Self, TypeAlias

from ddbmodel.operations.request import optional_parameters

BulkInputFormat: TypeAlias = Literal["DYNAMODB_JSON", "ION"]
BulkCompression: TypeAlias = Literal["GZIP", "ZSTD", "NONE"]
BulkReport: TypeAlias = Literal["ERROR", "CONDITION_CHECK_FAILURE"]
BulkEncryption: TypeAlias = Literal["AES256", "KMS"]
BulkTier: TypeAlias = Literal["STANDARD", "ACCELERATED"]


@dataclass(frozen=True, slots=True)
class BulkInput:
    """Where the items of a bulk put are.

    Attributes:
        bucket: the bucket's name.
        prefix: what the keys of the objects begin with; None is all of the bucket.
        format: what is in the objects.
        compression: of each of them.
        bucket_owner: the account of the bucket, if it is another one.
    """

    bucket: str
    prefix: str | None = None
    format: BulkInputFormat = "DYNAMODB_JSON"
    compression: BulkCompression = "GZIP"
    bucket_owner: str | None = None

    def to_wire(self) -> dict[str, Any]:
        """The `InputS3Configuration` structure."""
        return {"S3Bucket": self.bucket, "InputFormat": self.format} | optional_parameters(
            S3KeyPrefix=self.prefix,
            S3BucketOwner=self.bucket_owner,
            InputCompressionType=self.compression,
        )


@dataclass(frozen=True, slots=True)
class BulkOutput:
    """Where it is told which items were not put.

    Attributes:
        bucket: the bucket's name.
        prefix: what the keys of the reports begin with.
        reports: of what kinds, one at least.
        bucket_owner: the account of the bucket, if it is another one.
        encryption: of the reports; None is what the bucket does by itself.
        kms_key: the key, with `KMS`.
    """

    bucket: str
    prefix: str | None = None
    reports: tuple[BulkReport, ...] = ("ERROR",)
    bucket_owner: str | None = None
    encryption: BulkEncryption | None = None
    kms_key: str | None = None

    def to_wire(self) -> dict[str, Any]:
        """The `OutputS3Configuration` structure."""
        return {"OutputType": list(self.reports), "S3Bucket": self.bucket} | optional_parameters(
            S3KeyPrefix=self.prefix,
            S3BucketOwner=self.bucket_owner,
            S3SseAlgorithm=self.encryption,
            S3SseKmsKeyId=self.kms_key,
        )


@dataclass(frozen=True, slots=True)
class BulkOperation:
    """A bulk put.

    Attributes:
        arn: names it for the service.
        status: `IN_PROGRESS`, `COMPLETED`, `COMPLETED_WITH_ERRORS`, `CANCELLING`, `CANCELLED` or `FAILED`.
        processed: how many items were read, whatever became of them.
        failed: how many of them were none, or none that the table takes. False conditions are not counted.
        processed_bytes: how much was read.
        total_bytes: how much there is to read; None until the service knows.
        reports: the URL of where the reports go; None if the service does not tell.
        failure: the service's code and words, if it failed or was cancelled.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BulkOperationDescription.html
    """

    arn: str
    status: str
    processed: int
    failed: int
    processed_bytes: int
    total_bytes: int | None
    reports: str | None
    failure: str | None

    @property
    def whole(self) -> bool:
        """It is done, and every item was one that the table takes."""
        return self.status == "COMPLETED" and not self.failed

    @property
    def ended(self) -> bool:
        """Nothing more will come of it."""
        return self.status not in ("IN_PROGRESS", "CANCELLING")

    def __str__(self) -> str:
        """One line for people."""
        parts = [f"bulk put {self.arn}: {self.status}", f"{self.processed:,} items processed"]
        if self.failed:
            where = f", of which {self.reports} tells" if self.reports else ""
            parts.append(f"{self.failed:,} of them could not be put{where}")
        return "; ".join([*parts, *([self.failure] if self.failure else [])])

    @classmethod
    def from_wire(cls, reply: Mapping[str, Any]) -> Self:
        """Read the reply to StartBulkPutItems or DescribeBulkOperation."""
        wire: Mapping[str, Any] = reply["BulkOperationDescription"]
        parts = [wire[name] for name in ("FailureCode", "FailureMessage") if wire.get(name)]
        output: Mapping[str, Any] = wire.get("OutputS3Configuration") or {}
        bucket = output.get("S3Bucket")
        return cls(
            arn=wire["BulkOperationArn"],
            status=wire["BulkOperationStatus"],
            processed=wire.get("ProcessedItemCount") or 0,
            failed=wire.get("FailedItemCount") or 0,
            processed_bytes=wire.get("ProcessedInputBytes") or 0,
            total_bytes=wire.get("TotalInputBytes"),
            reports=None if bucket is None else f"s3://{bucket}/{output.get('S3KeyPrefix') or ''}",
            failure=": ".join(parts) or None,
        )


@dataclass(frozen=True, slots=True)
class BulkOperationSummary:
    """A bulk put as it is listed.

    Attributes:
        arn: names it for the service.
        status: as of `BulkOperation`.
        started: when, in UTC.
        ended: when, in UTC; None while it is under way.
    """

    arn: str
    status: str
    started: datetime
    ended: datetime | None

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> Self:
        """Read a `BulkOperationSummary` structure."""
        ended = wire.get("EndTime")
        return cls(
            arn=wire["BulkOperationArn"],
            status=wire["BulkOperationStatus"],
            started=wire["StartTime"].astimezone(UTC),
            ended=None if ended is None else ended.astimezone(UTC),
        )


@dataclass(frozen=True, slots=True)
class StartBulkPutItems:
    """Put what is in S3 into a table that is there.

    Attributes:
        input: where the items are.
        output: where it is told which of them were not put.
        max_write_units: per second, 1,024 at least; None leaves it to the service.
        tier: how fast it is to be; None is `STANDARD`.
        token: by which the service knows it for 8 hours, when it is sent again.
    """

    name: ClassVar[str] = "StartBulkPutItems"
    method: ClassVar[str] = "start_bulk_put_items"
    is_write: ClassVar[bool] = True

    table: str
    input: BulkInput
    output: BulkOutput
    max_write_units: int | None = None
    tier: BulkTier | None = None
    token: str | None = None

    @property
    def repeatable(self) -> bool:
        """With its token, the second one is the first."""
        return self.token is not None

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return {
            "TableName": self.table,
            "InputS3Configuration": self.input.to_wire(),
            "OutputS3Configuration": self.output.to_wire(),
        } | optional_parameters(
            MaxWriteRequestUnits=self.max_write_units, PerformanceTier=self.tier, ClientToken=self.token
        )


@dataclass(frozen=True, slots=True)
class DescribeBulkOperation:
    """Ask how far a bulk put is."""

    name: ClassVar[str] = "DescribeBulkOperation"
    method: ClassVar[str] = "describe_bulk_operation"
    is_write: ClassVar[bool] = False

    arn: str

    @property
    def table(self) -> str | None:
        """It is about a job, whose ARN names it."""
        return None

    @property
    def repeatable(self) -> bool:
        """Reads change nothing."""
        return True

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return {"BulkOperationArn": self.arn}


@dataclass(frozen=True, slots=True)
class CancelBulkOperation:
    """End a bulk put before it is done. What it has put stays."""

    name: ClassVar[str] = "CancelBulkOperation"
    method: ClassVar[str] = "cancel_bulk_operation"
    is_write: ClassVar[bool] = True

    arn: str

    @property
    def table(self) -> str | None:
        """It is about a job, whose ARN names it."""
        return None

    @property
    def repeatable(self) -> bool:
        """What the second one is told, when the first has already ended it, is not documented."""
        return False

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return {"BulkOperationArn": self.arn}


@dataclass(frozen=True, slots=True)
class ListBulkOperations:
    """List a page of the bulk puts of the last 90 days, the latest first.

    Attributes:
        start: the `NextToken` of the page before.
    """

    name: ClassVar[str] = "ListBulkOperations"
    method: ClassVar[str] = "list_bulk_operations"
    is_write: ClassVar[bool] = False

    start: str | None = None

    @property
    def table(self) -> str | None:
        """It is about all tables of the account and region."""
        return None

    @property
    def repeatable(self) -> bool:
        """Reads change nothing."""
        return True

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return optional_parameters(NextToken=self.start)
