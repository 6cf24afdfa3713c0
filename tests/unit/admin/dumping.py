"""What the tests of dumps share: a table of items that no model knows, and what is in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ddbmodel import Mapper
from ddbmodel.codec.numbers import canonical_number
from ddbmodel.codec.wire_item import dump_item
from ddbmodel.operations import CreateTable, PutItem, Scan
from ddbmodel.schema import KeyAttribute, TableSchema

Item = dict[str, dict[str, Any]]


def schema(name: str, *, sort_key: str | None = "sk") -> TableSchema:
    sort = () if sort_key is None else (KeyAttribute(sort_key, "N"),)
    return TableSchema(name, (KeyAttribute("pk", "S"),), sort)


async def make_table(mapper: Mapper, name: str) -> None:
    await mapper.send(CreateTable(schema(name)))


async def fill(mapper: Mapper, name: str, items: list[Item]) -> None:
    async with mapper.batch_writer() as writer:
        accept = writer.stored_items(schema(name))
        for item in items:
            await accept(item)


async def put(mapper: Mapper, name: str, item: Item) -> None:
    await mapper.send(PutItem(name, item))


async def stored(mapper: Mapper, name: str) -> dict[tuple[str, str], str]:
    """Every item as JSON, byte for byte but for the order of attributes and of a set's members, by key."""
    found: dict[tuple[str, str], str] = {}
    start = None
    while True:
        reply = await mapper.send(Scan(name, exclusive_start_key=start))
        for item in reply["Items"]:
            plain = json.loads(dump_item(item))
            key = (plain["pk"]["S"], str(canonical_number(plain["sk"]["N"])))
            assert key not in found
            found[key] = json.dumps(_ordered(plain), sort_keys=True)
        if not (start := reply.get("LastEvaluatedKey")):
            return found


def _ordered(value: Any) -> Any:
    if isinstance(value, list):
        return [_ordered(one) for one in value]
    if isinstance(value, dict):
        return {
            name: sorted(one) if name in ("SS", "NS", "BS") and isinstance(one, list) else _ordered(one)
            for name, one in value.items()
        }
    return value


def item(number: int, **others: dict[str, Any]) -> Item:
    return {"pk": {"S": f"p{number % 7}"}, "sk": {"N": str(number)}, **others}


class Before:
    """A hook that hands each request to a function before it is sent."""

    def __init__(self, told: Callable[[Any], object]) -> None:
        self._told = told

    def before(self, request: Any) -> None:
        self._told(request)
