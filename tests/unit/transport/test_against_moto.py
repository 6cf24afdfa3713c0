"""The requests of `operations` through both lanes against a real engine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from moto.server import ThreadedMotoServer

from ddbmodel.codec.values import Item
from ddbmodel.errors import ConditionalCheckFailed, TableInUse, TableNotFound
from ddbmodel.operations import (
    BatchDelete,
    BatchGetItem,
    BatchGetItemResult,
    BatchPut,
    BatchWriteItem,
    BatchWriteItemResult,
    CreateTable,
    CreateTableResult,
    DeleteItem,
    DeleteItemResult,
    DeleteTable,
    DeleteTableResult,
    DescribeTable,
    DescribeTableResult,
    DescribeTimeToLive,
    DescribeTimeToLiveResult,
    GetItem,
    GetItemResult,
    PutItem,
    Query,
    QueryResult,
    Scan,
    ScanResult,
    TableKeys,
    UpdateItem,
    UpdateItemResult,
    UpdateTimeToLive,
)
from ddbmodel.schema import IndexSchema, KeyAttribute, Projection, TableSchema
from ddbmodel.transport.connect import ConnectOptions, LaneChoice, connect
from tests.unit.operations.expressions import Attributes, Expression
from tests.unit.transport.conftest import Lane

PK, SK, STATUS = KeyAttribute("pk", "S"), KeyAttribute("sk", "N"), KeyAttribute("status", "S")
SCHEMA = TableSchema(
    "orders", (PK,), (SK,), (IndexSchema("by-status", "global", (STATUS,), (), Projection("KEYS_ONLY")),)
)


@pytest.fixture(scope="module")
def moto_url() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
async def lane(moto_url: str, choice: LaneChoice) -> AsyncIterator[Lane]:
    lane = await connect(
        ConnectOptions("eu-west-1", moto_url, aws_access_key_id="a", aws_secret_access_key="b", lane=choice)
    )
    yield lane
    await lane.close()


@pytest.fixture
async def table(lane: Lane) -> AsyncIterator[str]:
    await lane.send(CreateTable(SCHEMA))
    yield SCHEMA.name
    await lane.send(DeleteTable(SCHEMA.name))


def _key(number: int) -> dict[str, dict[str, str]]:
    return {"pk": {"S": "c1"}, "sk": {"N": str(number)}}


async def test_items_are_written_and_read(lane: Lane, table: str) -> None:
    """Put, get, update, refused condition and delete."""
    item: Item = _key(1) | {"status": {"S": "open"}, "blob": {"B": b"\x00\xff"}}
    await lane.send(PutItem(table, item))
    assert GetItemResult.from_wire(await lane.send(GetItem(table, _key(1), consistent=True))).item == item

    paid = UpdateItem(
        table, _key(1), Expression("status", "paid", "SET "), Expression("status", "open"), "ALL_NEW"
    )
    changed = UpdateItemResult.from_wire(await lane.send(paid)).attributes
    assert changed == item | {"status": {"S": "paid"}}

    with pytest.raises(ConditionalCheckFailed) as caught:
        await lane.send(paid)
    assert caught.value.item == changed

    gone = DeleteItemResult.from_wire(await lane.send(DeleteItem(table, _key(1), return_values="ALL_OLD")))
    assert gone.attributes == changed
    assert GetItemResult.from_wire(await lane.send(GetItem(table, _key(1)))).item is None


async def test_pages_follow_each_other(lane: Lane, table: str) -> None:
    """Query and scan, with limit, filter, projection, index and count."""
    writes = tuple(
        BatchPut(table, _key(n) | {"status": {"S": "open" if n % 2 else "paid"}}) for n in range(5)
    )
    assert BatchWriteItemResult.from_wire(await lane.send(BatchWriteItem(writes))).unprocessed == ()

    of_c1 = Expression("pk", "c1")
    first = QueryResult.from_wire(await lane.send(Query(table, of_c1, limit=3, forward=False)))
    assert [item["sk"]["N"] for item in first.items] == ["4", "3", "2"]
    rest = Query(table, of_c1, exclusive_start_key=first.last_evaluated_key, forward=False)
    second = QueryResult.from_wire(await lane.send(rest))
    assert [item["sk"]["N"] for item in second.items] == ["1", "0"]
    assert second.last_evaluated_key is None

    open_ones = Query(table, of_c1, filter=Expression("status", "open"), projection=Attributes(("sk",)))
    filtered = QueryResult.from_wire(await lane.send(open_ones))
    assert (filtered.items, filtered.count, filtered.scanned_count) == (
        [{"sk": {"N": "1"}}, {"sk": {"N": "3"}}],
        2,
        5,
    )

    by_status = Query(table, Expression("status", "paid"), index="by-status", select="COUNT")
    assert QueryResult.from_wire(await lane.send(by_status)).count == 3
    segments = [Scan(table, segment=segment, total_segments=2, return_capacity="TOTAL") for segment in (0, 1)]
    pages = [ScanResult.from_wire(await lane.send(segment)) for segment in segments]
    assert sum(page.count for page in pages) == 5
    assert all(page.capacity is not None and page.capacity.table == table for page in pages)


async def test_batches_read_what_batches_wrote(lane: Lane, table: str) -> None:
    """Puts and deletes in one batch; a missing key is simply not in the answer."""
    await lane.send(BatchWriteItem((BatchPut(table, _key(1)), BatchPut(table, _key(2)))))
    await lane.send(BatchWriteItem((BatchDelete(table, _key(1)), BatchPut(table, _key(3)))))
    keys = TableKeys(table, (_key(1), _key(2), _key(3)), Attributes(("sk",)))
    result = BatchGetItemResult.from_wire(await lane.send(BatchGetItem((keys,))))
    assert sorted(item["sk"]["N"] for item in result.items[table]) == ["2", "3"]
    assert result.unprocessed == {}


async def test_tables_are_made_described_and_deleted(lane: Lane) -> None:
    """What is described is what was asked for; a table that exists or is missing has its own error."""
    created = CreateTableResult.from_wire(await lane.send(CreateTable(SCHEMA))).description
    assert created.schema == SCHEMA
    with pytest.raises(TableInUse):
        await lane.send(CreateTable(SCHEMA))
    described = DescribeTableResult.from_wire(await lane.send(DescribeTable(SCHEMA.name))).description
    assert described.is_active
    assert described.created_at is not None

    await lane.send(UpdateTimeToLive(SCHEMA.name, "expires_at"))
    ttl = DescribeTimeToLiveResult.from_wire(await lane.send(DescribeTimeToLive(SCHEMA.name)))
    assert ttl == DescribeTimeToLiveResult("ENABLED", "expires_at")

    deleted = DeleteTableResult.from_wire(await lane.send(DeleteTable(SCHEMA.name))).description
    assert deleted.name == SCHEMA.name
    with pytest.raises(TableNotFound, match="Create the table"):
        await lane.send(DescribeTable(SCHEMA.name))
