"""What a plan finds between models and tables that other tools have made."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aioboto3
import pytest

from ddbmodel import (
    Attr,
    BackupPolicy,
    GlobalIndex,
    Key,
    LocalIndex,
    Mapper,
    Model,
    PlanRefused,
    Table,
    TableIndex,
    TableSettings,
    apply_tables,
    partition_key,
    plan_tables,
    sort_key,
    ttl,
)
from ddbmodel.admin.tables.design import designs_of
from ddbmodel.admin.tables.waiting import Patience
from ddbmodel.errors import ExpressionError, ModelDefinitionError
from ddbmodel.operations import OnDemand, Provisioned
from ddbmodel.schema import WarmThroughput
from ddbmodel.testing import LocalDynamoDB
from tests.unit.admin.recorded_tables import no_pause
from tests.unit.admin.table_models import Indexed, Plain, TwiceIndexed

PATIENCE = Patience(sleep=no_pause)

SETTINGS = TableSettings(
    billing=Provisioned(5, 6),
    stream="NEW_IMAGE",
    deletion_protection=True,
    tags={"team": "shop"},
    point_in_time_days=7,
    resource_policy=False,
)


@pytest.fixture
async def client(dynamodb: LocalDynamoDB) -> AsyncIterator[Any]:
    """A client of boto's, as other tools have one."""
    session = aioboto3.Session("testing", "testing", region_name="us-east-1")
    async with session.client("dynamodb", endpoint_url=dynamodb.endpoint_url) as client:
        yield client


async def made_by_another_tool(client: Any) -> str:
    """The table of `Indexed` with `SETTINGS`, by plain calls."""
    throughput = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6}
    reply = await client.create_table(
        TableName="orders",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": kind}
            for name, kind in (("status", "S"), ("number", "N"), ("customer", "S"))
        ],
        KeySchema=[
            {"AttributeName": "customer", "KeyType": "HASH"},
            {"AttributeName": "number", "KeyType": "RANGE"},
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by_status",
                "KeySchema": [
                    {"AttributeName": "status", "KeyType": "HASH"},
                    {"AttributeName": "number", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["place"]},
                "ProvisionedThroughput": throughput,
            }
        ],
        BillingMode="PROVISIONED",
        ProvisionedThroughput=throughput,
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        DeletionProtectionEnabled=True,
        Tags=[{"Key": "team", "Value": "shop"}, {"Key": "cost", "Value": "x"}],
    )
    await client.update_time_to_live(
        TableName="orders", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )
    await recovery(client, PointInTimeRecoveryEnabled=True, RecoveryPeriodInDays=7)
    arn: str = reply["TableDescription"]["TableArn"]
    return arn


async def recovery(client: Any, **specification: Any) -> None:
    await client.update_continuous_backups(TableName="orders", PointInTimeRecoverySpecification=specification)


async def test_a_table_made_by_another_tool_is_what_its_model_says(mapper: Mapper, client: Any) -> None:
    """Nothing is to be done about a table that is as declared; what is not declared is named."""
    await made_by_another_tool(client)
    plan = await plan_tables(mapper, Indexed, settings={Indexed: SETTINGS})
    assert plan.is_empty, str(plan)
    assert "encryption" in plan.tables[0].unmanaged
    assert "nothing to do\n  not declared, left alone: warm_throughput, encryption" in str(plan)


async def drift_billing(client: Any, arn: str) -> None:
    await client.update_table(
        TableName="orders", ProvisionedThroughput={"ReadCapacityUnits": 9, "WriteCapacityUnits": 9}
    )


async def drift_index_billing(client: Any, arn: str) -> None:
    throughput = {"ReadCapacityUnits": 9, "WriteCapacityUnits": 9}
    update = {"IndexName": "by_status", "ProvisionedThroughput": throughput}
    await client.update_table(TableName="orders", GlobalSecondaryIndexUpdates=[{"Update": update}])


async def drift_stream(client: Any, arn: str) -> None:
    await client.update_table(TableName="orders", StreamSpecification={"StreamEnabled": False})


async def drift_protection(client: Any, arn: str) -> None:
    await client.update_table(TableName="orders", DeletionProtectionEnabled=False)


async def drift_tag(client: Any, arn: str) -> None:
    await client.untag_resource(ResourceArn=arn, TagKeys=["team"])


async def drift_recovery(client: Any, arn: str) -> None:
    await recovery(client, PointInTimeRecoveryEnabled=True, RecoveryPeriodInDays=35)


async def drift_recovery_off(client: Any, arn: str) -> None:
    await recovery(client, PointInTimeRecoveryEnabled=False)


async def drift_index_gone(client: Any, arn: str) -> None:
    await client.update_table(
        TableName="orders", GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by_status"}}]
    )


async def drift_ttl(client: Any, arn: str) -> None:
    await client.update_time_to_live(
        TableName="orders", TimeToLiveSpecification={"Enabled": False, "AttributeName": "expires"}
    )


async def drift_policy(client: Any, arn: str) -> None:
    await client.put_resource_policy(ResourceArn=arn, Policy='{"Version": "2012-10-17", "Statement": []}')


DRIFTS = [
    (drift_policy, "- resource_policy: another document"),
    (
        drift_billing,
        "~ billing: provisioned, 9 read and 9 write units -> provisioned, 5 read and 6 write units",
    ),
    (
        drift_index_billing,
        "~ billing of index by_status: provisioned, 9 read and 9 write units -> provisioned, 5",
    ),
    (drift_stream, "+ stream: NEW_IMAGE"),
    (drift_protection, "~ deletion_protection: off -> on"),
    (drift_tag, "+ tag team: shop"),
    (drift_recovery, "~ point_in_time_days: 35 days -> 7 days\n      the table can no longer be restored"),
    (drift_recovery_off, "~ point_in_time_days: 0 days -> 7 days"),
    (drift_index_gone, "+ index by_status: global, key status (S), number (N), projects INCLUDE place"),
    (drift_ttl, "+ time_to_live: expires"),
]


@pytest.mark.parametrize(("drift", "shown"), DRIFTS, ids=[drift.__name__ for drift, _ in DRIFTS])
async def test_drift_by_hand_shows_and_is_undone(mapper: Mapper, client: Any, drift: Any, shown: str) -> None:
    """Each setting that was changed by hand is one change of the plan, and is back after it was applied."""
    await drift(client, await made_by_another_tool(client))
    plan = await plan_tables(mapper, Indexed, settings={Indexed: SETTINGS})
    assert len(plan.tables[0].changes) == 1
    assert shown in str(plan)
    if drift is drift_stream:
        return  # moto switches no stream on again; test_apply does
    left = await apply_tables(mapper, plan, patience=PATIENCE)
    assert left.is_empty, str(left)


async def test_a_table_is_created_with_all_that_is_declared(mapper: Mapper, client: Any) -> None:
    """What CreateTable takes is in it from the beginning; the rest follows; afterwards nothing is left."""
    plan = await plan_tables(mapper, Indexed, settings={Indexed: SETTINGS})
    assert [change.subject for change in plan.tables[0].changes] == [
        "table",
        "time_to_live",
        "point_in_time_days",
    ]
    told: list[str] = []
    left = await apply_tables(mapper, plan, patience=PATIENCE, progress=told.append)
    assert left.is_empty, str(left)
    assert told[1] == "table orders: + time_to_live: expires"
    table = (await client.describe_table(TableName="orders"))["Table"]
    assert table["DeletionProtectionEnabled"] is True
    assert table["StreamSpecification"]["StreamViewType"] == "NEW_IMAGE"


async def test_without_settings_only_keys_and_indexes_are_compared(mapper: Mapper, client: Any) -> None:
    """A table that is otherwise than a new one would be is left as it is, where nothing is declared."""
    await made_by_another_tool(client)
    plan = await plan_tables(mapper, Indexed)
    assert plan.is_empty
    assert {"billing", "stream", "tags", "deletion_protection"} <= set(plan.tables[0].unmanaged)


async def test_an_index_goes_only_if_it_is_named(mapper: Mapper, client: Any) -> None:
    """That the model has it no longer is not enough; nothing is sent until it is named as well."""
    await made_by_another_tool(client)
    plan = await plan_tables(mapper, Plain)
    assert str(plan.tables[0].changes[0]).startswith("- index by_status: global, key status (S)")
    with pytest.raises(PlanRefused, match="index 'by_status' would be deleted: name it in delete_indexes="):
        await apply_tables(mapper, plan, patience=PATIENCE)
    assert not (await plan_tables(mapper, Plain)).is_empty
    left = await apply_tables(mapper, plan, delete_indexes=["by_status"], patience=PATIENCE)
    assert left.is_empty


async def test_a_plan_that_is_out_of_date_is_not_applied(mapper: Mapper, client: Any) -> None:
    """What somebody has done meanwhile was not looked at."""
    arn = await made_by_another_tool(client)
    await drift_protection(client, arn)
    plan = await plan_tables(mapper, Indexed, settings={Indexed: SETTINGS})
    await drift_tag(client, arn)
    with pytest.raises(PlanRefused, match="changed since this plan was made"):
        await apply_tables(mapper, plan, patience=PATIENCE)
    assert (await client.describe_table(TableName="orders"))["Table"]["DeletionProtectionEnabled"] is False


class OtherKey(Model, table="orders"):
    customer: Attr[str] = partition_key()


class OtherType(Model, table="orders"):
    customer: Attr[str] = partition_key()
    number: Attr[str] = sort_key()


class WithLocal(Model, table="orders"):
    customer: Attr[str] = partition_key()
    number: Attr[int] = sort_key()
    place: Attr[str | None] = None

    by_place = LocalIndex(sort_key="place")


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (OtherKey, r"key: a table keeps its key\. Give the model another table="),
        (OtherType, "a table keeps its key"),
        (WithLocal, "index by_place: a local index is made with its table: declare a GlobalIndex"),
    ],
)
async def test_what_cannot_be_done_in_place_is_refused(
    mapper: Mapper, model: type[Model], words: str
) -> None:
    """The plan shows it with the remedy, and nothing of it is applied."""
    await mapper.create_table(Plain)
    plan = await plan_tables(mapper, model)
    assert "cannot be done:" in str(plan)
    with pytest.raises(PlanRefused, match=words):
        await apply_tables(mapper, plan, patience=PATIENCE)


async def test_a_local_index_stays(mapper: Mapper) -> None:
    """Naming it does not help: the service cannot delete it."""
    await mapper.create_table(WithLocal)
    plan = await plan_tables(mapper, Plain)
    with pytest.raises(PlanRefused, match="a local index stays as long as its table"):
        await apply_tables(mapper, plan, delete_indexes=["by_place"], patience=PATIENCE)


async def test_a_shared_table_is_planned_once(mapper: Mapper) -> None:
    """The table and its entities are one target, with the settings of the table."""
    shared = Table(
        "shop", "pk", "sk", [TableIndex("gsi1", "a")], settings=TableSettings(tags={"team": "shop"})
    )

    class Thing(Model, table=shared, entity="thing"):
        name: Attr[str]
        until: Attr[int | None] = ttl(default=None)
        primary = Key(partition="T#{name}", sort="T")

    plan = await plan_tables(mapper, shared, Thing)
    assert [table.table for table in plan.tables] == ["shop"]
    left = await apply_tables(mapper, plan, patience=PATIENCE)
    assert left.is_empty
    assert "tags" not in left.tables[0].unmanaged


async def test_create_table_takes_the_settings(mapper: Mapper, client: Any) -> None:
    """A table that the mapper creates is as its model declares it."""

    class Declared(
        Model, table="declared", settings=TableSettings(billing=Provisioned(3, 4), stream="KEYS_ONLY")
    ):
        key: Attr[str] = partition_key()

    description = await mapper.create_table(Declared)
    assert description.billing == Provisioned(3, 4)
    assert (await plan_tables(mapper, Declared)).is_empty


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "no table to plan"),
        ((Indexed, TwiceIndexed), "declared twice, and differently"),
        (("orders",), "takes models such as Order"),
    ],
)
async def test_what_is_no_table_is_refused(mapper: Mapper, arguments: Any, words: str) -> None:
    """Nothing is sent for what cannot be planned."""
    before = mapper.statistics.requests
    with pytest.raises((ExpressionError, ModelDefinitionError), match=words):
        await plan_tables(mapper, *arguments)
    with pytest.raises(ExpressionError, match="not among those to plan"):
        await plan_tables(mapper, Indexed, settings={Plain: SETTINGS})
    assert mapper.statistics.requests == before


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"point_in_time_days": 36}, "use 1 to 35"),
        ({"stream": "ALL"}, "stream= takes 'KEYS_ONLY'"),
        ({"encryption": "KMS"}, "encryption= takes 'AWS_OWNED'"),
        ({"billing": "on demand"}, "billing takes OnDemand"),
        ({"billing": OnDemand(), "index_billing": {"a": Provisioned(1, 1)}}, "paid for as its table is"),
        ({"replicas": ["a", "a"]}, "each once"),
        ({"replicas": ["a"], "stream": "KEYS_ONLY"}, "a stream of new and old images"),
        ({"replicas": ["a"], "consistency": "STRONG"}, "takes three regions"),
        ({"consistency": "STRONG"}, "give these too"),
        ({"resource_policy": {"a": object()}}, "what JSON can hold"),
        ({"backups": 14}, r"backups= takes BackupPolicy\(\.\.\.\), not a int"),
        (
            {"point_in_time_days": 0, "backups": BackupPolicy(point_in_time_days=7)},
            "point_in_time_days=0, and backups= says 7 days: say it in one of them",
        ),
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, Any], words: str) -> None:
    """A setting that DynamoDB would refuse raises where it is written."""
    with pytest.raises(ModelDefinitionError, match=words):
        TableSettings(**settings)


def test_settings_belong_to_a_table() -> None:
    """An entity takes those of its table, and a part has none."""
    with pytest.raises(ModelDefinitionError, match="settings= are a table's"):

        class Part(Model, settings=TableSettings()):
            name: Attr[str]

    with pytest.raises(ModelDefinitionError, match="at least 1"):
        WarmThroughput(0, 1)

    class Index(
        Model, table="indexed", settings=TableSettings(index_billing={"no": OnDemand()}, billing=OnDemand())
    ):
        name: Attr[str] = partition_key()
        by_name = GlobalIndex(partition_key="name")

    with pytest.raises(ModelDefinitionError, match="'no', which is no global index"):
        designs_of([Index], None)


def test_backups_are_given_with_the_table() -> None:
    """Beside the settings or in them; twice, or without a table, is refused."""
    policy = BackupPolicy(daily=3)
    tags = TableSettings(tags={"a": "b"})

    class Order(Model, table="orders", settings=tags, backups=policy):
        key: Attr[str] = partition_key()

    (design,) = designs_of([Order], None)
    assert (design.settings.backups, design.settings.tags) == (policy, {"a": "b"})
    shared = Table("shop", "pk", settings=tags, backups=policy)
    assert shared.settings == design.settings
    with pytest.raises(ModelDefinitionError, match=r"Twice: backups= is given twice"):

        class Twice(
            Model, table="orders", settings=TableSettings(backups=policy), backups=BackupPolicy(daily=4)
        ):
            key: Attr[str] = partition_key()

    with pytest.raises(ModelDefinitionError, match="Part: backups= is a table's"):

        class Part(Model, backups=policy):
            name: Attr[str]
