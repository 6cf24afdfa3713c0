"""The writing verbs: a write is described, then sent alone, or in a transaction if unique values change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeVar

from pydantic import BaseModel

from ddbmodel.errors import (
    ConditionalCheckFailed,
    ExpressionError,
    ItemNotFound,
    SchemaOutdated,
    VersionConflict,
)
from ddbmodel.expressions import Action, Condition
from ddbmodel.mapper.arguments import key_of_target
from ddbmodel.mapper.commit import commit
from ddbmodel.mapper.drafts import Drafts
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.items import Returned, get_item, result, send_write
from ddbmodel.mapper.knowledge import Given
from ddbmodel.mapper.unique import concerns_guards
from ddbmodel.mapper.upgrading import Upgraded, upgrade_item
from ddbmodel.mapper.write import Write
from ddbmodel.model import ItemKey

M = TypeVar("M", bound=BaseModel)

# Once is enough, unless a writer of the old code puts the item back in between.
_UPGRADES_MAX: Final = 3


async def put(gateway: Gateway, model: BaseModel, when: Condition | None, *, return_old: bool) -> Any:
    """Create or replace an item; give the one that was replaced, if it is asked for."""
    return await send(gateway, Drafts(gateway).put(model, when), "ALL_OLD" if return_old else "NONE")


async def create(gateway: Gateway, model: BaseModel, when: Condition | None) -> None:
    """Write an item whose key is new."""
    await send(gateway, Drafts(gateway).create(model, when), "NONE")


async def save(gateway: Gateway, model: BaseModel, when: Condition | None) -> None:
    """Write what has changed since a model was read or written."""
    write = Drafts(gateway).save(model, when)
    if write is not None:
        await send(gateway, write, "NONE")


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
    raised = 0
    while True:
        write = Drafts(gateway).update(target, key, actions, when, upsert=upsert, given=given, raised=raised)
        try:
            updated: M = await send(gateway, write, "ALL_NEW")
        except (ItemNotFound, ConditionalCheckFailed) as refusal:
            if raised == _UPGRADES_MAX or not _may_be_outdated(write, refusal):
                raise
            if await upgrade_item(gateway, write.plan, key.attributes) is not Upgraded.UPGRADED:
                raise
            raised += 1
        else:
            return updated


def _may_be_outdated(write: Write, refusal: ItemNotFound | ConditionalCheckFailed) -> bool:
    """True if the item is of an older schema version, or the engine has kept it to itself."""
    if not write.plan.history.is_kept or isinstance(refusal, VersionConflict):
        return False
    return isinstance(refusal, SchemaOutdated | ItemNotFound) or refusal.item is None


async def delete(
    gateway: Gateway, target: ItemKey[Any] | BaseModel, when: Condition | None, *, return_old: bool
) -> Any:
    """Delete an item; give it, if it is asked for."""
    write = Drafts(gateway).delete(target, key_of_target("delete", target), when)
    return await send(gateway, write, "ALL_OLD" if return_old else "NONE")


async def send(gateway: Gateway, write: Write, returned: Returned) -> Any:
    """Send a write alone, or in a transaction if unique values change; give the model that is returned."""
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
