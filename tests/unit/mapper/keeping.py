"""What the tests of single writes share: models with all that writes take care of, and answers to them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ddbmodel import (
    Attr,
    CancellationReason,
    ConditionalCheckFailed,
    Key,
    Mapper,
    Model,
    Table,
    TableIndex,
    TransactionCanceled,
    created_at,
    field,
    partition_key,
    ttl,
    updated_at,
    version,
)
from ddbmodel.model import plan_of
from tests.unit.mapper.telling import Answer, Telling, mapper_on

NOW = datetime(2026, 5, 4, 3, 2, 1, 987654, tzinfo=UTC)
NOW_STORED = {"S": "2026-05-04T03:02:01.987654Z"}

shop = Table(
    "keeping-shop", partition_key="pk", sort_key="sk", indexes=[TableIndex("gsi1", "gsi1pk", "gsi1sk")]
)


class Address(Model):
    city: Attr[str]
    street: Attr[str | None] = None


class Bare(Model, table="bare"):
    """Nothing is taken care of."""

    name: Attr[str] = partition_key()
    count: Attr[int] = field(default=0)
    address: Attr[Address | None] = None
    homes: Attr[list[Address]] = field(default_factory=list)
    labels: Attr[dict[str, Address]] = field(default_factory=dict)


class Loose(Model, table="loose", extra="allow"):
    name: Attr[str] = partition_key()
    count: Attr[int] = field(default=0)


class Kept(Model, table="kept"):
    """A version, times and a time to live."""

    name: Attr[str] = partition_key()
    count: Attr[int] = field(default=0)
    made: Attr[datetime] = created_at()
    changed: Attr[datetime] = updated_at()
    expires: Attr[datetime | None] = ttl(default=None)
    number: Attr[int] = version()


class Frozen(Model, table="frozen", frozen=True):
    name: Attr[str] = partition_key()
    made: Attr[datetime] = created_at()
    number: Attr[int] = version()


class Person(Model, table=shop, entity="person"):
    name: Attr[str]
    email: Attr[str | None] = field(default=None, unique=True)
    phone: Attr[str | None] = field(default=None, unique=True)
    team: Attr[str | None] = None
    level: Attr[int] = field(default=0)

    primary = Key(partition="PERSON#{name}", sort="ME")
    by_team = Key("gsi1", partition="TEAM#{team}", sort="{level:03d}#{name}")


class Task(Model, table=shop, entity="task"):
    name: Attr[str]
    state: Attr[str | None] = None
    rank: Attr[int] = field(default=0)
    changed: Attr[datetime] = updated_at()

    primary = Key(partition="TASK#{name}", sort="ME")
    by_state = Key("gsi1", partition="STATE#{state}", sort="{rank:02d}#{changed}")


def opened(*answers: Answer, **options: Any) -> tuple[Mapper, Telling]:
    """A mapper whose time stands still, and the transport that it is on."""
    transport = Telling(*answers)
    return mapper_on(transport, clock=lambda: NOW, **options), transport


def stored(model: Model, **changes: Any) -> dict[str, Any]:
    """The item of a model, with other attributes."""
    item = plan_of(type(model)).encode(model) | changes
    return {name: value for name, value in item.items() if value is not None}


def read(model: Model, **changes: Any) -> Any:
    """The model as if its item had been read from a table."""
    return plan_of(type(model)).decode(stored(model, **changes))


def refused(item: dict[str, Any] | None = None) -> Answer:
    """The condition was false of this item."""
    return Answer(error=ConditionalCheckFailed("The condition was false.", item))


def canceled(*items: dict[str, Any] | bool | None) -> Answer:
    """A transaction that was canceled: True for each action that was fine, else the stored item."""
    reasons = [
        CancellationReason("None")
        if isinstance(item, bool)
        else CancellationReason("ConditionalCheckFailed", "The conditional request failed", item)
        for item in items
    ]
    return Answer(error=TransactionCanceled("The transaction was canceled.", reasons))


def expression(wire: dict[str, Any], which: str) -> str:
    """An expression of a request, with its names and values in the place of their placeholders."""
    text: str = wire.get(f"{which}Expression", "")
    for name, real in sorted(wire.get("ExpressionAttributeNames", {}).items(), reverse=True):
        text = text.replace(name, real)
    for name, value in sorted(wire.get("ExpressionAttributeValues", {}).items(), reverse=True):
        ((_, plain),) = value.items()
        text = text.replace(name, repr(plain))
    return text
