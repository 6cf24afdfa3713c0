"""What a request that failed means for the writes that it carried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from ddbmodel.errors import (
    AccessDenied,
    ConnectionFailed,
    DDBModelError,
    ReplyCorrupt,
    RequestRefused,
    ServiceError,
    TableInUse,
    TableNotFound,
    Throttled,
    WriteOutcomeUnknown,
)
from ddbmodel.mapper.entry import Entry
from ddbmodel.transport.failure import Fate
from ddbmodel.transport.mapping import meaning_of

_NEVER_CONNECTED: Final = frozenset(("ConnectFailed", "ConnectTimeout"))


class Course(Enum):
    """What to do about a request that failed."""

    AGAIN = "again"
    """Send it again after a pause: it says nothing about the writes themselves."""

    APART = "apart"
    """Send the writes to different tables apart: one table's trouble is not the other's."""

    HALVES = "halves"
    """Send it in halves, until what is refused is alone: one bad write makes a whole batch refused."""

    END = "end"
    """Give it up."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do, and whether the request may have been applied."""

    course: Course
    unknown: bool = False


def judge(error: Exception) -> Verdict:
    """The verdict on an error of `Transport.send`, for puts and deletes without conditions.

    Sending these twice does no harm. So whatever may pass is sent again, and only what cannot be told apart
    from having been applied is `unknown`.
    """
    match error:
        case Throttled():
            return Verdict(Course.AGAIN)
        case RequestRefused():
            return Verdict(Course.HALVES)
        case TableNotFound() | TableInUse() | AccessDenied():
            return Verdict(Course.APART)
        case ConnectionFailed():
            return Verdict(Course.AGAIN, unknown=error.code not in _NEVER_CONNECTED)
        case ReplyCorrupt() | WriteOutcomeUnknown() | OSError():
            return Verdict(Course.AGAIN, unknown=True)
        case ServiceError():
            return _by_code(error.code)
        case DDBModelError():  # the mapper is closed, or belongs to another event loop: nothing was sent
            return Verdict(Course.END)
        case _:
            return Verdict(Course.END, unknown=True)


def _by_code(code: str) -> Verdict:
    """A code that nobody knows is taken for trouble that passes: tries are limited, and nothing is lost."""
    fate = meaning_of(code, None).fate
    return Verdict(Course.AGAIN, unknown=fate is Fate.UNKNOWN)


def split(batch: Sequence[Entry], course: Course) -> list[list[Entry]]:
    """The parts in which to send a batch that was refused; none if it cannot be, or need not be, divided."""
    if course not in (Course.APART, Course.HALVES):
        return []
    by_table: dict[str, list[Entry]] = {}
    for entry in batch:
        by_table.setdefault(entry.write.table, []).append(entry)
    if len(by_table) > 1:
        return list(by_table.values())
    if course is Course.HALVES and len(batch) > 1:
        middle = len(batch) // 2
        return [list(batch[:middle]), list(batch[middle:])]
    return []


def describe(error: Exception) -> str:
    """The reason to report. The text of an error that is not ours is left out: it could quote values."""
    if isinstance(error, WriteOutcomeUnknown) and isinstance(error.__cause__, DDBModelError):
        error = error.__cause__  # it says that the request is not sent again, and it is
    return f"{type(error).__name__}: {error}" if isinstance(error, DDBModelError) else type(error).__name__
