"""Single-table design on every engine: entities in one table, found by parts of their keys, alone and together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ddbmodel import (
    Attr,
    CodecError,
    Key,
    KeyAttribute,
    Mapper,
    Model,
    NoAccessPath,
    Table,
    TableIndex,
    field,
)

NOON = datetime(2026, 10, 13, 12, tzinfo=UTC)
DAY = timedelta(days=1)

SHOP = Table(
    "shop",
    partition_key="pk",
    sort_key="sk",
    indexes=[
        TableIndex("gsi1", "gsi1pk", "gsi1sk"),
        TableIndex("totals", "gsi2pk", KeyAttribute("gsi2sk", "N")),
        TableIndex("keys", "gsi3pk", "gsi3sk", projection="KEYS_ONLY"),
        TableIndex("some", "gsi4pk", "gsi4sk", projection=["status"]),
    ],
)


class Customer(Model, table=SHOP, entity="customer"):
    customer_id: Attr[str]
    name: Attr[str]
    city: Attr[str | None] = None

    primary = Key(partition="CUSTOMER#{customer_id}", sort="PROFILE")
    by_city = Key("gsi1", partition="CITY#{city}", sort="{name}#{customer_id}")


class Order(Model, table=SHOP, entity="order"):
    customer_id: Attr[str]
    number: Attr[int]
    status: Attr[str] = field(default="new")
    total: Attr[Decimal] = field(default=Decimal(0))
    placed_at: Attr[datetime]
    city: Attr[str | None] = None
    note: Attr[str | None] = None

    primary = Key(partition="CUSTOMER#{customer_id}", sort="ORDER#{placed_at:%Y-%m}#{number:06d}")
    by_city = Key("gsi1", partition="CITY#{city}", sort="{placed_at}")
    by_total = Key("totals", partition="ORDERS", sort="{total}")
    by_status = Key("keys", partition="STATUS#{status}", sort="{placed_at}")
    by_note = Key("some", partition="NOTE#{note}", sort="{number:06d}")


MULTI = Table(
    "multi",
    partition_key="pk",
    indexes=[TableIndex("place", ("country", "g2"), ("city", KeyAttribute("year", "N"), "g3"))],
)


class Match(Model, table=MULTI, entity="match"):
    match_id: Attr[str]
    country: Attr[str]
    city: Attr[str]
    year: Attr[int]
    sport: Attr[str]
    player: Attr[str]

    primary = Key(partition="MATCH#{match_id}")
    by_place = Key("place", partition=("{country}", "SPORT#{sport}"), sort=("{city}", "{year}", "{player}"))


CUSTOMERS = [Customer(customer_id=name, name=f"N{name}", city="Bath") for name in ("c#1", "c$", "c")]
ORDERS = [
    Order(
        customer_id=customer.customer_id,
        number=number,
        total=Decimal(number * 7 % 20) / 2,
        placed_at=NOON + number * DAY,
        status="new" if number % 2 else "sent",
        city="Bath" if number % 3 else None,
        note="a" if number % 5 == 0 else None,
    )
    for customer in CUSTOMERS
    for number in range(30)
]


@pytest.fixture
async def full(mapper: Mapper) -> Mapper:
    """A mapper whose table has customers and orders."""
    await mapper.create_table(Customer)
    async with mapper.batch_writer() as writer:
        for model in (*CUSTOMERS, *ORDERS):
            await writer.put(model)
    return mapper


def _of(customer_id: str) -> list[Order]:
    return [order for order in ORDERS if order.customer_id == customer_id]


async def test_single_items(mapper: Mapper) -> None:
    """An entity is created, read, updated, saved and deleted by the values of its key."""
    await mapper.create_table(Order)
    order = ORDERS[7]
    await mapper.create(order)
    key = Order.key(order.customer_id, order.placed_at, order.number)
    assert await mapper.get(key) == order
    changed = await mapper.update(key, Order.total.set(Decimal(5)))
    assert changed.total == 5
    assert [
        one.number for one in await mapper.query(Order).using(Order.by_total).where(Order.total == 5).all()
    ] == [7]
    changed.city = None
    await mapper.save(changed)
    assert await mapper.query(Order).where(Order.city == "Bath").all() == []
    await mapper.delete(changed)
    assert await mapper.get(key) is None


C = Order.customer_id == "c#1"
QUERIES: list[tuple[list[Any], Any]] = [
    ([C], lambda order: True),
    ([C, Order.placed_at == ORDERS[3].placed_at], lambda order: order.number == 3),
    ([C, Order.placed_at >= NOON + 20 * DAY], lambda order: order.number >= 20),
    ([C, Order.placed_at > NOON, Order.placed_at < NOON + 20 * DAY], lambda order: 0 < order.number < 20),
    ([C, Order.placed_at.begins_with("2026-11")], lambda order: order.placed_at.month == 11),
    ([C, Order.number > 5, Order.total < 3], lambda order: order.number > 5 and order.total < 3),
    ([C, Order.status == "new"], lambda order: order.status == "new"),
]


@pytest.mark.parametrize(("conditions", "expected"), QUERIES, ids=[repr(query[0]) for query in QUERIES])
async def test_queries_by_parts_of_a_key(full: Mapper, conditions: list[Any], expected: Any) -> None:
    """A query finds what its conditions are true for, in the order of the key, in pages and turned round."""
    query = full.query(Order).where(*conditions)
    found = [order for order in _of("c#1") if expected(order)]
    assert await query.all() == found
    assert await query.reverse().all() == found[::-1]
    assert await query.count() == len(found)
    page = await query.page(size=4)
    paged = [*page.items]
    while page.next is not None:
        page = await query.page(size=4, after=page.next)
        paged += page.items
    assert paged == found


async def test_sparse_index(full: Mapper) -> None:
    """An index has the items whose fields it is written from are not None, and each model sees its own."""
    orders = await full.query(Order).where(Order.city == "Bath").all()
    assert len(orders) == sum(order.city is not None for order in ORDERS) == 60
    assert [order.placed_at for order in orders] == sorted(order.placed_at for order in orders)
    customers = (
        await full.query(Customer).where(Customer.city == "Bath", Customer.name.begins_with("Nc")).all()
    )
    assert [customer.customer_id for customer in customers] == ["c", "c#1", "c$"]


async def test_numbers_in_an_index(full: Mapper) -> None:
    """A key attribute that holds numbers sorts and narrows by them."""
    query = full.query(Order).using(Order.by_total).where(Order.total >= Decimal("1.5"), Order.total < 9)
    assert query.explain().filter is None
    totals = [order.total for order in await query.all()]
    assert totals == sorted(order.total for order in ORDERS if Decimal("1.5") <= order.total < 9)


async def test_index_of_keys(full: Mapper) -> None:
    """An index of keys is refused, or gives the fields that it holds, or whole items that are fetched."""
    query = full.query(Order).where(Order.status == "new").using(Order.by_status)
    with pytest.raises(NoAccessPath, match=r"\.hydrate\(\)"):
        await query.all()
    hydrated = await query.hydrate().all()
    assert len(hydrated) == 45
    assert all(order in ORDERS for order in hydrated)
    assert await query.hydrate().count() == 45


async def test_index_of_some(full: Mapper) -> None:
    """An index of some attributes gives what it holds."""
    query = full.query(Order).where(Order.note == "a").using(Order.by_note)
    rows = await query.select(Order.status).all()
    assert len(rows) == 18
    assert {row[0] for row in rows} == {"new", "sent"}
    assert len(await query.where(Order.status == "new").hydrate().all()) == 9


async def test_collections(full: Mapper) -> None:
    """Entities are found together, in the order of their keys, grouped, and with conditions of their own."""
    query = full.query(Customer, Order).where(Customer.customer_id == "c#1")
    found = await query.all()
    assert found == [*_of("c#1"), CUSTOMERS[0]]
    assert await query.count() == 31
    groups = await query.where(Order.number >= 10, Order.status == "new").grouped()
    assert groups[Customer] == [CUSTOMERS[0]]
    assert [order.number for order in groups[Order]] == list(range(11, 30, 2))
    page = await query.page(size=20)
    rest = await query.page(size=20, after=page.next)
    assert [*page.items, *rest.items] == found
    assert (await query.page(size=20, before=rest.previous)).items == page.items
    by_city = full.query(Customer, Order).where(Customer.city == "Bath").using(Order.by_city)
    assert len(await by_city.all()) == 63


async def test_unknown_entities(full: Mapper) -> None:
    """An item of an entity that no model is known for is an error in a collection, or is set aside."""
    table = Table("shop", "pk", "sk")

    class Ghost(Model, table=table, entity="ghost"):
        customer_id: Attr[str]
        primary = Key(partition="CUSTOMER#{customer_id}", sort="GHOST")

    await full.put(Ghost(customer_id="c"))
    query = full.query(Customer, Order).where(Customer.customer_id == "c", Order.number < 0)
    with pytest.raises(CodecError, match="'ghost'"):
        await query.all()
    lenient = full.query(Customer, Order, on_invalid="collect").where(Customer.customer_id == "c")
    groups = await lenient.grouped()
    assert len(groups) == 31
    assert [entry.key["sk"] for entry in groups.invalid] == [{"S": "GHOST"}]
    assert len(await full.query(Order).where(Order.customer_id == "c").all()) == 30


async def test_many_items(full: Mapper) -> None:
    """Batches read items by their keys, and scans see only their entity."""
    keys = [Order.key(order.customer_id, order.placed_at, order.number) for order in ORDERS[::-1]]
    missing = Order.key("c", NOON, 999)
    assert await full.batch_get(Order, [*keys, missing]) == [*ORDERS[::-1], None]
    scanned = await full.scan(Customer).all()
    assert sorted(customer.customer_id for customer in scanned) == ["c", "c#1", "c$"]
    assert await full.scan(Order).count() == 90


@pytest.mark.behaviour("index keys of several attributes")
async def test_index_keys_of_several_attributes(mapper: Mapper) -> None:
    """An index with a key of several attributes is queried from left to right."""
    await mapper.create_table(Match)
    matches = [
        Match(
            match_id=f"m{number}",
            country="ie",
            city=("Cork", "Galway")[number % 2],
            year=2000 + number % 3,
            sport="go",
            player=f"p{number % 4}",
        )
        for number in range(24)
    ]
    for match in matches:
        await mapper.put(match)
    base = mapper.query(Match).where(Match.country == "ie", Match.sport == "go")
    assert len(await base.all()) == 24
    assert len(await base.where(Match.city == "Cork", Match.year > 2000).all()) == 8
    assert (
        len(await base.where(Match.city == "Cork", Match.year == 2001, Match.player.begins_with("p")).all())
        == 4
    )
