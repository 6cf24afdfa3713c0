"""Progress for people: a bar with figures on a terminal, lines anywhere else."""

# pyright: reportMissingModuleSource=false

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ddbmodel.ingest.options import Progress
from ddbmodel.ingest.progress import IngestProgress, PlainProgress, duration

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID


@contextmanager
def shown(progress: Progress | bool) -> Generator[Progress | None]:
    """Give the function that is told of progress; True makes one for standard error.

    The bar needs `pip install "ddbmodel[progress]"`; without it, there are lines.
    """
    if not isinstance(progress, bool):
        yield progress
    elif not progress:
        yield None
    elif sys.stderr.isatty() and importlib.util.find_spec("rich") is not None:
        with _bar() as bar:
            yield _BarProgress(bar)
    else:
        yield PlainProgress()


def _bar() -> Bar:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as NewBar

    return NewBar(
        BarColumn(bar_width=24),
        TextColumn("{task.fields[done]:>6}  {task.description}"),
        TextColumn("[dim]{task.fields[left]}"),
        console=Console(stderr=True),
        transient=False,
    )


class _BarProgress:
    """Moves the bar."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task: TaskID = bar.add_task("", total=None, done="", left="")

    def __call__(self, progress: IngestProgress) -> None:
        self._bar.update(
            self._task,
            total=None if progress.fraction is None else 1.0,
            completed=progress.fraction or 0.0,
            description=_figures(progress),
            done="" if progress.fraction is None else f"{progress.fraction:.1%}",
            left="" if progress.seconds_left is None else f"{duration(progress.seconds_left)} left",
        )


def _figures(progress: IngestProgress) -> str:
    bad = progress.invalid + progress.failed
    failed = f" [red]{bad:,} failed[/red]" if bad else ""
    return (
        f"{progress.rows_per_second:,.0f} rows/s, {progress.written:,} written, {progress.retried:,} retried,"
        f"{failed} {progress.write_units:,.0f} units"
    )
