"""The lifespan: one mapper, open as long as the application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest
from fastapi import FastAPI
from starlette.requests import HTTPConnection

from ddbmodel import Mapper, MapperClosed
from ddbmodel.backends.fastapi import current_mapper, mapper_lifespan
from ddbmodel.testing import LocalDynamoDB
from tests.unit.backends.fastapi.notes import TABLE


def connection(state: dict[str, object]) -> HTTPConnection:
    return HTTPConnection({"type": "http", "state": state, "headers": []})


async def test_one_mapper_and_a_lifespan_inside_of_it(dynamodb: LocalDynamoDB) -> None:
    """The inner lifespan has the open mapper, its state is kept, and the mapper is closed at the end."""
    seen = SimpleNamespace()

    @asynccontextmanager
    async def then(app: FastAPI, mapper: Mapper) -> AsyncIterator[dict[str, object]]:
        seen.app, seen.mapper = app, mapper
        await mapper.create_table(TABLE)
        yield {"mine": 1}
        await mapper.describe_table(TABLE)

    app = FastAPI()
    async with mapper_lifespan(dynamodb.connect, then=then)(app) as state:
        assert (seen.app, state["mine"]) == (app, 1)
        assert current_mapper(connection(dict(state))) is seen.mapper
    with pytest.raises(MapperClosed):
        await seen.mapper.describe_table(TABLE)


def test_without_the_lifespan_it_says_what_to_do() -> None:
    """An application without the lifespan gets an error that names it."""
    with pytest.raises(RuntimeError, match="mapper_lifespan"):
        current_mapper(connection({}))
