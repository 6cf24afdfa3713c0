"""Runs every check: `python -m tests.checks`, or without the tests: `python -m tests.checks --no-tests`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from tests.checks import docstrings, sizes, traces
from tests.checks.sources import ROOT

Check = TypeVar("Check")

# Arbitrary, and several times what the slowest tool takes on a loaded machine.
TOOL_SECONDS = 600

TOOLS: Mapping[str, Sequence[str]] = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "mypy": ["mypy"],
    "pyright": ["pyright"],
    "import contract": ["lint-imports", "--no-logo"],
    "the site": ["python", "-m", "tests.checks.site", "--strict"],
}
RULES: Mapping[str, Callable[[], Iterator[str]]] = {
    "no registry hosts, no machine paths": traces.problems,
    "short functions and files": sizes.problems,
    "tests say what they show": docstrings.problems,
}
TESTS: Mapping[str, Sequence[str]] = {"pytest": ["pytest"]}


def main(arguments: Sequence[str]) -> int:
    """Run all checks, whatever fails, and sum up.

    Returns:
        How many failed.
    """
    tools = TOOLS if "--no-tests" in arguments else {**TOOLS, **TESTS}
    outcomes = {name: _follows(rule) for name, rule in _announced(RULES)}
    outcomes |= {name: _succeeds(command) for name, command in _announced(tools)}
    print("\n--- summary", flush=True)
    for name, good in outcomes.items():
        print(f"{'ok    ' if good else 'FAILED'}  {name}", flush=True)
    return list(outcomes.values()).count(False)


def _announced(checks: Mapping[str, Check]) -> Iterator[tuple[str, Check]]:
    for name, check in checks.items():
        print(f"\n--- {name}", flush=True)
        yield name, check


def _follows(rule: Callable[[], Iterator[str]]) -> bool:
    found = list(rule())
    print("\n".join(found) or "ok", flush=True)
    return not found


def _succeeds(command: Sequence[str]) -> bool:
    """Run a tool of the environment that this runs in, with all that it starts, for a limited time."""
    scripts = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ.get('PATH', '')}"}
    tool = [str(scripts / command[0]), *command[1:]]
    with subprocess.Popen(tool, cwd=ROOT, env=environment, start_new_session=True) as process:
        try:
            return process.wait(TOOL_SECONDS) == 0
        except subprocess.TimeoutExpired:
            print(f"stopped after {TOOL_SECONDS} seconds", flush=True)
            return False
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
