"""Bulk puts: requests and jobs in the shapes of botocore 1.44.8, and the refusal by one that lacks them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import botocore
import pytest
from botocore.session import get_session

from ddbmodel import (
    BulkInput,
    BulkOperation,
    BulkOutput,
    BulkPuts,
    ExpressionError,
    Mapper,
    OperationUnknown,
    ServiceError,
)
from ddbmodel.operations import Request
from tests.unit.admin.dumping import Before
from tests.unit.admin.recorded import NOON, Recorded, patience

ARN = "arn:aws:dynamodb:eu-west-1:123456789012:bulk-operation/01658528578619-c4d4e311"
SOURCE, OUTPUT = BulkInput("shop", "orders/"), BulkOutput("shop", "reports/")


def job(status: str, **others: Any) -> dict[str, Any]:
    wire: dict[str, Any] = {
        "BulkOperationArn": ARN,
        "BulkOperationStatus": status,
        "TableDetails": [{"TableName": "orders"}],
        "InputS3Configuration": SOURCE.to_wire(),
        "OutputS3Configuration": OUTPUT.to_wire(),
        "StartTime": NOON,
        "ProcessedItemCount": 0,
        "PerformanceTier": "STANDARD",
        **others,
    }
    return {"BulkOperationDescription": wire}


async def test_a_bulk_put_is_started_and_waited_for() -> None:
    """It is sent with a token, and looked at until it has ended."""
    done = job("COMPLETED", ProcessedItemCount=7, ProcessedInputBytes=700, TotalInputBytes=700, EndTime=NOON)
    service = Recorded(
        StartBulkPutItems=[job("IN_PROGRESS")], DescribeBulkOperation=[job("IN_PROGRESS"), done]
    )
    bulk_puts = BulkPuts(service, patience=patience())
    begun = await bulk_puts.start("orders", SOURCE, OUTPUT, max_write_units=1024, tier="ACCELERATED")
    assert (begun.ended, begun.whole, begun.total_bytes) == (False, False, None)
    ended = await bulk_puts.wait(begun)
    assert ended == BulkOperation(ARN, "COMPLETED", 7, 0, 700, 700, "s3://shop/reports/", None)
    assert ended.whole
    (sent,) = service.named("StartBulkPutItems")
    assert sent.pop("ClientToken")
    assert sent == {
        "TableName": "orders",
        "InputS3Configuration": SOURCE.to_wire(),
        "OutputS3Configuration": OUTPUT.to_wire(),
        "MaxWriteRequestUnits": 1024,
        "PerformanceTier": "ACCELERATED",
    }
    assert service.named("DescribeBulkOperation") == [{"BulkOperationArn": ARN}] * 2


async def test_a_token_of_the_caller_s_is_kept() -> None:
    """So that two programs begin one bulk put."""
    service = Recorded(StartBulkPutItems=[job("IN_PROGRESS")])
    await BulkPuts(service).start("orders", SOURCE, OUTPUT, token="tuesday")
    assert service.named("StartBulkPutItems")[0]["ClientToken"] == "tuesday"


async def test_items_that_could_not_be_put_are_told_and_no_error() -> None:
    """The others are there: the bulk put is given back, and its line has the counts and where the reports are."""
    reply = job("COMPLETED_WITH_ERRORS", ProcessedItemCount=9_000, FailedItemCount=2)
    done = await BulkPuts(Recorded(DescribeBulkOperation=[reply]), patience=patience()).wait(ARN)
    assert (done.whole, done.ended, done.processed, done.failed) == (False, True, 9_000, 2)
    assert str(done) == (
        f"bulk put {ARN}: COMPLETED_WITH_ERRORS; 9,000 items processed; "
        "2 of them could not be put, of which s3://shop/reports/ tells"
    )


@pytest.mark.parametrize(
    ("reply", "code", "text"),
    [
        (
            job("FAILED", FailureCode="S3AccessDenied", FailureMessage="No access.", ProcessedItemCount=4),
            "S3AccessDenied",
            r"S3AccessDenied: No access\.\. 4 items were processed",
        ),
        (job("CANCELLED"), "CANCELLED", "what was put stays"),
        (job("IN_PROGRESS"), "Timeout", "not done after"),
    ],
)
async def test_what_has_not_come_to_its_end_is_an_error(reply: dict[str, Any], code: str, text: str) -> None:
    """With the service's code and words, and what became of the items."""
    service = Recorded(DescribeBulkOperation=[job("CANCELLING"), reply])
    with pytest.raises(ServiceError, match=text) as raised:
        await BulkPuts(service, patience=patience()).wait(ARN)
    assert raised.value.code == code


async def test_bulk_puts_are_listed_page_by_page() -> None:
    """With their times, in UTC."""
    one = {"BulkOperationArn": ARN, "BulkOperationStatus": "COMPLETED", "StartTime": NOON}
    pages: Any = [
        {"BulkOperationsSummaryList": [one], "NextToken": "0123456789abcdef"},
        {"BulkOperationsSummaryList": [one | {"EndTime": NOON + timedelta(hours=1)}]},
    ]
    service = Recorded(ListBulkOperations=pages)
    first, second = [found async for found in BulkPuts(service).list()]
    assert (first.arn, first.status, first.started, first.ended) == (ARN, "COMPLETED", NOON, None)
    assert second.ended == NOON + timedelta(hours=1)
    assert service.named("ListBulkOperations") == [{}, {"NextToken": "0123456789abcdef"}]


async def test_a_bulk_put_is_cancelled() -> None:
    """And then described, as it may take a while to end."""
    cancelled = {"BulkOperationArn": ARN, "BulkOperationStatus": "CANCELLING"}
    service = Recorded(CancelBulkOperation=[cancelled], DescribeBulkOperation=[job("CANCELLING")])
    found = await BulkPuts(service).cancel(ARN)
    assert (found.status, found.ended) == ("CANCELLING", False)
    assert service.named("CancelBulkOperation") == [{"BulkOperationArn": ARN}]


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda b: b.start("orders", SOURCE, BulkOutput("shop", "orders/r/")), "among the objects"),
        (lambda b: b.start("orders", BulkInput("shop"), BulkOutput("shop", "r/")), "among the objects"),
        (lambda b: b.start("orders", SOURCE, BulkOutput("shop", "r/", ())), "ERROR, CONDITION_CHECK_FAILURE"),
        (lambda b: b.start("orders", SOURCE, BulkOutput("r", reports=("ALL",))), "reports="),  # type: ignore[arg-type]
        (lambda b: b.start("orders", SOURCE, BulkOutput("r", encryption="KMS")), "go together"),
        (lambda b: b.start("orders", SOURCE, BulkOutput("r", kms_key="k")), "go together"),
        (lambda b: b.start("orders", SOURCE, OUTPUT, max_write_units=1023), "from 1,024 on"),
        (lambda b: b.start("orders", SOURCE, OUTPUT, max_write_units=True), "from 1,024 on"),
        (lambda b: b.start("orders", SOURCE, OUTPUT, token="a$b"), "without"),
        (lambda b: b.start("orders", SOURCE, OUTPUT, token=""), "without"),
        (lambda b: b.describe("mine"), "by its ARN"),
        (lambda b: b.cancel(None), "by its ARN"),
    ],
)
async def test_what_cannot_be_is_not_sent(call: Any, text: str) -> None:
    """Options and ARNs are checked first."""
    service = Recorded()
    with pytest.raises(ExpressionError, match=text):
        await call(BulkPuts(service))
    assert service.sent == []


async def _listed(bulk_puts: BulkPuts) -> object:
    return [one async for one in bulk_puts.list()]


@pytest.mark.skipif(
    "StartBulkPutItems" in get_session().get_service_model("dynamodb").operation_names,
    reason="the installed botocore knows the operation",
)
@pytest.mark.parametrize(
    ("call", "operation"),
    [
        (lambda b: b.start("orders", SOURCE, OUTPUT), "StartBulkPutItems"),
        (lambda b: b.describe(ARN), "DescribeBulkOperation"),
        (lambda b: b.wait(ARN), "DescribeBulkOperation"),
        (lambda b: b.cancel(ARN), "CancelBulkOperation"),
        (_listed, "ListBulkOperations"),
    ],
)
async def test_a_botocore_that_does_not_know_it_is_told(call: Any, operation: str) -> None:
    """The error has its version, one that knows it, and what to do instead; no request leaves the machine."""
    asked: list[Request] = []
    # Nobody listens here: had something been sent, the error would be another one.
    async with Mapper.connect(
        region_name="eu-west-1",
        endpoint_url="http://127.0.0.1:9",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    ) as mapper:
        mapper.add_hook(Before(asked.append))
        with pytest.raises(OperationUnknown) as raised:
            await call(BulkPuts(mapper, patience=patience()))
        assert mapper.statistics.requests == 0
    assert [request.name for request in asked] == [operation]
    assert raised.value.operation == operation
    for part in (operation, botocore.__version__, "1.44.8", "Nothing was sent", "mapper.ingest"):
        assert part in str(raised.value)
