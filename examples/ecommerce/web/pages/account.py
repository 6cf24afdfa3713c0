"""Signing in, and a customer's orders."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Form, HTTPException, Request, Response
from pydantic import ValidationError

from ddbmodel import ConditionalCheckFailed, UniqueViolation
from examples.ecommerce.checkout import cancel as cancel_order
from examples.ecommerce.models import Order, Product
from examples.ecommerce.web.pages import site
from examples.ecommerce.web.services import backroom, buying
from examples.ecommerce.web.services.orders import order_of, whole_order_of
from examples.ecommerce.web.services.shelf import entry_of

router = APIRouter()
_NEXT = ("/checkout", "/orders")


@router.get("/sign-in")
async def sign_in_page(request: Request, then: str = "/orders") -> Response:
    """Two forms: one for who has an account, one for who has none."""
    return site.page(request, "sign_in.html", then=then)


@router.post("/sign-in")
async def sign_in(request: Request, email: Annotated[str, Form()], then: Annotated[str, Form()]) -> Response:
    """Sign in by e-mail alone: this is a demonstration, and has no passwords."""
    mapper, visitor = site.site_of(request).mapper, site.visitor(request)
    account = await buying.account_of(mapper, email)
    if account is None:
        problem = "No account has this e-mail. Open one beside."
        return site.page(request, "sign_in.html", status=422, then=then, email=email, unknown=problem)
    if visitor and not site.is_customer(visitor):
        await buying.take_cart_along(mapper, site.customer_number(visitor), account.customer_id)
    answer = site.go(then if then in _NEXT else "/orders")
    site.remember(request, answer, account.customer_id, signed_in=True)
    return answer


@router.post("/account")
async def open_account(
    request: Request,
    email: Annotated[str, Form()],
    name: Annotated[str, Form()],
    then: Annotated[str, Form()],
    country: Annotated[str, Form(max_length=40)] = "United Kingdom",
) -> Response:
    """Open an account, and be signed in."""
    visitor = site.visitor(request)
    guest = visitor is not None and not site.is_customer(visitor)
    number = site.customer_number(visitor) if visitor and guest else site.new_number()
    problem = "This e-mail has an account already. Sign in with it."
    try:
        await buying.open_account(site.site_of(request).mapper, number, email, name, country)
    except (UniqueViolation, ValidationError) as refusal:
        if isinstance(refusal, ValidationError):
            problem = "A name, and an e-mail such as ada@example.com, are needed."
        shown = {"then": then, "new_email": email, "name": name, "refused": problem}
        return site.page(request, "sign_in.html", status=422, **shown)
    answer = site.go(then if then in _NEXT else "/orders")
    site.remember(request, answer, number, signed_in=True)
    return answer


@router.post("/sign-out")
async def sign_out() -> Response:
    """Sign out."""
    answer = site.go("/")
    site.forget(answer)
    return answer


@router.get("/orders")
async def orders(request: Request, after: str | None = None, before: str | None = None) -> Response:
    """The customer's orders, latest first. The cursors are signed, and of this customer only."""
    visitor = site.visitor(request)
    if visitor is None or not site.is_customer(visitor):
        return site.go("/sign-in?then=/orders")
    number = site.customer_number(visitor)
    query = site.site_of(request).mapper.query(Order).where(Order.customer_id == number).reverse()
    found = await query.page(size=10, after=after, before=before, scope=number)
    return site.page(request, "orders.html", found=found)


def _customer(request: Request) -> str:
    visitor = site.visitor(request)
    if visitor is None or not site.is_customer(visitor):
        raise HTTPException(404)  # whose order it is, is nobody's business
    return site.customer_number(visitor)


@router.get("/orders/{invoice_no}")
async def order_page(request: Request, invoice_no: str, thanks: int = 0, late: int = 0) -> Response:
    """An order with its lines, its payment and its parcels."""
    mapper = site.site_of(request).mapper
    whole = await whole_order_of(mapper, _customer(request), invoice_no)
    if whole is None:
        raise HTTPException(404)
    products = await mapper.batch_get(Product, [line.stock_code for line in whole.lines])
    entries = [
        entry_of(line.stock_code, product.name if product else line.description)
        for line, product in zip(whole.lines, products, strict=True)
    ]
    rows = list(zip(whole.lines, entries, strict=True))
    shown: dict[str, Any] = {"order": whole.order, "payment": whole.payment, "shipments": whole.shipments}
    return site.page(request, "order.html", rows=rows, thanks=thanks, late=late, **shown)


@router.post("/orders/{invoice_no}/cancel")
async def cancel(request: Request, after: BackgroundTasks, invoice_no: str) -> Response:
    """Cancel an order that nobody has begun to pack."""
    mapper = site.site_of(request).mapper
    if await order_of(mapper, _customer(request), invoice_no) is None:
        raise HTTPException(404)
    try:
        order = await cancel_order(mapper, invoice_no)
    except ConditionalCheckFailed:
        return site.go(f"/orders/{invoice_no}?late=1")
    after.add_task(backroom.watch_stock, mapper, order)
    return site.go(f"/orders/{invoice_no}")
