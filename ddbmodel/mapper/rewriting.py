"""An item of an older schema version, rewritten whole: what changes, and under which condition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from ddbmodel.codec.base import Codec
from ddbmodel.codec.parts import PartCodec
from ddbmodel.codec.sameness import same_stored
from ddbmodel.codec.values import AttributeValue, Item
from ddbmodel.expressions import Action, Comparison, Condition, Function, Value
from ddbmodel.mapper.paths import attribute_path
from ddbmodel.mapper.write import all_of
from ddbmodel.model import ModelPlan
from ddbmodel.model.schema_history import SCHEMA_ATTRIBUTE


@dataclass(frozen=True, slots=True)
class Rewriting:
    """How one item becomes what its model has become.

    Attributes:
        whole: the item as it will be stored.
        actions: what changes, attribute by attribute.
        condition: that nobody has changed what the upgrade came from. A version and the schema version say
            so; without a version, every attribute has to be as it was read, and what upgraders asked for in
            vain has to be missing still.
    """

    whole: Item
    actions: tuple[Action, ...]
    condition: Condition

    @classmethod
    def of(cls, plan: ModelPlan[Any], old: Item, new: Item) -> Self:
        """Describe it.

        Args:
            plan: the model.
            old: the item as it was read.
            new: the item of the model as it is now.

        Raises:
            CodecError: the item cannot be upgraded.
        """
        lacking = set[str]()
        upgraded = plan.upgraded(plan.stored_keys.completed(old), lacking)
        whole = _whole(plan, upgraded, new)
        actions = tuple(_actions(plan, old, whole))
        condition = all_of(*_unchanged(plan, old, lacking, actions))
        assert condition is not None, "it is at least on the schema version"
        return cls(whole, actions, condition)


def _whole(plan: ModelPlan[Any], upgraded: Item, new: Item) -> Item:
    """The model's attributes, and those that upgraders left beside them, inside of parts too."""
    fields = plan.part.by_stored_name
    declared = fields.keys() | plan.hidden
    beside = {name: stored for name, stored in upgraded.items() if name not in declared}
    own = {
        name: _overlaid(fields[name].codec, upgraded.get(name), stored) if name in fields else stored
        for name, stored in new.items()
    }
    return own if plan.part.keeps_extra else beside | own


def _overlaid(codec: Codec, under: AttributeValue | None, over: AttributeValue) -> AttributeValue:
    core = codec.core
    if (
        type(core) is not PartCodec
        or core.keeps_extra
        or under is None
        or "M" not in under
        or "M" not in over
    ):
        return over
    fields, entries = core.by_stored_name, under["M"]
    beside = {name: stored for name, stored in entries.items() if name not in fields}
    own = {
        name: _overlaid(fields[name].codec, entries.get(name), stored) if name in fields else stored
        for name, stored in over["M"].items()
    }
    return {"M": beside | own}


def _actions(plan: ModelPlan[Any], old: Item, whole: Item) -> Iterator[Action]:
    for name in _beside_key(plan, (*whole, *old)):
        before, after = old.get(name), whole.get(name)
        if after is None:
            yield Action("REMOVE", attribute_path(plan, name))
        elif before is None or not same_stored(before, after):
            yield Action("SET", attribute_path(plan, name), Value(after))


def _unchanged(
    plan: ModelPlan[Any], old: Item, lacking: set[str], actions: tuple[Action, ...]
) -> Iterator[Condition]:
    version = plan.roles.version
    if version is not None and version.stored_name in old:
        names = [SCHEMA_ATTRIBUTE]
    else:
        changed = (str(action.path.place.steps[0]) for action in actions)
        names = _beside_key(plan, (SCHEMA_ATTRIBUTE, *old, *changed, *sorted(lacking)))
    for name in names:
        path, stored = attribute_path(plan, name), old.get(name)
        yield (
            Function("attribute_not_exists", path) if stored is None else Comparison(path, "=", Value(stored))
        )


def _beside_key(plan: ModelPlan[Any], names: tuple[str, ...]) -> list[str]:
    key = {attribute.name for attribute in plan.stored_table.key}
    return [name for name in dict.fromkeys(names) if name not in key]
