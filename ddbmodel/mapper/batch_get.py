"""Many items by their keys: any number, in the order asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeVar

from pydantic import BaseModel

from ddbmodel import limits
from ddbmodel.codec.values import Item
from ddbmodel.errors import Throttled
from ddbmodel.mapper.backoff import Backoff
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.model import ItemKey, ModelPlan, plan_of
from ddbmodel.model.keys import identity_of
from ddbmodel.operations import BatchGetItem, BatchGetItemResult, TableKeys

M = TypeVar("M", bound=BaseModel)

_CONCURRENT_REQUESTS: Final = (
    8  # arbitrary: enough to hide round trips, few enough for a default connection pool
)


async def batch_get(
    gateway: Gateway, model: type[M], keys: Iterable[Any], *, consistent: bool
) -> list[M | None]:
    """The items of these keys, in their order; None where there is none. A key may come twice."""
    plan = plan_of(model)
    attributes = [_key(plan, key).attributes for key in keys]
    items = await fetch_items(gateway, plan, attributes, consistent=consistent)
    return [None if item is None else plan.decode(item) for item in items]


def _key(plan: ModelPlan[M], key: Any) -> ItemKey[M]:
    """A key given as `Order.key(...)`, a tuple, a dict of fields, or the one value that it has."""
    if isinstance(key, ItemKey):
        return plan.make_key((), key.values) if key.model is not plan.model else key
    if isinstance(key, tuple):
        return plan.make_key(key, {})
    if isinstance(key, dict):
        return plan.make_key((), key)
    return plan.make_key((key,), {})


async def fetch_items(
    gateway: Gateway,
    plan: ModelPlan[Any],
    keys: Sequence[Item],
    *,
    consistent: bool,
    backoff: Backoff | None = None,
) -> list[Item | None]:
    """The stored items of these keys, in their order; each key is asked for once.

    Raises:
        Throttled: keys stayed unprocessed after many tries without any progress.
    """
    wanted = {identity_of(key): key for key in keys}
    found: dict[Any, Item] = {}
    pending = list(wanted.values())
    slots = asyncio.Semaphore(_CONCURRENT_REQUESTS)

    async def fetch(chunk: Sequence[Item]) -> None:
        async with slots:
            for item in await _fetch_chunk(gateway, plan, chunk, consistent, backoff or Backoff()):
                found[identity_of(plan.key_from_item(item))] = item

    size = limits.BATCH_GET_KEYS
    async with asyncio.TaskGroup() as tasks:
        for start in range(0, len(pending), size):
            tasks.create_task(fetch(pending[start : start + size]))
    return [found.get(identity_of(key)) for key in keys]


async def _fetch_chunk(
    gateway: Gateway, plan: ModelPlan[Any], keys: Sequence[Item], consistent: bool, backoff: Backoff
) -> list[Item]:
    """Up to 100 items. Unprocessed keys are asked for again; the tries count only while nothing comes."""
    table, items, tries = gateway.table_name(plan), list[Item](), 0
    while keys:
        request = BatchGetItem((TableKeys(table, tuple(keys), consistent=consistent),))
        result = BatchGetItemResult.from_wire(await gateway.send(request))
        read = result.items.get(table, [])
        items.extend(read)
        left = result.unprocessed.get(table, ())
        tries = 1 if read or len(left) < len(keys) else tries + 1
        keys = left
        if keys and tries > backoff.tries_max:
            raise Throttled(
                f"BatchGetItem on {table}: {len(keys)} keys stayed unprocessed in {tries} tries in a row; "
                "the table has too little read capacity for them",
                operation="BatchGetItem",
                table=table,
                code="UnprocessedKeys",
            )
        if keys:
            await backoff.pause(tries)
    return items
