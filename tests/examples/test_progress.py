"""What can be seen while items are written."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from examples.ecommerce.progress import Progressed, shown_progress


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def output_of(*, terminal: bool) -> str:
    """Show 250 of 1,000 items after 5 seconds and 500 after 10, one of them tried again."""
    clock = Clock()
    console = Console(file=io.StringIO(), force_terminal=terminal, width=120, _environ={})
    with shown_progress(console, 1000, clock=clock) as show:
        for _ in range(2):
            clock.now += 5
            show(50 * int(clock.now - 100), int(clock.now - 105) // 5)
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def test_without_a_terminal_there_are_lines_with_rate_retries_and_time_left() -> None:
    """A log gets a line every few seconds and one at the end, without control characters."""
    lines = output_of(terminal=False).splitlines()
    assert lines[0].strip() == "250 of 1,000 items, 50/s, 0 retries, 15 s left"
    assert lines[-1].strip() == "500 of 1,000 items, 50/s, 1 retries, 10 s left"
    assert "\x1b" not in "".join(lines)


def test_on_a_terminal_there_is_a_bar_with_rate_retries_and_time_left() -> None:
    """The bar's last state has the same figures."""
    last = output_of(terminal=True)
    assert "500/1000" in last
    assert "50/s" in last
    assert "1 retries" in last
    assert "left" in last


@pytest.mark.parametrize(
    ("progressed", "rate", "left_seconds"),
    [
        (Progressed(0, 0, 0.0), 0.0, None),
        (Progressed(0, 0, 3.0), 0.0, None),
        (Progressed(30, 0, 3.0), 10.0, 7.0),
    ],
)
def test_the_time_left_follows_from_the_rate(
    progressed: Progressed, rate: float, left_seconds: float | None
) -> None:
    """Before the first item is written, nothing is known of the time left."""
    assert (progressed.rate, progressed.left_seconds(100)) == (rate, left_seconds)
