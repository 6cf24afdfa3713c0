"""ImportTable and DescribeImport: objects of S3 into a new table.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataImport.HowItWorks.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Self, TypeAlias

from ddbmodel.operations.create_table import CreateTable
from ddbmodel.operations.request import optional_parameters
from ddbmodel.schema.billing import Billing, OnDemand
from ddbmodel.schema.tables import TableSchema

ImportFormat: TypeAlias = Literal["DYNAMODB_JSON", "CSV", "ION"]
ImportCompression: TypeAlias = Literal["GZIP", "ZSTD", "NONE"]


@dataclass(frozen=True, slots=True)
class TableImport:
    """An import from S3.

    Attributes:
        arn: names it for the service.
        status: `IN_PROGRESS`, `COMPLETED`, `CANCELLING`, `CANCELLED` or `FAILED`.
        processed: how many items were read.
        imported: how many of them are in the table.
        errors: how many could not be; the log group of the import tells which.
        failure: the service's code and words, if it failed.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ImportTableDescription.html
    """

    arn: str
    status: str
    processed: int
    imported: int
    errors: int
    failure: str | None

    @classmethod
    def from_wire(cls, reply: Mapping[str, Any]) -> Self:
        """Read the reply to ImportTable or DescribeImport."""
        wire: Mapping[str, Any] = reply["ImportTableDescription"]
        parts = [wire[name] for name in ("FailureCode", "FailureMessage") if wire.get(name)]
        return cls(
            arn=wire["ImportArn"],
            status=wire["ImportStatus"],
            processed=wire.get("ProcessedItemCount") or 0,
            imported=wire.get("ImportedItemCount") or 0,
            errors=wire.get("ErrorCount") or 0,
            failure=": ".join(parts) or None,
        )


@dataclass(frozen=True, slots=True)
class ImportTable:
    """Make a table of what is in S3.

    Attributes:
        schema: the new table; local indexes cannot be made by an import.
        bucket: where the objects are.
        prefix: what their keys begin with.
        format: what is in them.
        compression: of each of them.
        bucket_owner: the account of the bucket, if it is another one.
        billing: how its capacity is paid for.
        token: by which the service knows it when it is sent again.
    """

    name: ClassVar[str] = "ImportTable"
    method: ClassVar[str] = "import_table"
    is_write: ClassVar[bool] = True

    schema: TableSchema
    bucket: str
    prefix: str | None = None
    format: ImportFormat = "DYNAMODB_JSON"
    compression: ImportCompression = "GZIP"
    bucket_owner: str | None = None
    billing: Billing = field(default_factory=OnDemand)
    token: str | None = None

    @property
    def table(self) -> str | None:
        """The table's name."""
        return self.schema.name

    @property
    def repeatable(self) -> bool:
        """With its token, the second one is the first."""
        return self.token is not None

    def to_wire(self) -> dict[str, Any]:
        """The parameters of the API."""
        source = {"S3Bucket": self.bucket} | optional_parameters(
            S3KeyPrefix=self.prefix, S3BucketOwner=self.bucket_owner
        )
        return {
            "S3BucketSource": source,
            "InputFormat": self.format,
            "InputCompressionType": self.compression,
            "TableCreationParameters": CreateTable(self.schema, self.billing).to_wire(),
        } | optional_parameters(ClientToken=self.token)


@dataclass(frozen=True, slots=True)
class DescribeImport:
    """Ask how far an import is."""

    name: ClassVar[str] = "DescribeImport"
    method: ClassVar[str] = "describe_import"
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
        return {"ImportArn": self.arn}
