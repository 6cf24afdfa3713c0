"""What files of the repository promise each other."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_ci_runs_the_test_command_of_the_readme() -> None:
    """What continuous integration proves is what the README tells users to type."""
    command = re.search(r'^TEST_COMMAND="(.+?)"', (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    assert command is not None
    assert command[1] in (ROOT / "README.md").read_text().splitlines()


def test_every_room_is_in_the_import_contract(project: dict[str, Any]) -> None:
    """CONTRIBUTING draws the layers that the contract checks."""
    (contract,) = (c for c in project["tool"]["importlinter"]["contracts"] if c["type"] == "layers")
    drawn = "".join(f"    {layer}\n" for layer in contract["layers"])
    assert drawn in (ROOT / "CONTRIBUTING.md").read_text()


def test_every_ignored_rule_has_its_reason() -> None:
    """A rule of ruff is ignored with a comment that says why."""
    text = (ROOT / "pyproject.toml").read_text()
    ignored = re.search(r"^ignore = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    assert ignored is not None
    assert [line for line in ignored[1].splitlines() if "# " not in line] == []
