"""Every verb of the mapper, on every engine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from ddbmodel import (
    Attr,
    ConditionalCheckFailed,
    GlobalIndex,
    InvalidCursor,
    ItemExists,
    ItemNotFound,
    LocalIndex,
    Mapper,
    Model,
    NoAccessPath,
    RateLimit,
    TableInUse,
    TableNotFound,
    field,
    partition_key,
    sort_key,
)
from tests.engines.engine import Engine

START = datetime(2026, 1, 1, tzinfo=UTC)
COUNT = 60


class Line(Model):
    sku: Attr[str]
    price: Attr[Decimal]


class Order(Model, table="orders"):
    customer_id: Attr[str] = partition_key()
    order_id: Attr[str] = sort_key(attribute="oid", alias="orderId", validate_default=True)
    status: Attr[str] = field(default="pending")
    total: Attr[Decimal] = field(ge=0)
    placed_at: Attr[datetime]
    note: Attr[str | None] = field(default=None)
    tags: Attr[set[str]] = field(default_factory=set)
    lines: Attr[list[Line]] = field(default_factory=list)

    by_status = GlobalIndex(partition_key="status", sort_key="placed_at")
    by_total = LocalIndex(sort_key="total")
    keys_by_status = GlobalIndex(partition_key="status", sort_key="total", projection="KEYS_ONLY")


class Counter(Model, table="counters"):
    number: Attr[Decimal] = partition_key()
    hits: Attr[int] = field(default=0)


class Blob(Model, table="blobs"):
    digest: Attr[bytes] = partition_key()


def _order(number: int) -> Order:
    return Order(
        customer_id=f"c{number % 3}",
        orderId=f"o{number:03}",
        total=Decimal(number),
        placed_at=START + timedelta(hours=number),
        lines=[Line(sku="lamp", price=Decimal("1.5"))],
        tags={"odd"} if number % 2 else set(),
        status="open" if number % 4 else "paid",
    )


@pytest.fixture
async def orders(mapper: Mapper) -> Mapper:
    """A mapper whose orders table is there and empty."""
    await mapper.create_table(Order)
    return mapper


@pytest.fixture
async def full(orders: Mapper) -> Mapper:
    """A mapper with sixty orders."""
    async with orders.batch_writer() as writer:
        for number in range(COUNT):
            await writer.put(_order(number))
    return orders


async def test_a_table_is_created_described_and_deleted(mapper: Mapper) -> None:
    """The deployed table has the model's keys and indexes; creating it twice and using it afterwards fail."""
    created = await mapper.create_table(Order)
    assert created.is_active
    assert [key.name for key in created.schema.key] == ["customer_id", "oid"]
    assert {index.name for index in created.schema.indexes} == {"by_status", "by_total", "keys_by_status"}
    with pytest.raises(TableInUse):
        await mapper.create_table(Order)
    assert (await mapper.create_table(Order, exist_ok=True)).is_active
    await mapper.delete_table(Order)
    with pytest.raises(TableNotFound):
        await mapper.describe_table(Order)
    with pytest.raises(TableNotFound):
        await mapper.delete_table(Order)
    await mapper.delete_table(Order, missing_ok=True)


async def test_what_was_put_is_got_back(orders: Mapper) -> None:
    """By values, by field names, by key; consistently; and None or an error where there is nothing."""
    order = _order(1)
    await orders.put(order)
    assert await orders.get(Order, "c1", "o001") == order
    assert await orders.get(Order, customer_id="c1", order_id="o001", consistent=True) == order
    assert await orders.require(Order.key("c1", "o001")) == order
    assert await orders.get(Order, "c1", "nothing") is None
    with pytest.raises(ItemNotFound):
        await orders.require(Order, "c1", "nothing")


async def test_create_takes_new_keys_only(orders: Mapper) -> None:
    """The second create is refused, and the stored item stays."""
    await orders.create(_order(1))
    changed = _order(1).model_copy(update={"note": "second"})
    with pytest.raises(ItemExists):
        await orders.create(changed)
    assert (await orders.require(Order, "c1", "o001")).note is None


@pytest.mark.behaviour("the stored item comes with a refused condition")
async def test_a_refusal_brings_the_stored_item(orders: Mapper) -> None:
    """Every verb that a condition refuses raises with the stored item, decoded."""
    order = _order(1)
    await orders.put(order)
    with pytest.raises(ConditionalCheckFailed) as put:
        await orders.put(order, when=Order.status == "nowhere")
    with pytest.raises(ConditionalCheckFailed) as update:
        await orders.update(order, Order.total.add(1), when=Order.status == "nowhere")
    with pytest.raises(ConditionalCheckFailed) as delete:
        await orders.delete(order, when=Order.status == "nowhere")
    with pytest.raises(ItemExists) as create:
        await orders.create(order)
    found = [refusal.value.item for refusal in (put, update, delete, create)]
    assert found == [order] * 4


async def test_conditions_decide(orders: Mapper) -> None:
    """Nothing is written where the condition is false, and all of it where it is true."""
    await orders.put(_order(1))
    with pytest.raises(ConditionalCheckFailed):
        await orders.delete(Order.key("c1", "o001"), when=Order.total > 5)
    await orders.put(_order(1).model_copy(update={"note": "new"}), when=Order.total == 1)
    assert (await orders.require(Order, "c1", "o001")).note == "new"
    old = await orders.delete(Order.key("c1", "o001"), when=Order.note == "new", return_old=True)
    assert old is not None
    assert old.note == "new"
    assert await orders.delete(Order.key("c1", "o001"), return_old=True) is None


async def test_update_changes_in_place(orders: Mapper) -> None:
    """All kinds of actions together; the new item is returned, and is what is stored."""
    await orders.put(_order(1))
    updated = await orders.update(
        Order.key("c1", "o001"),
        Order.total.set(Order.total + 4),
        Order.note.set("hello"),
        Order.tags.add({"gift"}),
        Order.lines.append(Line(sku="bulb", price=Decimal(2))),
        when=Order.status == "open",
    )
    assert (updated.total, updated.note, updated.tags) == (5, "hello", {"odd", "gift"})
    assert [line.sku for line in updated.lines] == ["lamp", "bulb"]
    again = await orders.update(
        updated,
        Order.note.remove(),
        Order.tags.delete({"odd", "gift"}),
        Order.lines[0].at(Line.price).set(Decimal("9.99")),
    )
    assert (again.note, again.tags, again.lines[0].price) == (None, set(), Decimal("9.99"))
    assert await orders.require(Order, "c1", "o001") == again


async def test_update_leaves_no_unreadable_item(orders: Mapper) -> None:
    """A missing order is not half created; a missing counter, which has defaults, is."""
    with pytest.raises(ItemNotFound):
        await orders.update(Order.key("c1", "nothing"), Order.total.add(5))
    assert await orders.get(Order, "c1", "nothing") is None
    await orders.create_table(Counter)
    key = Counter.key(Decimal("1.5"))
    assert (await orders.update(key, Counter.hits.add(2))).hits == 2
    assert (await orders.update(key, Counter.hits.increment(3))).hits == 5
    with pytest.raises(ItemNotFound):
        await orders.update(Counter.key(Decimal(7)), Counter.hits.add(1), upsert=False)


async def test_keys_are_text_numbers_and_bytes(mapper: Mapper) -> None:
    """Number keys are exact, and bytes keys survive."""
    await mapper.create_table(Counter)
    await mapper.create_table(Blob)
    exact = Decimal(12345678901234567890123456789012345678)
    await mapper.put(Counter(number=exact, hits=1))
    await mapper.put(Blob(digest=b"\x00\xff"))
    assert await mapper.require(Counter, exact) == Counter(number=exact, hits=1)
    assert await mapper.batch_get(Blob, [b"\x00\xff", b"?"]) == [Blob(digest=b"\x00\xff"), None]
    await mapper.delete(Counter.key(exact))
    assert await mapper.get(Counter, exact) is None


async def test_queries_take_the_key_or_an_index(full: Mapper) -> None:
    """The planner's choice gives the same items as filtering all of them in Python, in the path's order."""
    everything = [_order(number) for number in range(COUNT)]
    of_customer = full.query(Order).where(Order.customer_id == "c1", Order.order_id >= "o030")
    assert await of_customer.all() == [
        o for o in everything if o.customer_id == "c1" and o.order_id >= "o030"
    ]
    since = START + timedelta(hours=20)
    open_since = full.query(Order).where(Order.status == "open", Order.placed_at >= since, Order.total < 40)
    expected = [o for o in everything if o.status == "open" and o.placed_at >= since and o.total < 40]
    assert await open_since.all() == expected
    assert await open_since.reverse().limit(5).all() == expected[::-1][:5]
    assert await open_since.count() == len(expected)
    assert await open_since.first() == expected[0]
    dearest = full.query(Order).where(Order.customer_id == "c2", Order.total > 10).consistent()
    assert dearest.explain().index == "by_total"
    assert [o.total for o in await dearest.all()] == [n for n in range(11, COUNT) if n % 3 == 2]


async def test_indexes_that_hold_keys_only(full: Mapper) -> None:
    """They are refused, unless fewer fields are selected or the rest is fetched."""
    query = full.query(Order).where(Order.status == "paid").using(Order.keys_by_status)
    with pytest.raises(NoAccessPath):
        await query.all()
    rows = await query.select(Order.order_id, Order.total).limit(2).all()
    assert rows == [("o000", 0), ("o004", 4)]
    assert await query.hydrate().all() == [_order(number) for number in range(0, COUNT, 4)]


@pytest.mark.parametrize("size", [1, 7, 100])
@pytest.mark.parametrize("backwards", [False, True])
async def test_pages_add_up(full: Mapper, size: int, backwards: bool) -> None:
    """Page after page gives what one read gives, also where a filter drops items and backwards."""
    query = full.query(Order).where(Order.status == "open", Order.tags.contains("odd")).reverse(backwards)
    items, token = [], None
    while True:
        page = await query.page(size=size, after=token)
        assert len(page.items) <= size
        items += page.items
        token = page.next
        if token is None:
            break
        with pytest.raises(InvalidCursor):
            await query.where(Order.total > 1).page(size=size, after=token)
    assert items == await query.all()


@pytest.mark.parametrize("segments", [1, 4])
async def test_a_scan_reads_everything_once(full: Mapper, segments: int) -> None:
    """In any number of segments; with a filter, a count, and an early end."""
    scan = full.scan(Order, segments=segments)
    assert sorted(order.order_id for order in await scan.all()) == [f"o{n:03}" for n in range(COUNT)]
    assert await scan.where(Order.tags.contains("odd")).count() == COUNT // 2
    async for order in scan:
        assert isinstance(order, Order)
        break
    assert len(await scan.limit(7).all()) == 7


async def test_batch_get_keeps_order(full: Mapper) -> None:
    """More than a hundred keys, with duplicates and missing ones, come back in the order asked for."""
    keys = [(f"c{n % 3}", f"o{n:03}") for n in [*range(90), 5, *range(COUNT)]]
    found = await full.batch_get(Order, keys)
    assert found == [_order(n) if n < COUNT else None for n in [*range(90), 5, *range(COUNT)]]


async def test_the_batch_writer_accounts_for_everything(full: Mapper) -> None:
    """The last write to a key wins, and the report adds up."""
    async with full.batch_writer(concurrency=3) as writer:
        for number in range(COUNT):
            await writer.put(_order(number).model_copy(update={"note": "first"}))
            await writer.put(_order(number).model_copy(update={"note": "last"}))
        for number in range(0, COUNT, 2):
            await writer.delete(Order.key(f"c{number % 3}", f"o{number:03}"))
    report = writer.report
    assert report.accepted == 150 == report.written + report.superseded
    stored = await full.scan(Order).all()
    assert sorted(order.order_id for order in stored) == [f"o{n:03}" for n in range(1, COUNT, 2)]
    assert {order.note for order in stored} == {"last"}


@pytest.mark.behaviour("the capacity of a batch")
async def test_a_budget_is_charged_with_what_the_service_reports(full: Mapper) -> None:
    """The capacity in the replies is understood: what an engine reports is taken out of the budget."""
    clock = 0.0
    limit = RateLimit(write_units_per_second=10_000, clock=lambda: clock)
    async with full.batch_writer(rate_limit=limit, deadline_seconds=60) as writer:
        for number in range(COUNT):
            await writer.put(_order(number))
    assert writer.report.written == COUNT
    place = limit.line_up(10_000)
    used = limit.wait_seconds(place) * 10_000
    # Every index that holds the item costs as much again, on engines that count them.
    assert COUNT <= round(used) <= COUNT * 10


async def test_a_client_of_the_users_stays_open(engine: Engine, table_prefix: str) -> None:
    """`Mapper(client)` works like a connected one, and leaves the client to its owner."""
    async with engine.client() as client:
        mapper = Mapper(client, table_prefix=table_prefix)
        await mapper.create_table(Counter)
        await mapper.put(Counter(number=Decimal(1)))
        await mapper.delete_table(Counter)
        await mapper.close()
        assert "TableNames" in await client.list_tables()
