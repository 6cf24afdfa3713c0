"""Shared tables and entities of them, made for one test each, so that tests do not meet."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from ddbmodel import GlobalIndex, Key, KeyAttribute, LocalIndex, Model, Null, Table, TableIndex, field
from ddbmodel.model import plan_of

NOON = datetime(2026, 10, 13, 12, tzinfo=UTC)


class Status(Enum):
    NEW = "new"
    SENT = "sent"


def shop(**changes: Any) -> Table:
    """A new table with an index of each kind."""
    indexes = [
        TableIndex("gsi1", "gsi1pk", "gsi1sk"),
        TableIndex("multi", ("m1", "m2"), ("m3", KeyAttribute("m4", "N"))),
        TableIndex("lsi", "pk", "lsk", local=True),
        TableIndex("count", KeyAttribute("gsi2pk", "N")),
    ]
    return Table(**{"name": "shop", "partition_key": "pk", "sort_key": "sk", "indexes": indexes, **changes})


def turned(**changes: Any) -> Table:
    """A new table with an index that turns its key round."""
    return Table("turned", "pk", "sk", [TableIndex("inverted", "sk", "pk")], **changes)


FIELDS: dict[str, Any] = {
    "customer_id": str,
    "order_id": str,
    "number": int,
    "price": Decimal,
    "placed_at": datetime,
    "day": date,
    "status": Status,
    "data": bytes,
    "tags": set[str],
    "note": (str | None, None),
    "nulled": (str | None, field(default=None, stored_as=Null)),
}
PRIMARY = Key(partition="CUSTOMER#{customer_id}", sort="ORDER#{order_id}")


def define(name: str, table: Any, bases: tuple[type, ...] = (Model,), /, **body: Any) -> Any:
    """Define an entity from fields `name=annotation` or `name=(annotation, default)` and keys."""
    keywords = {key: body.pop(key) for key in ("entity",) if key in body}
    namespace: dict[str, Any] = {"__module__": __name__, "__qualname__": name, "__annotations__": {}}
    for key, entry in body.items():
        if isinstance(entry, Key | GlobalIndex | LocalIndex) or key.startswith("model_"):
            namespace[key] = entry
        else:
            annotation, *default = entry if isinstance(entry, tuple) else (entry,)
            namespace["__annotations__"][key] = annotation
            namespace.update({key: default[0]} if default else {})
    made: Any = type(Model)
    return made(name, bases, namespace, table=table, **keywords)


def order(table: Any = None, **keys: Any) -> Any:
    """An entity with fields of all kinds."""
    table = shop() if table is None else table
    return define("Order", table, **{**FIELDS, "primary": PRIMARY, "entity": "order", **keys})


def item_of(model: Any, **values: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "customer_id": "c#1",
        "order_id": "o1",
        "number": 7,
        "price": Decimal("1.5"),
        "placed_at": NOON,
        "day": date(2026, 10, 13),
        "status": Status.NEW,
        "data": b"x",
        "tags": {"a"},
    }
    return plan_of(model).encode(model(**{**given, **values}))
