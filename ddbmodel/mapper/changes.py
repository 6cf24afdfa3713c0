"""What has changed between two states of an item, as update actions: what `save` sends.

Only what the model declares is compared, so attributes that it does not know stay as they are, inside of
parts too. Lists and sets are values as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ddbmodel.codec.base import Codec
from ddbmodel.codec.containers import DictCodec
from ddbmodel.codec.numbers import canonical_number
from ddbmodel.codec.parts import FieldCodec, PartCodec
from ddbmodel.codec.values import AttributeValue, Item
from ddbmodel.expressions import Action, PathRef, Value
from ddbmodel.mapper.paths import attribute_path
from ddbmodel.model import ModelPlan

# More actions than this may not fit into an expression of 4 KB: then attributes are set as a whole.
_NESTED_ACTIONS_MAX: Final = 60


def changes(plan: ModelPlan[Any], old: Item, new: Item) -> list[Action]:
    """The actions that turn what was stored into what is to be stored.

    Args:
        plan: the model.
        old: the item as it was read.
        new: the item as the model is now.
    """
    nested = list(_changes(plan, old, new, is_nested=True))
    return nested if len(nested) <= _NESTED_ACTIONS_MAX else list(_changes(plan, old, new, is_nested=False))


def _changes(plan: ModelPlan[Any], old: Item, new: Item, *, is_nested: bool) -> Iterator[Action]:
    names = dict.fromkeys((*plan.part.by_stored_name, *plan.hidden, *new))
    if plan.part.keeps_extra:
        names |= dict.fromkeys(old)
    for name in names:
        yield from _change(attribute_path(plan, name), old.get(name), new.get(name), is_nested=is_nested)


def _change(
    path: PathRef, old: AttributeValue | None, new: AttributeValue | None, *, is_nested: bool
) -> Iterator[Action]:
    if new is None:
        if old is not None:
            yield Action("REMOVE", path)
    elif old is None:
        yield Action("SET", path, Value(new))
    elif not is_same(old, new):
        inner = _inner_changes(path, old, new) if is_nested else None
        if inner is None:
            yield Action("SET", path, Value(new))
        else:
            yield from inner


def _inner_changes(path: PathRef, old: AttributeValue, new: AttributeValue) -> Iterator[Action] | None:
    """The changes inside of a map; None where the value is changed as a whole."""
    if "M" not in old or "M" not in new:
        return None
    core = path.place.codec.core
    if type(core) is PartCodec and not core.keeps_extra:
        return _part_changes(path, core, old["M"], new["M"])
    if isinstance(core, DictCodec):
        return _entry_changes(path, core.entry, old["M"], new["M"])
    return None


def _part_changes(path: PathRef, part: PartCodec, old: Item, new: Item) -> Iterator[Action]:
    for name, field in part.by_stored_name.items():
        inner = _step(path, name, f".{field.name}", field.codec, field)
        yield from _change(inner, old.get(name), new.get(name), is_nested=True)


def _entry_changes(path: PathRef, codec: Codec, old: Item, new: Item) -> Iterator[Action]:
    for name in dict.fromkeys((*old, *new)):
        inner = _step(path, name, "[...]", codec)
        yield from _change(inner, old.get(name), new.get(name), is_nested=True)


def _step(path: PathRef, name: str, label: str, codec: Codec, field: FieldCodec | None = None) -> PathRef:
    place = path.place
    return PathRef(place.root, (*place.steps, name), place.label + label, codec, field, parent=place)


def is_same(one: AttributeValue, other: AttributeValue) -> bool:
    """Tell whether DynamoDB holds the same for both: sets have no order, `5.0` is `5`."""
    if one == other:
        return True
    if one.keys() != other.keys():
        return False
    ((kind, mine),) = one.items()
    theirs: Any = other[kind]
    match kind:
        case "N":
            return canonical_number(mine) == canonical_number(theirs)
        case "SS" | "BS":
            return set(mine) == set(theirs)
        case "NS":
            return set(map(canonical_number, mine)) == set(map(canonical_number, theirs))
        case "L":
            return len(mine) == len(theirs) and all(map(is_same, mine, theirs))
        case "M":
            return _same_entries(mine, theirs)
        case _:
            return False


def _same_entries(one: Mapping[str, AttributeValue], other: Mapping[str, AttributeValue]) -> bool:
    return one.keys() == other.keys() and all(is_same(one[name], other[name]) for name in one)
