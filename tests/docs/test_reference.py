"""The pages of the reference against the code: limits, commands, configuration, and the API."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import ddbmodel
from ddbmodel import limits
from tests.docs import commands

_ROOT = Path(__file__).parents[2]
_REFERENCE = _ROOT / "docs" / "reference"


def test_every_limit_is_told() -> None:
    """The page has each limit with its value, and each source."""
    text = (_REFERENCE / "limits.md").read_text()
    told = dict(re.findall(r"^\| `(\w+)` \| (-?[\d,]+) \|", text, re.MULTILINE))
    known = {
        name: value for name, value in vars(limits).items() if name.isupper() and name not in ("KB", "MB")
    }
    assert {name: int(value.replace(",", "")) for name, value in told.items()} == known
    sources = re.findall(r"# Source: (\S+)", Path(limits.__file__).read_text())
    assert [source for source in sources if source not in text] == []


def test_every_command_is_told() -> None:
    """The page is what the program says of itself; `python -m tests.docs.commands` writes it anew."""
    assert commands.PAGE.read_text() == commands.page()


def test_every_public_name_is_in_the_api() -> None:
    """Each public name is on one page of the API, once."""
    pages = (_REFERENCE / "api").glob("*.md")
    named = [
        name for page in pages for name in re.findall(r":: ddbmodel\.(\w+)$", page.read_text(), re.MULTILINE)
    ]
    assert sorted(named) == sorted(ddbmodel.__all__)


def test_every_extra_is_told() -> None:
    """The page of configuration names each extra that users can ask for."""
    text = (_REFERENCE / "configuration.md").read_text()
    extras = tomllib.loads((_ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert [name for name in extras if name not in ("dev", "test", "docs") and f"`{name}`" not in text] == []
