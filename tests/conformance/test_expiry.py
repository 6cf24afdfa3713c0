"""Items that have expired, and time to live switched on, on every engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from ddbmodel import (
    Attr,
    GlobalIndex,
    Key,
    Mapper,
    Model,
    Table,
    TableIndex,
    partition_key,
    sort_key,
    ttl,
)
from tests.engines.engine import Engine

NOW = datetime(2026, 5, 4, 3, 2, 1, 500_000, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Session(Model, table="sessions"):
    user: Attr[str] = partition_key()
    number: Attr[int] = sort_key()
    kind: Attr[str] = "web"
    expires: Attr[datetime | None] = ttl(default=None)

    by_kind = GlobalIndex(partition_key="kind", sort_key="number")
    keys_by_kind = GlobalIndex(partition_key="kind", sort_key="number", projection="KEYS_ONLY")


desk = Table("desk", partition_key="pk", sort_key="sk", indexes=[TableIndex("gsi1", "gsi1pk", "gsi1sk")])


class Ticket(Model, table=desk, entity="ticket"):
    desk: Attr[str]
    number: Attr[int]
    until: Attr[int | None] = ttl(default=None)

    primary = Key(partition="DESK#{desk}", sort="TICKET#{number:03d}")


class Clerk(Model, table=desk, entity="clerk"):
    """Without a time to live."""

    desk: Attr[str]
    name: Attr[str]

    primary = Key(partition="DESK#{desk}", sort="CLERK#{name}")


def _sessions() -> list[Session]:
    """One in three has expired, one has this very second, one will, and one never."""
    return [
        Session(
            user="u", number=number, expires=None if number % 4 == 3 else NOW + (number % 4 - 1) * 2 * SECOND
        )
        for number in range(20)
    ]


LEFT = [number for number in range(20) if number % 4 > 1]


@pytest.fixture
async def hiding(engine: Engine, mapper: Mapper, table_prefix: str) -> AsyncIterator[Mapper]:
    """A mapper that hides what has expired, at a moment that does not pass."""
    await mapper.create_table(Session)
    async with mapper.batch_writer() as writer:
        for session in _sessions():
            await writer.put(session)
    options = {"table_prefix": table_prefix, "hide_expired": True, "clock": lambda: NOW}
    async with engine.connect(**options) as hiding:
        yield hiding


def _numbers(found: list[Session]) -> list[int]:
    return [session.number for session in found]


async def test_single_items(hiding: Mapper, mapper: Mapper) -> None:
    """Get, and batch_get in its order; the other mapper shows them."""
    assert await hiding.get(Session, "u", 0) is None
    assert await hiding.get(Session, "u", 1) is None
    assert await hiding.get(Session, "u", 2) is not None
    assert await mapper.get(Session, "u", 0) is not None
    found = await hiding.batch_get(Session, [("u", number) for number in range(4)])
    assert [session is not None for session in found] == [False, False, True, True]


async def test_queries_and_scans(hiding: Mapper) -> None:
    """Lists, counts, limits, rows, through the key and the indexes, and what is fetched for one."""
    query = hiding.query(Session).where(Session.user == "u")
    kind = hiding.query(Session).where(Session.kind == "web")
    hydrated = kind.using(Session.keys_by_kind).hydrate()
    for read in (query, kind.using(Session.by_kind), hydrated):
        assert _numbers(await read.all()) == LEFT
        assert _numbers(await read.limit(5).all()) == LEFT[:5]
        assert _numbers(await read.reverse().page_size(3).all()) == LEFT[::-1]
        assert [row.number for row in await read.select(Session.number).all()] == LEFT
        first = await read.first()
        assert first is not None
        assert first.number == LEFT[0]
        assert await read.count() == len(LEFT)
        assert await read.limit(3).count() == 3
    assert sorted(_numbers(await hiding.scan(Session, segments=2).all())) == LEFT
    assert await hiding.scan(Session).count() == len(LEFT)
    assert len(await query.hide_expired(False).all()) == 20


@pytest.mark.parametrize("size", [1, 3, 20])
@pytest.mark.parametrize("path", ["key", "hydrated"])
async def test_pages(hiding: Mapper, size: int, path: str) -> None:
    """Page after page, and back, gives what one read gives."""
    query = hiding.query(Session).where(Session.user == "u")
    if path == "hydrated":
        query = hiding.query(Session).where(Session.kind == "web").using(Session.keys_by_kind).hydrate()
    numbers: list[int] = []
    page = await query.page(size=size)
    pages = [page]
    while page.next is not None:
        page = await query.page(size=size, after=page.next)
        pages.append(page)
    for page in pages:
        assert len(page.items) <= size
        numbers += _numbers(page.items)
    assert numbers == LEFT
    if pages[-1].previous is not None and len(pages) > 1:
        back = await query.page(size=20, before=pages[-1].previous)
        assert _numbers(back.items) == LEFT[: len(LEFT) - len(pages[-1].items)]


@pytest.mark.behaviour("transactions")
async def test_transact_get(hiding: Mapper) -> None:
    """What has expired is None."""
    found = await hiding.transact_get(Session.key("u", 1), Session.key("u", 2))
    assert [session is not None for session in found] == [False, True]


async def test_collections(hiding: Mapper, mapper: Mapper) -> None:
    """An entity without a time to live never expires."""
    await mapper.create_table(Ticket)
    gone = int(NOW.timestamp()) - 1
    for number, until in enumerate((gone, None, gone + 9)):
        await mapper.put(Ticket(desk="d", number=number, until=until))
    await mapper.put(Clerk(desk="d", name="Ada"))
    both = hiding.query(Ticket, Clerk).where(Ticket.desk == "d")
    assert [type(one).__name__ for one in await both.all()] == ["Clerk", "Ticket", "Ticket"]
    assert await both.count() == 3
    grouped = await both.grouped()
    assert [ticket.number for ticket in grouped[Ticket]] == [1, 2]


@pytest.mark.behaviour("time to live")
async def test_create_table_switches_it_on(engine: Engine, mapper: Mapper, table_prefix: str) -> None:
    """For the attribute of the field; a second time it is on already."""
    for model, table, attribute in ((Session, "sessions", "expires"), (Clerk, "desk", "until")):
        await mapper.create_table(model)
        await mapper.create_table(model, exist_ok=True)
        async with engine.client() as client:
            found = await client.describe_time_to_live(TableName=f"{table_prefix}{table}")
        description = found["TimeToLiveDescription"]
        assert description["TimeToLiveStatus"] in ("ENABLED", "ENABLING")
        assert description["AttributeName"] == attribute


async def test_a_table_is_created_where_there_is_no_time_to_live(mapper: Mapper) -> None:
    """Some engines do not know it; the table works without."""
    await mapper.create_table(Session)
    await mapper.put(Session(user="u", number=1, expires=NOW))
    found = await mapper.require(Session, "u", 1)
    assert found.expires == NOW.replace(microsecond=0)
