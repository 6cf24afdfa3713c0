"""One attempt that failed, in our own terms."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from ddbmodel.codec.values import Item
from ddbmodel.errors import CancellationReason, DDBModelError


class Fate(Enum):
    """What may have become of the request, and whether another attempt can help."""

    REFUSED = "refused"
    """Not applied, and would be refused again."""

    THROTTLED = "throttled"
    """Not applied: too much at once."""

    NOT_APPLIED = "not applied"
    """Not applied, for a reason that passes: no connection, or another writer in the way."""

    EXPIRED = "expired"
    """Not applied: the credentials are no longer good, and newer ones may be."""

    UNKNOWN = "unknown"
    """Applied or not: the reply was lost, damaged, or an internal error."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One attempt that failed.

    Attributes:
        code: the service's error code, or the transport's word for what happened.
        fate: what may have become of the request.
        error: the class of the error, if there is no further attempt.
        reason: what happened, fit to be shown.
        remedy: what to do about it, as a sentence; may be empty.
        status: the reply's HTTP status, if there was a reply.
        request_id: the service's id of the request.
        server_delay_seconds: how long the service asked to wait.
        item: the stored item that did not meet the condition.
        reasons: why a transaction was canceled, one for each action.
        cause: the client's error, unless its text is not fit to be shown.
        limits: which limits were exceeded, as the service names them.
    """

    code: str
    fate: Fate
    error: type[DDBModelError]
    reason: str
    remedy: str = ""
    status: int | None = None
    request_id: str | None = None
    server_delay_seconds: float | None = None
    item: Item | None = field(default=None, repr=False)
    reasons: tuple[CancellationReason, ...] = ()
    cause: Exception | None = None
    limits: tuple[str, ...] = ()
