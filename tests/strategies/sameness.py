"""What "it came back" means: the same types all the way down, and equal values."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from typing import Any

from pydantic import BaseModel


def difference(before: Any, after: Any, place: str = "$") -> str | None:
    """Where and how two values differ; None if they are the same. Private attributes do not count."""
    if before is after:
        return None
    if type(before) is not type(after):
        return f"{place}: {type(before).__name__} became {type(after).__name__}"
    if isinstance(before, BaseModel):
        return _models(before, after, place)
    if is_dataclass(before):
        names = [field.name for field in fields(before)]
        return _first(
            difference(getattr(before, name), getattr(after, name), f"{place}.{name}") for name in names
        )
    if isinstance(before, Mapping):
        return _maps(before, after, place)
    if isinstance(before, list | tuple):
        if len(before) != len(after):
            return f"{place}: {len(before)} elements became {len(after)}"
        pairs = enumerate(zip(before, after, strict=True))
        return _first(difference(old, new, f"{place}[{index}]") for index, (old, new) in pairs)
    if isinstance(before, Set):
        return _sets(before, after, place)
    if type(before).__eq__ is object.__eq__:
        return difference(vars(before), vars(after), place)
    return None if before == after else f"{place}: {before!r} became {after!r}"


def _models(before: BaseModel, after: BaseModel, place: str) -> str | None:
    names = type(before).model_fields
    return _first(
        difference(getattr(before, name), getattr(after, name), f"{place}.{name}") for name in names
    ) or difference(before.model_extra, after.model_extra, place)


def _sets(before: Set[Any], after: Set[Any], place: str) -> str | None:
    twins = {member: member for member in after}
    if len(before) != len(after) or not all(member in twins for member in before):
        return f"{place}: the members {before!r} became {after!r}"
    return _first(difference(member, twins[member], f"{place}{{{member!r}}}") for member in before)


def _maps(before: Mapping[Any, Any], after: Mapping[Any, Any], place: str) -> str | None:
    if isinstance(before, OrderedDict) and list(before) != list(after):
        return f"{place}: the order of keys changed"
    return _sets(before.keys(), after.keys(), place) or _first(
        difference(entry, after[key], f"{place}[{key!r}]") for key, entry in before.items()
    )


def _first(differences: Any) -> str | None:
    return next((found for found in differences if found is not None), None)
