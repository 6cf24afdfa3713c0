"""`ddbmodel dump`, `load` and `backup`: what they print, and their exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ddbmodel import Backups, Mapper
from ddbmodel.operations import DeleteTable
from ddbmodel.testing import LocalDynamoDB
from tests.unit.admin.dumping import fill, item, make_table, stored
from tests.unit.cli.test_ingest import Ended, ddbmodel

pytest.importorskip("typer")


@pytest.fixture
async def old(mapper: Mapper) -> None:
    """A table of 20 items."""
    await make_table(mapper, "old")
    await fill(mapper, "old", [item(n) for n in range(20)])


async def test_a_table_goes_to_a_folder_and_back(
    tmp_path: Path, dynamodb: LocalDynamoDB, mapper: Mapper, old: None
) -> None:
    """Reports go to standard output, progress to standard error; what is refused has the code 2."""
    url, folder = ["--endpoint-url", dynamodb.endpoint_url], str(tmp_path / "d")
    dumped = await ddbmodel("dump", "old", folder, "--json", *url)
    assert (dumped.code, json.loads(dumped.output)["items"]) == (0, 20), dumped.errors
    assert "20 of about 20 items" in dumped.errors
    refused = await ddbmodel("load", folder, *url)
    assert (refused.code, refused.output) == (2, "")
    assert "table 'old' is not empty" in refused.errors
    protected = await ddbmodel("load", folder, "--overwrite", *url)
    assert protected.code == 2
    assert "could not be restored" in protected.errors
    assert "Traceback" not in refused.errors + protected.errors
    for more in (
        ["--overwrite", "--without-recovery-point"],
        ["--table", "new", "--create", "--write-units", "1000"],
    ):
        loaded = await ddbmodel("load", folder, "--quiet", *more, *url)
        assert (loaded.code, loaded.errors) == (0, "")
        assert loaded.output.startswith("20 items of ")
    assert await stored(mapper, "new") == await stored(mapper, "old")


async def test_backups_are_made_shown_restored_and_deleted(
    dynamodb: LocalDynamoDB, mapper: Mapper, old: None
) -> None:
    """Each with its line or JSON; the last way back is only deleted when told."""
    url = ["--endpoint-url", dynamodb.endpoint_url]

    async def backup(*arguments: str) -> Ended:
        ended = await ddbmodel("backup", *arguments, *url)
        assert "Traceback" not in ended.errors
        return ended

    made = await backup("create", "old", "by-hand", "--json")
    assert made.code == 0, made.errors
    arn = json.loads(made.output)["arn"]
    run = await backup("run", "old", "--daily", "2")
    assert (run.code, run.output.startswith("old: ddbmodel-daily-")) == (0, True), run.errors
    listed = await backup("list", "old", "--json")
    assert len(json.loads(listed.output)) == 2
    assert arn in (await backup("list")).output
    assert (await backup("describe", arn)).output.rstrip().endswith(arn)
    restored = await backup("restore", arn, "new", "--verify", "--json")
    assert json.loads(restored.output)["comparison"]["found"] == 20, restored.errors
    assert await stored(mapper, "new") == await stored(mapper, "old")
    assert (await backup("delete", arn)).code == 0
    last = [one.arn async for one in Backups(mapper).list("old")]
    refused = await backup("delete", *last)
    assert refused.code == 2
    assert "could not be restored" in refused.errors
    await mapper.send(DeleteTable("old"))
    gone = await backup("delete", *last)
    assert "this backup may be all that is left" in gone.errors
    assert (await backup("delete", *last, "--without-recovery-point")).code == 0
    assert [one async for one in Backups(mapper).list("old")] == []


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["backup", "restore", "old", "new"], "by its ARN"),
        (
            ["backup", "restore", "old", "new", "--latest", "--at", "2026-01-01T00:00:00Z"],
            "exclude each other",
        ),
        (["backup", "run", "old"], "a name has no policy"),
        (["backup", "create", "none", "by-hand"], "none"),
        (["backup", "create", "no.module:Order", "by-hand"], "there is no module"),
        (["dump", "none", "folder"], "none"),
        (["load", "nowhere"], "there is no dump here"),
    ],
)
async def test_mistakes_are_told(
    tmp_path: Path, dynamodb: LocalDynamoDB, arguments: list[str], text: str
) -> None:
    """In one sentence, without a traceback, with the code 2."""
    named = [str(tmp_path / one) if one in ("folder", "nowhere") else one for one in arguments]
    ended = await ddbmodel(*named, "--endpoint-url", dynamodb.endpoint_url)
    assert ended.code == 2
    assert text in ended.errors
    assert "Traceback" not in ended.errors
