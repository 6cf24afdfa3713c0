"""The cart and the checkout."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from secrets import token_hex
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Form, HTTPException, Path, Request, Response

from ddbmodel import ConditionalCheckFailed
from examples.ecommerce.checkout import CheckoutError, OutOfStock
from examples.ecommerce.models import WEB_LETTER
from examples.ecommerce.web.pages import site
from examples.ecommerce.web.services import backroom, buying
from examples.ecommerce.web.services.shelf import one_offer

router = APIRouter()
Quantity = Annotated[int, Form(ge=0, le=999)]


async def _show(request: Request, template: str, status: int = 200, **shown: object) -> Response:
    visitor = site.visitor(request)
    mapper = site.site_of(request).mapper
    rows = await buying.cart_rows(mapper, site.customer_number(visitor)) if visitor else []
    total = sum((row.amount for row in rows), Decimal(0))
    return site.page(request, template, status=status, rows=rows, total=total, **shown)


@router.get("/cart")
async def cart(request: Request) -> Response:
    """What is in the cart."""
    return await _show(request, "cart.html")


@router.post("/cart")
async def add(request: Request, stock_code: Annotated[str, Form()], quantity: Quantity = 1) -> Response:
    """Put an article into the cart."""
    mapper, visitor = site.site_of(request).mapper, site.visitor(request)
    offer = await one_offer(mapper, stock_code)
    if offer is None or offer.price is None:
        raise HTTPException(404)
    number = site.customer_number(visitor) if visitor else site.new_number()
    if quantity:
        await buying.add_to_cart(mapper, number, offer, quantity)
    answer = site.go(f"/articles/{stock_code}?added={quantity}")
    site.remember(request, answer, number, signed_in=site.is_customer(visitor))
    return answer


@router.post("/cart/{stock_code}")
async def change(request: Request, stock_code: str, quantity: Quantity) -> Response:
    """Change how many are wanted; zero removes."""
    visitor = site.visitor(request)
    if visitor:
        number = site.customer_number(visitor)
        with suppress(ConditionalCheckFailed):  # it was removed in another window, and the cart shows that
            await buying.set_quantity(site.site_of(request).mapper, number, stock_code, quantity)
    return site.go("/cart")


@router.get("/checkout")
async def checkout(request: Request) -> Response:
    """What will be bought, with a form that buys it once."""
    if not site.is_customer(site.visitor(request)):
        return site.go("/sign-in?then=/checkout")
    return await _show(request, "checkout.html", token=token_hex(8))


@router.post("/checkout/{token}")
async def buy(
    request: Request,
    after: BackgroundTasks,
    token: Annotated[str, Path(pattern="^[0-9a-f]{16}$")],
    total: Annotated[Decimal, Form(ge=0, max_digits=20)],
) -> Response:
    """Buy. The form's token is the order's number, so a form that is sent twice sells once.

    It also has the total that the page showed: a cart that costs something else by now is shown again.
    """
    visitor = site.visitor(request)
    if visitor is None or not site.is_customer(visitor):
        return site.go("/sign-in?then=/checkout")
    services, number = site.site_of(request), site.customer_number(visitor)
    try:
        order = await buying.buy(services, number, f"{WEB_LETTER}{token}", total)
    except OutOfStock as refusal:
        left = refusal.stock.on_hand if refusal.stock else 0
        return await _show(request, "cart.html", 409, short=refusal.wanted, left=left)
    except CheckoutError:
        return await _show(request, "cart.html", 409, changed=True)
    after.add_task(backroom.watch_stock, services.mapper, order)
    return site.go(f"/orders/{order.invoice_no}?thanks=1")
