"""How plans are applied: in which order, after an interruption, and where moto does not go.

`RecordedTables` answers as AWS's documentation says; moto knows nothing of table classes, maxima on demand,
changes of encryption, replicas and contributor insights.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbmodel import (
    Attr,
    BackupPolicy,
    KmsKey,
    LocalIndex,
    Model,
    NoRecoveryPoint,
    OnDemand,
    PlanRefused,
    Provisioned,
    ServiceError,
    TableSettings,
    TablesPlan,
    WarmThroughput,
    apply_tables,
    partition_key,
    plan_tables,
    sort_key,
)
from ddbmodel.admin.tables.waiting import Patience
from ddbmodel.errors import ConnectionFailed
from ddbmodel.operations import CreateTable, UpdateTable
from tests.unit.admin.recorded import NOON, backup
from tests.unit.admin.recorded_tables import KEY_ARN, RecordedTables, no_pause
from tests.unit.admin.table_models import Indexed, Plain, TwiceIndexed


class WithLocal(Model, table="orders"):
    customer: Attr[str] = partition_key()
    number: Attr[int] = sort_key()
    place: Attr[str | None] = None

    by_place = LocalIndex(sort_key="place")


PATIENCE = Patience(sleep=no_pause, polls_max=5)


async def planned(tables: RecordedTables, model: type[Model], settings: TableSettings) -> TablesPlan:
    return await plan_tables(tables, model, settings={model: settings})


async def applied(
    tables: RecordedTables, model: type[Model], settings: TableSettings, **confirmed: Any
) -> TablesPlan:
    plan = await planned(tables, model, settings)
    return await apply_tables(tables, plan, patience=PATIENCE, **confirmed)


def summary(tables: RecordedTables) -> list[str]:
    """What was sent, in short: the operation, and what of a table it changes."""
    return [
        f"{each.name} {' '.join(_members(each.to_wire()))}".rstrip()
        if isinstance(each, UpdateTable)
        else each.name
        for each in tables.sent
    ]


def _members(wire: Mapping[str, Any]) -> list[str]:
    updates = [kind for each in wire.get("GlobalSecondaryIndexUpdates", []) for kind in each]
    return [
        *sorted(wire.keys() - {"TableName", "GlobalSecondaryIndexUpdates", "AttributeDefinitions"}),
        *updates,
    ]


EVERYTHING = TableSettings(
    billing=Provisioned(5, 5),
    warm_throughput=WarmThroughput(12_001, 4_001),
    stream="NEW_AND_OLD_IMAGES",
    encryption=KmsKey(KEY_ARN),
    deletion_protection=True,
    tags={"team": "shop", "stage": "live"},
    point_in_time_days=35,
    table_class="STANDARD_INFREQUENT_ACCESS",
    contributor_insights="THROTTLED_KEYS",
    resource_policy={"Version": "2012-10-17", "Statement": []},
    replicas=["eu-west-2", "eu-west-3"],
)


async def test_changes_are_made_in_order_one_at_a_time() -> None:
    """Protection first, capacity before indexes, indexes one by one, copies after the stream they follow."""
    tables = RecordedTables()
    await applied(tables, Plain, TableSettings())
    tables.sent.clear()
    left = await applied(tables, TwiceIndexed, EVERYTHING)
    assert left.is_empty, str(left)
    assert summary(tables) == [
        "UpdateTable DeletionProtectionEnabled",
        "UpdateContinuousBackups",
        "TagResource",
        "TagResource",
        "UpdateTable TableClass",
        "UpdateTable BillingMode ProvisionedThroughput",
        "UpdateTable WarmThroughput",
        "UpdateTable SSESpecification",
        "UpdateTable StreamSpecification",
        "UpdateTable Create",
        "UpdateTable Create",
        "UpdateTable ReplicaUpdates",
        "UpdateTable ReplicaUpdates",
        "PutResourcePolicy",
        "UpdateContributorInsights",
    ]


async def test_a_new_table_has_everything() -> None:
    """What CreateTable takes comes with it, and nothing of it is sent again."""
    tables = RecordedTables()
    left = await applied(tables, Indexed, EVERYTHING)
    assert left.is_empty, str(left)
    assert summary(tables) == [
        *("CreateTable", "UpdateTimeToLive", "UpdateContinuousBackups"),
        *("UpdateTable ReplicaUpdates", "UpdateTable ReplicaUpdates", "UpdateContributorInsights"),
    ]


@pytest.mark.parametrize("fails_at", range(15))
async def test_an_interrupted_run_is_taken_up(fails_at: int) -> None:
    """Wherever the connection is lost, planning and applying again does the rest, and nothing twice."""
    tables = RecordedTables()
    await applied(tables, Plain, TableSettings())
    tables.sent.clear()
    tables.fails_at = fails_at
    with pytest.raises(ConnectionFailed):
        await applied(tables, TwiceIndexed, EVERYTHING)
    tables.fails_at = None
    left = await applied(tables, TwiceIndexed, EVERYTHING)
    assert left.is_empty, str(left)
    assert len(tables.sent) == 15


DRIFTS = [
    ({"TableClassSummary": {}}, "~ table_class: STANDARD -> STANDARD_INFREQUENT_ACCESS"),
    ({"SSEDescription": {}}, f"~ encryption: AWS_OWNED -> {KEY_ARN}"),
    ({"DeletionProtectionEnabled": False}, "~ deletion_protection: off -> on"),
    (
        {"Replicas": [{"RegionName": "eu-west-2", "ReplicaStatus": "ACTIVE"}]},
        "+ replica eu-west-3: eventually",
    ),
    (
        {"WarmThroughput": {"ReadUnitsPerSecond": 9, "WriteUnitsPerSecond": 9}},
        "~ warm_throughput: 9 read and 9",
    ),
    ({"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}}, "under its old ARN"),
    ({"tags": {"team": "other", "stage": "live"}}, "~ tag team: other -> shop"),
    ({"policy": '{"Version": "2012-10-17"}'}, "~ resource_policy: another document -> the declared document"),
    ({"insights": None}, "+ contributor_insights: THROTTLED_KEYS"),
    ({"days": 1}, "~ point_in_time_days: 1 days -> 35 days"),
]


@pytest.mark.parametrize(("drift", "shown"), DRIFTS, ids=[next(iter(drift)) for drift, _ in DRIFTS])
async def test_drift_shows_and_is_undone(drift: dict[str, Any], shown: str) -> None:
    """Each setting that is otherwise is one change, and the only thing that is applied."""
    tables = RecordedTables()
    await applied(tables, Indexed, EVERYTHING)
    tables.sent.clear()
    assert tables.table is not None
    for name, value in drift.items():
        if name in tables.table:
            tables.table[name] = value
        else:
            setattr(tables, name, value)
    plan = await planned(tables, Indexed, EVERYTHING)
    assert len(plan.tables[0].changes) == 1
    assert shown in str(plan)
    left = await apply_tables(tables, plan, patience=PATIENCE)
    assert left.is_empty, str(left)
    assert len(tables.sent) == len(plan.tables[0].changes[0].steps)


async def test_a_maximum_comes_and_goes() -> None:
    """`OnDemand()` without a maximum takes it away, of the indexes too; an index may have its own."""
    tables = RecordedTables()
    limited = TableSettings(billing=OnDemand(9, 8), index_billing={"by_status": OnDemand(max_write_units=7)})
    await applied(tables, Indexed, limited)
    assert (await planned(tables, Indexed, limited)).is_empty
    plan = await planned(tables, Indexed, TableSettings(billing=OnDemand()))
    assert "~ billing: on demand, at most 9 read and 8 write units -> on demand" in str(plan)
    assert "~ billing of index by_status: on demand, at most 7 write units -> on demand" in str(plan)
    assert (await apply_tables(tables, plan, patience=PATIENCE)).is_empty


async def test_indexes_change_their_mode_with_the_table() -> None:
    """A provisioned table has provisioned indexes only, so they come in one request, and go back with it."""
    tables = RecordedTables()
    await applied(tables, TwiceIndexed, TableSettings(billing=OnDemand(9, 9)))
    tables.sent.clear()
    assert (await applied(tables, TwiceIndexed, TableSettings(billing=Provisioned(1, 1)))).is_empty
    assert summary(tables) == ["UpdateTable BillingMode ProvisionedThroughput Update Update"]
    assert (await applied(tables, TwiceIndexed, TableSettings(billing=OnDemand()))).is_empty


async def test_another_attribute_of_time_to_live_takes_two_runs() -> None:
    """It is switched off, and the plan that is left switches the other one on."""
    tables = RecordedTables()
    await applied(tables, Indexed, TableSettings())
    tables.ttl = "other"
    left = await applied(tables, Indexed, TableSettings())
    assert "+ time_to_live: expires" in str(left)
    assert (await apply_tables(tables, left, without_recovery_point=True, patience=PATIENCE)).is_empty


async def test_a_replica_goes_only_if_its_region_is_named() -> None:
    """It holds data, so it is told twice."""
    tables = RecordedTables()
    await applied(tables, Plain, TableSettings(replicas=["eu-west-2"]))
    tables.sent.clear()
    gone = TableSettings(replicas=[])
    with pytest.raises(PlanRefused, match="the replica in eu-west-2 would be deleted: name it"):
        await applied(tables, Plain, gone, delete_indexes=["eu-west-2"])
    with pytest.raises(NoRecoveryPoint, match="table 'orders' has no point-in-time recovery"):
        await applied(tables, Plain, gone, delete_replicas=["eu-west-2"])
    assert tables.sent == []
    tables.days = 35
    assert (await applied(tables, Plain, gone, delete_replicas=["eu-west-2"])).is_empty


async def test_strongly_consistent_replicas_come_together_and_stay() -> None:
    """All regions in one request; afterwards neither regions nor consistency change."""
    tables = RecordedTables()
    strong = TableSettings(replicas=["eu-west-2"], witness="eu-west-3", consistency="STRONG")
    assert (await applied(tables, Plain, strong)).is_empty
    assert summary(tables)[1:] == [
        "UpdateTable GlobalTableWitnessUpdates MultiRegionConsistency ReplicaUpdates"
    ]
    other = TableSettings(replicas=["eu-west-2", "eu-west-3"], consistency="STRONG")
    with pytest.raises(PlanRefused, match="the regions of a strongly consistent table stay"):
        await applied(tables, Plain, other)
    with pytest.raises(PlanRefused, match="a global table keeps its consistency"):
        await applied(tables, Plain, TableSettings(replicas=["eu-west-2"], consistency="EVENTUAL"))


async def test_warm_throughput_is_not_lowered() -> None:
    """The service cannot, so it is refused before it is asked."""
    tables = RecordedTables()
    await applied(tables, Plain, TableSettings(warm_throughput=WarmThroughput(9, 9)))
    with pytest.raises(PlanRefused, match="declare at least 9 read and 9 write units"):
        await applied(tables, Plain, TableSettings(warm_throughput=WarmThroughput(10, 8)))


async def test_an_index_that_differs_is_made_anew() -> None:
    """If it is named: deleted first, then made, each awaited."""
    tables = RecordedTables()
    await applied(tables, Indexed, TableSettings())
    (tables.table or {})["GlobalSecondaryIndexes"][0]["Projection"] = {"ProjectionType": "ALL"}
    tables.sent.clear()
    plan = await planned(tables, Indexed, TableSettings())
    assert "projects ALL -> global, key status (S), number (N), projects INCLUDE place" in str(plan)
    with pytest.raises(PlanRefused, match="'by_status' would be deleted"):
        await apply_tables(tables, plan, patience=PATIENCE)
    left = await apply_tables(tables, plan, delete_indexes=["by_status"], patience=PATIENCE)
    assert left.is_empty
    assert summary(tables) == ["UpdateTable Delete", "UpdateTable Create"]


async def test_a_replica_that_cannot_be_made_is_an_error() -> None:
    """Waiting for it would have no end."""
    tables = RecordedTables()
    await applied(tables, Plain, TableSettings())
    (tables.table or {})["Replicas"] = [{"RegionName": "eu-west-2", "ReplicaStatus": "CREATION_FAILED"}]
    tables._settle = lambda: None  # type: ignore[method-assign]
    with pytest.raises(ServiceError, match=r"eu-west-2 cannot be used \(CREATION_FAILED\): take it out of"):
        await applied(tables, Plain, TableSettings(deletion_protection=True))


BROKEN = [
    ("CREATION_FAILED", "take it out of replicas="),
    ("INACCESSIBLE_ENCRYPTION_CREDENTIALS", "access to the key of KMS"),
    ("REPLICATION_NOT_AUTHORIZED", "the policies of the table"),
]


@pytest.mark.parametrize(("status", "remedy"), BROKEN)
async def test_a_broken_replica_shows_with_its_remedy(status: str, remedy: str) -> None:
    """A declared one that cannot be used is not as it is to be, and one that is to go may be broken."""
    tables = RecordedTables()
    await applied(tables, Plain, TableSettings(replicas=["eu-west-2"]))
    (tables.table or {})["Replicas"][0]["ReplicaStatus"] = status
    tables.sent.clear()
    settle = tables._settle

    def settled_but_broken() -> None:
        settle()
        for replica in (tables.table or {})["Replicas"]:
            replica["ReplicaStatus"] = status

    tables._settle = settled_but_broken  # type: ignore[method-assign]
    plan = await planned(tables, Plain, TableSettings(replicas=["eu-west-2"]))
    assert f"~ replica eu-west-2: {status} -> active\n      cannot be done: " in str(plan)
    with pytest.raises(PlanRefused, match=remedy):
        await apply_tables(tables, plan, patience=PATIENCE)
    assert tables.sent == []
    gone = await applied(
        tables,
        Plain,
        TableSettings(replicas=[]),
        delete_replicas=["eu-west-2"],
        without_recovery_point=True,
    )
    assert gone.is_empty


async def test_strongly_consistent_replicas_go_together_if_each_is_named() -> None:
    """All copies and the witness in one request, as the service asks for; the table stays."""
    tables = RecordedTables()
    strong = TableSettings(replicas=["eu-west-2"], witness="eu-west-3", consistency="STRONG")
    await applied(tables, Plain, strong)
    tables.sent.clear()
    gone = TableSettings(replicas=[])
    with pytest.raises(PlanRefused, match="the replica in eu-west-2 would be deleted"):
        await applied(tables, Plain, gone)
    tables.backups = [backup("today", days_ago=(NOON - datetime.now(UTC)).total_seconds() / 86400)]
    assert (await applied(tables, Plain, gone, delete_replicas=["eu-west-2"])).is_empty
    (request,) = tables.sent
    assert request.to_wire() == {
        "TableName": "orders",
        "ReplicaUpdates": [{"Delete": {"RegionName": "eu-west-2"}}],
        "GlobalTableWitnessUpdates": [{"Delete": {"RegionName": "eu-west-3"}}],
    }


async def test_what_a_strongly_consistent_table_cannot_have_is_refused() -> None:
    """Time to live and local indexes, before anything is made."""
    strong = TableSettings(replicas=["eu-west-2", "eu-west-3"], consistency="STRONG")
    for model, words in ((Indexed, "know no time to live"), (WithLocal, "have no local indexes")):
        tables = RecordedTables()
        with pytest.raises(PlanRefused, match=words):
            await applied(tables, model, strong)
        assert tables.sent == []


LOSSES: list[tuple[TableSettings, dict[str, Any], bool]] = [
    (TableSettings(), {}, False),
    (TableSettings(), {"has_items": False}, True),
    (TableSettings(), {"days": 1}, True),
    (TableSettings(backups=BackupPolicy(point_in_time_days=7)), {}, True),
    (TableSettings(point_in_time_days=0), {"days": 35}, False),
    (TableSettings(point_in_time_days=0), {"days": 35, "has_items": False}, False),
]


@pytest.mark.parametrize(("settings", "state", "fine"), LOSSES)
async def test_nothing_is_destroyed_that_could_not_be_restored(
    settings: TableSettings, state: dict[str, Any], fine: bool
) -> None:
    """Time to live asks for items that could be restored, switching recovery off for a backup."""
    tables = RecordedTables()
    await applied(tables, Plain, TableSettings())
    for name, value in state.items():
        setattr(tables, name, value)
    tables.sent.clear()
    confirmed = {"delete_indexes": ["by_status"]}
    if not fine:
        with pytest.raises(NoRecoveryPoint, match="what is destroyed could not be restored"):
            await applied(tables, Indexed, settings, **confirmed)
        assert tables.sent == []
        confirmed["without_recovery_point"] = True  # type: ignore[assignment]
    assert (await applied(tables, Indexed, settings, **confirmed)).is_empty
    assert tables.ttl == "expires"


async def test_a_policy_of_backups_is_part_of_the_plan() -> None:
    """Its days are compared and applied like `point_in_time_days`; who makes daily backups is said."""
    tables = RecordedTables()
    settings = TableSettings(backups=BackupPolicy(point_in_time_days=35, daily=14))
    plan = await planned(tables, Plain, settings)
    assert "+ point_in_time_days: 35 days" in str(plan)
    assert "daily backups: 14 kept, by `ddbmodel backup run`" in str(plan)
    assert plan.to_dict()["tables"][0]["daily_backups"] == 14
    assert (await apply_tables(tables, plan, patience=PATIENCE)).is_empty
    assert tables.days == 35
    daily_only = await planned(tables, Plain, TableSettings(backups=BackupPolicy(daily=14)))
    assert "point_in_time_days" in daily_only.tables[0].unmanaged


BILLING = st.sampled_from([None, OnDemand(), OnDemand(5, 6), Provisioned(1, 2), Provisioned(3, 4)])
SETTINGS = st.builds(
    TableSettings,
    billing=BILLING,
    stream=st.sampled_from([None, False, "KEYS_ONLY", "NEW_IMAGE"]),
    encryption=st.sampled_from([None, "AWS_OWNED", "AWS_MANAGED", KmsKey(KEY_ARN)]),
    deletion_protection=st.sampled_from([None, False, True]),
    tags=st.none() | st.dictionaries(st.sampled_from("abc"), st.none() | st.sampled_from(["", "x", "y"])),
    point_in_time_days=st.none() | st.integers(0, 35),
    table_class=st.sampled_from([None, "STANDARD", "STANDARD_INFREQUENT_ACCESS"]),
    contributor_insights=st.sampled_from([None, False, "THROTTLED_KEYS", "ACCESSED_AND_THROTTLED_KEYS"]),
    resource_policy=st.sampled_from([None, False, {"Version": "2012-10-17"}, {"Version": "1"}]),
)


@given(st.lists(st.tuples(st.sampled_from([Plain, Indexed, TwiceIndexed]), SETTINGS), min_size=1, max_size=4))
async def test_after_apply_the_plan_is_empty(runs: list[tuple[type[Model], TableSettings]]) -> None:
    """Whatever a table was before, and whatever it is to be."""
    tables = RecordedTables()
    for model, settings in runs:
        told = {"delete_indexes": ["by_status", "by_place"], "without_recovery_point": True}
        left = await applied(tables, model, settings, **told)
        assert left.is_empty, str(left)
        sent = len(tables.sent)
        await apply_tables(tables, left, patience=PATIENCE)
        assert len(tables.sent) == sent
    assert isinstance(tables.sent[0], CreateTable)
