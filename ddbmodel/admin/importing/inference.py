"""What an attribute holds, by the values that were seen of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ddbmodel.codec.values import Item

# As datetimes are stored here: whatever else looks like one stays text, which comes back as it was.
_DATETIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_WHOLE: Final = re.compile(r"-?\d{1,38}")
_SCALARS: Final = {"BOOL": "bool", "B": "bytes", "SS": "set[str]", "BS": "set[bytes]", "M": "dict[str, Any]"}
_UNSEEN: Final = {"S": "str", "N": "Decimal", "B": "bytes"}


@dataclass(frozen=True, slots=True)
class Inferred:
    """The Python type of an attribute.

    Attributes:
        type: as it is written in an annotation, without None.
        has_null: NULL was seen.
    """

    type: str
    has_null: bool = False


def infer(items: Iterable[Item], keys: Mapping[str, str]) -> dict[str, Inferred]:
    """Give the type of each attribute, in the order in which they were seen.

    Args:
        items: the sample.
        keys: the types of key attributes, which no sample is needed for.
    """
    seen: dict[str, list[Mapping[str, Any]]] = {name: [] for name in keys}
    for item in items:
        for name, stored in item.items():
            seen.setdefault(name, []).append(stored)
    return {name: _of(stored, keys.get(name)) for name, stored in seen.items()}


def _of(stored: list[Mapping[str, Any]], key_type: str | None) -> Inferred:
    values = [value for value in stored if "NULL" not in value]
    if key_type is not None and not values:
        return Inferred(_UNSEEN[key_type])
    kinds = {kind for value in values for kind in value}
    if len(kinds) != 1:
        return Inferred("Any", has_null=len(values) < len(stored))
    (kind,) = kinds
    # A key may be anything its type allows in items that were not seen, but numbers that are whole stay so.
    kind_type = _type(kind, [value[kind] for value in values])
    return Inferred(kind_type, has_null=len(values) < len(stored))


def _type(kind: str, values: list[Any]) -> str:
    match kind:
        case "S":
            return "datetime" if all(_is_moment(value) for value in values) else "str"
        case "N":
            return _number(values)
        case "NS":
            return f"set[{_number([number for value in values for number in value])}]"
        case "L":
            return _list([element for value in values for element in value])
        case _:
            return _SCALARS.get(kind, "Any")


def _is_moment(text: str) -> bool:
    return _DATETIME.fullmatch(text) is not None and not text.startswith("0000")


def _number(values: list[str]) -> str:
    return "int" if all(_WHOLE.fullmatch(value) for value in values) else "Decimal"


def _list(elements: list[Mapping[str, Any]]) -> str:
    kinds = {kind for element in elements for kind in element}
    if len(kinds) != 1 or "NULL" in kinds:
        return "list[Any]"
    (kind,) = kinds
    return f"list[{_type(kind, [element[kind] for element in elements])}]"
