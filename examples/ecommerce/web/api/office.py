"""The back office: the queue, parcels, stock. It is open to everybody: put it behind your own sign-in."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from fastapi import APIRouter, BackgroundTasks, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from ddbmodel.backends.fastapi import (
    MapperDependency,
    PageOf,
    PageParameters,
    RequiredIfMatch,
    etag_of,
    problem_responses,
)
from examples.ecommerce.checkout import cancel
from examples.ecommerce.models import WAREHOUSE, Order, OrderStatus, Shipment, Stock
from examples.ecommerce.web.api.orders import InvoiceNo
from examples.ecommerce.web.api.places import place_of, token_of
from examples.ecommerce.web.api.products import StockCode
from examples.ecommerce.web.services import backroom
from examples.ecommerce.web.services.backroom import Place

router = APIRouter(prefix="/office", tags=["back office"])
Waiting: TypeAlias = Annotated[
    Literal["open", "packing"], Path(description="Orders that wait to be packed, or to be shipped.")
]
ParcelNumber: TypeAlias = Annotated[int, Path(ge=1, le=999, description="Which parcel of the order.")]


class QueuePage(BaseModel):
    """Some of the orders that wait."""

    items: list[Order]
    next: str | None = Field(description="Pass as `after` for the page after this one; null on the last.")


class Handover(BaseModel):
    """Who carries a parcel."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"carrier": "Royal Mail"}]})

    carrier: str = Field(min_length=1, max_length=40)


class Count(BaseModel):
    """What was counted. Stock is a counter without a version, so its value tells whether it has changed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"seen": 100, "counted": 97}]})

    seen: int = Field(ge=0, le=1_000_000, description="How many the shop had when the count began.")
    counted: int = Field(ge=0, le=1_000_000)


@router.get("/queue/{status}", responses=problem_responses(400, 503))
async def queue(
    mapper: MapperDependency,
    request: Request,
    status: Waiting,
    size: Annotated[int, Query(ge=1, le=100)] = backroom.QUEUE_SHOWN,
    after: Annotated[str | None, Query(max_length=400, description="`next` of the page before.")] = None,
) -> QueuePage:
    """The orders that wait, longest first: the queue's four parts, merged.

    A page begins where the one before ended, also if orders have left the queue meanwhile.
    """
    secret: str = request.app.state.secret
    place = None if after is None else place_of(secret, status, after)
    found = await backroom.queue(mapper, OrderStatus(status), size + 1, place)
    shown, more = found[:size], len(found) > size
    return QueuePage(items=shown, next=token_of(secret, status, Place.of(shown[-1])) if more else None)


@router.post("/orders/{invoice_no}/packing", responses=problem_responses(404, 409, 503))
async def pack(mapper: MapperDependency, invoice_no: InvoiceNo) -> Order:
    """Take an order to pack it; only one can (409)."""
    return await backroom.pack(mapper, invoice_no)


@router.post("/orders/{invoice_no}/shipment", status_code=201, responses=problem_responses(404, 409, 503))
async def ship(
    mapper: MapperDependency, invoice_no: InvoiceNo, handover: Handover, response: Response
) -> Shipment:
    """Hand a packed order to a carrier, once. The reply's ETag is what a change sends as If-Match."""
    await mapper.require(Order, invoice_no)
    parcel = await backroom.ship(mapper, invoice_no, handover.carrier)
    response.headers["ETag"] = etag_of(parcel)
    return parcel


@router.post("/orders/{invoice_no}/cancellation", responses=problem_responses(404, 409, 503))
async def cancel_for_customer(
    mapper: MapperDependency, after: BackgroundTasks, invoice_no: InvoiceNo
) -> Order:
    """Cancel an order that nobody packs yet, and pay it back. Sent again, it gives nothing back twice."""
    order = await cancel(mapper, invoice_no)
    after.add_task(backroom.watch_stock, mapper, order)
    return order


@router.get("/orders/{invoice_no}/shipments/{number}", responses=problem_responses(404, 503))
async def shipment(
    mapper: MapperDependency, invoice_no: InvoiceNo, number: ParcelNumber, response: Response
) -> Shipment:
    """A parcel, with its version as ETag."""
    parcel = await mapper.require(Shipment, invoice_no, number, consistent=True)
    response.headers["ETag"] = etag_of(parcel)
    return parcel


@router.patch(
    "/orders/{invoice_no}/shipments/{number}", responses=problem_responses(400, 404, 409, 412, 428, 503)
)
async def change_carrier(
    *,
    mapper: MapperDependency,
    invoice_no: InvoiceNo,
    number: ParcelNumber,
    handover: Handover,
    match: RequiredIfMatch,
    response: Response,
) -> Shipment:
    """Give a parcel to another carrier, unless somebody has changed it since it was read (412)."""
    parcel = await mapper.require(Shipment, invoice_no, number, consistent=True)
    match.check(parcel)
    parcel.carrier = handover.carrier
    await mapper.save(parcel)
    response.headers["ETag"] = etag_of(parcel)
    return parcel


@router.get("/reorder", responses=problem_responses(400, 503))
async def reorder(mapper: MapperDependency, page: PageParameters) -> PageOf[Stock]:
    """What there is too little of, longest first."""
    return await page.of(mapper.query(Stock).where(Stock.warehouse == WAREHOUSE).hydrate())


@router.put("/stock/{stock_code}", responses=problem_responses(404, 409, 503))
async def count_stock(mapper: MapperDependency, stock_code: StockCode, count: Count) -> Stock:
    """Correct the stock to what was counted, unless something was sold or counted meanwhile (409)."""
    await mapper.require(Stock, stock_code)
    return await backroom.count(mapper, stock_code, count.seen, count.counted)
