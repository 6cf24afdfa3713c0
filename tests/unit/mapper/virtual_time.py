"""An event loop whose clock jumps to the next timer as soon as nothing else is left to do.

So pauses of minutes take no time, and what would wait for ever fails at once. With patience, sockets of this
process and threads may be used too: before a jump, they have a moment to say something.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")

_FAR_SECONDS = 30.0
_LAST_WORD_SECONDS = 10.0


class Deadlock(AssertionError):
    """Nothing is left to do, and no timer runs: the program would wait for ever."""


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self, patience_seconds: float) -> None:
        super().__init__()
        self._patience_seconds = patience_seconds
        self.now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        events = super().select(0)
        if events or timeout == 0:
            return events
        if self._patience_seconds:
            # Nothing that a test wants is that far away: a thread is slow, or it would wait for ever.
            far = timeout is None or timeout > _FAR_SECONDS
            events = super().select(_LAST_WORD_SECONDS if far else self._patience_seconds)
        if events:
            return events
        if timeout is None:
            raise Deadlock
        self.now += timeout
        return events


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop in virtual time, in seconds from 0."""

    def __init__(self, patience_seconds: float = 0.0) -> None:
        self._jumping = _JumpingSelector(patience_seconds)
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


def run(main: Coroutine[Any, Any, T], *, patience_seconds: float = 0.0) -> T:
    """`asyncio.run` in virtual time.

    Args:
        main: what to run.
        patience_seconds: how long, in real time, sockets and threads may take before the clock jumps.
    """
    with asyncio.Runner(loop_factory=partial(VirtualTimeLoop, patience_seconds)) as runner:
        return runner.run(main)
