"""Queries of partitions that are spread over shards: what is sent, what it costs, and what comes when."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from ddbmodel import ExpressionError, InvalidCursor, NoAccessPath, Throttled
from ddbmodel.mapper.collection import Collection
from ddbmodel.mapper.cursor import Cursors, Places, Position, ShardedCursors
from ddbmodel.mapper.merging import share
from ddbmodel.model import plan_of
from ddbmodel.schema import KeyAttribute
from tests.unit.mapper.devices import Device, Note, Reading, Sample
from tests.unit.mapper.reading_table import Item, ReadingTable

D = Reading.device == "d"


def _table(count: int = 40, **changes: Any) -> ReadingTable:
    readings = [
        Reading(device="d", at=at, number=at, status="open", level=at % 4, site="x" if at % 2 else "y")
        for at in range(count)
    ]
    return ReadingTable(readings, kind=Reading, **changes)


def _partitions(table: ReadingTable) -> list[str]:
    return [wire["ExpressionAttributeValues"][":v0"]["S"] for wire in table.of("Query")]


# What is sent -----------------------------------------------------------------------------------------------


async def test_a_request_for_each_shard() -> None:
    """Every shard is asked once, all of them at the same time."""
    table = _table()
    assert [one.at for one in await table.query().where(D).all()] == list(range(40))
    assert sorted(_partitions(table)) == [f"d#00{shard}" for shard in range(5)]
    assert table.most_in_flight == 5


async def test_all_that_is_asked_goes_to_every_shard() -> None:
    """Each request has the range, the filter, the order, the projection and the consistency of the query."""
    table = _table()
    query = table.query().where(D, Reading.at >= 10, Reading.site == "x").reverse().consistent()
    assert await query.select(Reading.at).all() == [(at,) for at in range(39, 9, -2)]
    wires = table.of("Query")
    assert len(wires) == 5
    for wire in wires:
        assert wire["KeyConditionExpression"] == "#n0 = :v0 AND #n1 >= :v1"
        assert wire["FilterExpression"] == "#n2 = :v2"
        assert wire["ConsistentRead"] is True
        assert wire["ScanIndexForward"] is False
        assert "ProjectionExpression" in wire


def test_explanation() -> None:
    """An explanation tells how many requests there are, and what all of them cost together."""
    query = _table().query().where(D, Reading.at < 9).page_size(2)
    explained = query.explain()
    assert explained.shards == 5
    # Of each shard 2 items of 400 KB, at half a unit for 4 KB.
    assert explained.read_units_max == 5 * 100
    assert "  requests: 5 a page, one for each shard, merged by the sort key\n" in str(explained)
    assert explained.key_condition == "_device_shard = :v0 AND at < :v1"
    assert explained.request["ExpressionAttributeValues"][":v0"] == {"S": "d#000"}
    plain = ReadingTable([], kind=Note).query().where(Note.device == "d").explain()
    assert plain.shards is None
    assert "requests" not in str(plain).partition("request: ")[0]


async def test_explained_as_sent() -> None:
    """What is explained is what is sent to the first shard."""
    table = _table()
    query = table.query().where(D).limit(20)
    explained = query.explain()
    assert table.requests == []
    await query.all()
    assert explained.request == table.wires[0]


@pytest.mark.parametrize(
    ("wanted", "shards", "asked"), [(1, 10, 1), (50, 10, 12), (5, 1, 5), (1000, 200, 12)]
)
def test_shares(wanted: int, shards: int, asked: int) -> None:
    """A shard is asked for somewhat more than its share, and never for more than is wanted."""
    assert share(wanted, shards) == asked


async def test_a_limit_does_not_read_everything() -> None:
    """With a limit every shard is asked for its share, and asked again only if that was too little."""
    table = _table(400)
    assert [one.at for one in await table.query().where(D).limit(50).all()] == list(range(50))
    assert {wire["Limit"] for wire in table.wires[:5]} == {share(50, 5)}
    assert sum(wire["Limit"] for wire in table.wires) < 3 * 50


async def test_everything_in_one_shard() -> None:
    """Where one shard has all that comes first, it is asked until there is enough."""
    table = ReadingTable([Reading(device="d", at=at) for at in range(400)], kind=Reading)
    shard = plan_of(Reading).encode(Reading(device="d", at=0))["_device_shard"]
    table.items = [item for item in table.items if item["_device_shard"] == shard or item["at"]["N"] > "300"]
    for item in table.items[:60]:
        item["_device_shard"] = shard
    expected = sorted(int(item["at"]["N"]) for item in table.items)[:40]
    assert [one.at for one in await table.query().where(D).limit(40).all()] == expected


async def test_pages_are_read_as_they_are_needed() -> None:
    """Whoever stops early has not read more than about a page of each shard, and a half ahead."""
    table = _table(400, sizes=iter([10] * 1000))
    async for one in table.query().where(D):
        if one.at == 30:
            break
    assert len(table.requests) <= 10


async def test_counting() -> None:
    """A count is the sum of the shards' counts, at most the limit; nothing is transferred."""
    table = _table()
    assert await table.query().where(D).count() == 40
    assert {wire["Select"] for wire in table.wires} == {"COUNT"}
    assert await table.query().where(D).limit(7).count() == 7
    assert await table.query().where(Reading.status == "open").count() == 40


async def test_an_error_of_one_shard() -> None:
    """The error of one shard is the query's, as it is, and no request stays behind."""
    table = _table()

    def fail(_: str, wire: Item) -> None:
        if wire["ExpressionAttributeValues"][":v0"] == {"S": "d#003"}:
            raise Throttled("as the test says", operation="Query", table="readings", code="Throttling")

    table.faults = fail
    with pytest.raises(Throttled):
        await table.query().where(D).all()
    with pytest.raises(Throttled):
        await table.query().where(D).count()
    assert table.in_flight == 0


# Which path ----------------------------------------------------------------------------------------------


async def test_fields_stay_what_they_are() -> None:
    """The field of a sharded key can be filtered on, selected and compared like any other."""
    table = _table()
    query = table.query().where(D, Reading.status != "closed", Reading.status.exists())
    assert len(await query.all()) == 40
    query = table.query().using(Reading.by_site).where(Reading.site == "x", Reading.level == 1)
    assert set(await query.select(Reading.device, Reading.site).all()) == {("d", "x")}
    with pytest.raises(NoAccessPath, match=r"\.hydrate\(\)"):
        await query.all()
    found = await query.hydrate().all()
    assert sorted(one.at for one in found) == [at for at in range(40) if at % 4 == 1]


async def test_two_fields_of_one_partition() -> None:
    """A sharded index over two fields needs both of them."""
    query = _table().query().using(Reading.by_site)
    with pytest.raises(NoAccessPath, match="needs == on level"):
        await query.where(Reading.site == "x").all()


async def test_too_long_to_be_a_key() -> None:
    """A value that no key has room for with its shard, or an empty one, is refused before anything is sent."""
    table = _table()
    for wrong in ("d" * 2045, ""):
        with pytest.raises(NoAccessPath, match="bytes, and a key has 2 to 2,045"):
            await table.query().where(Reading.device == wrong).all()
    assert table.requests == []
    assert await table.query().where(Reading.device == "d" * 2044).all() == []
    assert len(table.requests) == 5


async def test_an_index_that_is_sorted_by_the_sharded_key() -> None:
    """Where the sharded key is another index's sort key, it is narrowed to what comes before the number."""
    samples = [Sample(device=device, at=at) for device in ("a", "a#", "b") for at in range(3)]
    table = ReadingTable(samples, kind=Sample)
    query = table.query().where(Sample.at == 1)
    assert [one.device for one in await query.all()] == ["a", "a#", "b"]
    assert query.explain().shards is None
    query = query.using(None).where(Sample.device == "a")
    assert [(one.device, one.at) for one in await query.all()] == [("a", 1)]


# Collections ------------------------------------------------------------------------------------------------


def _fleet() -> ReadingTable:
    samples = [Sample(device="d", at=at, status="open", level=at % 3) for at in range(20)]
    return ReadingTable([Device(device="d", name="D"), *samples, Note(device="d")], kind=Sample)


async def test_collection() -> None:
    """A collection reads the shards of all of its models, in one order."""
    table = _fleet()
    plans = [plan_of(Device), plan_of(Sample)]
    query: Collection[Any] = Collection(table.gateway, plans).where(Device.device == "d")
    assert query.explain().shards == 4
    found = await query.all()
    assert isinstance(found[0], Device)
    assert [one.at for one in found[1:]] == list(range(20))
    assert await query.reverse().all() == found[::-1]
    page = await query.page(size=6)
    paged = [*page.items]
    while page.next is not None:
        page = await query.page(size=6, after=page.next)
        paged += page.items
    assert paged == found
    assert await query.count() == 21


async def test_collection_with_a_model_without_shards() -> None:
    """Models of which only some are spread have no partition in common."""
    table = _fleet()
    plans = [plan_of(Sample), plan_of(Note)]
    query: Collection[Any] = Collection(table.gateway, plans).where(Sample.status == "open")
    with pytest.raises(NoAccessPath, match="others do not: Sample has gsi1pk 'STATUS#{status}' in 6 shards"):
        await query.all()
    assert table.requests == []


# Tokens ----------------------------------------------------------------------------------------------------

ATTRIBUTES = {"at": KeyAttribute("at", "N"), "id": KeyAttribute("id", "S")}
BOUNDS = [{"pk": {"S": f"d#00{shard}"}} for shard in range(3)]


def _cursors(**changes: Any) -> ShardedCursors:
    return ShardedCursors(Cursors({"a": "query"}, ATTRIBUTES, **changes), BOUNDS)


def _key(shard: int, at: int) -> Item:
    return {**BOUNDS[shard], "at": {"N": str(at)}, "id": {"S": "i"}}


@pytest.mark.parametrize(
    "position",
    [
        Position(None),
        Position(None, 3, backward=True),
        Position(Places((_key(0, 5), None, _key(2, 7)), 2, _key(2, 7)), 12),
    ],
)
@pytest.mark.parametrize("secret", [None, b"secret"])
def test_round_trip(position: Position, secret: bytes | None) -> None:
    """A token gives back the place in each shard."""
    cursors = _cursors(secret=secret)
    assert cursors.read(cursors.make(position), backward=position.backward) == position


def _sealed(*plain: object) -> str:
    return _cursors().cursors.sealed(list(plain))


@pytest.mark.parametrize(
    "token",
    [
        _sealed(),
        _sealed(0, ">", 0, ["1", "i"], None, None),
        _sealed(0, ">", 0, ["1", "i"], None, None, None, None),
        _sealed(0, ">", 3, ["1", "i"], None, None, None),
        _sealed(0, ">", True, ["1", "i"], None, None, None),
        _sealed(0, ">", 0, None, None, None, None),
        _sealed(0, ">", 0, ["1"], None, None, None),
        _sealed(0, ">", 0, ["x", "i"], None, None, None),
        _sealed(0, ">", 0, ["1", "i"], ["1", 5], None, None),
        _sealed(0, ">", 0, ["1", "i"], "1i", None, None),
        _sealed(-1, ">", 0, ["1", "i"], None, None, None),
        _sealed(0, "x", 0, ["1", "i"], None, None, None),
        _cursors().cursors.sealed({"a": 1}),
    ],
)
def test_impossible_tokens(token: str) -> None:
    """A token that is sealed and holds no place is damaged."""
    with pytest.raises(InvalidCursor, match="damaged"):
        _cursors().read(token)


async def test_tokens_of_other_queries() -> None:
    """A token serves the query it came from, in its direction, and is signed as others are."""
    table = _table()
    table.cursor_key = b"key"
    query = table.query().where(D)
    page = await query.page(size=7, scope="a")
    assert page.next is not None
    following = await query.page(size=7, after=page.next, scope="a")
    assert [one.at for one in following.items] == list(range(7, 14))
    sent = len(table.requests)
    others = [query.reverse(), query.where(Reading.at > 1), table.query().where(Reading.device == "e")]
    for other in [query, *others]:
        with pytest.raises(InvalidCursor, match="another query or scope"):
            await other.page(size=7, after=page.next, scope="b" if other is query else "a")
    with pytest.raises(InvalidCursor, match="leads the other way"):
        await query.page(size=7, before=page.next, scope="a")
    table.cursor_key = b"another"
    with pytest.raises(InvalidCursor, match="signed with another key"):
        await table.query().where(D).page(size=7, after=page.next, scope="a")
    assert len(table.requests) == sent


async def test_a_token_holds_no_partition() -> None:
    """The partition is the query's, so a token holds the rest of each shard's key only."""
    page = await _table().query().where(D).page(size=7)
    assert page.next is not None
    data = base64.urlsafe_b64decode(page.next + "=" * (-len(page.next) % 4))
    plain = json.loads(data[29:])
    assert plain[:4] == [0, ">", plain[2], ["6"]]
    assert max(int(end[0]) for end in plain[4:] if end) == 6


async def test_a_page_that_a_filter_thinned_out() -> None:
    """What a filter has dropped behind the last result is not read again for the next page."""
    table = ReadingTable(
        [Reading(device="d", at=at, site="kept" if at < 8 or at > 190 else "dropped") for at in range(200)],
        kind=Reading,
        sizes=iter([30] * 1000),
    )
    query = table.query().where(D, Reading.site == "kept")
    page = await query.page(size=8)
    assert [one.at for one in page.items] == list(range(8))
    assert page.next is not None
    before = len(table.requests)
    page = await query.page(size=20, after=page.next)
    assert [one.at for one in page.items] == list(range(191, 200))
    starts = [int(wire["ExclusiveStartKey"]["at"]["N"]) for wire in table.wires[before : before + 5]]
    assert min(starts) > 100


async def test_sizes_are_checked() -> None:
    """A page of no items is refused before anything is sent."""
    table = _table()
    with pytest.raises(ExpressionError, match="size is a whole number"):
        await table.query().where(D).page(size=0)
    assert table.requests == []
