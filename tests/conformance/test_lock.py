"""Locks on every engine, between two mappers."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from ddbmodel import LockItem, LockTaken, Mapper
from ddbmodel.testing import DropReply, Fault, FaultProxy, ResetBefore
from tests.engines.engine import Engine


class Job(LockItem, table="jobs"):
    """The locks of the tests."""


KEY = Job.key("nightly")


@pytest.fixture
async def other(engine: Engine, table_prefix: str) -> AsyncIterator[Mapper]:
    """Another mapper on the same tables."""
    async with engine.connect(table_prefix=table_prefix) as other:
        yield other


async def test_one_at_a_time(mapper: Mapper, other: Mapper) -> None:
    """The second holder is refused while the first one is inside, and has a higher token afterwards."""
    await mapper.create_table(Job)
    async with mapper.lock(KEY) as lock:
        with pytest.raises(LockTaken):
            async with other.lock(KEY, wait_seconds=0):
                pass
        async with other.lock(Job.key("another"), wait_seconds=0):
            pass
        assert lock.token == 1
    async with other.lock(KEY, wait_seconds=0) as lock:
        assert lock.token == 2
    stored = await mapper.require(KEY, consistent=True)
    assert (stored.held, stored.token) == (False, 2)


@pytest.mark.parametrize("fault", [DropReply(), ResetBefore()], ids=repr)
async def test_lost_replies(
    mapper: Mapper, other: Mapper, engine: Engine, table_prefix: str, fault: Fault
) -> None:
    """Whether taking and releasing were applied or not, one holds it in between, and none afterwards."""
    if not engine.endpoint_url.startswith("http://"):
        pytest.skip("the proxy speaks plain HTTP")
    await mapper.create_table(Job)
    faults = [("UpdateItem", fault), ("UpdateItem", None), ("UpdateItem", fault)]
    async with (
        FaultProxy(engine.endpoint_url, faults=faults) as proxy,
        proxy.connect(table_prefix=table_prefix, **engine.credentials()) as through,
    ):
        async with through.lock(KEY, wait_seconds=0) as lock:
            stored = await mapper.require(KEY, consistent=True)
            assert (stored.held, stored.token) == (True, lock.token)
            with pytest.raises(LockTaken):
                async with other.lock(KEY, wait_seconds=0):
                    pass
        async with other.lock(KEY, wait_seconds=0) as next_one:
            assert next_one.token == lock.token + 1
