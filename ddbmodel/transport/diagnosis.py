"""From an exception of the client to a failure in our own terms.

The only file that imports botocore's exceptions, and so imported when a lane is opened, not before.

What matters most is to know when a request cannot have been applied. It cannot if it failed before it was
sent, while the connection was being made, or with an answer that says so. After anything else nobody knows.
"""

# aioboto3 and its parents ship no types.
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from typing import Any, Final

from aiobotocore.client import AioBaseClient
from botocore import __version__ as botocore_version
from botocore import exceptions as botocore
from botocore.client import BaseClient

from ddbmodel.errors import (
    AccessDenied,
    ConnectionFailed,
    OperationUnknown,
    ReplyCorrupt,
    RequestRefused,
    ServiceError,
)
from ddbmodel.transport.cancellation import PASSING_REMEDY, cancellation_reasons, passing_fate
from ddbmodel.transport.failure import Failure, Fate
from ddbmodel.transport.hooks import ClientStopped, Watch
from ddbmodel.transport.mapping import meaning_of
from ddbmodel.transport.protocol import WireRequest
from ddbmodel.transport.redaction import is_presentable, presentable
from ddbmodel.transport.reply_check import UntrustedReply
from ddbmodel.transport.retry import server_delay_seconds

_CREDENTIALS: Final = (
    botocore.NoCredentialsError,
    botocore.PartialCredentialsError,
    botocore.CredentialRetrievalError,
    botocore.TokenRetrievalError,
    botocore.SSOError,
    botocore.RefreshWithMFAUnsupportedError,
    botocore.InfiniteLoopConfigError,
    botocore.UnknownCredentialError,
    botocore.ProfileNotFound,
    botocore.InvalidConfigError,
    botocore.MetadataRetrievalError,
)
CREDENTIALS_REMEDY: Final = (
    "Pass credentials, a profile or a session, or set up one of the places where the AWS SDK looks for them."
)
_UNREACHED: Final = (botocore.ConnectTimeoutError, botocore.ProxyConnectionError, botocore.SSLError)
NETWORK_REMEDY: Final = "Check endpoint, region, network and certificates."
# What a parser may run into when a reply has the right checksum and the wrong contents.
_PARSING: Final = (
    botocore.BotoCoreError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    RecursionError,
)


def diagnose(error: Exception, watch: Watch, operation: str) -> Failure | None:
    """What an exception of a client's method means; None if it is not about the exchange with the service.

    Args:
        error: what the method raised.
        watch: what was seen of the attempt.
        operation: DynamoDB's name of what was asked for. An error reply to something else belongs to the
            call that was to get credentials.
    """
    if isinstance(error, UntrustedReply):
        return Failure(
            error.code, Fate.UNKNOWN, ReplyCorrupt, str(error), "", status=error.status, cause=error
        )
    if isinstance(error, ClientStopped):
        return failure_of_reply(error.reply, botocore.ClientError(error.reply, operation))
    if isinstance(error, botocore.ClientError):
        return _from_client(error, operation)
    if watch.answered and isinstance(error, _PARSING):
        return unreadable(error)
    if isinstance(error, _CREDENTIALS) or _still_expired(error):
        return _no_credentials(error)
    if isinstance(error, botocore.ParamValidationError):
        # Not chained: it quotes values.
        return Failure(
            "ParamValidation", Fate.REFUSED, RequestRefused, "the client calls the parameters invalid"
        )
    if isinstance(error, botocore.BotoCoreError):
        return _on_the_way(error) if watch.sent else _before_sending(error)
    return None


def _from_client(error: Any, operation: str) -> Failure:
    if error.operation_name != operation:
        return _no_credentials(error)
    return failure_of_reply(error.response, error)


def failure_of_reply(reply: Mapping[str, Any], error: Exception) -> Failure:
    """What an error reply means.

    Args:
        reply: as botocore parses it.
        error: the cause of the error that is raised, unless its text is not fit to be shown.
    """
    details: Mapping[str, Any] = reply.get("Error", {})
    metadata: Mapping[str, Any] = reply.get("ResponseMetadata", {})
    headers: Mapping[str, str] = metadata.get("HTTPHeaders", {})
    status: int | None = metadata.get("HTTPStatusCode")
    code = str(details.get("Code") or status or "Unknown")
    # Without a code of the service, botocore puts the status there, and whatever came into the message.
    said = f"the reply has no error code, and HTTP status {code}" if code.isdigit() else _message(details)
    shown = presentable(said)
    meaning = meaning_of(code, status)
    reasons = cancellation_reasons(reply)
    passing = passing_fate(reasons)
    return Failure(
        code=code,
        fate=passing or meaning.fate,
        error=meaning.error,
        reason=(shown.rstrip(".") or "the service gives no reason") + _throttling_reasons(reply),
        remedy=PASSING_REMEDY if passing else meaning.remedy,
        status=status,
        request_id=metadata.get("RequestId") or headers.get("x-amzn-requestid"),
        server_delay_seconds=server_delay_seconds(headers.get("x-amz-retry-after")),
        item=reply.get("Item") or None,
        reasons=reasons,
        cause=error if is_presentable(_message(details)) and not code.isdigit() else None,
        limits=tuple(str(one.get("reason", "?")) for one in _throttling(reply)),
    )


def _message(details: Mapping[str, Any]) -> str:
    return str(details.get("Message") or "")


def _throttling_reasons(reply: Mapping[str, Any]) -> str:
    """Which limit was hit, and whose: a hot partition key slows only itself, an account's quota everything.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ThrottlingReason.html
    """
    shown = "; ".join(f"{one.get('reason', '?')} of {one.get('resource', '?')}" for one in _throttling(reply))
    return f" [{shown}]" if shown else ""


def _throttling(reply: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    # ThrottlingException spells the member with a small letter, the others do not.
    return reply.get("ThrottlingReasons") or reply.get("throttlingReasons") or ()


def _no_credentials(error: Exception) -> Failure:
    shown = presentable(str(error)).rstrip(".")
    return Failure(
        code=type(error).__name__,
        fate=Fate.REFUSED,
        error=AccessDenied,
        reason=f"there are no usable credentials: {shown}",
        remedy=CREDENTIALS_REMEDY,
        cause=error if is_presentable(str(error)) else None,
    )


def unreadable(error: Exception) -> Failure:
    """What it means that a reply with the right checksum cannot be read."""
    # Not chained: the parser's words may quote the reply.
    return Failure(
        "NotAReply", Fate.UNKNOWN, ReplyCorrupt, f"the reply cannot be read: {type(error).__name__}", ""
    )


def _before_sending(error: Exception) -> Failure:
    """Nothing was sent, so the request was not applied, whatever it was."""
    if isinstance(error, (botocore.HTTPClientError, botocore.ConnectionError)):
        # Only credentials are fetched before a request is sent.
        return _unreachable(error, "the source of the credentials cannot be reached", CREDENTIALS_REMEDY)
    shown = presentable(str(error)).rstrip(".")
    return Failure(type(error).__name__, Fate.REFUSED, ServiceError, shown, cause=error)


def _still_expired(error: Exception) -> bool:
    # botocore raises a plain RuntimeError when freshly fetched credentials have expired already.
    return isinstance(error, RuntimeError) and "credentials" in str(error).lower()


def _on_the_way(error: Exception) -> Failure:
    if isinstance(error, _UNREACHED) or _never_connected(error):
        return _unreachable(error, "no connection to the service", NETWORK_REMEDY)
    timeout = isinstance(error, botocore.ReadTimeoutError)
    return Failure(
        code="ReadTimeout" if timeout else "ConnectionLost",
        fate=Fate.UNKNOWN,
        error=ConnectionFailed,
        reason="there was no reply in time" if timeout else "the connection was lost before the reply came",
        remedy=NETWORK_REMEDY,
        cause=error,
    )


def _unreachable(error: Exception, reason: str, remedy: str) -> Failure:
    code = "ConnectTimeout" if isinstance(error, botocore.ConnectTimeoutError) else "ConnectFailed"
    return Failure(code, Fate.NOT_APPLIED, ConnectionFailed, reason, remedy, cause=error)


def _never_connected(error: Any) -> bool:
    """True if it is certain that no connection was made.

    aiobotocore raises `EndpointConnectionError` for connections that could not be made, and as well for those
    that broke; only the HTTP library's own error, kept inside, tells them apart.
    """
    if not isinstance(error, botocore.EndpointConnectionError):
        return False
    details: dict[str, Any] = getattr(error, "kwargs", {})
    inner: object = details.get("error")
    names = {base.__name__ for base in type(inner).__mro__}
    return isinstance(inner, (socket.gaierror, ConnectionRefusedError)) or bool(
        # Of aiohttp and of httpx; by name, as only one of them need be installed.
        names & {"ClientConnectorError", "ConnectError"}
    )


# boto3's name of a service, a method that only its clients have, and what it is called.
_KNOWN_BY: Final = {
    "dynamodb": ("dynamodb", "batch_write_item", "DynamoDB"),
    "dynamodb-streams": ("dynamodbstreams", "get_shard_iterator", "DynamoDB Streams"),
}


def known_operations(client: Any) -> frozenset[str] | None:
    """Give the operations that a client knows; None if it does not tell."""
    model = getattr(getattr(client, "meta", None), "service_model", None)
    names: Any = getattr(model, "operation_names", None)
    return None if names is None else frozenset(names)


def unknown_operation(request: WireRequest) -> OperationUnknown:
    """Say that the client does not know an operation."""
    return OperationUnknown(
        f"{request.name}: botocore {botocore_version}, which is installed, does not know this operation. "
        "Nothing was sent. Upgrade aioboto3, and with it aiobotocore and botocore.",
        operation=request.name,
        code="UnknownOperation",
        table=request.table,
    )


def check_client(client: Any, service: str = "dynamodb") -> None:
    """Refuse what is not an open, asynchronous client of DynamoDB, or of its streams.

    Raises:
        TypeError: with what to pass instead.
    """
    name, method, title = _KNOWN_BY[service]
    remedy = f'pass the client of `async with aioboto3.Session().client("{name}") as client`'
    if not callable(getattr(client, method, None)):
        raise TypeError(f"{type(client).__name__} is not an open {title} client: {remedy}")
    if isinstance(client, BaseClient) and not isinstance(client, AioBaseClient):
        raise TypeError(f"the client is boto3's, which blocks the event loop: {remedy}")
