"""What single settings need to know of a table: its ARN, and what its models declare."""

from __future__ import annotations

from pydantic import BaseModel

from ddbmodel.admin.service import Service, TableRef
from ddbmodel.admin.waiting import described
from ddbmodel.errors import ExpressionError
from ddbmodel.model import Table, plan_of


async def table_arn(service: Service, table: TableRef) -> str:
    """Ask for the ARN of a table.

    Raises:
        TableNotFound: there is none.
    """
    return (await described(service, service.table_name(table))).arn or ""


def ttl_attribute(table: TableRef) -> str:
    """The attribute of the models' `ttl()`.

    Raises:
        ExpressionError: none of them has one, or only the table's name is known.
        ModelDefinitionError: the model has no table.
    """
    if isinstance(table, str):
        raise ExpressionError(
            f"time to live of table {table!r}: a name does not tell the attribute: say attribute="
        )
    roles = [plan_of(model).roles for model in _models_of(table)]
    found = {each.ttl.stored_name for each in roles if each.ttl is not None}
    if not found:
        raise ExpressionError("time to live: no model of the table has a ttl() field: declare one")
    return found.pop()


def _models_of(table: Table | type[BaseModel]) -> list[type[BaseModel]]:
    shared = table if isinstance(table, Table) else plan_of(table).shared
    if shared is not None:
        return list(shared.entities.values())
    assert not isinstance(table, Table)
    return [table]


def check_global_index(table: TableRef, index: str) -> None:
    """Refuse an index that the models of a table do not declare; of a name, everything is believed.

    Raises:
        ExpressionError: there is no global index of this name.
    """
    if isinstance(table, str):
        return
    schema = table.schema if isinstance(table, Table) else plan_of(table).stored_table
    names = [each.name for each in schema.indexes if each.kind == "global"]
    if index not in names:
        known = ", ".join(names) or "none"
        raise ExpressionError(f"table {schema.name!r} has no global index {index!r}; it has: {known}")
