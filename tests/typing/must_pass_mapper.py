"""Uses of the mapper that must pass, with the types that come out of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, assert_type

from ddbmodel import (
    CodecError,
    ConditionalCheckFailed,
    ConsumedCapacity,
    Csv,
    Exchange,
    Hook,
    IndexUsage,
    IngestPlan,
    IngestReport,
    InvalidItem,
    ItemSize,
    Lock,
    LockItem,
    Mapper,
    Page,
    Query,
    Ramp,
    RateLimit,
    ReadRegion,
    Request,
    RowFailure,
    Scan,
    ScanPage,
    TableUsage,
    Tracing,
    Usage,
    plan_ingest,
)
from tests.typing.shop import Customer, Line, Order


async def single_items(mapper: Mapper, order: Order) -> None:
    """One item gives its model, or None where it may be missing."""
    assert_type(await mapper.get(Order, "c", "o"), Order | None)
    assert_type(await mapper.get(Order, customer_id="c", order_id="o", consistent=True), Order | None)
    assert_type(await mapper.get(Order.key("c", "o")), Order | None)
    assert_type(await mapper.require(Order, "c", "o"), Order)
    assert_type(await mapper.require(Order.key("c", "o")), Order)
    await mapper.create(order, when=Order.total > 1)
    await mapper.put(order)
    await mapper.put(order, when=(Order.total > 1) & Order.note.exists())
    assert_type(await mapper.put(order, return_old=True), Order | None)
    assert_type(await mapper.update(Order.key("c", "o"), Order.total.add(5)), Order)
    assert_type(await mapper.update(order, Order.total.add(5), Order.note.remove()), Order)
    await mapper.update(order, Order.total.set(3), when=Order.status == "new", upsert=False)
    await mapper.delete(order, when=Order.status == "new")
    await mapper.delete(Order.key("c", "o"))
    assert_type(await mapper.delete(order, return_old=True), Order | None)


async def queries(mapper: Mapper) -> None:
    """A query yields models."""
    query = mapper.query(Order).where(Order.customer_id == "c", Order.total > 3)
    assert_type(query, Query[Order])
    async for order in query:
        assert_type(order, Order)
    assert_type(await query.limit(3).reverse().all(), list[Order])
    assert_type(await query.using(Order.by_status).first(), Order | None)
    assert_type(await query.using(Order.by_count).consistent().count(), int)
    page = await query.page_size(10).page(size=5, after=None)
    assert_type(page, Page[Order])
    assert_type(page.items, list[Order])
    assert_type(page.next, str | None)
    assert_type(page.previous, str | None)
    back = await query.page(size=5, before=page.previous, scope="tenant-7")
    assert_type(back, Page[Order])
    assert_type(str(query.hydrate().explain()), str)


async def selections(mapper: Mapper) -> None:
    """Selected fields come as tuples."""
    query = mapper.query(Order).where(Order.customer_id == "c")
    assert_type(await query.select(Order.total).first(), tuple[Decimal] | None)
    assert_type(await query.select(Order.total, Order.note).all(), list[tuple[Decimal, str | None]])
    async for total, price in query.select(Order.total, Order.lines[0].at(Line.price)):
        assert_type(total, Decimal)
        assert_type(price, Decimal)
    assert_type(await mapper.scan(Order).select(Order.count).all(), list[tuple[int]])
    async for page in mapper.scan(Order, segments=2).select(Order.count).pages(after=None):
        assert_type(page, ScanPage[tuple[int]])
        assert_type(page.checkpoint, str)
        assert_type(page.invalid, list[InvalidItem])


async def lenient(mapper: Mapper) -> None:
    """What is set aside has a type of its own, and does not change that of the results."""
    query = mapper.query(Order, on_invalid="collect").where(Order.customer_id == "c")
    assert_type(query, Query[Order])
    assert_type(query.invalid, list[InvalidItem])
    assert_type(await query.all(), list[Order])
    page = await query.select(Order.total).page(size=5)
    assert_type(page.items, list[tuple[Decimal]])
    assert_type(page.invalid, list[InvalidItem])
    scan = mapper.scan(Order, segments=2, on_invalid="collect")
    assert_type(scan, Scan[Order])
    assert_type(await scan.page(size=5, scope="a"), Page[Order])
    keys = [("c", "o")]
    assert_type(await mapper.batch_get(Order, keys, on_invalid="raise"), list[Order | None])
    for entry in await mapper.batch_get(Order, keys, on_invalid="collect"):
        assert_type(entry, Order | InvalidItem | None)
        if isinstance(entry, InvalidItem):
            assert_type(entry.error, CodecError)
            assert_type(entry.error.key, Mapping[str, Any] | None)
            assert_type(entry.key, Mapping[str, dict[str, Any]])
            assert_type(entry.item, Mapping[str, dict[str, Any]])


async def many(mapper: Mapper, orders: list[Order], customer: Customer) -> None:
    """Scans and batches keep the model's type."""
    assert_type(mapper.scan(Order, segments=4), Scan[Order])
    async for order in mapper.scan(Order).where(Order.total > 3):
        assert_type(order, Order)
    assert_type(await mapper.batch_get(Order, [("c", "o"), Order.key("c", "o")]), list[Order | None])
    async with mapper.batch_writer() as writer:
        for order in orders:
            await writer.put(order)
        await writer.put(customer)
        await writer.delete(Order.key("c", "o"))
    limit = RateLimit(write_units_per_second=4000, burst_seconds=0.5, ramp=Ramp(doubling_seconds=600))
    assert_type(limit.split(4), RateLimit)
    async with mapper.batch_writer(concurrency=8, deadline_seconds=60, rate_limit=limit) as writer:
        await writer.put(customer)


async def ingestion(mapper: Mapper, orders: list[Order], stream: AsyncIterator[dict[str, object]]) -> None:
    """Sources of every kind, and what comes of them."""
    report = await mapper.ingest("orders.jsonl", Order, dead_letters="bad.jsonl", checkpoint=Path("place"))
    assert_type(report, IngestReport)
    assert_type(report.failures, tuple[RowFailure, ...])
    await mapper.ingest(
        Csv("orders.csv", columns={"order_id": "Id"}), Order, workers=4, order="any", progress=True
    )
    await mapper.ingest(orders, Order, max_failures=10)
    await mapper.ingest(stream, Order, unknown="ignore", progress=lambda at: print(at.seconds_left))
    assert_type(await plan_ingest("orders.csv", Order, columns={"order_id": "Id"}), IngestPlan)
    async with Mapper.connect() as opened:
        assert_type(opened, Mapper)


async def refusals(mapper: Mapper, order: Order) -> None:
    """Errors are caught by their class."""
    try:
        await mapper.put(order, when=Order.total > 3)
    except ConditionalCheckFailed as refusal:
        assert_type(str(refusal), str)
        assert_type(refusal.failed, tuple[Any, ...])


def sizes(mapper: Mapper, order: Order) -> None:
    """A size is known without waiting."""
    size = mapper.size_of(order)
    assert_type(size, ItemSize)
    assert_type(size.bytes + size.write_units + size.transaction_write_units + size.read_units, int)
    assert_type(size.eventual_read_units, float)
    assert_type(size.attributes, Mapping[str, int])


class Log(Hook):
    """Derived from the protocol, with one method overridden."""

    def after(self, request: Request, exchange: Exchange) -> None:
        assert_type(exchange.outcome, str)
        assert_type(exchange.attempts, int)
        assert_type(exchange.status, int | None)
        assert_type(exchange.capacity, tuple[ConsumedCapacity, ...])
        assert_type(request.name, str)


class Gate:
    """One method, and no base class."""

    def before(self, request: Request) -> None:
        if request.is_write:
            raise PermissionError(request.name)


class Both:
    """Both methods, with parameters of other names."""

    def before(self, what: Request) -> None: ...
    def after(self, what: object, came_of_it: Exchange, more: int = 0) -> None: ...


async def seeing(mapper: Mapper, order: Order) -> None:
    """Measures and hooks."""
    with mapper.measure() as usage:
        await mapper.put(order)
    assert_type(usage, Usage)
    assert_type(usage.requests, int)
    assert_type(usage.seconds, float)
    assert_type(usage.operations["PutItem"], int)
    assert_type(usage.capacity["orders"], TableUsage)
    assert_type(usage.capacity["orders"].indexes["by_status"], IndexUsage)
    assert_type(usage.read_units + usage.capacity["orders"].write_units, float)
    remove = mapper.add_hook(Log())
    assert_type(remove, Callable[[], None])
    remove()
    mapper.add_hook(Gate())
    Mapper(object(), hooks=[Gate(), Log(), Both(), Tracing()])
    Mapper.connect(hooks=(Tracing(tracer_provider=None),))
    Mapper.connect(lane="fast")
    Mapper.connect(
        read_regions=("eu-central-1", ReadRegion("eu-west-1", endpoint_url=None)), consistent_reads=True
    )


class Job(LockItem, table="jobs"):
    """What locks are kept in."""


async def locks(mapper: Mapper) -> None:
    """A lock has a token."""
    async with mapper.lock(Job.key("nightly"), lease_seconds=30, wait_seconds=None) as lock:
        assert_type(lock, Lock)
        assert_type(lock.token, int)
        assert_type(lock.lost, bool)
