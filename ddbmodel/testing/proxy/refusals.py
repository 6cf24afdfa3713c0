"""The refusals that faults are."""

from __future__ import annotations

from typing import Final

from ddbmodel.testing.proxy.faults import ExpiredCredentials, InternalError, SingleFault, Throttle
from ddbmodel.testing.proxy.meter import Shortage
from ddbmodel.testing.proxy.metering import canceled
from ddbmodel.testing.strict.call import TRANSACTIONS, Call
from ddbmodel.testing.strict.refusal import Refused

_READS: Final = frozenset({"GetItem", "BatchGetItem", "TransactGetItems", "Query", "Scan"})


def refuse_credentials(fault: SingleFault | None) -> None:
    """Refuse a request whose credentials are to be called expired: the service looks at them first.

    Raises:
        Refused: that is the fault.
    """
    if isinstance(fault, ExpiredCredentials):
        raise Refused("ExpiredTokenException", "The security token included in the request is expired")


def refuse_work(fault: SingleFault | None, call: Call) -> None:
    """Refuse a valid request that is to be throttled, or to fail before it is carried out.

    Raises:
        Refused: that is the fault.
    """
    if isinstance(fault, Throttle):
        raise throttled(call)
    if fault == InternalError(applied=False):
        raise internal_error()


def throttled(call: Call) -> Refused:
    """Throttling of a request as a whole; of a transaction, by its first action."""
    tables = call.tables or ("",)
    shortage = Shortage(tables[0], "Read" if call.operation in _READS else "Write")
    if call.operation in TRANSACTIONS:
        return canceled([shortage, *[None] * (len(call.parts or ()) - 1)])
    return shortage.refusal()


def internal_error() -> Refused:
    """An internal error, which says nothing of what became of the request."""
    return Refused("InternalServerError", "Internal server error", status=500)
