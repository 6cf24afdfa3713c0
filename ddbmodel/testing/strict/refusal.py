"""What DynamoDB answers to a request that it does not carry out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Refused(Exception):
    """The service refuses a request.

    Attributes:
        code: such as `ValidationException`.
        message: the service's words.
        members: what else the reply holds.
        status: the reply's HTTP status.
    """

    def __init__(
        self, code: str, message: str, members: Mapping[str, Any] | None = None, *, status: int = 400
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.members = dict(members or {})
        self.status = status


def invalid(message: str) -> Refused:
    """A `ValidationException`."""
    return Refused("ValidationException", message)
