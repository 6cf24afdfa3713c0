"""A hook that keeps the requests of a mapper, for tests of what is sent and what is not."""

from __future__ import annotations

from typing import Any

from ddbmodel import Request


class Sent:
    """The requests that a mapper has sent, in order."""

    def __init__(self) -> None:
        self.requests: list[Request] = []

    def before(self, request: Request) -> None:
        """Keep it."""
        self.requests.append(request)

    def take(self) -> list[Request]:
        """What was sent since the last call."""
        taken, self.requests = self.requests, []
        return taken

    def wire(self) -> dict[str, Any]:
        """The parameters of the one request that was sent since the last call."""
        (request,) = self.take()
        return request.to_wire()
