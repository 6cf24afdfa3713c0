"""Partitions that are spread over shards, on every engine: every verb finds its item, and queries find all."""

from __future__ import annotations

from typing import Any

import pytest

from ddbmodel import (
    Attr,
    CodecError,
    ConditionalCheckFailed,
    ExpressionError,
    GlobalIndex,
    ItemExists,
    ItemNotFound,
    Key,
    LocalIndex,
    Mapper,
    Model,
    Table,
    TableIndex,
    UniqueViolation,
    field,
    partition_key,
    sort_key,
    version,
)
from tests.conformance.sent import Sent


class Reading(Model, table="readings"):
    device: Attr[str] = partition_key(shards=5)
    at: Attr[int] = sort_key()
    number: Attr[int] = field(default=0)
    status: Attr[str | None] = field(default=None)
    level: Attr[int] = field(default=0)
    site: Attr[str] = field(default="s")

    by_status = GlobalIndex(partition_key="status", sort_key="level", shards=4)
    by_site = GlobalIndex(partition_key="site", sort_key="level", shards=3, projection="KEYS_ONLY")
    by_level = LocalIndex("level")


FLEET = Table("fleet", "pk", "sk", indexes=[TableIndex("gsi1", "gsi1pk", "gsi1sk")])


class Device(Model, table=FLEET, entity="device"):
    device: Attr[str]
    name: Attr[str] = field(default="")

    primary = Key(partition="DEVICE#{device}", sort="PROFILE", shards=2)


class Sample(Model, table=FLEET, entity="sample"):
    device: Attr[str]
    at: Attr[int]
    status: Attr[str | None] = field(default=None)
    kind: Attr[str] = field(default="k")
    level: Attr[int] = field(default=0)

    primary = Key(partition="DEVICE#{device}", sort="SAMPLE#{at:06d}", shards=4)
    by_status = Key("gsi1", partition="STATUS#{status}#{kind}", sort="{level:03d}#{at:06d}", shards=6)


class Unit(Model, table=FLEET, entity="unit"):
    device: Attr[str]
    serial: Attr[str] = field(unique=True)
    revision: Attr[int] = version()

    primary = Key(partition="UNIT#{device}", sort="UNIT", shards=3)


READINGS = [
    Reading(device="d#1", at=at, status="open" if at % 3 else None, level=at * 7 % 10, site="s")
    for at in range(60)
]
SAMPLES = [
    Sample(device=device, at=at, status="open" if at % 2 else None, level=at * 7 % 10)
    for device in ("d", "d#003")
    for at in range(30)
]


@pytest.fixture
async def full(mapper: Mapper) -> Mapper:
    """A mapper whose tables have readings, devices and samples."""
    await mapper.create_table(Reading)
    await mapper.create_table(FLEET)
    async with mapper.batch_writer() as writer:
        for model in (*READINGS, *SAMPLES, Device(device="d", name="D"), Device(device="d#003")):
            await writer.put(model)
    return mapper


async def _paged(query: Any, size: int) -> list[Any]:
    """Everything in pages, to the end and back."""
    page = await query.page(size=size)
    found = [*page.items]
    while page.next is not None:
        page = await query.page(size=size, after=page.next)
        assert len(page.items) <= size
        found += page.items
    back = [*page.items]
    while page.previous is not None:
        page = await query.page(size=size, before=page.previous)
        back = [*page.items, *back]
    assert back == found
    return found


# Single items ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", range(4))
async def test_verbs(mapper: Mapper, at: int) -> None:
    """An item is created, read, changed, saved and deleted by the values of its key, whatever its shard."""
    await mapper.create_table(Reading)
    reading = Reading(device="d", at=at, status="open", level=1)
    await mapper.create(reading)
    with pytest.raises(ItemExists):
        await mapper.create(reading)
    assert await mapper.get(Reading, "d", at) == reading
    changed = await mapper.update(Reading.key("d", at), Reading.level.add(5))
    assert changed.level == 6
    changed.status = "shut"
    await mapper.save(changed)
    await mapper.put(changed)
    assert await mapper.query(Reading).where(Reading.status == "open").all() == []
    assert await mapper.query(Reading).where(Reading.status == "shut").all() == [changed]
    assert await mapper.batch_get(Reading, [("d", at), ("e", at)]) == [changed, None]
    with pytest.raises(ConditionalCheckFailed):
        await mapper.delete(changed, when=Reading.status == "open")
    await mapper.delete(changed, when=Reading.device == "d")
    assert await mapper.query(Reading).where(Reading.device == "d").all() == []


async def test_update_moves_an_item_in_a_sharded_index(mapper: Mapper) -> None:
    """An update of a field that a sharded index key is written from rewrites that key, in the shard it has."""
    await mapper.create_table(Reading)
    reading = Reading(device="d", at=1, status="open")
    await mapper.put(reading)
    sent = Sent()
    mapper.add_hook(sent)
    await mapper.update(reading, Reading.status.set("shut"))
    names = sent.wire()["ExpressionAttributeNames"].values()
    assert "_by_status_shard" in names
    assert "_by_site_shard" not in names
    shut = mapper.query(Reading).where(Reading.status == "shut")
    assert [one.at for one in await shut.all()] == [1]
    await mapper.update(reading, Reading.status.remove())
    assert await shut.all() == []
    await mapper.update(reading, Reading.level.set(3))
    assert await shut.all() == []


async def test_given(mapper: Mapper) -> None:
    """What else a sharded template is written from is given, or the update refused before it is sent."""
    await mapper.create_table(FLEET)
    sample = Sample(device="d", at=1, status="open", kind="a")
    await mapper.put(sample)
    sent = Sent()
    mapper.add_hook(sent)
    key = Sample.key("d", 1)
    with pytest.raises(ExpressionError, match="written from 'kind' too"):
        await mapper.update(key, Sample.status.set("shut"))
    assert sent.take() == []
    # Where an engine does not give the stored item back, it may as well not be there.
    with pytest.raises((ConditionalCheckFailed, ItemNotFound)):
        await mapper.update(key, Sample.status.set("shut"), given={"kind": "b"})
    changed = await mapper.update(key, Sample.status.set("shut"), given={"kind": "a"})
    query = mapper.query(Sample).where(Sample.status == "shut", Sample.kind == "a")
    assert await query.all() == [changed]
    assert await query.where(Sample.level == 1).all() == []


async def test_update_of_a_new_item(mapper: Mapper) -> None:
    """An update that makes an item writes the field of its sharded key, and all of its index keys."""
    await mapper.create_table(Reading)
    await mapper.update(
        Reading.key("d", 1),
        Reading.status.set("open"),
        Reading.level.set(1),
        Reading.site.set("s"),
        upsert=True,
    )
    (found,) = await mapper.query(Reading).where(Reading.status == "open").all()
    assert found == Reading(device="d", at=1, status="open", level=1, site="s")
    rows = await mapper.query(Reading).where(Reading.site == "s").select(Reading.device).all()
    assert rows == [("d",)]


@pytest.mark.behaviour("transactions")
async def test_transactions(mapper: Mapper) -> None:
    """Transactions write and read items of any shard, unique fields and versions included."""
    await mapper.create_table(FLEET)
    unit = Unit(device="d", serial="1#003")
    async with mapper.transaction() as tx:
        tx.create(unit)
        for at in range(5):
            tx.put(Sample(device="d", at=at, status="open"))
    async with mapper.transaction() as tx:
        tx.update(Sample.key("d", 0), Sample.status.set("shut"), given={"kind": "k"})
        tx.delete(Sample.key("d", 1))
        tx.check(Unit.key("d"), Unit.serial == "1#003")
    found = await mapper.transact_get(*(Sample.key("d", at) for at in range(3)))
    assert [one and one.status for one in found] == ["shut", None, "open"]
    query = mapper.query(Sample).where(Sample.status == "open", Sample.kind == "k")
    assert [one.at for one in await query.all()] == [2, 3, 4]
    assert await mapper.query(Unit).where(Unit.device == "d").all() == [unit]
    unit.serial = "2"
    await mapper.save(unit)
    with pytest.raises(UniqueViolation):
        await mapper.create(Unit(device="e", serial="2"))


class Badge(Model, table="badges"):
    """A model with a table of its own, whose key is spread, and with a unique field."""

    site: Attr[str] = partition_key(shards=3)
    name: Attr[str] = sort_key()
    serial: Attr[str] = field(unique=True)


@pytest.mark.behaviour("transactions")
async def test_unique_fields_beside_a_sharded_key(mapper: Mapper) -> None:
    """The guards of unique values are in no shard, and neither queries nor scans see them."""
    await mapper.create_table(Badge)
    badges = [Badge(site="s", name=f"n{number}", serial=f"{number}#001") for number in range(6)]
    for badge in badges:
        await mapper.create(badge)
    with pytest.raises(UniqueViolation):
        await mapper.create(Badge(site="t", name="n", serial="3#001"))
    assert await mapper.query(Badge).where(Badge.site == "s").all() == badges
    assert len(await mapper.scan(Badge).all()) == 6
    with pytest.raises(CodecError, match="guards of unique fields"):
        await mapper.create(Badge(site="_unique", name="n", serial="x"))


# Queries -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 4, 25, 100])
async def test_a_sharded_table(full: Mapper, size: int) -> None:
    """A query of a sharded partition yields its items in the order of the sort key, in pages both ways."""
    query = full.query(Reading).where(Reading.device == "d#1")
    assert await query.all() == READINGS
    assert await query.consistent().reverse().all() == READINGS[::-1]
    assert await query.count() == 60
    assert await query.limit(7).all() == READINGS[:7]
    assert await _paged(query, size) == READINGS
    assert await _paged(query.reverse().limit(33), size) == READINGS[::-1][:33]
    some = query.where(Reading.at.between(10, 40), Reading.status == "open")
    assert await _paged(some.page_size(3).using(None), size) == [
        one for one in READINGS[10:41] if one.status is not None
    ]
    assert await full.query(Reading).where(Reading.device == "d#2").all() == []


async def test_a_sharded_index(full: Mapper) -> None:
    """A sharded index yields in the order of its sort key, the same both ways, whatever has the same one."""
    query = full.query(Reading).where(Reading.status == "open")
    assert query.explain().shards == 4
    found = await query.all()
    expected = [one for one in READINGS if one.status == "open"]
    assert [one.level for one in found] == sorted(one.level for one in expected)
    assert sorted(found, key=lambda one: one.at) == expected
    assert await query.all() == found
    paged = await _paged(query, 3)
    assert [one.level for one in paged] == [one.level for one in found]
    assert sorted(paged, key=lambda one: one.at) == expected
    high = await query.where(Reading.level >= 8).all()
    assert [one.level for one in high] == [
        level for level in sorted(one.level for one in expected) if level >= 8
    ]


async def test_a_sharded_index_of_keys(full: Mapper) -> None:
    """A sharded index of keys yields its fields, or whole items that are fetched, in its order."""
    query = full.query(Reading).where(Reading.site == "s", Reading.level < 3)
    rows = await query.select(Reading.site, Reading.device, Reading.at).all()
    expected = sorted(one.at for one in READINGS if one.level < 3)
    assert sorted(row[2] for row in rows) == expected
    assert {row[:2] for row in rows} == {("s", "d#1")}
    hydrated = await query.hydrate().all()
    assert [one.at for one in hydrated] == [row[2] for row in rows]
    assert await query.count() == len(rows)


async def test_a_local_index(full: Mapper) -> None:
    """A local index has the shards of its table, and can be read consistently."""
    query = full.query(Reading).where(Reading.device == "d#1", Reading.level == 7).using(Reading.by_level)
    found = await query.consistent().all()
    assert sorted(one.at for one in found) == [one.at for one in READINGS if one.level == 7]


async def test_entities(full: Mapper) -> None:
    """Entities of a shared table are found in their shards, each device's alone, and all together."""
    for device in ("d", "d#003"):
        expected = [one for one in SAMPLES if one.device == device]
        query = full.query(Sample).where(Sample.device == device)
        assert [one.at for one in await query.all()] == [one.at for one in expected]
        assert [one.at for one in await _paged(query, 7)] == [one.at for one in expected]
        collection = full.query(Device, Sample).where(Sample.device == device)
        first, *others = await collection.all()
        assert isinstance(first, Device)
        assert [getattr(one, "at", None) for one in others] == [one.at for one in expected]
        assert len(await _paged(collection.reverse(), 4)) == 31
    opened = full.query(Sample).where(Sample.status == "open", Sample.kind == "k")
    found = await opened.all()
    assert [(one.level, one.at) for one in found] == sorted((one.level, one.at) for one in found)
    assert len(found) == 30


async def test_scans(full: Mapper) -> None:
    """A scan reads all shards as ever."""
    found = [one async for one in full.scan(Reading, segments=2)]
    assert sorted(found, key=lambda one: one.at) == READINGS
    assert len(await full.scan(Sample).where(Sample.device == "d").all()) == 30


async def test_what_cannot_be_decoded(full: Mapper) -> None:
    """An item that its model cannot be read from is set aside, and does not count for the limit."""
    await full.put(_Broken(device="d#1", at=30, number="none"))
    query = full.query(Reading, on_invalid="collect").where(Reading.device == "d#1")
    limited = query.limit(40)
    found = await limited.all()
    assert [one.at for one in found] == [at for at in range(41) if at != 30]
    assert [one.key["at"] for one in limited.invalid] == [{"N": "30"}]
    page = await query.page(size=59)
    assert [one.key["at"] for one in page.invalid] == [{"N": "30"}]


class _Broken(Model, table="readings"):
    """What another program writes into the table of readings."""

    device: Attr[str] = partition_key(shards=5)
    at: Attr[int] = sort_key()
    number: Attr[str]


async def test_raising_the_number_of_shards_of_an_index(mapper: Mapper) -> None:
    """With more shards of an index, what was written before is found, and moves when it is next written."""
    await mapper.create_table(Reading)
    async with mapper.batch_writer() as writer:
        for reading in READINGS:
            await writer.put(reading)
    query = mapper.query(Wider).where(Wider.status == "open")
    old = await query.all()
    assert len(old) == sum(one.status == "open" for one in READINGS)
    for one in old:
        await mapper.put(one)
    assert [one.level for one in await query.all()] == [one.level for one in old]
    assert await mapper.query(Wider).where(Wider.device == "d#1").count() == 60


class Wider(Model, table="readings"):
    """Readings whose index has more shards than when they were written."""

    device: Attr[str] = partition_key(shards=5)
    at: Attr[int] = sort_key()
    status: Attr[str | None] = field(default=None)
    level: Attr[int] = field(default=0)
    site: Attr[str] = field(default="s")

    by_status = GlobalIndex(partition_key="status", sort_key="level", shards=9)
