"""What tables are to be, from models and their settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from pydantic import BaseModel

from ddbmodel.errors import ExpressionError, ModelDefinitionError
from ddbmodel.model import ModelPlan, Table, plan_of
from ddbmodel.schema import Billing, OnDemand, TableSchema, TableSettings

Target: TypeAlias = type[BaseModel] | Table
"""A model, or a shared table."""


@dataclass(frozen=True, slots=True)
class TableDesign:
    """What one table is to be.

    Attributes:
        schema: keys and indexes, under the deployed name.
        settings: what else is managed.
        ttl: the attribute of the models' `ttl()`; None leaves time to live alone.
        title: the name that the models give it, before any prefix.
    """

    schema: TableSchema
    settings: TableSettings
    ttl: str | None
    title: str

    @property
    def name(self) -> str:
        """The deployed name."""
        return self.schema.name

    @property
    def billing(self) -> Billing:
        """How a table is paid for that is created now."""
        return self.settings.billing or OnDemand()

    @property
    def unmanaged(self) -> tuple[str, ...]:
        """What is not declared, and so left alone."""
        return (*self.settings.unmanaged, *(() if self.ttl else ("time_to_live",)))


def designs_of(
    targets: Iterable[Target], settings: Mapping[Target, TableSettings] | None, prefix: str = ""
) -> tuple[TableDesign, ...]:
    """Give each table once, in the order in which the targets name it.

    Raises:
        ExpressionError: there is no target, or settings of a table that is none of them.
        ModelDefinitionError: a model has no table, or two tables of one name differ.
    """
    given, found = dict(settings or {}), dict[str, TableDesign]()
    for target in targets:
        table, plans = _resolved(target)
        own = given.pop(table, None) or given.pop(target, None)
        design = _design(table, plans, own, prefix)
        if found.setdefault(design.name, design) != design:
            raise ModelDefinitionError(
                f"table {design.name!r} is declared twice, and differently: share a Table"
            )
    if not found:
        raise ExpressionError("there is no table to plan: give models, or shared tables")
    if given:
        raise ExpressionError("settings= has a table that is not among those to plan: give it as well")
    return tuple(found.values())


def _resolved(target: Any) -> tuple[Target, tuple[ModelPlan[Any], ...]]:
    if not isinstance(target, Table):
        if not (isinstance(target, type) and issubclass(target, BaseModel)):
            raise ExpressionError("a plan takes models such as Order, and shared tables")
        plan: ModelPlan[Any] = plan_of(target)
        if plan.shared is None:
            return target, (plan,)
        target = plan.shared
    return target, tuple(plan_of(model) for model in target.entities.values())


def _design(
    table: Target, plans: tuple[ModelPlan[Any], ...], own: TableSettings | None, prefix: str
) -> TableDesign:
    if isinstance(table, Table):
        schema, declared = table.schema, table.settings
    else:
        schema, declared = plans[0].stored_table, plans[0].settings
    settings = own or declared
    indexes = {index.name for index in schema.indexes if index.kind == "global"}
    if unknown := sorted(set(settings.index_billing) - indexes):
        raise ModelDefinitionError(
            f"table {schema.name!r}: index_billing names {unknown[0]!r}, which is no global index of it"
        )
    attributes = {plan.roles.ttl.stored_name for plan in plans if plan.roles.ttl is not None}
    deployed = replace(schema, name=prefix + schema.name)
    return TableDesign(deployed, settings, next(iter(attributes), None), schema.name)
