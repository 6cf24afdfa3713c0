"""Which engines take part in a test run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.engines.dynalite import DynaliteEngine, node_absence
from tests.engines.endpoints import EndpointEngine, named_endpoints
from tests.engines.engine import DUMMY_CREDENTIALS
from tests.engines.roster import all_engines, header, present


class _AbsentEngine(EndpointEngine):
    def absence(self) -> str | None:
        return "not installed; here is how"


def test_moto_is_always_there() -> None:
    """A machine with nothing but Python has an engine to test on."""
    assert present(all_engines())[0].name == "moto"


def test_the_header_names_who_is_there_and_why_others_are_not() -> None:
    """pytest's header shows which engines a run proves something about."""
    here, absent = EndpointEngine("here", "http://a"), _AbsentEngine("absent", "http://b")
    assert present([here, absent]) == [here]
    assert header([here, absent]) == ["engines: here", "no absent: not installed; here is how"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("", [], id="none"),
        pytest.param("local=http://127.0.0.1:8000", [("local", "http://127.0.0.1:8000")], id="one"),
        pytest.param(
            " a=http://x:1/ , b=https://y?z=1,",
            [("a", "http://x:1/"), ("b", "https://y?z=1")],
            id="several",
        ),
    ],
)
def test_endpoints_are_read_from_the_environment(
    value: str, expected: Sequence[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """DDBMODEL_TEST_ENDPOINTS adds engines that somebody else runs."""
    monkeypatch.setenv("DDBMODEL_TEST_ENDPOINTS", value)
    named = [engine for engine in all_engines() if isinstance(engine, EndpointEngine)]
    assert [(engine.name, engine.endpoint_url) for engine in named] == expected
    assert all(engine.outlives_tests for engine in named)


@pytest.mark.parametrize("value", ["http://x:1", "a=", "=http://x", "a=x:1", "a=ftp://x"])
def test_endpoints_that_are_none_are_refused(value: str) -> None:
    """A mistake in the variable ends the run: without an error, an engine would be missing in silence."""
    with pytest.raises(ValueError, match="name=url,name=url"):
        list(named_endpoints(value))


@pytest.mark.parametrize(
    ("url", "credentials"),
    [
        ("https://dynamodb.eu-west-1.amazonaws.com", {}),
        ("https://vpce-1.dynamodb.eu-west-1.vpce.amazonaws.com", {}),
        ("http://127.0.0.1:8000", DUMMY_CREDENTIALS),
        ("http://amazonaws.com.example:8000", DUMMY_CREDENTIALS),
    ],
)
def test_only_aws_gets_real_credentials(url: str, credentials: dict[str, str]) -> None:
    """The credentials of whoever runs the tests go to AWS and nowhere else."""
    assert EndpointEngine("x", url).credentials() == credentials


@pytest.mark.parametrize(
    ("version", "absence"),
    [("v20.1.0", None), ("v22.0.0", None), ("v18.20.4", "needs Node 20 or later, and this is v18.20.4")],
)
def test_an_old_node_is_no_node(
    version: str, absence: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """dynalite does not take part where Node is too old for it."""
    for name in ("node", "npm"):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho {version}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert node_absence() == absence


def test_without_node_there_is_no_dynalite(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no Node, the reason says so or that nothing is installed."""
    monkeypatch.setenv("PATH", "")
    assert node_absence() == "needs Node and npm, which are not here"
    assert DynaliteEngine().absence() is not None
