"""Writes sent as one transaction, and its refusal told as the error of the write that failed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, Final

from ddbmodel import limits
from ddbmodel.codec.sizes import item_size_bytes, value_size_bytes
from ddbmodel.codec.values import Item
from ddbmodel.codec.wire_item import WireItem
from ddbmodel.errors import (
    CancellationReason,
    CodecError,
    ConditionalCheckFailed,
    DDBModelError,
    ExpressionError,
    TransactionCanceled,
)
from ddbmodel.expressions import Update, holds
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.reading import decoded
from ddbmodel.mapper.refusals import error_of
from ddbmodel.mapper.unique import GuardChange, Resolved, resolve, with_moved_guards
from ddbmodel.mapper.write import Write
from ddbmodel.operations import (
    TransactAction,
    TransactDelete,
    TransactPut,
    TransactUpdate,
    TransactWriteItems,
)

_FALSE: Final = "ConditionalCheckFailed"
_FINE: Final = "None"
# How often unique values are read again because another writer changed them between reading and writing.
_ROUNDS_MAX: Final = 4


async def commit(gateway: Gateway, writes: Sequence[Write], token: str | None = None) -> None:
    """Send writes as one transaction, and bring the objects in memory up to date.

    Raises:
        ExpressionError: there are too many, they are too large, or two are to one item. Nothing was sent.
        UniqueViolation: a unique value is taken.
        ItemExists, ItemNotFound, VersionConflict, ConditionalCheckFailed: the condition of a write was false.
        TransactionCanceled: it was refused for another reason.
    """
    for rounds in range(1, _ROUNDS_MAX + 1):
        resolved = with_moved_guards([await resolve(gateway, write) for write in writes])
        actions = tuple(action for one in resolved for action in one.actions)
        _check_limits(actions)
        _check_apart(resolved)
        request = TransactWriteItems(actions, token or str(uuid.uuid4()))
        try:
            await gateway.send(request)
        except TransactionCanceled as canceled:
            # With a token of the user's, other actions would be another transaction of the same name.
            if token is None and rounds < _ROUNDS_MAX and _is_overtaken(resolved, canceled):
                continue
            error = _error(resolved, canceled)
            raise error from error.__cause__
        break
    for write in writes:
        write.applied(None)


# Limits ---------------------------------------------------------------------------------------------------


def _check_limits(actions: Sequence[TransactAction]) -> None:
    """Refuse what the service would refuse.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
    """
    if len(actions) > limits.TRANSACTION_ACTIONS:
        raise ExpressionError(
            f"the transaction has {len(actions)} actions, those on the guards of unique fields "
            "included; DynamoDB "
            f"takes {limits.TRANSACTION_ACTIONS}: split it"
        )
    if sum(map(_most_bytes, actions)) <= limits.TRANSACTION_BYTES:
        return
    size = sum(map(_size_bytes, actions))
    if size > limits.TRANSACTION_BYTES:
        raise ExpressionError(
            f"the items of the transaction have {size:,} bytes, DynamoDB takes "
            f"{limits.TRANSACTION_BYTES:,}: split it"
        )


def _check_apart(resolved: Sequence[Resolved]) -> None:
    """Refuse two actions on one item."""
    seen: set[object] = set()
    for identity in (identity for one in resolved for identity in one.identities):
        if identity in seen:
            raise ExpressionError(
                "two writes of the transaction concern one item, or one unique value, and DynamoDB "
                "takes one: "
                "make two transactions"
            )
        seen.add(identity)


def _most_bytes(action: TransactAction) -> int:
    """What an action weighs at most, where that is known at once. JSON has never fewer bytes than metered."""
    if isinstance(action, TransactPut) and isinstance(action.item, WireItem):
        return len(action.item.text)
    return _size_bytes(action)


def _size_bytes(action: TransactAction) -> int:
    match action:
        case TransactPut(item=item):
            return item_size_bytes(item)
        case TransactUpdate(key=key, update=Update(actions=actions)):
            values = (value for one in actions for value in one.constants)
            return item_size_bytes(key) + sum(value_size_bytes(value.stored) for value in values)
        case _:
            return item_size_bytes(action.key)


# Refusals -------------------------------------------------------------------------------------------------


def _reasons(
    resolved: Sequence[Resolved], canceled: TransactionCanceled
) -> Iterator[tuple[Resolved, GuardChange | None, CancellationReason]]:
    """The actions that failed, each with its write, and its guard if it is one's."""
    owners = [(one, guard) for one in resolved for guard in (None, *one.guards)]
    for (one, guard), reason in zip(owners, canceled.reasons, strict=False):
        if reason.code != _FINE:
            yield one, guard, reason


def _is_overtaken(resolved: Sequence[Resolved], canceled: TransactionCanceled) -> bool:
    """True if what failed of the writes is that unique values are not any more what was read.

    Guards fail along with it, as the other writer has changed them too.
    """
    failed = list(_reasons(resolved, canceled))
    own = [(one, reason) for one, guard, reason in failed if guard is None]
    # A guard that is given up fails if it has become another item's.
    lost = [guard for _, guard, _ in failed if guard is not None and isinstance(guard.action, TransactDelete)]
    return (
        bool(own or lost)
        and all(reason.code == _FALSE for _, _, reason in failed)
        and all(_is_only_stale(one, reason) for one, reason in own)
    )


def _is_only_stale(one: Resolved, reason: CancellationReason) -> bool:
    """True if the condition of a write itself is true, and only what was read for its guards is not."""
    if one.write is one.original:
        return False
    condition = one.original.condition
    try:
        return condition is None or holds(condition, reason.item)
    except (CodecError, ExpressionError):
        return False


def _error(resolved: Sequence[Resolved], canceled: TransactionCanceled) -> DDBModelError:
    """The specific error of the first action whose condition was false; else the refusal itself."""
    told, failed = _told(resolved, canceled), list(_reasons(resolved, canceled))
    for one, guard, reason in failed:
        if reason.code != _FALSE or (guard is None and _is_only_stale(one, reason)):
            continue
        error = _specific(one, guard, reason)
        error.__cause__ = told
        if len(failed) > 1:
            others = len(failed) - 1
            error.add_note(
                f"{others} more of the transaction's actions failed; the cause's `reasons` tell why"
            )
        return error
    if any(guard is None and _is_only_stale(one, reason) for one, guard, reason in failed):
        told.add_note("other writers kept changing a unique field between reading and writing: try again")
    return told


def _specific(one: Resolved, guard: GuardChange | None, reason: CancellationReason) -> DDBModelError:
    if guard is not None:
        return guard.violation(one.original)
    refusal = ConditionalCheckFailed(
        f"{one.original.subject}: its condition was false, so nothing of the transaction was written.",
        reason.item,
    )
    return error_of(one.original, refusal)


def _told(resolved: Sequence[Resolved], canceled: TransactionCanceled) -> TransactionCanceled:
    """The same refusal with one reason for each of the caller's writes, and the stored items decoded."""
    reasons = iter(canceled.reasons)
    told: list[CancellationReason] = []
    for one in resolved:
        mine = list(islice(reasons, 1 + len(one.guards)))
        if len(mine) != 1 + len(one.guards):
            return canceled  # the engine does not tell of all of them
        own = replace(mine[0], item=_decoded(one, mine[0].item))
        blamed = [replace(reason, item=None) for reason in mine[1:] if reason.code != _FINE]
        told.append(own if own.code != _FINE or not blamed else blamed[0])
    error = TransactionCanceled(str(canceled), told)
    error.__cause__ = canceled.__cause__
    return error


def _decoded(one: Resolved, item: Item | None) -> Any:
    """The model of a stored item; None if it is not one."""
    try:
        return None if item is None else decoded(one.write.plan, item)
    except CodecError:
        return None
