"""What every test may use: `engine`, one DynamoDB after the other, and pytest's own tester."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import settings

from tests.conformance.quirks import find_quirk
from tests.engines.engine import Engine
from tests.engines.roster import all_engines, header, present

pytest_plugins = ["pytester"]

ENGINES = all_engines()

# How long an example takes depends on what else the machine does: no test measures time.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


def pytest_report_header() -> Sequence[str]:
    return header(ENGINES)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect a test to fail where its engine is known to lack the behaviour that it shows."""
    for item in items:
        engine = getattr(item, "callspec", None) and item.callspec.params.get("engine")  # type: ignore[attr-defined]
        if not isinstance(engine, Engine):
            continue
        quirk = find_quirk(engine.name, (mark.args[0] for mark in item.iter_markers("behaviour")))
        if quirk is not None:
            reason = f"{quirk.engine}: {quirk.reason}"
            item.add_marker(pytest.mark.xfail(reason=reason, raises=quirk.raises, strict=True))


@pytest.fixture(scope="session", params=present(ENGINES), ids=lambda engine: engine.name)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A DynamoDB; a test that takes it runs once on each."""
    engine: Engine = request.param
    engine.start()
    yield engine
    engine.stop()


@pytest.fixture(autouse=True)
def _living_engine(request: pytest.FixtureRequest) -> None:
    """Start the engine anew before a test if the one before has brought it down."""
    if "engine" in request.fixturenames:
        request.getfixturevalue("engine").revive()
