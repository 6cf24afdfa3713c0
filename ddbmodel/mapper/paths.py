"""Whether a path belongs to a model, and the paths of key fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ddbmodel.codec.parts import FieldCodec
from ddbmodel.errors import ExpressionError
from ddbmodel.expressions import PathRef
from ddbmodel.model import ModelPlan


def check_paths(plan: ModelPlan[Any], paths: Iterable[PathRef]) -> None:
    """Refuse paths of another model.

    Raises:
        ExpressionError: one of the paths starts from a class that is not the model or a base of it.
    """
    for path in paths:
        if not issubclass(plan.model, path.place.root):
            raise ExpressionError(
                f"{path!r} is no path of {plan.model.__name__}; a part's field is "
                f"{plan.model.__name__}.<field>.at({path!r})"
            )


def field_path(plan: ModelPlan[Any], field: FieldCodec) -> PathRef:
    """The path of a field of the model."""
    path: PathRef = getattr(plan.model, field.name)
    return path
