"""Fetching new credentials when the service says that the ones in use have expired.

botocore refreshes temporary credentials by itself, some minutes before they expire by this machine's clock.
That is not enough where the clock is wrong or the credentials were revoked: then only the service knows.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final

_log: Final = logging.getLogger("ddbmodel.transport")


class CredentialRefresher:
    """Refreshes a client's credentials, once for all requests that found them expired."""

    __slots__ = ("_client", "_clock", "_lock", "_refreshed_at")

    def __init__(self, client: Any, clock: Callable[[], float]) -> None:
        self._client = client
        self._clock = clock
        self._lock = asyncio.Lock()
        self._refreshed_at: float | None = None

    async def refresh(self, since: float) -> None:
        """Fetch new credentials, unless that was done after `since`, a time of the clock.

        There is no public way to do it. Where the private one is missing, or fails, the next attempt is
        signed with whatever the client then has, which may be new as well.
        """
        async with self._lock:
            if self._refreshed_at is not None and self._refreshed_at > since:
                return
            signer = getattr(self._client, "_request_signer", None)
            credentials = getattr(signer, "_credentials", None)
            refresh = getattr(credentials, "_protected_refresh", None)
            if refresh is None:
                return
            try:
                await refresh(is_mandatory=False)
            except RuntimeError:
                # What was fetched has expired as well: the next attempt says so to the caller.
                _log.warning("the credentials were refreshed, and are still expired")
            self._refreshed_at = self._clock()
