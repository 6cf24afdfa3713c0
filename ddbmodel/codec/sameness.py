"""Whether two values are the same, in Python and in the table.

Python's `==` is not enough for a proof that nothing was lost: `1 == 1.0 == True`, and two objects of a class
without `__eq__` are never equal. Nor is it for stored values: `1.0` is `1`, and sets have no order.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from typing import Any

from pydantic import BaseModel

from ddbmodel.codec.numbers import canonical_number
from ddbmodel.codec.packing import unpack
from ddbmodel.codec.shapes import is_map, is_sequence, is_set
from ddbmodel.codec.values import AttributeValue
from ddbmodel.errors import CodecError


def same(left: Any, right: Any) -> bool:
    """Tell whether two values are of the same types all the way down, and equal.

    Private attributes of models do not count.
    """
    if left is right:
        return True
    if type(left) is not type(right):
        return False
    if isinstance(left, BaseModel):
        names = type(left).model_fields
        return same(left.model_extra, right.model_extra) and all(
            _same_attribute(name, left, right) for name in names
        )
    if is_map(left):
        return _same_maps(left, right)
    if is_sequence(left):
        return len(left) == len(right) and all(map(same, left, right))
    if is_set(left):
        return _same_sets(left, right)
    if is_dataclass(left):
        return all(_same_attribute(field.name, left, right) for field in fields(left))
    return _equal(left, right)


def _same_maps(left: Mapping[Any, Any], right: Mapping[Any, Any]) -> bool:
    if len(left) != len(right) or not _same_sets(left.keys(), right.keys()):
        return False
    if isinstance(left, OrderedDict) and list(left) != list(right):
        return False
    return all(same(entry, right[key]) for key, entry in left.items())


def _same_sets(left: AbstractSet[Any], right: AbstractSet[Any]) -> bool:
    members = {member: member for member in right}
    return len(left) == len(right) and all(
        member in members and same(member, members[member]) for member in left
    )


def _same_attribute(name: str, left: Any, right: Any) -> bool:
    missing = object()
    return same(getattr(left, name, missing), getattr(right, name, missing)) or not hasattr(left, name)


def _equal(left: Any, right: Any) -> bool:
    equality: Any = type(left).__eq__
    if equality is object.__eq__:  # the class has none of its own: compare what it holds
        return all(_same_attribute(name, left, right) for name in _attribute_names(left))
    try:
        return bool(left == right)
    except (TypeError, ValueError):  # such as arrays, which compare element by element
        return repr(left) == repr(right)


def _attribute_names(value: object) -> list[str]:
    names: list[str] = list(getattr(value, "__dict__", ()))
    for base in type(value).__mro__:
        slots: str | Iterable[str] = base.__dict__.get("__slots__", ())
        names.extend((slots,) if isinstance(slots, str) else slots)
    return names


def same_stored(left: AttributeValue, right: AttributeValue) -> bool:
    """Tell whether DynamoDB holds the same for two stored values."""
    return left == right or bool(_canonical(left) == _canonical(right))


def same_content(left: AttributeValue, right: AttributeValue) -> bool:
    """Tell whether two stored values are the same to the codec that reads them.

    A compressed value is the same as the uncompressed one, and as one that was compressed in another way.
    """
    return same_stored(left, right) or same_stored(_unpacked(left), _unpacked(right))


def _unpacked(stored: AttributeValue) -> AttributeValue:
    ((kind, value),) = stored.items()
    match kind:
        case "B":
            return _unpacked_bytes(stored)
        case "L":
            return {kind: [_unpacked(element) for element in value]}
        case "M":
            return {kind: {key: _unpacked(entry) for key, entry in value.items()}}
        case _:
            return stored


def _unpacked_bytes(stored: AttributeValue) -> AttributeValue:
    try:
        plain = unpack(stored["B"])
    except CodecError:
        return stored
    if plain is None:
        return stored
    return plain if "B" in plain else _unpacked(plain)


def _canonical(stored: AttributeValue) -> Any:
    ((kind, value),) = stored.items()
    match kind:
        case "N":
            return kind, canonical_number(value)
        case "NS":
            return kind, sorted(map(canonical_number, value))
        case "SS" | "BS":
            return kind, sorted(value)
        case "L":
            return kind, [_canonical(element) for element in value]
        case "M":
            return kind, {key: _canonical(entry) for key, entry in value.items()}
        case _:
            return kind, value
