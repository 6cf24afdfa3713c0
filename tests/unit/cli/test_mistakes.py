"""What users get wrong, command by command: an exit code and one line, or one object of JSON, and no traceback."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from ddbmodel.cli.main import main
from ddbmodel.testing import LocalDynamoDB
from tests.unit.cli.running import ENVIRONMENT

pytest.importorskip("typer")

BILL = "tests.unit.cli.bills:Bill"
ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/bills/backup/01489602797149-73d8d5bc"
NOBODY = "http://127.0.0.1:9"  # a port on which nobody listens

# What each command takes to work on a table, and the exit code of its mistakes.
COMMANDS = [
    pytest.param(["plan", BILL], 1, id="plan"),
    pytest.param(["apply", BILL], 1, id="apply"),
    pytest.param(["describe", "bills"], 1, id="describe"),
    pytest.param(["import-models", "bills"], 1, id="import-models"),
    pytest.param(["dump", "bills", "TMP/d"], 2, id="dump"),
    pytest.param(["dump", BILL, "TMP/d"], 2, id="dump of a model"),
    pytest.param(["backup", "create", BILL, "by-hand"], 2, id="backup create"),
    pytest.param(["backup", "list", BILL], 2, id="backup list"),
    pytest.param(["backup", "describe", ARN], 2, id="backup describe"),
    pytest.param(["backup", "delete", ARN], 2, id="backup delete"),
    pytest.param(["backup", "restore", ARN, "new"], 2, id="backup restore"),
    pytest.param(["backup", "run", BILL, "--daily", "1"], 2, id="backup run"),
    pytest.param(["query", BILL, "shop=a"], 2, id="query"),
    pytest.param(["migrate", BILL], 2, id="migrate"),
    pytest.param(["ingest", BILL, "TMP/rows.jsonl"], 1, id="ingest"),
]
OF_MODELS = [
    *[case for case in COMMANDS if BILL in case.values[0]],
    pytest.param(["explain", BILL, "shop=a"], 2, id="explain"),
    pytest.param(["diagram", BILL], 2, id="diagram"),
    pytest.param(["local", BILL], 2, id="local"),
]
# A batch writer waits for most of a minute for the service to come back.
IMPATIENT = [case for case in COMMANDS if case.id != "ingest"]
LOOK_FOR_TABLES = [
    case for case in COMMANDS if case.id not in ("plan", "apply", "backup list") and ARN not in case.values[0]
]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Credentials, and a row to ingest."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "rows.jsonl").write_text('{"shop": "a", "number": 1, "total": 1}\n')


def ended(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, *arguments: str
) -> tuple[object, str]:
    """Run the program; give its exit code, and what it said on standard error."""
    given = [one.replace("TMP", str(tmp_path)) for one in arguments]
    monkeypatch.setattr(sys, "argv", ["ddbmodel", *given])
    with pytest.raises(SystemExit) as raised:
        main()
    errors = capsys.readouterr().err
    assert "Traceback" not in errors
    return raised.value.code, errors


def check_json(errors: str, code: object) -> dict[str, object]:
    """The last line is the object, and says what the exit code is."""
    told: dict[str, object] = json.loads(errors.splitlines()[-1])
    assert set(told) == {"error", "message", "exit_code"}
    assert told["exit_code"] == code
    assert told["message"]
    return told


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize(("arguments", "code"), IMPATIENT)
def test_nobody_answers(  # noqa: PLR0917  # pytest gives them by name
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    arguments: list[str],
    code: int,
    as_json: bool,
) -> None:
    """Each command says that there is no connection, and ends with its code."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    options = ["--endpoint-url", NOBODY, *(["--json"] if as_json else [])]
    found, errors = ended(monkeypatch, capsys, tmp_path, *arguments, *options)
    assert found == code
    assert "no connection to the service" in errors
    if as_json:
        check_json(errors, code)


@pytest.mark.parametrize(
    ("wrong", "text"), [("no_such.module:Bill", "no module"), ("json:dumps", "no subclass")]
)
@pytest.mark.parametrize(("arguments", "code"), OF_MODELS)
def test_there_is_no_such_model(  # noqa: PLR0917  # pytest gives them by name
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    arguments: list[str],
    code: int,
    wrong: str,
    text: str,
) -> None:
    """A module that is not there, and something that is no model, are named; nothing is sent."""
    given = [wrong if one == BILL else one for one in arguments]
    named = 2 if arguments[0] == "ingest" else code  # nothing was begun
    found, errors = ended(monkeypatch, capsys, tmp_path, *given, "--json")
    assert found == named
    told = check_json(errors, named)
    assert told["error"] == "ExpressionError"
    assert text in str(told["message"]) or "neither a subclass" in str(told["message"])


@pytest.mark.parametrize(("arguments", "code"), LOOK_FOR_TABLES)
def test_there_is_no_such_table(  # noqa: PLR0917  # pytest gives them by name
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    dynamodb: LocalDynamoDB,
    arguments: list[str],
    code: int,
) -> None:
    """The table is named, and the JSON has the name of the error."""
    options = ["--endpoint-url", dynamodb.endpoint_url, "--table-prefix", "none-", "--json"]
    found, errors = ended(monkeypatch, capsys, tmp_path, *arguments, *options)
    assert found == code, errors
    told = check_json(errors, code)
    assert "none-bills" in str(told["message"])
    if arguments[0] != "ingest":
        assert told["error"] == "TableNotFound"


@pytest.mark.parametrize(("arguments", "code"), COMMANDS)
def test_there_are_no_credentials(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    arguments: list[str],
    code: int,
) -> None:
    """That is what is said, before anything is sent."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    found, errors = ended(monkeypatch, capsys, tmp_path, *arguments, "--endpoint-url", NOBODY, "--json")
    assert found == code
    assert "credentials" in str(check_json(errors, code)["message"])


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["describe", "bills", "--colour"], "--colour"),
        (["describe"], "issing"),
        (["dump", "bills", "d", "--segments", "x"], "--segments"),
        (["backup", "run", "bills", "--daily", "0"], "--daily"),
        (["plan", BILL, "--format", "x"], "--format"),
        (["nothing"], "nothing"),
        (["backup", "nothing"], "nothing"),
    ],
)
def test_arguments_are_wrong(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    arguments: list[str],
    text: str,
) -> None:
    """The code is 2; with --json it is an object like that of any other error."""
    assert ended(monkeypatch, capsys, tmp_path, *arguments)[0] == 2
    found, errors = ended(monkeypatch, capsys, tmp_path, *arguments, "--json")
    assert found == 2
    told = check_json(errors, 2)
    assert told["error"] == "UsageError"
    assert text in str(told["message"])


def test_json_is_an_option_only_where_it_is_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """After `--` it is an argument, and help is no error."""
    found, errors = ended(monkeypatch, capsys, tmp_path, "describe", "--endpoint-url", "x", "--", "--json")
    assert found == 1
    assert "{" not in errors
    assert ended(monkeypatch, capsys, tmp_path, "describe", "--json", "--help") == (0, "")
