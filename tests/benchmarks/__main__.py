"""What ddbmodel's users pay in CPU, beside what its peers' users pay: `python -m tests.benchmarks`.

All subjects run in one environment, `--peers-python`: Python 3.12 or later with ddbmodel's own dependencies,
aiodynamo, pydynox, dynamoxy and uvloop. What is not there is left out. `--page` renews docs/performance.md.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from tests.benchmarks import starting
from tests.benchmarks.report import BASE, OURS, Report, write_page
from tests.benchmarks.runs import Cell, Effort, Outcome, lines, measure, tell, worker
from tests.benchmarks.servers import Server, null_server
from tests.benchmarks.shapes import SHAPES
from tests.benchmarks.subjects import OPERATIONS, SUBJECTS

PARTS: Final = ("operations", "starts", "pages", "tasks", "memory")
_TASKS: Final = (1, 10, 100, 1000)
_PAGES: Final = ("page_1", "page_10", "page_50", "query")
_MEMORY: Final = ("get", "put", "query", "batch_write")
_MEMORY_SECONDS: Final = 6.0
_PACKAGES: Final = ("pydantic", "aioboto3", "aiodynamo", "pydynox", "dynamoxy", "orjson")
_VERSIONS: Final = (
    "import sys, importlib.metadata as m\n"
    "print('Python', sys.version.split()[0])\n"
    f"for name in {_PACKAGES}:\n"
    "    try: print(name, m.version(name))\n"
    "    except m.PackageNotFoundError: pass\n"
)


def arguments() -> argparse.Namespace:
    """What is asked for."""
    options = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument("--part", action="append", choices=PARTS, help="default: all")
    options.add_argument("--op", action="append", choices=OPERATIONS, help="default: all")
    options.add_argument(
        "--shape", action="append", choices=list(SHAPES), help="default: all; over TLS `order`"
    )
    options.add_argument("--peer", action="append", choices=list(SUBJECTS), help="a subject; default: all")
    options.add_argument("--rounds", type=int, default=3)
    only = options.add_mutually_exclusive_group()
    only.add_argument("--tls", action="store_true", help="over TLS only, all shapes that are asked for")
    only.add_argument("--plain", action="store_true", help="over plain HTTP only")
    options.add_argument("--quick", action="store_true", help="a quarter of the time, and more noise")
    options.add_argument(
        "--peers-python", default=sys.executable, help="the interpreter that has the subjects"
    )
    options.add_argument("--save", type=Path, help="keep what was found as JSON")
    options.add_argument(
        "--load", type=Path, help="take what was found before, and measure only the parts asked for"
    )
    options.add_argument(
        "--page", action="store_true", help="renew the tables and the plot of docs/performance.md"
    )
    return options.parse_args()


def cells(options: argparse.Namespace, *, tls: bool) -> Iterator[Cell]:
    """The operations and shapes that are asked for."""
    shapes = options.shape or (["order"] if tls and not options.tls else list(SHAPES))
    for shape in shapes:
        for operation in options.op or OPERATIONS:
            yield Cell(operation, shape, tls)


def run_operations(options: argparse.Namespace, effort: Effort) -> Iterator[Outcome]:
    """Every operation of every shape, over plain HTTP and over TLS."""
    for tls in (False, True):
        if (tls and options.plain) or (options.tls and not tls):
            continue
        with null_server(tls=tls) as server:
            for cell in cells(options, tls=tls):
                yield measured(server, cell, options.peer or list(SUBJECTS), effort)


def measured(
    server: Server, cell: Cell, subjects: Sequence[str], effort: Effort, base: str = BASE
) -> Outcome:
    """Measure a cell, and say what it gave."""
    outcome = measure(server, cell, subjects, effort)
    tell("\n".join(lines(outcome, base)))
    return outcome


def run_parts(parts: Sequence[str], options: argparse.Namespace, effort: Effort, report: Report) -> None:
    """Measure what is asked for, in place of what the report had of it."""
    if "operations" in parts:
        report.operations = list(run_operations(options, effort))
    with null_server(tls=False) as server:
        if "starts" in parts:
            report.starts = [starting.imports(server, effort), starting.first_gets(server, effort)]
            for outcome, base in zip(report.starts, ("import pydantic", "aioboto3"), strict=True):
                tell("\n".join(lines(outcome, base)))
        if "pages" in parts:
            report.pages = [measured(server, Cell(page, "order"), OURS, effort, OURS[-1]) for page in _PAGES]
        if "tasks" in parts:
            report.tasks = [
                measured(server, Cell("get", "order", concurrency=tasks), OURS, effort, OURS[-1])
                for tasks in _TASKS
            ]
        if "memory" in parts:
            report.memory = dict(run_memory(server, effort))


def run_memory(server: Server, effort: Effort) -> Iterator[tuple[str, dict[str, list[int]]]]:
    """What stays in memory over many operations."""
    for subject in OURS:
        for operation in _MEMORY:
            cell = Cell(operation, "order")
            result = worker(server, subject, cell, effort, memory=True, budget_seconds=_MEMORY_SECONDS)
            tell(f"{subject} {operation}: {result}")
            if "resident" in result:
                yield f"{subject}, {operation}", result


def setting(options: argparse.Namespace, effort: Effort) -> dict[str, str]:
    """What it is obtained with."""
    versions = subprocess.run([effort.python, "-c", _VERSIONS], capture_output=True, text=True, check=True)
    return {
        "rounds": f"{effort.rounds}, of {effort.budget_seconds:g} CPU seconds for each subject",
        "versions": ", ".join(versions.stdout.strip().splitlines()),
        "machine": f"{platform.system()}, {platform.machine()}",
    }


def main() -> int:
    """Measure, and write down what was found."""
    options = arguments()
    effort = Effort(options.rounds, 0.25 if options.quick else 1.0, options.peers_python)
    report = Report.load(options.load) if options.load else Report()
    parts = options.part or ([] if options.load else PARTS)
    if parts:
        report.setting = setting(options, effort)
        run_parts(parts, options, effort, report)
    if options.save:
        report.save(options.save)
    if options.page:
        write_page(report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
