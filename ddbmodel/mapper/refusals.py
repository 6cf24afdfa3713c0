"""What the service refuses of a write to one item, in terms of the model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeVar

from pydantic import BaseModel

from ddbmodel.codec.values import Item
from ddbmodel.errors import (
    CodecError,
    ConditionalCheckFailed,
    DDBModelError,
    ExpressionError,
    ItemExists,
    ItemNotFound,
    RequestRefused,
    SchemaOutdated,
    VersionConflict,
)
from ddbmodel.expressions import Action, Condition, Place, failed_clauses
from ddbmodel.mapper.reading import decoded
from ddbmodel.mapper.stamps import stored_version
from ddbmodel.mapper.write import Presence, Write
from ddbmodel.model import ModelPlan

M = TypeVar("M", bound=BaseModel)
E = TypeVar("E", bound=DDBModelError)

# What DynamoDB says. Engines put more behind it.
_NO_PARENT: Final = "document path provided in the update expression is invalid"
_NO_OPERAND: Final = "refers to an attribute that does not exist"


def error_of(write: Write, refusal: ConditionalCheckFailed) -> DDBModelError:
    """The error of a write whose condition was false: what that means for what the caller wanted.

    Args:
        write: the write.
        refusal: as it came from the service, with the item as it is stored, if the engine returns it.
    """
    found, stored = decoded_refusal(refusal, write.plan, write.condition), refusal.item
    if write.presence is Presence.NEW and (stored is not None or write.when is None):
        return _noted(
            ItemExists(f"{write.subject}: there is an item with this key; use put to replace it", found.item),
            found,
        )
    if _is_conflict(write, stored):
        message = (
            f"{write.subject}: another writer was faster, so the stored version is not the one that "
            "was read; read "
            "the item again, or let mapper.retry_on_conflict do it"
        )
        return _noted(VersionConflict(message, found.item, found.failed), found)
    if write.verb == "update" and stored is not None and _is_older(write.plan, stored):
        message = (
            f"{write.subject}: the item is stored in an older schema version, whose attributes an update "
            f"cannot change: save or migrate the {write.plan.model.__name__} first"
        )
        return _noted(SchemaOutdated(message, found.item, found.failed), found)
    if write.presence is Presence.STORED and stored is None and write.when is None:
        return ItemNotFound(f"{write.subject}: there is no item with this key; create it{_upsert(write)}")
    return found


def _is_conflict(write: Write, stored: Item | None) -> bool:
    field = write.plan.roles.version
    if write.version is None or field is None:
        return False
    if stored is None:
        return write.when is None and write.version > 0
    return stored_version(write.plan, stored) != write.version


def _is_older(plan: ModelPlan[Any], stored: Item) -> bool:
    try:
        return not plan.history.is_current(stored)
    except CodecError:
        return False  # it is newer, or not to be read at all: a note says so


def _upsert(write: Write) -> str:
    if write.verb != "update":
        return ""
    return ", or pass upsert=True if the actions may make one"


def _noted(error: E, found: ConditionalCheckFailed) -> E:
    for note in getattr(found, "__notes__", ()):
        error.add_note(note)
    return error


def decoded_refusal(
    refusal: ConditionalCheckFailed, plan: ModelPlan[Any], condition: Condition | None
) -> ConditionalCheckFailed:
    """The same refusal in terms of the model: with the stored item, and what of the condition was false.

    The item is None where it is not one of this model; a note says so.

    Args:
        refusal: as it came from the service, with the item as it is stored.
        plan: the model's.
        condition: the whole condition that was sent.
    """
    failed, finding = _finding(condition, refusal.item)
    message = f"{refusal} {finding}".rstrip()
    if refusal.item is None:
        return type(refusal)(message)
    try:
        return type(refusal)(message, decoded(plan, refusal.item), failed)
    except CodecError as error:
        undecoded = type(refusal)(message, None, failed)
        undecoded.add_note(f"the stored item could not be read: {error}")
        return undecoded


def _finding(condition: Condition | None, item: Item | None) -> tuple[tuple[Condition, ...], str]:
    """What of a condition was false of the stored item, and a sentence on it; neither where it is not known.

    Some engines keep the item to themselves. That is sure where the condition is true of no item.
    """
    if condition is None:
        return (), ""
    try:
        failed = failed_clauses(condition, item)
    except (CodecError, ExpressionError):
        return (), ""  # what was refused stays refused, also where it cannot be explained
    if not failed:
        return (), ""
    if item is None:
        return (), "There is no item with this key: none came with the refusal."
    return failed, f"False of the stored item: {', '.join(map(_shown, failed))}."


def _shown(condition: Condition) -> str:
    """A condition without the keys of maps in its paths, which are the user's data."""
    shown = repr(condition)
    for path in sorted(condition.paths, key=lambda path: len(path.place.label), reverse=True):
        shown = shown.replace(path.place.label, _label(path.place))
    return shown


def _label(place: Place) -> str:
    above = "" if place.parent is None else _label(place.parent)
    own = place.label.removeprefix("" if place.parent is None else place.parent.label)
    return above + (own if place.field is not None or isinstance(place.steps[-1], int) else "[...]")


def decoded_result(plan: ModelPlan[M], item: Item, verb: str) -> M:
    """The item that a write returned.

    Raises:
        CodecError: it is not one of this model; a note says that the write happened.
    """
    try:
        return decoded(plan, item)
    except CodecError as error:
        error.add_note(f"the {verb} has been written; only the item that it returned could not be read")
        raise


def explained_refusal(
    refusal: RequestRefused, plan: ModelPlan[Any], actions: Sequence[Action]
) -> RequestRefused:
    """The same refusal of an update, with the paths that are to blame, and what to do about them."""
    advice = _advice(str(refusal), plan, actions)
    if advice is None:
        return refusal
    return type(refusal)(
        f"{refusal} {advice}",
        operation=refusal.operation,
        table=refusal.table,
        code=refusal.code,
        request_id=refusal.request_id,
    )


def _advice(said: str, plan: ModelPlan[Any], actions: Sequence[Action]) -> str | None:
    if _NO_PARENT in said:
        nested = [action.path for action in actions if action.path.place.parent is not None]
        parents = {repr(path): path.place.lineage[0].label for path in nested}
        return (
            f"The stored {plan.model.__name__} has no map or list that {_listed(parents)} leads into. "
            f"Nothing was written: set {_listed(dict.fromkeys(parents.values()))} as a whole first."
        )
    if _NO_OPERAND in said:
        operands = {
            repr(path): None
            for action in actions
            if action.operand is not None
            for path in action.operand.paths
        }
        return (
            f"The stored {plan.model.__name__} lacks an attribute that a new value is computed from "
            f"({_listed(operands)}). Nothing was written: "
            "use .increment(..., start=...) or .add(...), or set it first."
        )
    return None


def _listed(names: dict[str, Any]) -> str:
    return ", ".join(names)
