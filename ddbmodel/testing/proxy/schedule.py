"""Which request meets which fault: by a script, or at random and repeatable.

Only requests about items and their tables' contents meet faults: creating and describing tables always works.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Final, Protocol, TypeAlias

from ddbmodel.testing.proxy.faults import (
    Delay,
    DropReply,
    ExpiredCredentials,
    Fault,
    Garble,
    InternalError,
    ResetBefore,
    SingleFault,
    Throttle,
    Truncate,
    Unprocessed,
    WrongChecksum,
)
from ddbmodel.testing.strict.call import DATA_OPERATIONS, Call

ANY: Final = "*"

Matcher: TypeAlias = str | Callable[[Call], bool]
"""DynamoDB's name of an operation, `*` for any, or a function that says if a call is meant."""

Step: TypeAlias = tuple[Matcher, Fault | None]
"""Which request, and what goes wrong with it; None lets it pass."""


@dataclass(frozen=True, slots=True)
class FaultRates:
    """How often things go wrong: parts of all requests, 1 in all at most.

    Attributes:
        throttle: refused for want of capacity.
        internal_error: an internal error, half of them after the request was carried out.
        unprocessed: part of a batch is left unprocessed; other requests are carried out.
        reset_before: the connection breaks, and nothing was applied.
        reset_after: the connection breaks after the request was applied.
        truncate: the reply ends early.
        garble: the reply is no JSON.
        wrong_crc: the reply's checksum is wrong.
        expired_credentials: the credentials are called expired.
        delay_seconds: every request is held up by a random time up to this; the faults come on top.
    """

    throttle: float = 0.0
    internal_error: float = 0.0
    unprocessed: float = 0.0
    reset_before: float = 0.0
    reset_after: float = 0.0
    truncate: float = 0.0
    garble: float = 0.0
    wrong_crc: float = 0.0
    expired_credentials: float = 0.0
    delay_seconds: float = 0.0

    def __post_init__(self) -> None:
        rates = [getattr(self, one.name) for one in fields(self) if one.name != "delay_seconds"]
        # A little more than 1 is what adding up binary fractions can give.
        if self.delay_seconds < 0 or min(rates) < 0 or sum(rates) > 1 + 1e-9:
            raise ValueError("FaultRates: rates are parts of 1, from 0 on and 1 in all; delays are from 0 on")


class Schedule(Protocol):
    """Says what goes wrong with each request, in the order in which they arrive."""

    def next(self, call: Call) -> Fault | None:
        """What goes wrong with this one; None if nothing does."""
        ...


class Script:
    """Steps in order: the first one waits for a request that it matches, then the next one does."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self._steps = deque(steps)

    def next(self, call: Call) -> Fault | None:
        """What the first step says, if it is about this request."""
        if call.operation not in DATA_OPERATIONS or not self._steps:
            return None
        matcher, fault = self._steps[0]
        if not (matcher(call) if callable(matcher) else matcher in (ANY, call.operation)):
            return None
        self._steps.popleft()
        return fault


class RandomFaults:
    """Faults at the given rates. The same seed gives the same faults for the same order of requests."""

    def __init__(self, rates: FaultRates, seed: int) -> None:
        self._rates = rates
        self._random = random.Random(seed)  # has to be repeatable, and protects nothing

    def next(self, call: Call) -> Fault | None:
        """What chance says. Three numbers are drawn for each request, whatever comes of them."""
        if call.operation not in DATA_OPERATIONS:
            return None
        which, amount, delay = (self._random.random() for _ in range(3))
        fault = self._pick(which, amount)
        if isinstance(fault, Unprocessed) and not call.is_batch:
            fault = None
        seconds = delay * self._rates.delay_seconds
        return Delay(seconds, fault) if seconds else fault

    def _pick(self, which: float, amount: float) -> SingleFault | None:
        rates = self._rates
        for rate, fault in (
            (rates.throttle, Throttle()),
            (rates.internal_error, InternalError(applied=amount < 0.5)),  # every other one
            (rates.unprocessed, Unprocessed(1 - amount)),
            (rates.reset_before, ResetBefore()),
            (rates.reset_after, DropReply()),
            (rates.truncate, Truncate(amount)),
            (rates.garble, Garble()),
            (rates.wrong_crc, WrongChecksum()),
            (rates.expired_credentials, ExpiredCredentials()),
        ):
            if which < rate:
                return fault
            which -= rate
        return None


class Recorder:
    """Hands on what another schedule says, and keeps it as a script."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._steps: list[Step] = []

    def next(self, call: Call) -> Fault | None:
        """What the other schedule says."""
        fault = self._schedule.next(call)
        if call.operation in DATA_OPERATIONS:
            self._steps.append((ANY, fault))
        return fault

    def script(self) -> tuple[Step, ...]:
        """One step for each request so far, up to the last one that met a fault."""
        count = next((n for n in range(len(self._steps), 0, -1) if self._steps[n - 1][1] is not None), 0)
        return tuple(self._steps[:count])


def schedule_of(faults: FaultRates | Sequence[Step], seed: int) -> Recorder:
    """The schedule for what a proxy was given."""
    if isinstance(faults, FaultRates):
        return Recorder(RandomFaults(faults, seed))
    return Recorder(Script(faults))
