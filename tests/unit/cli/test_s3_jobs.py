"""`ddbmodel export`, `import` and `backup pitr`: against moto, and with replies as AWS's documentation shows them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, TypeAlias

import boto3
import pytest
from botocore.session import get_session

from ddbmodel import Mapper
from tests.engines.s3 import CREDENTIALS, MotoS3
from tests.unit.admin.recorded import NOON, TABLE_ARN, Recorded
from tests.unit.cli.running import Ended, run_here

pytest.importorskip("typer")

BILL = "tests.unit.cli.bills:Bill"
EXPORT_ARN, IMPORT_ARN = f"{TABLE_ARN}/export/0123-a1", f"{TABLE_ARN}/import/0123-a1"
BULK_ARN = "arn:aws:dynamodb:eu-west-1:123456789012:bulk-operation/0123-a1"
DESCRIBED = {
    "Table": {
        "TableName": "orders",
        "TableStatus": "ACTIVE",
        "TableArn": TABLE_ARN,
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    }
}

Run: TypeAlias = Callable[..., Ended]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the program; there is never a traceback."""

    def ended(*arguments: str) -> Ended:
        found = run_here(monkeypatch, capsys, *arguments)
        assert "Traceback" not in found.errors
        return found

    return ended


@pytest.fixture
def replies(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Recorded]:
    """Lets the program's mappers have replies of the test's."""

    def answer(**recorded: Any) -> Recorded:
        service = Recorded(**recorded)

        async def send(_: Mapper, request: Any) -> dict[str, Any]:
            return await service.send(request)

        @asynccontextmanager
        async def connect(table_prefix: str, **_: Any) -> AsyncIterator[Mapper]:
            # Opening a client takes longer than all the rest.
            client = SimpleNamespace(batch_write_item=print)
            yield Mapper(client, table_prefix=table_prefix, lane="client")

        monkeypatch.setattr(Mapper, "send", send)
        monkeypatch.setattr(Mapper, "connect", connect)
        return service

    return answer


@pytest.fixture
def aws() -> Iterator[MotoS3]:
    server = MotoS3()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def bills(aws: MotoS3) -> Iterator[Any]:
    """A client that blocks, beside a table of five bills."""
    client: Any = boto3.client("dynamodb", endpoint_url=aws.url, region_name="us-east-1", **CREDENTIALS)
    keys = {"shop": ("HASH", "S"), "number": ("RANGE", "N")}
    client.create_table(
        TableName="bills",
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, (kind, _) in keys.items()],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": of} for name, (_, of) in keys.items()],
        BillingMode="PAY_PER_REQUEST",
    )
    for number in range(5):
        client.put_item(TableName="bills", Item={"shop": {"S": "a"}, "number": {"N": str(number)}})
    yield client
    for name in {"bills", "new"} & set(
        client.list_tables()["TableNames"]
    ):  # moto's servers share their tables
        client.delete_table(TableName=name)
    client.close()


def test_a_table_goes_to_s3_and_back(run: Run, aws: MotoS3, bills: Any) -> None:
    """It takes recovery; then it is exported, found again, and imported into a new table."""
    url = ("--endpoint-url", aws.url)
    refused = run("export", "start", "bills", "s3://exports/x", *url)
    assert (refused.code, refused.output) == (2, "")
    assert "oint in time recovery" in refused.errors
    assert run("backup", "pitr", "on", BILL, *url).code == 0

    exported = run("export", "start", "bills", "s3://exports/x", "--wait", "--json", *url)
    told = json.loads(exported.output)
    assert (exported.code, told["status"], told["items"]) == (0, "COMPLETED", 5), exported.errors
    assert f"waiting for {told['arn']}" in exported.errors
    assert run("export", "list", "bills", *url).output == f"{told['arn']}\n"
    described = run("export", "describe", told["arn"], *url)
    assert described.output.startswith("COMPLETED  FULL_EXPORT  5 items")

    # moto imports in a thread of its own, and other requests of the test's can come in between.
    for name in ("new", "new-2", "new-3"):
        imported = run("import", "start", BILL, "s3://exports/x", "--name", name, "--wait", "--json", *url)
        if imported.code == 0:
            break
    assert imported.code == 0, imported.errors
    told = json.loads(imported.output)
    assert (told["status"], told["imported"]) == ("COMPLETED", 5)
    assert bills.scan(TableName=name)["Count"] == 5


def test_recovery_is_switched_on_and_off(run: Run, aws: MotoS3, bills: Any) -> None:
    """Its days stay as they are if none are given; without a backup it is not switched off."""
    url = ("--endpoint-url", aws.url)
    assert run("backup", "pitr", "show", BILL, *url).output == "bills: point-in-time recovery is off\n"
    assert json.loads(run("backup", "pitr", "on", BILL, "--days", "7", "--json", *url).output)["days"] == 7
    kept = run("backup", "pitr", "on", "bills", *url)
    assert kept.output.startswith("bills: point-in-time recovery is on, 7 days, 20"), kept.errors

    protected = run("backup", "pitr", "off", "bills", *url)
    assert (protected.code, protected.output) == (2, "")
    assert "would lose its point-in-time recovery" in protected.errors
    assert json.loads(run("backup", "pitr", "show", "bills", "--json", *url).output)["enabled"]
    assert run("backup", "create", "bills", "by-hand", *url).code == 0
    off = run("backup", "pitr", "off", "bills", "--json", *url)
    assert (off.code, json.loads(off.output)["enabled"]) == (0, False), off.errors


def test_recovery_is_given_up_when_told(run: Run, replies: Callable[..., Recorded]) -> None:
    """With --without-recovery-point nobody looks for backups; what is off already is left alone."""
    on: Any = {"PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "ENABLED"}}
    service = replies(
        DescribeContinuousBackups=[
            {"ContinuousBackupsDescription": on},
            {"ContinuousBackupsDescription": {}},
        ],
        UpdateContinuousBackups=[{"ContinuousBackupsDescription": {}}],
    )
    for _ in range(2):
        ended = run("backup", "pitr", "off", "orders", "--without-recovery-point")
        assert (ended.code, ended.output) == (0, "orders: point-in-time recovery is off\n")
    assert [name for name, _ in service.sent] == [
        "DescribeContinuousBackups",
        "UpdateContinuousBackups",
        "DescribeContinuousBackups",
    ]


@pytest.mark.parametrize(("view", "named"), [([], "NEW_AND_OLD_IMAGES"), (["--view", "new"], "NEW_IMAGE")])
def test_changes_are_exported(
    run: Run, replies: Callable[..., Recorded], view: list[str], named: str
) -> None:
    """With --since it is an incremental export, of the view that is named."""
    wire = {"ExportArn": EXPORT_ARN, "ExportStatus": "IN_PROGRESS", "ExportType": "INCREMENTAL_EXPORT"}
    service = replies(DescribeTable=[DESCRIBED], ExportTableToPointInTime=[{"ExportDescription": wire}])
    since = ["--since", "2026-03-10T12:00:00+0000", *view]
    ended = run("export", "start", "orders", "s3://b", *since)
    assert (ended.code, ended.output) == (0, f"IN_PROGRESS  INCREMENTAL_EXPORT  {EXPORT_ARN}\n"), ended.errors
    (sent,) = service.named("ExportTableToPointInTime")
    assert (sent["S3Bucket"], sent["ExportType"], "S3Prefix" in sent) == ("b", "INCREMENTAL_EXPORT", False)
    assert sent["IncrementalExportSpecification"] == {"ExportFromTime": NOON, "ExportViewType": named}


def test_exports_are_listed(run: Run, replies: Callable[..., Recorded]) -> None:
    """With --json as one array."""
    replies(ListExports=[{"ExportSummaries": [{"ExportArn": EXPORT_ARN}]}])
    assert json.loads(run("export", "list", "--json").output) == [EXPORT_ARN]


@pytest.mark.parametrize(
    ("counts", "code"), [({"ErrorCount": 2}, 1), ({"ErrorCount": 0}, 0)], ids=["some left out", "whole"]
)
def test_an_import_tells_what_is_left_out(
    run: Run, replies: Callable[..., Recorded], counts: dict[str, int], code: int
) -> None:
    """That is the code 1, if it is waited for."""
    wire = {"ImportArn": IMPORT_ARN, "ImportStatus": "COMPLETED", "ProcessedItemCount": 9, **counts}
    replies(DescribeImport=[{"ImportTableDescription": wire}])
    waited = run("import", "describe", IMPORT_ARN, "--wait", "--json")
    assert waited.code == code
    assert ("left 2 of 9 items out" in waited.errors) == bool(code)
    looked = run("import", "describe", IMPORT_ARN)
    assert (looked.code, looked.output) == (0, f"COMPLETED  0 of 9 items  {IMPORT_ARN}\n")


def test_an_import_has_its_options(run: Run, replies: Callable[..., Recorded]) -> None:
    """Formats and compressions have the service's names."""
    wire = {"ImportArn": IMPORT_ARN, "ImportStatus": "IN_PROGRESS"}
    service = replies(ImportTable=[{"ImportTableDescription": wire}])
    options = ["--format", "ion", "--compression", "none", "--bucket-owner", "123456789012"]
    assert run("import", "start", BILL, "s3://b/x/", *options, "--table-prefix", "dev-").code == 0
    (sent,) = service.named("ImportTable")
    assert (sent["InputFormat"], sent["InputCompressionType"]) == ("ION", "NONE")
    assert sent["S3BucketSource"] == {
        "S3Bucket": "b",
        "S3KeyPrefix": "x/",
        "S3BucketOwner": "123456789012",
    }
    assert sent["TableCreationParameters"]["TableName"] == "dev-bills"


def bulk_put(status: str, **others: Any) -> dict[str, Any]:
    return {
        "BulkOperationDescription": {"BulkOperationArn": BULK_ARN, "BulkOperationStatus": status, **others}
    }


def test_items_are_put_into_a_table_that_is_there(run: Run, replies: Callable[..., Recorded]) -> None:
    """Items that could not be put are told, with the code 1 if it is waited for."""
    failed = bulk_put("COMPLETED_WITH_ERRORS", ProcessedItemCount=9, FailedItemCount=2)
    service = replies(StartBulkPutItems=[bulk_put("IN_PROGRESS")], DescribeBulkOperation=[failed])
    options = ["--format", "ion", "--compression", "zstd", "--report-conditions", "--kms-key", "alias/k"]
    more = ["--max-write-units", "4096", "--accelerated", "--token", "tuesday", "--wait", "--json"]
    ended = run("import", "bulk", "start", BILL, "s3://b/in/", "s3://b/out/", *options, *more)
    told = json.loads(ended.output)
    assert (ended.code, told["failed"], told["whole"]) == (1, 2, False), ended.errors
    assert service.named("StartBulkPutItems") == [
        {
            "TableName": "bills",
            "InputS3Configuration": {
                "S3Bucket": "b",
                "S3KeyPrefix": "in/",
                "InputFormat": "ION",
                "InputCompressionType": "ZSTD",
            },
            "OutputS3Configuration": {
                "S3Bucket": "b",
                "S3KeyPrefix": "out/",
                "OutputType": ["ERROR", "CONDITION_CHECK_FAILURE"],
                "S3SseAlgorithm": "KMS",
                "S3SseKmsKeyId": "alias/k",
            },
            "MaxWriteRequestUnits": 4096,
            "PerformanceTier": "ACCELERATED",
            "ClientToken": "tuesday",
        }
    ]
    looked = run("import", "bulk", "describe", BULK_ARN)
    assert (looked.code, "2 of them could not be put" in looked.output) == (0, True)


def test_bulk_puts_are_listed_and_cancelled(run: Run, replies: Callable[..., Recorded]) -> None:
    """One in each line, or as JSON."""
    one = {"BulkOperationArn": BULK_ARN, "BulkOperationStatus": "IN_PROGRESS", "StartTime": NOON}
    service = replies(
        ListBulkOperations=[{"BulkOperationsSummaryList": [one]}],
        CancelBulkOperation=[{"BulkOperationArn": BULK_ARN, "BulkOperationStatus": "CANCELLING"}],
        DescribeBulkOperation=[bulk_put("CANCELLING")],
    )
    assert run("import", "bulk", "list").output == f"2026-03-10T12:00:00Z  IN_PROGRESS  {BULK_ARN}\n"
    assert json.loads(run("import", "bulk", "list", "--json").output)[0]["status"] == "IN_PROGRESS"
    cancelled = run("import", "bulk", "cancel", BULK_ARN)
    assert (cancelled.code, "CANCELLING" in cancelled.output) == (0, True)
    assert service.named("CancelBulkOperation") == [{"BulkOperationArn": BULK_ARN}]


@pytest.mark.skipif(
    "StartBulkPutItems" in get_session().get_service_model("dynamodb").operation_names,
    reason="the installed botocore knows the operation",
)
@pytest.mark.parametrize(
    "arguments",
    [
        ["start", "orders", "s3://b/in/", "s3://b/out/"],
        ["list"],
        ["describe", BULK_ARN],
        ["cancel", BULK_ARN],
    ],
)
def test_a_botocore_that_cannot_is_told(run: Run, arguments: list[str]) -> None:
    """In one line, or one object, that says what to do instead."""
    ended = run("import", "bulk", *arguments, "--json")
    assert (ended.code, ended.output) == (2, "")
    told = json.loads(ended.errors)
    assert told["error"] == "OperationUnknown"
    assert "ddbmodel ingest" in told["message"]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["export", "start", "orders", "bucket"], "s3://bucket/prefix"),
        (["export", "start", "orders", "s3://"], "s3://bucket/prefix"),
        (["export", "start", "orders", "s3://b", "--until", "2026-03-10T12:00:00Z"], "go with --since"),
        (["export", "start", "orders", "s3://b", "--view", "new"], "go with --since"),
        (
            [
                *["export", "start", "orders", "s3://b", "--at", "2026-03-10T12:00:00Z"],
                *["--since", "2026-03-10T12:00:00Z"],
            ],
            "exclude each other",
        ),
        (["export", "describe", "orders"], "by its ARN"),
        (["import", "start", "orders", "s3://b"], "module:Model"),
        (["import", "start", BILL, "folder"], "s3://bucket/prefix"),
        (["import", "describe", "orders"], "by its ARN"),
        (["import", "bulk", "start", "orders", "s3://b/in/", "s3://b/in/out/"], "among the objects"),
        (["import", "bulk", "start", "orders", "s3://b/in/", "s3://c", "--max-write-units", "9"], "1,024"),
        (["import", "bulk", "cancel", "orders"], "by its ARN"),
        (["dump", "orders", "d", "--read-units-per-second", "0"], "a number above 0"),
    ],
)
def test_mistakes_are_told(
    run: Run, replies: Callable[..., Recorded], arguments: list[str], text: str
) -> None:
    """With the code 2, and nothing sent."""
    service = replies()
    ended = run(*arguments)
    assert (ended.code, ended.output) == (2, "")
    assert text in ended.errors
    assert service.sent == []
