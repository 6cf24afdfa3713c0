"""Reading, changing and saving an item again while another writer is faster."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TypeVar

from pydantic import BaseModel

from ddbmodel.errors import ExpressionError, ItemNotFound, VersionConflict
from ddbmodel.mapper import items, writing
from ddbmodel.mapper.backoff import Backoff
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.model import ItemKey, plan_of

M = TypeVar("M", bound=BaseModel)


async def retry_on_conflict(
    gateway: Gateway,
    key: ItemKey[M],
    change: Callable[[M], object],
    *,
    attempts: int,
    backoff: Backoff | None = None,
) -> M:
    """Read, change and save; from the start again after a conflict, and a pause with full jitter."""
    model, wait = key.model.__name__, backoff or Backoff()
    if plan_of(key.model).roles.version is None:
        raise ExpressionError(
            f"retry_on_conflict: {model} has no version, so nobody would notice a conflict: declare "
            "one with version()"
        )
    if type(attempts) is not int or attempts < 1:
        raise ExpressionError("retry_on_conflict: attempts is a whole number from 1 on")
    tries = 0
    while True:
        found = await items.get(gateway, key, consistent=True)
        if found is None:
            raise ItemNotFound(f"retry_on_conflict: there is no {model} with this key")
        outcome = change(found)
        if inspect.isawaitable(outcome):
            await outcome
        tries += 1
        try:
            await writing.save(gateway, found, None)
        except VersionConflict:
            if tries >= attempts:
                raise
            await wait.pause(tries)
        else:
            return found
