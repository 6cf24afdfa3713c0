"""What an attribute holds, by the values that were seen of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ddbmodel.codec.values import Item

PART: Final = "{part}"
"""Stands in a type for the class of its maps."""

# As datetimes are stored here: whatever else looks like one stays text, which comes back as it was.
_DATETIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_WHOLE: Final = re.compile(r"-?\d{1,38}")
_SCALARS: Final = {"BOOL": "bool", "B": "bytes", "SS": "set[str]", "BS": "set[bytes]"}
_UNSEEN: Final = {"S": "str", "N": "Decimal", "B": "bytes"}
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Maps with more keys, or of which only one was seen, may have a key for each value of something.
_PART_FIELDS_MAX: Final = 40
_ALIKE_MIN: Final = 2


@dataclass(frozen=True, slots=True)
class Inferred:
    """The Python type of an attribute.

    Attributes:
        type: as it is written in an annotation, without None, and with `PART` for the class of its maps.
        has_null: NULL was seen.
        is_missing: it was not in all of the items, or maps.
        part: what the maps hold, where they are alike.
    """

    type: str
    has_null: bool = False
    is_missing: bool = False
    part: Mapping[str, Inferred] | None = None

    @property
    def is_no_field(self) -> bool:
        """None of a field could be either, NULL or nothing, and one of them would become the other."""
        return self.has_null and self.is_missing


def infer(items: Iterable[Item], keys: Mapping[str, str]) -> dict[str, Inferred]:
    """Give the type of each attribute, in the order in which they were seen.

    Args:
        items: the sample.
        keys: the types of key attributes, which no sample is needed for.
    """
    seen: dict[str, list[Mapping[str, Any]]] = {name: [] for name in keys}
    count = 0
    for item in items:
        count += 1
        for name, stored in item.items():
            seen.setdefault(name, []).append(stored)
    return {name: _of(stored, count, keys.get(name)) for name, stored in seen.items()}


def _of(stored: list[Mapping[str, Any]], count: int, key_type: str | None = None) -> Inferred:
    values = [value for value in stored if "NULL" not in value]
    has_null, is_missing = len(values) < len(stored), len(stored) < count
    if key_type is not None and not values:
        return Inferred(_UNSEEN[key_type], is_missing=is_missing)
    kinds = {kind for value in values for kind in value}
    if len(kinds) != 1:
        return Inferred("Any", has_null, is_missing)
    (kind,) = kinds
    # A key may be anything its type allows in items that were not seen, but numbers that are whole stay so.
    kind_type, part = _type(kind, [value[kind] for value in values])
    return Inferred(kind_type, has_null, is_missing, part)


def _type(kind: str, values: list[Any]) -> tuple[str, Mapping[str, Inferred] | None]:
    match kind:
        case "S":
            return ("datetime" if all(_is_moment(value) for value in values) else "str"), None
        case "N":
            return _number(values), None
        case "NS":
            return f"set[{_number([number for value in values for number in value])}]", None
        case "L":
            return _list([element for value in values for element in value])
        case "M":
            part = _part(values)
            return ("dict[str, Any]" if part is None else PART), part
        case _:
            return _SCALARS.get(kind, "Any"), None


def _is_moment(text: str) -> bool:
    return _DATETIME.fullmatch(text) is not None and not text.startswith("0000")


def _number(values: list[str]) -> str:
    return "int" if all(_WHOLE.fullmatch(value) for value in values) else "Decimal"


def _list(elements: list[Mapping[str, Any]]) -> tuple[str, Mapping[str, Inferred] | None]:
    kinds = {kind for element in elements for kind in element}
    if len(kinds) != 1 or "NULL" in kinds:
        return "list[Any]", None
    (kind,) = kinds
    inner, part = _type(kind, [element[kind] for element in elements])
    return f"list[{inner}]", part


def _part(maps: list[Mapping[str, Any]]) -> Mapping[str, Inferred] | None:
    """Give the fields of maps that are alike; None if they are not."""
    seen: dict[str, list[Mapping[str, Any]]] = {}
    for each in maps:
        for name, stored in each.items():
            seen.setdefault(name, []).append(stored)
    if len(maps) < _ALIKE_MIN or not 1 <= len(seen) <= _PART_FIELDS_MAX:
        return None
    if any(2 * len(stored) < len(maps) or not _NAME.fullmatch(name) for name, stored in seen.items()):
        return None
    return {name: _of(stored, len(maps)) for name, stored in seen.items()}
