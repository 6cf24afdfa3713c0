"""Why a transaction was canceled, action by action, and whether that passes.

AWS's SDKs do not repeat a canceled transaction, as most reasons stay. Two kinds pass by waiting: another
write had the item at that moment, or capacity was short. A transaction that was canceled for such reasons
alone is repeated, as writes outside of transactions are. Actions that were not to blame have the reason
`None`.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactionCanceledException.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ddbmodel.errors import CancellationReason
from ddbmodel.transport.failure import Fate
from ddbmodel.transport.redaction import presentable

PASSING_REMEDY: Final = (
    "Nothing was written; the error's `reasons` tell which actions met another writer or too little "
    "capacity: try again later."
)

_BLAMELESS: Final = "None"
_CONFLICTS: Final = frozenset({"TransactionConflict"})
_THROTTLING: Final = frozenset({"ThrottlingError", "ProvisionedThroughputExceeded"})


def cancellation_reasons(reply: Mapping[str, Any]) -> tuple[CancellationReason, ...]:
    """The reasons in an error reply, one for each action, in order; none if the reply has none."""
    return tuple(_reason(one) for one in reply.get("CancellationReasons") or ())


def passing_fate(reasons: Iterable[CancellationReason]) -> Fate | None:
    """The fate of a transaction that was canceled for nothing but what passes; None for any other.

    Throttling weighs more than a conflict: it asks for longer pauses.
    """
    codes = {reason.code for reason in reasons} - {_BLAMELESS}
    if not codes or not codes <= _CONFLICTS | _THROTTLING:
        return None
    return Fate.THROTTLED if codes & _THROTTLING else Fate.NOT_APPLIED


def _reason(wire: Mapping[str, Any]) -> CancellationReason:
    message = wire.get("Message")
    return CancellationReason(
        # The documentation has the code of a blameless action as `None`, and once as null.
        code=wire.get("Code") or _BLAMELESS,
        message=presentable(message) if message else None,
        item=wire.get("Item") or None,
    )
