"""What became of a write whose reply was lost: found out by reading back, where that can be known for sure.

A write of a model with a version leaves a mark in the item, that no other write leaves, and raises the
version by one. So the stored item tells:

| stored item | the write |
|---|---|
| has its mark | was applied |
| has the version that it found, or the next one with another mark | was not applied: it is sent again |
| anything else | nobody knows |

Sending it again is safe, as its condition is false once it has been applied, however late that happens; then
the item that comes with the refusal has the mark. What is not known stays `WriteOutcomeUnknown`.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Final

from ddbmodel.codec.values import Item
from ddbmodel.errors import ConditionalCheckFailed, ServiceError, WriteOutcomeUnknown
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.write import Presence, Write
from ddbmodel.model.roles import WRITE_ATTRIBUTE
from ddbmodel.operations import DeleteItem, GetItem, GetItemResult, PutItem, UpdateItem

_ROUNDS_MAX: Final = 3


class _Outcome(Enum):
    APPLIED = "applied"
    NOT_APPLIED = "not applied"
    UNKNOWN = "unknown"


async def send_settled(
    gateway: Gateway, write: Write, request: PutItem | UpdateItem | DeleteItem
) -> dict[str, Any]:
    """Send a write of one item, and find out what became of it if the reply is lost.

    Returns:
        The reply; of a write that was found to have been applied, what an update would return.

    Raises:
        ConditionalCheckFailed: as it came from the service.
        WriteOutcomeUnknown: the reply was lost, and nothing tells what became of the write.
    """
    lost: WriteOutcomeUnknown | None = None
    for _ in range(_ROUNDS_MAX):
        try:
            return await gateway.send(request)
        except WriteOutcomeUnknown as unknown:
            lost = unknown
            if not _can_be_settled(write, request):
                raise
            item = await _read_back(gateway, write, unknown)
        except ConditionalCheckFailed as refusal:
            if lost is None:
                raise
            item = refusal.item
            if _outcome(write, item) is _Outcome.NOT_APPLIED:
                raise
        outcome = _outcome(write, item)
        if outcome is _Outcome.APPLIED:
            return {} if item is None else {"Attributes": item}
        if outcome is _Outcome.UNKNOWN:
            raise lost
    assert lost is not None, "a round without an answer lost one"
    raise lost


def _can_be_settled(write: Write, request: PutItem | UpdateItem | DeleteItem) -> bool:
    if isinstance(request, PutItem | DeleteItem) and request.return_values != "NONE":
        return False  # nobody can tell what was there before
    return write.write_id is not None or write.version is not None or write.presence is Presence.NEW


async def _read_back(gateway: Gateway, write: Write, lost: WriteOutcomeUnknown) -> Item | None:
    request = GetItem(write.action.table, write.key, consistent=True)
    try:
        return GetItemResult.from_wire(await gateway.send(request)).item
    except ServiceError as error:
        lost.add_note(f"reading it back failed as well: {type(error).__name__}")
        raise lost from error


def _outcome(write: Write, item: Item | None) -> _Outcome:
    if item is None:
        # A new item that is not there can be written now. Anything else may have been deleted after the
        # write.
        is_new = write.presence is Presence.NEW or (write.version == 0 and write.verb != "delete")
        return _Outcome.NOT_APPLIED if is_new else _Outcome.UNKNOWN
    if write.write_id is not None and item.get(WRITE_ATTRIBUTE) == {"S": write.write_id}:
        return _Outcome.APPLIED
    if write.version is None:
        return _Outcome.UNKNOWN
    stored = _version(write, item)
    if write.verb == "delete":
        return _Outcome.NOT_APPLIED if stored >= write.version else _Outcome.UNKNOWN
    return _Outcome.NOT_APPLIED if stored in (write.version, write.version + 1) else _Outcome.UNKNOWN


def _version(write: Write, item: Item) -> int:
    field = write.plan.roles.version
    assert field is not None, "a version is checked only where there is one"
    text = item.get(field.stored_name, {}).get("N", "0")
    return int(text) if str(text).isdigit() else -1
