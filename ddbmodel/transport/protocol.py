"""The seam between those who ask and those who send."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Protocol, runtime_checkable

from ddbmodel.transport.events import Statistics


class WireRequest(Protocol):
    """What a lane has to know of a request. Every request of `operations` is one."""

    name: ClassVar[str]
    """DynamoDB's name of the operation, such as `PutItem`."""

    method: ClassVar[str]
    """The client's method for it, such as `put_item`."""

    is_write: ClassVar[bool]
    """True if it can change what is stored."""

    @property
    def table(self) -> str | None:
        """The table's name, if it is about one table."""
        ...

    @property
    def repeatable(self) -> bool:
        """True if it may be sent again when nobody knows whether it was applied."""
        ...

    def to_wire(self) -> dict[str, Any]:
        """The parameters, under the names of DynamoDB's API."""
        ...


@runtime_checkable
class Tokened(Protocol):
    """A write that may carry a token, by which the service knows what it has applied already."""

    @property
    def token(self) -> str | None:
        """The token, if it has one."""
        ...


def lean_wire(request: WireRequest) -> dict[str, Any]:
    """Give the parameters of a request for who writes JSON: items that know theirs are left as they are."""
    lean: Callable[[], dict[str, Any]] | None = getattr(request, "to_lean_wire", None)
    return request.to_wire() if lean is None else lean()


def region_of(transport: Transport) -> str | None:
    """Give the name of the region that a transport sends to; None if it does not tell."""
    name: str | None = getattr(transport, "region_name", None)
    return name


class Transport(Protocol):
    """Sends requests. One is opened for the life of a mapper, and used by many tasks at once."""

    @property
    def statistics(self) -> Statistics:
        """How much was sent so far."""
        ...

    async def send(self, request: WireRequest) -> dict[str, Any]:
        """Send a request until there is an answer, and return the reply's members.

        What is sent again, and when, is told in `delivery`. Whoever is `events.listening` is told of the
        exchange, once, whether it failed or not; not if nothing was sent.

        Raises:
            ConditionalCheckFailed: the condition was false; `.item` is the stored item as stored.
            TransactionCanceled: `.reasons` are the service's, with items as stored.
            WriteOutcomeUnknown: a write was sent that must not be repeated, and the reply was lost; or a
                transaction with a token was repeated in vain.
            ServiceError: everything else that the service, or the way to it, refused. For a write it means
                that nothing was written, except `ConnectionFailed`, `ReplyCorrupt` and the service's internal
                errors after repeating in vain.
            OperationUnknown: the installed botocore does not know the operation; nothing was sent.
            MapperClosed: the transport has been closed.
            WrongEventLoop: it belongs to another event loop.
        """
        ...

    async def close(self) -> None:
        """Give back what was opened. Closing twice does no harm."""
        ...
