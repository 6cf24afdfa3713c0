"""The shop's pages without a browser: errors, forms of other sites, and what happens beside the pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal

import httpx
import pytest
from fastapi import FastAPI

from ddbmodel import (
    ConditionalCheckFailed,
    ConnectionFailed,
    DDBModelError,
    InvalidCursor,
    ItemNotFound,
    Mapper,
)
from ddbmodel.testing import LocalDynamoDB
from examples.ecommerce.checkout import cancel, check_out, prepare
from examples.ecommerce.models import CartItem, Customer, Order, OrderStatus, Stock, shop
from examples.ecommerce.web.app import create_app
from examples.ecommerce.web.sample import days_loaded, load_sample, sample_items
from examples.ecommerce.web.services import backroom
from examples.ecommerce.web.services.ingestion import Ingestion

MOMENT = datetime(2011, 10, 24, 9, tzinfo=UTC)


@pytest.fixture
async def mapper() -> AsyncIterator[Mapper]:
    async with LocalDynamoDB() as dynamodb, dynamodb.connect(cursor_key="k" * 32) as mapper:
        await mapper.create_table(shop)
        yield mapper


@pytest.fixture
async def app() -> AsyncIterator[FastAPI]:
    """The application, on an engine without its table."""
    async with LocalDynamoDB() as dynamodb:
        app = create_app(lambda: dynamodb.connect(cursor_key="k" * 32), secret="of the tests")
        async with app.router.lifespan_context(app):
            yield app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
        yield client


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RuntimeError("unexpected"), 500),
        (DDBModelError("of no kind that the shop knows"), 500),
        (ConnectionFailed("nobody listens", operation="GetItem", code="ConnectTimeoutError"), 503),
        (ItemNotFound("none of these"), 404),
        (InvalidCursor("of another query"), 400),
    ],
)
async def test_an_error_on_a_page_is_a_page(
    app: FastAPI, client: httpx.AsyncClient, error: Exception, status: int
) -> None:
    """It says what it is in the shop's look and under the same headers, and nothing of the error's text."""

    async def broken() -> None:
        raise error

    app.add_api_route("/broken", broken)
    reply = await client.get("/broken")
    assert (reply.status_code, reply.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert ("retry-after" in reply.headers) == (status == 503)
    assert "Otter" in reply.text
    assert str(error) not in reply.text


async def test_errors_of_the_api_stay_problems(client: httpx.AsyncClient) -> None:
    """A program is answered with problem details, whatever pages do."""
    reply = await client.get("/api/nowhere")
    assert (reply.status_code, reply.headers["content-type"]) == (404, "application/problem+json")


async def test_forms_of_other_sites_are_refused(client: httpx.AsyncClient) -> None:
    """Nobody signs a visitor out, or buys, from elsewhere."""
    sent = {
        site: (await client.post("/sign-out", headers={"Sec-Fetch-Site": site})).status_code
        for site in ("cross-site", "same-site", "same-origin")
    }
    assert sent == {"cross-site": 403, "same-site": 403, "same-origin": 303}


async def test_days_are_poured_in_one_after_the_other(mapper: Mapper) -> None:
    """The next day touches no order and no stock that is there, so what was done to them stays."""
    assert await days_loaded(mapper) == 0
    await load_sample(mapper, 1)
    assert await days_loaded(mapper) == 1
    first, second = (
        {
            (type(one).__name__, getattr(one, "invoice_no", None) or getattr(one, "stock_code", ""))
            for one in items
        }
        for items in (sample_items(0, 1), sample_items(1, 1))
    )
    assert {kind for kind, name in first & second if name} == {"Product"}
    assert "Order" in {kind for kind, _ in second - first}


async def test_an_ingestion_can_be_stopped_before_it_begins(mapper: Mapper) -> None:
    """It says that it was, and whoever follows it is let go."""
    ingestion = Ingestion(mapper)
    ingestion.start(1)
    await ingestion.stop()
    assert ingestion.state == "cancelled"
    assert [seen async for seen in ingestion.follow()] == []


async def test_what_runs_low_is_to_be_reordered_until_it_is_given_back(mapper: Mapper) -> None:
    """An order puts the article on the list, and its cancellation takes it off."""
    customer = Customer(
        customer_id="c1", country="France", countries={"France"}, first_order_at=MOMENT,
        last_order_at=MOMENT, orders=0, cancellations=0, spent=Decimal(0),
    )  # fmt: skip
    await mapper.put(Stock(stock_code="A", on_hand=12))
    kept_until = datetime(2999, 1, 1, tzinfo=UTC)
    await mapper.put(
        CartItem(customer_id="c1", stock_code="A", quantity=3, unit_price=Decimal(1), expires_at=kept_until)
    )
    order = await check_out(mapper, await prepare(mapper, customer, "W1", MOMENT))
    await backroom.watch_stock(mapper, order)
    assert [one.on_hand for one in await backroom.to_reorder(mapper)] == [9]
    await backroom.watch_stock(mapper, await cancel(mapper, "W1"))
    assert await backroom.to_reorder(mapper) == []


async def test_an_order_is_packed_and_shipped_once(mapper: Mapper) -> None:
    """The second packer, and the second carrier, are refused by the order's status."""
    await load_sample(mapper, 1)
    number = (await backroom.queue(mapper, OrderStatus.OPEN))[0].invoice_no
    await backroom.pack(mapper, number)
    with pytest.raises(ConditionalCheckFailed):
        await backroom.pack(mapper, number)
    await backroom.ship(mapper, number, "DHL")
    with pytest.raises(ConditionalCheckFailed):
        await backroom.ship(mapper, number, "DHL")
    assert (await mapper.require(Order, number, consistent=True)).status is OrderStatus.SHIPPED
