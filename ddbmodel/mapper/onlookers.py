"""Who looks on while a mapper sends: its hooks, and the measures that are open.

A measure belongs to the task that opened it, by a context variable, which every task inherits from the one
that starts it. So it counts what is sent by its own task and by those started inside of it, batch reads and
parallel scans included, and nothing of the rest of the process. A batch writer sends from tasks that start
when it is opened: it counts where it was opened.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

from ddbmodel.mapper.exchange import Exchange, answered, failed
from ddbmodel.mapper.hooks import AnyHook, Registration, registration
from ddbmodel.mapper.usage import Usage, count
from ddbmodel.operations import Request, reporting_capacity
from ddbmodel.transport import Exchange as Delivered
from ddbmodel.transport import Transport, listening


@dataclass(slots=True, eq=False)
class Measure:
    """One `with mapper.measure()`.

    Attributes:
        owner: of which mapper.
        usage: what it has counted.
        open: False once it has been left. Tasks that were started inside may still be sending.
    """

    owner: Onlookers
    usage: Usage = field(default_factory=Usage)
    open: bool = True


_measures: Final[ContextVar[tuple[Measure, ...]]] = ContextVar("ddbmodel.mapper.measures", default=())


class Onlookers:
    """The hooks and measures of one mapper.

    Attributes:
        present: False while there is neither hook nor measure, so that sending costs nothing more.
    """

    __slots__ = ("_hooks", "_measuring", "present")

    def __init__(self, hooks: Sequence[Registration] = ()) -> None:
        self._hooks = tuple(hooks)
        self._measuring = 0
        self._look_around()

    def add(self, hook: AnyHook) -> Callable[[], None]:
        """Add a hook, and return what removes it again. Requests under way keep those they began with.

        Raises:
            ExpressionError: it is not a hook.
        """
        added = registration(hook)
        self._hooks = (*self._hooks, added)
        self._look_around()

        def remove() -> None:
            self._hooks = tuple(one for one in self._hooks if one is not added)
            self._look_around()

        return remove

    @contextmanager
    def measure(self) -> Generator[Usage]:
        """Count what this task, and tasks that it starts inside, send."""
        measure = Measure(self)
        self._measuring += 1
        self._look_around()
        _measures.set((*_still_open(), measure))
        try:
            yield measure.usage
        finally:
            measure.open = False
            # Not reset by a token: a measure may be left in another context than the one it was opened in.
            _measures.set(_still_open())
            self._measuring -= 1
            self._look_around()

    async def send(self, transport: Transport, request: Request, region: str | None = None) -> dict[str, Any]:
        """Send a request before the eyes of all onlookers, and tell them for which region it was."""
        measures = [measure for measure in _measures.get() if measure.owner is self and measure.open]
        passage = Passage(reporting_capacity(request) if measures else request, measures)
        try:
            passage.begin(self._hooks)
            with listening(passage.delivered.append):
                reply = await transport.send(passage.request)
        except BaseException as error:
            passage.end(failed(passage.request, passage.outcome, error, region), error)
            raise
        passage.end(answered(passage.request, passage.outcome, reply, region), None)
        return reply

    def _look_around(self) -> None:
        self.present = bool(self._hooks or self._measuring)


def _still_open() -> tuple[Measure, ...]:
    return tuple(measure for measure in _measures.get() if measure.open)


@dataclass(slots=True, eq=False)
class Passage:
    """One request that passes the onlookers.

    Attributes:
        request: as it is sent.
        measures: that count it.
        delivered: what the transport tells of it.
        begun: the hooks whose `before` is behind it.
    """

    request: Request
    measures: Sequence[Measure]
    delivered: list[Delivered] = field(default_factory=list[Delivered])
    begun: list[Registration] = field(default_factory=list[Registration])

    @property
    def outcome(self) -> Delivered | None:
        """What the transport told, if it told something."""
        return self.delivered[-1] if self.delivered else None

    def begin(self, hooks: Sequence[Registration]) -> None:
        """Call each `before`; the first that raises stops the request."""
        for hook in hooks:
            if hook.before is not None:
                hook.before(self.request)
            self.begun.append(hook)

    def end(self, exchange: Exchange, error: BaseException | None) -> None:
        """Count, and call each `after` whose `before` was called, the last one first."""
        for measure in self.measures:
            if measure.open:
                count(measure.usage, self.request, exchange)
        for hook in reversed(self.begun):
            hook.finish(self.request, exchange, error)
