"""How far this machine's clock is from the service's, as far as the service has complained.

DynamoDB refuses a signature whose time is more than some minutes off. Its reply tells its own time, so the
next attempt can be signed with that.

Source: https://docs.aws.amazon.com/general/latest/gr/signature-v4-troubleshooting.html
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Final

from ddbmodel.transport.fast.signing import moment_of

TOLERANCE_SECONDS: Final = 240
"""AWS accepts about five minutes. A refusal with a smaller difference has another reason."""

_CLOCK_CODES: Final = frozenset(
    {
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "RequestExpired",
        "RequestTimeTooSkewed",
        "RequestInTheFuture",
        "AuthFailure",
    }
)


_log: Final = logging.getLogger("ddbmodel.transport")


class Clock:
    """The time to sign with.

    Attributes:
        offset_seconds: how far it is ahead of this machine's.
    """

    __slots__ = ("_now", "_second", "_shown", "offset_seconds")

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.offset_seconds = 0.0
        self._second = -1
        self._shown = ""

    def moment(self) -> str:
        """The time as it is signed; made anew once a second."""
        second = int(self._now() + self.offset_seconds)
        if second != self._second:
            self._second = second
            self._shown = moment_of(second)
        return self._shown

    def corrected(self, code: str, date: str | None, signed_offset_seconds: float) -> bool:
        """Set the clock by a reply, if its error may be the clock's fault and the times are far apart.

        Requests that were under way together are refused together. The first refusal sets the clock, and the
        others are no less its fault: what counts is the time that each was signed with.

        Args:
            code: the error's code.
            date: the reply's `Date` header.
            signed_offset_seconds: the clock's offset when the request was signed.

        Returns:
            True if another attempt will be signed with another time.
        """
        if code not in _CLOCK_CODES or date is None:
            return False
        try:
            told = parsedate_to_datetime(date).timestamp()
        except (ValueError, OverflowError):
            return False
        offset = told - self._now()
        if abs(offset - signed_offset_seconds) < TOLERANCE_SECONDS:
            return False
        if abs(offset - self.offset_seconds) >= TOLERANCE_SECONDS:
            self.offset_seconds = offset
            _log.warning("this machine's clock is wrong: requests are signed with the service's time")
        return True
