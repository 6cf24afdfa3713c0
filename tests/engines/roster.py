"""Which engines take part in a run, and why others do not."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from tests.engines.dynalite import DynaliteEngine
from tests.engines.endpoints import VARIABLE, named_endpoints
from tests.engines.engine import Engine
from tests.engines.ministack import MinistackEngine
from tests.engines.moto import MotoEngine


def all_engines() -> Sequence[Engine]:
    """Every engine that these tests know, in the order of the tests."""
    return [MotoEngine(), DynaliteEngine(), MinistackEngine(), *named_endpoints(os.environ.get(VARIABLE, ""))]


def present(engines: Iterable[Engine]) -> Sequence[Engine]:
    """Those that can take part."""
    return [engine for engine in engines if engine.absence() is None]


def header(engines: Iterable[Engine]) -> Sequence[str]:
    """What pytest says of them at its beginning."""
    absences = {engine.name: engine.absence() for engine in engines}
    lines = ["engines: " + ", ".join(name for name, absence in absences.items() if absence is None)]
    lines += [f"no {name}: {absence}" for name, absence in absences.items() if absence is not None]
    return lines
