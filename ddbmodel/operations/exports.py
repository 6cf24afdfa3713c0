"""ExportTableToPointInTime, DescribeExport and ListExports: a table, or its changes, to S3.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.HowItWorks.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal, Self, TypeAlias

from ddbmodel.operations.request import optional_parameters

ExportView: TypeAlias = Literal["NEW_IMAGE", "NEW_AND_OLD_IMAGES"]


@dataclass(frozen=True, slots=True)
class Export:
    """An export to S3.

    Attributes:
        arn: names it for the service.
        status: `IN_PROGRESS`, `COMPLETED` or `FAILED`.
        kind: `FULL_EXPORT` or `INCREMENTAL_EXPORT`.
        bucket: where it goes.
        prefix: what its keys begin with, before `AWSDynamoDB/`; empty if nothing.
        manifest: the key of its `manifest-summary.json`; None until the service tells.
        items: how many were exported; None until it is completed.
        failure: the service's code and words, if it failed.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExportDescription.html
    """

    arn: str
    status: str
    kind: str
    bucket: str
    prefix: str
    manifest: str | None
    items: int | None
    failure: str | None

    @property
    def folder(self) -> str | None:
        """The URL of its folder, which `DynamoDBExport` reads if it is a full one; None until it is known."""
        if self.manifest is None or "/" not in self.manifest:
            return None
        # Whether the manifest's key begins with the prefix is not documented; where the export lies, is.
        # Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
        prefix = f"{self.prefix.strip('/')}/" if self.prefix else ""
        return f"s3://{self.bucket}/{prefix}AWSDynamoDB/{self.manifest.split('/')[-2]}"

    @classmethod
    def from_wire(cls, reply: Mapping[str, Any]) -> Self:
        """Read the reply to ExportTableToPointInTime or DescribeExport."""
        wire: Mapping[str, Any] = reply["ExportDescription"]
        parts = [wire[name] for name in ("FailureCode", "FailureMessage") if wire.get(name)]
        return cls(
            arn=wire["ExportArn"],
            status=wire["ExportStatus"],
            kind=wire.get("ExportType", "FULL_EXPORT"),
            bucket=wire.get("S3Bucket", ""),
            prefix=wire.get("S3Prefix") or "",
            manifest=wire.get("ExportManifest") or None,
            items=wire.get("ItemCount") if wire["ExportStatus"] == "COMPLETED" else None,
            failure=": ".join(parts) or None,
        )


@dataclass(frozen=True, slots=True)
class ChangesBetween:
    """The changes of an incremental export.

    Attributes:
        since: the beginning, which is included.
        until: the end, which is not; None is now.
        view: whether old images are exported as well.
    """

    since: datetime
    until: datetime | None = None
    view: ExportView = "NEW_AND_OLD_IMAGES"

    def to_wire(self) -> dict[str, Any]:
        """The `IncrementalExportSpecification` structure."""
        return {"ExportFromTime": self.since, "ExportViewType": self.view} | optional_parameters(
            ExportToTime=self.until
        )


@dataclass(frozen=True, slots=True)
class ExportTable:
    """Export a table that has point-in-time recovery.

    Attributes:
        arn: of the table.
        bucket: where it goes.
        prefix: what the keys begin with.
        bucket_owner: the account of the bucket, if it is another one.
        moment: of a full export; None is now.
        changes: makes it an incremental one.
        token: by which the service knows it when it is sent again.
    """

    name: ClassVar[str] = "ExportTableToPointInTime"
    method: ClassVar[str] = "export_table_to_point_in_time"
    is_write: ClassVar[bool] = True

    arn: str
    bucket: str
    prefix: str | None = None
    bucket_owner: str | None = None
    moment: datetime | None = None
    changes: ChangesBetween | None = None
    token: str | None = None

    @property
    def table(self) -> str | None:
        """The table is named by its ARN."""
        return None

    @property
    def repeatable(self) -> bool:
        """With its token, the second one is the first."""
        return self.token is not None

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        changes = None if self.changes is None else self.changes.to_wire()
        return {"TableArn": self.arn, "S3Bucket": self.bucket} | optional_parameters(
            S3Prefix=self.prefix,
            S3BucketOwner=self.bucket_owner,
            ExportTime=self.moment,
            ExportType="FULL_EXPORT" if changes is None else "INCREMENTAL_EXPORT",
            ExportFormat="DYNAMODB_JSON",
            IncrementalExportSpecification=changes,
            ClientToken=self.token,
        )


@dataclass(frozen=True, slots=True)
class DescribeExport:
    """Ask how far an export is."""

    name: ClassVar[str] = "DescribeExport"
    method: ClassVar[str] = "describe_export"
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
        return {"ExportArn": self.arn}


@dataclass(frozen=True, slots=True)
class ListExports:
    """List a page of the exports of the last 90 days, of a table or of all.

    Attributes:
        table_arn: None lists those of all tables.
        start: the `next` of the page before.
    """

    name: ClassVar[str] = "ListExports"
    method: ClassVar[str] = "list_exports"
    is_write: ClassVar[bool] = False

    table_arn: str | None = None
    start: str | None = None

    @property
    def table(self) -> str | None:
        """The table is named by its ARN."""
        return None

    @property
    def repeatable(self) -> bool:
        """Reads change nothing."""
        return True

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        return optional_parameters(TableArn=self.table_arn, NextToken=self.start)
