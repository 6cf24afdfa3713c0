"""One mapper for the life of an application, and the dependency that gives it to a handler."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Annotated, Any, Final, TypeAlias

from fastapi import Depends, FastAPI
from starlette.requests import HTTPConnection

from ddbmodel.ingest import Mapper

State: TypeAlias = Mapping[str, Any]
Connect: TypeAlias = Callable[[], AbstractAsyncContextManager[Mapper]]
Lifespan: TypeAlias = Callable[[FastAPI], AbstractAsyncContextManager[State]]
Then: TypeAlias = Callable[[FastAPI, Mapper], AbstractAsyncContextManager[State | None]]

_STATE: Final = "ddbmodel_mapper"


def mapper_lifespan(connect: Connect, *, then: Then | None = None) -> Lifespan:
    """Give a lifespan that opens one mapper for the application, and closes it at the end.

        app = FastAPI(lifespan=mapper_lifespan(lambda: Mapper.connect(region_name="eu-west-1")))

    Args:
        connect: opens the mapper; called once each time the application starts, in its event loop.
        then: a lifespan of your own inside of it, which gets the application and the mapper. What it yields
            is added to the state of requests.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[State]:
        async with connect() as mapper:
            inner = nullcontext(None) if then is None else then(app, mapper)
            async with inner as state:
                yield {**(state or {}), _STATE: mapper}

    return lifespan


def current_mapper(connection: HTTPConnection) -> Mapper:
    """The application's mapper, for `Depends` and for `app.dependency_overrides` in tests.

    Raises:
        RuntimeError: the application runs without its lifespan, or has another one.
    """
    mapper: Mapper | None = getattr(connection.state, _STATE, None)
    if mapper is None:
        raise RuntimeError(
            "no mapper is open: pass FastAPI(lifespan=mapper_lifespan(...)), and see that the server runs "
            "it; in tests, open the application with TestClient in a `with` block, or override "
            "current_mapper"
        )
    return mapper


MapperDependency: TypeAlias = Annotated[Mapper, Depends(current_mapper)]
"""The application's mapper: `async def read(mapper: MapperDependency)`, also in websockets."""
