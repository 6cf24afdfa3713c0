"""From an AWS error code to its meaning, and from a failure to the error that is raised.

An unknown code stays a `ServiceError` with its code; its HTTP status says what may have become of the
request.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ddbmodel.errors import (
    AccessDenied,
    ConditionalCheckFailed,
    DDBModelError,
    RequestRefused,
    ServiceError,
    TableInUse,
    TableNotFound,
    Throttled,
    TransactionCanceled,
    WriteOutcomeUnknown,
)
from ddbmodel.transport.failure import Failure, Fate
from ddbmodel.transport.protocol import Tokened, WireRequest


@dataclass(frozen=True, slots=True)
class Meaning:
    """What some error codes mean: the error to raise, what became of the request, and what to do."""

    codes: tuple[str, ...]
    error: type[DDBModelError]
    fate: Fate
    remedy: str


def registry(meanings: Iterable[Meaning]) -> Mapping[str, Meaning]:
    """One meaning for each code.

    Raises:
        ValueError: a code has two meanings.
    """
    by_code: dict[str, Meaning] = {}
    for meaning in meanings:
        for code in meaning.codes:
            if code in by_code:
                raise ValueError(f"error code {code!r} is registered twice")
            by_code[code] = meaning
    return MappingProxyType(by_code)


MEANINGS: Final = registry(
    (
        Meaning(
            ("ConditionalCheckFailedException",),
            ConditionalCheckFailed,
            Fate.REFUSED,
            "Nothing was written; the error's `item` is what is stored.",
        ),
        Meaning(
            ("TransactionCanceledException",),
            TransactionCanceled,
            Fate.REFUSED,
            "Nothing was written; the error's `reasons` tell why, action by action.",
        ),
        Meaning(
            (
                "ProvisionedThroughputExceededException",
                "RequestLimitExceeded",
                "Throttling",
                "ThrottlingException",
                "ThrottledException",
                "RequestThrottled",
                "RequestThrottledException",
                "TooManyRequestsException",
                "BandwidthLimitExceeded",
                "SlowDown",
                "PriorRequestNotComplete",
                "429",
            ),
            Throttled,
            Fate.THROTTLED,
            "Send more slowly, spread the load over more partition keys, or raise the capacity.",
        ),
        Meaning(
            ("LimitExceededException",),
            Throttled,
            Fate.THROTTLED,
            "Wait for other table operations of the account to end, or have its quota raised.",
        ),
        Meaning(
            ("TransactionInProgressException",),
            Throttled,
            Fate.THROTTLED,
            "The same transaction is still running: wait, and ask again with its token.",
        ),
        Meaning(
            ("TransactionConflictException", "ReplicatedWriteConflictException"),
            ServiceError,
            Fate.NOT_APPLIED,
            "Another writer kept hold of the item, and nothing was written: try again.",
        ),
        Meaning(
            ("ResourceNotFoundException", "TableNotFoundException"),
            TableNotFound,
            Fate.REFUSED,
            "Create the table or index, wait until it is active, or check name, region and account.",
        ),
        Meaning(
            ("ResourceInUseException", "TableAlreadyExistsException", "TableInUseException"),
            TableInUse,
            Fate.REFUSED,
            "Wait until the table is active, or use the one there is.",
        ),
        Meaning(
            ("AccessDeniedException", "AccessDenied", "NotAuthorized", "OptInRequired"),
            AccessDenied,
            Fate.REFUSED,
            "Allow the operation in the policy of the role or user that the credentials belong to.",
        ),
        Meaning(
            (
                "InvalidSignatureException",
                "SignatureDoesNotMatch",
                "IncompleteSignature",
                "IncompleteSignatureException",
                "MissingAuthenticationToken",
                "MissingAuthenticationTokenException",
                "InvalidClientTokenId",
            ),
            AccessDenied,
            Fate.REFUSED,
            "Check the secret key and the session token, the region, and this machine's clock.",
        ),
        Meaning(
            ("ExpiredToken", "ExpiredTokenException", "RequestExpired", "UnrecognizedClientException"),
            AccessDenied,
            Fate.EXPIRED,
            "Get new credentials, and check this machine's clock.",
        ),
        Meaning(
            (
                "ValidationException",
                "ValidationError",
                "SerializationException",
                "UnknownOperationException",
                "ItemCollectionSizeLimitExceededException",
                "IdempotentParameterMismatchException",
                "413",
            ),
            RequestRefused,
            Fate.REFUSED,
            "",
        ),
        Meaning(
            (
                "InternalServerError",
                "InternalFailure",
                "InternalError",
                "ServiceUnavailable",
                "ServiceUnavailableException",
                "RequestTimeout",
                "RequestTimeoutException",
                "408",
            ),
            ServiceError,
            Fate.UNKNOWN,
            "The service is in trouble: try again later.",
        ),
    )
)


def meaning_of(code: str, status: int | None) -> Meaning:
    """What an error code means; one that is not registered is judged by the HTTP status."""
    known = MEANINGS.get(code)
    if known is not None:
        return known
    fate = Fate.UNKNOWN if status is None or status >= 500 else Fate.REFUSED
    return Meaning((code,), ServiceError, fate, "")


def error_for(failure: Failure, request: WireRequest, attempts: int) -> DDBModelError:
    """The error to raise for a request that failed like this; its cause is set."""
    return _build(failure, request, _message(failure, request, attempts, failure.remedy))


def error_in_doubt(failure: Failure, request: WireRequest, attempts: int) -> DDBModelError:
    """The error for a write that may have been applied.

    It is `WriteOutcomeUnknown`, with the failure's error as its cause, if the write must not be repeated, or
    only under its token. If it may be, it is the failure's error, which says what that means.
    """
    doubt = "It may or may not have been applied"
    tokened = isinstance(request, Tokened) and request.token is not None
    if request.repeatable and not tokened:
        remedy = f"{doubt}; sending it again does no harm. {failure.remedy}".rstrip()
        return _build(failure, request, _message(failure, request, attempts, remedy))
    if tokened:
        advice = ": send it again with the same token within 10 minutes, which cannot apply it twice, or"
    else:
        advice = ", and was not sent again, as that could apply it twice:"
    remedy = f"{doubt}{advice} read what is stored to find out."
    error = WriteOutcomeUnknown(_message(failure, request, attempts, remedy))
    error.__cause__ = error_for(failure, request, attempts)
    return error


def _build(failure: Failure, request: WireRequest, message: str) -> DDBModelError:
    error: DDBModelError
    if issubclass(failure.error, ConditionalCheckFailed):
        error = failure.error(message, failure.item)
    elif issubclass(failure.error, TransactionCanceled):
        error = failure.error(message, failure.reasons)
    elif issubclass(failure.error, Throttled):
        error = failure.error(
            message,
            operation=request.name,
            table=request.table,
            code=failure.code,
            request_id=failure.request_id,
            limits=failure.limits,
        )
    elif issubclass(failure.error, ServiceError):
        error = failure.error(
            message,
            operation=request.name,
            table=request.table,
            code=failure.code,
            request_id=failure.request_id,
        )
    else:
        error = failure.error(message)
    error.__cause__ = failure.cause
    return error


def _message(failure: Failure, request: WireRequest, attempts: int, remedy: str) -> str:
    subject = request.name if request.table is None else f"{request.name} on table {request.table!r}"
    request_id = f", request {failure.request_id}" if failure.request_id else ""
    tried = f" Tried {attempts} times." if attempts > 1 else ""
    return f"{subject}: {failure.reason} ({failure.code}{request_id}).{tried} {remedy}".rstrip()
