"""Whether a path belongs to a model, and the paths of its fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ddbmodel.codec.parts import FieldCodec
from ddbmodel.codec.scalars import STR
from ddbmodel.errors import ExpressionError
from ddbmodel.expressions import PathRef
from ddbmodel.model import ModelPlan


def check_paths(plan: ModelPlan[Any], paths: Iterable[PathRef]) -> None:
    """Refuse paths of another model.

    Raises:
        ExpressionError: one of the paths starts from a class that is not the model or a base of it, or from a
            base that stores the field under another name, or not compressed where the model does.
    """
    model = plan.model.__name__
    for path in paths:
        if not issubclass(plan.model, path.place.root):
            raise ExpressionError(
                f"{path!r} is no path of {model}; a part's field is {model}.<field>.at({path!r})"
            )
        top = path.place.lineage[0].field
        if top is not None and plan.part.fields[top.name].stored_name != top.stored_name:
            raise ExpressionError(
                f"{path!r}: {model} stores {top.name} under another name; write {model}.{top.name}"
            )
        if top is not None and plan.part.fields[top.name].codec.opaque != top.codec.opaque:
            raise ExpressionError(
                f"{path!r}: of {path.place.root.__name__} and {model}, one stores {top.name} compressed; "
                f"write {model}.{top.name}"
            )


def field_path(plan: ModelPlan[Any], field: FieldCodec) -> PathRef:
    """The path of a field of the model."""
    # Not by getattr: a field may have the name of a method that every model has.
    return PathRef(
        plan.model, (field.stored_name,), f"{plan.model.__name__}.{field.name}", field.codec, field
    )


def attribute_path(plan: ModelPlan[Any], name: str) -> PathRef:
    """The path of an attribute by its name: of a field, of a key that a template writes, or any other."""
    field = plan.part.by_stored_name.get(name)
    return PathRef(plan.model, (name,), name, STR) if field is None else field_path(plan, field)


def attribute_paths(plan: ModelPlan[Any], names: Iterable[str]) -> tuple[PathRef, ...]:
    """The paths of attributes, sorted by their names."""
    return tuple(attribute_path(plan, name) for name in sorted(names))
