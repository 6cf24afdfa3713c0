"""Exports and imports: requests and jobs as AWS's documentation shows them, and against moto as far as it goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from moto.server import ThreadedMotoServer

from ddbmodel import (
    Attr,
    Backups,
    Exports,
    ExpressionError,
    GlobalIndex,
    Imports,
    LocalIndex,
    Mapper,
    Model,
    ServiceError,
    partition_key,
    sort_key,
)
from ddbmodel.admin.waiting import Patience
from tests.engines.s3 import CREDENTIALS
from tests.unit.admin.dumping import stored
from tests.unit.admin.recorded import NOON, TABLE_ARN, Recorded, patience

EXPORT_ARN = f"{TABLE_ARN}/export/01234567890123-a1b2c3d4"
IMPORT_ARN = f"{TABLE_ARN}/import/01234567890123-a1b2c3d4"
DESCRIBED: dict[str, Any] = {
    "Table": {
        "TableName": "orders",
        "TableStatus": "ACTIVE",
        "TableArn": TABLE_ARN,
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    }
}


class Line(Model, table="lines"):
    pk: Attr[str] = partition_key()
    sk: Attr[int] = sort_key()
    colour: Attr[str]
    by_colour = GlobalIndex(partition_key="colour")


class Local(Model, table="local"):
    pk: Attr[str] = partition_key()
    sk: Attr[int] = sort_key()
    colour: Attr[str]
    by_colour = LocalIndex(sort_key="colour")


def export(status: str, **others: Any) -> dict[str, Any]:
    wire = {"ExportArn": EXPORT_ARN, "ExportStatus": status, "S3Bucket": "b", "S3Prefix": "2026", **others}
    return {"ExportDescription": wire}


def table_import(status: str, **others: Any) -> dict[str, Any]:
    return {"ImportTableDescription": {"ImportArn": IMPORT_ARN, "ImportStatus": status, **others}}


async def test_an_export_is_waited_for() -> None:
    """Its folder is where `DynamoDBExport` finds it, whether or not the manifest's key has the prefix."""
    for key in (
        "AWSDynamoDB/0123-a1/manifest-summary.json",
        "2026/AWSDynamoDB/0123-a1/manifest-summary.json",
    ):
        done = export("COMPLETED", ExportManifest=key, ItemCount=7)
        service = Recorded(
            DescribeTable=[DESCRIBED],
            ExportTableToPointInTime=[export("IN_PROGRESS")],
            DescribeExport=[export("IN_PROGRESS"), done],
        )
        exports = Exports(service, patience=patience())
        begun = await exports.start("orders", bucket="b", prefix="2026", at=NOON)
        assert (begun.folder, begun.items) == (None, None)
        ended = await exports.wait(begun)
        assert (ended.folder, ended.items) == ("s3://b/2026/AWSDynamoDB/0123-a1", 7)
        (sent,) = service.named("ExportTableToPointInTime")
        assert sent.pop("ClientToken")
        assert sent == {
            "TableArn": TABLE_ARN,
            "S3Bucket": "b",
            "S3Prefix": "2026",
            "ExportTime": NOON,
            "ExportType": "FULL_EXPORT",
            "ExportFormat": "DYNAMODB_JSON",
        }


async def test_a_failed_export_is_an_error() -> None:
    """With the service's code and words."""
    failed = export("FAILED", FailureCode="S3NoSuchBucket", FailureMessage="The bucket does not exist")
    service = Recorded(DescribeExport=[failed])
    with pytest.raises(ServiceError, match="S3NoSuchBucket: The bucket does not exist") as raised:
        await Exports(service, patience=patience()).wait(EXPORT_ARN)
    assert raised.value.code == "S3NoSuchBucket"


async def test_changes_are_exported() -> None:
    """Between two moments, with the view that is asked for."""
    service = Recorded(DescribeTable=[DESCRIBED], ExportTableToPointInTime=[export("IN_PROGRESS")])
    since = datetime(2026, 3, 10, 10, tzinfo=UTC)
    await Exports(service).start_incremental("orders", bucket="b", since=since, until=NOON, view="NEW_IMAGE")
    (sent,) = service.named("ExportTableToPointInTime")
    assert sent["ExportType"] == "INCREMENTAL_EXPORT"
    assert sent["IncrementalExportSpecification"] == {
        "ExportFromTime": since,
        "ExportToTime": NOON,
        "ExportViewType": "NEW_IMAGE",
    }


async def test_exports_are_listed_page_by_page() -> None:
    """By their ARNs."""
    pages: Any = [
        {"ExportSummaries": [{"ExportArn": "a"}], "NextToken": "t"},
        {"ExportSummaries": [{"ExportArn": "b"}]},
    ]
    service = Recorded(DescribeTable=[DESCRIBED], ListExports=pages)
    assert [arn async for arn in Exports(service).list("orders")] == ["a", "b"]
    assert service.named("ListExports") == [
        {"TableArn": TABLE_ARN},
        {"TableArn": TABLE_ARN, "NextToken": "t"},
    ]


@pytest.mark.parametrize(
    ("reply", "code", "text"),
    [
        (
            table_import("FAILED", FailureCode="ItemValidationError", FailureMessage="too many"),
            "ItemValidationError",
            "too many",
        ),
        (table_import("CANCELLED"), "CANCELLED", "has not come to its end"),
        (
            table_import("COMPLETED", ErrorCount=2, ProcessedItemCount=9, ImportedItemCount=7),
            "ItemsLeftOut",
            "left 2 of 9 items out",
        ),
    ],
)
async def test_an_import_that_lacks_something_is_an_error(
    reply: dict[str, Any], code: str, text: str
) -> None:
    """Also if the service calls it completed."""
    service = Recorded(DescribeImport=[table_import("IN_PROGRESS"), reply])
    with pytest.raises(ServiceError, match=text) as raised:
        await Imports(service, patience=patience()).wait(IMPORT_ARN)
    assert raised.value.code == code


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda s: Exports(s).start("orders", bucket="b", at=datetime(2026, 1, 1)), "time zone"),  # noqa: DTZ001  # that is it
        (
            lambda s: Exports(s).start_incremental("orders", bucket="b", since=NOON, until=NOON),
            "is before until",
        ),
        (lambda s: Exports(s).describe("mine"), "by its ARN"),
        (lambda s: Imports(s).describe("mine"), "by its ARN"),
        (lambda s: Imports(s).start("orders", bucket="b"), "a model or a shared Table"),
        (lambda s: Imports(s).start(Local, bucket="b"), "cannot make local indexes"),
    ],
)
async def test_what_cannot_be_is_not_sent(call: Any, text: str) -> None:
    """Moments, ARNs and models are checked first."""
    service = Recorded()
    with pytest.raises(ExpressionError, match=text):
        await call(service)
    assert service.sent == []


@pytest.fixture
def aws() -> Iterator[str]:
    """moto with DynamoDB and S3 in one, which the embedded DynamoDB is not."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


async def test_a_table_goes_to_s3_and_back(aws: str) -> None:
    """moto exports one file without manifests, and imports it: the new table has the same items."""
    import boto3

    s3: Any = boto3.client("s3", endpoint_url=aws, region_name="us-east-1", **CREDENTIALS)
    s3.create_bucket(Bucket="exports")
    quick = Patience(0.01, 0.05, 60.0)
    async with Mapper.connect(region_name="us-east-1", endpoint_url=aws, **CREDENTIALS) as mapper:
        await mapper.create_table(Line)
        for number in range(12):
            await mapper.put(Line(pk="p", sk=number, colour="red"))
        exports = Exports(mapper, patience=quick)
        with pytest.raises(ServiceError, match="[Pp]oint in time recovery"):
            await exports.start(Line, bucket="exports", prefix="x")
        await Backups(mapper).enable_point_in_time(Line)
        done = await exports.wait(await exports.start(Line, bucket="exports", prefix="x"))
        assert done.items == 12
        imports = Imports(mapper, patience=quick)
        ended = await imports.wait(await imports.start(Line, bucket="exports", prefix="x", name="new"))
        assert ended.imported == 12
        assert await stored(mapper, "new") == await stored(mapper, "lines")
    s3.close()
