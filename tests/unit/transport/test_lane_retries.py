"""What the lanes send again, and what they do not: a real client against a scripted endpoint."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from typing import Any

import pytest

from ddbmodel.errors import (
    AccessDenied,
    ConditionalCheckFailed,
    ConnectionFailed,
    DDBModelError,
    ReplyCorrupt,
    RequestRefused,
    ServiceError,
    TableInUse,
    TableNotFound,
    Throttled,
    WriteOutcomeUnknown,
)
from ddbmodel.operations import BatchPut, BatchWriteItem, DeleteItem, GetItem, PutItem, Request, UpdateItem
from ddbmodel.transport import RetryRules
from tests.unit.operations.expressions import Expression
from tests.unit.transport.conftest import QUIET, Lane, MakeClient, MakeLane, OverClient, Pauses
from tests.unit.transport.scripted_server import Play, ScriptedServer, answer, fault

KEY = {"pk": {"S": "c1"}}
READ = GetItem("orders", KEY)
PUT = PutItem("orders", KEY)
BATCH = BatchWriteItem((BatchPut("orders", KEY),))
CONDITIONAL_PUT = PutItem("orders", KEY, condition=Expression("status"))
CONDITIONAL_DELETE = DeleteItem("orders", KEY, condition=Expression("status"))
SET = UpdateItem("orders", KEY, Expression("status", verb="SET "))
ADD = UpdateItem("orders", KEY, Expression("stock", verb="ADD ", idempotent=False))

REPEATABLE: list[Request] = [READ, PUT, SET]
UNREPEATABLE: list[Request] = [CONDITIONAL_PUT, CONDITIONAL_DELETE, ADD, BATCH]

THROTTLED = fault("ProvisionedThroughputExceededException")
INTERNAL = fault("InternalServerError", status=500)
UNAVAILABLE = fault("ServiceUnavailable", status=503)
HTML_503 = Play(b"<html><body>Service Unavailable</body></html>", 503, {"x-amz-crc32": None})
RESET = Play(reset=True)
TRUNCATED = Play(b'{"Item": {}}', cut_bytes=5)
WRONG_CRC = Play(headers={"x-amz-crc32": "1"})
NONSENSE_CRC = Play(headers={"x-amz-crc32": "soon"})
BAD_JSON = Play(b'{"Item": {"pk"', headers={"x-amz-crc32": None})
BAD_JSON_INSIDE = Play(b'{"Item": oops}', headers={"x-amz-crc32": None})
CHECKED_BAD_SHAPE = Play(b'{"Item": "text", "Attributes": "text", "UnprocessedItems": "text"}')
HTML = Play(b"<html>Sign in to the hotel's network</html>", headers={"x-amz-crc32": None})
NOTHING = Play(b"", headers={"x-amz-crc32": None})
DAMAGED_GZIP = Play(gzip.compress(b"{}")[:-1] + b"?", headers={"content-encoding": "gzip"})

UNKNOWN_OUTCOMES = {
    "internal error": INTERNAL,
    "unavailable": UNAVAILABLE,
    "unavailable, from a proxy": HTML_503,
    "reset": RESET,
    "truncated": TRUNCATED,
    "wrong checksum": WRONG_CRC,
    "nonsense for a checksum": NONSENSE_CRC,
    "JSON that ends early": BAD_JSON,
    "JSON that is none": BAD_JSON_INSIDE,
    "JSON of another shape": CHECKED_BAD_SHAPE,
    "HTML for a success": HTML,
    "nothing for a success": NOTHING,
    "damaged compression": DAMAGED_GZIP,
}
NOT_APPLIED = {
    "throttled": THROTTLED,
    "throttled by the account": fault("RequestLimitExceeded"),
    "throttled by a proxy": Play(b"{}", 429),
    "table operations at their limit": fault("LimitExceededException"),
    "in a transaction": fault("TransactionConflictException"),
    "in another region's write": fault("ReplicatedWriteConflictException"),
}


def _name(request: Request) -> str:
    parts = [request.name, "" if request.repeatable else "unrepeatable"]
    return " ".join(filter(None, parts))


def _cases(of_faults: Request, of_requests: list[Request]) -> list[Any]:
    """Every fault with one request, and every request with one fault."""
    return [
        *(pytest.param(of_faults, play, id=name) for name, play in UNKNOWN_OUTCOMES.items()),
        *(pytest.param(request, RESET, id=_name(request)) for request in of_requests),
    ]


@pytest.mark.parametrize(("request_", "play"), _cases(READ, REPEATABLE))
async def test_what_is_repeatable_is_sent_again_after_a_lost_reply(
    lane: Lane, server: ScriptedServer, request_: Request, play: Play
) -> None:
    """One bad reply does not show: the second one is the answer."""
    server.script.extend([play, answer()])
    reply = await lane.send(request_)
    assert reply["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert server.operations == [request_.name] * 2


@pytest.mark.parametrize(("request_", "play"), _cases(ADD, UNREPEATABLE))
async def test_what_is_not_repeatable_is_never_sent_again_after_a_lost_reply(
    lane: Lane, server: ScriptedServer, request_: Request, play: Play
) -> None:
    """The caller is told that nobody knows, and there was one request only."""
    server.script.extend([play, answer()])
    with pytest.raises(WriteOutcomeUnknown, match="may or may not have been applied") as caught:
        await lane.send(request_)
    assert len(server.received) == 1
    assert isinstance(caught.value.__cause__, ServiceError)


@pytest.mark.parametrize("play", NOT_APPLIED.values(), ids=NOT_APPLIED)
@pytest.mark.parametrize("request_", [READ, PUT, CONDITIONAL_PUT, ADD], ids=_name)
async def test_everything_is_sent_again_when_it_was_not_applied(
    lane: Lane, server: ScriptedServer, request_: Request, play: Play
) -> None:
    """Throttled or in conflict means not applied, so even a conditional write is safe to repeat."""
    server.script.extend([play, play, answer()])
    await lane.send(request_)
    assert server.operations == [request_.name] * 3


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("ConditionalCheckFailedException", ConditionalCheckFailed),
        ("ValidationException", RequestRefused),
        ("ItemCollectionSizeLimitExceededException", RequestRefused),
        ("ResourceNotFoundException", TableNotFound),
        ("ResourceInUseException", TableInUse),
        ("AccessDeniedException", AccessDenied),
        ("InvalidSignatureException", AccessDenied),
        ("SomethingNewException", ServiceError),
    ],
)
async def test_a_refusal_is_final(
    lane: Lane, server: ScriptedServer, code: str, error: type[DDBModelError]
) -> None:
    """What the service refuses it would refuse again: there is one request."""
    server.script.append(fault(code))
    with pytest.raises(error) as caught:
        await lane.send(PUT)
    assert type(caught.value) is error
    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("request_", "play", "expected"),
    [
        (READ, THROTTLED, (Throttled, "ProvisionedThroughputExceededException")),
        (ADD, THROTTLED, (Throttled, "ProvisionedThroughputExceededException")),
        (READ, INTERNAL, (ServiceError, "InternalServerError")),
        (READ, RESET, (ConnectionFailed, "ConnectionLost")),
        (READ, TRUNCATED, (ConnectionFailed, "ConnectionLost")),
        (READ, WRONG_CRC, (ReplyCorrupt, "ChecksumMismatch")),
        (READ, HTML, (ReplyCorrupt, "NotAReply")),
        (READ, CHECKED_BAD_SHAPE, (ReplyCorrupt, "NotAReply")),
        (PUT, RESET, (ConnectionFailed, "ConnectionLost")),
        (PUT, INTERNAL, (ServiceError, "InternalServerError")),
        (
            CONDITIONAL_PUT,
            fault("TransactionConflictException"),
            (ServiceError, "TransactionConflictException"),
        ),
        (READ, fault("NeverSeenBefore", status=500), (ServiceError, "NeverSeenBefore")),
    ],
)
async def test_four_attempts_are_made_then_the_last_failure_is_raised(
    lane: Lane,
    server: ScriptedServer,
    request_: Request,
    play: Play,
    expected: tuple[type[ServiceError], str],
) -> None:
    """AWS's rule for DynamoDB is four attempts."""
    server.script.extend([play] * 9)
    with pytest.raises(ServiceError, match="Tried 4 times") as caught:
        await lane.send(request_)
    assert (type(caught.value), caught.value.code) == expected
    assert (caught.value.operation, caught.value.table) == (request_.name, "orders")
    assert len(server.received) == 4


async def test_a_repeated_write_that_may_have_landed_says_so(lane: Lane, server: ScriptedServer) -> None:
    """A lost reply is what counts, even if later attempts are known to have done nothing."""
    server.script.extend([RESET, THROTTLED, THROTTLED, THROTTLED])
    with pytest.raises(
        ConnectionFailed, match="may or may not have been applied; sending it again does no harm"
    ):
        await lane.send(PUT)


async def test_a_read_tells_of_its_last_failure(lane: Lane, server: ScriptedServer) -> None:
    """Nothing can be in doubt after a read."""
    server.script.extend([RESET, THROTTLED, THROTTLED, THROTTLED])
    with pytest.raises(Throttled) as caught:
        await lane.send(READ)
    assert "applied" not in str(caught.value)


async def test_a_conditional_write_is_not_repeated_once_its_outcome_is_unknown(
    lane: Lane, server: ScriptedServer
) -> None:
    """After a throttle it is tried again; after a lost reply it would meet its own success."""
    server.script.extend([THROTTLED, RESET, fault("ConditionalCheckFailedException")])
    with pytest.raises(WriteOutcomeUnknown, match="Tried 2 times"):
        await lane.send(CONDITIONAL_PUT)
    assert len(server.received) == 2


@pytest.mark.parametrize(
    ("plays", "expected"),
    [
        ([INTERNAL] * 3, [0.025, 0.05, 0.1]),
        ([THROTTLED] * 3, [1.0, 2.0, 4.0]),
        ([THROTTLED, INTERNAL, THROTTLED], [1.0, 0.05, 4.0]),
        ([fault("ThrottlingException", headers={"x-amz-retry-after": "1500"})], [1.5]),
        ([fault("ThrottlingException", headers={"x-amz-retry-after": "60000"})], [6.0]),
    ],
)
async def test_pauses_follow_the_rules(
    lane: Lane, server: ScriptedServer, pauses: Pauses, plays: list[Play], expected: list[float]
) -> None:
    """25 ms for passing trouble, 1 s for throttling, doubled each time; the service may ask for more."""
    server.script.extend(plays)
    await lane.send(READ)
    assert pauses == pytest.approx(expected)


async def test_no_retry_when_only_one_attempt_is_allowed(make_lane: MakeLane, server: ScriptedServer) -> None:
    """The rules decide, not the lane."""
    lane = await make_lane(rules=RetryRules(max_attempts=1))
    server.script.append(THROTTLED)
    with pytest.raises(Throttled):
        await lane.send(READ)
    assert len(server.received) == 1


async def test_the_quota_is_shared_by_all_requests(lane: Lane, server: ScriptedServer) -> None:
    """A service in trouble is not buried in retries: after 500 tokens' worth of them there are no more."""
    server.script.extend([INTERNAL] * 200)
    for _ in range(20):
        with pytest.raises(ServiceError):
            await lane.send(READ)
    assert len(server.received) == 20 + 500 // 14


@pytest.mark.parametrize("request_", [READ, CONDITIONAL_PUT, ADD], ids=_name)
async def test_a_connection_that_cannot_be_made_is_tried_again(
    make_lane: MakeLane, pauses: Pauses, unused_tcp_port: int, request_: Request
) -> None:
    """Nothing was sent, so anything may be repeated; in the end nothing was written."""
    lane = await make_lane(endpoint_url=f"http://127.0.0.1:{unused_tcp_port}", **QUIET)
    with pytest.raises(ConnectionFailed, match="Tried 4 times") as caught:
        await lane.send(request_)
    assert caught.value.code == "ConnectFailed"
    assert len(pauses) == 3


async def test_a_reply_that_does_not_come_is_not_waited_for(
    make_lane: MakeLane, server: ScriptedServer
) -> None:
    """The client's read timeout makes it a lost reply: repeated, or unknown."""
    lane = await make_lane(read_timeout=0.05, **QUIET)
    never = Play(hold=asyncio.Event())
    server.script.extend([never, answer({"Item": KEY})])
    assert (await lane.send(READ))["Item"] == KEY
    server.script.append(never)
    with pytest.raises(WriteOutcomeUnknown, match="no reply in time"):
        await lane.send(ADD)
    assert len(server.received) == 3


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
async def test_the_retries_of_a_client_that_retries_are_stopped(
    make_lane: MakeLane, server: ScriptedServer, mode: str
) -> None:
    """A client that the user brings would repeat writes of unknown outcome; within the lane it does not."""
    lane = await make_lane(retries={"mode": mode, "max_attempts": 7})
    for play in (INTERNAL, RESET):
        server.script.append(play)
        with pytest.raises(WriteOutcomeUnknown):
            await lane.send(ADD)
    assert len(server.received) == 2


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
async def test_a_client_that_retries_is_retried_by_the_lane_s_rules(
    make_lane: MakeLane, server: ScriptedServer, pauses: Pauses, mode: str
) -> None:
    """Its own attempts do not multiply with the lane's."""
    lane = await make_lane(retries={"mode": mode})
    server.script.extend([INTERNAL] * 50)
    with pytest.raises(ServiceError, match="Tried 4 times") as caught:
        await lane.send(READ)
    assert caught.value.code == "InternalServerError"
    assert (len(server.received), len(pauses)) == (4, 3)


@pytest.mark.parametrize(
    "wanted",
    [
        ({"mode": "standard", "total_max_attempts": 2}, 2),
        ({"mode": "legacy", "max_attempts": 2}, 3),
        ({"total_max_attempts": 1}, 1),
        ({"mode": "standard"}, 4),
    ],
)
async def test_the_client_s_own_number_of_attempts_is_kept(
    make_client: MakeClient,
    over: OverClient,
    server: ScriptedServer,
    pauses: Pauses,
    wanted: tuple[dict[str, Any], int],
) -> None:
    """What its configuration says about attempts holds for the lane; without a word it is four."""
    retries, attempts = wanted
    lane = over(await make_client(retries=retries), sleep=pauses)
    server.script.extend([INTERNAL] * 9)
    with pytest.raises(ServiceError):
        await lane.send(READ)
    await lane.close()
    assert len(server.received) == attempts


async def test_a_compressed_reply_is_checked_as_it_was_sent(lane: Lane, server: ScriptedServer) -> None:
    """The checksum is of the compressed bytes; the reply is read decompressed."""
    body = gzip.compress(b'{"Item": {"pk": {"S": "c1"}}}')
    server.script.append(Play(body, headers={"content-encoding": "gzip"}))
    assert (await lane.send(READ))["Item"] == KEY
    assert len(server.received) == 1


async def test_a_reply_without_a_checksum_is_read(lane: Lane, server: ScriptedServer) -> None:
    """Some engines send none."""
    server.script.append(answer({"Item": KEY}, headers={"x-amz-crc32": None}))
    assert (await lane.send(READ))["Item"] == KEY
    assert len(server.received) == 1


async def test_a_large_reply_with_a_flipped_bit_is_noticed(lane: Lane, server: ScriptedServer) -> None:
    """A value that was damaged on the way would otherwise be taken for what is stored."""
    good = answer({"Item": {"pk": {"S": "c1"}, "text": {"S": "x" * 100_000}}})
    bad = Play(good.body.replace(b"xx", b"xy", 1), headers={"x-amz-crc32": str(zlib.crc32(good.body))})
    server.script.extend([bad, good])
    assert set((await lane.send(READ))["Item"]["text"]["S"]) == {"x"}
    assert len(server.received) == 2


async def test_the_statistics_count_requests_retries_and_throttles(
    lane: Lane, server: ScriptedServer
) -> None:
    """They are running totals of the lane."""
    server.script.extend([THROTTLED, INTERNAL, answer(), answer(), fault("ValidationException")])
    await lane.send(READ)
    await lane.send(PUT)
    with pytest.raises(RequestRefused):
        await lane.send(PUT)
    statistics = lane.statistics
    assert (statistics.requests, statistics.retries, statistics.throttles) == (3, 2, 1)
