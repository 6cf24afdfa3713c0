"""Models written from tables: the text compiles, checkers take it, and it reads the items back."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import aioboto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ddbmodel import (
    ImportedModel,
    KmsKey,
    Mapper,
    Model,
    OnDemand,
    Provisioned,
    TableSettings,
    WarmThroughput,
    apply_tables,
    import_model,
    plan_tables,
)
from ddbmodel.admin.importing.inference import infer
from ddbmodel.admin.importing.source import ModelText
from ddbmodel.admin.tables.deployed import deployed_from_wire
from ddbmodel.admin.tables.waiting import Patience
from ddbmodel.errors import AccessDenied, ExpressionError, TableNotFound
from ddbmodel.model import plan_of
from ddbmodel.operations import Request
from ddbmodel.testing import LocalDynamoDB
from tests.unit.admin.recorded_tables import KEY_ARN, RecordedTables, no_pause
from tests.unit.admin.table_models import Indexed, TwiceIndexed
from tests.unit.cli.test_ingest import ddbmodel

ITEM: dict[str, Any] = {
    "pk": {"S": "c1"},
    "sk": {"N": "1"},
    "status": {"S": "open"},
    "price": {"N": "2.50"},
    "at": {"S": "2026-10-13T08:48:47.966937Z"},
    "day": {"S": "2026-10-13"},
    "paid": {"BOOL": True},
    "raw": {"B": b"\x00"},
    "tags": {"SS": ["a", "b"]},
    "sizes": {"NS": ["1", "2"]},
    "lines": {"L": [{"M": {"n": {"N": "1"}}}]},
    "mixed": {"L": [{"S": "a"}, {"N": "1"}]},
    "nested": {"M": {"a": {"L": []}}},
    "gone": {"NULL": True},
    "sometimes": {"N": "1"},
    "class": {"S": "x"},
    "my-attr": {"S": "y"},
    "_entity": {"S": "order"},
    "copy": {"S": "z"},
    "expires": {"N": "1790000000"},
    "1st": {"S": 'quote " and \\ and ${x}'},
}
OTHER: dict[str, Any] = {
    "pk": {"S": "c2"},
    "sk": {"N": "2"},
    "sometimes": {"S": "text"},
    "day": {"NULL": True},
    "odd\nname\"'": {"S": "x"},
}


@pytest.fixture
async def client(dynamodb: LocalDynamoDB) -> AsyncIterator[Any]:
    session = aioboto3.Session("testing", "testing", region_name="us-east-1")
    async with session.client("dynamodb", endpoint_url=dynamodb.endpoint_url) as client:
        yield client


async def make(client: Any, *items: dict[str, Any]) -> None:
    await client.create_table(
        TableName="shop-orders",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": kind}
            for name, kind in (("pk", "S"), ("sk", "N"), ("status", "S"), ("class", "S"))
        ],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-status",
                "KeySchema": [{"AttributeName": "status", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["price", "unseen"]},
            }
        ],
        LocalSecondaryIndexes=[
            {
                "IndexName": "by_class",
                "KeySchema": [
                    {"AttributeName": "pk", "KeyType": "HASH"},
                    {"AttributeName": "class", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        DeletionProtectionEnabled=True,
    )
    await client.update_time_to_live(
        TableName="shop-orders", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )
    for item in items:
        await client.put_item(TableName="shop-orders", Item=item)


def model_of(found: ImportedModel, name: str = "ShopOrders") -> type[Model]:
    module = ModuleType("imported")
    sys.modules["imported"] = module
    try:
        exec(compile(found.source, "imported.py", "exec"), module.__dict__)
    finally:
        del sys.modules["imported"]
    model: type[Model] = module.__dict__[name]
    return model


async def test_items_are_read_back_and_written_as_they_were(mapper: Mapper, client: Any) -> None:
    """Each item of the sample, stored again by the model, is the item that it was."""
    await make(client, ITEM, OTHER)
    found = await import_model(mapper, "shop-orders")
    assert found.sampled == 2
    model = model_of(found)
    encoded = [plan_of(model).encode(each) async for each in mapper.scan(model)]
    read = {each["pk"]["S"]: each for each in encoded}
    for item in (ITEM, OTHER):
        assert comparable({"M": read[item["pk"]["S"]]}) == comparable({"M": item})


def comparable(value: Any) -> Any:
    """Numbers by their value, sets without an order."""
    ((kind, held),) = value.items()
    if kind == "N":
        return Decimal(held)
    if kind == "L":
        return [comparable(each) for each in held]
    if kind == "M":
        return {name: comparable(each) for name, each in held.items()}
    return {kind: sorted(held) if kind in ("SS", "NS") else held}


def put_back(found: ImportedModel, items: list[dict[str, Any]]) -> list[Any]:
    """Read items by the imported model, and give what it would store."""
    plan = plan_of(model_of(found))
    return [comparable({"M": plan.encode(plan.decode(item))}) for item in items]


def mapped(**held: Any) -> dict[str, Any]:
    return {"M": held}


HOME = mapped(street={"S": "a"}, zip={"NULL": True}, at=mapped(x={"N": "1"}, y={"N": "2.5"}))
WORK = mapped(street={"S": "b"}, zip={"S": "1"}, at=mapped(x={"N": "2"}))
LINES = [mapped(n={"N": "1"}, Lines={"S": "t"}), mapped(n={"N": "2"}, Lines={"S": "u"})]
MAPS: list[dict[str, Any]] = [
    {
        "pk": {"S": "c1"},
        "sk": {"N": "1"},
        "address": HOME,
        "Address": {"S": "text"},
        "lines": {"L": LINES},
        "grid": {"L": [{"L": [mapped(v={"N": "1"})]}]},
        "by_id": mapped(a={"N": "1"}),
        "odd": mapped(**{"a b": {"N": "1"}}),
        "any": mapped(model_dump={"S": "x"}, _hidden={"S": "y"}),
        "decimal": mapped(value={"N": "1.5"}),
    },
    {
        "pk": {"S": "c2"},
        "sk": {"N": "2"},
        "address": WORK,
        "lines": {"L": LINES[:1]},
        "grid": {"L": [{"L": []}, {"L": [mapped(v={"NULL": True})]}]},
        "by_id": mapped(b={"N": "1"}),
        "odd": mapped(**{"a b": {"N": "2"}}),
        "any": mapped(model_dump={"S": "x"}, _hidden={"S": "z"}),
        "decimal": mapped(value={"N": "2"}),
    },
    {"pk": {"S": "c3"}, "sk": {"N": "3"}, "by_id": mapped(c={"N": "1"}), "address": mapped()},
]


async def test_maps_that_are_alike_are_parts(mapper: Mapper, client: Any, tmp_path: Path) -> None:
    """They have a class, also in lists and in one another; others stay dicts; nothing changes when stored."""
    await make(client, *MAPS)
    found = await import_model(mapper, "shop-orders")
    assert put_back(found, MAPS) == [comparable({"M": item}) for item in MAPS]
    for line in (
        'class At(Model, extra="allow"):\n    x: Attr[int | None] = field(default=None)\n',
        "    at: Attr[At | None] = field(default=None)\n",
        "    address: Attr[Address | None] = field(default=None)\n",
        "    Address_: Attr[str | None] = field(default=None, attribute='Address')\n",
        "    lines: Attr[list[Line] | None] = field(default=None)\n",
        "    grid: Attr[list[list[Grid]] | None] = field(default=None)\n",
        "    v: Attr[int | None] = field(default=None, stored_as=Null)\n",
        "    # 'zip' is NULL in some and missing in others, and kept as it is, without a field.\n",
        "    by_id: Attr[dict[str, Any] | None] = field(default=None)\n",
        "    odd: Attr[dict[str, Any] | None] = field(default=None)\n",
    ):
        assert line in found.source, found.source
    await accepted_by_checkers(found, tmp_path)


PARTS = st.recursive(
    st.sampled_from([{"S": "a"}, {"N": "1"}, {"N": "1.5"}, {"NULL": True}, {"BOOL": False}, {"SS": ["a"]}]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda held: {"L": held}),
        st.dictionaries(st.sampled_from(["a", "b", "class", "_a", "a_", "A", "key", "dict"]), inner).map(
            lambda held: {"M": held}
        ),
    ),
    max_leaves=8,
)


@given(
    st.lists(
        st.dictionaries(st.sampled_from(["a", "A", "class", "Null", "x y", "x_y", '"\n#']), PARTS),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=60)
def test_whatever_is_sampled_is_stored_as_it_was(drawn: list[dict[str, Any]]) -> None:
    """Any mixture of maps, lists and NULL, under names of any kind, is read and stored without a change."""
    items = [{"pk": {"S": f"c{number}"}, "sk": {"N": "1"}, **item} for number, item in enumerate(drawn)]
    table = {
        "TableName": "shop-orders",
        "TableStatus": "ACTIVE",
        "KeySchema": [
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "N"},
        ],
    }
    text = ModelText(
        deployed_from_wire(table, {}), "shop-orders", infer(items, {"pk": "S", "sk": "N"})
    ).text()
    found = ImportedModel(text, len(items))
    assert put_back(found, items) == [comparable({"M": item}) for item in items], text


async def test_the_plan_of_an_imported_model_is_empty(mapper: Mapper, client: Any) -> None:
    """Keys, indexes, projections, time to live and settings are those of the table."""
    await make(client, ITEM)
    plan = await plan_tables(mapper, model_of(await import_model(mapper, "shop-orders")))
    assert plan.is_empty, str(plan)
    assert not {"billing", "stream", "deletion_protection", "time_to_live"} & set(plan.tables[0].unmanaged)


async def test_checkers_take_the_text(mapper: Mapper, client: Any, tmp_path: Path) -> None:
    """It passes mypy --strict, and ruff finds nothing that is not used."""
    await make(client, ITEM, OTHER)
    await accepted_by_checkers(await import_model(mapper, "shop-orders"), tmp_path)


async def accepted_by_checkers(found: ImportedModel, place: Path) -> None:
    path = place / "imported.py"
    path.write_text(found.source)
    for command in (
        ["mypy", "--strict", "--cache-dir", str(place / "cache")],
        ["ruff", "check", "--isolated"],
    ):
        line = [sys.executable, "-m", *command, str(path)]
        done = await asyncio.to_thread(subprocess.run, line, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


GIVEN = [
    TableSettings(
        billing=OnDemand(9, 8),
        index_billing={"by_status": OnDemand(max_write_units=7)},
        warm_throughput=WarmThroughput(13_000, 5_000),
        stream="NEW_AND_OLD_IMAGES",
        encryption=KmsKey(KEY_ARN),
        deletion_protection=True,
        tags={"team": "shop", 'odd "key"': "it's"},
        point_in_time_days=7,
        table_class="STANDARD_INFREQUENT_ACCESS",
        contributor_insights="THROTTLED_KEYS",
        resource_policy={
            "Version": "2012-10-17",
            "Statement": [
                {"Sid": "a long line of text " * 9, "Effect": "Deny", "Condition": {"Null": {"a": True}}}
            ],
        },
        replicas=["eu-west-2", "eu-west-3"],
    ),
    TableSettings(
        billing=Provisioned(5, 6),
        index_billing={"by_status": Provisioned(1, 2)},
        encryption="AWS_MANAGED",
        replicas=["eu-west-2"],
        consistency="STRONG",
        witness="eu-west-3",
    ),
]


@pytest.mark.parametrize("declared", GIVEN, ids=["on-demand", "provisioned"])
async def test_all_settings_are_those_of_the_table(declared: TableSettings, tmp_path: Path) -> None:
    """What a table was given is declared, so that a plan finds nothing to do, and manages all of it."""
    tables = RecordedTables()
    # Strongly consistent tables know no time to live.
    source = TwiceIndexed if declared.consistency else Indexed
    await apply_tables(
        tables,
        await plan_tables(tables, source, settings={source: declared}),
        patience=Patience(sleep=no_pause),
    )
    tables.tags["aws:own"] = "the service's"
    found = await import_model(tables, "orders")
    model = model_of(found, "Orders")
    plan = await plan_tables(tables, model)
    assert plan.is_empty, str(plan)
    without = {"time_to_live"} if declared.consistency else set[str]()
    assert set(plan.tables[0].unmanaged) == set(declared.unmanaged) | without, found.source
    assert "aws:own" not in found.source
    await accepted_by_checkers(found, tmp_path)


async def test_what_is_not_told_is_said() -> None:
    """Settings that may not be asked for are left out, and named in a comment."""

    class Silent(RecordedTables):
        async def send(self, request: Request) -> dict[str, Any]:
            if request.name in ("ListTagsOfResource", "DescribeContributorInsights"):
                raise AccessDenied("no", operation=request.name, code="AccessDeniedException")
            return await super().send(request)

    tables = Silent()
    first = await plan_tables(tables, Indexed, settings={Indexed: TableSettings(billing=OnDemand())})
    await apply_tables(tables, first, patience=Patience(sleep=no_pause))
    found = await import_model(tables, "orders")
    assert "# Not told by the service, and so not declared: contributor_insights, tags.\n" in found.source
    assert (await plan_tables(tables, model_of(found, "Orders"))).is_empty


async def test_an_empty_table_gives_its_keys(mapper: Mapper, client: Any) -> None:
    """Without items, key attributes have the types of the table."""
    await make(client)
    found = await import_model(mapper, "shop-orders", sample=0)
    assert found.sampled == 0
    assert "pk: Attr[str] = partition_key()\n    sk: Attr[Decimal] = sort_key()\n" in str(found)
    assert model_of(found)


async def test_the_command(client: Any, dynamodb: LocalDynamoDB) -> None:
    """The text goes to standard output, and nothing else; a wrong name is a message."""
    await make(client, ITEM)
    ended = await ddbmodel("import-models", "shop-orders", "--endpoint-url", dynamodb.endpoint_url)
    assert ended.code == 0, ended.errors
    assert ended.output.startswith("from __future__ import annotations\n")
    compile(ended.output, "imported.py", "exec")
    ended = await ddbmodel("import-models", "nothing", "--endpoint-url", dynamodb.endpoint_url)
    assert (ended.code, ended.output) == (1, "")
    assert "there is no table 'nothing'" in ended.errors


async def test_what_cannot_be_read_is_refused(mapper: Mapper) -> None:
    """A wrong sample before anything is sent, a wrong name by the service."""
    before = mapper.statistics.requests
    with pytest.raises(ExpressionError, match="0 or more"):
        await import_model(mapper, "orders", sample=-1)
    assert mapper.statistics.requests == before
    with pytest.raises(TableNotFound, match="there is no table 'orders'"):
        await import_model(mapper, "orders")
