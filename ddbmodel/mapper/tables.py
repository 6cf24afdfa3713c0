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
from ddbmodel.mapper.arguments import plan_of_class
from ddbmodel.mapper.expiry import expiry_attributes
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.model import ModelPlan, Table, plan_of
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
from ddbmodel.schema import TableSchema, TableSettings

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


@dataclass(frozen=True, slots=True)
class TableTarget:
    """A table, and what is known of its models.

    Attributes:
        schema: the table.
        settings: what is declared of it beside.
        plans: of the models that are defined on it so far.
    """

    schema: TableSchema
    settings: TableSettings
    plans: tuple[ModelPlan[Any], ...]


def target_of(verb: str, target: object) -> TableTarget:
    """The table of a model class, or a shared table.

    Raises:
        ExpressionError: it is neither.
        ModelDefinitionError: the model has no table.
    """
    if not isinstance(target, Table):
        plan: ModelPlan[Any] = plan_of_class(verb, target)  # type: ignore[arg-type]  # which refuses all else
        if plan.shared is None:
            return TableTarget(plan.stored_table, plan.settings, (plan,))
        target = plan.shared
    return TableTarget(
        target.schema, target.settings, tuple(plan_of(model) for model in target.entities.values())
    )


async def create_table(
    gateway: Gateway,
    target: TableTarget,
    *,
    billing: Billing | None,
    exist_ok: bool,
    wait: bool,
    patience: Patience = _PATIENCE,
) -> TableDescription:
    """Create the table of a model, and wait until it can be used."""
    schema = replace(target.schema, name=gateway.deployed_name(target.schema.name))
    request = CreateTable(schema, _checked(billing or target.settings.billing), target.settings)
    try:
        description = CreateTableResult.from_wire(await gateway.send(request)).description
    except TableInUse:
        if not exist_ok:
            raise
        description = await _describe(gateway, schema.name)
    if not description.is_active and wait:
        description = await _active(gateway, schema.name, patience)
    if description.is_active:
        await _enable_expiry(gateway, target, schema.name)
    return description


async def _enable_expiry(gateway: Gateway, target: TableTarget, table: str) -> None:
    """Switch time to live on for the attribute of the models' `ttl()`, unless it is on."""
    for attribute in expiry_attributes(target.plans):
        try:
            if not await _expires(gateway, table, attribute):
                await _switch_on(gateway, table, attribute)
        except RequestRefused as refusal:
            if refusal.code != _NO_SUCH_OPERATION:
                raise
            # An engine without time to live, which DynamoDB itself always has: the table works without.


async def _switch_on(gateway: Gateway, table: str, attribute: str) -> None:
    try:
        await gateway.send(UpdateTimeToLive(table, attribute))
    except (RequestRefused, WriteOutcomeUnknown):
        if not await _expires(gateway, table, attribute):
            raise  # else another program was faster, or only the reply was lost


async def _expires(gateway: Gateway, table: str, attribute: str) -> bool:
    """Tell whether time to live is on by this attribute.

    Raises:
        ModelDefinitionError: it is on by another one.
    """
    found = DescribeTimeToLiveResult.from_wire(await gateway.send(DescribeTimeToLive(table)))
    if found.status not in ("ENABLED", "ENABLING"):
        return False
    if found.attribute != attribute:
        raise ModelDefinitionError(
            f"table {table!r} has time to live by {found.attribute!r}, and its models have it by "
            f"{attribute!r}, so their items would never expire: use ttl(attribute={found.attribute!r})"
        )
    return True


async def describe_table(gateway: Gateway, target: TableTarget) -> TableDescription:
    """The table of a model, as it stands."""
    return await _describe(gateway, gateway.deployed_name(target.schema.name))


async def delete_table(
    gateway: Gateway, target: TableTarget, *, missing_ok: bool, wait: bool, patience: Patience = _PATIENCE
) -> None:
    """Delete the table of a model with all of its items, and wait until it is gone."""
    name = gateway.deployed_name(target.schema.name)
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
