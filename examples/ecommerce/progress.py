"""What can be seen while items are written: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Final, TypeAlias

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

# Often enough to be seen to move, seldom enough for a log file. Both are arbitrary.
_PLAIN_SECONDS: Final = 5.0
_BAR_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class Progressed:
    """How far writing is.

    Attributes:
        written: items that are in their table.
        retries: writes that DynamoDB handed back unprocessed, and that were sent again.
        seconds: since the start.
    """

    written: int
    retries: int
    seconds: float

    @property
    def rate(self) -> float:
        """Items written each second, on average."""
        return self.written / self.seconds if self.seconds else 0.0

    def left_seconds(self, total: int) -> float | None:
        """What is left at this rate; None before the first item is written."""
        return max(total - self.written, 0) / self.rate if self.rate else None


Show: TypeAlias = Callable[[int, int], None]


@contextmanager
def shown_progress(
    console: Console, total: int, *, clock: Callable[[], float] = monotonic
) -> Generator[Show]:
    """Open a display of progress, and give the function that feeds it: `show(written, retries)`.

    Args:
        console: where to show it; a bar if this is a terminal, a line now and then if not.
        total: how many items there will be.
        clock: seconds that never go back.
    """
    started = clock()
    with _bar(console, total) if console.is_terminal else _plain_lines(console, total) as draw:
        pause = _BAR_SECONDS if console.is_terminal else _PLAIN_SECONDS
        latest, due = Progressed(0, 0, 0.0), started + pause

        def show(written: int, retries: int) -> None:
            nonlocal latest, due
            now = clock()
            latest = Progressed(written, retries, now - started)
            if now >= due:
                due = now + pause
                draw(latest)

        yield show
        draw(latest)


@contextmanager
def _bar(console: Console, total: int) -> Generator[Callable[[Progressed], None]]:
    columns = (
        TextColumn("writing"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("items, {task.fields[rate]:,.0f}/s, {task.fields[retries]:,} retries,"),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("writing", total=total, rate=0.0, retries=0)
        yield lambda seen: progress.update(task, completed=seen.written, rate=seen.rate, retries=seen.retries)


@contextmanager
def _plain_lines(console: Console, total: int) -> Generator[Callable[[Progressed], None]]:
    def draw(seen: Progressed) -> None:
        left = seen.left_seconds(total)
        console.print(
            f"  {seen.written:,} of {total:,} items, {seen.rate:,.0f}/s, {seen.retries:,} retries, "
            f"{'?' if left is None else f'{left:.0f}'} s left",
            highlight=False,
        )

    yield draw
