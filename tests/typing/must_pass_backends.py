"""Uses of the backends room that must pass, with the types that come out of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, assert_type

from fastapi import FastAPI, Response

from ddbmodel import Mapper
from ddbmodel.backends.aws_lambda import LambdaMapper, lambda_handler
from ddbmodel.backends.fastapi import (
    IfMatch,
    IfNoneMatch,
    MapperDependency,
    Match,
    NoneMatch,
    PageOf,
    PageParameters,
    RequiredIfMatch,
    WantedPage,
    etag_of,
    mapper_lifespan,
)
from ddbmodel.backends.settings import MapperSettings
from tests.typing.shop import Order


async def read(mapper: MapperDependency, page: PageParameters, known: IfNoneMatch) -> PageOf[Order]:
    """Dependencies are, in a handler, what they give."""
    assert_type(mapper, Mapper)
    assert_type(page, WantedPage)
    assert_type(known, NoneMatch)
    order = await mapper.require(Order, "c", "o")
    assert_type(order, Order)
    assert_type(etag_of(order), str)
    assert_type(known.unchanged(order), Response | None)
    assert_type(await page.of(mapper.query(Order).where(Order.customer_id == "c")), PageOf[Order])
    return await page.of(mapper.query(Order).where(Order.customer_id == "c"), scope="c")


def matches(one: IfMatch, other: RequiredIfMatch) -> None:
    """Both of If-Match are the same to a handler."""
    assert_type(one, Match)
    assert_type(other, Match)


def settings() -> FastAPI:
    """Settings give what opens a mapper."""
    chosen = MapperSettings(table_prefix="test-", lane="client")
    assert_type(chosen.region_name, str | None)
    assert_type(chosen.connect(hooks=[]), AbstractAsyncContextManager[Mapper])
    return FastAPI(lifespan=mapper_lifespan(chosen.connect))


async def count(mapper: Mapper, event: dict[str, int], context: object) -> int:
    """An async function behind a handler."""
    return await mapper.query(Order).where(Order.customer_id == "c").count() + event["more"]


def functions() -> None:
    """A handler takes event and context, and gives what the function gives."""
    made = lambda_handler(MapperSettings().connect, count, idle_seconds=5)
    assert_type(made, Callable[[dict[str, int], object], int])
    kept = LambdaMapper(lambda: Mapper.connect(region_name="eu-west-1"))

    @kept.handler
    async def handler(mapper: Mapper, event: list[str], context: Any) -> list[Order]:
        return await mapper.query(Order).where(Order.customer_id == event[0]).all()

    assert_type(handler(["c"], None), list[Order])
    assert_type(kept.run(lambda mapper: mapper.get(Order, "c", "o")), Order | None)
