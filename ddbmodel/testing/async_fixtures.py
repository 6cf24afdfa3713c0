"""The plugin's fixtures that need pytest-asyncio; `plugin` registers them when it is there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import pytest_asyncio

if TYPE_CHECKING:
    from ddbmodel.ingest import Mapper
    from ddbmodel.testing.local import LocalDynamoDB
    from ddbmodel.testing.proxy.fault_proxy import FaultProxy


@pytest_asyncio.fixture
async def mapper(dynamodb: LocalDynamoDB) -> AsyncIterator[Mapper]:
    """A mapper on an embedded DynamoDB without tables."""
    async with dynamodb.connect() as mapper:
        yield mapper


@pytest_asyncio.fixture
async def fault_proxy(dynamodb: LocalDynamoDB) -> AsyncIterator[Callable[..., Awaitable[FaultProxy]]]:
    """Open proxies in front of an embedded DynamoDB without tables, until the test ends.

    It is a function, to be awaited, that takes what `FaultProxy` takes besides the URL.
    """
    from ddbmodel.testing.proxy.fault_proxy import FaultProxy

    async with AsyncExitStack() as stack:

        async def open_proxy(**options: Any) -> FaultProxy:
            return await stack.enter_async_context(FaultProxy(dynamodb.endpoint_url, **options))

        yield open_proxy
