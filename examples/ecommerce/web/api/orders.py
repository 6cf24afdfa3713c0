"""Checking out, once however often it is sent, and the orders that come of it."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Annotated, TypeAlias

from fastapi import APIRouter, BackgroundTasks, Header, HTTPException, Path
from pydantic import BaseModel, ConfigDict, Field

from ddbmodel import ItemExists
from ddbmodel.backends.fastapi import MapperDependency, PageOf, PageParameters, problem_responses
from examples.ecommerce.checkout import CheckoutError, cancel
from examples.ecommerce.models import WEB_LETTER, Order, OrderLines, Payment, Shipment
from examples.ecommerce.web.api.signing import SignedCustomer
from examples.ecommerce.web.services import backroom
from examples.ecommerce.web.services.buying import buy
from examples.ecommerce.web.services.opened import ServicesDependency
from examples.ecommerce.web.services.orders import order_of, whole_order_of

router = APIRouter(tags=["orders"])
InvoiceNo = Annotated[str, Path(min_length=1, max_length=40, description="An order's number.")]
IdempotencyKey: TypeAlias = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=200,
        description="A new random text for each checkout; the same one when it is sent again.",
    ),
]


class CheckoutRequest(BaseModel):
    """What the customer agrees to."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"total": "12.75"}]})

    total: Decimal = Field(ge=0, max_digits=20, description="The cart's total, as the customer saw it.")


class OrderPage(BaseModel):
    """An order with all that belongs to it."""

    order: Order
    lines: list[OrderLines]
    payment: Payment | None
    shipments: list[Shipment]


def invoice_number(customer_id: str, key: str) -> str:
    """The number of the order that a key stands for; two customers with one key have two orders."""
    named = hashlib.sha256(f"{len(customer_id)}:{customer_id}{key}".encode()).hexdigest()
    return f"{WEB_LETTER}{named[:24]}"


@router.post("/orders", status_code=201, responses=problem_responses(401, 404, 409, 503))
async def order(
    services: ServicesDependency,
    after: BackgroundTasks,
    customer_id: SignedCustomer,
    wanted: CheckoutRequest,
    key: IdempotencyKey,
) -> Order:
    """Buy what is in the cart.

    Sent again with the same key it gives the same order, as it is by then; with another total it is refused
    (422). A cart that changed, costs something else or is short of an article is refused whole (409). When
    many buy at once, some are asked to send it again (503 with Retry-After); nothing was bought then.
    """
    number = invoice_number(customer_id, key)
    try:
        done = await buy(services, customer_id, number, wanted.total)
    except (CheckoutError, ItemExists) as refusal:
        raise HTTPException(409, f"Nothing was bought: {refusal}") from refusal
    if done.total != wanted.total:
        raise HTTPException(422, "This Idempotency-Key was used for a checkout of another total")
    after.add_task(backroom.watch_stock, services.mapper, done)
    return done


@router.get("/orders", responses=problem_responses(400, 401, 503))
async def orders(
    mapper: MapperDependency, customer_id: SignedCustomer, page: PageParameters
) -> PageOf[Order]:
    """The customer's orders, latest first. A page token serves nobody else."""
    query = mapper.query(Order).where(Order.customer_id == customer_id)
    return await page.of(query.reverse(), scope=customer_id)


@router.get("/orders/{invoice_no}", responses=problem_responses(401, 404, 503))
async def an_order(mapper: MapperDependency, customer_id: SignedCustomer, invoice_no: InvoiceNo) -> OrderPage:
    """An order with its lines, its payment and its shipments; others' orders are not there."""
    whole = await whole_order_of(mapper, customer_id, invoice_no)
    if whole is None:
        raise HTTPException(404, "There is no such order")
    return OrderPage(order=whole.order, lines=whole.parts, payment=whole.payment, shipments=whole.shipments)


@router.post("/orders/{invoice_no}/cancellation", responses=problem_responses(401, 404, 409, 503))
async def cancellation(
    mapper: MapperDependency, after: BackgroundTasks, customer_id: SignedCustomer, invoice_no: InvoiceNo
) -> Order:
    """Cancel an order that nobody packs yet (else 409). Sent again, it gives nothing back twice."""
    if await order_of(mapper, customer_id, invoice_no) is None:
        raise HTTPException(404, "There is no such order")
    order = await cancel(mapper, invoice_no)
    after.add_task(backroom.watch_stock, mapper, order)
    return order
