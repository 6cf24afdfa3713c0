"""Several items of one moment.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactGetItems.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ddbmodel.codec.values import Item
from ddbmodel.mapper.expiry import is_expired
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.reading import decoded
from ddbmodel.model import ItemKey, ModelPlan, plan_of
from ddbmodel.operations import TransactGet, TransactGetItems, TransactGetItemsResult


async def transact_get(gateway: Gateway, keys: Sequence[ItemKey[Any]]) -> list[Any]:
    """The models of these keys, in order; None where there is no item. A key may come twice."""
    plans = [plan_of(key.model) for key in keys]
    gets = {
        (gateway.table_name(plan), key.identity): TransactGet(gateway.table_name(plan), key.attributes)
        for plan, key in zip(plans, keys, strict=True)
    }
    reply = await gateway.send(TransactGetItems(tuple(gets.values())))
    found = dict(zip(gets, TransactGetItemsResult.from_wire(reply).items, strict=True))
    return [
        _model(gateway, plan, found[gateway.table_name(plan), key.identity])
        for plan, key in zip(plans, keys, strict=True)
    ]


def _model(gateway: Gateway, plan: ModelPlan[Any], item: Item | None) -> Any:
    if item is None or (gateway.hide_expired and is_expired(plan, item, gateway.now())):
        return None
    return decoded(plan, item)
