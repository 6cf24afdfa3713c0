"""What writes note by themselves, and what expires, on every engine; by a clock that the test holds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from ddbmodel import (
    Attr,
    EpochMilliseconds,
    GlobalIndex,
    Mapper,
    Model,
    created_at,
    field,
    partition_key,
    sort_key,
    ttl,
    updated_at,
)
from tests.engines.engine import Engine

START = datetime(2026, 10, 13, 12, 0, 0, 123456, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Clock:
    """Tells the time that the test says."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


class Memo(Model, table="memos"):
    name: Attr[str] = partition_key()
    text: Attr[str] = field(default="")
    made: Attr[datetime] = created_at()
    changed: Attr[datetime] = updated_at(stored_as=EpochMilliseconds)


class Seat(Model, table="tickets"):
    owner: Attr[str] = partition_key()
    number: Attr[int] = sort_key()
    kind: Attr[str] = field(default="k")

    by_kind = GlobalIndex(partition_key="kind", sort_key="number")


class Ticket(Seat, table="tickets"):
    until: Attr[datetime | None] = ttl(default=None)


@pytest.fixture
def clock() -> Clock:
    """The mapper's clock."""
    return Clock()


@pytest.fixture
async def timed(mapper: Mapper, engine: Engine, clock: Clock, table_prefix: str) -> AsyncIterator[Mapper]:
    """A mapper with the clock of the test."""
    async with engine.connect(table_prefix=table_prefix, clock=clock) as timed:
        yield timed


async def test_times_of_writes(timed: Mapper, clock: Clock) -> None:
    """The first write notes when it was made, every write when it was changed, as exactly as it is stored."""
    await timed.create_table(Memo)
    memo = Memo(name="a")
    await timed.create(memo)
    exact, in_ms = START, START.replace(microsecond=123000)
    assert (memo.made, memo.changed) == (exact, in_ms)
    assert await timed.require(Memo, "a") == memo
    clock.now += SECOND
    memo.text = "saved"
    await timed.save(memo)
    assert (memo.made, memo.changed) == (exact, in_ms + SECOND)
    clock.now += SECOND
    updated = await timed.update(Memo.key("a"), Memo.text.set("updated"))
    assert (updated.made, updated.changed) == (exact, in_ms + 2 * SECOND)
    clock.now += SECOND
    await timed.put(updated)
    stored = await timed.require(Memo, "a")
    assert (stored.made, stored.changed) == (exact, in_ms + 3 * SECOND)


async def test_a_time_that_was_given_is_kept(timed: Mapper) -> None:
    """What is imported was made when it says; an update that makes an item notes its own time."""
    await timed.create_table(Memo)
    before = datetime(2020, 1, 1, tzinfo=UTC)
    await timed.create(Memo(name="old", made=before))
    assert (await timed.require(Memo, "old")).made == before
    assert (await timed.update(Memo.key("new"), Memo.text.set("x"))).made == START


async def test_expiry_is_stored_in_whole_seconds(timed: Mapper, engine: Engine, table_prefix: str) -> None:
    """As the service wants it, and that is what the object says from the start."""
    await timed.create_table(Seat)
    ticket = Ticket(owner="a", number=1, until=START)
    await timed.put(ticket)
    assert await timed.require(Ticket, "a", 1) == ticket
    await timed.update(ticket, Ticket.until.set(START + SECOND))
    async with engine.client() as client:
        key = {"owner": {"S": "a"}, "number": {"N": "1"}}
        reply = await client.get_item(TableName=f"{table_prefix}tickets", Key=key)
    assert reply["Item"]["until"] == {"N": str(int(START.timestamp()) + 1)}


@pytest.mark.behaviour("time to live")
async def test_a_new_table_lets_items_expire(timed: Mapper, engine: Engine, table_prefix: str) -> None:
    """`create_table` switches it on for the attribute; a model without one needs nothing."""
    await timed.create_table(Ticket)
    async with engine.client() as client:
        reply = await client.describe_time_to_live(TableName=f"{table_prefix}tickets")
    described = reply["TimeToLiveDescription"]
    assert described["TimeToLiveStatus"] in ("ENABLING", "ENABLED")
    assert described["AttributeName"] == "until"


@pytest.fixture
async def hiding(timed: Mapper, engine: Engine, clock: Clock, table_prefix: str) -> AsyncIterator[Mapper]:
    """A mapper that hides what has expired, with six tickets of which the odd ones expire one by one."""
    await timed.create_table(Seat)
    async with timed.batch_writer() as writer:
        for number in range(6):
            until = START + number * SECOND if number % 2 else None
            await writer.put(Ticket(owner="a", number=number, until=until))
    options = {"table_prefix": table_prefix, "clock": clock, "hide_expired": True}
    async with engine.connect(**options) as hiding:
        yield hiding


def _numbers(tickets: list[Ticket]) -> list[int]:
    return [ticket.number for ticket in tickets]


@pytest.mark.parametrize(
    ("seconds", "left"),
    [(0, [0, 1, 2, 3, 4, 5]), (1, [0, 2, 3, 4, 5]), (4, [0, 2, 4, 5]), (99, [0, 2, 4])],
)
async def test_what_has_expired_is_hidden(
    hiding: Mapper, clock: Clock, seconds: int, left: list[int]
) -> None:
    """From the second that it names on, in every way of reading; what never expires is there."""
    clock.now = START.replace(microsecond=0) + seconds * SECOND
    query = hiding.query(Ticket).where(Ticket.owner == "a")
    by_kind = hiding.query(Ticket).where(Ticket.kind == "k").using(Ticket.by_kind)
    assert _numbers(await query.all()) == _numbers(await by_kind.all()) == left
    assert await query.count() == await hiding.scan(Ticket).count() == len(left)
    assert sorted(_numbers(await hiding.scan(Ticket, segments=3).all())) == left
    assert [row.number for row in await query.select(Ticket.number).all()] == left  # type: ignore[attr-defined]
    found = await hiding.batch_get(Ticket, [("a", number) for number in range(6)])
    assert [ticket.number for ticket in found if ticket is not None] == left
    single = [await hiding.get(Ticket, "a", number) for number in range(6)]
    assert [ticket.number for ticket in single if ticket is not None] == left


async def test_pages_of_what_has_not_expired_are_full(hiding: Mapper, clock: Clock) -> None:
    """A limit and the size of a page count what comes out."""
    clock.now = START + 99 * SECOND
    query = hiding.query(Ticket).where(Ticket.owner == "a")
    assert _numbers(await query.limit(2).all()) == [0, 2]
    first = await query.page(size=2)
    second = await query.page(size=2, after=first.next)
    assert (_numbers(first.items), _numbers(second.items), second.next) == ([0, 2], [4], None)


async def test_whoever_wants_to_see_it_does(hiding: Mapper, timed: Mapper, clock: Clock) -> None:
    """A read says for itself what its mapper does not; and without a word nothing is hidden."""
    clock.now = START + 99 * SECOND
    query = hiding.query(Ticket).where(Ticket.owner == "a")
    assert len(await query.hide_expired(False).all()) == 6
    assert len(await timed.query(Ticket).where(Ticket.owner == "a").all()) == 6
    assert len(await timed.query(Ticket).where(Ticket.owner == "a").hide_expired().all()) == 3
    assert await timed.get(Ticket, "a", 1) is not None


@pytest.mark.behaviour("transactions")
async def test_what_has_expired_is_hidden_from_transactions_too(hiding: Mapper, clock: Clock) -> None:
    """It is None, as if the service had deleted it already."""
    clock.now = START + 2 * SECOND
    first, second = await hiding.transact_get(Ticket.key("a", 1), Ticket.key("a", 3))
    assert first is None
    assert second == Ticket(owner="a", number=3, until=START + 3 * SECOND)
