"""Uses of the mapper that must pass, with the types that come out of them."""

from __future__ import annotations

from decimal import Decimal
from typing import assert_type

from ddbmodel import ConditionalCheckFailed, Mapper, Page, Query, Ramp, RateLimit, Scan
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


async def refusals(mapper: Mapper, order: Order) -> None:
    """Errors are caught by their class."""
    try:
        await mapper.put(order, when=Order.total > 3)
    except ConditionalCheckFailed as refusal:
        assert_type(str(refusal), str)
