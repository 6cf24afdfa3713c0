"""The application: one mapper for its life, pages for people, the API below `/api`, and health checks."""

from __future__ import annotations

from fastapi import FastAPI

from ddbmodel.backends.fastapi import MapperDependency, install_problem_details, mapper_lifespan
from ddbmodel.backends.fastapi.lifespan import Connect
from examples.ecommerce.models import shop
from examples.ecommerce.web.api.make import make_api
from examples.ecommerce.web.pages.site import install
from examples.ecommerce.web.services.opened import open_services


def create_app(connect: Connect, *, secret: str) -> FastAPI:
    """Make the application.

    Args:
        connect: opens the mapper; give it a `cursor_key`, so that page tokens are signed.
        secret: signs customers' tokens.
    """
    app = FastAPI(title="The shop", lifespan=mapper_lifespan(connect, then=open_services), openapi_url=None)
    app.add_api_route("/health/live", live)
    app.add_api_route("/health/ready", ready)
    app.mount("/api", make_api(secret))
    install_problem_details(app)
    install(app, secret=secret)
    return app


async def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


async def ready(mapper: MapperDependency) -> dict[str, str]:
    """The table answers too; else the reply is a problem."""
    await mapper.describe_table(shop)
    return {"status": "ok"}
