"""The tables of models: create, delete, describe, and wait until that has happened."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from ddbmodel.errors import (
    ModelDefinitionError,
    RequestRefused,
    ServiceError,
    TableInUse,
    TableNotFound,
    WriteOutcomeUnknown,
)
from ddbmodel.mapper.expiry import expiry_attributes
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.model import ModelPlan, plan_of
from ddbmodel.operations import (
    Billing,
    CreateTable,
    CreateTableResult,
    DeleteTable,
    DescribeTable,
    DescribeTableResult,
    DescribeTimeToLive,
    DescribeTimeToLiveResult,
    OnDemand,
    Provisioned,
    TableDescription,
    UpdateTimeToLive,
)

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Patience:
    """How often, and how long, to look whether a table has become what it is to be.

    Attributes:
        poll_seconds: between two looks. Arbitrary: a table takes 5 to 20 seconds, and DescribeTable is free.
        polls_max: how many looks before it is given up. An index can take minutes.
    """

    poll_seconds: float = 1.0
    polls_max: int = 300
    sleep: Sleep = field(default=asyncio.sleep, repr=False)


_PATIENCE: Final = Patience()
_NO_SUCH_OPERATION: Final = "UnknownOperationException"


async def create_table(
    gateway: Gateway,
    plan: ModelPlan[Any],
    *,
    billing: Billing | None,
    exist_ok: bool,
    wait: bool,
    patience: Patience = _PATIENCE,
) -> TableDescription:
    """Create the table of a model, and wait until it can be used."""
    schema = replace(plan.stored_table, name=gateway.table_name(plan))
    request = CreateTable(schema, _checked(billing))
    try:
        description = CreateTableResult.from_wire(await gateway.send(request)).description
    except TableInUse:
        if not exist_ok:
            raise
        description = await _describe(gateway, schema.name)
    if not description.is_active and wait:
        description = await _active(gateway, schema.name, patience)
    if description.is_active:
        await _enable_expiry(gateway, plan, schema.name)
    return description


async def _enable_expiry(gateway: Gateway, plan: ModelPlan[Any], table: str) -> None:
    """Switch time to live on for the attribute of the models' `ttl()`, unless it is on."""
    attributes = expiry_attributes(_models_of(plan))
    if not attributes:
        return
    if len(attributes) > 1:
        raise ModelDefinitionError(
            f"table {table!r} has one attribute for time to live, and its models have "
            f"{', '.join(sorted(attributes))}: "
            "store the fields under one name with ttl(attribute=...)"
        )
    (attribute,) = attributes
    try:
        if not await _expires(gateway, table):
            await _switch_on(gateway, table, attribute)
    except RequestRefused as refusal:
        if refusal.code != _NO_SUCH_OPERATION:
            raise
        # An engine without time to live, which DynamoDB itself always has: the table works without.


async def _switch_on(gateway: Gateway, table: str, attribute: str) -> None:
    try:
        await gateway.send(UpdateTimeToLive(table, attribute))
    except (RequestRefused, WriteOutcomeUnknown):
        if not await _expires(gateway, table):
            raise  # else another program was faster, or only the reply was lost


async def _expires(gateway: Gateway, table: str) -> bool:
    """Tell whether time to live is on."""
    found = DescribeTimeToLiveResult.from_wire(await gateway.send(DescribeTimeToLive(table)))
    return found.status in ("ENABLED", "ENABLING")


def _models_of(plan: ModelPlan[Any]) -> list[ModelPlan[Any]]:
    """The plans of all models of the table that are defined so far."""
    return [plan] if plan.shared is None else [plan_of(model) for model in plan.shared.entities.values()]


async def describe_table(gateway: Gateway, plan: ModelPlan[Any]) -> TableDescription:
    """The table of a model, as it stands."""
    return await _describe(gateway, gateway.table_name(plan))


async def delete_table(
    gateway: Gateway, plan: ModelPlan[Any], *, missing_ok: bool, wait: bool, patience: Patience = _PATIENCE
) -> None:
    """Delete the table of a model with all of its items, and wait until it is gone."""
    name = gateway.table_name(plan)
    try:
        await gateway.send(DeleteTable(name))
    except TableNotFound:
        if not missing_ok:
            raise
        return
    if wait:
        await _gone(gateway, name, patience)


def _checked(billing: Billing | None) -> Billing:
    if billing is None:
        return OnDemand()
    if not isinstance(billing, OnDemand | Provisioned):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ModelDefinitionError(
            "billing= takes OnDemand() or Provisioned(read_units=..., write_units=...), "
            f"not a {type(billing).__name__}"
        )
    return billing


async def _describe(gateway: Gateway, name: str) -> TableDescription:
    return DescribeTableResult.from_wire(await gateway.send(DescribeTable(name))).description


async def _active(gateway: Gateway, name: str, patience: Patience) -> TableDescription:
    for _ in range(patience.polls_max):
        try:
            description = await _describe(gateway, name)
        except TableNotFound:  # DescribeTable is eventually consistent
            description = None
        if description is not None and description.is_active:
            return description
        if description is not None and description.status == "DELETING":
            raise TableInUse(
                f"CreateTable on table {name!r}: the table of this name is being deleted; "
                "create it when it is gone",
                operation=CreateTable.name,
                table=name,
                code="ResourceInUseException",
            )
        await patience.sleep(patience.poll_seconds)
    raise _timeout(CreateTable.name, name, "it is not active", patience)


async def _gone(gateway: Gateway, name: str, patience: Patience) -> None:
    for _ in range(patience.polls_max):
        try:
            await _describe(gateway, name)
        except TableNotFound:
            return
        await patience.sleep(patience.poll_seconds)
    raise _timeout(DeleteTable.name, name, "it is still there", patience)


def _timeout(operation: str, name: str, state: str, patience: Patience) -> ServiceError:
    seconds = patience.polls_max * patience.poll_seconds
    return ServiceError(
        f"{operation} on table {name!r}: {state} after {seconds:.0f} seconds. It was asked for, and may "
        "still happen: look again with describe_table.",
        operation=operation,
        table=name,
        code="Timeout",
    )
