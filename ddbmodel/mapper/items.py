"""Single items: get, put, create, update, delete."""

# pyright: reportUnnecessaryIsInstance=false
# The checks are for callers without a type checker.

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel

from ddbmodel.codec.parts import Absent
from ddbmodel.errors import ConditionalCheckFailed, ExpressionError, ItemExists, ItemNotFound, RequestRefused
from ddbmodel.expressions import Action, And, Condition, Function, PathRef, Update
from ddbmodel.mapper.arguments import plan_of_object
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.index_keys import check_index_keys
from ddbmodel.mapper.paths import check_paths, field_path
from ddbmodel.mapper.reading import decoded
from ddbmodel.mapper.refusals import decoded_refusal, decoded_result, explained_refusal
from ddbmodel.model import ItemKey, ModelPlan, plan_of
from ddbmodel.operations import (
    DeleteItem,
    DeleteItemResult,
    GetItem,
    GetItemResult,
    PutItem,
    PutItemResult,
    UpdateItem,
    UpdateItemResult,
)

M = TypeVar("M", bound=BaseModel)


async def get(gateway: Gateway, key: ItemKey[M], *, consistent: bool) -> M | None:
    """The item with this key, or None."""
    plan = plan_of(key.model)
    request = GetItem(gateway.table_name(plan), key.attributes, consistent=consistent)
    item = GetItemResult.from_wire(await gateway.send(request)).item
    return None if item is None else decoded(plan, item)


async def put(gateway: Gateway, model: M, when: Condition | None, *, return_old: bool) -> M | None:
    """Write an item, whether it was there or not."""
    plan = plan_of_object("put", model)
    _check_condition(plan, when)
    request = PutItem(
        gateway.table_name(plan),
        plan.encode(model),
        condition=when,
        return_values="ALL_OLD" if return_old else "NONE",
    )
    try:
        result = PutItemResult.from_wire(await gateway.send(request))
    except ConditionalCheckFailed as refusal:
        raise decoded_refusal(refusal, plan, when) from refusal.__cause__
    return None if result.attributes is None else decoded_result(plan, result.attributes, "put")


async def create(gateway: Gateway, model: BaseModel, when: Condition | None) -> None:
    """Write an item whose key is new."""
    plan = plan_of_object("create", model)
    _check_condition(plan, when)
    absent = Function("attribute_not_exists", _partition_path(plan))
    condition = absent if when is None else And((absent, when))
    request = PutItem(gateway.table_name(plan), plan.encode(model), condition=condition)
    try:
        await gateway.send(request)
    except ConditionalCheckFailed as refusal:
        found = decoded_refusal(refusal, plan, condition)
        if when is None or refusal.item is not None:
            raise _exists(plan, found) from refusal.__cause__
        raise found from refusal.__cause__


async def update(
    gateway: Gateway,
    key: ItemKey[M],
    actions: Sequence[Action],
    when: Condition | None,
    *,
    upsert: bool | None,
) -> M:
    """Change an item in place, and return it as it is afterwards."""
    plan = plan_of(key.model)
    _check_actions(plan, actions)
    _check_condition(plan, when)
    must_exist = not (_completes(plan, actions) if upsert is None else upsert)
    condition = _existing(plan, when) if must_exist else when
    request = UpdateItem(
        gateway.table_name(plan),
        key.attributes,
        Update(tuple(actions)),
        condition=condition,
        return_values="ALL_NEW",
    )
    try:
        result = UpdateItemResult.from_wire(await gateway.send(request))
    except ConditionalCheckFailed as refusal:
        if must_exist and when is None:
            raise _missing(plan) from refusal.__cause__
        raise decoded_refusal(refusal, plan, condition) from refusal.__cause__
    except RequestRefused as refusal:
        raise explained_refusal(refusal, plan, actions) from refusal.__cause__
    return decoded_result(plan, result.attributes or {}, "update")


async def delete(gateway: Gateway, key: ItemKey[M], when: Condition | None, *, return_old: bool) -> M | None:
    """Delete an item, if it is there."""
    plan = plan_of(key.model)
    _check_condition(plan, when)
    request = DeleteItem(
        gateway.table_name(plan),
        key.attributes,
        condition=when,
        return_values="ALL_OLD" if return_old else "NONE",
    )
    try:
        result = DeleteItemResult.from_wire(await gateway.send(request))
    except ConditionalCheckFailed as refusal:
        raise decoded_refusal(refusal, plan, when) from refusal.__cause__
    return None if result.attributes is None else decoded_result(plan, result.attributes, "delete")


def _exists(plan: ModelPlan[Any], found: ConditionalCheckFailed) -> ItemExists:
    error = ItemExists(
        f"create {plan.model.__name__}: there is an item with this key; use put to replace it", found.item
    )
    for note in getattr(found, "__notes__", ()):
        error.add_note(note)
    return error


def _missing(plan: ModelPlan[Any]) -> ItemNotFound:
    return ItemNotFound(
        f"update {plan.model.__name__}: there is no item with this key, and the actions do not give every "
        "required field of a new one; create it, or pass upsert=True"
    )


def _partition_path(plan: ModelPlan[Any]) -> PathRef:
    return field_path(plan, plan.key_fields[0])


def _existing(plan: ModelPlan[Any], when: Condition | None) -> Condition:
    exists = Function("attribute_exists", _partition_path(plan))
    return exists if when is None else And((exists, when))


def _check_condition(plan: ModelPlan[Any], when: Condition | None) -> None:
    if when is None:
        return
    if not isinstance(when, Condition):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ExpressionError(
            f"when= takes a condition such as {plan.model.__name__}.status == ..., "
            f"not a {type(when).__name__}"
        )
    check_paths(plan, when.paths)


def _completes(plan: ModelPlan[Any], actions: Sequence[Action]) -> bool:
    """True if the actions alone, with the key, make an item that the model can be read from."""
    given = {action.path.place.steps for action in actions if action.creates}
    keys = {field.name for field in plan.key_fields}
    return all(
        (field.stored_name,) in given
        for field in plan.part.fields.values()
        if field.absent is Absent.ERROR and field.name not in keys
    )


def _check_actions(plan: ModelPlan[Any], actions: Sequence[Action]) -> None:
    """Refuse what is no action, what concerns another model, and changes of the primary key."""
    keys = {attribute.name for attribute in plan.stored_table.key}
    for action in actions:
        if not isinstance(action, Action):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ExpressionError(
                f"update takes actions such as {plan.model.__name__}.status.set(...), "
                f"not a {type(action).__name__}"
            )
        operand_paths = () if action.operand is None else action.operand.paths
        check_paths(plan, (action.path, *operand_paths))
        if action.path.place.steps[0] in keys:
            raise ExpressionError(
                f"{action.path!r} is part of the primary key, which never changes: "
                "put a new item and delete the old one"
            )
    check_index_keys(plan.stored_table, actions)
