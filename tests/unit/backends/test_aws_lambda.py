"""One mapper over many invocations: when it is opened, kept, dropped and closed."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

import pytest

from ddbmodel import Mapper, MapperClosed
from ddbmodel.backends.aws_lambda import LambdaMapper, lambda_handler

Work = Callable[[Mapper], Awaitable[Any]]


class Doorman:
    """Opens and closes stand-ins for mappers, and writes it down; clocks are moved by hand."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.wall = 1_800_000_000.0
        self.monotonic = 0.0
        self.opening_errors: list[Exception] = []
        self.closing_error: Exception | None = None
        self.may_close: asyncio.Event | None = None
        self.tasks: list[object] = []

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Any]:
        self.tasks.append(asyncio.current_task())
        if self.opening_errors:
            raise self.opening_errors.pop()
        number = sum(entry.startswith("open") for entry in self.log) + 1
        self.log.append(f"open {number}")
        yield number
        if self.may_close is not None:
            await self.may_close.wait()
        self.tasks.append(asyncio.current_task())
        self.log.append(f"close {number}")
        if self.closing_error is not None:
            raise self.closing_error


@pytest.fixture
def doorman() -> Doorman:
    return Doorman()


@pytest.fixture
def functions(doorman: Doorman) -> Iterator[LambdaMapper]:
    before = signal.getsignal(signal.SIGTERM)
    functions = LambdaMapper(
        doorman.connect, wall_clock=lambda: doorman.wall, monotonic=lambda: doorman.monotonic
    )
    yield functions
    functions.close()
    signal.signal(signal.SIGTERM, before)


async def number_of(mapper: Any) -> int:
    await asyncio.sleep(0)
    number: int = mapper
    return number


def test_nothing_is_open_before_the_first_invocation(functions: LambdaMapper, doorman: Doorman) -> None:
    """Making a handler opens nothing and takes no clock; the first invocation opens one mapper for all."""

    @functions.handler
    async def handler(mapper: Mapper, event: int, context: str) -> tuple[Mapper, int, str]:
        return mapper, event, context

    assert doorman.log == []
    assert functions._runner is None
    assert [handler(event, "context") for event in (7, 8)] == [(1, 7, "context"), (1, 8, "context")]
    assert doorman.log == ["open 1"]


@pytest.mark.parametrize(
    ("wall", "monotonic", "opened"),
    [
        (0.0, 0.0, 1),
        (10.0, 10.0, 1),
        (10.5, 10.5, 2),
        (5.0, 5.9, 1),
        (5.0, 0.0, 2),
        (0.0, 5.0, 2),
        (3600.0, 0.0, 2),
        (-2.0, 0.0, 2),
        (10.5, 9.6, 2),
    ],
)
def test_clocks_tell_of_a_freeze(
    functions: LambdaMapper, doorman: Doorman, wall: float, monotonic: float, opened: int
) -> None:
    """Ten seconds by either clock, or clocks that disagree by more than one, let it open another mapper."""
    functions.run(number_of)
    doorman.wall += wall
    doorman.monotonic += monotonic
    assert functions.run(number_of) == opened


def test_time_counts_from_the_end_of_an_invocation(functions: LambdaMapper, doorman: Doorman) -> None:
    """An invocation that takes long, or fails late, does not look like a freeze to the next one."""

    async def long(mapper: Mapper) -> None:
        doorman.wall += 600
        doorman.monotonic += 600
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        functions.run(long)
    assert functions.run(number_of) == 1


def test_the_old_one_is_closed_without_delay(functions: LambdaMapper, doorman: Doorman) -> None:
    """Closing the old mapper holds up no invocation, goes on in later ones, and is done by its own task."""
    doorman.may_close = asyncio.Event()
    functions.run(number_of)
    doorman.wall += 60
    assert [functions.run(number_of) for _ in range(2)] == [2, 2]
    assert doorman.log == ["open 1", "open 2"]
    doorman.may_close.set()
    functions.run(number_of)
    assert doorman.log == ["open 1", "open 2", "close 1"]
    assert doorman.tasks[2] is doorman.tasks[0]


def test_an_error_in_closing_is_logged(
    functions: LambdaMapper, doorman: Doorman, caplog: pytest.LogCaptureFixture
) -> None:
    """An old mapper that cannot be closed is a warning without what it says, and no invocation's error."""
    doorman.closing_error = OSError("what the message holds")
    functions.run(number_of)
    doorman.wall += 60
    with caplog.at_level(logging.WARNING, "ddbmodel.backends.aws_lambda"):
        assert functions.run(number_of) == 2
    assert caplog.messages == ["a mapper could not be closed: OSError"]


def test_an_error_in_opening_is_that_invocation_s(functions: LambdaMapper, doorman: Doorman) -> None:
    """If the mapper cannot be opened, the invocation fails, and the next one tries again."""
    doorman.opening_errors.append(OSError())
    with pytest.raises(OSError):  # noqa: PT011
        functions.run(number_of)
    assert functions.run(number_of) == 1


@pytest.mark.parametrize("error", [ArithmeticError(), asyncio.CancelledError(), KeyboardInterrupt()])
def test_an_error_does_not_spoil_the_next_one(
    functions: LambdaMapper, doorman: Doorman, error: BaseException
) -> None:
    """Whatever ends a handler is raised to Lambda, and mapper and loop serve the next invocation."""

    async def broken(mapper: Mapper) -> None:
        raise error

    loops = [functions.run(current_loop)]
    with pytest.raises(type(error)):
        functions.run(broken)
    loops.append(functions.run(current_loop))
    assert loops[0] is loops[1]
    assert doorman.log == ["open 1"]


async def current_loop(mapper: Mapper) -> object:
    return asyncio.get_running_loop()


def test_a_closed_mapper_is_opened_again(functions: LambdaMapper, doorman: Doorman) -> None:
    """A handler that closed the mapper costs no more than the invocation that finds it closed."""

    async def closed(mapper: Mapper) -> None:
        raise MapperClosed("it is closed")

    with pytest.raises(MapperClosed):
        functions.run(closed)
    assert functions.run(number_of) == 2


def test_context_variables_are_of_one_invocation(functions: LambdaMapper) -> None:
    """What an invocation sets is not seen by the next one; what the module set is."""
    variable = ContextVar("variable", default="none")
    variable.set("module")

    async def read_and_set(mapper: Mapper) -> str:
        found = variable.get()
        variable.set("invocation")
        return found

    assert [functions.run(read_and_set) for _ in range(2)] == ["module", "module"]


def test_close_can_be_followed_by_another_invocation(functions: LambdaMapper, doorman: Doorman) -> None:
    """Closing closes once, and a later invocation opens a mapper and a loop again."""
    functions.run(number_of)
    functions.close()
    functions.close()
    assert doorman.log == ["open 1", "close 1"]
    assert functions.run(number_of) == 2


def test_closing_waits_for_no_goodbye_that_never_comes(functions: LambdaMapper, doorman: Doorman) -> None:
    """A mapper that does not close is left to its fate, so that the process can end."""
    doorman.may_close = asyncio.Event()
    functions.run(number_of)
    functions.close()
    assert doorman.log == ["open 1"]


async def test_it_refuses_to_run_inside_of_a_loop(functions: LambdaMapper) -> None:
    """In async code the handler is refused with advice, before anything is opened."""
    with pytest.raises(RuntimeError, match="await the function itself"):
        functions.run(number_of)
    with pytest.raises(RuntimeError, match="an event loop is running already"):
        functions.close()


def test_threads_take_turns(functions: LambdaMapper, doorman: Doorman) -> None:
    """Invocations of several threads come one after the other, on one mapper."""
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(functions.run(number_of))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1, 1, 1, 1]
    assert doorman.log == ["open 1"]


def test_another_handler_of_sigterm_stays(functions: LambdaMapper) -> None:
    """Whoever handles SIGTERM already goes on to do so."""

    def theirs(number: int, frame: object) -> None:
        raise AssertionError

    signal.signal(signal.SIGTERM, theirs)
    functions.run(number_of)
    assert signal.getsignal(signal.SIGTERM) is theirs


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan")])
def test_idle_seconds_are_positive(doorman: Doorman, seconds: float) -> None:
    """A limit that is none is refused when the handler is made."""
    with pytest.raises(ValueError, match="idle_seconds"):
        LambdaMapper(doorman.connect, idle_seconds=seconds)
    with pytest.raises(ValueError, match="idle_seconds"):
        lambda_handler(doorman.connect, number_and_event, idle_seconds=seconds)


async def number_and_event(mapper: Mapper, event: int, context: None) -> int:
    return event
