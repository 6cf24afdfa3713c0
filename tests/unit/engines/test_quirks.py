"""The list of quirks: what it names exists, and an entry that is not true fails the run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conformance import quirks
from tests.conformance.quirks import QUIRKS, Quirk, find_quirk
from tests.engines.roster import all_engines

TESTS = Path(__file__).parents[2]


def test_every_quirk_is_about_a_behaviour_that_a_test_shows() -> None:
    """A quirk whose test is gone is removed."""
    shown = {
        name
        for path in (TESTS / "conformance").rglob("test_*.py")
        for name in re.findall(r"""behaviour\(["'](.+?)["']\)""", path.read_text())
    }
    assert {quirk.behaviour for quirk in QUIRKS} <= shown


def test_every_quirk_is_of_a_known_engine_and_listed_once() -> None:
    """The list has no entry that can never apply."""
    pairs = [(quirk.engine, quirk.behaviour) for quirk in QUIRKS]
    assert len(set(pairs)) == len(pairs)
    assert {engine for engine, _ in pairs} <= {engine.name for engine in all_engines()}


@pytest.mark.parametrize(
    ("name", "behaviours", "found"),
    [
        ("moto", ["numbers"], True),
        ("moto", ["other", "numbers"], True),
        ("moto", ["other"], False),
        ("moto", [], False),
        ("dynalite", ["numbers"], False),
    ],
)
def test_a_quirk_concerns_its_engine_and_behaviour(
    name: str, behaviours: list[str], found: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An engine is excused for what is listed, and for nothing else."""
    quirk = Quirk("moto", "numbers", "rounds them")
    monkeypatch.setattr(quirks, "QUIRKS", (quirk,))
    assert find_quirk(name, behaviours) == (quirk if found else None)


def test_a_quirk_must_be_true(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A listed test that passes, or fails with another error, fails the run."""
    listed = [Quirk("moto", name, "gets it wrong") for name in ("wrong", "right after all", "breaks")]
    monkeypatch.setattr(quirks, "QUIRKS", tuple(listed))
    pytester.makeconftest("from tests.conftest import pytest_collection_modifyitems")
    pytester.makepyfile(
        """
        import pytest
        from tests.engines.moto import MotoEngine

        moto = pytest.mark.parametrize("engine", [MotoEngine()], ids=["moto"])

        @moto
        @pytest.mark.behaviour("wrong")
        def test_wrong(engine):
            assert False

        @moto
        @pytest.mark.behaviour("right after all")
        def test_right(engine):
            pass

        @moto
        @pytest.mark.behaviour("breaks")
        def test_breaks(engine):
            raise KeyError

        @moto
        @pytest.mark.behaviour("not listed")
        def test_not_listed(engine):
            assert False
        """
    )
    result = pytester.runpytest_inprocess(
        "-W", "ignore", "-o", "markers=behaviour(name): x", "-p", "no:asyncio"
    )
    result.assert_outcomes(xfailed=1, failed=3)
    result.stdout.fnmatch_lines(["*XPASS(strict)*moto: gets it wrong*"])
