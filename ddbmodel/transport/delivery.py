"""One request on its way, attempt after attempt: what is sent again, and what is not.

| after | what is sent again |
|---|---|
| throttling, a conflict with another writer, no connection | everything: it was not applied |
| a transaction canceled for nothing but these | the same |
| a lost, late or damaged reply, an internal error of the service | what is `repeatable`: nobody knows |
| expired credentials | everything, once, with fresh ones |
| any other answer | nothing |

A write that must not be repeated ends as `WriteOutcomeUnknown`. One that was repeated in vain ends with the
error of the attempt that nobody knows the outcome of, which says so, whatever went wrong after it. Except a
transaction with a token: had it been applied, the service would have answered its token with success, so when
it is canceled for a reason that stays, that is its outcome.
"""

from __future__ import annotations

from ddbmodel.errors import DDBModelError, MapperClosed, TransactionCanceled
from ddbmodel.transport.events import Exchange
from ddbmodel.transport.failure import Failure, Fate
from ddbmodel.transport.mapping import error_for, error_in_doubt
from ddbmodel.transport.protocol import WireRequest
from ddbmodel.transport.retry import RetryCourse, RetryKind


class Delivery:
    """The state of one request. Nothing here sends or sleeps."""

    __slots__ = (
        "_attempts",
        "_course",
        "_outcome",
        "_refreshed",
        "_request",
        "_status",
        "_throttles",
        "_unknown",
    )

    def __init__(self, request: WireRequest, course: RetryCourse) -> None:
        self._request = request
        self._course = course
        self._attempts = 0
        self._throttles = 0
        self._unknown: Failure | None = None
        self._refreshed = False
        self._outcome = "Cancelled"
        self._status: int | None = None

    def succeeded(self, status: int | None) -> None:
        """An attempt was answered, with this HTTP status."""
        self._attempts += 1
        self._outcome = "OK"
        self._status = status
        self._course.succeeded()

    def failed(self, failure: Failure) -> float | None:
        """An attempt failed: the pause in seconds before the next one, or None if there must be none."""
        self._attempts += 1
        self._outcome = failure.code
        self._status = failure.status
        self._throttles += failure.fate is Fate.THROTTLED
        if failure.fate is Fate.REFUSED:
            if self._request.repeatable and issubclass(failure.error, TransactionCanceled):
                self._unknown = None
            return None
        if failure.fate is Fate.EXPIRED:
            return self._pause_for_credentials()
        if failure.fate is Fate.UNKNOWN:
            self._unknown = failure
            if not self._request.repeatable:
                return None
        kind = RetryKind.THROTTLE if failure.fate is Fate.THROTTLED else RetryKind.TRANSIENT
        return self._course.failed(kind, failure.server_delay_seconds).pause_seconds

    def error(self, failure: Failure) -> DDBModelError:
        """The error to raise when there is no further attempt."""
        if self._unknown is not None and self._request.is_write:
            return error_in_doubt(self._unknown, self._request, self._attempts)
        return error_for(failure, self._request, self._attempts)

    def interrupted(self, failure: Failure) -> DDBModelError:
        """The error to raise when the transport was closed before a further attempt."""
        if self._unknown is not None and self._request.is_write:
            return self.error(failure)
        error = MapperClosed(f"{self._request.name}: the mapper was closed while the request was under way")
        error.__cause__ = error_for(failure, self._request, self._attempts)
        return error

    def exchange(self, seconds: float) -> Exchange:
        """The record of what happened so far."""
        return Exchange(
            operation=self._request.name,
            table=self._request.table,
            outcome=self._outcome,
            status=self._status,
            attempts=self._attempts,
            throttles=self._throttles,
            seconds=seconds,
        )

    def _pause_for_credentials(self) -> float | None:
        if self._refreshed:
            return None
        self._refreshed = True
        return 0.0
