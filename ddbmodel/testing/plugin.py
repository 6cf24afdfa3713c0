"""The pytest plugin: fixtures for tests against the embedded DynamoDB.

    async def test_an_order_comes_back(mapper):
        await mapper.create_table(Order)
        ...

- `local_dynamodb`: a `LocalDynamoDB`, started once for the session (once for each worker of pytest-xdist).
- `dynamodb`: the same, without tables when the test begins.
- `mapper`: a `Mapper` connected to `dynamodb`. Async, so it is there when pytest-asyncio is.
- `fault_proxy`: opens a `FaultProxy` in front of `dynamodb`: `proxy = await fault_proxy(faults=...)`. Async
  too.

pytest loads this module in every session once ddbmodel is installed, so it imports nothing that takes time,
and a session that uses none of the fixtures pays for nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ddbmodel.testing.local import LocalDynamoDB


def pytest_configure(config: pytest.Config) -> None:
    """Add the async fixtures if something runs them."""
    if config.pluginmanager.hasplugin("asyncio"):
        from ddbmodel.testing import async_fixtures

        config.pluginmanager.register(async_fixtures, "ddbmodel-async")


@pytest.fixture(scope="session")
def local_dynamodb() -> Iterator[LocalDynamoDB]:
    """An embedded DynamoDB, shared by the session's tests."""
    from ddbmodel.testing.local import LocalDynamoDB

    with LocalDynamoDB() as dynamodb:
        yield dynamodb


@pytest.fixture
def dynamodb(local_dynamodb: LocalDynamoDB) -> LocalDynamoDB:
    """The session's embedded DynamoDB, without tables when the test begins."""
    local_dynamodb.reset_now()
    return local_dynamodb
