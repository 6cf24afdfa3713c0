"""A model from a table that is there already."""

from __future__ import annotations

from dataclasses import dataclass

from ddbmodel.admin.importing.inference import infer
from ddbmodel.admin.importing.source import ModelText
from ddbmodel.admin.service import Service
from ddbmodel.admin.tables.deployed import ASKED_FOR, read_deployed
from ddbmodel.codec.values import Item
from ddbmodel.errors import ExpressionError, TableNotFound
from ddbmodel.operations import DescribeTable, Scan, ScanResult


@dataclass(frozen=True, slots=True)
class ImportedModel:
    """A model as text.

    Attributes:
        source: a Python module with a model, and a class for each of its parts.
        sampled: how many items its types were inferred from.
    """

    source: str
    sampled: int

    def __str__(self) -> str:
        return self.source


async def import_model(mapper: Service, table: str, *, sample: int = 200) -> ImportedModel:
    """Write the model of a table, from its description and some of its items.

        print(await import_model(mapper, "orders"))

    Keys, indexes and settings are those of the table: a plan of the model finds nothing to do. Settings that
    the service does not tell are named in a comment. All fields but those of the key may be missing;
    attributes that were not seen are kept as extra values. Maps whose keys are alike become parts. An
    attribute that holds another type in an item that was not seen is a `CodecError` when that item is read,
    and can be declared by hand as `Attr[Any]`. A table that several kinds of items share becomes one model,
    which reads them all.

    Args:
        mapper: the way to the table.
        table: its name, before any prefix.
        sample: how many items to read at most; 0 reads none, and gives the keys only.

    Raises:
        ExpressionError: a sample below 0; nothing was sent.
        TableNotFound: there is no such table.

    Cost: read units for the sample, half of those of consistent reads.
    """
    if sample < 0:
        raise ExpressionError("sample= is how many items to read, 0 or more")
    name = mapper.table_name(table)
    deployed = await read_deployed(mapper, name, ASKED_FOR, forgiving=True)
    if deployed is None:
        raise TableNotFound(
            f"{DescribeTable.name}: there is no table {name!r}: check its name, the region and the prefix",
            operation=DescribeTable.name,
            table=name,
            code="ResourceNotFoundException",
        )
    items = await _sample(mapper, name, sample)
    keys = {each.name: each.type for each in deployed.description.schema.attributes()}
    return ImportedModel(ModelText(deployed, table, infer(items, keys)).text(), len(items))


async def _sample(mapper: Service, name: str, count: int) -> list[Item]:
    items: list[Item] = []
    start: Item | None = None
    while len(items) < count:
        request = Scan(name, limit=count - len(items), exclusive_start_key=start)
        page = ScanResult.from_wire(await mapper.send(request))
        items.extend(page.items)
        start = page.last_evaluated_key
        if start is None:
            break
    return items
