"""From columns of text to fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import AliasChoices, BaseModel
from pydantic.fields import FieldInfo

from ddbmodel.errors import SourceError
from ddbmodel.ingest.validation import Validator


def values_of(
    record: Mapping[str, str],
    columns: Mapping[str, str],
    model: type[BaseModel],
    *,
    empty: Literal["missing", "text"],
) -> dict[str, Any]:
    """Give the values of a record by field, with parts as dicts of their own."""
    values: dict[str, Any] = {}
    mapped = set(columns.values())
    for name, cell in record.items():
        if name not in mapped:
            _put(values, name, cell, model, empty)
    for field_path, column in columns.items():
        if column in record:
            _put(values, field_path, record[column], model, empty)
    return values


def _put(values: dict[str, Any], path: str, cell: str, model: type[BaseModel], empty: str) -> None:
    given: str | None = cell
    if not cell and empty == "missing":
        if path not in required_nullable(model):
            return
        given = None
    inside = values
    *parts, name = path.split(".")
    for part in parts:
        inside = inside.setdefault(part, {})
    inside[name] = given


@cache
def required_nullable(model: type[BaseModel]) -> frozenset[str]:
    """Give the fields that have to be given, and can be None."""
    return frozenset(
        name
        for name, info in model.model_fields.items()
        if info.is_required() and _takes_none(info.annotation)
    )


def _takes_none(annotation: Any) -> bool:
    return annotation is NoneType or (
        get_origin(annotation) in (Union, UnionType) and NoneType in get_args(annotation)
    )


def check_columns(
    name: str, header: Sequence[str], columns: Mapping[str, str], validator: Validator[Any]
) -> None:
    """Refuse columns that are missing, or that would be dropped.

    Raises:
        SourceError: naming the column.
    """
    model = validator.model
    known = set(_names(model))
    for field_path, column in columns.items():
        if column not in header:
            raise SourceError(f"{name}: there is no column {column!r}, which columns= names")
        if field_path.split(".")[0] not in known and model.model_config.get("extra") != "allow":
            raise SourceError(f"columns=: {model.__name__} has no field {field_path!r}")
    if validator.unknown == "ignore" or model.model_config.get("extra") == "allow":
        return
    mapped = set(columns.values())
    for column in header:
        if column not in mapped and column.split(".")[0] not in known:
            raise SourceError(
                f"{name}: column {column!r} is no field of {model.__name__}: give its field with columns=, "
                'or leave out what is no field with unknown="ignore"'
            )


def _names(model: type[BaseModel]) -> Iterator[str]:
    for field, info in model.model_fields.items():
        yield field
        yield from _aliases(info)
    yield from model.model_computed_fields


def _aliases(info: FieldInfo) -> Iterator[str]:
    alias = info.validation_alias or info.alias
    choices = alias.choices if isinstance(alias, AliasChoices) else [alias]
    for choice in choices:
        if isinstance(choice, str):
            yield choice
        elif choice is not None:
            yield str(choice.path[0])
