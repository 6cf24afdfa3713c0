"""The suite that the page about testing shows, run as its reader would."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

_PAGE = Path(__file__).parents[2] / "docs" / "testing.md"
_FILE = re.compile(r"^```(?:py|toml)\n# (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_suite_of_the_page_passes(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its files, outside of this repository and without AWS settings, pass on two workers."""
    for name in ("AWS_ENDPOINT_URL_DYNAMODB", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    files = _FILE.findall(_PAGE.read_text())
    assert [name for name, _ in files] == [
        "shop.py",
        "pyproject.toml",
        "tests/conftest.py",
        "tests/test_shop.py",
    ]
    for name, text in files:
        path = pytester.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    passing = files[-1][1].count("def test_")
    pytester.runpytest_subprocess("-n", "2").assert_outcomes(passed=passing)


def test_the_page_names_the_fixtures(pytester: pytest.Pytester) -> None:
    """The table has the fixtures that pytest lists as the plugin's."""
    listed = pytester.runpytest_subprocess("--fixtures", "-q").outlines
    ours = [line.split()[0] for line in listed if re.search(r"-- .*ddbmodel/testing/\w+\.py:\d+$", line)]
    named = re.findall(r"^\| `(\w+)` \| (?:test|session) \|", _PAGE.read_text(), re.MULTILINE)
    assert sorted(named) == sorted(ours)
    assert "mapper" in named
