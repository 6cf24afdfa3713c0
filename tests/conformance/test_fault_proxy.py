"""The fault-injecting proxy in front of every engine that is reached over plain HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from ddbmodel import Attr, Mapper, Model, RequestRefused, WriteOutcomeUnknown, partition_key
from ddbmodel.operations import BatchPut, BatchWriteItem
from ddbmodel.testing import DropReply, Fault, FaultProxy, Unprocessed
from tests.engines.engine import Engine


class Stamp(Model, table="stamps"):
    name: Attr[str] = partition_key()
    seal: Attr[bytes] = b""


@pytest.fixture
async def proxy(engine: Engine, fault: Fault | None) -> AsyncIterator[FaultProxy]:
    """A proxy whose first request about items meets a fault."""
    if not engine.endpoint_url.startswith("http://"):
        pytest.skip("the proxy speaks plain HTTP")
    async with FaultProxy(engine.endpoint_url, faults=[("*", fault)]) as proxy:
        yield proxy


@pytest.fixture
async def through(
    mapper: Mapper, proxy: FaultProxy, engine: Engine, table_prefix: str
) -> AsyncIterator[Mapper]:
    """A mapper through the proxy, whose table is there; the engine's own one goes past it."""
    await mapper.create_table(Stamp)
    async with proxy.connect(table_prefix=table_prefix, **engine.credentials()) as through:
        yield through


@pytest.mark.parametrize("fault", [DropReply()], ids=repr)
async def test_a_dropped_reply_leaves_the_item_there(mapper: Mapper, through: Mapper) -> None:
    """The engine has applied what the client knows nothing of."""
    stamp = Stamp(name="a", seal=b"\x00\xff")
    with pytest.raises(WriteOutcomeUnknown):
        await through.create(stamp)
    assert await mapper.get(Stamp, "a") == stamp
    assert await through.get(Stamp, "a") == stamp


@pytest.mark.parametrize("fault", [Unprocessed(0.5)], ids=repr)
async def test_what_was_left_of_a_batch_is_written_in_the_end(
    mapper: Mapper, through: Mapper, proxy: FaultProxy
) -> None:
    """The engine sees half of it first."""
    async with through.batch_writer(concurrency=1) as writer:
        for number in range(25):
            await writer.put(Stamp(name=f"s{number}"))
    assert writer.report.written == 25
    assert len([stamp async for stamp in mapper.scan(Stamp)]) == 25
    assert [seen.unprocessed for seen in proxy.log if seen.operation == "BatchWriteItem"] == [13, 0]


@pytest.mark.parametrize("fault", [None])
async def test_the_proxy_is_strict_for_engines_that_are_not(through: Mapper, table_prefix: str) -> None:
    """A key twice in a batch, which DynamoDB refuses, reaches no engine."""
    table = f"{table_prefix}stamps"
    twice = BatchWriteItem((BatchPut(table, {"name": {"S": "a"}}),) * 2)
    with pytest.raises(RequestRefused, match="contains duplicates"):
        await through._gateway.transport.send(twice)
