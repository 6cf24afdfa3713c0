"""The writing verbs: a write is described, then sent alone, or in a transaction if unique values change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel

from ddbmodel.errors import ExpressionError
from ddbmodel.expressions import Action, Condition
from ddbmodel.mapper.arguments import key_of_target
from ddbmodel.mapper.commit import commit
from ddbmodel.mapper.drafts import Drafts
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.items import Returned, get_item, result, send_write
from ddbmodel.mapper.knowledge import Given
from ddbmodel.mapper.unique import concerns_guards
from ddbmodel.mapper.write import Write
from ddbmodel.model import ItemKey

M = TypeVar("M", bound=BaseModel)


async def put(gateway: Gateway, model: BaseModel, when: Condition | None, *, return_old: bool) -> Any:
    """Create or replace an item; give the one that was replaced, if it is asked for."""
    return await _send(gateway, Drafts(gateway).put(model, when), "ALL_OLD" if return_old else "NONE")


async def create(gateway: Gateway, model: BaseModel, when: Condition | None) -> None:
    """Write an item whose key is new."""
    await _send(gateway, Drafts(gateway).create(model, when), "NONE")


async def save(gateway: Gateway, model: BaseModel, when: Condition | None) -> None:
    """Write what has changed since a model was read or written."""
    write = Drafts(gateway).save(model, when)
    if write is not None:
        await _send(gateway, write, "NONE")


async def update(
    gateway: Gateway,
    target: ItemKey[M] | M,
    actions: Sequence[Action],
    when: Condition | None,
    *,
    upsert: bool | None,
    given: Given,
) -> M:
    """Change an item in place, and give it as it is afterwards."""
    key = key_of_target("update", target)
    write = Drafts(gateway).update(target, key, actions, when, upsert=upsert, given=given)
    updated: M = await _send(gateway, write, "ALL_NEW")
    return updated


async def delete(
    gateway: Gateway, target: ItemKey[Any] | BaseModel, when: Condition | None, *, return_old: bool
) -> Any:
    """Delete an item; give it, if it is asked for."""
    write = Drafts(gateway).delete(target, key_of_target("delete", target), when)
    return await _send(gateway, write, "ALL_OLD" if return_old else "NONE")


async def _send(gateway: Gateway, write: Write, returned: Returned) -> Any:
    if not concerns_guards(write):
        return result(write, await send_write(gateway, write, returned))
    if returned == "ALL_OLD":
        raise ExpressionError(
            f"{write.subject}: return_old is not possible where unique fields change, which takes a "
            "transaction: "
            "read the item first"
        )
    await commit(gateway, [write])
    if returned == "NONE":
        return None
    return result(write, await get_item(gateway, write.action.table, write.key, consistent=True))
