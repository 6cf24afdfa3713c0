"""Writes of models with unique fields: the guards that change with them, in one transaction.

A guard is put under the condition that no other item has it, and deleted with the value that it guards. Which
values an item has now is read first, and asserted by the transaction; if another writer has changed one in
between, that is done again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ddbmodel.codec.sameness import same_stored
from ddbmodel.codec.values import AttributeValue, Item
from ddbmodel.errors import CodecError, ExpressionError, UniqueViolation
from ddbmodel.expressions import Action, Comparison, Condition, Function, Or, Update, Value
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.items import get_item
from ddbmodel.mapper.paths import attribute_path, field_path
from ddbmodel.mapper.write import Identity, Presence, Write, all_of
from ddbmodel.model import ModelPlan
from ddbmodel.model.guards import OWNER_ATTRIBUTE, UniqueGuard
from ddbmodel.model.keys import identity_of
from ddbmodel.operations import TransactAction, TransactCheck, TransactDelete, TransactPut, TransactUpdate


@dataclass(frozen=True, slots=True)
class GuardChange:
    """One guard that is put or deleted.

    Attributes:
        guard: which field it is of.
        value: the stored value that it guards.
        action: the put or delete.
    """

    guard: UniqueGuard
    value: AttributeValue
    action: TransactAction

    @property
    def identity(self) -> Identity:
        """Equal for two changes exactly if they are of the same guard."""
        return self.action.table, identity_of(self.guard.key(self.value))

    def violation(self, write: Write) -> UniqueViolation:
        """The error if the value is taken."""
        field = self.guard.field
        try:
            value: Any = field.decode(self.value)
        except CodecError:
            value = None
        return UniqueViolation(
            f"{write.subject}: the value of {field.name!r} belongs to another {write.plan.model.__name__}",
            field.name,
            value,
        )


@dataclass(frozen=True, slots=True)
class Resolved:
    """A write, ready to be sent in a transaction.

    Attributes:
        write: with the condition that the unique values are still the ones that were read.
        original: without it.
        guards: what happens to guards.
    """

    write: Write
    original: Write
    guards: tuple[GuardChange, ...] = ()

    @property
    def actions(self) -> Iterator[TransactAction]:
        """All actions, the write's own first."""
        yield self.write.action
        for change in self.guards:
            yield change.action

    @property
    def identities(self) -> Iterator[Identity]:
        """What tells the items that the actions are on."""
        yield self.write.identity
        for change in self.guards:
            yield change.identity


def with_moved_guards(resolved: Sequence[Resolved]) -> list[Resolved]:
    """Let a guard that one write gives up and another one takes change its owner, in one action."""
    given_up = {change.identity: one.write.key for one, change in _changes_of(resolved, TransactDelete)}
    taken = {change.identity for _, change in _changes_of(resolved, TransactPut)} & given_up.keys()
    return [replace(one, guards=tuple(_moved(one, given_up, taken))) for one in resolved]


def _changes_of(
    resolved: Sequence[Resolved], kind: type[TransactAction]
) -> Iterator[tuple[Resolved, GuardChange]]:
    for one in resolved:
        for change in one.guards:
            if isinstance(change.action, kind):
                yield one, change


def _moved(one: Resolved, given_up: Mapping[Identity, Item], taken: set[Identity]) -> Iterator[GuardChange]:
    for change in one.guards:
        if change.identity not in taken:
            yield change
        elif isinstance(change.action, TransactPut):
            condition = _free_for(one.write, one.write.key, given_up[change.identity])
            yield replace(change, action=replace(change.action, condition=condition))


def concerns_guards(write: Write) -> bool:
    """True if the write can change a unique value."""
    return bool(_new_values(write))


async def resolve(gateway: Gateway, write: Write) -> Resolved:
    """Read which unique values the item has now, and give the write with the guards that change.

    Cost: one consistent read, but for `create`; one more for each value that is given up.

    Raises:
        ExpressionError: an update gives a unique field a value that only the service knows.
        CodecError: a value is too long for a guard's key.
    """
    new = _new_values(write)
    if not new:
        return Resolved(write, write)
    old: Item | None = None
    if write.presence is not Presence.NEW:
        old = await get_item(gateway, write.action.table, write.key, consistent=True)
    condition = all_of(write.condition, *_assertions(write, old, new))
    asserted = replace(write, condition=condition, action=_under(write.action, condition))
    changes = [
        change for change in _changes(write, old or {}, new) if await _concerns(gateway, write, change)
    ]
    return Resolved(asserted, write, tuple(changes))


async def _concerns(gateway: Gateway, write: Write, change: GuardChange) -> bool:
    """False for a value whose guard is another item's, which is left alone.

    Two items can have one value where the field became unique later, or another program wrote it.
    """
    if isinstance(change.action, TransactPut):
        return True
    guard = await get_item(gateway, write.action.table, change.guard.key(change.value), consistent=True)
    return guard is None or guard.get(OWNER_ATTRIBUTE) == {"M": write.key}


def _new_values(write: Write) -> dict[str, AttributeValue | None]:
    """The unique fields that the write concerns, by stored name, with their new values."""
    names = [guard.field.stored_name for guard in write.plan.guards]
    match write.action:
        case TransactPut(item=item):
            return {name: item.get(name) for name in names}
        case TransactDelete():
            return dict.fromkeys(names)
        case TransactUpdate(update=Update(actions=actions)):
            changed = {str(action.path.place.steps[0]): action for action in actions}
            return {name: _value_of(write, changed[name]) for name in names if name in changed}
        case _:
            return {}


def _value_of(write: Write, action: Action) -> AttributeValue | None:
    if action.verb == "REMOVE":
        return None
    if action.verb == "SET" and isinstance(action.operand, Value):
        return action.operand.stored
    raise ExpressionError(
        f"{write.subject}: {action.path!r} is unique, and its new value is computed by the service: "
        "set a value"
    )


def _assertions(
    write: Write, old: Item | None, new: Mapping[str, AttributeValue | None]
) -> Iterator[Condition]:
    """That the item is as it was read, as far as unique values go."""
    plan = write.plan
    if old is None:
        if write.presence is Presence.ANY:
            yield _no_item(plan)
        return
    for name in new:
        path = field_path(plan, plan.part.by_stored_name[name])
        stored = old.get(name)
        yield (
            Function("attribute_not_exists", path) if stored is None else Comparison(path, "=", Value(stored))
        )


def _changes(write: Write, old: Item, new: Mapping[str, AttributeValue | None]) -> Iterator[GuardChange]:
    table, free = write.action.table, _free_for(write, write.key)
    for guard in write.plan.guards:
        name = guard.field.stored_name
        if name not in new:
            continue
        before, after = _set(old.get(name)), _set(new[name])
        is_kept = before is not None and after is not None and same_stored(before, after)
        # A put guards what it keeps as well: what was written before the field was unique has no guard yet.
        if after is not None and (not is_kept or isinstance(write.action, TransactPut)):
            item = guard.item(after, write.key)
            yield GuardChange(guard, after, TransactPut(table, item, free))
        if before is not None and not is_kept:
            yield GuardChange(guard, before, TransactDelete(table, guard.key(before), free))


def _set(stored: AttributeValue | None) -> AttributeValue | None:
    return None if stored is None or "NULL" in stored else stored


def _free_for(write: Write, *owners: Item) -> Condition:
    """That there is no guard, or one of these items has it.

    The item itself may have one that was left behind, when it expired or was deleted by another program.
    """
    owner = attribute_path(write.plan, OWNER_ATTRIBUTE)
    return Or((_no_item(write.plan), *(Comparison(owner, "=", Value({"M": key})) for key in owners)))


def _no_item(plan: ModelPlan[Any]) -> Condition:
    return Function("attribute_not_exists", attribute_path(plan, plan.stored_table.partition_key[0].name))


def _under(action: TransactAction, condition: Condition | None) -> TransactAction:
    if isinstance(action, TransactCheck):
        return action
    return replace(action, condition=condition)
