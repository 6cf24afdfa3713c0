"""A model of three schema versions, and items of each as other programs and older classes have stored them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ddbmodel import Attr, Mapper, Model, field, partition_key, sort_key, upgrader
from tests.engines.engine import Engine


@upgrader(1)
def split_the_name(values: dict[str, Any]) -> dict[str, Any]:
    """Version 1 had one name, and cents; `note` is what only some items have."""
    first, _, last = values.pop("name").partition(" ")
    values["names"] = {"first": first, "last": last}
    values["total"] = Decimal(values.pop("cents")) / 100
    if "note" in values:
        values["remark"] = values.pop("note")
    return values


@upgrader(2)
def tag_it(values: dict[str, Any]) -> dict[str, Any]:
    """Version 2 had no tags."""
    return {**values, "tags": {"old"}}


class Names(Model):
    first: Attr[str]
    last: Attr[str]


class Bill(Model, table="bills", schema_version=3, upgraders=[tag_it, split_the_name]):
    shop: Attr[str] = partition_key()
    number: Attr[int] = sort_key()
    names: Attr[Names]
    total: Attr[Decimal]
    tags: Attr[set[str]] = field(default_factory=set)
    remark: Attr[str | None] = None


def first_form(number: int, **more: Any) -> dict[str, Any]:
    """An item of version 1."""
    own = {"name": {"S": "Ann Lee"}, "cents": {"N": "1999"}, "foreign": {"S": "kept"}}
    return {"shop": {"S": "s"}, "number": {"N": str(number)}, **own, **more}


def second_form(number: int) -> dict[str, Any]:
    """An item of version 2."""
    names = {"first": {"S": "Ann"}, "last": {"S": "Lee"}, "middle": {"S": "kept"}}
    own = {"names": {"M": names}, "total": {"N": "19.99"}, "_schema": {"N": "2"}}
    return {"shop": {"S": "s"}, "number": {"N": str(number)}, **own}


def bill(number: int, **more: Any) -> Bill:
    """What each of them is today."""
    given = {"names": Names(first="Ann", last="Lee"), "total": Decimal("19.99"), "tags": {"old"}}
    return Bill(shop="s", number=number, **{**given, **more})


class Raw:
    """Items as they are stored, past the mapper."""

    def __init__(self, engine: Engine, table: str) -> None:
        self._engine, self._table = engine, table

    async def put(self, *items: dict[str, Any]) -> None:
        async with self._engine.client() as client:
            for item in items:
                await client.put_item(TableName=self._table, Item=item)

    async def get(self, number: int) -> dict[str, Any]:
        async with self._engine.client() as client:
            key = {"shop": {"S": "s"}, "number": {"N": str(number)}}
            reply = await client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
            item: dict[str, Any] = reply["Item"]
            return item


async def read(mapper: Mapper, number: int) -> Bill:
    return await mapper.require(Bill, "s", number, consistent=True)
