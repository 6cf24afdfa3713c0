"""`ddbmodel query`, `explain` and `migrate`: what they print, and their exit codes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from ddbmodel import Backups, Mapper
from ddbmodel.testing import LocalDynamoDB
from tests.unit.cli.bills import Bill, Place
from tests.unit.cli.running import run

MODEL = "tests.unit.cli.bills:Bill"


@pytest.fixture
async def bills(mapper: Mapper) -> AsyncIterator[Mapper]:
    """A mapper with four bills."""
    await mapper.create_table(Bill)
    for number in range(1, 5):
        placed = datetime(2026, 1, number, tzinfo=UTC)
        bill = Bill(shop="s 1", number=number, total=10 * number, placed_at=placed)
        bill.place = Place(city=f"Cork {number}", floor=number)
        bill.lines, bill.labels = [bill.place], {"a key": number}
        await mapper.put(bill)
    yield mapper
    await mapper.delete_table(Bill)


@pytest.mark.parametrize(
    ("expression", "options", "numbers"),
    [
        pytest.param('shop="s 1"', [], [1, 2, 3, 4], id="quoted"),
        pytest.param("shop='s 1' number>2", [], [3, 4], id="sort key"),
        pytest.param("shop='s 1' and number=2..3", [], [2, 3], id="range"),
        pytest.param("shop='s 1' total!=20", ["--limit", "2"], [1, 3], id="filter and limit"),
        pytest.param("shop='s 1'", ["--backward", "--limit", "1"], [4], id="backward"),
        pytest.param("shop='s 1' placed_at>=2026-01-03", [], [3, 4], id="a date"),
        pytest.param("status=open number<=1", ["--index", "by_status"], [1], id="an index"),
        pytest.param("shop='s 1' status^=op number=3", [], [3], id="begins with"),
        pytest.param("shop=other", [], [], id="nothing"),
        pytest.param("shop='s 1' place.city='Cork 2'", [], [2], id="a field of a part"),
        pytest.param("shop='s 1' lines[0].floor>=3", [], [3, 4], id="a part in a list, by number"),
        pytest.param("""shop='s 1' labels["a key"]=1..2""", [], [1, 2], id="an entry of a map"),
    ],
)
async def test_query(
    bills: Mapper, dynamodb: LocalDynamoDB, expression: str, options: list[str], numbers: list[int]
) -> None:
    """The items come out in order, each a line of JSON."""
    ended = await run("query", MODEL, expression, *options, "--json", "--endpoint-url", dynamodb.endpoint_url)
    assert (ended.code, ended.errors) == (0, "")
    assert [json.loads(row)["number"] for row in ended.output.splitlines()] == numbers


async def test_a_table_is_printed(bills: Mapper, dynamodb: LocalDynamoDB) -> None:
    """Without --json it is a table, of the selected fields only, and what looks like markup stays text."""
    await bills.put(Bill(shop="[red]x", number=1, total=5))
    ended = await run(
        *["query", MODEL, "shop=[red]x", "--select", "shop,total", "--endpoint-url", dynamodb.endpoint_url]
    )
    assert ended.code == 0, ended.errors
    assert "[red]x" in ended.output
    assert "total" in ended.output
    assert "placed_at" not in ended.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["shop"], "no condition at character 1", id="no operator"),
        pytest.param(["shop=a b"], "no condition at character 8", id="a value in two words"),
        pytest.param(["colour=red"], "no field 'colour'; it has shop, number", id="no field"),
        pytest.param(["shop=a number=x"], "Bill.number: the value is none of its type", id="no number"),
        pytest.param(["total=3"], "a query never becomes a scan", id="no path"),
        pytest.param(["shop=a number>=1..2"], "goes with =", id="a range with another operator"),
        pytest.param([""], "give conditions such as", id="nothing"),
        pytest.param(["number=__import__('os')"], "the value is none of its type", id="code"),
        pytest.param(
            ["shop=a", "--index", "by_shop"], "no index 'by_shop'; there are primary, by_status", id="index"
        ),
        pytest.param(["shop=a", "--select", "x"], "no field 'x'", id="no such column"),
        pytest.param(["shop=a", "--select", "x y"], "'x y' is no path", id="no path to a column"),
        pytest.param(["shop=a place.town=x"], "there is no such field; Place has city, floor", id="no part"),
        pytest.param(["shop=a place.floor=x"], "Bill.place.floor: the value is none", id="no number inside"),
        pytest.param(["shop=a status[0]=x"], "only lists and tuples have elements", id="no list"),
    ],
)
async def test_mistakes(arguments: list[str], message: str) -> None:
    """A mistake is one line that says what to write, without a traceback, before anything is sent; the code is 2."""
    ended = await run("query", MODEL, *arguments, "--endpoint-url", "http://127.0.0.1:9")
    assert ended.code == 2
    assert message in ended.errors
    assert "Traceback" not in ended.errors


async def test_select_inside_of_parts(bills: Mapper, dynamodb: LocalDynamoDB) -> None:
    """Only what is selected is read and shown, also inside of parts."""
    ended = await run(
        *["query", MODEL, "shop='s 1' number=2", "--select", "number,place.city", "--json"],
        *["--endpoint-url", dynamodb.endpoint_url],
    )
    assert ended.code == 0, ended.errors
    assert "Cork 2" in ended.output
    assert "total" not in ended.output


async def test_explain_sends_nothing() -> None:
    """Without a region, credentials or a DynamoDB, it shows the index, the conditions, the request and its cost."""
    nothing = dict.fromkeys(
        ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_DEFAULT_REGION"), ""
    )
    ended = await run("explain", MODEL, "status=open total>5", "--json", **nothing)
    assert ended.code == 0, ended.errors
    shown = json.loads(ended.output)
    assert (shown["index"], shown["key_condition"], shown["filter"]) == (
        "by_status",
        "status = :v0",
        "total > :v1",
    )
    assert shown["request"]["ExpressionAttributeValues"] == {":v0": {"S": "open"}, ":v1": {"N": "5"}}
    assert shown["read_units_max"] == 128
    readable = await run("explain", MODEL, "shop=a", "--limit", "1", **nothing)
    assert "cost: at most 50 read units a page" in readable.output


async def test_migrate(bills: Mapper, dynamodb: LocalDynamoDB) -> None:
    """Old items are rewritten; the report is JSON, and the code is 1 while some are left in an old version."""
    where = ["--endpoint-url", dynamodb.endpoint_url, "--json"]
    async with dynamodb.client() as client:
        old = {"shop": {"S": "old"}, "number": {"N": "1"}, "amount": {"N": "7"}}
        await client.put_item(TableName="bills", Item=old)
        await client.put_item(TableName="bills", Item={**old, "number": {"N": "2"}, "amount": {"S": "x"}})
    dry = await run("migrate", MODEL, "--dry-run", *where)
    assert (dry.code, json.loads(dry.output)["upgraded"]) == (1, 1)
    refused = await run("migrate", MODEL, *where)
    assert (refused.code, refused.output) == (2, "")
    assert "table 'bills' has no point-in-time recovery" in refused.errors
    await Backups(bills).create(Bill, "before")
    ended = await run("migrate", MODEL, "--segments", "2", *where)
    report = json.loads(ended.output)
    assert (ended.code, report["scanned"], report["upgraded"], report["failed"]) == (1, 6, 1, 1)
    assert "total" in report["reasons"][0]
    assert "6 scanned" in ended.errors
    assert await bills.require(Bill, "old", 1) == Bill(shop="old", number=1, total=7)
    async with dynamodb.client() as client:
        await client.delete_item(TableName="bills", Key={"shop": {"S": "old"}, "number": {"N": "2"}})
    assert (await run("migrate", MODEL, "--quiet", *where)).code == 0


async def test_migrate_refuses_models_without_versions(dynamodb: LocalDynamoDB) -> None:
    """There is nothing to upgrade: the remedy is named, and the code is 2."""
    ended = await run("migrate", "tests.unit.ingest.ingesting:Line", "--endpoint-url", dynamodb.endpoint_url)
    assert ended.code == 2
    assert "schema_version=" in ended.errors
