"""Every row of the lossless matrix comes back from an engine, over HTTP."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from functools import cache
from typing import Any

import pytest
import pytest_asyncio

from ddbmodel import Mapper
from ddbmodel.model import plan_of
from tests.engines.engine import Engine
from tests.strategies.matrix import ROWS
from tests.strategies.row import Row
from tests.strategies.sameness import difference

EXAMPLES = 4
KEPT = 2

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def tables(engine: Engine) -> AsyncIterator[Mapper]:
    """A mapper on the engine, with the tables of all rows: one, but for rows about keys."""
    models = {plan_of(row.model).stored_table.name: row.model for row in ROWS}
    async with engine.connect(table_prefix=f"ddbmodel-test-{uuid.uuid4().hex[:12]}-") as mapper:
        for model in models.values():
            await mapper.create_table(model)
        yield mapper
        for model in models.values():
            await mapper.delete_table(model)


@cache
def _examples(row: Row) -> list[Any]:
    """The same instances for every engine, without the first ones drawn, which are the plainest."""
    return row.examples(EXAMPLES)[-KEPT:]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_what_is_written_is_read(tables: Mapper, row: Row) -> None:
    """Whatever a model holds is what a get after a put gives, of the same types all the way down."""
    for instance in _examples(row):
        await tables.put(instance)
        key = plan_of(row.model).key_of(instance)
        assert difference(instance, await tables.get(row.model, **key.values)) is None
