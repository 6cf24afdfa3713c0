"""Migrations of models with a version, unique fields or a shared table, and what migrating has to keep."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ddbmodel import (
    Attr,
    Mapper,
    Model,
    SchemaOutdated,
    Table,
    UniqueViolation,
    VersionConflict,
    field,
    partition_key,
    updated_at,
    upgrader,
    version,
)
from ddbmodel.model import Key
from tests.engines.engine import Engine

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@upgrader(1)
def lower_the_email(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "email": values["email"].lower()}


class User(Model, table="users", schema_version=2, upgraders=[lower_the_email]):
    user_id: Attr[str] = partition_key()
    email: Attr[str] = field(unique=True)
    revision: Attr[int] = version()
    changed: Attr[datetime] = updated_at()


def _old_user(user_id: str, email: str) -> dict[str, Any]:
    time = {"S": "2020-01-01T00:00:00.000000Z"}
    return {"user_id": {"S": user_id}, "email": {"S": email}, "revision": {"N": "4"}, "changed": time}


async def _put(engine: Engine, table: str, *items: dict[str, Any]) -> None:
    async with engine.client() as client:
        for item in items:
            await client.put_item(TableName=table, Item=item)


@pytest.mark.behaviour("transactions")
async def test_unique_values_move_their_guards(mapper: Mapper, engine: Engine, table_prefix: str) -> None:
    """A unique value that an upgrade changes is guarded anew; one that is taken is reported, and nothing lost."""
    await mapper.create_table(User)
    await mapper.create(User(user_id="new", email="taken@x.org"))
    await _put(engine, table_prefix + "users", _old_user("a", "Ann@x.org"), _old_user("b", "TAKEN@x.org"))
    report = await mapper.migrate(User)
    assert (report.scanned, report.upgraded, report.current, report.failed) == (3, 1, 1, 1)
    assert "email" in report.failures[0].reason
    with pytest.raises(UniqueViolation):
        await mapper.create(User(user_id="other", email="ann@x.org"))


@pytest.mark.behaviour("upgrading what is stored")
async def test_versions_are_raised_and_times_kept(mapper: Mapper, engine: Engine, table_prefix: str) -> None:
    """Who has read an item before it was migrated gets a VersionConflict; nobody has changed it, so its time stays."""
    await mapper.create_table(User)
    await _put(engine, table_prefix + "users", _old_user("a", "ann@x.org"))
    reader = await mapper.require(User, "a", consistent=True)
    assert (await mapper.migrate(User)).upgraded == 1
    found = await mapper.require(User, "a", consistent=True)
    assert (found.revision, found.changed) == (5, LONG_AGO)
    with pytest.raises(VersionConflict):
        await mapper.save(reader)


@pytest.mark.behaviour("upgrading what is stored")
async def test_an_update_of_a_model_that_was_read(mapper: Mapper, engine: Engine, table_prefix: str) -> None:
    """An update by the object that was read in the old form upgrades the item, and is no conflict with itself."""
    await mapper.create_table(User)
    await _put(engine, table_prefix + "users", _old_user("a", "ann@x.org"))
    reader = await mapper.require(User, "a", consistent=True)
    updated = await mapper.update(reader, User.changed.set(LONG_AGO))
    assert updated.revision == 6


@pytest.mark.behaviour("transactions")
async def test_a_transaction_does_not_upgrade(mapper: Mapper, engine: Engine, table_prefix: str) -> None:
    """An update in a transaction of an old item is refused by name, and the item is as it was."""
    await mapper.create_table(User)
    await _put(engine, table_prefix + "users", _old_user("a", "ann@x.org"))
    with pytest.raises(SchemaOutdated, match="save or migrate"):
        async with mapper.transaction() as tx:
            tx.update(User.key("a"), User.changed.set(LONG_AGO))
    assert (await mapper.require(User, "a", consistent=True)).revision == 4


shop = Table("shop", partition_key="pk", sort_key="sk")


@upgrader(1)
def rename(values: dict[str, Any]) -> dict[str, Any]:
    values["title"] = values.pop("name")
    return values


class Customer(Model, table=shop, entity="customer", schema_version=2, upgraders=[rename]):
    customer_id: Attr[str]
    title: Attr[str]
    primary = Key(partition="C#{customer_id}", sort="PROFILE")


class Order(Model, table=shop, entity="order"):
    customer_id: Attr[str]
    order_id: Attr[str]
    primary = Key(partition="C#{customer_id}", sort="ORDER#{order_id}")


async def test_a_shared_table_entity_by_entity(mapper: Mapper, engine: Engine, table_prefix: str) -> None:
    """Only the items of the model are looked at; a collection reads both, old and new."""
    await mapper.create_table(shop)
    key = {"pk": {"S": "C#7"}, "sk": {"S": "PROFILE"}, "_entity": {"S": "customer"}}
    await _put(engine, table_prefix + "shop", key | {"name": {"S": "Ann"}})
    order = Order(customer_id="7", order_id="1")
    await mapper.put(order)
    both = mapper.query(Customer, Order).where(Customer.customer_id == "7")
    expected = [order, Customer(customer_id="7", title="Ann")]
    assert await both.all() == expected
    report = await mapper.migrate(Customer)
    assert (report.scanned, report.upgraded) == (1, 1)
    assert await both.all() == expected
