"""The demonstration, end to end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ddbmodel.testing import LocalDynamoDB
from examples.ecommerce import __main__ as demo
from examples.ecommerce.assemble import Assembler
from examples.ecommerce.console import open_console
from examples.ecommerce.patterns import PATTERNS
from tests.examples.conftest import REPOSITORY, real_data
from tests.examples.rows import row, write_csv

DATA = real_data()
ARGUMENTS = [["--days", "1"]] if DATA is None else [["--days", "1"], ["--data", str(DATA), "--days", "1"]]


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=lambda arguments: arguments[0])
def test_the_demonstration_proves_that_nothing_was_lost(arguments: list[str]) -> None:
    """One day, generated and, where there is one, real: every pattern is shown and the proof holds."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "examples.ecommerce", *arguments],
        cwd=REPOSITORY, capture_output=True, text=True, check=False, encoding="utf-8",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert all(f"{number}. {pattern.title}" in done.stdout for number, pattern in enumerate(PATTERNS, 1))
    assert "Nothing was lost." in done.stdout
    assert "NO" not in done.stdout.split("Proof:")[1].split()
    assert "CC BY 4.0" in done.stdout
    assert "tx.create(order)" in done.stdout  # what a pattern calls is shown with it


def small_day(folder: Path) -> list[str]:
    """Four lines: a sale, a cancellation, and a sale to nobody known."""
    rows = [
        row(),
        row(StockCode="10001"),
        row(InvoiceNo="C2", Quantity="-1"),
        row(InvoiceNo="3", CustomerID=""),
    ]
    return ["--data", str(write_csv(folder / "a.csv", rows)), "--quiet"]


def test_quietly_the_patterns_run_unseen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--quiet leaves the ingest and the proof to see."""
    assert demo.main(small_day(tmp_path)) == 0
    output = capsys.readouterr().out
    assert PATTERNS[0].title not in output
    assert "Nothing was lost." in output


def test_a_failed_proof_is_the_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An item that never arrives makes the run end with 1."""
    items_of = Assembler.items

    def all_but_the_cancellation(self: Assembler, lines: Any) -> Iterator[Any]:
        yield from (item for item in items_of(self, lines) if getattr(item, "invoice_no", "") != "C2")

    monkeypatch.setattr(Assembler, "items", all_but_the_cancellation)
    assert demo.main(small_day(tmp_path)) == 1
    assert "The table does not hold what the files say." in capsys.readouterr().out


def anonymous_day(folder: Path) -> list[str]:
    return ["--data", str(write_csv(folder / "a.csv", [row(CustomerID="")]))]


def bad_row(folder: Path) -> list[str]:
    return ["--data", str(write_csv(folder / "a.csv", [row(Quantity="six")]))]


def other_day(folder: Path) -> list[str]:
    return ["--data", str(write_csv(folder / "a.csv", [row()])), "--day", "2001-01-01"]


def nothing_there(folder: Path) -> list[str]:
    return ["--data", str(folder / "nothing")]


@pytest.mark.parametrize(
    ("arguments_for", "complaint"),
    [
        (nothing_there, "there is no file or folder"),
        (bad_row, "a.csv:2: column Quantity"),
        (other_day, "no invoice line on 2001-01-01"),
        (anonymous_day, "known customer"),
    ],
)
def test_what_stands_in_the_way_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments_for: Any, complaint: str
) -> None:
    """Data that cannot be used ends the run with 2 and a message, not with a traceback."""
    assert demo.main(arguments_for(tmp_path)) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert complaint in error
    assert len(error.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["--days", "0"],
        ["--days", "some"],
        ["--days", "all"],
        ["--day", "yesterday", "--data", "x"],
        ["--day", "2010-12-01"],
        ["--days", "1", "--day", "2010-12-01"],
        ["--data", "x", "--download"],
    ],
)
def test_a_mistaken_command_line_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be meant is refused before anything starts."""
    with pytest.raises(SystemExit) as exit_:
        demo.parse_arguments(arguments)
    assert exit_.value.code == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize(("flags", "left"), [([], 0), (["--keep-tables"], 1)])
async def test_on_an_engine_of_yours_the_table_is_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: list[str], left: int
) -> None:
    """Its table has a name of its own, and is deleted in the end unless it is to be kept."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    async with LocalDynamoDB() as dynamodb, dynamodb.client() as client:
        await client.create_table(
            TableName="shop",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        options = demo.parse_arguments(
            [*small_day(tmp_path), "--endpoint-url", dynamodb.endpoint_url, *flags]
        )
        assert await demo.demonstrate(options, open_console())
        names = (await client.list_tables())["TableNames"]
    assert "shop" in names
    assert len([name for name in names if name != "shop"]) == left
