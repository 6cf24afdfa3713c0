"""Which problem each of ddbmodel's errors is to whoever sent the request.

The texts are written here: an error's own message is for whoever runs the backend, and names tables and
request ids. No text holds a key or a value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ddbmodel.errors import (
    CodecError,
    ConditionalCheckFailed,
    ConnectionFailed,
    DDBModelError,
    InvalidCursor,
    ItemExists,
    ItemNotFound,
    ItemTooLarge,
    LockTaken,
    MapperClosed,
    ServiceError,
    Throttled,
    TransactionCanceled,
    UniqueViolation,
    UnprocessedItems,
    VersionConflict,
    WriteOutcomeUnknown,
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem.

    Attributes:
        status: the status of the reply.
        name: the end of its type's URI.
        title: what it is, for people.
        detail: what that means for whoever asked.
        transient: the same request may do better soon, and can be sent again without harm.
    """

    status: int
    name: str
    title: str
    detail: str
    transient: bool = False


_UNAVAILABLE: Final = Kind(503, "unavailable", "The database is not available", "Try again later.", True)
_BUSY: Final = Kind(503, "throttled", "Too many requests", "Try again later.", True)
_INTERNAL: Final = Kind(500, "internal", "Internal error", "The request could not be served.")
_STALE: Final = "It was changed since you read it. Nothing was changed: read it again."

KINDS: Final[Mapping[type[DDBModelError], Kind]] = {
    InvalidCursor: Kind(
        400, "invalid-cursor", "Invalid page token", "The token is not one of these results. Start anew."
    ),
    ItemNotFound: Kind(404, "not-found", "Not found", "There is nothing of this name."),
    ItemExists: Kind(409, "exists", "Already there", "There is one of this name. Nothing was changed."),
    VersionConflict: Kind(409, "version-conflict", "Changed meanwhile", _STALE),
    ConditionalCheckFailed: Kind(
        409, "conflict", "Not in this state", "Its state does not allow this. Nothing was changed."
    ),
    UniqueViolation: Kind(
        409, "not-unique", "Already taken", "The value of a field belongs to another. Nothing was changed."
    ),
    TransactionCanceled: Kind(
        409,
        "conflict",
        "Not in this state",
        "The state of what is concerned does not allow this. Nothing was changed.",
    ),
    LockTaken: Kind(409, "locked", "In use", "Another is at it. Nothing was changed. Try again later."),
    ItemTooLarge: Kind(413, "too-large", "Too large", "It is too large to be stored. Nothing was changed."),
    CodecError: Kind(422, "not-storable", "Not storable", "A value cannot be stored as it is."),
    UnprocessedItems: Kind(
        500,
        "partly-done",
        "Partly done",
        "Some of what was asked is done, and some is not. Read to find out.",
    ),
    WriteOutcomeUnknown: Kind(
        500,
        "outcome-unknown",
        "Perhaps done",
        "What was asked may be done or not. Read before you try again.",
    ),
    Throttled: _BUSY,
    ConnectionFailed: _UNAVAILABLE,
    MapperClosed: _UNAVAILABLE,
    ServiceError: Kind(502, "database-error", "Database error", "The database did not serve the request."),
    DDBModelError: _INTERNAL,
}
"""By class; an error is of the kind of the first of its classes that is here."""

_THROTTLING: Final = frozenset({"ThrottlingError", "ProvisionedThroughputExceeded", "TransactionConflict"})


def kind_of(error: DDBModelError) -> Kind:
    """The kind of problem that an error is."""
    if isinstance(error, CodecError) and error.key is not None:
        return _INTERNAL  # of an item that was read: whoever asked is not to blame
    if isinstance(error, TransactionCanceled):
        codes = {reason.code for reason in error.reasons} - {"None"}
        if codes and codes <= _THROTTLING:
            return _BUSY
    return next(KINDS[kind] for kind in type(error).__mro__ if kind in KINDS)
