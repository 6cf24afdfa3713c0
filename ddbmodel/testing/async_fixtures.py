"""The plugin's fixtures that need pytest-asyncio; `plugin` registers them when it is there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest_asyncio

if TYPE_CHECKING:
    from ddbmodel.mapper import Mapper
    from ddbmodel.testing.local import LocalDynamoDB


@pytest_asyncio.fixture
async def mapper(dynamodb: LocalDynamoDB) -> AsyncIterator[Mapper]:
    """A mapper on an embedded DynamoDB without tables."""
    async with dynamodb.connect() as mapper:
        yield mapper
