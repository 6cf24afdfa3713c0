"""Uses of the testing room that must pass, with the types that come out of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_type

from ddbmodel.testing import (
    Call,
    Capacity,
    Delay,
    DropReply,
    Fault,
    FaultProxy,
    FaultRates,
    LocalDynamoDB,
    Seen,
    Step,
    Throttle,
)
from tests.typing.shop import Order


def about_orders(call: Call) -> bool:
    """Say if a call is about orders."""
    return "orders" in call.tables


async def proxies(dynamodb: LocalDynamoDB) -> None:
    """Faults are a script or rates, and capacity is of all tables or of some."""
    url = dynamodb.endpoint_url
    script: list[Step] = [("PutItem", DropReply()), ("*", None), (about_orders, Delay(0.1, Throttle()))]
    async with FaultProxy(url, faults=script, strict=False) as proxy:
        assert_type(proxy, FaultProxy)
        assert_type(proxy.endpoint_url, str)
        assert_type(proxy.log, Sequence[Seen])
        assert_type(proxy.log[0].fault, Fault | None)
        async with proxy.connect(table_prefix="test-") as mapper:
            assert_type(await mapper.get(Order, "c", "o"), Order | None)
    FaultProxy(url, faults=proxy.replay(), clock=lambda: 0.0)
    FaultProxy(url, faults=[("PutItem", DropReply())])
    FaultProxy(url, faults=FaultRates(throttle=0.1), seed=7, capacity=Capacity(write_units=5))
    FaultProxy(url, capacity={"orders": Capacity(on_demand=True)})
