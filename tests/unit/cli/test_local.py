"""`ddbmodel local`: an embedded DynamoDB with tables and data, until Ctrl+C."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from ddbmodel import Mapper
from tests.unit.cli.bills import Bill
from tests.unit.cli.running import run, started

MODEL = "tests.unit.cli.bills:Bill"


async def test_it_serves_until_it_is_interrupted(tmp_path: Path) -> None:
    """It prints where it listens, with tables and rows in it; Ctrl+C ends it with 0."""
    rows = tmp_path / "bills.csv"
    rows.write_text("shop,number,total\na,1,5\na,2,6\n")
    process = await started("local", MODEL, "--load", f"{rows}:{MODEL}", "--json")
    assert process.stdout is not None
    said = json.loads(await process.stdout.readline())
    assert (said["tables"], said["rows"]) == (["bills"], {str(rows): 2})
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    async with Mapper.connect(endpoint_url=said["endpoint_url"], region_name="us-east-1", **keys) as mapper:
        assert await mapper.scan(Bill).count() == 2
    process.send_signal(signal.SIGINT)
    _, errors = await process.communicate()
    assert (process.returncode, errors) == (0, b"")


async def test_the_environment_is_printed() -> None:
    """For a shell it prints `export` lines, of which the endpoint is one."""
    process = await started("local")
    assert process.stdout is not None
    lines = [(await process.stdout.readline()).decode() for _ in range(6)]
    process.send_signal(signal.SIGTERM)
    rest, _ = await process.communicate()
    assert lines[0].startswith("DynamoDB listens at http://127.0.0.1:")
    assert lines[1].startswith("export AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:")
    assert (process.returncode, rest) == (0, b"ended\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["nowhere:Bill"], "there is no module 'nowhere'", id="no module"),
        pytest.param(["--load", "rows.csv"], "it takes FILE:module:Model", id="no model of a file"),
        pytest.param(["--load", f"missing.csv:{MODEL}"], "missing.csv", id="no file"),
    ],
)
async def test_mistakes(arguments: list[str], message: str) -> None:
    """What cannot be made or loaded is said in one line, and the code is 2."""
    ended = await run("local", *arguments)
    assert ended.code == 2, ended.errors
    assert message in ended.errors
    assert "Traceback" not in ended.errors
