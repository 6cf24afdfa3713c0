"""Entities of a shared table, and verbs on them, that must pass, with the types that come out of them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, assert_type

from ddbmodel import (
    Attr,
    Collection,
    Groups,
    InvalidItem,
    ItemKey,
    Key,
    KeyAttribute,
    Mapper,
    Model,
    Page,
    Path,
    Query,
    Table,
    TableIndex,
    Transaction,
    created_at,
    field,
    ttl,
    updated_at,
    version,
)

shop = Table(
    "shop",
    partition_key="pk",
    sort_key="sk",
    indexes=[
        TableIndex("gsi1", "gsi1pk", "gsi1sk"),
        TableIndex("gsi2", ("a", "b"), ("c", KeyAttribute("d", "N")), projection="KEYS_ONLY"),
        TableIndex("gsi3", KeyAttribute("n", "N"), projection=["status"]),
        TableIndex("lsi", "pk", "lsk", local=True),
    ],
    entity_attribute="kind",
)
sharded = Table("sharded", "pk", "sk", [TableIndex("gsi1", "gsi1pk", "gsi1sk")])
numbers = Table("numbers", KeyAttribute("pk", "N"))


class Stamped(Model):
    """What all entities have."""

    revision: Attr[int] = version()
    made_at: Attr[datetime] = created_at()
    changed_at: Attr[datetime] = updated_at()


class Sample(Model, table=sharded, entity="sample"):
    device: Attr[str]
    at: Attr[int]
    status: Attr[str] = field(default="new")
    primary = Key(partition="DEVICE#{device}", sort="{at:06d}", shards=8)
    by_status = Key("gsi1", "STATUS#{status}", "{at:06d}", 10)


assert_type(Sample.by_status, Key)
assert_type(Sample.by_status.shards, int | None)
assert_type(Sample.key("d", 1), ItemKey[Sample])


class Customer(Stamped, table=shop, entity="customer"):
    customer_id: Attr[str]
    email: Attr[str] = field(unique=True)
    primary = Key(partition="CUSTOMER#{customer_id}", sort="PROFILE")


class Order(Stamped, table=shop, entity="order"):
    customer_id: Attr[str]
    number: Attr[int]
    status: Attr[str] = field(default="new")
    total: Attr[Decimal] = field(default=Decimal(0))
    expires_at: Attr[datetime | None] = ttl(default=None)
    primary = Key(partition="CUSTOMER#{customer_id}", sort="ORDER#{number:06d}")
    by_status = Key("gsi1", partition="STATUS#{status}", sort="{made_at}")
    by_several = Key("gsi2", partition=("{status}", "X"), sort=["{customer_id}#", "{number}"])


class Invoice(Model, table=shop):
    """Named after its class. When it was made can be given."""

    made_at: Attr[datetime] = created_at(init=True, default_factory=lambda: datetime.now(UTC))

    invoice_id: Attr[str]
    primary = Key(partition="INVOICE#{invoice_id}", sort="INVOICE")


def values() -> None:
    """Instances, paths and keys have the types of their fields."""
    order = Order(customer_id="c", number=1, expires_at=datetime.now(UTC))
    Invoice(invoice_id="i", made_at=datetime.now(UTC))
    Invoice(invoice_id="i")
    assert_type(order.revision, int)
    assert_type(order.made_at, datetime)
    assert_type(order.changed_at, datetime)
    assert_type(order.expires_at, datetime | None)
    assert_type(Order.revision, Path[int])
    assert_type(Order.expires_at, Path[datetime | None])
    assert_type(Order.by_status, Key)
    assert_type(Order.key("c", 1), ItemKey[Order])
    assert_type(shop.name, str)
    assert_type(numbers.entities, dict[str, type[Any]])


async def collections(mapper: Mapper) -> None:
    """Several entities come as their union, alone and in groups."""
    both = mapper.query(Customer, Order)
    assert_type(both, Collection[Customer | Order])
    assert_type(mapper.query(Customer, Order, Invoice), Collection[Customer | Order | Invoice])
    assert_type(mapper.query(Order), Query[Order])
    asked = both.where(Customer.customer_id == "c", Order.total > 3, Stamped.revision > 1)
    assert_type(asked, Collection[Customer | Order])
    assert_type(asked.reverse().limit(3).using(Order.by_status), Collection[Customer | Order])
    async for found in asked:
        assert_type(found, Customer | Order)
        if isinstance(found, Order):
            assert_type(found.total, Decimal)
        else:
            assert_type(found.email, str)
    assert_type(await asked.all(), list[Customer | Order])
    assert_type(await asked.first(), Customer | Order | None)
    assert_type(await asked.count(), int)
    assert_type(await asked.page(size=5, scope="tenant"), Page[Customer | Order])
    groups = await mapper.query(Customer, Order, on_invalid="collect").grouped()
    assert_type(groups, Groups[Customer | Order])
    assert_type(groups[Order], list[Order])
    assert_type(groups[Customer][0].email, str)
    assert_type(groups.invalid, list[InvalidItem])
    assert_type(len(groups), int)
    for one in groups:
        assert_type(one, Customer | Order)


async def verbs(mapper: Mapper, order: Order) -> None:
    """Saving, updating with what is known, and reading together."""
    await mapper.save(order, when=Order.status == "new")
    key = Order.key("c", 1)
    changed = await mapper.update(key, Order.status.set("paid"), given={"made_at": order.made_at})
    assert_type(changed, Order)
    assert_type(await mapper.update(key, Order.status.set("paid"), given=order), Order)
    customer, again = await mapper.transact_get(Customer.key("c"), key)
    assert_type(customer, Customer | None)
    assert_type(again, Order | None)
    assert_type(await mapper.transact_get(key), tuple[Order | None])
    async with mapper.transaction(token="t") as transaction:
        assert_type(transaction, Transaction)
        transaction.put(order, when=Order.total > 3)
        transaction.update(key, Order.total.add(5), given={"status": "new"})
        transaction.delete(Customer.key("c"))
        transaction.check(key, Order.status == "new")
