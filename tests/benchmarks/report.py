"""What was found: kept as JSON, and as the tables and the plot of docs/performance.md."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.bar_chart import Bar, bar_chart
from tests.benchmarks.runs import Cell, Outcome
from tests.benchmarks.servers import ROOT
from tests.benchmarks.subjects import OPERATIONS, PEERS, SUBJECTS

PAGE: Final = ROOT / "docs" / "performance.md"
PLOT: Final = ROOT / "docs" / "images" / "performance.svg"
BASE: Final = "aioboto3"
OURS: Final = ("ddbmodel-fast", "ddbmodel-client")
_Y_MAX: Final = 1.2


@dataclass
class Report:
    """Everything that one sitting gave.

    Attributes:
        setting: what it was obtained with, by name.
        operations: the operations of all shapes.
        starts: importing, and the first get.
        pages: reading pages of more and more items.
        tasks: one operation by more and more tasks at once.
        memory: the resident bytes after each tenth of the operations, by subject and operation.
    """

    setting: dict[str, str] = field(default_factory=dict)
    operations: list[Outcome] = field(default_factory=list)
    starts: list[Outcome] = field(default_factory=list)
    pages: list[Outcome] = field(default_factory=list)
    tasks: list[Outcome] = field(default_factory=list)
    memory: dict[str, dict[str, Any]] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Write it as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1))

    @classmethod
    def load(cls, path: Path) -> Report:
        """Read what `save` wrote."""
        made = json.loads(path.read_text())
        for part in ("operations", "starts", "pages", "tasks"):
            made[part] = [Outcome(Cell(**one["cell"]), one["cpu"], one["missing"]) for one in made[part]]
        return cls(**made)


def write_page(report: Report) -> None:
    """Put the tables between their marks on the page, and write the plot."""
    text = PAGE.read_text()
    for name, rows in _tables(report).items():
        begin, end = f"<!-- {name}: written by tests.benchmarks -->", f"<!-- end of {name} -->"
        block = "\n".join([begin, "", *rows, "", end])
        text, count = re.subn(f"{begin}.*?{end}", lambda _, block=block: block, text, flags=re.DOTALL)
        assert count == 1, f"{PAGE.name} has no place for {name}"
    PAGE.write_text(text)
    PLOT.write_text(_plot(report))


def _tables(report: Report) -> Mapping[str, Sequence[str]]:
    return {
        "setting": [f"- {name}: {value}" for name, value in report.setting.items()],
        "operations": list(_operations(report.operations)),
        "starts": list(_starts(report.starts)),
        "pages": list(_pages(report.pages)),
        "tasks": list(_tasks(report.tasks)),
        "memory": list(_memory(report.memory)),
    }


# Operations ---------------------------------------------------------------------------------------------------


def _subjects(outcomes: Sequence[Outcome]) -> list[str]:
    return [subject for subject in SUBJECTS if any(subject in outcome.cpu for outcome in outcomes)]


def _operations(outcomes: Sequence[Outcome]) -> Iterator[str]:
    subjects = [subject for subject in _subjects(outcomes) if subject != BASE]
    ours = [subject for subject in OURS if subject in subjects]
    groups = dict.fromkeys((outcome.cell.shape, outcome.cell.tls) for outcome in outcomes)
    for shape, tls in groups:
        yield f"### {shape}, {'TLS' if tls else 'plain HTTP'}"
        yield ""
        yield _row(["operation", *subjects, *(f"{mine} / best peer" for mine in ours)])
        yield _row(["---", *("---:" for _ in subjects), *("---:" for _ in ours)])
        for outcome in outcomes:
            if (outcome.cell.shape, outcome.cell.tls) == (shape, tls):
                yield _row([outcome.cell.operation, *_ratios(outcome, subjects, ours)])
        yield ""


def _ratios(outcome: Outcome, subjects: Sequence[str], ours: Sequence[str]) -> Iterator[str]:
    for subject in subjects:
        yield str(outcome.ratio(subject, BASE) or "")
    best = outcome.best(PEERS)
    for mine in ours:
        ratio = outcome.ratio(mine, best) if best else None
        yield f"{ratio} {best}" if ratio else ""


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _plot(report: Report) -> str:
    shown = [
        outcome for outcome in report.operations if outcome.cell.shape == "order" and not outcome.cell.tls
    ]
    names, groups = _subjects(shown), dict[str, dict[str, Bar]]()
    for outcome in sorted(shown, key=lambda outcome: OPERATIONS.index(outcome.cell.operation)):
        ratios = {name: outcome.ratio(name, BASE) for name in names}
        groups[outcome.cell.operation] = {
            name: Bar(ratio.median, ratio.least, ratio.most) for name, ratio in ratios.items() if ratio
        }
    title = "Client CPU per operation, orders over plain HTTP; aioboto3 by hand is 1"
    return bar_chart(title, names, groups, y_max=_Y_MAX)


# The rest -----------------------------------------------------------------------------------------------------

_STARTS: Final = (
    ("import ddbmodel", "import pydantic"),
    ("a model of ddbmodel", "a model of Pydantic"),
    ("a model of ddbmodel", "import aioboto3"),
    ("ddbmodel", "aioboto3"),
)
_START_NAMES: Final = {
    "a model of ddbmodel": "import what a model needs from ddbmodel, and define one",
    "a model of Pydantic": "the same with Pydantic alone",
    "ddbmodel": "ddbmodel: import, define a model, connect, first get",
    "aioboto3": "aioboto3 alone: import, connect, first get",
}


def _starts(outcomes: Sequence[Outcome]) -> Iterator[str]:
    yield "| what | to what | ratio |"
    yield "|---|---|---:|"
    for what, to_what in _STARTS:
        for outcome in outcomes:
            if ratio := outcome.ratio(what, to_what):
                names = [_START_NAMES.get(name, f"`{name}`") for name in (what, to_what)]
                yield _row([*names, str(ratio)])


def _pages(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """What each further item of a page costs, to what it costs from the page before to the first one."""
    sizes = {_size(outcome): outcome for outcome in outcomes}
    steps = list(zip(sorted(sizes), sorted(sizes)[1:], strict=False))
    yield _row(["", *(f"from {few} to {many} items" for few, many in steps)])
    yield _row(["---", *("---:" for _ in steps)])
    for subject in _subjects(outcomes):
        costs = [
            (min(sizes[many].cpu[subject]) - min(sizes[few].cpu[subject])) / (many - few)
            for few, many in steps
        ]
        yield _row([subject, *(f"{cost / costs[0]:.2f}" for cost in costs)])


def _size(outcome: Outcome) -> int:
    return 100 if outcome.cell.operation == "query" else int(outcome.cell.operation.removeprefix("page_"))


def _tasks(outcomes: Sequence[Outcome]) -> Iterator[str]:
    yield _row(["", *(f"{outcome.cell.concurrency:,} tasks" for outcome in outcomes)])
    yield _row(["---", *("---:" for _ in outcomes)])
    for subject in _subjects(outcomes):
        costs = [min(outcome.cpu[subject]) for outcome in outcomes]
        yield _row([subject, *(f"{cost / costs[0]:.2f}" for cost in costs)])


def _memory(found: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield "| | operations | grown in the first half | in the second half |"
    yield "|---|---:|---:|---:|"
    for name, result in found.items():
        first, middle, last = (result["resident"][place] for place in (0, 4, -1))
        grown = [
            f"{100 * (later - earlier) / first:+.1f} %"
            for earlier, later in ((first, middle), (middle, last))
        ]
        yield _row([name, f"{result['count']:,}", *grown])
