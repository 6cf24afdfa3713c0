"""Requests as a careful program sends them: what is refused for now is sent again, later and later."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final

import aiohttp

from examples.ecommerce.web.load.report import Timings

_TRIES: Final = 40
_LONGEST_PAUSE_SECONDS: Final = 8.0
_UNAVAILABLE: Final = 503


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply that is not to be sent again."""

    status: int
    body: Any


@dataclass(frozen=True, slots=True)
class Client:
    """Sends to one shop, for all customers: connections are shared.

    Attributes:
        pause_seconds: how long a customer looks at a reply on average, before the next request.
    """

    session: aiohttp.ClientSession
    timings: Timings
    pause_seconds: float = 0.0

    async def look(self) -> None:
        """Take a customer's time."""
        if self.pause_seconds:
            await asyncio.sleep(random.uniform(0, 2 * self.pause_seconds))

    async def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: object = None,
        name: str | None = None,
    ) -> Reply:
        """Send a request, and again while the reply says to: each pause is random, and up to twice as long.

        Args:
            method: of the request.
            path: of the request, below `/api`.
            headers: of the request.
            body: sent as JSON.
            name: what it is counted as, if not as its path.

        Raises:
            RuntimeError: it is refused for ever, or does not say when to try again.
        """
        for attempt in range(_TRIES):
            started = perf_counter()
            async with self.session.request(method, f"/api{path}", headers=headers, json=body) as reply:
                content = await reply.json() if reply.status != 204 else None
            self.timings.add(name or f"{method} {path}", reply.status, perf_counter() - started)
            if reply.status != _UNAVAILABLE:
                return Reply(reply.status, content)
            if "Retry-After" not in reply.headers:
                break
            longest = min(_LONGEST_PAUSE_SECONDS, float(reply.headers["Retry-After"]) * 2**attempt)
            await asyncio.sleep(random.uniform(0, longest))
        raise RuntimeError(f"{method} {name or path} is refused without an end")
