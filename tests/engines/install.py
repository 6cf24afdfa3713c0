"""Installs the engines that need it: `python -m tests.engines.install`. What is installed already stays."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

from tests.engines.dynalite import DynaliteEngine, node_absence
from tests.engines.ministack import MinistackEngine

FAILED = "could not be installed"


def main() -> int:
    """Install what can run on this machine, and say what became of it.

    Returns:
        How many installations failed. An engine that cannot run here is no failure.
    """
    outcomes = {
        DynaliteEngine.name: node_absence() or _outcome(DynaliteEngine().install),
        MinistackEngine.name: _outcome(MinistackEngine().install),
    }
    for name, outcome in outcomes.items():
        print(f"{name}: {outcome}")
    return list(outcomes.values()).count(FAILED)


def _outcome(install: Callable[[], None]) -> str:
    try:
        install()
    except subprocess.CalledProcessError:
        return FAILED
    return "installed"


if __name__ == "__main__":
    sys.exit(main())
