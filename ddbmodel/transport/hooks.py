"""What the client lane sees and decides inside the client, through botocore's own events.

- `before-send`: from here on, the request may have reached the service. A failure before it (credentials
  that could not be had, an endpoint that could not be resolved) is known not to have.
- `before-parse`: the raw reply, checked.
- `needs-retry`: the client's own retries are stopped, since they repeat writes of unknown outcome.

The handlers act on the requests of lanes only, which they know by a context variable; whatever else uses the
same client is left alone. They are counted, so that lanes can share a client.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

from ddbmodel.transport.reply_check import checked_body


@dataclass(slots=True)
class Watch:
    """What is known of the attempt that the running task makes.

    Attributes:
        sent: it may have been sent.
        answered: a reply came, and was checked.
    """

    sent: bool = False
    answered: bool = False


class ClientStopped(Exception):
    """The client's own retries were stopped at this reply.

    Attributes:
        reply: the parsed error reply.
    """

    def __init__(self, reply: dict[str, Any]) -> None:
        super().__init__("the client's own retry was stopped")
        self.reply = reply


_watch: Final[ContextVar[Watch | None]] = ContextVar("ddbmodel.transport.watch", default=None)


@contextmanager
def watching(watch: Watch) -> Generator[None]:
    """Watch the attempt made inside."""
    token = _watch.set(watch)
    try:
        yield
    finally:
        _watch.reset(token)


def _before_send(**_: Any) -> None:
    watch = _watch.get()
    if watch is not None:
        watch.sent = True


def _before_parse(response_dict: dict[str, Any], **_: Any) -> None:
    watch = _watch.get()
    if watch is not None:
        watch.answered = True
        response_dict["body"] = checked_body(
            response_dict["status_code"], response_dict["headers"], response_dict["body"]
        )


def _needs_retry(response: Any = None, caught_exception: Exception | None = None, **_: Any) -> None:
    if _watch.get() is None:
        return
    if caught_exception is not None:
        raise caught_exception
    if response is not None and response[0].status_code >= 300:
        raise ClientStopped(response[1])


_OBSERVING: Final[tuple[tuple[str, Callable[..., None]], ...]] = (
    ("before-send", _before_send),
    ("before-parse", _before_parse),
)
# Registered last and for all services: the client's handlers for throttling, which pace it in botocore's
# adaptive mode, have seen the reply by then.
_STOPPING: Final[tuple[tuple[str, Callable[..., None]], ...]] = (("needs-retry", _needs_retry),)


class Hooks:
    """The handlers on one client.

    Args:
        client: the client.
        stop_retries: whether the client would retry by itself.
        service: the client's service, as botocore names its events.

    Attributes:
        active: False if the client has no events to register them with.
    """

    __slots__ = ("_events", "_handlers", "active")

    def __init__(self, client: Any, *, stop_retries: bool, service: str = "dynamodb") -> None:
        self._events = getattr(getattr(client, "meta", None), "events", None)
        observing = tuple((f"{event}.{service}", handler) for event, handler in _OBSERVING)
        self._handlers = observing + _STOPPING if stop_retries else observing
        self.active = self._events is not None
        if self._events is not None:
            for event, handler in self._handlers:
                self._events.register_last(
                    event, handler, unique_id=_unique_id(event), unique_id_uses_count=True
                )

    def remove(self) -> None:
        """Take the handlers off the client."""
        if self._events is not None:
            for event, handler in self._handlers:
                self._events.unregister(
                    event, handler, unique_id=_unique_id(event), unique_id_uses_count=True
                )
            self._events = None


def _unique_id(event: str) -> str:
    return f"ddbmodel.{event}"
