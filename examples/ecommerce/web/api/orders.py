"""Checking out, once however often it is sent, and the orders that come of it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Header, HTTPException, Path
from pydantic import BaseModel, Field

from ddbmodel import ItemExists, Mapper
from ddbmodel.backends.fastapi import MapperDependency, PageOf, PageParameters, problem_responses
from examples.ecommerce.checkout import Checkout, CheckoutError, cancel, check_out, prepare
from examples.ecommerce.models import WEB_LETTER, Customer, Order, OrderLines, Payment, Shipment
from examples.ecommerce.web.api.signing import SignedCustomer

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
    mapper: MapperDependency, customer_id: SignedCustomer, wanted: CheckoutRequest, key: IdempotencyKey
) -> Order:
    """Buy what is in the cart.

    Sent again with the same key it gives the same order, as it is by then; with another total it is refused
    (422). A cart that changed, costs something else or is short of an article is refused whole (409).
    """
    number = invoice_number(customer_id, key)
    done = await _order_of(mapper, customer_id, number)
    if done is None:
        done = await _buy(mapper, customer_id, number, wanted.total)
    if done.total != wanted.total:
        raise HTTPException(422, "This Idempotency-Key was used for a checkout of another total")
    return done


async def _buy(mapper: Mapper, customer_id: str, number: str, total: Decimal) -> Order:
    customer = await mapper.require(Customer, customer_id)
    try:
        checkout = await prepare(mapper, customer, number, datetime.now(UTC))
        _agree(checkout, total)
        return await check_out(mapper, checkout)
    except (CheckoutError, ItemExists) as refusal:
        # The same request may have come twice at once, and the other one have bought what was in the cart.
        done = await _order_of(mapper, customer_id, number)
        if done is None:
            raise HTTPException(409, f"Nothing was bought: {refusal}") from refusal
        return done


def _agree(checkout: Checkout, total: Decimal) -> None:
    """Refuse to sell for another amount than the customer saw."""
    if checkout.order.total != total:
        raise CheckoutError(f"the cart costs {checkout.order.total} by now")


async def _order_of(mapper: Mapper, customer_id: str, number: str) -> Order | None:
    found = await mapper.get(Order, number, consistent=True)
    return found if found is not None and found.customer_id == customer_id else None


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
    query = mapper.query(Order, OrderLines, Payment, Shipment).where(Order.invoice_no == invoice_no)
    found = await query.consistent().grouped()
    head = next(iter(found[Order]), None)
    if head is None or head.customer_id != customer_id:
        raise HTTPException(404, "There is no such order")
    payment = next(iter(found[Payment]), None)
    return OrderPage(order=head, lines=found[OrderLines], payment=payment, shipments=found[Shipment])


@router.post("/orders/{invoice_no}/cancellation", responses=problem_responses(401, 404, 409, 503))
async def cancellation(mapper: MapperDependency, customer_id: SignedCustomer, invoice_no: InvoiceNo) -> Order:
    """Cancel an order that nobody packs yet (else 409). Sent again, it gives nothing back twice."""
    if await _order_of(mapper, customer_id, invoice_no) is None:
        raise HTTPException(404, "There is no such order")
    return await cancel(mapper, invoice_no)
