"""Lines over the backends room that a type checker must refuse; each is marked."""

from __future__ import annotations

from typing import assert_type

from ddbmodel import Mapper
from ddbmodel.backends.aws_lambda import lambda_handler
from ddbmodel.backends.fastapi import MapperDependency, PageOf, PageParameters
from ddbmodel.backends.settings import MapperSettings
from tests.typing.shop import Customer, Order


async def read(mapper: MapperDependency, page: PageParameters) -> None:
    """What a dependency gives is checked like the thing itself."""
    await mapper.fetch(Order, "c", "o")  # error
    assert_type(await mapper.require(Order, "c", "o"), Customer)  # error
    assert_type(await page.of(mapper.query(Order)), PageOf[Customer])  # error
    await page.of(mapper, scope="c")  # error
    await page.of(mapper.query(Order), scope=1)  # error


async def count(mapper: Mapper, event: dict[str, int], context: object) -> int:
    """An async function behind a handler."""
    return event["one"]


def without_mapper(event: object, context: object) -> int:
    """No function for a mapper."""
    return 0


def functions(settings: MapperSettings) -> None:
    """A handler has the types of its function, and settings theirs."""
    handler = lambda_handler(settings.connect, count)
    handler(["no mapping"], None)  # error
    assert_type(handler({}, None), str)  # error
    handler({})  # error
    lambda_handler(settings, count)  # error
    lambda_handler(settings.connect, without_mapper)  # error
    lambda_handler(settings.connect(), count)  # error
    settings.lane = "scenic"  # error
    settings.cursor_key.get_secret_value()  # error
