"""The cart of whoever is signed in."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from ddbmodel.backends.fastapi import MapperDependency, problem_responses
from examples.ecommerce.checkout import cart_of
from examples.ecommerce.models import CartItem
from examples.ecommerce.web.api.products import StockCode
from examples.ecommerce.web.api.signing import SignedCustomer
from examples.ecommerce.web.services import buying
from examples.ecommerce.web.services.shelf import one_offer

router = APIRouter(tags=["cart"])


class Cart(BaseModel):
    """A cart, and what it costs: send the total with the checkout."""

    items: list[CartItem]
    total: Decimal


class Wanted(BaseModel):
    """How many units are wanted."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"quantity": 3}]})

    quantity: Annotated[int, Field(ge=1, le=999)]


@router.get("/cart", responses=problem_responses(401, 503))
async def cart(mapper: MapperDependency, customer_id: SignedCustomer) -> Cart:
    """What is in the cart, without what has expired."""
    items = await cart_of(mapper, customer_id)
    return Cart(items=items, total=sum((one.quantity * one.unit_price for one in items), Decimal(0)))


@router.put("/cart/{stock_code}", responses=problem_responses(401, 404, 503))
async def put_into_cart(
    mapper: MapperDependency, customer_id: SignedCustomer, stock_code: StockCode, wanted: Wanted
) -> CartItem:
    """Want so many units of an article. Sent twice, it does the same; the price is that of today."""
    offer = await one_offer(mapper, stock_code)
    if offer is None or offer.price is None:
        raise HTTPException(404, "There is no such article for sale")
    return await buying.put_into_cart(mapper, customer_id, offer, wanted.quantity)


@router.delete("/cart/{stock_code}", status_code=204, responses=problem_responses(401, 503))
async def take_out(mapper: MapperDependency, customer_id: SignedCustomer, stock_code: StockCode) -> None:
    """Take an article out; none is left, also if there was none."""
    await mapper.delete(CartItem.key(customer_id, stock_code))
