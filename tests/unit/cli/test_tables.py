"""`ddbmodel plan`, `apply` and `describe`: what they print, and their exit codes."""

from __future__ import annotations

import json

import pytest

from ddbmodel import Mapper
from ddbmodel.testing import LocalDynamoDB
from tests.unit.admin.table_models import Indexed
from tests.unit.cli.test_ingest import Ended
from tests.unit.cli.test_ingest import ddbmodel as run

INDEXED = "tests.unit.admin.table_models:Indexed"
PLAIN = "tests.unit.admin.table_models:Plain"


async def ddbmodel(dynamodb: LocalDynamoDB, *arguments: str) -> Ended:
    return await run(*arguments, "--endpoint-url", dynamodb.endpoint_url)


async def test_a_plan_has_code_2_until_it_is_applied(dynamodb: LocalDynamoDB) -> None:
    """For CI: 2 says that there is something to do, 0 that there is nothing."""
    ended = await ddbmodel(dynamodb, "plan", INDEXED)
    assert (ended.code, ended.errors) == (2, "")
    assert (
        "table orders\n  + table: key customer (S), number (N); on demand; indexes by_status" in ended.output
    )
    ended = await ddbmodel(dynamodb, "apply", INDEXED, "--json")
    assert (ended.code, json.loads(ended.output)["empty"]) == (0, True), ended.errors
    assert "table orders: + time_to_live: expires" in ended.errors
    ended = await ddbmodel(dynamodb, "plan", INDEXED, "--json")
    assert (ended.code, json.loads(ended.output)["tables"][0]["changes"]) == (0, [])


async def test_an_index_is_deleted_only_if_it_is_named(dynamodb: LocalDynamoDB, mapper: Mapper) -> None:
    """Without its name the code is 1, the message has the remedy, and there is no traceback."""
    await mapper.create_table(Indexed)
    ended = await ddbmodel(dynamodb, "apply", PLAIN)
    assert (ended.code, ended.output) == (1, "")
    assert "index 'by_status' would be deleted" in ended.errors
    assert "Traceback" not in ended.errors
    ended = await ddbmodel(dynamodb, "apply", PLAIN, "--delete-index", "by_status")
    assert ended.code == 0, ended.errors


async def test_a_table_is_described(dynamodb: LocalDynamoDB, mapper: Mapper) -> None:
    """Keys, indexes and settings, as lines or as JSON."""
    await mapper.create_table(Indexed)
    ended = await ddbmodel(dynamodb, "describe", "orders")
    assert ended.code == 0, ended.errors
    assert "key: customer (S), number (N)" in ended.output
    assert "time_to_live: expires" in ended.output
    ended = await ddbmodel(dynamodb, "describe", "orders", "--json")
    assert json.loads(ended.output)["index by_status"].endswith("projects INCLUDE place, ACTIVE")
    ended = await ddbmodel(dynamodb, "describe", "nothing")
    assert (ended.code, ended.errors.strip()) == (1, "there is no table 'nothing'")


@pytest.mark.parametrize("format_name", ["cloudformation", "terraform"])
async def test_a_design_is_emitted_without_connecting(format_name: str) -> None:
    """No region, no endpoint, no table: it is what the models say."""
    ended = await run("plan", INDEXED, "--format", format_name, "--table-prefix", "live-")
    assert ended.code == 0, ended.errors
    assert "live-orders" in json.dumps(json.loads(ended.output))


@pytest.mark.parametrize(
    ("target", "words"), [("nothing:Model", "no module 'nothing'"), ("json:dumps", "neither a subclass")]
)
async def test_a_wrong_name_is_a_message(target: str, words: str) -> None:
    """The code is 1, and nothing is printed but what is wrong."""
    ended = await run("plan", target)
    assert (ended.code, ended.output) == (1, "")
    assert words in ended.errors
    assert "Traceback" not in ended.errors
