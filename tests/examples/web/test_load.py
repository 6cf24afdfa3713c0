"""Many customers at once, over HTTP: what was sold, paid for and is left agrees in the end."""

from __future__ import annotations

import asyncio
import os
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal

import httpx
import uvicorn

from ddbmodel import Mapper
from ddbmodel.testing import LocalDynamoDB
from examples.ecommerce.models import (
    CartItem,
    Customer,
    Listing,
    Order,
    OrderLines,
    OrderStatus,
    Payment,
    PaymentStatus,
    Stock,
    shop,
)
from examples.ecommerce.web.app import create_app

USERS = int(os.environ.get("DDBMODEL_LOAD_USERS", "60"))
# The first article is one that everybody wants, and there is less of it than they want.
UNITS = {"hot": USERS // 4, **{f"A{number}": USERS for number in range(20)}}
MOMENT = datetime(2011, 10, 24, 9, tzinfo=UTC)
PRICE = Decimal("2.50")


@asynccontextmanager
async def served(dynamodb: LocalDynamoDB) -> AsyncIterator[str]:
    app = create_app(lambda: dynamodb.connect(cursor_key="k" * 32), secret="of the test")
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listening:
        running = asyncio.create_task(server.serve([listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        await running


async def fill(mapper: Mapper) -> None:
    await mapper.create_table(shop)
    async with mapper.batch_writer() as writer:
        for code, units in UNITS.items():
            await writer.put(Stock(stock_code=code, on_hand=units))
        for number in range(USERS):
            await writer.put(
                Customer(
                    customer_id=f"c{number}", country="France", countries={"France"}, first_order_at=MOMENT,
                    last_order_at=MOMENT, orders=0, cancellations=0, spent=Decimal(0),
                )
            )  # fmt: skip
    for code in UNITS:
        await mapper.create(Listing(stock_code=code, title=code, price=PRICE))


async def sent(client: httpx.AsyncClient, method: str, path: str, **options: object) -> httpx.Response:
    """Send a request, again while the reply says to try again."""
    for attempt in range(200):
        reply = await client.request(method, path, **options)  # type: ignore[arg-type]
        if reply.status_code != 503:
            return reply
        assert "retry-after" in reply.headers, attempt
    raise AssertionError(f"{method} {path} is refused for ever")


async def visit(client: httpx.AsyncClient, number: int, seen: Counter[str]) -> dict[str, str]:
    """Browse, fill a cart, send the checkout twice at once, and cancel every fifth order; number -> status."""
    token = (await sent(client, "POST", "/sessions", json={"customer_id": f"c{number}"})).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    await sent(client, "GET", "/products")
    wanted = [f"A{number % 20}"] + (["hot"] if number % 2 else [])
    for code in wanted:
        await sent(client, "PUT", f"/cart/{code}", json={"quantity": 1}, headers=headers)
    cart = (await sent(client, "GET", "/cart", headers=headers)).json()
    options = {
        "json": {"total": cart["total"]},
        "headers": {**headers, "Idempotency-Key": f"key-{number:06d}"},
    }
    replies = await asyncio.gather(*(sent(client, "POST", "/orders", **options) for _ in range(2)))
    seen.update(str(reply.status_code) for reply in replies)
    orders = {reply.json()["invoice_no"]: "open" for reply in replies if reply.status_code == 201}
    if number % 5 == 0:
        for invoice_no in orders:
            reply = await sent(client, "POST", f"/orders/{invoice_no}/cancellation", headers=headers)
            orders[invoice_no] = reply.json()["status"]
    return orders


async def test_sixty_customers_at_once_lose_nothing() -> None:
    """Every order that was confirmed is there once, and no other; units, totals and payments agree."""
    seen = Counter[str]()
    async with LocalDynamoDB() as dynamodb, dynamodb.connect() as mapper:
        await fill(mapper)
        limits = httpx.Limits(max_connections=USERS)
        async with (
            served(dynamodb) as url,
            httpx.AsyncClient(base_url=f"{url}/api", limits=limits, timeout=120) as client,
        ):
            told = await asyncio.gather(*(visit(client, number, seen) for number in range(USERS)))
        assert set(seen) <= {"201", "409"}
        assert all(len(orders) <= 1 for orders in told)
        orders = {order.invoice_no: order async for order in mapper.scan(Order).consistent()}
        expected = {invoice_no: status for orders_of in told for invoice_no, status in orders_of.items()}
        assert {number: order.status.value for number, order in orders.items()} == expected
        units = Counter[str]()
        async for part in mapper.scan(OrderLines).consistent():
            if orders[part.invoice_no].status is OrderStatus.OPEN:
                units.update({line.stock_code: line.quantity for line in part.lines})
        left = {one.stock_code: one.on_hand async for one in mapper.scan(Stock).consistent()}
        assert {code: left[code] + units[code] for code in UNITS} == UNITS
        paid = {one.invoice_no: one async for one in mapper.scan(Payment).consistent()}
        assert set(paid) == set(orders)
        for number, order in orders.items():
            kept = order.status is OrderStatus.OPEN
            assert (paid[number].amount, paid[number].status is PaymentStatus.PAID) == (order.total, kept)
        # Whoever was refused still has the cart, and whoever bought has none.
        carts = {one.customer_id async for one in mapper.scan(CartItem).consistent()}
        assert carts.isdisjoint({order.customer_id for order in orders.values()})
        assert len(carts) + len(orders) == USERS
