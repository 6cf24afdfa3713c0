"""What became of a write whose reply was lost: found out by reading back, where that can be known for sure.

A write of a model with a version leaves a mark in the item, that no other write leaves, and raises the
version by one. So the stored item tells:

| stored item | the write |
|---|---|
| has its mark | was applied |
| has the version and the mark that the model was read with | was not applied: it is sent again |
| has the next version, with another mark | was not applied: another writer was faster |
| anything else, or there is none | nobody knows |

It is sent again on the condition that the item still has that mark, so that it is refused once the first one
has been applied, however late that happens; what is read back then has the mark of the write. What is not
known stays `WriteOutcomeUnknown`: an item that is not there may have been written and
deleted since, and would come to life again. Only who deletes an item and makes it anew, up to the same
version, while a reply is being lost, is taken for a faster writer.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from typing import Any, Final, NoReturn

from ddbmodel.codec.values import Item
from ddbmodel.errors import ConditionalCheckFailed, WriteOutcomeUnknown
from ddbmodel.expressions import Comparison, Condition, Function, Value
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.paths import attribute_path
from ddbmodel.mapper.stamps import stored_version
from ddbmodel.mapper.write import Write, all_of
from ddbmodel.model.roles import WRITE_ATTRIBUTE
from ddbmodel.operations import DeleteItem, GetItem, GetItemResult, PutItem, UpdateItem

_ROUNDS_MAX: Final = 3


class _Outcome(Enum):
    APPLIED = "applied"
    NOT_APPLIED = "not applied, and can be sent again"
    OVERTAKEN = "not applied, as another writer was faster"
    UNKNOWN = "unknown"


async def send_settled(
    gateway: Gateway, write: Write, request: PutItem | UpdateItem | DeleteItem
) -> dict[str, Any]:
    """Send a write of one item, and find out what became of it if the reply is lost.

    Returns:
        The reply; of a write that was found to have been applied, what an update would return.

    Raises:
        ConditionalCheckFailed: as it came from the service, or as the item that was read back has it.
        WriteOutcomeUnknown: the reply was lost, and nothing tells what became of the write.
    """
    try:
        return await gateway.send(request)
    except WriteOutcomeUnknown as unknown:
        if not _can_be_settled(write, request):
            raise
        lost = unknown
    again = replace(request, condition=all_of(write.condition, _as_read(write)))
    refusal: ConditionalCheckFailed | None = None
    for _ in range(_ROUNDS_MAX):
        item = await _read_back(gateway, write, lost)
        match _outcome(write, item):
            case _Outcome.APPLIED:
                return {"Attributes": item}
            case _Outcome.OVERTAKEN:
                raise _overtaken(request, item)
            case _Outcome.UNKNOWN:
                _give_up(lost, item)
            case _Outcome.NOT_APPLIED if refusal is not None:
                raise refusal  # it is as it was read, so it is the caller's own condition that is false
            case _Outcome.NOT_APPLIED:
                answer = await _sent_again(gateway, again, lost)
                if isinstance(answer, dict):
                    return answer
                refusal = answer
    raise lost


def _can_be_settled(write: Write, request: PutItem | UpdateItem | DeleteItem) -> bool:
    if isinstance(request, PutItem | DeleteItem) and request.return_values != "NONE":
        return False  # nobody can tell what was there before
    return write.write_id is not None or write.version is not None


def _as_read(write: Write) -> Condition:
    """That the item still has the mark that it was read with."""
    path = attribute_path(write.plan, WRITE_ATTRIBUTE)
    mark = None if write.read is None else write.read.get(WRITE_ATTRIBUTE)
    return Function("attribute_not_exists", path) if mark is None else Comparison(path, "=", Value(mark))


async def _sent_again(
    gateway: Gateway, request: PutItem | UpdateItem | DeleteItem, lost: WriteOutcomeUnknown
) -> dict[str, Any] | ConditionalCheckFailed | None:
    """The reply, or the refusal, which has to be looked into; None if the reply was lost as well."""
    try:
        return await gateway.send(request)
    except WriteOutcomeUnknown:
        return None
    except ConditionalCheckFailed as refusal:
        return refusal
    except Exception as error:
        # Whatever it says of this attempt, the first one may have been applied.
        lost.add_note(f"sending it again failed: {type(error).__name__}")
        raise lost from error


async def _read_back(gateway: Gateway, write: Write, lost: WriteOutcomeUnknown) -> Item | None:
    request = GetItem(write.action.table, write.key, consistent=True)
    try:
        return GetItemResult.from_wire(await gateway.send(request)).item
    except Exception as error:
        lost.add_note(f"reading it back failed as well: {type(error).__name__}")
        raise lost from error


def _give_up(lost: WriteOutcomeUnknown, item: Item | None) -> NoReturn:
    if item is None:
        lost.add_note("there is no item now: the write was not applied, or the item was deleted since")
    else:
        lost.add_note("the item that is there now does not tell")
    raise lost


def _overtaken(request: PutItem | UpdateItem | DeleteItem, item: Item | None) -> ConditionalCheckFailed:
    message = f"{request.name} on table {request.table!r}: the condition is false of the item that is stored."
    return ConditionalCheckFailed(message, item)


def _outcome(write: Write, item: Item | None) -> _Outcome:
    if item is None:
        return _Outcome.UNKNOWN
    mark = item.get(WRITE_ATTRIBUTE)
    if write.write_id is not None and mark == {"S": write.write_id}:
        return _Outcome.APPLIED
    if write.version is None:
        return _Outcome.UNKNOWN
    stored = stored_version(write.plan, item)
    if stored == write.version and write.read is not None and mark == write.read.get(WRITE_ATTRIBUTE):
        return _Outcome.NOT_APPLIED
    return _Outcome.OVERTAKEN if stored == write.version + 1 else _Outcome.UNKNOWN
