"""Which measurements are made, in which order, and what they gave.

Subjects take turns, round after round, so that a change of the machine's speed meets all of them; what counts is
the ratio of two subjects in one round.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tests.benchmarks.servers import ROOT, Server

CONCURRENCY: Final = 16
CONNECTIONS: Final = 64
_RUN_SECONDS: Final = 300


@dataclass(frozen=True)
class Effort:
    """How much is measured.

    Attributes:
        rounds: how often each subject has its turn.
        budget_seconds: CPU seconds of one measurement.
        python: the interpreter of the environment that has the subjects.
    """

    rounds: int
    budget_seconds: float
    python: str


@dataclass(frozen=True)
class Cell:
    """One operation on one kind of item.

    Attributes:
        operation: which one.
        shape: of the items.
        tls: the endpoint's transport.
        concurrency: tasks at once.
    """

    operation: str
    shape: str
    tls: bool = False
    concurrency: int = CONCURRENCY


@dataclass(frozen=True)
class Ratio:
    """How many times as much CPU a subject takes as another: the median of the rounds, the least, and the most."""

    median: float
    least: float
    most: float

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.least:.2f}–{self.most:.2f})"


@dataclass
class Outcome:
    """What a cell gave: for each subject, the CPU seconds of one operation in each round."""

    cell: Cell
    cpu: dict[str, list[float]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def ratio(self, subject: str, base: str) -> Ratio | None:
        """One subject to another, round by round; None where one of them has no result."""
        ours, theirs = self.cpu.get(subject), self.cpu.get(base)
        if not ours or not theirs:
            return None
        ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
        return Ratio(statistics.median(ratios), min(ratios), max(ratios))

    def best(self, subjects: Sequence[str]) -> str | None:
        """The one that takes least."""
        there = [subject for subject in subjects if self.cpu.get(subject)]
        return min(there, key=lambda subject: statistics.median(self.cpu[subject]), default=None)


def worker(
    server: Server,
    subject: str,
    cell: Cell,
    effort: Effort,
    *,
    memory: bool = False,
    budget_seconds: float = 0.0,
) -> dict[str, Any]:
    """Measure in a process of its own."""
    command = [effort.python, "-m", "tests.benchmarks.worker", "--subject", subject, "--url", server.url]
    command += ["--operation", cell.operation, "--shape", cell.shape, "--concurrency", str(cell.concurrency)]
    command += ["--connections", str(CONNECTIONS), "--budget", str(budget_seconds or effort.budget_seconds)]
    command += ["--memory"] if memory else []
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=server.environment,
        capture_output=True,
        text=True,
        timeout=_RUN_SECONDS,
        check=False,  # a library that fails is left out, with its error
    )
    if done.returncode:
        return {"not_there": (done.stderr.strip().splitlines() or ["it failed without a word"])[-1]}
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def measure(server: Server, cell: Cell, subjects: Sequence[str], effort: Effort) -> Outcome:
    """Measure one cell: all subjects in turn, each time beginning with another."""
    outcome = Outcome(cell)
    for turn in range(effort.rounds):
        for subject in (*subjects[turn % len(subjects) :], *subjects[: turn % len(subjects)]):
            if subject in outcome.missing:
                continue
            result = worker(server, subject, cell, effort)
            if "cpu" in result:
                outcome.cpu.setdefault(subject, []).append(result["cpu"])
            else:
                outcome.missing[subject] = result["not_there"]
                outcome.cpu.pop(subject, None)
    return outcome


def lines(outcome: Outcome, base: str) -> Iterator[str]:
    """An outcome to read on a terminal: ratios to `base`; the one column of microseconds is for whoever runs it."""
    cell = outcome.cell
    yield f"{cell.operation}, {cell.shape}, {'TLS' if cell.tls else 'plain HTTP'}, {cell.concurrency} tasks"
    for subject, seconds in outcome.cpu.items():
        microseconds = statistics.median(seconds) * 1e6
        yield f"    {subject:16s} {outcome.ratio(subject, base) or ''!s:>20}  {microseconds:10.0f} us here"
    for subject, reason in outcome.missing.items():
        yield f"    {subject:16s} {reason}"


def tell(text: str) -> None:
    """Say at once what has been found."""
    print(text, file=sys.stderr, flush=True)
