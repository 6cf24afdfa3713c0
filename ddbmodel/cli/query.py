"""`ddbmodel query` and `ddbmodel explain`."""

from __future__ import annotations

import json as json_text
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeAlias

import typer
from pydantic import BaseModel
from pydantic_core import to_json, to_jsonable_python

from ddbmodel import Explanation, ExpressionError, Mapper, Query
from ddbmodel.cli.conditions import conditions_of
from ddbmodel.cli.connecting import EndpointUrl, Profile, Region, TablePrefix, connect_options
from ddbmodel.cli.ending import code_of
from ddbmodel.cli.loading import model_of
from ddbmodel.cli.typed_paths import typed_path
from ddbmodel.model import Model, plan_of

_Model: TypeAlias = Annotated[str, typer.Argument(help="module:Model, such as shop.models:Order")]
_Expression: TypeAlias = Annotated[
    str, typer.Argument(help='conditions, such as "customer_id=c1 placed_at>=2026-01-01"')
]
_Limit: TypeAlias = Annotated[int | None, typer.Option(help="items that come out, at most", min=1)]
_Backward: TypeAlias = Annotated[bool, typer.Option("--backward", help="from the end of the sort key")]
_Index: TypeAlias = Annotated[
    str | None, typer.Option(help="the class attribute of an index; 'primary' for the key")
]
_Select: TypeAlias = Annotated[str | None, typer.Option(help="fields, such as order_id,address.city")]
_Consistent: TypeAlias = Annotated[bool, typer.Option("--consistent", help="see every write before")]

# Nobody hears of them: `explain` sends nothing.
_NOWHERE: Final[dict[str, Any]] = {
    "region_name": "us-east-1",
    "aws_access_key_id": "none",
    "aws_secret_access_key": "none",
}


def query(  # noqa: PLR0917  # options, which typer gives by name
    model: _Model,
    expression: _Expression,
    limit: _Limit = 100,
    backward: _Backward = False,
    index: _Index = None,
    select: _Select = None,
    consistent: _Consistent = False,
    json: Annotated[bool, typer.Option("--json", help="print a line of JSON for each item")] = False,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    table_prefix: TablePrefix = "",
) -> None:
    """Print the items of which all conditions are true, found by the key or an index; never by a scan.

    The exit code is 0, also if there are none; 2 if it could not be done like this.
    """
    wanted = _Wanted(model, expression, limit, index, select, backward=backward, consistent=consistent)
    connect = connect_options(region, profile, endpoint_url, table_prefix)
    sys.exit(code_of(_query(wanted, connect, as_json=json)))


def explain(  # noqa: PLR0917  # options, which typer gives by name
    model: _Model,
    expression: _Expression,
    limit: _Limit = None,
    backward: _Backward = False,
    index: _Index = None,
    select: _Select = None,
    consistent: _Consistent = False,
    json: Annotated[bool, typer.Option("--json", help="print it as JSON")] = False,
    table_prefix: TablePrefix = "",
) -> None:
    """Show what `query` would send: index, key condition, filter, request, and the cost of a page.

    Nothing is sent, and no credentials are needed. The exit code is 2 if no key or index serves it.
    """
    wanted = _Wanted(model, expression, limit, index, select, backward=backward, consistent=consistent)
    sys.exit(code_of(_explain(wanted, table_prefix, as_json=json)))


@dataclass(frozen=True, slots=True)
class _Wanted:
    model: str
    expression: str
    limit: int | None
    index: str | None
    select: str | None
    backward: bool
    consistent: bool

    def on(self, mapper: Mapper) -> Query[Any]:
        """The query."""
        model = model_of(self.model)
        read: Query[Any] = mapper.query(model).where(*conditions_of(model, self.expression))
        if self.limit is not None:
            read = read.limit(self.limit)
        if self.backward:
            read = read.reverse()
        if self.index is not None:
            read = read.using(_index(model, self.index))
        if self.consistent:
            read = read.consistent()
        if self.select is None:
            return read
        return read.select(*[typed_path(model, name.strip()).path for name in self.select.split(",")])


def _index(model: type[Model], name: str) -> Any:
    indexes = plan_of(model).indexes
    if name == "primary":
        return None
    if name not in indexes:
        known = ", ".join(("primary", *(known for known in indexes if known != "primary")))
        raise ExpressionError(f"{model.__name__} has no index {name!r}; there are {known}")
    return indexes[name]


async def _query(wanted: _Wanted, connect: dict[str, Any], *, as_json: bool) -> int:
    async with Mapper.connect(**connect) as mapper:
        read = wanted.on(mapper)
        if as_json:
            async for result in read:
                typer.echo(to_json(_fields(result), bytes_mode="base64").decode())
        else:
            _print_table([_fields(result) async for result in read])
    return 0


async def _explain(wanted: _Wanted, table_prefix: str, *, as_json: bool) -> int:
    async with Mapper.connect(**_NOWHERE, table_prefix=table_prefix) as mapper:
        explanation = wanted.on(mapper).explain()
    typer.echo(json_text.dumps(_plain(explanation)) if as_json else str(explanation))
    return 0


def _plain(explanation: Explanation) -> dict[str, Any]:
    names = ("operation", "table", "index", "key_condition", "filter", "read_units_max", "notes", "request")
    found: dict[str, Any] = {name: getattr(explanation, name) for name in names}
    plain: dict[str, Any] = to_jsonable_python(found, bytes_mode="base64")
    return plain


def _fields(result: Any) -> dict[str, Any]:
    """A model or row as JSON has it."""
    fields = result if isinstance(result, BaseModel) else result._asdict()
    plain: dict[str, Any] = to_jsonable_python(fields, by_alias=False, bytes_mode="base64")
    return plain


def _print_table(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if not rows:
        console.print("no items")
        return
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = Table(*names, caption=f"{len(rows):,} items")
    for row in rows:
        # As text: what is stored may look like markup.
        table.add_row(*(Text(_cell(row, name)) for name in names))
    console.print(table)


def _cell(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    return value if isinstance(value, str) else json_text.dumps(value, ensure_ascii=False)
