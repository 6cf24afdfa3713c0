"""The `mapper` of the conformance tests: on every engine, among tables of its own."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

import pytest

from ddbmodel import Mapper
from tests.engines.engine import Engine


@pytest.fixture
def table_prefix() -> str:
    """What the names of this test's tables begin with, so that tests do not meet."""
    return f"ddbmodel-test-{uuid.uuid4().hex[:12]}-"


@pytest.fixture
async def mapper(engine: Engine, table_prefix: str) -> AsyncIterator[Mapper]:
    """A mapper on the engine, whose tables no other test has."""
    async with engine.connect(table_prefix=table_prefix) as mapper:
        yield mapper
    if engine.outlives_tests:
        await _delete_tables(engine, table_prefix)


async def _delete_tables(engine: Engine, prefix: str) -> None:
    async with engine.client() as client:
        async for page in client.get_paginator("list_tables").paginate():
            for name in page["TableNames"]:
                if name.startswith(prefix):
                    await client.delete_table(TableName=name)
