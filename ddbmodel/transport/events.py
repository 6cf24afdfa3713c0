"""What was sent: counted, logged, and told to whoever observes.

The log holds names, counts and times; never items, keys, expressions or credentials.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, TypeAlias

_log: Final = logging.getLogger("ddbmodel.transport")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came of it, with all its attempts.

    Attributes:
        operation: DynamoDB's name of it.
        table: the table, if it was about one.
        outcome: `OK`, the error code of the last attempt, or `Cancelled` if the task was.
        status: the last reply's HTTP status, if there was a reply.
        attempts: how often it was tried.
        throttles: how many of the attempts were throttled.
        seconds: from the first attempt to the end, pauses included.
    """

    operation: str
    table: str | None
    outcome: str
    status: int | None
    attempts: int
    throttles: int
    seconds: float


@dataclass(slots=True)
class Statistics:
    """Running totals of one transport.

    Attributes:
        requests: how many requests were made.
        retries: how many times one of them was sent again.
        throttles: how many attempts were throttled.
    """

    requests: int = 0
    retries: int = 0
    throttles: int = 0


Observer: TypeAlias = Callable[[Exchange], None]

_listener: Final[ContextVar[Observer | None]] = ContextVar("ddbmodel.transport.listener", default=None)


@contextmanager
def listening(listener: Observer) -> Generator[None]:
    """Tell `listener` of the exchanges that the running task makes inside, and of no others."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


class Journal:
    """Hands each exchange to the log, to whoever listens, and to the observers. None of them may raise."""

    __slots__ = ("_observers",)

    def __init__(self) -> None:
        self._observers: tuple[Observer, ...] = ()

    def observe(self, observer: Observer) -> Callable[[], None]:
        """Tell `observer` of every exchange from now on, until the returned function is called."""
        self._observers = (*self._observers, observer)

        def stop() -> None:
            self._observers = tuple(one for one in self._observers if one is not observer)

        return stop

    @property
    def is_read(self) -> bool:
        """True if anybody wants to know of an exchange."""
        return bool(self._observers) or _listener.get() is not None or _log.isEnabledFor(logging.DEBUG)

    def record(self, exchange: Exchange) -> None:
        """Write one exchange down."""
        if _log.isEnabledFor(logging.DEBUG):
            _log.debug(
                "%s table=%s outcome=%s status=%s attempts=%d throttles=%d seconds=%.4f",
                exchange.operation,
                exchange.table,
                exchange.outcome,
                exchange.status,
                exchange.attempts,
                exchange.throttles,
                exchange.seconds,
            )
        listener = _listener.get()
        if listener is not None:
            listener(exchange)
        for observer in self._observers:
            observer(exchange)


def log_fallback(found: str) -> None:
    """Tell why requests take the client lane."""
    _log.info("requests go through the aioboto3 client, not the fast lane: %s", found)
