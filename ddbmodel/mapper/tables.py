"""The tables of models: create, delete, describe, and wait until that has happened."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Final

from ddbmodel.errors import ServiceError, TableInUse, TableNotFound
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.model import ModelPlan
from ddbmodel.operations import (
    Billing,
    CreateTable,
    DeleteTable,
    DescribeTable,
    DescribeTableResult,
    OnDemand,
    TableDescription,
)

_POLL_SECONDS: Final = 1.0  # arbitrary: a table takes 5 to 20 seconds, and DescribeTable is free
_POLLS_MAX: Final = 300

Sleep = Callable[[float], Awaitable[None]]


async def create_table(
    gateway: Gateway,
    plan: ModelPlan[Any],
    *,
    billing: Billing | None,
    exist_ok: bool,
    wait: bool,
    sleep: Sleep = asyncio.sleep,
) -> TableDescription:
    """Create the table of a model, and wait until it can be used."""
    schema = replace(plan.stored_table, name=gateway.table_name(plan))
    try:
        await gateway.send(CreateTable(schema, billing or OnDemand()))
    except TableInUse:
        if not exist_ok:
            raise
    return await _active(gateway, schema.name, sleep) if wait else await describe_table(gateway, plan)


async def describe_table(gateway: Gateway, plan: ModelPlan[Any]) -> TableDescription:
    """The table of a model, as it stands."""
    return await _describe(gateway, gateway.table_name(plan))


async def delete_table(
    gateway: Gateway, plan: ModelPlan[Any], *, missing_ok: bool, wait: bool, sleep: Sleep = asyncio.sleep
) -> None:
    """Delete the table of a model with all of its items, and wait until it is gone."""
    name = gateway.table_name(plan)
    try:
        await gateway.send(DeleteTable(name))
        for _ in range(_POLLS_MAX if wait else 0):
            await _describe(gateway, name)
            await sleep(_POLL_SECONDS)
    except TableNotFound as error:
        if error.operation == DeleteTable.name and not missing_ok:
            raise
        return
    if wait:
        raise _timeout("DeleteTable", name, "still there")


async def _describe(gateway: Gateway, name: str) -> TableDescription:
    return DescribeTableResult.from_wire(await gateway.send(DescribeTable(name))).description


async def _active(gateway: Gateway, name: str, sleep: Sleep) -> TableDescription:
    for _ in range(_POLLS_MAX):
        try:
            description = await _describe(gateway, name)
        except TableNotFound:  # DescribeTable is eventually consistent
            await sleep(_POLL_SECONDS)
            continue
        if description.is_active:
            return description
        await sleep(_POLL_SECONDS)
    raise _timeout("CreateTable", name, "not active")


def _timeout(operation: str, name: str, state: str) -> ServiceError:
    return ServiceError(
        f"{operation} {name}: {state} after {_POLLS_MAX * _POLL_SECONDS:.0f} seconds",
        operation=operation,
        table=name,
        code="Timeout",
    )
