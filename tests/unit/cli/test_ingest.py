"""`ddbmodel ingest`: what it prints, and its exit code."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ddbmodel import Mapper
from ddbmodel.testing import LocalDynamoDB
from tests.checks.sources import ROOT
from tests.engines.s3 import MotoS3
from tests.unit.ingest.ingesting import Line, letters, line, write_json_lines

pytest.importorskip("typer")

MODEL = "tests.unit.ingest.ingesting:Line"


@dataclass
class Ended:
    """A program that has ended."""

    code: int | None
    output: str
    errors: str


async def ddbmodel(*arguments: str | Path, typed: str = "") -> Ended:
    credentials = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": "us-east-1",
    }
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "ddbmodel.cli", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **credentials, "AWS_DEFAULT_REGION": "us-east-1", "COLUMNS": "200"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate(typed.encode())
    return Ended(process.returncode, output.decode(), errors.decode())


async def test_a_file_is_ingested(tmp_path: Path, dynamodb: LocalDynamoDB, mapper: Mapper) -> None:
    """With every row in the table, the report is JSON, progress goes to standard error, and the code is 0."""
    await mapper.create_table(Line)
    path = tmp_path / "a.csv"
    path.write_text("Key,sk,total,colour\n" + "".join(f"p,{number},1.5,red\n" for number in range(60)))
    ended = await ddbmodel(
        *["ingest", MODEL, path, "--endpoint-url", dynamodb.endpoint_url, "--column", "pk=Key"],
        *["--ignore-unknown", "--checkpoint", tmp_path / "place", "--json", "--write-units", "10000"],
    )
    assert (ended.code, json.loads(ended.output)["written"]) == (0, 60), ended.errors
    assert "100.0%, 60 rows" in ended.errors
    assert await mapper.scan(Line).count() == 60


async def test_failed_rows_make_the_code_1(tmp_path: Path, dynamodb: LocalDynamoDB, mapper: Mapper) -> None:
    """From standard input: good rows are written, bad ones set aside, and the report names them."""
    await mapper.create_table(Line)
    typed = "".join(f"{json.dumps(row)}\n" for row in [line(0), {**line(1), "sk": "x"}, line(2)])
    bad = tmp_path / "bad.jsonl"
    ended = await ddbmodel(
        *["ingest", MODEL, "-", "--format", "json-lines", "--endpoint-url", dynamodb.endpoint_url, "--quiet"],
        *["--dead-letters", bad],
        typed=typed,
    )
    assert ended.code == 1, ended.errors
    assert "3 rows read: 2 valid, 1 invalid" in ended.output
    assert "line 2: $.sk: Input should be a valid integer" in ended.output
    assert ended.errors == ""
    assert [one["line"] for one in letters(bad)] == [2]
    assert await mapper.scan(Line).count() == 2


async def test_csv_of_other_forms_is_read(tmp_path: Path, dynamodb: LocalDynamoDB, mapper: Mapper) -> None:
    """Another delimiter, the number of the line as a column, empty text, and a rate that begins slowly."""
    await mapper.create_table(Line)
    path = tmp_path / "a.csv"
    path.write_text("pk;total;note\np;1.5;\np;2.5;x\n")
    options = ["--delimiter", ";", "--line-column", "sk", "--empty-as-text", "--quiet"]
    ended = await ddbmodel("ingest", MODEL, path, *options, "--dry-run")
    assert ended.code == 0, ended.errors
    ended = await ddbmodel(
        *["ingest", MODEL, path, "--endpoint-url", dynamodb.endpoint_url, *options],
        *["--ramp", "--write-units", "50"],
    )
    assert ended.code == 0, ended.errors
    found = [(one.sk, one.note) async for one in mapper.query(Line).where(Line.pk == "p")]
    assert found == [(2, ""), (3, "x")]


async def test_a_dry_run_sends_nothing(tmp_path: Path) -> None:
    """It validates and weighs without a connection; a bad row makes the code 1."""
    path = write_json_lines(tmp_path / "a.jsonl", [line(number) for number in range(100)])
    arguments = [
        "ingest",
        MODEL,
        path,
        "--dry-run",
        "--endpoint-url",
        "http://127.0.0.1:9",
        "--write-units",
        "10",
    ]
    ended = await ddbmodel(*arguments, "--json")
    plan: dict[str, Any] = json.loads(ended.output)
    assert (ended.code, plan["units"], plan["seconds"]) == (0, 100, 10.0)
    write_json_lines(path, [line(0), "{"])
    ended = await ddbmodel(*arguments)
    assert (ended.code, "2 rows: 1 valid, 1 invalid; nothing was sent" in ended.output) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing", "a.jsonl"], "name a model as module:Model"),
        (["nothing:Order", "a.jsonl"], "there is no module 'nothing'"),
        (["json:dumps", "a.jsonl"], "no subclass of ddbmodel.Model"),
        (["json:Order", "a.jsonl"], "json has no 'Order'"),
        ([MODEL, "missing.jsonl"], "missing.jsonl: No such file"),
        ([MODEL, "missing.dat"], "missing.dat: No such file"),
        ([MODEL, "-"], "pass format= (--format)"),
        ([MODEL, "missing.csv", "--column", "pk"], "FIELD=COLUMN"),
        ([MODEL, "missing.jsonl", "--format", "json-lines", "--delimiter", ";"], "are for CSV"),
        ([MODEL, "missing.csv", "--delimiter", ";;"], "delimiter is one character"),
    ],
)
async def test_what_cannot_be_done_makes_the_code_2(arguments: list[str], message: str) -> None:
    """The error is one line on standard error, without a traceback."""
    ended = await ddbmodel("ingest", *arguments, "--dry-run")
    assert ended.code == 2
    assert message in ended.errors
    assert "Traceback" not in ended.errors
    assert ended.output == ""


async def test_an_object_of_s3_is_ingested(tmp_path: Path, dynamodb: LocalDynamoDB, mapper: Mapper) -> None:
    """Its URL stands where a file's name does, in a dry run too; an object that is missing is code 2."""
    await mapper.create_table(Line)
    s3 = MotoS3()
    s3.start()
    try:
        path = write_json_lines(tmp_path / "a.jsonl", [line(number) for number in range(20)])
        url = s3.put("cli/a.jsonl", path.read_bytes())
        common = ["--s3-endpoint-url", s3.url, "--endpoint-url", dynamodb.endpoint_url, "--json", "--quiet"]
        dry = await ddbmodel("ingest", MODEL, url, "--dry-run", *common)
        assert (dry.code, json.loads(dry.output)["valid"]) == (0, 20)
        assert not [one async for one in mapper.scan(Line)]
        ended = await ddbmodel("ingest", MODEL, url, *common)
        assert (ended.code, json.loads(ended.output)["written"]) == (0, 20)
        missing = await ddbmodel("ingest", MODEL, "s3://exports/none.jsonl", *common)
        assert missing.code == 2
        told = json.loads(missing.errors)
        assert told["message"] == "s3://exports/none.jsonl: there is no such object: check bucket and key"
    finally:
        s3.stop()


async def test_a_ramp_needs_a_rate() -> None:
    """There is nothing to lead up to without one."""
    ended = await ddbmodel("ingest", MODEL, "missing.csv", "--ramp")
    assert (ended.code, "--write-units" in ended.errors) == (2, True)
