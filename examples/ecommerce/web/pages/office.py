"""The back office. It is open to everybody here: put it behind your own sign-in."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Form, HTTPException, Request, Response

from ddbmodel import ConditionalCheckFailed
from examples.ecommerce.checkout import cancel
from examples.ecommerce.models import OrderStatus, Product, Stock
from examples.ecommerce.web.pages.site import go, page, site_of
from examples.ecommerce.web.services import backroom
from examples.ecommerce.web.services.ingestion import EventStream
from examples.ecommerce.web.services.shelf import entry_of, one_offer

router = APIRouter(prefix="/office")
Units = Annotated[int, Form(ge=0, le=1_000_000)]


@router.get("")
async def dashboard(request: Request) -> Response:
    """How much work there is."""
    site = site_of(request)
    waiting, packing, low = await asyncio.gather(
        backroom.waiting_count(site.mapper, OrderStatus.OPEN),
        backroom.waiting_count(site.mapper, OrderStatus.PACKING),
        backroom.to_reorder(site.mapper),
    )
    oldest = await backroom.queue(site.mapper, OrderStatus.OPEN)
    shown: dict[str, Any] = {"waiting": waiting, "packing": packing, "low": len(low), "oldest": oldest[:5]}
    return page(request, "office.html", ingestion=site.ingestion, **shown)


@router.get("/queue")
async def queue(request: Request, status: str = "open", refused: str = "") -> Response:
    """The orders that wait, those that wait longest first."""
    wanted = OrderStatus.PACKING if status == "packing" else OrderStatus.OPEN
    orders = await backroom.queue(site_of(request).mapper, wanted)
    return page(request, "queue.html", orders=orders, shown=wanted.value, refused=refused)


@router.post("/queue/{invoice_no}/{deed}")
async def act(
    request: Request,
    after: BackgroundTasks,
    invoice_no: str,
    deed: str,
    carrier: Annotated[str, Form(max_length=40)] = "Royal Mail",
) -> Response:
    """Pack, ship or cancel an order."""
    mapper, status = site_of(request).mapper, "packing" if deed == "ship" else "open"
    try:
        match deed:
            case "pack":
                await backroom.pack(mapper, invoice_no)
            case "ship":
                await backroom.ship(mapper, invoice_no, carrier)
            case "cancel":
                after.add_task(backroom.watch_stock, mapper, await cancel(mapper, invoice_no))
            case _:
                raise HTTPException(404)
    except ConditionalCheckFailed:
        return go(f"/office/queue?status={status}&refused={invoice_no}")
    return go(f"/office/queue?status={status}")


@router.get("/stock")
async def stock(request: Request, code: str = "", saved: int = 0) -> Response:
    """The reorder list, and a form to count an article."""
    mapper = site_of(request).mapper
    offer = await one_offer(mapper, code) if code else None
    return await _stock_page(request, offer=offer, code=code, saved=saved)


async def _stock_page(request: Request, status: int = 200, **shown: object) -> Response:
    mapper = site_of(request).mapper
    low = await backroom.to_reorder(mapper)
    products = await mapper.batch_get(Product, [one.stock_code for one in low])
    names = [
        entry_of(one.stock_code, product.name if product else None)
        for one, product in zip(low, products, strict=True)
    ]
    return page(request, "stock.html", status=status, rows=list(zip(low, names, strict=True)), **shown)


@router.post("/stock/{code}")
async def count(request: Request, code: str, seen: Units, counted: Units) -> Response:
    """Take over what was counted, unless the stock has changed since the form was shown."""
    mapper = site_of(request).mapper
    try:
        await backroom.count(mapper, code, seen, counted)
    except ConditionalCheckFailed:
        stored = await mapper.get(Stock, code, consistent=True)
        now = stored.on_hand if stored else 0
        offer = await one_offer(mapper, code)
        shown = {"offer": offer, "code": code, "seen": seen, "counted": counted, "stored": now}
        return await _stock_page(request, 409, conflict=True, **shown)
    return go(f"/office/stock?code={code}&saved=1")


@router.get("/ingestion")
async def ingestion(request: Request) -> Response:
    """How far the ingestion is."""
    return page(request, "ingestion.html", ingestion=site_of(request).ingestion)


@router.post("/ingestion")
async def start(request: Request, days: Annotated[int, Form(ge=1, le=6)] = 1) -> Response:
    """Start it, if none is running."""
    site_of(request).ingestion.start(days)
    return go("/office/ingestion")


@router.post("/ingestion/cancel")
async def stop(request: Request) -> Response:
    """Stop it; what is written stays."""
    site = site_of(request)
    await site.ingestion.stop()
    site.shelf.forget()
    return go("/office/ingestion")


@router.get("/ingestion/events")
async def events(request: Request) -> Response:
    """Server-sent events: each how far it is, and a last one that says how it ended."""
    return EventStream(site_of(request).ingestion)
