"""The cart of whoever is signed in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field

from ddbmodel.backends.fastapi import MapperDependency, problem_responses
from examples.ecommerce.models import CartItem, Listing, Product
from examples.ecommerce.web.api.products import StockCode
from examples.ecommerce.web.api.signing import SignedCustomer

router = APIRouter(tags=["cart"])
_KEPT_FOR: Final = timedelta(days=30)


class Cart(BaseModel):
    """A cart, and what it costs: send the total with the checkout."""

    items: list[CartItem]
    total: Decimal


class Wanted(BaseModel):
    """How many units are wanted."""

    quantity: Annotated[int, Field(ge=1, le=999)]


@router.get("/cart", responses=problem_responses(401, 503))
async def cart(mapper: MapperDependency, customer_id: SignedCustomer) -> Cart:
    """What is in the cart, without what has expired."""
    query = mapper.query(CartItem).where(CartItem.customer_id == customer_id)
    items = await query.consistent().hide_expired().all()
    return Cart(items=items, total=sum((one.quantity * one.unit_price for one in items), Decimal(0)))


@router.put("/cart/{stock_code}", responses=problem_responses(401, 404, 503))
async def put_into_cart(
    mapper: MapperDependency, customer_id: SignedCustomer, stock_code: StockCode, wanted: Wanted
) -> CartItem:
    """Want so many units of an article. Sent twice, it does the same; the price is that of today."""
    item = CartItem(
        customer_id=customer_id,
        stock_code=stock_code,
        quantity=wanted.quantity,
        unit_price=await _price(mapper, stock_code),
        expires_at=datetime.now(UTC).replace(microsecond=0) + _KEPT_FOR,  # a ttl is stored in whole seconds
    )
    await mapper.put(item)
    return item


@router.delete("/cart/{stock_code}", status_code=204, responses=problem_responses(401, 503))
async def take_out(mapper: MapperDependency, customer_id: SignedCustomer, stock_code: StockCode) -> None:
    """Take an article out; none is left, also if there was none."""
    await mapper.delete(CartItem.key(customer_id, stock_code))


async def _price(mapper: MapperDependency, stock_code: str) -> Decimal:
    """As it is listed, else the highest that it was sold for; what has neither is not sold here."""
    listing = await mapper.get(Listing, stock_code)
    product = await mapper.get(Product, stock_code) if listing is None else None
    if listing is not None:
        return listing.price
    price = None if product is None else product.highest_price
    if price is None:
        raise HTTPException(404, "There is no such article for sale")
    return price
