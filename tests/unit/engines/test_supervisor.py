"""Supervised processes: what crashes or hangs is started anew, at the same address."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import ddbmodel.testing
from tests.engines.supervisor import EngineFailed, SupervisedProcess

# The embedded DynamoDB's program keeps to the same protocol as the other engines' programs.
PROGRAM = Path(ddbmodel.testing.__file__).with_name("server.py")


@pytest.fixture
def process() -> Iterator[SupervisedProcess]:
    process = SupervisedProcess(lambda port: [sys.executable, "-P", str(PROGRAM), str(port)])
    process.start()
    yield process
    process.stop()


def _crash(process: SupervisedProcess) -> None:
    assert process._child is not None
    process._child.kill()
    process._child.wait()


def _hang(process: SupervisedProcess) -> None:
    assert process._child is not None
    os.kill(process._child.pid, signal.SIGSTOP)


@pytest.mark.parametrize("harm", [_crash, _hang])
def test_what_is_not_healthy_is_revived(
    process: SupervisedProcess, harm: Callable[[SupervisedProcess], None]
) -> None:
    """A process that crashed or hangs is noticed, and is back on the same port after reviving."""
    port = process.port
    harm(process)
    assert not process.healthy(seconds=1)
    process.revive(seconds=1)
    assert process.healthy()
    assert process.port == port


def test_what_is_healthy_is_left_alone(process: SupervisedProcess) -> None:
    """Reviving keeps the tables of a process that answers."""
    before = process._child
    process.revive()
    assert process._child is before


@pytest.mark.parametrize(
    ("program", "said"),
    [
        pytest.param("raise SystemExit('no engine today')", "no engine today", id="ends at once"),
        pytest.param("print(1, flush=True); input()", "does not answer", id="listens nowhere"),
    ],
)
def test_what_does_not_start_says_why(program: str, said: str) -> None:
    """An engine that cannot be started is an error that holds what it printed."""
    process = SupervisedProcess(lambda _: [sys.executable, "-c", program])
    with pytest.raises(EngineFailed, match=said):
        process.start()
    assert not process.healthy()
