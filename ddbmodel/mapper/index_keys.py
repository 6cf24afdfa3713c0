"""Updates that concern the keys of indexes: what the service refuses, and what has to change with a field.

An attribute that a template writes changes with every field that it is written from, in the same request. So
all of these fields must be known: from the actions, from the key, or from what the caller knows.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ddbmodel import limits
from ddbmodel.codec.sizes import value_size_bytes
from ddbmodel.codec.values import AttributeValue, Item
from ddbmodel.errors import ExpressionError
from ddbmodel.expressions import Action, Condition, Value
from ddbmodel.mapper.knowledge import Knowledge
from ddbmodel.mapper.paths import attribute_path, field_path
from ddbmodel.model import ModelPlan
from ddbmodel.model.key_plan import KeyBinding, ShardedBinding
from ddbmodel.schema import TableSchema


@dataclass(frozen=True, slots=True)
class DependentKeys:
    """What an update changes beside what it was asked to.

    Attributes:
        actions: on the attributes that templates write.
        relied_on: the fields whose values were taken from what is known.
    """

    actions: tuple[Action, ...]
    relied_on: tuple[str, ...]


NO_KEYS: Final = DependentKeys((), ())


def dependent_keys(
    plan: ModelPlan[Any], actions: Sequence[Action], known: Knowledge, *, creates: bool
) -> DependentKeys:
    """Give the changes of the keys that are written from the fields that change.

    Args:
        plan: the model.
        actions: the update's.
        known: what is known of the stored item.
        creates: the update may make a new item, which needs all of its keys, and its key's fields.

    Raises:
        ExpressionError: a value that a key is written from is not known; the message says what to pass.
        CodecError: a value has no place in a key.
    """
    keys = plan.stored_keys
    changed = _changed_fields(plan, actions)
    primary = {binding.name for binding in keys.primary.bindings}
    made: list[Action] = []
    relied_on: dict[str, None] = {}
    for binding in keys.composed:
        if binding.name in primary or not (
            creates or any(field.name in changed for field in binding.sources)
        ):
            continue
        values: dict[str, AttributeValue | None] = {}
        if isinstance(binding, ShardedBinding):  # its shard follows from the key, which is always known
            values = {field.name: known.value(field.name) for field in plan.key_fields}
        for field in binding.sources:
            if field.name in changed:
                values[field.name] = _new_value(plan, binding, changed[field.name])
            elif known.has(field.name):
                values[field.name] = known.value(field.name)
                relied_on[field.name] = None
            else:
                raise _unknown(plan, binding, field.name, creates=creates)
        made.append(_rewritten(plan, binding, values))
    if creates and plan.stored_keys.managed:
        made += _identity_actions(plan, known)
    return DependentKeys(tuple(made), tuple(relied_on))


def unchanged_sources(plan: ModelPlan[Any], actions: Sequence[Action], read: Item) -> Condition | None:
    """That fields which keys are written from are as they were read, where others of the same key change.

    Args:
        plan: the model.
        actions: on fields.
        read: the item as it was read.
    """
    changed = _changed_fields(plan, actions)
    own = {field.name for field in plan.key_fields}
    relied_on = {
        source.name: None
        for binding in plan.stored_keys.composed
        if any(source.name in changed for source in binding.sources)
        for source in binding.sources
        if source.name not in changed and source.name not in own
    }
    fields = plan.part.fields
    known = {name: read.get(fields[name].stored_name) for name in relied_on}
    return Knowledge(plan, {}, known).condition(relied_on)


def settles_keys(plan: ModelPlan[Any], actions: Sequence[Action]) -> bool:
    """True if the actions and the key alone tell every key that is written from fields."""
    changed = _changed_fields(plan, actions)
    keys = {field.name for field in plan.key_fields}
    return all(
        field.name in keys or (field.name in changed and _is_constant(changed[field.name]))
        for binding in plan.stored_keys.composed
        for field in binding.sources
    )


def _changed_fields(plan: ModelPlan[Any], actions: Sequence[Action]) -> dict[str, Action]:
    """The actions by the names of the top-level fields that they change."""
    fields = plan.part.by_stored_name
    changed = ((str(action.path.place.steps[0]), action) for action in actions)
    return {fields[name].name: action for name, action in changed if name in fields}


def _is_constant(action: Action) -> bool:
    return action.verb == "REMOVE" or (action.verb == "SET" and isinstance(action.operand, Value))


def _new_value(plan: ModelPlan[Any], binding: KeyBinding, action: Action) -> AttributeValue | None:
    if not _is_constant(action) or len(action.path.place.steps) != 1:
        raise ExpressionError(
            f"{plan.model.__name__}, update: {binding.label} is written from {action.path!r}, whose "
            "new value is "
            "computed by the service and so not known here: set a value, or read the item, change it "
            "and save it"
        )
    return action.operand.stored if isinstance(action.operand, Value) else None


def _unknown(plan: ModelPlan[Any], binding: KeyBinding, field: str, *, creates: bool) -> ExpressionError:
    model = plan.model.__name__
    if creates:
        return ExpressionError(
            f"{model}, update: a new item needs {binding.label}, which is written from {field!r} as well: "
            "set it too, or create the item"
        )
    return ExpressionError(
        f"{model}, update: {binding.label} changes as well, and is written from {field!r} too, which "
        "is not known "
        f"here: pass given={{{field!r}: ...}} or the model that was read, given=...; it becomes a condition"
    )


def _rewritten(plan: ModelPlan[Any], binding: KeyBinding, values: dict[str, AttributeValue | None]) -> Action:
    """The action on the attribute; without one of its fields, the item leaves the index."""
    path, stored = attribute_path(plan, binding.name), binding.render(values)
    if stored is None:
        return Action("REMOVE", path, creates=True)
    plan.stored_keys.check_attribute(binding.name, stored)
    return Action("SET", path, Value(stored), creates=True)


def _identity_actions(plan: ModelPlan[Any], known: Knowledge) -> list[Action]:
    """What a new item has beside its key: the fields that the key is written from, and its entity's name."""
    keys, made = plan.stored_keys, list[Action]()
    names = {attribute.name for attribute in keys.table.key}
    for field in keys.fields:
        stored = known.value(field.name)
        if field.stored_name not in names and stored is not None:
            made.append(Action("SET", field_path(plan, field), Value(stored), creates=True))
    if keys.entity_attribute is not None:
        entity = Value({"S": keys.entity_name})
        made.append(Action("SET", attribute_path(plan, keys.entity_attribute), entity, creates=True))
    return made


def check_index_keys(table: TableSchema, actions: Iterable[Action]) -> None:
    """Refuse to set a key attribute of an index to a value that no key can have.

    Raises:
        ExpressionError: it is empty, or longer than a key can be.
    """
    longest = _longest(table)
    for action in actions:
        limit = longest.get(str(action.path.place.steps[0]))
        if limit is None:
            continue
        for value in action.constants:
            size = value_size_bytes(value.stored)
            if size < 1:
                raise ExpressionError(
                    f"{action.path!r} is a key of an index and cannot be empty; use .remove(), which takes "
                    "the item out of the index, if the field can do without a value"
                )
            if size > limit:
                raise ExpressionError(
                    f"{action.path!r} is a key of an index, which has {limit:,} bytes at most, not {size:,}: "
                    "shorten the value"
                )


def _longest(table: TableSchema) -> dict[str, int]:
    """How many bytes each key attribute of an index can have; the least, where several indexes have it."""
    longest: dict[str, int] = {}
    for index in table.indexes:
        for key, limit in (
            (index.partition_key, limits.PARTITION_KEY_BYTES),
            (index.sort_key, limits.SORT_KEY_BYTES),
        ):
            for attribute in key:
                longest[attribute.name] = min(limit, longest.get(attribute.name, limit))
    return longest
