"""What is made when the application starts, beside the mapper, and ends with it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, TypeAlias

from fastapi import Depends, FastAPI
from starlette.requests import HTTPConnection

from ddbmodel import Mapper
from examples.ecommerce.web.services.admission import Admission
from examples.ecommerce.web.services.ingestion import Ingestion
from examples.ecommerce.web.services.shelf import Shelf

_STATE: Final = "shop_services"


@dataclass(frozen=True, slots=True)
class Services:
    """What all requests share.

    Attributes:
        checkouts: bounds how many are bought at once.
    """

    mapper: Mapper
    shelf: Shelf
    ingestion: Ingestion
    checkouts: Admission = field(default_factory=Admission)

    @classmethod
    def on(cls, mapper: Mapper) -> Services:
        """Make them for a mapper."""
        return cls(mapper, Shelf(mapper), Ingestion(mapper))


@asynccontextmanager
async def open_services(_: FastAPI, mapper: Mapper) -> AsyncGenerator[Mapping[str, Any]]:
    """Make them for an application, as its lifespan's `then`; mounted applications get them as well.

    An ingestion that still runs when the application closes is ended.
    """
    services = Services.on(mapper)
    try:
        yield {_STATE: services}
    finally:
        await services.ingestion.stop()


def current_services(connection: HTTPConnection) -> Services:
    """The application's services, for `Depends` and for `app.dependency_overrides` in tests."""
    services: Services = getattr(connection.state, _STATE)
    return services


ServicesDependency: TypeAlias = Annotated[Services, Depends(current_services)]
"""The application's services: `async def buy(services: ServicesDependency)`."""
