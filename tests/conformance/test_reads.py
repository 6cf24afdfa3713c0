"""Pages in both directions, and items that no model can be read from, on every engine."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from ddbmodel import (
    Attr,
    CodecError,
    GlobalIndex,
    InvalidCursor,
    InvalidItem,
    LocalIndex,
    Mapper,
    Model,
    Page,
    Query,
    field,
    partition_key,
    sort_key,
)
from tests.engines.engine import Engine

COUNT = 23


class Event(Model, table="events"):
    """Several have the same score, so a sort key of an index does not order them alone."""

    feed: Attr[str] = partition_key()
    number: Attr[int] = sort_key()
    score: Attr[Decimal]
    kind: Attr[str] = field(default="a")
    text: Attr[str] = field(default="")

    by_score = LocalIndex(sort_key="score")
    by_kind = GlobalIndex(partition_key="kind", sort_key="score")
    keys_by_kind = GlobalIndex(partition_key="kind", sort_key="number", projection="KEYS_ONLY")


def _event(number: int, feed: str = "f") -> Event:
    return Event(
        feed=feed,
        number=number,
        score=Decimal(number // 4),
        kind="ab"[number % 2],
        text="even" * (number % 2),
    )


IN_FEED = Event.feed == "f"
QUERIES: list[Callable[[Mapper], Query[Event]]] = [
    lambda m: m.query(Event).where(IN_FEED),
    lambda m: m.query(Event).where(IN_FEED).reverse(),
    lambda m: m.query(Event).where(IN_FEED).consistent().limit(15),
    lambda m: m.query(Event).where(IN_FEED, Event.number > 2, Event.number < 20),
    lambda m: m.query(Event).where(IN_FEED, Event.text == "even").page_size(3),
    lambda m: m.query(Event).where(IN_FEED, Event.text == "even").reverse().limit(7),
    lambda m: m.query(Event).where(Event.kind == "a").using(Event.keys_by_kind).hydrate(),
    lambda m: m.query(Event).where(Event.kind == "a", Event.number >= 6).using(Event.keys_by_kind).hydrate(),
    lambda m: m.query(Event).where(IN_FEED).using(Event.by_score),
    lambda m: m.query(Event).where(IN_FEED, Event.score > 1).reverse(),
    lambda m: m.query(Event).where(Event.kind == "a", Event.score >= 1),
    lambda m: m.query(Event).where(Event.kind == "b").using(Event.by_kind).reverse(),
]


@pytest.fixture
async def events(mapper: Mapper) -> Mapper:
    """A mapper with the events of two feeds."""
    await mapper.create_table(Event)
    async with mapper.batch_writer() as writer:
        for number in range(COUNT):
            await writer.put(_event(number))
        for number in range(3):
            await writer.put(_event(number, "g").model_copy(update={"kind": "c"}))
    return mapper


async def _check_walk(query: Query[Event], size: int) -> None:
    """Turn pages to the end, back to the beginning, and on again."""
    expected = await query.all()
    page, forward = await query.page(size=size), list[Page[Event]]()
    forward.append(page)
    assert page.previous is None
    while page.next is not None:
        page = await query.page(size=size, after=page.next)
        forward.append(page)
    assert [event for page in forward for event in page.items] == expected
    backward = [page]
    while page.previous is not None:
        page = await query.page(size=size, before=page.previous)
        backward.insert(0, page)
    assert [event for page in backward for event in page.items] == expected
    if page.next is not None:
        onward = await query.page(size=size, after=page.next)
        start = len(page.items)
        assert onward.items == expected[start : start + size]


@pytest.mark.parametrize("describe", QUERIES)
@pytest.mark.parametrize("size", [1, 4, 100])
async def test_pages_turn_both_ways(
    events: Mapper, describe: Callable[[Mapper], Query[Event]], size: int
) -> None:
    """Every item comes once on the way there and once on the way back, in the order of the query.

    So they do where several items of an index have the same sort key.
    """
    await _check_walk(describe(events), size)


async def test_tokens_are_bound(events: Mapper, engine: Engine, table_prefix: str) -> None:
    """A token serves no other feed, direction, scope or signing key."""
    query = events.query(Event).where(IN_FEED)
    page = await query.page(size=2, scope="t1")
    page = await query.page(size=2, after=page.next, scope="t1")
    assert [event.number for event in page.items] == [2, 3]
    other_feed = events.query(Event).where(Event.feed == "g")
    for read, scope in ((other_feed, "t1"), (query.reverse(), "t1"), (query, "t2"), (query, None)):
        with pytest.raises(InvalidCursor):
            await read.page(size=2, after=page.next, scope=scope)
        with pytest.raises(InvalidCursor):
            await read.page(size=2, before=page.previous, scope=scope)
    with pytest.raises(InvalidCursor):
        await query.page(size=2, before=page.next, scope="t1")
    async with engine.connect(table_prefix=table_prefix, cursor_key="secret") as signing:
        signed = signing.query(Event).where(IN_FEED)
        with pytest.raises(InvalidCursor):
            await signed.page(size=2, after=page.next, scope="t1")


SPOILT_ITEMS = (
    {"number": {"N": "3"}, "kind": {"S": "b"}},
    {"number": {"N": "4"}, "kind": {"S": "a"}, "score": {"N": "0"}, "text": {"L": [{"S": "x"}]}},
)
SPOILT = [("3", "$.score"), ("4", "$.text")]


@pytest.fixture
async def spoilt(events: Mapper, engine: Engine, table_prefix: str) -> Mapper:
    """The same events, two of which somebody has overwritten with what is none."""
    async with engine.client() as client:
        for item in SPOILT_ITEMS:
            await client.put_item(TableName=f"{table_prefix}events", Item={"feed": {"S": "f"}, **item})
    return events


def _invalid(entries: list[InvalidItem]) -> list[tuple[str, str]]:
    return sorted((entry.key["number"]["N"], entry.error.path) for entry in entries)


async def test_errors_name_the_item(spoilt: Mapper) -> None:
    """Whatever reads an item that is none raises, with the item's key and the place in it."""
    key = {"feed": {"S": "f"}, "number": {"N": "4"}}
    for read in (
        spoilt.get(Event, "f", 4),
        spoilt.query(Event).where(IN_FEED, Event.number == 4).all(),
        spoilt.batch_get(Event, [("f", 1), ("f", 4)]),
        spoilt.scan(Event).where(Event.score < 1).all(),
        spoilt.update(Event.key("f", 4), Event.score.set(Decimal(0))),
        spoilt.delete(Event.key("f", 4), return_old=True),
    ):
        with pytest.raises(CodecError, match=r"Event at \$.text") as failure:
            await read
        assert failure.value.key == key


async def test_lenient_reads(spoilt: Mapper) -> None:
    """Queries, rows, scans, pages and batches set bad items aside, and give all others."""
    good = [_event(number) for number in range(COUNT) if number not in (3, 4)]
    query = spoilt.query(Event, on_invalid="collect").where(IN_FEED)
    assert await query.all() == good
    assert _invalid(query.invalid) == SPOILT
    limited = query.limit(5)
    assert await limited.all() == good[:5]
    assert _invalid(limited.invalid) == SPOILT
    assert await query.where(Event.number >= 3).first() == good[3]
    rows = query.select(Event.number, Event.score).limit(4)
    assert await rows.all() == [(0, 0), (1, 0), (2, 0), (4, 0)]
    assert _invalid(rows.invalid) == SPOILT[:1]
    scan = spoilt.scan(Event, segments=3, on_invalid="collect")
    assert len(await scan.all()) == COUNT + 3 - 2
    assert _invalid(scan.invalid) == SPOILT
    hydrated = spoilt.query(Event, on_invalid="collect").where(Event.kind == "a", Event.number < 8)
    hydrated = hydrated.using(Event.keys_by_kind).hydrate()
    assert [event.number for event in await hydrated.all()] == [0, 2, 6]
    assert _invalid(hydrated.invalid) == SPOILT[1:]
    found = await spoilt.batch_get(Event, [("f", 4), ("f", 99), ("f", 1)], on_invalid="collect")
    assert isinstance(found[0], InvalidItem)
    assert found[1:] == [None, _event(1)]


async def test_lenient_pages(spoilt: Mapper) -> None:
    """A page can have nothing but bad items, and goes on in both directions."""
    query = spoilt.query(Event, on_invalid="collect").where(IN_FEED)
    first = await query.page(size=3)
    second = await query.page(size=2, after=first.next)
    assert (second.items, _invalid(second.invalid)) == ([], SPOILT)
    third = await query.page(size=2, after=second.next)
    assert [event.number for event in third.items] == [5, 6]
    back = await query.page(size=3, before=third.previous)
    assert ([event.number for event in back.items], _invalid(back.invalid)) == ([2], SPOILT)
