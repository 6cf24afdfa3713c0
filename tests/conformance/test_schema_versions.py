"""Items of older schema versions, on every engine: read, saved, updated and migrated."""

from __future__ import annotations

import asyncio
from pathlib import Path
from threading import Thread

import pytest

from ddbmodel import (
    CodecError,
    ConditionalCheckFailed,
    ExpressionError,
    Hook,
    Mapper,
    MigrationReport,
    Request,
)
from tests.conformance.ages import Bill, Raw, bill, first_form, read, second_form
from tests.engines.engine import Engine


@pytest.fixture
async def raw(engine: Engine, mapper: Mapper, table_prefix: str) -> Raw:
    """The table of bills, with one of each version."""
    await mapper.create_table(Bill)
    stored = Raw(engine, table_prefix + "bills")
    await stored.put(first_form(1), second_form(2))
    await mapper.put(bill(3))
    return stored


async def test_every_read_upgrades(mapper: Mapper, raw: Raw) -> None:
    """get, query, scan and batch_get give the model of today for items of every version."""
    bills = [bill(1), bill(2), bill(3)]
    assert [await read(mapper, number) for number in (1, 2, 3)] == bills
    assert await mapper.query(Bill).where(Bill.shop == "s").all() == bills
    assert sorted(await mapper.scan(Bill).all(), key=lambda one: one.number) == bills
    assert await mapper.batch_get(Bill, [Bill.key("s", number) for number in (1, 2, 3)]) == bills


async def test_writes_carry_the_version(mapper: Mapper, raw: Raw) -> None:
    """What is put, written in batches, or made by an update has the version of the class."""
    async with mapper.batch_writer() as writer:
        await writer.put(bill(4))
    made = Bill.names.set(bill(5).names), Bill.total.set(bill(5).total)
    await mapper.update(Bill.key("s", 5), *made, upsert=True)
    for number in (3, 4, 5):
        assert (await raw.get(number))["_schema"] == {"N": "3"}


@pytest.mark.behaviour("upgrading what is stored")
async def test_save_writes_the_whole_upgraded_form(mapper: Mapper, raw: Raw) -> None:
    """A save after an upgraded read removes what is gone, and keeps what the model does not declare."""
    for number in (1, 2):
        found = await read(mapper, number)
        found.remark = "late"
        await mapper.save(found)
        assert await read(mapper, number) == bill(number, remark="late")
    first, second = await raw.get(1), await raw.get(2)
    assert set(first) == {"shop", "number", "names", "total", "tags", "remark", "foreign", "_schema"}
    assert second["names"]["M"]["middle"] == {"S": "kept"}


async def test_save_again_sends_only_changes(mapper: Mapper, raw: Raw) -> None:
    """After such a save, the object knows the item in its new form."""
    found = await read(mapper, 1)
    await mapper.save(found)
    with mapper.measure() as usage:
        await mapper.save(found)
    assert usage.requests == 0


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"cents": {"N": "5"}}, id="a source"),
        pytest.param({"note": {"S": "new"}}, id="a source that was not there"),
        pytest.param({"foreign": {"S": "changed"}}, id="anything else"),
    ],
)
async def test_save_loses_to_live_writers(
    mapper: Mapper, raw: Raw, change: dict[str, dict[str, str]]
) -> None:
    """A save of an upgraded item is refused if a writer of the old code has changed it in between."""
    found = await read(mapper, 1)
    await raw.put(first_form(1, **change))
    with pytest.raises(ConditionalCheckFailed):
        await mapper.save(found)
    assert await raw.get(1) == first_form(1, **change)


@pytest.mark.behaviour("upgrading what is stored")
async def test_update_upgrades_the_item_first(mapper: Mapper, raw: Raw) -> None:
    """An update in place of an old item changes the upgraded one."""
    for number in (1, 2, 3):
        updated = await mapper.update(Bill.key("s", number), Bill.remark.set("x"))
        assert updated == bill(number, remark="x")
        assert await read(mapper, number) == updated


async def test_a_newer_item_is_refused(mapper: Mapper, raw: Raw) -> None:
    """An item of a version that the class does not know is neither read nor updated."""
    newer = second_form(4) | {"_schema": {"N": "4"}}
    await raw.put(newer)
    with pytest.raises(CodecError, match="version 4.*versions up to 3.*deploy the newer class"):
        await read(mapper, 4)
    with pytest.raises(CodecError, match="versions up to 3"):
        await mapper.update(Bill.key("s", 4), Bill.remark.set("x"))
    assert await raw.get(4) == newer


@pytest.mark.behaviour("upgrading what is stored")
async def test_selected_fields_of_old_items_are_refused(mapper: Mapper, raw: Raw) -> None:
    """Single fields cannot be upgraded, so a row of an old item is an error, and never a wrong value."""
    query = mapper.query(Bill).where(Bill.shop == "s", Bill.number == 2).select(Bill.tags)
    with pytest.raises(CodecError, match="only whole items are upgraded"):
        await query.all()
    numbers = mapper.query(Bill).where(Bill.shop == "s").select(Bill.number)
    assert await numbers.all() == [(1,), (2,), (3,)]
    await mapper.migrate(Bill)
    assert await query.all() == [({"old"},)]


@pytest.mark.behaviour("upgrading what is stored")
async def test_migrate(mapper: Mapper, raw: Raw) -> None:
    """Every old item is rewritten; reading gives the same before and after, and a second run changes nothing."""
    before = [await read(mapper, number) for number in (1, 2, 3)]
    dry = await mapper.migrate(Bill, dry_run=True)
    assert (dry.scanned, dry.upgraded, dry.current) == (3, 2, 1)
    assert await raw.get(1) == first_form(1)
    report = await mapper.migrate(Bill, segments=2)
    assert (report.scanned, report.upgraded, report.current, report.ok) == (3, 2, 1, True)
    assert [await read(mapper, number) for number in (1, 2, 3)] == before
    assert {(await raw.get(number))["_schema"]["N"] for number in (1, 2, 3)} == {"3"}
    again = await mapper.migrate(Bill)
    assert (again.scanned, again.current) == (3, 3)


class _Meddler(Hook):
    """Writes to an item behind the back of whoever is about to update it, once."""

    def __init__(self, raw: Raw, item: dict[str, dict[str, str]]) -> None:
        self._raw, self._item, self.meddled = raw, item, False

    def before(self, request: Request, /) -> None:
        if request.name == "UpdateItem" and not self.meddled:
            self.meddled = True
            # A hook does not wait, so another thread does.
            other = Thread(target=lambda: asyncio.run(self._raw.put(self._item)))
            other.start()
            other.join()


async def test_live_writers_win(mapper: Mapper, raw: Raw) -> None:
    """What a writer of the old code changes between reading and writing is upgraded, and not lost."""
    await raw.put(second_form(2) | {"_schema": {"N": "3"}, "tags": {"SS": ["mine"]}})
    meddler = _Meddler(raw, first_form(1, note={"S": "live"}))
    remove = mapper.add_hook(meddler)
    report = await mapper.migrate(Bill)
    remove()
    assert meddler.meddled
    assert (report.upgraded, report.ok) == (1, True)
    assert await read(mapper, 1) == bill(1, remark="live")
    assert (await raw.get(1))["_schema"] == {"N": "3"}


async def test_overtaken(mapper: Mapper, raw: Raw) -> None:
    """An item that a writer of the new code has written in between stays as that one wrote it."""
    await raw.put(second_form(2) | {"_schema": {"N": "3"}})
    live = await raw.get(3) | {"number": {"N": "1"}, "remark": {"S": "live"}}
    remove = mapper.add_hook(_Meddler(raw, live))
    report = await mapper.migrate(Bill)
    remove()
    assert (report.upgraded, report.overtaken, report.ok) == (0, 1, True)
    assert await raw.get(1) == live


@pytest.mark.behaviour("upgrading what is stored")
async def test_what_cannot_be_upgraded_is_reported(mapper: Mapper, raw: Raw) -> None:
    """An item that an upgrader fails on is left as it is, with the reason, and the others are upgraded."""
    broken = first_form(4)
    del broken["name"]
    await raw.put(broken)
    report = await mapper.migrate(Bill)
    assert (report.scanned, report.upgraded, report.failed) == (4, 2, 1)
    (failure,) = report.failures
    assert "split_the_name" in failure.reason
    assert "KeyError" in failure.reason
    assert failure.key == {"shop": {"S": "s"}, "number": {"N": "4"}}
    assert await raw.get(4) == broken


class _Killed(Exception):
    """The process ends here."""


@pytest.mark.behaviour("upgrading what is stored")
async def test_killed_and_resumed(mapper: Mapper, raw: Raw, tmp_path: Path) -> None:
    """A migration that ended early goes on after the last page that was settled, and counts on."""
    await raw.put(*(first_form(number) for number in range(10, 40)))
    place, seen = tmp_path / "place", list[int]()

    def die(report: MigrationReport) -> None:
        seen.append(report.scanned)
        if len(seen) == 1:
            raise _Killed

    with pytest.raises(_Killed):
        await mapper.migrate(Bill, segments=4, checkpoint=place, progress=die)
    assert place.exists()
    with pytest.raises(ExpressionError, match="another number of segments"):
        await mapper.migrate(Bill, segments=2, checkpoint=place)
    report = await mapper.migrate(Bill, segments=4, checkpoint=place, progress=die)
    assert (report.scanned, report.upgraded, report.current) == (33, 32, 1)
    assert not place.exists()
    assert (await mapper.migrate(Bill)).current == 33


@pytest.mark.behaviour("upgrading what is stored")
async def test_two_migrations_at_once(mapper: Mapper, raw: Raw) -> None:
    """Two migrations of one table do each item once."""
    await raw.put(*(first_form(number) for number in range(10, 30)))
    one, other = await asyncio.gather(mapper.migrate(Bill), mapper.migrate(Bill))
    assert one.ok
    assert other.ok
    assert one.upgraded + other.upgraded == 22
    assert (await mapper.migrate(Bill)).current == 23
