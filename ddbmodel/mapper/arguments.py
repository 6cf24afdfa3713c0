"""What callers hand over in place of a model, a class or a key, checked before anything is made of it.

Type checkers find these mistakes; the checks are for callers without one.
"""

# pyright: reportUnnecessaryIsInstance=false

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

from ddbmodel.errors import ExpressionError
from ddbmodel.model import ItemKey, ModelPlan, plan_of

M = TypeVar("M", bound=BaseModel)


def plan_of_class(verb: str, model: type[M]) -> ModelPlan[M]:
    """The plan of a model class.

    Raises:
        ExpressionError: it is no model class.
        ModelDefinitionError: it is not complete, or has no table.
    """
    if not isinstance(model, type) or not issubclass(model, BaseModel):
        raise ExpressionError(f"{verb} takes a model class such as Order, not {_name(model)}")
    return _with_table(plan_of(model))


def plan_of_object(verb: str, model: M) -> ModelPlan[M]:
    """The plan of a model's class.

    Raises:
        ExpressionError: it is no model.
        ModelDefinitionError: its class has no table.
    """
    if not isinstance(model, BaseModel):
        raise ExpressionError(f"{verb} takes a model such as Order(...), not {_name(model)}")
    return _with_table(plan_of(type(model)))


def key_of_target(verb: str, target: ItemKey[M] | M) -> ItemKey[M]:
    """The key of an item that is named by its key, or by a model with this key.

    Raises:
        ExpressionError: it is neither.
        CodecError: a key value cannot be stored.
    """
    if isinstance(target, ItemKey):
        return target
    if isinstance(target, BaseModel):
        return _with_table(plan_of(type(target))).key_of(target)
    raise ExpressionError(f"{verb} takes a key such as Order.key(...), or a model, not {_name(target)}")


def key_of_values(verb: str, model: Any, values: tuple[Any, ...], fields: Mapping[str, Any]) -> ItemKey[Any]:
    """The key that is given as it is, or as a model class with values in order or by field name.

    Raises:
        ExpressionError: values are missing or too many, or there is neither class nor key.
        CodecError: a key value cannot be stored.
    """
    given: ItemKey[Any] | type[Any] = model
    if isinstance(given, ItemKey):
        if values or fields:
            raise ExpressionError(f"{verb} takes a key alone, or a class with the key's values, not both")
        return given
    return plan_of_class(verb, given).make_key(values, fields)


def _with_table(plan: ModelPlan[M]) -> ModelPlan[M]:
    _ = plan.stored_table  # raises if there is none
    return plan


def _name(value: object) -> str:
    """What was given, without its value."""
    return (
        f"the class {value.__name__}"
        if isinstance(value, type)
        else f"a value of type {type(value).__name__}"
    )
