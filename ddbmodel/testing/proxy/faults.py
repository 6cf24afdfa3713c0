"""What can go wrong with one request.

Where a fault says that the request is not applied, the engine behind never sees it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Throttle:
    """Refuse it for want of capacity. Not applied."""


@dataclass(frozen=True, slots=True)
class InternalError:
    """Answer with an internal error, status 500.

    Attributes:
        applied: carry it out before.
    """

    applied: bool = False


@dataclass(frozen=True, slots=True)
class Unprocessed:
    """Leave part of a batch unprocessed: the last of its writes or keys. Other requests are carried out.

    Attributes:
        part: how much of it, over 0 and up to 1; rounded up to whole writes. All of it is answered as
            throttling, as the service does when it processes nothing.
    """

    part: float = 0.5

    def __post_init__(self) -> None:
        if not 0 < self.part <= 1:
            raise ValueError(f"part is {self.part}: use a number over 0 and up to 1")


@dataclass(frozen=True, slots=True)
class ResetBefore:
    """Break the connection instead of carrying it out. Not applied."""


@dataclass(frozen=True, slots=True)
class DropReply:
    """Carry it out, and break the connection instead of answering."""


@dataclass(frozen=True, slots=True)
class Truncate:
    """Carry it out, send part of the reply, and break the connection.

    Attributes:
        kept: how much of the reply's body is sent, from 0 to under 1.
    """

    kept: float = 0.5

    def __post_init__(self) -> None:
        if not 0 <= self.kept < 1:
            raise ValueError(f"kept is {self.kept}: use a number from 0 to under 1")


@dataclass(frozen=True, slots=True)
class Garble:
    """Carry it out, and answer with a body that is no JSON, without a checksum."""


@dataclass(frozen=True, slots=True)
class WrongChecksum:
    """Carry it out, and answer with a checksum that is not the body's."""


@dataclass(frozen=True, slots=True)
class ExpiredCredentials:
    """Refuse it because its credentials have expired. Not applied."""


SingleFault: TypeAlias = (
    Throttle
    | InternalError
    | Unprocessed
    | ResetBefore
    | DropReply
    | Truncate
    | Garble
    | WrongChecksum
    | ExpiredCredentials
)


@dataclass(frozen=True, slots=True)
class Delay:
    """Hold it up before anything else.

    Attributes:
        seconds: how long.
        then: what goes wrong after that; None if nothing does.
    """

    seconds: float
    then: SingleFault | None = None

    def __post_init__(self) -> None:
        if self.seconds < 0:
            raise ValueError(f"seconds is {self.seconds}: use a number from 0 on")


Fault: TypeAlias = SingleFault | Delay


def name_of(fault: Fault | None) -> str | None:
    """The name of what goes wrong, without the delay before it."""
    if isinstance(fault, Delay):
        return name_of(fault.then) or "Delay"
    return None if fault is None else type(fault).__name__
