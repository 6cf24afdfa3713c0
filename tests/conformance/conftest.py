"""The `mapper` of the conformance tests: on every engine, among tables of its own."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

import pytest

from ddbmodel import Mapper
from ddbmodel.transport.connect import LaneChoice
from tests.engines.engine import Engine
from tests.engines.moto import MotoEngine


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the client lane to moto: what differs between lanes does not depend on the engine."""
    dropped = [item for item in items if _is_needless(item)]
    items[:] = [item for item in items if not _is_needless(item)]
    config.hook.pytest_deselected(items=dropped)


def _is_needless(item: pytest.Item) -> bool:
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    return parameters.get("lane_choice") == "client" and not isinstance(parameters["engine"], MotoEngine)


@pytest.fixture
def table_prefix() -> str:
    """What the names of this test's tables begin with, so that tests do not meet."""
    return f"ddbmodel-test-{uuid.uuid4().hex[:12]}-"


@pytest.fixture(params=["fast", "client"])
def lane_choice(request: pytest.FixtureRequest) -> LaneChoice:
    """The lane that the mapper takes."""
    chosen: LaneChoice = request.param
    return chosen


@pytest.fixture
async def mapper(engine: Engine, table_prefix: str, lane_choice: LaneChoice) -> AsyncIterator[Mapper]:
    """A mapper on the engine, whose tables no other test has."""
    async with engine.connect(table_prefix=table_prefix, lane=lane_choice) as mapper:
        yield mapper
    if engine.outlives_tests:
        await _delete_tables(engine, table_prefix)


async def _delete_tables(engine: Engine, prefix: str) -> None:
    async with engine.client() as client:
        async for page in client.get_paginator("list_tables").paginate():
            for name in page["TableNames"]:
                if name.startswith(prefix):
                    await client.delete_table(TableName=name)
