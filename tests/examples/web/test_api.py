"""The shop's API: what it sells once, whom it lets in, and what its replies hold."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal

import httpx
import pytest

from ddbmodel import Mapper
from ddbmodel.backends.fastapi import current_mapper
from ddbmodel.testing import LocalDynamoDB
from examples.ecommerce.models import (
    Customer,
    Listing,
    Order,
    OrderStatus,
    Payment,
    PaymentStatus,
    Product,
    ProductKind,
    Shipment,
    Stock,
    shop,
)
from examples.ecommerce.web.api.make import make_api
from examples.ecommerce.web.api.signing import sign
from examples.ecommerce.web.services.opened import Services, current_services

SECRET = "of the tests"
MOMENT = datetime(2011, 10, 24, 9, tzinfo=UTC)
PRICE = Decimal("2.50")


def customer(number: str) -> Customer:
    return Customer(
        customer_id=number, country="France", countries={"France"}, first_order_at=MOMENT,
        last_order_at=MOMENT, orders=0, cancellations=0, spent=Decimal(0),
    )  # fmt: skip


def product(code: str, sold: int) -> Product:
    return Product(
        stock_code=code, kind=ProductKind.ARTICLE, name=code, sold=sold, returned=0, corrected=0,
        revenue=Decimal(0), line_count=1,
    )  # fmt: skip


def as_customer(number: str, key: str | None = None) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {sign(SECRET, number)}"}
    return headers if key is None else {**headers, "Idempotency-Key": key}


@pytest.fixture
async def mapper() -> AsyncIterator[Mapper]:
    async with LocalDynamoDB() as dynamodb, dynamodb.connect(cursor_key="k" * 32) as mapper:
        await mapper.create_table(shop)
        for code, sold in (("A", 9), ("B", 5), ("C", 1)):
            await mapper.put(product(code, sold))
        await mapper.put(Stock(stock_code="A", on_hand=10))
        await mapper.create(Listing(stock_code="A", title="An article", price=PRICE))
        await mapper.put(customer("c1"))
        yield mapper


@pytest.fixture
async def api(mapper: Mapper) -> AsyncIterator[httpx.AsyncClient]:
    app = make_api(SECRET)
    services = Services.on(mapper)
    app.dependency_overrides[current_mapper] = lambda: mapper
    app.dependency_overrides[current_services] = lambda: services
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop") as client:
        yield client


async def on_hand(mapper: Mapper) -> int:
    return (await mapper.require(Stock, "A", consistent=True)).on_hand


async def test_articles_come_in_pages_and_without_keys(api: httpx.AsyncClient) -> None:
    """Two pages hold all articles, those sold most first, and nothing of the table's keys."""
    first = (await api.get("/products", params={"size": 2})).json()
    second = (await api.get("/products", params={"size": 2, "after": first["next"]})).json()
    assert [one["stock_code"] for one in first["items"] + second["items"]] == ["A", "B", "C"]
    assert second["next"] is None
    assert set(first["items"][0]) == set(Product.model_fields)


async def test_a_changed_page_token_is_refused(api: httpx.AsyncClient) -> None:
    """It is a problem of the request, told as one."""
    reply = await api.get("/products", params={"after": "changed"})
    assert (reply.status_code, reply.headers["content-type"]) == (400, "application/problem+json")


async def test_a_listing_is_edited_in_the_state_that_was_read(api: httpx.AsyncClient) -> None:
    """Without If-Match it is refused, with an old one too, and the edit that was first stays."""
    tag = (await api.get("/products/A/listing")).headers["etag"]
    sent = [
        await api.patch("/products/A/listing", json={"title": title}, headers=headers)
        for title, headers in (("1", {}), ("2", {"If-Match": tag}), ("3", {"If-Match": tag}))
    ]
    assert [reply.status_code for reply in sent] == [428, 200, 412]
    assert (await api.get("/products/A/listing")).json()["title"] == "2"


@pytest.mark.parametrize("token", ["", "c1", "c1.0", sign("another", "c1"), sign(SECRET, "c1") + "0"])
async def test_nobody_is_let_in_without_our_signature(api: httpx.AsyncClient, token: str) -> None:
    """Carts and orders are for whoever has a token of this shop."""
    reply = await api.get("/cart", headers={"Authorization": f"Bearer {token}"})
    assert reply.status_code == 401


async def test_a_checkout_sent_five_times_at_once_sells_once(api: httpx.AsyncClient, mapper: Mapper) -> None:
    """All get the same order; the same key with another total is refused, and sells nothing."""
    await api.put("/cart/A", json={"quantity": 4}, headers=as_customer("c1"))
    headers = as_customer("c1", "key-of-the-checkout")
    total = (await api.get("/cart", headers=headers)).json()["total"]
    replies = await asyncio.gather(
        *(api.post("/orders", json={"total": total}, headers=headers) for _ in range(5))
    )
    assert {reply.status_code for reply in replies} == {201}
    assert len({reply.json()["invoice_no"] for reply in replies}) == 1
    other = await api.post("/orders", json={"total": "1"}, headers=headers)
    assert (other.status_code, await on_hand(mapper)) == (422, 6)


async def test_a_cart_that_costs_something_else_is_not_sold(api: httpx.AsyncClient, mapper: Mapper) -> None:
    """Nobody pays what they have not seen."""
    await api.put("/cart/A", json={"quantity": 4}, headers=as_customer("c1"))
    reply = await api.post("/orders", json={"total": "1"}, headers=as_customer("c1", "another-key"))
    assert (reply.status_code, await on_hand(mapper)) == (409, 10)


async def test_orders_are_seen_and_cancelled_by_their_customer_only(
    api: httpx.AsyncClient, mapper: Mapper
) -> None:
    """To others there is no such order; cancelled twice, it gives back once."""
    await mapper.put(customer("c2"))
    await api.put("/cart/A", json={"quantity": 4}, headers=as_customer("c1"))
    order = await api.post("/orders", json={"total": "10"}, headers=as_customer("c1", "key-number-1"))
    path = f"/orders/{order.json()['invoice_no']}"
    assert (await api.get(path, headers=as_customer("c2"))).status_code == 404
    assert (await api.post(f"{path}/cancellation", headers=as_customer("c2"))).status_code == 404
    assert await on_hand(mapper) == 6
    for _ in range(2):
        assert (await api.post(f"{path}/cancellation", headers=as_customer("c1"))).json()[
            "status"
        ] == "cancelled"
    assert await on_hand(mapper) == 10


async def test_stock_orders_and_payments_agree_after_a_rush(api: httpx.AsyncClient, mapper: Mapper) -> None:
    """Thirty buyers, each sending twice, some of whom cancel: nothing is lost and nothing is sold twice."""
    buyers = [f"b{number}" for number in range(30)]
    for buyer in buyers:
        await mapper.put(customer(buyer))

    async def buy(buyer: str) -> set[str]:
        await api.put("/cart/A", json={"quantity": 1}, headers=as_customer(buyer))
        headers, numbers = as_customer(buyer, f"key-of-{buyer}"), set[str]()
        for _ in range(20):  # 503 says to try again
            sent = [api.post("/orders", json={"total": "2.5"}, headers=headers) for _ in range(2)]
            replies = await asyncio.gather(*sent)
            assert {reply.status_code for reply in replies} <= {201, 409, 503}
            numbers |= {reply.json()["invoice_no"] for reply in replies if reply.status_code == 201}
            if all(reply.status_code != 503 for reply in replies):
                break
        if numbers and buyer.endswith("0"):
            for number in numbers:
                await api.post(f"/orders/{number}/cancellation", headers=headers)
        return numbers

    bought = [numbers for numbers in await asyncio.gather(*map(buy, buyers)) if numbers]
    orders = await mapper.scan(Order).consistent().all()
    kept = [order for order in orders if order.status is OrderStatus.OPEN]
    paid = [one for one in await mapper.scan(Payment).consistent().all() if one.status is PaymentStatus.PAID]
    assert {len(numbers) for numbers in bought} == {1}
    assert {order.invoice_no for order in orders} == set().union(*bought)
    assert sum(order.units for order in kept) + await on_hand(mapper) == 10
    assert sum(one.amount for one in paid) == sum(order.total for order in kept)
    assert len(bought) >= 10


async def _bought(api: httpx.AsyncClient, mapper: Mapper, buyer: str) -> str:
    await mapper.put(customer(buyer))
    await api.put("/cart/A", json={"quantity": 1}, headers=as_customer(buyer))
    reply = await api.post("/orders", json={"total": "2.5"}, headers=as_customer(buyer, f"key-of-{buyer}"))
    number: str = reply.json()["invoice_no"]
    return number


async def test_the_queue_comes_in_pages_that_go_on_where_the_last_one_ended(
    api: httpx.AsyncClient, mapper: Mapper
) -> None:
    """Orders of one moment, in four parts, come once each, also if one of them has left the queue meanwhile."""
    numbers = [await _bought(api, mapper, f"b{number}") for number in range(9)]
    for number in numbers[:5]:  # the same moment, as orders of one minute have
        await mapper.update(
            Order.key(number),
            Order.waiting_since.set(MOMENT),
            given=await mapper.require(Order, number, consistent=True),
        )
    first = (await api.get("/office/queue/open", params={"size": 3})).json()
    seen = [one["invoice_no"] for one in first["items"]]
    assert (await api.post(f"/office/orders/{seen[-1]}/packing")).json()["status"] == "packing"
    page = first
    while page["next"]:
        page = (await api.get("/office/queue/open", params={"size": 3, "after": page["next"]})).json()
        seen += [one["invoice_no"] for one in page["items"]]
    assert seen == [*sorted(numbers[:5]), *numbers[5:]]
    packing = (await api.get("/office/queue/packing", params={"after": first["next"]})).status_code
    assert packing == 400  # the token is of another queue


@pytest.mark.parametrize("token", ["", "x", "AAAA", "\u00fc", "a" * 60])
async def test_a_place_that_we_did_not_sign_is_refused(api: httpx.AsyncClient, token: str) -> None:
    """It is a problem of the request."""
    reply = await api.get("/office/queue/open", params={"after": token})
    assert (reply.status_code, reply.headers["content-type"]) == (400, "application/problem+json")


async def test_an_order_is_packed_and_shipped_once(api: httpx.AsyncClient, mapper: Mapper) -> None:
    """Who comes second is refused; the parcel's carrier changes only in the state that was read."""
    number = await _bought(api, mapper, "b1")
    path, body = f"/office/orders/{number}", {"carrier": "DHL"}
    replies = [
        (await api.post(f"{path}/shipment", json=body)).status_code,  # nobody has packed it
        (await api.post(f"{path}/packing")).status_code,
        (await api.post(f"{path}/packing")).status_code,
        (await api.post(f"{path}/cancellation")).status_code,
        (await api.post(f"{path}/shipment", json=body)).status_code,
        (await api.post(f"{path}/shipment", json=body)).status_code,
        (await api.post("/office/orders/none/packing")).status_code,
    ]
    assert replies == [409, 200, 409, 409, 201, 409, 404]
    parcel = await api.get(f"{path}/shipments/1")
    sent = [
        await api.patch(f"{path}/shipments/1", json={"carrier": carrier}, headers=headers)
        for carrier, headers in (
            ("Other", {}),
            ("Royal Mail", {"If-Match": parcel.headers["etag"]}),
            ("Late", {"If-Match": parcel.headers["etag"]}),
        )
    ]
    assert [reply.status_code for reply in sent] == [428, 200, 412]
    assert (await mapper.require(Shipment, number, 1, consistent=True)).carrier == "Royal Mail"


async def test_a_count_is_taken_over_if_nothing_was_sold_meanwhile(
    api: httpx.AsyncClient, mapper: Mapper
) -> None:
    """What was sold during a count makes it worthless; what is short is to be reordered."""
    await _bought(api, mapper, "b1")
    late = await api.put("/office/stock/A", json={"seen": 10, "counted": 8})
    assert (late.status_code, await on_hand(mapper)) == (409, 9)
    assert (await api.put("/office/stock/A", json={"seen": 9, "counted": 3})).json()["on_hand"] == 3
    assert [one["stock_code"] for one in (await api.get("/office/reorder")).json()["items"]] == ["A"]
    assert (await api.put("/office/stock/none", json={"seen": 0, "counted": 3})).status_code == 404


async def test_an_order_that_leaves_few_is_seen_on_the_reorder_list(
    api: httpx.AsyncClient, mapper: Mapper
) -> None:
    """The list follows orders and cancellations, which do not wait for it."""
    number = await _bought(api, mapper, "b1")
    assert [one["on_hand"] for one in (await api.get("/office/reorder")).json()["items"]] == [9]
    await api.post(f"/orders/{number}/cancellation", headers=as_customer("b1"))
    assert (await api.get("/office/reorder")).json()["items"] == []


async def test_the_catalogue_is_searched(api: httpx.AsyncClient) -> None:
    """Words are looked for in titles and codes; what is found has its price and stock."""
    found = (await api.get("/catalogue", params={"words": "a"})).json()
    assert [(one["stock_code"], one["price"], one["on_hand"]) for one in found["items"]] == [("A", "2.5", 10)]
    everything = (await api.get("/catalogue")).json()
    assert [one["stock_code"] for one in everything["items"]] == ["A", "B", "C"]
    assert (await api.get("/catalogue", params={"category": "none"})).json()["total"] == 0
    known = {one["category"] for one in (await api.get("/categories")).json()}
    assert {one["category"] for one in everything["items"]} <= known


async def test_an_ingestion_tells_how_far_it_is(api: httpx.AsyncClient, mapper: Mapper) -> None:
    """Its events count up to all items, and the last one says that it is done."""
    assert (await api.post("/office/ingestion")).status_code == 202
    reply = await api.get("/office/ingestion/events", timeout=120)
    assert reply.headers["content-type"].startswith("text/event-stream")
    *samples, last = reply.text.strip().split("\n\n")
    assert last == 'event: end\ndata: "done"'
    written = [json.loads(sample.removeprefix("data: "))["written"] for sample in samples]
    state = (await api.get("/office/ingestion")).json()
    assert written == sorted(written)
    assert (written[-1], state["state"], state["written"]) == (state["total"], "done", state["total"])
    assert (
        await mapper.query(Product).where(Product.kind == ProductKind.ARTICLE, Product.sold > 0).count() > 100
    )
