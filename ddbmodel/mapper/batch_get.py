"""Many items by their keys: any number, in the order asked for.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeGuard, TypeVar

from pydantic import BaseModel

from ddbmodel import limits
from ddbmodel.codec.values import Item
from ddbmodel.errors import CodecError, ExpressionError, Throttled
from ddbmodel.expressions import Projection
from ddbmodel.mapper.backoff import Backoff
from ddbmodel.mapper.expiry import is_expired
from ddbmodel.mapper.gateway import Gateway, Send
from ddbmodel.mapper.reading import Reading
from ddbmodel.mapper.regions import Route
from ddbmodel.mapper.together import together
from ddbmodel.model import ItemKey, ModelPlan, plan_of
from ddbmodel.operations import BatchGetItem, BatchGetItemResult, TableKeys

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")

# Arbitrary: enough to hide round trips, few enough for a default connection pool, which has ten connections.
_CONCURRENT_REQUESTS: Final = 8


async def batch_get(
    gateway: Gateway, model: type[M], keys: Iterable[Any], *, consistent: bool, lenient: bool = False
) -> list[Any]:
    """The items of these keys, in their order; None where there is none. A key may come twice.

    Where an item cannot be decoded, there is an `InvalidItem` if the read is lenient.
    """
    plan = plan_of(model)
    reading = Reading(plan, lenient=lenient)
    attributes = [_key(plan, key).attributes for key in keys]
    route = gateway.route(plan, consistent=consistent)
    items = await fetch_items(gateway, plan, attributes, consistent=consistent, route=route)
    if gateway.hide_expired:
        now = gateway.now()
        items = [None if item is None or is_expired(plan, item, now) else item for item in items]
    return [None if item is None else reading.result(item) for item in items]


def _key(plan: ModelPlan[M], key: object) -> ItemKey[M]:
    """A key given as `Order.key(...)`, a tuple, a mapping of fields, or the one value that it has."""
    if _is_item_key(key):
        return _key_of_model(plan, key)
    if _is_tuple(key):
        return plan.make_key(key, {})
    if _is_mapping(key):
        return plan.make_key((), key)
    return plan.make_key((key,), {})


def _is_item_key(key: object) -> TypeGuard[ItemKey[Any]]:
    return isinstance(key, ItemKey)


def _is_tuple(key: object) -> TypeGuard[tuple[Any, ...]]:
    return isinstance(key, tuple)


def _is_mapping(key: object) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(key, Mapping)


def _key_of_model(plan: ModelPlan[M], key: ItemKey[Any]) -> ItemKey[M]:
    if key.model is plan.model:
        return key
    if not issubclass(key.model, plan.model) and not issubclass(plan.model, key.model):
        raise ExpressionError(f"a key of {key.model.__name__} is not one of {plan.model.__name__}")
    return plan.make_key((), key.values)


async def fetch_items(
    gateway: Gateway,
    plan: ModelPlan[Any],
    keys: Sequence[Item],
    *,
    consistent: bool,
    projection: Projection | None = None,
    backoff: Backoff | None = None,
    route: Route | None = None,
) -> list[Item | None]:
    """The stored items of these keys, in their order; each key is asked for once.

    Args:
        gateway: the way to the service.
        plan: the model that the keys are of.
        keys: the primary keys, in stored form.
        consistent: see every write that succeeded before.
        projection: what to return of each item, with its key; None returns all of it.
        backoff: how to wait before what was left unprocessed is asked for again.
        route: where to read; None is at home.

    Raises:
        Throttled: keys stayed unprocessed after many tries without any progress.
        CodecError: an item came back that has no key of this model, or another one.
    """
    table, wait = gateway.table_name(plan), backoff or Backoff()
    identity = plan.stored_keys.identity
    asked = [identity(key) for key in keys]
    by_identity = dict(zip(asked, keys, strict=True))
    wanted = list(by_identity.values())
    slots = asyncio.Semaphore(_CONCURRENT_REQUESTS)

    async def fetch(chunk: Sequence[Item]) -> list[Item]:
        async with slots:
            keys = TableKeys(table, tuple(chunk), projection, consistent)
            return await gateway.reading(route, lambda send: _fetch_chunk(send, keys, wait))

    size = limits.BATCH_GET_KEYS
    chunks = await together(fetch(wanted[start : start + size]) for start in range(0, len(wanted), size))
    found = {_identity(identity, item): item for chunk in chunks for item in chunk}
    if not found.keys() <= by_identity.keys():
        raise CodecError(f"{plan.model.__name__}: an item came back whose key nobody has asked for")
    return [found.get(one) for one in asked]


def _identity(identity: Callable[[Item], tuple[object, ...]], item: Item) -> tuple[object, ...]:
    try:
        return identity(item)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        # Not chained: it may quote the value.
        refusal = CodecError(f"an item came back without a key of this model ({type(error).__name__})")
    raise refusal


async def _fetch_chunk(send: Send, wanted: TableKeys, backoff: Backoff) -> list[Item]:
    """Up to 100 items. Unprocessed keys are asked for again; the tries count only while nothing comes."""
    items: list[Item] = []
    tries = 0
    while True:
        result = BatchGetItemResult.from_wire(await send(BatchGetItem((wanted,))))
        items.extend(result.items.get(wanted.table, ()))
        left = result.unprocessed.get(wanted.table, ())
        if not left:
            return items
        tries = 1 if len(left) < len(wanted.keys) else tries + 1
        if tries > backoff.tries_max:
            raise _still_unprocessed(wanted.table, len(left), tries)
        wanted = TableKeys(wanted.table, left, wanted.projection, wanted.consistent)
        await backoff.pause(tries)


def _still_unprocessed(table: str, count: int, tries: int) -> Throttled:
    return Throttled(
        f"BatchGetItem on {table}: {count} keys stayed unprocessed in {tries} tries in a row; "
        "the table has too little read capacity for them",
        operation=BatchGetItem.name,
        table=table,
        code="UnprocessedKeys",
    )
