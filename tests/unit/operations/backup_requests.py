"""Requests of backups, restores, exports and imports, and what each becomes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ddbmodel.operations import (
    BulkInput,
    BulkOutput,
    CancelBulkOperation,
    ChangesBetween,
    CreateBackup,
    DeleteBackup,
    DescribeBackup,
    DescribeBulkOperation,
    DescribeExport,
    DescribeImport,
    ExportTable,
    ImportTable,
    ListBackups,
    ListBulkOperations,
    ListExports,
    Request,
    RestoreTableFromBackup,
    RestoreTableToPointInTime,
    StartBulkPutItems,
)
from ddbmodel.schema import KeyAttribute, TableSchema

TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
BACKUP = f"{TABLE}/backup/01489602797149-73d8d5bc"
EXPORT = f"{TABLE}/export/01695353076000-a1b2c3d4"
IMPORT = f"{TABLE}/import/01658528578619-c4d4e311"
BULK = "arn:aws:dynamodb:eu-west-1:123456789012:bulk-operation/01658528578619-c4d4e311"
MOMENT = datetime(2026, 10, 13, 8, 48, tzinfo=UTC)

WIRE: list[tuple[str, Request, dict[str, Any]]] = [
    ("backup", CreateBackup("orders", "nightly"), {"TableName": "orders", "BackupName": "nightly"}),
    ("backup?", DescribeBackup(BACKUP), {"BackupArn": BACKUP}),
    ("no backup", DeleteBackup(BACKUP), {"BackupArn": BACKUP}),
    ("all backups", ListBackups(), {}),
    (
        "backups of a table",
        ListBackups("orders", BACKUP, "USER"),
        {"TableName": "orders", "ExclusiveStartBackupArn": BACKUP, "BackupType": "USER"},
    ),
    (
        "restore a backup",
        RestoreTableFromBackup("copy", BACKUP),
        {"TargetTableName": "copy", "BackupArn": BACKUP},
    ),
    (
        "restore the latest moment",
        RestoreTableToPointInTime("copy", "orders"),
        {"SourceTableName": "orders", "TargetTableName": "copy", "UseLatestRestorableTime": True},
    ),
    (
        "restore a moment",
        RestoreTableToPointInTime("copy", "orders", MOMENT),
        {"SourceTableName": "orders", "TargetTableName": "copy", "RestoreDateTime": MOMENT},
    ),
    (
        "export",
        ExportTable(TABLE, "bucket", "folder", "123456789012", MOMENT, token="once"),
        {
            "TableArn": TABLE,
            "S3Bucket": "bucket",
            "S3Prefix": "folder",
            "S3BucketOwner": "123456789012",
            "ExportTime": MOMENT,
            "ExportType": "FULL_EXPORT",
            "ExportFormat": "DYNAMODB_JSON",
            "ClientToken": "once",
        },
    ),
    (
        "export changes",
        ExportTable(TABLE, "bucket", changes=ChangesBetween(MOMENT)),
        {
            "TableArn": TABLE,
            "S3Bucket": "bucket",
            "ExportType": "INCREMENTAL_EXPORT",
            "IncrementalExportSpecification": {
                "ExportFromTime": MOMENT,
                "ExportViewType": "NEW_AND_OLD_IMAGES",
            },
            "ExportFormat": "DYNAMODB_JSON",
        },
    ),
    ("export?", DescribeExport(EXPORT), {"ExportArn": EXPORT}),
    ("all exports", ListExports(), {}),
    ("exports of a table", ListExports(TABLE, "more"), {"TableArn": TABLE, "NextToken": "more"}),
    (
        "import",
        ImportTable(TableSchema("orders", (KeyAttribute("pk", "S"),)), "bucket", "folder"),
        {
            "S3BucketSource": {"S3Bucket": "bucket", "S3KeyPrefix": "folder"},
            "InputFormat": "DYNAMODB_JSON",
            "InputCompressionType": "GZIP",
            "TableCreationParameters": {
                "TableName": "orders",
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                "BillingMode": "PAY_PER_REQUEST",
            },
        },
    ),
    ("import?", DescribeImport(IMPORT), {"ImportArn": IMPORT}),
    (
        "bulk put",
        StartBulkPutItems("orders", BulkInput("bucket", "in/"), BulkOutput("bucket", "out/")),
        {
            "TableName": "orders",
            "InputS3Configuration": {
                "S3Bucket": "bucket",
                "S3KeyPrefix": "in/",
                "InputFormat": "DYNAMODB_JSON",
                "InputCompressionType": "GZIP",
            },
            "OutputS3Configuration": {"S3Bucket": "bucket", "S3KeyPrefix": "out/", "OutputType": ["ERROR"]},
        },
    ),
    (
        "bulk put with everything",
        StartBulkPutItems(
            TABLE,
            BulkInput("bucket", None, "ION", "NONE", "123456789012"),
            BulkOutput("b2", None, ("ERROR", "CONDITION_CHECK_FAILURE"), "123456789013", "KMS", "alias/k"),
            2048,
            "ACCELERATED",
            "once",
        ),
        {
            "TableName": TABLE,
            "InputS3Configuration": {
                "S3Bucket": "bucket",
                "S3BucketOwner": "123456789012",
                "InputFormat": "ION",
                "InputCompressionType": "NONE",
            },
            "OutputS3Configuration": {
                "S3Bucket": "b2",
                "S3BucketOwner": "123456789013",
                "OutputType": ["ERROR", "CONDITION_CHECK_FAILURE"],
                "S3SseAlgorithm": "KMS",
                "S3SseKmsKeyId": "alias/k",
            },
            "MaxWriteRequestUnits": 2048,
            "PerformanceTier": "ACCELERATED",
            "ClientToken": "once",
        },
    ),
    ("bulk put?", DescribeBulkOperation(BULK), {"BulkOperationArn": BULK}),
    ("no bulk put", CancelBulkOperation(BULK), {"BulkOperationArn": BULK}),
    ("all bulk puts", ListBulkOperations(), {}),
    ("more bulk puts", ListBulkOperations("0123456789abcdef"), {"NextToken": "0123456789abcdef"}),
]
