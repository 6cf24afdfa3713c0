"""Policies: what they may say, what is created and pruned, and what destroys nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ddbmodel import (
    Attr,
    BackupPolicy,
    Backups,
    ExpressionError,
    Mapper,
    Model,
    ModelDefinitionError,
    NoRecoveryPoint,
    RequestRefused,
    Table,
    enforce_backups,
    partition_key,
    require_recovery_point,
)
from tests.unit.admin.dumping import make_table
from tests.unit.admin.recorded import NOON, Recorded, backup, patience, point_in_time


def daily(days_ago: int, **others: Any) -> dict[str, Any]:
    return backup(f"ddbmodel-daily-{NOON - timedelta(days=days_ago):%Y-%m-%d}", days_ago, **others)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({}, "say point_in_time_days=, daily= or both"),
        ({"point_in_time_days": 0}, "from 1 to 35"),
        ({"point_in_time_days": 36}, "from 1 to 35"),
        ({"point_in_time_days": 3.0}, "from 1 to 35"),
        ({"daily": 0}, "daily is a whole number from 1"),
        ({"daily": True}, "daily is a whole number from 1"),
    ],
)
def test_a_policy_is_checked(options: Any, text: str) -> None:
    """When it is made."""
    with pytest.raises(ModelDefinitionError, match=text):
        BackupPolicy(**options)


async def test_days_go_by(mapper: Mapper) -> None:
    """One backup a day, whenever and however often it runs; the oldest go; those of others stay."""
    await make_table(mapper, "orders")
    await Backups(mapper).create("orders", "by-hand")
    policy = BackupPolicy(point_in_time_days=7, daily=3)
    made, pruned = 0, 0
    for hours in range(0, 24 * 6, 8):
        moment = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=hours)
        report = await enforce_backups(mapper, "orders", policy, now=lambda: moment, patience=patience())  # noqa: B023  # used at once
        made, pruned = made + (report.created is not None), pruned + len(report.pruned)
        assert report.point_in_time_changed == (hours == 0)
    assert (made, pruned) == (6, 3)
    names = sorted([one.name async for one in Backups(mapper).list("orders")])
    assert names == ["by-hand", *(f"ddbmodel-daily-2026-03-0{day}" for day in (4, 5, 6))]
    assert [one.name for one in report.kept] == names[:0:-1]
    assert str(report) == "orders: nothing created, 0 pruned, 3 daily kept"


@pytest.mark.parametrize(
    ("there", "keep", "deleted"),
    [
        ([daily(0), daily(1), daily(2)], 1, [2, 1]),
        ([daily(0), daily(1)], 2, []),
        ([daily(0, BackupStatus="CREATING"), daily(1)], 1, []),
        ([daily(0), backup("ddbmodel-daily-notes", 9), backup("ddbmodel-daily-2026-01-01x", 60)], 1, []),
        ([daily(0), daily(1, BackupStatus="DELETED")], 1, []),
    ],
    ids=["oldest first", "enough room", "the only available one stays", "other names", "deleted"],
)
async def test_what_is_pruned(there: list[dict[str, Any]], keep: int, deleted: list[int]) -> None:
    """Only its own, only what is available, oldest first, and never the last one."""
    service = Recorded(ListBackups=[{"BackupSummaries": there}])
    await enforce_backups(service, "orders", BackupPolicy(daily=keep), now=lambda: NOON)
    assert service.named("CreateBackup") == []
    assert service.named("DeleteBackup") == [{"BackupArn": daily(days)["BackupArn"]} for days in deleted]


async def test_nothing_is_pruned_when_todays_backup_fails() -> None:
    """The old ones are all that there is then."""
    service = Recorded(
        ListBackups=[{"BackupSummaries": [daily(1), daily(2)]}],
        CreateBackup=[RuntimeError("as the test says")],
    )
    with pytest.raises(RuntimeError):
        await enforce_backups(service, "orders", BackupPolicy(daily=1), now=lambda: NOON)
    assert service.named("DeleteBackup") == []


@pytest.mark.parametrize(
    ("days", "there", "fine"),
    [
        (35, [], True),
        (None, [backup("recent", 0.5)], True),
        (None, [backup("old", 1.5)], False),
        (None, [backup("recent", 0.5, BackupStatus="CREATING")], False),
        (None, [], False),
    ],
)
async def test_what_can_be_restored(days: int | None, there: list[dict[str, Any]], fine: bool) -> None:
    """Point-in-time recovery, or a backup that is available and of the last 24 hours."""
    service = Recorded(
        DescribeContinuousBackups=[point_in_time(days)], ListBackups=[{"BackupSummaries": there}]
    )
    if fine:
        await require_recovery_point(service, "orders", now=lambda: NOON)
    else:
        with pytest.raises(
            NoRecoveryPoint, match="'orders' has no point-in-time recovery, and no backup of the last 24"
        ):
            await require_recovery_point(service, "orders", now=lambda: NOON)


async def test_the_remedies_are_told() -> None:
    """Recovery, a backup, or going on without, each with the command or option for it."""
    service = Recorded(DescribeContinuousBackups=[point_in_time(None)], ListBackups=[{}])
    with pytest.raises(NoRecoveryPoint) as refused:
        await require_recovery_point(service, "orders")
    for words in (
        "table 'orders'",
        "ddbmodel backup run orders --point-in-time-days 35",
        "ddbmodel backup create orders NAME",
        "without_recovery_point=True, --without-recovery-point",
    ):
        assert words in str(refused.value)


async def test_an_engine_without_backups_has_no_recovery_point() -> None:
    """That it refuses the question is the cause, and what it holds is refused as well."""
    unknown = RequestRefused(
        "unknown", operation="DescribeContinuousBackups", code="UnknownOperationException"
    )
    service = Recorded(DescribeContinuousBackups=[unknown])
    with pytest.raises(NoRecoveryPoint, match="'orders' has no point-in-time recovery") as refused:
        await require_recovery_point(service, "orders")
    assert refused.value.__cause__ is unknown


class Kept(Model, table="orders", backups=BackupPolicy(point_in_time_days=7, daily=2)):
    pk: Attr[str] = partition_key()


async def test_the_declared_policy_is_enforced(mapper: Mapper) -> None:
    """Without a policy of its own, it is that of the model, or of the shared table."""
    await mapper.create_table(Kept)
    report = await enforce_backups(mapper, Kept, patience=patience())
    assert report.point_in_time_changed
    assert [one.name for one in report.kept] == [report.created and report.created.name]
    assert (await Backups(mapper).point_in_time("orders")).days == 7
    shared = Table("shop", "pk", backups=BackupPolicy(daily=1))
    service = Recorded(ListBackups=[{"BackupSummaries": [daily(0), daily(1)]}])
    service.table_name = lambda table: "shop"  # type: ignore[method-assign]
    await enforce_backups(service, shared, now=lambda: NOON)
    assert service.named("DeleteBackup") == [{"BackupArn": daily(1)["BackupArn"]}]


class Bare(Model, table="bare"):
    pk: Attr[str] = partition_key()


@pytest.mark.parametrize(
    ("table", "text"), [("orders", "a name has no policy"), (Bare, "Bare declares no policy")]
)
async def test_without_a_policy_nothing_is_sent(table: Any, text: str) -> None:
    """Neither a name nor a model that declares none says what to do."""
    service = Recorded()
    with pytest.raises(ExpressionError, match=text):
        await enforce_backups(service, table)
    assert service.sent == []
