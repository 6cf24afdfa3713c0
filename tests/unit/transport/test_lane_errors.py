"""What the errors of the lanes tell, and what they keep to themselves."""

from __future__ import annotations

import traceback
from typing import Any

import botocore
import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from ddbmodel.errors import (
    AccessDenied,
    ConditionalCheckFailed,
    ConnectionFailed,
    DDBModelError,
    OperationUnknown,
    RequestRefused,
    ServiceError,
    Throttled,
)
from ddbmodel.operations import GetItem, PutItem
from ddbmodel.transport import RetryPolicy
from ddbmodel.transport.client_lane import ClientLane
from tests.unit.operations.expressions import Expression
from tests.unit.transport.conftest import QUIET, Lane, MakeClient, MakeLane, OverClient
from tests.unit.transport.scripted_server import REQUEST_ID, Play, ScriptedServer, fault

KEY = {"pk": {"S": "c1"}}
READ = GetItem("orders", KEY)
PUT = PutItem("orders", KEY, condition=Expression("status"))


async def _error(lane: Lane, request: Any) -> Any:
    with pytest.raises(DDBModelError) as caught:
        await lane.send(request)
    return caught.value


class Newer:
    """A request of an operation that no botocore knows."""

    name = "BoilTable"
    method = "boil_table"
    is_write = True
    table = "orders"
    repeatable = True

    def to_wire(self) -> dict[str, Any]:
        return {"TableName": self.table}


async def test_an_operation_that_botocore_does_not_know_is_refused(
    lane: Lane, server: ScriptedServer
) -> None:
    """The error says which botocore it is and what to do; nothing is sent."""
    error = await _error(lane, Newer())
    assert isinstance(error, OperationUnknown)
    assert (error.operation, error.table, error.code) == ("BoilTable", "orders", "UnknownOperation")
    for part in ("BoilTable", botocore.__version__, "Nothing was sent", "Upgrade aioboto3"):
        assert part in str(error)
    assert server.received == []


async def test_a_service_error_names_everything(lane: Lane, server: ScriptedServer) -> None:
    """Operation, table, code, request id and the service's words; botocore's error is its cause."""
    server.script.append(fault("ValidationException", "The key is odd."))
    error = await _error(lane, READ)
    assert isinstance(error, RequestRefused)
    assert (error.operation, error.table, error.code) == ("GetItem", "orders", "ValidationException")
    assert error.request_id == REQUEST_ID
    for part in ("GetItem", "'orders'", "ValidationException", REQUEST_ID, "The key is odd"):
        assert part in str(error)
    assert isinstance(error.__cause__, ClientError)


@pytest.mark.parametrize("stored", [{"pk": {"S": "c1"}, "blob": {"B": "AAE="}}, None])
async def test_a_refused_condition_brings_the_stored_item(
    lane: Lane, server: ScriptedServer, stored: dict[str, Any] | None
) -> None:
    """As it is stored, with bytes as bytes; None if the reply has none."""
    members: dict[str, Any] = {} if stored is None else {"Item": stored}
    server.script.append(fault("ConditionalCheckFailedException", **members))
    error = await _error(lane, PUT)
    assert isinstance(error, ConditionalCheckFailed)
    assert error.item == (None if stored is None else {"pk": {"S": "c1"}, "blob": {"B": b"\x00\x01"}})
    assert "c1" not in "".join(traceback.format_exception(error))
    assert server.received[0].body["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD"


@pytest.mark.parametrize(
    ("code", "member"),
    [
        ("ProvisionedThroughputExceededException", "ThrottlingReasons"),
        ("RequestLimitExceeded", "ThrottlingReasons"),
        ("ThrottlingException", "throttlingReasons"),
    ],
)
async def test_throttling_tells_which_limit_and_whose(
    lane: Lane, server: ScriptedServer, code: str, member: str
) -> None:
    """The reason and the resource are the service's: a hot key is another matter than an account's quota."""
    arn = "arn:aws:dynamodb:eu-west-1:1:table/orders"
    reasons: Any = [{"reason": "TableWriteKeyRangeThroughputExceeded", "resource": arn}]
    server.script.extend([fault(code, **{member: reasons})] * 4)
    error = await _error(lane, READ)
    assert isinstance(error, Throttled)
    assert f"TableWriteKeyRangeThroughputExceeded of {arn}" in str(error)
    assert error.limits == ("TableWriteKeyRangeThroughputExceeded",)


SIGNATURE = (
    "The request signature we calculated does not match the signature you provided.\n\n"
    "The Canonical String for this request should have been\n'POST\nx-amz-security-token:hush'"
)


@pytest.mark.parametrize(
    "play",
    [
        fault("ValidationException", "Value 'hush' at 'key' failed to satisfy constraint"),
        fault("InvalidSignatureException", SIGNATURE),
        Play(b"{hush", 400, {"x-amz-crc32": None}),
        Play(b'{"Item": ["hushh"]}'),
        Play(b"hush", headers={"x-amz-crc32": None}),
    ],
)
@pytest.mark.parametrize("retries", [{"total_max_attempts": 1}, {"mode": "legacy"}])
async def test_nothing_of_a_value_or_a_credential_is_in_an_error_or_its_causes(
    make_lane: MakeLane, server: ScriptedServer, play: Play, retries: dict[str, Any]
) -> None:
    """A cause that quotes them is not chained, and is not kept as context either."""
    lane = await make_lane(retries=retries)
    server.script.extend([play] * 4)
    error: BaseException | None = await _error(lane, READ)
    while error is not None:
        assert "hush" not in str(error)
        error = error.__cause__ or error.__context__


async def test_missing_credentials_are_told_from_missing_permissions(
    server: ScriptedServer, over: OverClient, pauses: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is sent, and the remedy is to pass some."""
    import aioboto3

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    session = aioboto3.Session(region_name="eu-west-1")
    async with session.client("dynamodb", endpoint_url=server.url) as client:
        error = await _error(over(client, sleep=pauses), PUT)
    assert isinstance(error, AccessDenied)
    assert error.code == "NoCredentialsError"
    assert "Pass credentials" in str(error)
    assert isinstance(error.__cause__, NoCredentialsError)
    assert server.received == []


async def test_a_failure_before_sending_leaves_no_doubt(
    make_client: MakeClient, server: ScriptedServer, pauses: Any
) -> None:
    """A conditional write that was never sent is tried again, and is known not to have been applied."""
    from botocore.exceptions import EndpointConnectionError

    client = await make_client()

    def fail(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="http://169.254.170.2/credentials", error=OSError("reset"))

    client.meta.events.register_first("before-sign.dynamodb", fail)
    error = await _error(ClientLane(client, policy=RetryPolicy(), sleep=pauses), PUT)
    assert isinstance(error, ConnectionFailed)
    assert "the source of the credentials cannot be reached" in str(error)
    assert (len(pauses), server.received) == (3, [])


async def test_an_error_of_the_credentials_own_call_is_no_error_of_the_request(
    make_client: MakeClient, server: ScriptedServer, pauses: Any
) -> None:
    """When AssumeRole is refused, it is the credentials that are missing."""
    client = await make_client()

    def fail(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not you"}}, "AssumeRole")

    client.meta.events.register_first("before-sign.dynamodb", fail)
    error = await _error(ClientLane(client, sleep=pauses), PUT)
    assert isinstance(error, AccessDenied)
    assert "no usable credentials" in str(error)
    assert "AssumeRole" in str(error)
    assert server.received == []


async def test_an_error_of_the_program_passes_through(
    make_client: MakeClient, server: ScriptedServer
) -> None:
    """What has nothing to do with the service, such as a handler's bug, is not dressed up as its error."""
    client = await make_client()

    def fail(**_: Any) -> None:
        raise ZeroDivisionError

    client.meta.events.register("before-call.dynamodb", fail)
    with pytest.raises(ZeroDivisionError):
        await ClientLane(client).send(READ)


async def test_parameters_that_the_client_refuses_are_not_quoted(
    make_client: MakeClient, server: ScriptedServer
) -> None:
    """Validation by botocore, where a client has it switched on, prints values."""
    client = await make_client(parameter_validation=True)
    error = await _error(ClientLane(client), GetItem("orders", {"pk": {"S": 5}}))
    assert isinstance(error, RequestRefused)
    assert error.__cause__ is None
    assert error.__context__ is None
    assert server.received == []


async def test_a_page_of_a_proxy_for_an_error_is_a_service_error(
    make_lane: MakeLane, server: ScriptedServer
) -> None:
    """The HTTP status stands in for the code that is missing."""
    lane = await make_lane(**QUIET)
    server.script.append(Play(b"<html>Forbidden</html>", 403, {"x-amz-crc32": None}))
    error = await _error(lane, PUT)
    assert type(error) is ServiceError
    assert error.code == "403"
