"""From the verbs' arguments to described writes: what is checked, stamped, and put under which condition.

Nothing here is sent. The unique fields of a model are not looked at: see `unique`.
"""

# pyright: reportUnnecessaryIsInstance=false, reportUnnecessaryComparison=false
# The checks are for callers without a type checker.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

from ddbmodel.codec.sameness import same_stored
from ddbmodel.codec.values import Item
from ddbmodel.errors import ExpressionError
from ddbmodel.expressions import Action, Comparison, Condition, Function, Or, PathRef, Update, Value
from ddbmodel.mapper.arguments import plan_of_object
from ddbmodel.mapper.changes import as_read, changes
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.index_keys import (
    NO_KEYS,
    check_index_keys,
    dependent_keys,
    settles_keys,
    unchanged_sources,
)
from ddbmodel.mapper.knowledge import Given, Knowledge
from ddbmodel.mapper.paths import attribute_path, check_paths
from ddbmodel.mapper.rewriting import Rewriting
from ddbmodel.mapper.stamps import Stamp, new_write_id, version_of
from ddbmodel.mapper.write import Presence, Write, all_of
from ddbmodel.model import ItemKey, ModelPlan, plan_of
from ddbmodel.model.roles import WRITE_ATTRIBUTE
from ddbmodel.model.schema_history import SCHEMA_ATTRIBUTE
from ddbmodel.model.stored import remembered
from ddbmodel.operations import TransactCheck, TransactDelete, TransactPut, TransactUpdate


@dataclass(frozen=True, slots=True)
class Drafts:
    """Describes the writes of one mapper.

    Attributes:
        gateway: knows the names of tables, the time, and whether writes leave a mark.
        mark: the mark that they leave; each its own if None.
    """

    gateway: Gateway
    mark: str | None = None

    # Whole items ----------------------------------------------------------------------------------------

    def put(self, model: BaseModel, when: Condition | None, *, verb: str = "put") -> Write:
        """Create or replace an item."""
        plan = plan_of_object(verb, model)
        check_condition(plan, when)
        stamp = self._stamp(plan, version_of(plan, model), when)
        return self._put(model, stamp, when, Presence.ANY, verb)

    def create(self, model: BaseModel, when: Condition | None) -> Write:
        """Write an item whose key is new."""
        plan = plan_of_object("create", model)
        check_condition(plan, when)
        version = None if plan.roles.version is None else 0
        stamp = self._stamp(plan, version, _ALWAYS)
        return self._put(model, stamp, when, Presence.NEW, "create")

    def _put(
        self, model: BaseModel, stamp: Stamp, when: Condition | None, presence: Presence, verb: str
    ) -> Write:
        plan = stamp.plan
        item = plan.encode(model, stamp.attributes(model))
        if presence is Presence.NEW:
            condition = all_of(_presence(plan, presence), when)
        else:
            condition = all_of(stamp.condition, when)
        return Write(
            plan=plan,
            verb=verb,
            key=plan.key_from_item(item),
            action=TransactPut(self.gateway.table_name(plan), item, condition),
            condition=condition,
            when=when,
            presence=presence,
            version=stamp.version,
            read=None if presence is Presence.NEW else remembered(model),
            write_id=stamp.write_id,
            applied=lambda _: stamp.bring_up_to_date(model, item),
        )

    def save(self, model: BaseModel, when: Condition | None) -> Write | None:
        """Write what has changed since a model was read or written; None if nothing is to be sent."""
        plan = plan_of_object("save", model)
        old = remembered(model)
        if old is None:
            return self.put(model, when, verb="save")
        check_condition(plan, when)
        stamp = self._stamp(plan, version_of(plan, model), _ALWAYS)
        if not plan.history.is_current(old):
            return self._rewrite(model, old, when, stamp)
        read, now = as_read(plan, old), plan.encode(model)
        _check_same_key(plan, old, now)
        if when is None and not _has_changed(plan, old, changes(plan, old, read, now)):
            return None
        new = plan.encode(model, stamp.attributes(model))
        actions = changes(plan, old, read, new)
        # A version says that nothing has changed. Without one, the sources of index keys must not have.
        beside = None if stamp.version is not None else unchanged_sources(plan, actions, read)
        condition = all_of(_presence(plan, Presence.STORED), stamp.condition, beside, when)
        table, key = self.gateway.table_name(plan), plan.key_from_item(new)
        return Write(
            plan=plan,
            verb="save",
            key=key,
            action=_update_action(table, key, actions, condition),
            condition=condition,
            when=when,
            presence=Presence.STORED,
            version=stamp.version,
            read=old,
            write_id=stamp.write_id,
            applied=lambda _: stamp.bring_up_to_date(model, _merged(plan, old, new)),
        )

    def migrate(self, model: BaseModel) -> Write:
        """Write a model as it was read from an item of an older schema version.

        The version is raised, so that who has read the item in its old form cannot save it over the new one.
        The times stay what they are.
        """
        plan, old = plan_of_object("migrate", model), remembered(model)
        assert old is not None, "the model was read"
        stamp = self._stamp(plan, version_of(plan, model), _ALWAYS)
        times = {field.stored_name for field in (plan.roles.updated_at, plan.roles.created_at) if field}
        own = {name: stored for name, stored in stamp.attributes(model).items() if name not in times}
        return self._rewrite(model, old, None, stamp, own)

    def _rewrite(
        self,
        model: BaseModel,
        old: Item,
        when: Condition | None,
        stamp: Stamp,
        own: Item | None = None,
    ) -> Write:
        """Write the whole of a model that was upgraded, over the item that it was read from.

        `own` is what the write sets by itself: of a migration, and else all of the stamp's.
        """
        plan, verb = stamp.plan, "save" if own is None else "migrate"
        own = stamp.attributes(model) if own is None else own
        new = plan.encode(model, own)
        _check_same_key(plan, old, new)
        rewriting = Rewriting.of(plan, old, new)
        unchanged = all_of(rewriting.condition, when)
        condition = all_of(_presence(plan, Presence.STORED), stamp.condition, unchanged)
        table, key = self.gateway.table_name(plan), plan.key_from_item(new)
        return Write(
            plan=plan,
            verb=verb,
            key=key,
            action=_update_action(table, key, rewriting.actions, condition),
            condition=condition,
            when=unchanged,
            presence=Presence.STORED,
            version=stamp.version,
            read=old,
            write_id=stamp.write_id,
            applied=lambda _: stamp.bring_up_to_date(model, rewriting.whole),
        )

    # In place -------------------------------------------------------------------------------------------

    def update(
        self,
        target: ItemKey[Any] | BaseModel,
        key: ItemKey[Any],
        actions: Sequence[Action],
        when: Condition | None,
        *,
        upsert: bool | None,
        given: Given,
        raised: int = 0,
    ) -> Write:
        """Change attributes of an item, and with them whatever is written from them.

        `raised` is by how much the caller has raised the item's version since the target was read.
        """
        plan = plan_of(key.model)
        check_actions(plan, actions)
        check_condition(plan, when)
        creates = self._creates(plan, actions, upsert)
        version = _raised_version(plan, target, raised)
        stamp = self._stamp(plan, version, _ALWAYS)
        stamped = (*actions, *stamp.actions(actions, creates=creates))
        keys, relied_on = NO_KEYS, None
        if given is not None or plan.stored_keys.managed:
            known = Knowledge.of(plan, key, when, given)
            keys = dependent_keys(plan, stamped, known, creates=creates)
            relied_on = known.condition(keys.relied_on)
        presence = Presence.ANY if creates else Presence.STORED
        current = _of_today(plan, creates=creates)
        condition = all_of(_presence(plan, presence), stamp.condition, current, relied_on, when)
        table = self.gateway.table_name(plan)
        return Write(
            plan=plan,
            verb="update",
            key=key.attributes,
            action=_update_action(table, key.attributes, (*stamped, *keys.actions), condition),
            condition=condition,
            when=when,
            presence=presence,
            version=version,
            read=remembered(target),
            write_id=stamp.write_id,
            actions=tuple(actions),
        )

    def _creates(self, plan: ModelPlan[Any], actions: Sequence[Action], upsert: bool | None) -> bool:
        """Whether the update may make a new item: only one that can be read, and that every index finds."""
        if upsert is None:
            return not plan.guards and completes(plan, actions) and settles_keys(plan, actions)
        return upsert

    def delete(self, target: ItemKey[Any] | BaseModel, key: ItemKey[Any], when: Condition | None) -> Write:
        """Delete an item."""
        plan = plan_of(key.model)
        check_condition(plan, when)
        version = version_of(plan, target) if isinstance(target, BaseModel) else None
        condition = all_of(Stamp(plan, self.gateway.now(), version).condition, when)
        return Write(
            plan=plan,
            verb="delete",
            key=key.attributes,
            action=TransactDelete(self.gateway.table_name(plan), key.attributes, condition),
            condition=condition,
            when=when,
            version=version,
            read=remembered(target),
        )

    def check(self, target: ItemKey[Any] | BaseModel, key: ItemKey[Any], when: Condition) -> Write:
        """Let a transaction happen only if a condition holds of an item, and of a model's version."""
        plan = plan_of(key.model)
        check_condition(plan, when)
        version = version_of(plan, target) if isinstance(target, BaseModel) else None
        condition = all_of(Stamp(plan, self.gateway.now(), version).condition, when)
        if condition is None:
            raise ExpressionError(f"check {plan.model.__name__}: give the condition that has to hold")
        return Write(
            plan=plan,
            verb="check",
            key=key.attributes,
            action=TransactCheck(self.gateway.table_name(plan), key.attributes, condition),
            condition=condition,
            when=when,
            version=version,
        )

    def _stamp(self, plan: ModelPlan[Any], version: int | None, when: object) -> Stamp:
        """Give what the write adds. It leaves a mark if there is a version, or if it is wanted and of use."""
        marks = plan.roles.version is not None or (self.gateway.write_ids and when is not None)
        return Stamp(plan, self.gateway.now(), version, (self.mark or new_write_id()) if marks else None)


_ALWAYS: Final = object()


def _update_action(
    table: str, key: Item, actions: Sequence[Action], condition: Condition | None
) -> TransactUpdate | TransactCheck:
    if actions:
        return TransactUpdate(table, key, Update(tuple(actions)), condition)
    assert condition is not None, "without actions there is a condition to check"
    return TransactCheck(table, key, condition)


def _has_changed(plan: ModelPlan[Any], old: Item, actions: Sequence[Action]) -> bool:
    """True if something has changed beside what a write sets by itself."""
    roles = plan.roles
    own = {field.stored_name for field in (roles.version, roles.updated_at) if field} | {WRITE_ATTRIBUTE}
    if roles.created_at is not None and roles.created_at.stored_name not in old:
        own.add(roles.created_at.stored_name)
    return any(action.path.place.steps[0] not in own for action in actions)


def _merged(plan: ModelPlan[Any], old: Item, new: Item) -> Item:
    """What is stored after a save: what the model declares as it is now, the rest as it was read."""
    declared = plan.part.by_stored_name.keys() | plan.hidden
    return {name: stored for name, stored in old.items() if name not in declared} | dict(new)


def _check_same_key(plan: ModelPlan[Any], old: Item, new: Item) -> None:
    for attribute in plan.stored_table.key:
        if attribute.name in old and not same_stored(old[attribute.name], new[attribute.name]):
            raise ExpressionError(
                f"save {plan.model.__name__}: its key has changed since it was read, and the key of "
                "an item never "
                "changes: create it as a new item, and delete the old one"
            )


def _presence(plan: ModelPlan[Any], presence: Presence) -> Condition | None:
    path: PathRef = attribute_path(plan, plan.stored_table.partition_key[0].name)
    match presence:
        case Presence.NEW:
            return Function("attribute_not_exists", path)
        case Presence.STORED:
            return Function("attribute_exists", path)
        case Presence.ANY:
            return None


def _raised_version(plan: ModelPlan[Any], target: ItemKey[Any] | BaseModel, raised: int) -> int | None:
    """The version of a model that was read, after the caller's own writes since; None of a key."""
    version = version_of(plan, target) if isinstance(target, BaseModel) else None
    return None if version is None else version + raised


def _of_today(plan: ModelPlan[Any], *, creates: bool) -> Condition | None:
    """That the item is in the schema version of the class, which the paths of an update are of."""
    if not plan.history.is_kept:
        return None
    same = Comparison(attribute_path(plan, SCHEMA_ATTRIBUTE), "=", Value(plan.history.mark))
    new = _presence(plan, Presence.NEW)
    return Or((new, same)) if creates and new is not None else same


def check_condition(plan: ModelPlan[Any], when: Condition | None) -> None:
    """Refuse what is no condition on the model.

    Raises:
        ExpressionError: it is none, or has a path of another model.
    """
    if when is None:
        return
    if not isinstance(when, Condition):
        raise ExpressionError(
            f"when= takes a condition such as {plan.model.__name__}.status == ..., "
            f"not a {type(when).__name__}"
        )
    check_paths(plan, when.paths)


def completes(plan: ModelPlan[Any], actions: Sequence[Action]) -> bool:
    """True if the actions alone, with the key, make an item that the model can be read from."""
    given = {
        action.path.place.steps[0]
        for action in actions
        if action.creates and len(action.path.place.steps) == 1
    }
    return plan.required <= given


def check_actions(plan: ModelPlan[Any], actions: Sequence[Action]) -> None:
    """Refuse what is no action, what concerns another model, and changes of the primary key or version.

    Raises:
        ExpressionError: one of these.
    """
    keys = {field.stored_name for field in plan.key_fields}
    version = plan.roles.version
    for action in actions:
        if not isinstance(action, Action):
            raise ExpressionError(
                f"update takes actions such as {plan.model.__name__}.status.set(...), "
                f"not a {type(action).__name__}"
            )
        operand_paths = () if action.operand is None else action.operand.paths
        check_paths(plan, (action.path, *operand_paths))
        name = action.path.place.steps[0]
        if name in keys:
            raise ExpressionError(
                f"{action.path!r} is part of the primary key, which never changes: "
                "put a new item and delete the old one"
            )
        if version is not None and name == version.stored_name:
            raise ExpressionError(f"{action.path!r} is the version, which every write raises by itself")
    if not actions:
        raise ExpressionError("an update needs at least one action, such as Order.total.add(5)")
    check_index_keys(plan.stored_table, actions)
