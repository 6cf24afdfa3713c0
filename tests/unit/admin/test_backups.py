"""Backups, point-in-time recovery, and restoring: against moto, and against recorded shapes where it differs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ddbmodel import (
    Backups,
    ExpressionError,
    Mapper,
    RestoreMismatch,
    RestoreSettings,
    ServiceError,
    TableInUse,
    TableNotFound,
)
from ddbmodel.admin.restore_check import compare
from ddbmodel.admin.settings import apply_settings, settings_in_backup, settings_of
from ddbmodel.admin.waiting import described
from ddbmodel.operations import DeleteTable
from tests.unit.admin.dumping import fill, item, make_table, put, stored
from tests.unit.admin.recorded import TABLE_ARN, Recorded, backup, patience, point_in_time

SETTINGS = RestoreSettings("expires", {"team": "shop", "cost": "7"}, 7, "NEW_AND_OLD_IMAGES", True)


@pytest.fixture
async def backups(mapper: Mapper) -> Backups:
    """Of a mapper that has a table `old` of 30 items."""
    await make_table(mapper, "old")
    await fill(mapper, "old", [item(n, bytes={"BS": [b"a", b"\xff"]}) for n in range(30)])
    return Backups(mapper, patience=patience())


async def test_a_backup_is_made_found_and_deleted(mapper: Mapper, backups: Backups) -> None:
    """It is listed for its table, described by its ARN, and gone after it was deleted."""
    await make_table(mapper, "other")
    made = await backups.create("old", "before-migration")
    await backups.create("other", "another")
    assert (made.name, made.table, made.status) == ("before-migration", "old", "AVAILABLE")
    assert [one.arn async for one in backups.list("old")] == [made.arn]
    assert {one.table async for one in backups.list()} == {"old", "other"}
    assert await backups.describe(made.arn) == made
    await backups.delete(made)
    assert [one async for one in backups.list("old")] == []
    with pytest.raises(ServiceError, match="Backup not found"):
        await backups.describe(made)


async def test_a_restored_table_is_the_old_one(mapper: Mapper, backups: Backups) -> None:
    """Item by item as at the time of the backup, with the settings of the old table; and it was verified."""
    await apply_settings(mapper, "old", SETTINGS, patience())
    made = await backups.create("old", "full")
    before = await stored(mapper, "old")
    report = await backups.restore(made, to="new", verify=True)
    assert await stored(mapper, "new") == before
    assert await settings_of(mapper, "new") == SETTINGS
    assert report.applied == (
        "time to live",
        "tags",
        "point-in-time recovery",
        "stream",
        "deletion protection",
    )
    assert report.comparison is not None
    assert (report.comparison.counted, report.comparison.expected, report.comparison.found) == (True, 30, 30)
    assert report.comparison.sampled == 30
    assert "both have 30 items; 30 items were compared, and are the same" in str(report)


async def test_a_table_that_is_gone_is_restored(mapper: Mapper, backups: Backups) -> None:
    """What only the table knew of its settings is told to be unknown."""
    made = await backups.create("old", "full")
    before = await stored(mapper, "old")
    await mapper.send(DeleteTable("old"))
    report = await backups.restore(made.arn, to="old")
    assert await stored(mapper, "old") == before
    assert not report.from_source
    assert "the source is gone" in str(report)


async def test_given_settings_win(mapper: Mapper, backups: Backups) -> None:
    """In place of those of the old table."""
    made = await backups.create("old", "full")
    await backups.restore(made, to="new", settings=RestoreSettings(ttl="until"))
    assert await settings_of(mapper, "new") == RestoreSettings(ttl="until")


@pytest.mark.parametrize(
    ("change", "found", "differing"),
    [
        (item(99), 30, 0),  # the sample takes ten of each segment at most, and the counts tell
        (item(5, bytes={"BS": [b"a"]}), 30, 1),
        (item(5, bytes={"BS": [b"\xff", b"a"]}, more={"NULL": True}), 30, 1),
    ],
    ids=["more", "changed", "attribute"],
)
async def test_a_difference_is_found(
    mapper: Mapper, backups: Backups, change: Any, found: int, differing: int
) -> None:
    """An item more, or another one, is a mismatch with its counts; the restored table stays."""
    made = await backups.create("old", "full")
    await put(mapper, "old", change)
    with pytest.raises(RestoreMismatch, match="are missing or differ") as raised:
        await backups.restore(made, to="new", verify=True)
    error = raised.value
    assert (error.found, error.differing) == (found, differing)
    assert (error.compared, error.expected) == (30, len(await stored(mapper, "old")))
    assert len(await stored(mapper, "new")) == 30


async def test_what_is_compared_is_bounded(mapper: Mapper, backups: Backups) -> None:
    """A table with more items than are counted is compared by the sample alone, and says so."""
    made = await backups.create("old", "full")
    await backups.restore(made, to="new")
    tables = await described(mapper, "old"), await described(mapper, "new")
    comparison = await compare(mapper, *tables, items=10, counted_max=20)
    assert (comparison.counted, comparison.sampled <= 10) == (False, True)
    assert str(comparison).startswith("not counted, as there are too many")


async def test_a_moment_is_restored(mapper: Mapper, backups: Backups) -> None:
    """The latest, or one that is named, after point-in-time recovery was switched on."""
    assert not (await backups.point_in_time("old")).enabled
    on = await backups.enable_point_in_time("old", days=9)
    assert (on.enabled, on.days) == (True, 9)
    assert await backups.point_in_time("old") == on
    await backups.restore_moment("old", to="new", verify=True)
    assert (await backups.point_in_time("new")).days == 9
    await backups.restore_moment("old", to="newer", at=datetime(2026, 1, 1, tzinfo=UTC))
    assert await stored(mapper, "new") == await stored(mapper, "newer") == await stored(mapper, "old")
    assert (await backups.disable_point_in_time("old")).days is None


async def test_a_restore_never_replaces_a_table(mapper: Mapper, backups: Backups) -> None:
    """A name that is taken is refused."""
    made = await backups.create("old", "full")
    with pytest.raises(TableInUse):
        await backups.restore(made, to="old")


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda b: b.create("old", "x"), "use 3 to 255 characters"),
        (lambda b: b.create("old", "no spaces"), "use 3 to 255 characters"),
        (lambda b: b.create("old", "ddbmodel-daily-2026-01-01"), "are of the daily ones"),
        (lambda b: b.describe("before"), "by its ARN"),
        (lambda b: b.delete(TABLE_ARN), "by its ARN"),
        (lambda b: b.enable_point_in_time("old", days=0), "from 1 to 35"),
        (lambda b: b.enable_point_in_time("old", days=36), "from 1 to 35"),
        (lambda b: b.enable_point_in_time("old", days=True), "from 1 to 35"),
        (lambda b: b.restore_moment("old", to="new", at=datetime(2026, 1, 1)), "with a time zone"),  # noqa: DTZ001  # that is it
    ],
)
async def test_what_cannot_be_is_not_sent(mapper: Mapper, call: Any, text: str) -> None:
    """Names, ARNs, days and moments are checked first."""
    with pytest.raises(ExpressionError, match=text):
        await call(Backups(mapper))
    assert mapper.statistics.requests == 0


# Recorded shapes --------------------------------------------------------------------------------------------


async def test_lists_are_read_page_by_page() -> None:
    """Each page begins where the one before ended; moto has but one."""
    first = {
        "BackupSummaries": [backup("b1"), backup("b2")],
        "LastEvaluatedBackupArn": f"{TABLE_ARN}/backup/b2",
    }
    service = Recorded(ListBackups=[first, {"BackupSummaries": [backup("b3")]}])
    names = [one.name async for one in Backups(service).list("orders", kind="USER")]
    assert names == ["b1", "b2", "b3"]
    assert [wire.get("ExclusiveStartBackupArn") for wire in service.named("ListBackups")] == [
        None,
        f"{TABLE_ARN}/backup/b2",
    ]


async def test_it_waits_until_a_backup_is_available() -> None:
    """And no longer than it was told."""
    creating = backup("b1", BackupStatus="CREATING")
    replies: Any = [
        {"BackupDescription": {"BackupDetails": one}} for one in (creating, creating, backup("b1"))
    ]
    service = Recorded(CreateBackup=[{"BackupDetails": creating}], DescribeBackup=replies)
    assert (await Backups(service, patience=patience()).create("orders", "b1x")).status == "AVAILABLE"
    never = Recorded(
        CreateBackup=[{"BackupDetails": creating}],
        DescribeBackup=[{"BackupDescription": {"BackupDetails": creating}}],
    )
    with pytest.raises(ServiceError, match="not done after 3 seconds") as raised:
        await Backups(never, patience=patience()).create("orders", "b1x")
    assert raised.value.code == "Timeout"


def test_a_backup_remembers_some_settings() -> None:
    """Time to live and stream are in `SourceTableFeatureDetails`; moto leaves it out."""
    features = {
        "StreamDescription": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
        "TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"},
    }
    remembered = settings_in_backup({"SourceTableFeatureDetails": features})
    assert remembered == RestoreSettings(ttl="expires", stream="KEYS_ONLY")
    assert settings_in_backup({}) == RestoreSettings()


async def test_moments_are_told_in_utc() -> None:
    """What can be restored, from when to when."""
    service = Recorded(DescribeContinuousBackups=[point_in_time(35)])
    told = await Backups(service).point_in_time("orders")
    assert told.earliest is not None
    assert told.latest is not None
    assert told.earliest < told.latest
    with pytest.raises(TableNotFound):
        gone = TableNotFound("gone", operation="DescribeContinuousBackups", code="TableNotFoundException")
        await Backups(Recorded(DescribeContinuousBackups=[gone])).point_in_time("orders")


async def test_tags_of_the_service_are_left_out() -> None:
    """Their keys begin with `aws:`, and nobody else may give them."""
    described = {"Table": {"TableArn": TABLE_ARN}}
    service = Recorded(DescribeTable=[described])
    tags = {"aws:cloudformation:stack-name": "shop", "team": "a"}
    assert await apply_settings(service, "orders", RestoreSettings(tags=tags), patience()) == ("tags",)
    assert service.named("TagResource") == [
        {"ResourceArn": TABLE_ARN, "Tags": [{"Key": "team", "Value": "a"}]}
    ]
