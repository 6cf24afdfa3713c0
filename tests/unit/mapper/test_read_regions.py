"""Reads that prefer a region: what leaves home, and what stays there, over HTTP with an engine for each region."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiobotocore.config import AioConfig

from ddbmodel import (
    Attr,
    ConnectionFailed,
    Exchange,
    ExpressionError,
    GlobalIndex,
    LockItem,
    Mapper,
    MapperClosed,
    Model,
    ReadRegion,
    Request,
    ServiceError,
    TableNotFound,
    TableSettings,
    field,
    partition_key,
    sort_key,
    upgrader,
    version,
)
from ddbmodel.testing import FaultProxy, InternalError, LocalDynamoDB, ResetBefore, Throttle, Truncate

HOME, NEAR = "eu-west-1", "eu-central-1"
REPLICATED = TableSettings(replicas=(NEAR,))
ONCE = AioConfig(proxies={}, retries={"total_max_attempts": 1})


class Order(Model, table="orders", settings=REPLICATED):
    customer_id: Attr[str] = partition_key()
    number: Attr[int] = sort_key()
    place: Attr[str]
    status: Attr[str] = field(default="new")
    edition: Attr[int] = version()

    by_status = GlobalIndex(partition_key="status", projection="KEYS_ONLY")


class Reading(Model, table="readings", settings=REPLICATED):
    device: Attr[str] = partition_key(shards=3)
    number: Attr[int] = sort_key()
    place: Attr[str]


class Note(Model, table="notes"):
    number: Attr[int] = partition_key()
    place: Attr[str]


class Whereabouts:
    """A hook that notes operations and the regions they were for."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str | None, str]] = []

    def after(self, request: Request, exchange: Exchange, /) -> None:
        self.seen.append((exchange.operation, exchange.region, exchange.outcome))

    @property
    def regions(self) -> list[str | None]:
        return [region for _, region, _ in self.seen]


class Missing(Model, table="missing", settings=REPLICATED):
    """It is declared near, and was not made there."""

    number: Attr[int] = partition_key()


class Job(LockItem, table="jobs", settings=REPLICATED):
    """A lock; what it is kept in is at home alone."""


@pytest.fixture(scope="module")
def engines() -> Iterator[tuple[LocalDynamoDB, LocalDynamoDB]]:
    """Home and near, with tables and items. They stay as they are: no test changes what another one reads."""
    with LocalDynamoDB() as home, LocalDynamoDB() as near:
        asyncio.run(_fill(home, HOME, 5))
        asyncio.run(_fill(near, NEAR, 4))
        yield home, near


async def _fill(engine: LocalDynamoDB, region: str, counted: int) -> None:
    """Both regions have the same items, but for their place, and for the number of orders of c2."""
    async with engine.connect(region_name=region) as mapper:
        for model in (Order, Reading, Note):
            await mapper.create_table(model)
        if region == HOME:
            await mapper.create_table(Missing)
            await mapper.create_table(Job)
        async with mapper.batch_writer() as writer:
            await writer.put(Note(number=1, place=region))
            for number in range(1, 6):
                await writer.put(Reading(device="d1", number=number, place=region))
        for customer, last in (("c1", 5), ("c2", counted)):
            for number in range(1, last + 1):
                await mapper.put(Order(customer_id=customer, number=number, place=region))


@pytest.fixture
def home(engines: tuple[LocalDynamoDB, LocalDynamoDB]) -> LocalDynamoDB:
    """The region that is written to."""
    return engines[0]


@pytest.fixture
def near(engines: tuple[LocalDynamoDB, LocalDynamoDB]) -> LocalDynamoDB:
    """The region that reads prefer."""
    return engines[1]


@asynccontextmanager
async def mapper_on(
    home: LocalDynamoDB, near_url: str, *preferred: Any
) -> AsyncIterator[tuple[Mapper, Whereabouts]]:
    """A mapper at home that prefers to read near, and a hook on it. Nothing is sent twice to one region."""
    there = Whereabouts()
    regions = preferred or (ReadRegion(NEAR, near_url),)
    options: dict[str, Any] = {"region_name": HOME, "config": ONCE, "hooks": [there]}
    async with home.connect(read_regions=regions, **options) as mapper:
        yield mapper, there


async def _all(read: Any) -> list[Any]:
    return [item async for item in read]


async def _pages(read: Any) -> list[Any]:
    return [item async for page in read.pages() for item in page.items]


async def _page(read: Any) -> list[Any]:
    page = await read.page(size=3)
    items: list[Any] = page.items
    return items


async def _one(call: Awaitable[Any]) -> list[Any]:
    return [await call]


Call = Callable[[Mapper], Awaitable[list[Any]]]

IN_ORDER = Order.customer_id == "c1"
LEAVING: dict[str, Call] = {
    "get": lambda m: _one(m.get(Order, "c1", 1)),
    "require": lambda m: _one(m.require(Order, "c1", 1)),
    "batch_get": lambda m: m.batch_get(Order, [("c1", 1), ("c1", 2)]),
    "query": lambda m: m.query(Order).where(IN_ORDER).page_size(2).all(),
    "iterating": lambda m: _all(m.query(Order).where(IN_ORDER)),
    "first": lambda m: _one(m.query(Order).where(IN_ORDER).first()),
    "page": lambda m: _page(m.query(Order).where(IN_ORDER)),
    "index": lambda m: m.query(Order).where(Order.status == "new").hydrate().all(),
    "shards": lambda m: m.query(Reading).where(Reading.device == "d1").all(),
    "page of shards": lambda m: _page(m.query(Reading).where(Reading.device == "d1")),
    "scan": lambda m: m.scan(Order).page_size(2).all(),
    "segments": lambda m: m.scan(Order, segments=4).all(),
}
STAYING: dict[str, Call] = {
    "get": lambda m: _one(m.get(Order, "c1", 1, consistent=True)),
    "batch_get": lambda m: m.batch_get(Order, [("c1", 1)], consistent=True),
    "query": lambda m: m.query(Order).where(IN_ORDER).consistent().all(),
    "scan": lambda m: m.scan(Order).consistent().all(),
    "transact_get": lambda m: _listed(m.transact_get(Order.key("c1", 1))),
    "PartiQL": lambda m: m.execute("SELECT * FROM orders WHERE customer_id = ?", ["c1"], model=Order),
    "page of an index": lambda m: _page(m.query(Order).where(Order.status == "new").hydrate()),
    "page of a scan": lambda m: _page(m.scan(Order)),
    "pages of a scan": lambda m: _pages(m.scan(Order, segments=2)),
    "no replicas": lambda m: _one(m.get(Note, 1)),
    "scan without replicas": lambda m: m.scan(Note).all(),
}


async def _listed(call: Awaitable[Any]) -> list[Any]:
    return list(await call)


@pytest.mark.parametrize("lane", ["client", "fast"])
async def test_reads_that_need_not_be_consistent_leave_home(home: LocalDynamoDB, near: LocalDynamoDB, lane: Any) -> None:  # fmt: skip
    """Each goes to the region that is preferred, with all of its requests, what it fetches included."""
    options = {"region_name": HOME, "lane": lane}
    async with home.connect(read_regions=[ReadRegion(NEAR, near.endpoint_url)], **options) as mapper:
        for name, call in LEAVING.items():
            with mapper.measure() as usage:
                items = await call(mapper)
            assert {item.place for item in items} == {NEAR}, name
            assert usage.regions == {NEAR: usage.requests}, name


async def test_what_must_not_leave_home_stays(home: LocalDynamoDB, near: LocalDynamoDB) -> None:
    """Consistent reads do, and those without replicas, without an order that all replicas share, or a choice."""
    async with mapper_on(home, near.endpoint_url) as (mapper, there):
        for name, call in STAYING.items():
            items = await call(mapper)
            assert items, name
            assert {item.place for item in items} == {HOME}, name
        assert set(there.regions) == {HOME}


async def test_counts_leave_home_too(home: LocalDynamoDB, near: LocalDynamoDB) -> None:
    """They are reads like others, of shards as well."""
    async with mapper_on(home, near.endpoint_url) as (mapper, there):
        query = mapper.query(Order).where(Order.customer_id == "c2")
        assert [await query.count(), await query.consistent().count()] == [4, 5]
        assert await mapper.query(Reading).where(Reading.device == "d1").count() == 5
        assert there.regions == [NEAR, HOME, NEAR, NEAR, NEAR]


async def _written_in_batch(mapper: Mapper) -> None:
    async with mapper.batch_writer() as writer:
        await writer.put(Reading(device="d2", number=1, place=HOME))


async def _transacted(mapper: Mapper) -> None:
    async with mapper.transaction() as tx:
        tx.put(Reading(device="d3", number=1, place=HOME))
        tx.delete(Order.key("c9", 5))


async def _changed(mapper: Mapper) -> None:
    await mapper.put(Order(customer_id="c9", number=1, place=HOME))
    order = await mapper.require(Order, "c9", 1, consistent=True)
    order.status = "paid"
    await mapper.save(order)


async def _retried(mapper: Mapper) -> None:
    await mapper.put(Order(customer_id="c9", number=6, place=HOME))

    def change(order: Order) -> None:
        order.status = "paid"

    await mapper.retry_on_conflict(Order.key("c9", 6), change)


async def _locked(mapper: Mapper) -> None:
    async with mapper.lock(Job.key("nightly"), lease_seconds=30):
        pass


async def _migrated(mapper: Mapper) -> None:
    await mapper.migrate(Old, dry_run=True)


@upgrader(1)
def unchanged(item: dict[str, Any]) -> dict[str, Any]:
    return item


class Old(Model, table="notes", settings=REPLICATED, schema_version=2, upgraders=[unchanged]):
    """Of the items of `Note`, which are of version 1."""

    number: Attr[int] = partition_key()
    place: Attr[str]


WRITES: dict[str, Callable[[Mapper], Awaitable[Any]]] = {
    "put": lambda m: m.put(Order(customer_id="c9", number=2, place=HOME)),
    "upsert": lambda m: m.update(Order.key("c9", 3), Order.place.set(HOME), upsert=True),
    "delete": lambda m: m.delete(Order.key("c9", 4)),
    "save": _changed,
    "batch writer": _written_in_batch,
    "transaction": _transacted,
    "retry_on_conflict": _retried,
    "lock": _locked,
    "migrate": _migrated,
    "describe_table": lambda m: m.describe_table(Order),
}


@pytest.mark.parametrize("call", WRITES.values(), ids=WRITES)
async def test_whatever_writes_stays_at_home(
    home: LocalDynamoDB, near: LocalDynamoDB, call: Callable[[Mapper], Awaitable[Any]]
) -> None:
    """No request of it goes elsewhere, the reads among them included."""
    async with mapper_on(home, near.endpoint_url) as (mapper, there):
        await call(mapper)
        assert set(there.regions) == {HOME}


# Trouble ----------------------------------------------------------------------------------------------------

FAULTS = {"reset": ResetBefore(), "internal error": InternalError(), "truncated": Truncate()}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_a_read_goes_on_to_the_next_region(
    home: LocalDynamoDB, near: LocalDynamoDB, fault: Any
) -> None:
    """If the first is in trouble, home answers; and the next read does not ask the first one."""
    async with FaultProxy(near.endpoint_url, faults=[("GetItem", fault)]) as proxy:
        async with mapper_on(home, proxy.endpoint_url) as (mapper, there):
            assert [(await mapper.require(Order, "c1", 1)).place for _ in range(2)] == [HOME, HOME]
            assert there.regions == [NEAR, HOME, HOME]
            assert [outcome for _, _, outcome in there.seen][1:] == ["OK", "OK"]


async def test_a_region_that_throttles_is_asked_again(home: LocalDynamoDB, near: LocalDynamoDB) -> None:
    """Home answers in its place, once: it is one key or table that has too much to do, not the region."""
    async with FaultProxy(near.endpoint_url, faults=[("GetItem", Throttle())]) as proxy:
        async with mapper_on(home, proxy.endpoint_url) as (mapper, there):
            assert [(await mapper.require(Order, "c1", 1)).place for _ in range(2)] == [HOME, NEAR]
            assert there.regions == [NEAR, HOME, NEAR]


async def test_a_region_that_stops_is_left(home: LocalDynamoDB, near: LocalDynamoDB) -> None:
    """What was read there is read at home from then on, with every kind of read."""
    async with FaultProxy(near.endpoint_url) as proxy:
        async with mapper_on(home, proxy.endpoint_url) as (mapper, there):
            assert (await mapper.require(Order, "c1", 1)).place == NEAR
            await proxy.__aexit__(None, None, None)
            for name, call in LEAVING.items():
                assert {item.place for item in await call(mapper)} == {HOME}, name
            assert there.regions.count(NEAR) == 2
            assert mapper.statistics.requests == len(there.seen)


@pytest.mark.parametrize("order", [(HOME, NEAR), (NEAR, HOME)])
async def test_home_can_come_first(home: LocalDynamoDB, near: LocalDynamoDB, order: tuple[str, str]) -> None:
    """Then the other region answers only when home does not."""
    async with FaultProxy(home.endpoint_url, faults=[("GetItem", ResetBefore())]) as ways_home:
        options: dict[str, Any] = {"region_name": HOME, "config": ONCE}
        regions = [HOME if name == HOME else ReadRegion(NEAR, near.endpoint_url) for name in order]
        async with ways_home.connect(read_regions=regions, **options) as mapper:
            assert (await mapper.require(Order, "c1", 1)).place == NEAR


async def test_a_refusal_is_an_answer(home: LocalDynamoDB, near: LocalDynamoDB) -> None:
    """A table that is missing where it is declared is not read elsewhere, and the error says where."""
    async with mapper_on(home, near.endpoint_url) as (mapper, there):
        with pytest.raises(TableNotFound) as caught:
            await mapper.get(Missing, 1)
        assert there.regions == [NEAR]
        assert NEAR in caught.value.__notes__[0]


async def test_trouble_everywhere_is_raised(home: LocalDynamoDB, near: LocalDynamoDB) -> None:
    """It is the last region's, with a note of the others."""
    faults = [("GetItem", ResetBefore())]
    async with FaultProxy(near.endpoint_url, faults=faults) as first:
        async with FaultProxy(home.endpoint_url, faults=faults) as ways_home:
            regions = [ReadRegion(NEAR, first.endpoint_url)]
            async with ways_home.connect(region_name=HOME, config=ONCE, read_regions=regions) as mapper:
                with pytest.raises(ServiceError) as caught:
                    await mapper.get(Order, "c1", 1)
                assert f"{NEAR} did not answer" in caught.value.__notes__[0]


# One region for a read --------------------------------------------------------------------------------------

ITERATED: dict[str, tuple[str, Callable[[Mapper], Any]]] = {
    "query": ("Query", lambda m: m.query(Order).where(IN_ORDER).page_size(2)),
    "shards": ("Query", lambda m: m.query(Reading).where(Reading.device == "d1").page_size(2)),
    "scan": ("Scan", lambda m: m.scan(Order).page_size(2)),
    "segments": ("Scan", lambda m: m.scan(Order, segments=4).page_size(1)),
}


@pytest.mark.parametrize(("operation", "read"), ITERATED.values(), ids=ITERATED)
async def test_a_read_stays_where_it_began(
    home: LocalDynamoDB, near: LocalDynamoDB, operation: str, read: Callable[[Mapper], Any]
) -> None:
    """Its first request finds the region for all of them, those that are sent at once included."""
    async with FaultProxy(near.endpoint_url, faults=[(operation, ResetBefore())]) as proxy:
        async with mapper_on(home, proxy.endpoint_url) as (mapper, there):
            assert {item.place for item in await read(mapper).all()} == {HOME}
            assert there.regions == [NEAR] + [HOME] * (len(there.seen) - 1)
            assert len(there.seen) > 3


@pytest.mark.parametrize(("operation", "read"), ITERATED.values(), ids=ITERATED)
async def test_a_read_that_has_begun_does_not_change_its_region(
    home: LocalDynamoDB, near: LocalDynamoDB, operation: str, read: Callable[[Mapper], Any]
) -> None:
    """It fails, saying where; begun anew, it goes elsewhere."""
    faults = [(operation, None), (operation, ResetBefore())]
    async with FaultProxy(near.endpoint_url, faults=faults) as proxy:
        async with mapper_on(home, proxy.endpoint_url) as (mapper, there):
            with pytest.raises(ServiceError) as caught:
                await read(mapper).all()
            assert f"began in region {NEAR}" in caught.value.__notes__[0]
            assert set(there.regions) == {NEAR}
            assert {item.place for item in await read(mapper).all()} == {HOME}


@pytest.mark.parametrize("model", [Order, Reading])
async def test_page_tokens_of_the_primary_key_cross_regions(home: LocalDynamoDB, near: LocalDynamoDB, model: Any) -> None:  # fmt: skip
    """A page that was read in one region is followed by that of another, and lead back."""
    key = Order.customer_id == "c1" if model is Order else Reading.device == "d1"
    async with FaultProxy(near.endpoint_url) as proxy:
        async with mapper_on(home, proxy.endpoint_url) as (mapper, _):
            query = mapper.query(model).where(key)
            first = await query.page(size=2)
            await proxy.__aexit__(None, None, None)
            second = await query.page(size=2, after=first.next)
            again = await query.page(size=2, before=second.previous)
    assert [(item.number, item.place) for item in first.items] == [(1, NEAR), (2, NEAR)]
    assert [(item.number, item.place) for item in second.items] == [(3, HOME), (4, HOME)]
    assert [item.number for item in again.items] == [1, 2]


# What is told -----------------------------------------------------------------------------------------------


async def test_an_explanation_names_the_regions(home: LocalDynamoDB, near: LocalDynamoDB) -> None:
    """In the order in which they are asked; none where a read stays at home."""
    async with mapper_on(home, near.endpoint_url) as (mapper, _):
        explained = mapper.query(Order).where(IN_ORDER).explain()
        assert explained.regions == (NEAR, HOME)
        assert f"region: the first to answer of {NEAR}, {HOME}" in str(explained)
        for read in (mapper.query(Order).where(IN_ORDER).consistent(), mapper.scan(Note)):
            assert read.explain().regions == ()
            assert "region" not in str(read.explain())


async def test_measures_count_by_region(home: LocalDynamoDB, near: LocalDynamoDB) -> None:
    """The summary tells it where there is more than one."""
    async with mapper_on(home, near.endpoint_url) as (mapper, _):
        with mapper.measure() as usage:
            await mapper.get(Order, "c1", 1)
            await mapper.get(Order, "c1", 1)
            assert "eu-" not in str(usage)
            await mapper.get(Note, 1)
        assert usage.regions == {NEAR: 2, HOME: 1}
        assert f"{NEAR} 2, {HOME} 1" in str(usage)


# Opening and closing ----------------------------------------------------------------------------------------

IMPOSSIBLE: list[Any] = ["eu-west-1", 7, [7], [""], ["eu-west-1", "eu-west-1"], ["eu-west-1", ReadRegion("eu-west-1")], {"eu-west-1"}]  # fmt: skip


@pytest.mark.parametrize("given", IMPOSSIBLE, ids=repr)
def test_what_are_no_regions_is_refused(given: Any) -> None:
    """Before anything is opened."""
    with pytest.raises(ExpressionError, match="read_regions"):
        Mapper.connect(region_name=HOME, read_regions=given)


@pytest.mark.parametrize(("name", "url"), [("", None), (None, None), (NEAR, ""), (NEAR, 7)])
def test_a_region_has_a_name_and_a_url(name: Any, url: Any) -> None:
    """Neither is empty, or anything but text."""
    with pytest.raises(ExpressionError, match="region"):
        ReadRegion(name, url)


@pytest.mark.parametrize("region", [NEAR, ReadRegion(HOME, "http://127.0.0.1:1")], ids=str)
async def test_an_endpoint_is_of_one_region(region: Any) -> None:
    """Another one is neither asked at home's endpoint, nor at AWS behind a test's back; home has one only."""
    with pytest.raises(ExpressionError, match="endpoint"):
        async with Mapper.connect(region_name=HOME, endpoint_url="http://127.0.0.1:9", read_regions=[region]):
            pass


async def test_home_is_closed_if_another_region_cannot_be_opened() -> None:
    """A client that stays open would be a warning, and so an error."""
    regions = [ReadRegion(NEAR, "http://127.0.0.1:9"), ReadRegion("eu-south-1", "nowhere")]
    with pytest.raises(ConnectionFailed):
        async with Mapper.connect(region_name=HOME, endpoint_url="http://127.0.0.1:9", read_regions=regions):
            pass


async def test_a_mapper_that_is_left_closes_every_region(home: LocalDynamoDB, near: LocalDynamoDB) -> None:
    """Reads are refused as closed, and not tried elsewhere."""
    async with mapper_on(home, near.endpoint_url) as (mapper, there):
        await asyncio.gather(*(mapper.get(Order, "c1", 1) for _ in range(3)))
    with pytest.raises(MapperClosed):
        await mapper.get(Order, "c1", 1)
    with pytest.raises(MapperClosed):
        await mapper.get(Order, "c1", 1, consistent=True)
    assert there.regions == [NEAR, NEAR, NEAR, NEAR, HOME]
