"""Plans: the changes of some tables, as values that can be looked at."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ddbmodel.admin.service import Service
from ddbmodel.admin.tables.changes import TableChange
from ddbmodel.admin.tables.comparison import compare
from ddbmodel.admin.tables.deployed import ASKED_FOR, Deployed, read_deployed
from ddbmodel.admin.tables.design import TableDesign, Target, designs_of
from ddbmodel.schema import TableSettings


@dataclass(frozen=True, slots=True)
class TablePlan:
    """What lies between one table and its models.

    Attributes:
        table: the deployed name.
        changes: in the order in which they are made; none if the table is as it is to be.
        unmanaged: the settings that are not declared, and left alone.
        design: what the table is to be.
        deployed: what it is; None if there is none.
    """

    table: str
    changes: tuple[TableChange, ...]
    unmanaged: tuple[str, ...]
    design: TableDesign = field(repr=False)
    deployed: Deployed | None = field(repr=False)

    def __str__(self) -> str:
        lines = [line for change in self.changes for line in str(change).split("\n")] or ["nothing to do"]
        if (policy := self.design.settings.backups) and policy.daily:
            lines.append(f"daily backups: {policy.daily} kept, by `ddbmodel backup run`")
        if self.unmanaged:
            lines.append(f"not declared, left alone: {', '.join(self.unmanaged)}")
        return "\n".join([f"table {self.table}", *(f"  {line}" for line in lines)])

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "table": self.table,
            "exists": self.deployed is not None,
            "changes": [change.to_dict() for change in self.changes],
            "unmanaged": list(self.unmanaged),
            "daily_backups": policy.daily if (policy := self.design.settings.backups) else None,
        }


@dataclass(frozen=True, slots=True)
class TablesPlan:
    """What lies between tables and models. Printed, it is a diff.

    Attributes:
        tables: a plan for each table, in the order in which they were named.
    """

    tables: tuple[TablePlan, ...]

    @property
    def is_empty(self) -> bool:
        """True if there is nothing to do."""
        return not any(table.changes for table in self.tables)

    @property
    def refusals(self) -> tuple[str, ...]:
        """What cannot be done in place, with what to do instead."""
        return tuple(
            f"table {table.table!r}, {change.subject}: {change.refused}"
            for table in self.tables
            for change in table.changes
            if change.refused
        )

    def deletions(self) -> Iterator[tuple[str, str, str]]:
        """Give what applying deletes: the table, then the index or else the region."""
        for table in self.tables:
            for change in table.changes:
                if change.deletes_index:
                    yield table.table, change.deletes_index, ""
                for region in change.deletes_replicas:
                    yield table.table, "", region

    def __str__(self) -> str:
        return "\n".join(map(str, self.tables))

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"empty": self.is_empty, "tables": [table.to_dict() for table in self.tables]}

    def to_json(self) -> str:
        """The plan as JSON."""
        return json.dumps(self.to_dict(), indent=2)


async def plan_tables(
    mapper: Service, *tables: Target, settings: Mapping[Target, TableSettings] | None = None
) -> TablesPlan:
    """Compare tables with their models. Nothing is changed.

        print(await plan_tables(mapper, Order, shop))

    Keys, indexes and time to live follow from the models; billing, encryption and the like from
    `TableSettings`. What these do not say is left alone, and the plan names it.

    Args:
        mapper: the way to the tables.
        tables: models with tables, and shared tables, of which all models should be defined by then.
        settings: of some of the tables, in place of those that are declared with them.

    Raises:
        ExpressionError: there is nothing to plan, or settings of something else; nothing was sent.
        ModelDefinitionError: a model has no table; nothing was sent.

    Cost: none; one to six requests to the control plane for each table.
    """
    prefix = mapper.table_name("xxx").removesuffix("xxx")
    return await plan_designs(mapper, designs_of(tables, settings, prefix))


async def plan_designs(mapper: Service, designs: tuple[TableDesign, ...]) -> TablesPlan:
    """Compare tables with designs."""
    return TablesPlan(tuple([await _plan(mapper, design) for design in designs]))


async def _plan(mapper: Service, design: TableDesign) -> TablePlan:
    wanted = ASKED_FOR.difference(design.unmanaged)
    deployed = await read_deployed(mapper, design.name, wanted)
    return TablePlan(design.name, compare(design, deployed), design.unmanaged, design, deployed)
