"""What has changed between two states of an item, as update actions: what `save` sends.

Only what the model declares is compared, so attributes that it does not know stay as they are, inside of
parts too. Lists and sets are values as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ddbmodel import limits
from ddbmodel.codec.base import Codec
from ddbmodel.codec.containers import DictCodec
from ddbmodel.codec.parts import FieldCodec, PartCodec
from ddbmodel.codec.sameness import same_stored
from ddbmodel.codec.values import AttributeValue, Item
from ddbmodel.errors import DDBModelError
from ddbmodel.expressions import Action, PathRef, Value
from ddbmodel.mapper.paths import attribute_path
from ddbmodel.model import ModelPlan

# More actions than this may not fit into an expression of 4 KB: then dicts are set as a whole, and parts,
# which may have entries that the model does not declare, are still changed field by field.
_NESTED_ACTIONS_MAX: Final = 60


def changes(plan: ModelPlan[Any], old: Item, read: Item, new: Item) -> list[Action]:
    """The actions that turn what was stored into what is to be stored.

    Args:
        plan: the model.
        old: the item as it was read.
        read: what would be stored of the model if it had not been changed since; see `as_read`.
        new: the item as the model is now.
    """
    nested = list(_changes(plan, old, read, new, is_nested=True))
    if len(nested) <= _NESTED_ACTIONS_MAX:
        return nested
    return list(_changes(plan, old, read, new, is_nested=False))


def as_read(plan: ModelPlan[Any], old: Item) -> Item:
    """What would be stored of the model if it had not been changed since it was read.

    It can differ from what is stored, in parts: it lacks what the model does not declare, has the defaults of
    what was not stored, and spells values as this library does. None of these is a change.
    """
    try:
        read = plan.encode(plan.decode(old))
    except DDBModelError:
        return old
    # Keys that templates write are what they should be, whatever was read.
    return {name: stored for name, stored in read.items() if name not in plan.hidden} | {
        name: old[name] for name in plan.hidden if name in old
    }


def _changes(plan: ModelPlan[Any], old: Item, read: Item, new: Item, *, is_nested: bool) -> Iterator[Action]:
    names = dict.fromkeys((*plan.part.by_stored_name, *plan.hidden, *new))
    if plan.part.keeps_extra:
        names |= dict.fromkeys(old)
    for name in names:
        states = _States(old.get(name), read.get(name), new.get(name))
        yield from _change(attribute_path(plan, name), states, is_nested=is_nested)


@dataclass(frozen=True, slots=True)
class _States:
    """A value as it was stored, as it was read, and as it is now; None where it is missing."""

    old: AttributeValue | None
    read: AttributeValue | None
    new: AttributeValue | None

    def at(self, name: str) -> _States:
        """The states of one entry of a map."""
        return _States(*(_entries(state).get(name) for state in (self.old, self.read, self.new)))


def _entries(stored: AttributeValue | None) -> Mapping[str, AttributeValue]:
    entries: Mapping[str, AttributeValue] = {} if stored is None else stored.get("M", {})
    return entries


def _change(path: PathRef, states: _States, *, is_nested: bool) -> Iterator[Action]:
    old, read, new = states.old, states.read, states.new
    if new is None:
        if old is not None and read is not None:
            yield Action("REMOVE", path)
        return
    if read is not None and same_stored(read, new):
        return
    inner = _inner_changes(path, states, is_nested=is_nested)
    if inner is None:
        yield Action("SET", path, Value(new))
    else:
        yield from inner


def _inner_changes(path: PathRef, states: _States, *, is_nested: bool) -> Iterator[Action] | None:
    """The changes inside of a map; None where the value is changed as a whole."""
    if states.old is None or "M" not in states.old or states.new is None or "M" not in states.new:
        return None
    if len(path.place.steps) >= limits.NESTING_LEVELS:
        return None  # no path leads deeper
    core = path.place.codec.core
    if type(core) is PartCodec and not core.keeps_extra:
        return _part_changes(path, core, states, is_nested=is_nested)
    if isinstance(core, DictCodec) and is_nested:
        return _entry_changes(path, core.entry, states)
    return None


def _part_changes(path: PathRef, part: PartCodec, states: _States, *, is_nested: bool) -> Iterator[Action]:
    for name, field in part.by_stored_name.items():
        inner = _step(path, name, f".{field.name}", field.codec, field)
        yield from _change(inner, states.at(name), is_nested=is_nested)


def _entry_changes(path: PathRef, codec: Codec, states: _States) -> Iterator[Action]:
    for name in dict.fromkeys((*_entries(states.old), *_entries(states.new))):
        inner = _step(path, name, "[...]", codec)
        yield from _change(inner, states.at(name), is_nested=True)


def _step(path: PathRef, name: str, label: str, codec: Codec, field: FieldCodec | None = None) -> PathRef:
    place = path.place
    return PathRef(place.root, (*place.steps, name), place.label + label, codec, field, parent=place)
