"""AWS Lambda: one mapper for the life of a sandbox, which is frozen between invocations.

Needs nothing of AWS's runtime. For events of DynamoDB Streams see `changes_of_event`.
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from contextvars import copy_context
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

from ddbmodel.errors import MapperClosed
from ddbmodel.ingest import Mapper

E = TypeVar("E")
C = TypeVar("C")
R = TypeVar("R")

Connect: TypeAlias = Callable[[], AbstractAsyncContextManager[Mapper]]
Seconds: TypeAlias = Callable[[], float]

_LOG: Final = logging.getLogger("ddbmodel.backends.aws_lambda")

_IDLE_SECONDS: Final = 10.0
"""The service closes a connection after 20 s without a request; a thawed process hears of it too late."""

_DISAGREEMENT_SECONDS: Final = 1.0
"""Clocks that drift apart by so much between two invocations did not run all of the time."""

_GOODBYE_SECONDS: Final = 0.4
"""Lambda kills a process half a second after its SIGTERM."""

_TURNS: Final = 3
"""Of the event loop, until it has heard that a connection is closed: read, hand it on, close its own end."""


class _Moment(NamedTuple):
    wall: float
    monotonic: float


class LambdaMapper:
    """A mapper that is opened when it is first used, and kept for the invocations that follow.

        functions = LambdaMapper(lambda: Mapper.connect(region_name="eu-west-1"))

        @functions.handler
        async def handler(mapper: Mapper, event: dict[str, Any], context: object) -> dict[str, Any]:
            order = await mapper.require(Order, event["order_id"])
            return order.model_dump(mode="json")

    Nothing is opened when the module is imported, so an image of SnapStart holds no connections. One event
    loop serves all invocations. If the process seems to have been frozen (10 seconds passed since the last
    invocation by either clock, or the clocks disagree about it), the next invocation opens another mapper
    instead of trusting connections that the service may have closed; the old one is closed while that
    invocation runs. The mapper is closed when the process exits, and at SIGTERM if nothing else handles it.

    A function should await what it starts: a task that it leaves behind stands still until there is another
    invocation, if there is one.

    Args:
        connect: opens the mapper, such as `settings.connect`.
        idle_seconds: how long the time between two invocations may be for connections to be trusted.
        wall_clock: seconds of the time of day.
        monotonic: seconds from some fixed moment.

    Raises:
        ValueError: `idle_seconds` is not positive.
    """

    def __init__(
        self,
        connect: Connect,
        *,
        idle_seconds: float = _IDLE_SECONDS,
        wall_clock: Seconds = time.time,
        monotonic: Seconds = time.monotonic,
    ) -> None:
        if not idle_seconds > 0:
            raise ValueError("idle_seconds is how long connections may be unused, and more than 0")
        self._connect = connect
        self._idle_seconds = idle_seconds
        self._clocks = (wall_clock, monotonic)
        self._last: _Moment | None = None
        self._turn = threading.Lock()
        self._runner: asyncio.Runner | None = None
        self._held: _Held | None = None
        self._leaving = set[asyncio.Task[None]]()
        self._work: asyncio.Task[Any] | None = None

    def handler(self, function: Callable[[Mapper, E, C], Awaitable[R]]) -> Callable[[E, C], R]:
        """Give the handler that Lambda calls, from an async function of mapper, event and context."""

        def handle(event: E, context: C) -> R:
            return self.run(lambda mapper: function(mapper, event, context))

        return handle

    def run(self, work: Callable[[Mapper], Awaitable[R]]) -> R:
        """Do some work with the mapper, as one invocation. Threads take turns.

        Raises:
            RuntimeError: an event loop is running in this thread already.
        """
        _refuse_inside_of_a_loop()
        with self._turn:
            runner = self._started()
            try:
                # Context variables that an invocation sets are not the next one's.
                return runner.run(self._invocation(work), context=copy_context())
            finally:
                self._last = self._now()

    def close(self) -> None:
        """Close the mapper and the event loop. Another invocation would open both anew.

        Raises:
            RuntimeError: an event loop is running in this thread.
        """
        _refuse_inside_of_a_loop()
        if not self._turn.acquire(timeout=_GOODBYE_SECONDS):
            return  # another thread works with it, and the process ends meanwhile
        try:
            atexit.unregister(self.close)
            runner, self._runner = self._runner, None
            if runner is None:
                return
            try:
                runner.run(self._goodbye(), context=copy_context())
            finally:
                runner.close()
        finally:
            self._turn.release()

    def _started(self) -> asyncio.Runner:
        if self._runner is None:
            self._runner = asyncio.Runner()
            atexit.register(self.close)
            _exit_at_sigterm()
        return self._runner

    async def _invocation(self, work: Callable[[Mapper], Awaitable[R]]) -> R:
        self._work = asyncio.current_task()
        if self._was_frozen():
            _LOG.info("the process was not running for a while: the mapper is opened again")
            self._drop()
        # The loop stood still: what was closed meanwhile it hears of now, before anything is sent there.
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        mapper = await self._mapper()
        try:
            return await work(mapper)
        except MapperClosed:
            self._drop()
            raise

    def _now(self) -> _Moment:
        wall_clock, monotonic = self._clocks
        return _Moment(wall_clock(), monotonic())

    def _was_frozen(self) -> bool:
        if self._last is None:
            return False
        now = self._now()
        wall, monotonic = now.wall - self._last.wall, now.monotonic - self._last.monotonic
        return max(wall, monotonic) > self._idle_seconds or abs(wall - monotonic) > _DISAGREEMENT_SECONDS

    async def _mapper(self) -> Mapper:
        if self._held is None:
            self._held = _Held(self._connect)
        try:
            return await self._held.mapper()
        except BaseException:
            self._drop()
            raise

    def _drop(self) -> None:
        """Let the mapper be closed by and by."""
        held, self._held = self._held, None
        if held is not None:
            held.leave()
            if not held.task.done():
                self._leaving.add(held.task)
                held.task.add_done_callback(self._leaving.discard)

    async def _goodbye(self) -> None:
        self._drop()
        waited_for: set[asyncio.Task[Any]] = set(self._leaving)
        if self._work is not None and not self._work.done():
            # A signal ended the invocation in the middle.
            self._work.cancel()
            waited_for.add(self._work)
        if waited_for:
            await asyncio.wait(waited_for, timeout=_GOODBYE_SECONDS)
        self._work = None


class _Held:
    """An open mapper, and the task that opened it: it closes it too, as not all may be left by another task.

    Attributes:
        task: ends when the mapper is closed.
    """

    def __init__(self, connect: Connect) -> None:
        loop = asyncio.get_running_loop()
        self._connect = connect
        self._left = asyncio.Event()
        self._opened: asyncio.Future[Mapper] = loop.create_future()
        self.task = loop.create_task(self._hold())

    async def mapper(self) -> Mapper:
        """The mapper, when it is open."""
        return await asyncio.shield(self._opened)

    def leave(self) -> None:
        """Let it be closed."""
        self._left.set()

    async def _hold(self) -> None:
        try:
            async with self._connect() as mapper:
                self._opened.set_result(mapper)
                await self._left.wait()
        except Exception as error:  # noqa: BLE001  # any error of the user's `connect`
            if self._opened.done():
                # It was good to the invocations that used it, and this is another one.
                _LOG.warning("a mapper could not be closed: %s", type(error).__name__)
            else:
                self._opened.set_exception(error)
                self._opened.exception()  # told to whoever waits, if somebody still does
        finally:
            self._opened.cancel()


def lambda_handler(
    connect: Connect,
    function: Callable[[Mapper, E, C], Awaitable[R]],
    *,
    idle_seconds: float = _IDLE_SECONDS,
    wall_clock: Seconds = time.time,
    monotonic: Seconds = time.monotonic,
) -> Callable[[E, C], R]:
    """Give the handler that Lambda calls, for the only function of a module. See `LambdaMapper`.

        handler = lambda_handler(lambda: Mapper.connect(region_name="eu-west-1"), read_order)

    Raises:
        ValueError: `idle_seconds` is not positive.
    """
    functions = LambdaMapper(connect, idle_seconds=idle_seconds, wall_clock=wall_clock, monotonic=monotonic)
    return functions.handler(function)


def _refuse_inside_of_a_loop() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise RuntimeError(
        "an event loop is running already: Lambda calls a handler without one; in async code, and in async "
        "tests, await the function itself, with a mapper"
    )


def _exit_at_sigterm() -> None:
    """Let SIGTERM end the process as `sys.exit` does, unless something else is done about it already.

    Otherwise it would end at once, without closing anything.
    """
    in_main_thread = threading.current_thread() is threading.main_thread()
    if in_main_thread and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _exit)


def _exit(number: int, frame: object) -> None:  # noqa: ARG001  # as signal calls it
    sys.exit(128 + number)
