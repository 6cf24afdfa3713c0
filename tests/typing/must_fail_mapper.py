"""Uses of the mapper that must fail: each line that is marked, under both checkers, and no other."""

from __future__ import annotations

from decimal import Decimal

from pydantic import BaseModel

from ddbmodel import Exchange, IngestReport, Mapper, RateLimit, Request
from tests.typing.shop import Customer, Order


class Plain(BaseModel):
    """No model of ours."""

    name: str


async def single_items(mapper: Mapper, order: Order) -> None:
    """Single items."""
    found: Order = await mapper.get(Order, "c", "o")  # error
    print((await mapper.get(Order, "c", "o")).total)  # error
    other: Customer = await mapper.require(Order, "c", "o")  # error
    total: str = (await mapper.require(Order, "c", "o")).total  # error
    await mapper.get("orders", "c", "o")  # error
    await mapper.get(Order.total, "c", "o")  # error
    await mapper.put("x")  # error
    await mapper.put(Order)  # error
    await mapper.put(order, when=Order.total == "3")  # error
    await mapper.put(order, when=Order.flag)  # error
    await mapper.put(order, when=True)  # error
    await mapper.put(order, when="total = 3")  # error
    await mapper.put(order, when=lambda item: item.total == 3)  # error
    await mapper.put(order, Order.total == 3)  # error
    await mapper.create(order, when=Order.total.set(3))  # error
    old: None = await mapper.put(order, return_old=True)  # error
    await mapper.update(order, Order.total == 3)  # error
    await mapper.update(order, {"total": 3})  # error
    await mapper.update(order, Order.total.set("3"))  # error
    await mapper.update(order, total=3)  # error
    await mapper.update(Order, Order.total.set(3))  # error
    await mapper.update(order, Order.total.set(3), when=Order.total)  # error
    changed: Customer = await mapper.update(order, Order.total.set(3))  # error
    await mapper.delete(order, when=Order.status == 3)  # error
    await mapper.delete("x")  # error
    print(found, other, total, old, changed)


async def queries(mapper: Mapper) -> None:
    """Queries and scans."""
    query = mapper.query(Order)
    mapper.query("orders")  # error
    mapper.query(Order.total)  # error
    query.where("customer_id = c")  # error
    query.where(Order.customer_id == 3)  # error
    query.where(Order.flag)  # error
    query.where(customer_id="c")  # error
    query.where(Order.customer_id == "c", Order.total.add(3))  # error
    query.limit("3")  # error
    query.using("by_status")  # error
    query.using(Order.total)  # error
    query.select("total")  # error
    query.select(Order.total > 3)  # error
    await query.page(5)  # error
    await query.page(size=5, after=3)  # error
    await query.page(size=5, before=3)  # error
    await query.page(size=5, scope=7)  # error
    await query.page(before="token")  # error
    mapper.query(Order, on_invalid="ignore")  # error
    mapper.query(Order, on_invalid=True)  # error
    mapper.query(Order).all(on_invalid="collect")  # error
    query.invalid = []  # error
    customers: list[Customer] = await query.all()  # error
    first: Order = await query.first()  # error
    rows: list[tuple[str]] = await query.select(Order.total).all()  # error
    for _order in query:  # error
        pass
    async for order in query:
        text: str = order.total  # error
        print(text, Decimal(order.total))
    async for total, note in query.select(Order.total, Order.note):
        note.upper()  # error
        print(total)
    mapper.scan(Order, segments="x")  # error
    mapper.scan(Order).where(Order.total == "3")  # error
    mapper.scan(Order).reverse()  # error
    await mapper.scan(Order).page(size=5, before="token")  # error
    mapper.scan(Order, on_invalid="ignore")  # error
    mapper.scan(Order).pages(after=5)  # error
    mapper.lock(Order.key("c", "o"))  # error
    mapper.lock("nightly")  # error
    mapper.query(Order).pages()  # error
    await mapper.batch_get(Order, [("c", "o")], on_invalid="ignore")  # error
    lenient: list[Order | None] = await mapper.batch_get(Order, [], on_invalid="collect")  # error
    got: list[Order] = await mapper.batch_get(Order, [("c", "o")])  # error
    print(customers, first, rows, got, lenient)


async def writers(mapper: Mapper, order: Order) -> None:
    """Batch writers."""
    async with mapper.batch_writer() as writer:
        await writer.put(order, when=Order.total == 3)  # error
        await writer.put("x")  # error
        await writer.delete("x")  # error
    with mapper.batch_writer() as writer:  # error
        pass
    mapper.batch_writer(on_error="ignore")  # error
    mapper.batch_writer(rate_limit=4000)  # error
    mapper.batch_writer(deadline_seconds="60")  # error
    await mapper.ingest("orders.jsonl", order)  # error
    await mapper.ingest(5, Order)  # error
    await mapper.ingest("orders.jsonl", Order, order="first")  # error
    await mapper.ingest("orders.jsonl", Order, format="xml")  # error
    reports: list[IngestReport] = [mapper.ingest("orders.jsonl", Order)]  # error
    print(reports)
    RateLimit(4000)  # error
    RateLimit(write_units_per_second=4000, ramp=4000)  # error


class Late:
    """Its methods have to be awaited."""

    async def before(self, request: Request) -> None: ...
    async def after(self, request: Request, exchange: Exchange) -> None: ...


class Bare:
    """Takes too little."""

    def after(self, request: Request) -> None: ...


async def seeing(mapper: Mapper) -> None:
    """Measures and hooks."""
    async with mapper.measure() as usage:  # error
        pass
    with mapper.measure() as usage:
        usage.operations.append("PutItem")  # error
        read: int = usage.read_units  # error
        print(read, usage.nothing)  # error
    mapper.add_hook(Late())  # error
    mapper.add_hook(Bare())  # error
    mapper.add_hook(print)  # error
    mapper.add_hook()  # error
    mapper.add_hook(Order)  # error
    await mapper.add_hook(Bare)  # error
    Mapper(object(), hooks=Bare())  # error
    Mapper.connect(hooks=["x"])  # error
    Mapper.connect(lane="faster")  # error
    Mapper.connect(read_regions=[7])  # error
    Mapper.connect(consistent_reads="yes")  # error
