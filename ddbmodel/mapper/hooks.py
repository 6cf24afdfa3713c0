"""Hooks: what a program wants to do before and after each request.

Their methods are plain functions. So nothing comes between a reply and its hooks: an `await` there would be a
place where a cancellation hides that a write has happened, and one in `before` would let other requests pass
between. A hook that has to wait for something hands it to a task or a queue.
"""

# pyright: reportUnnecessaryIsInstance=false
# The checks are for callers without a type checker.

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final, Protocol, TypeAlias

from ddbmodel.errors import ExpressionError
from ddbmodel.mapper.exchange import Exchange
from ddbmodel.operations import Request

_log: Final = logging.getLogger("ddbmodel.mapper")


class BeforeHook(Protocol):
    """A hook that acts before each request."""

    def before(self, request: Request, /) -> None:
        """See `Hook.before`."""
        ...


class AfterHook(Protocol):
    """A hook that acts after each request."""

    def after(self, request: Request, exchange: Exchange, /) -> None:
        """See `Hook.after`."""
        ...


class Hook(Protocol):
    """What acts before and after each request to DynamoDB. Derive from it, or write either method, or both.

    A hook is called in the task that makes the request, once for each request, however often that is
    repeated. Hooks are called in the order in which they were added, and in reverse order afterwards.
    """

    def before(self, request: Request, /) -> None:
        """Look at a request, or stop it.

        What is raised here goes to the caller as it is, and nothing is sent. Hooks that were called before
        this one have their `after` called.

        Args:
            request: what will be sent; `to_wire()` has its keys and values, its `repr` has none.
        """
        return  # a protocol's method without a body would have to be overridden

    def after(self, request: Request, exchange: Exchange, /) -> None:
        """Look at what came of a request; called in every case, failure and cancellation included.

        What is raised here is logged by its class, and does not reach the caller: it must not hide that
        something was written. The error of a request that failed gets a note of it.

        Args:
            request: what was sent.
            exchange: what came of it.
        """
        return  # likewise


AnyHook: TypeAlias = BeforeHook | AfterHook
"""A hook with at least one of the two methods."""


@dataclass(frozen=True, slots=True, eq=False)
class Registration:
    """One hook that was added.

    Attributes:
        name: the hook's class.
        before: its method, if it has one.
        after: its method, if it has one.
    """

    name: str
    before: Callable[[Request], object] | None
    after: Callable[[Request, Exchange], object] | None

    def finish(self, request: Request, exchange: Exchange, error: BaseException | None) -> None:
        """Call `after`; if it fails, say so without any values."""
        if self.after is None:
            return
        try:
            self.after(request, exchange)
        except Exception as failure:  # noqa: BLE001  # whatever it is, the request's outcome stands
            _log.error(  # a traceback quotes source lines and messages, and so values
                "hook %s: after() failed with %s in %s; %s on table %s had ended with %s",
                self.name,
                type(failure).__name__,
                _place(failure),
                exchange.operation,
                exchange.table,
                exchange.outcome,
            )
            if error is not None:
                error.add_note(f"hook {self.name}: after() failed as well, with {type(failure).__name__}")


def registrations(hooks: Iterable[AnyHook]) -> Sequence[Registration]:
    """Hooks, checked.

    Raises:
        ExpressionError: they are not hooks.
    """
    if not isinstance(hooks, Iterable):
        raise ExpressionError(f"hooks= takes a list of hooks, not a {type(hooks).__name__}")
    return tuple(map(registration, hooks))


def registration(hook: AnyHook) -> Registration:
    """A hook, checked.

    Raises:
        ExpressionError: it is a class, has neither method, or one that is `async`.
    """
    if isinstance(hook, type):
        raise ExpressionError(f"{hook.__name__} is a class: add a hook of it, {hook.__name__}()")
    name = type(hook).__qualname__
    before, after = _method(hook, name, "before"), _method(hook, name, "after")
    if before is None and after is None:
        raise ExpressionError(
            f"{name} is no hook: it needs a method before(request) or after(request, exchange)"
        )
    return Registration(name, before, after)


def _method(hook: object, name: str, method: str) -> Callable[..., Any] | None:
    found = getattr(hook, method, None)
    if found is None:
        return None
    if not callable(found) or inspect.iscoroutinefunction(found):
        raise ExpressionError(
            f"hook {name}: {method} has to be a plain method; what has to wait goes to a task or a queue"
        )
    return found  # type: ignore[no-any-return]


def _place(failure: BaseException) -> str:
    """File and line where an exception was raised."""
    trace = failure.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "an unknown place"
    return f"{PurePath(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
