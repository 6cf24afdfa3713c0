"""Invoices poured into the table, and how far that is as server-sent events."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from examples.ecommerce.web.services.ingestion import EventStream, Ingestion, State
from examples.ecommerce.web.services.opened import ServicesDependency

router = APIRouter(prefix="/office/ingestion", tags=["ingestion"])


class Progress(BaseModel):
    """How far an ingestion is."""

    state: State
    seconds: float
    written: int
    total: int = Field(description="How many items there are to write; 0 until that is known.")
    rate: float = Field(description="Items a second, of late.")
    units: float = Field(description="Write units so far, as DynamoDB reports them.")


@router.get("")
async def progress(services: ServicesDependency) -> Progress:
    """How far it is now."""
    return _progress(services.ingestion)


@router.post("", status_code=202)
async def start(
    services: ServicesDependency,
    days: Annotated[int, Query(ge=1, le=6, description="How many generated days.")] = 1,
) -> Progress:
    """Start it. If one is running, that goes on, and no other begins."""
    services.ingestion.start(days)
    return _progress(services.ingestion)


@router.delete("")
async def stop(services: ServicesDependency) -> Progress:
    """End it; what is written stays."""
    await services.ingestion.stop()
    services.shelf.forget()
    return _progress(services.ingestion)


@router.get(
    "/events",
    status_code=200,  # EventStream has no default, in which FastAPI would look for it
    response_class=EventStream,
    response_description="An event for each sample, and `end` with the state it ended in.",
)
async def events(services: ServicesDependency) -> EventStream:
    """Server-sent events: what was written so far and what is, until it ends."""
    return EventStream(services.ingestion)


def _progress(ingestion: Ingestion) -> Progress:
    seen = ingestion.latest
    return Progress(
        state=ingestion.state,
        seconds=seen.seconds,
        written=seen.written,
        total=seen.total,
        rate=seen.rate,
        units=seen.units,
    )
