"""One connection: a request goes out, its reply comes back, and then perhaps the next."""

from __future__ import annotations

import asyncio
import select
from collections.abc import Callable
from typing import Any, Final, cast

from ddbmodel.transport.fast.http_reply import HttpReply, MalformedReply, ReplyParser

# On systems without it, a closed connection is noticed when the event loop notices.
_poll: Final[Callable[[], Any] | None] = getattr(select, "poll", None)

_PIECE_BYTES: Final = 256 * 1024
"""What is longer is written piece by piece, as fast as the peer takes it. Almost all requests are shorter."""


class ReplyLost(Exception):
    """The request may have been sent, and no reply came that can be read.

    Attributes:
        code: one word for it.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Connection(asyncio.Protocol):
    """Carries one request at a time.

    Args:
        on_lost: called once, when the connection is gone.

    Attributes:
        since: when something last went out or came in, by the loop's clock.
        busy: a request is under way, or the connection was taken out of the pool for one.
        lost: done when the connection is gone.
    """

    __slots__ = (
        "_loop",
        "_on_lost",
        "_parser",
        "_paused",
        "_poller",
        "_rest",
        "_reusable",
        "_transport",
        "_waiter",
        "busy",
        "lost",
        "since",
    )

    def __init__(self, loop: asyncio.AbstractEventLoop, on_lost: Callable[[Connection], None]) -> None:
        self._loop = loop
        self._on_lost = on_lost
        self._transport: asyncio.Transport | None = None
        self._parser: ReplyParser | None = None
        self._waiter: asyncio.Future[HttpReply] | None = None
        self._poller: Any = None
        # What of a long request has not been handed to the transport yet.
        self._rest: memoryview | None = None
        self._paused = False
        self._reusable = True
        self.busy = True
        self.lost: asyncio.Future[None] = loop.create_future()
        self.since = loop.time()

    @property
    def reusable(self) -> bool:
        """The next request may go over it, as far as is known without asking the system."""
        transport = self._transport
        return (
            self._reusable and self._waiter is None and transport is not None and not transport.is_closing()
        )

    def is_quiet(self) -> bool:
        """Nothing has come in that the loop has not seen yet: no end of the stream, and nothing unasked.

        The peer closes what idles too long. A request that is written after that is lost, and nobody knows
        whether it was applied; asking first is cheaper. It matters most when the process was stopped or busy.
        """
        return self._poller is None or not self._poller.poll(0)

    def exchange(self, request: bytes) -> asyncio.Future[HttpReply]:
        """Write a request; the future is its reply.

        The future raises `ReplyLost`, or `MalformedReply`. Whoever stops waiting for it must `abort`.
        """
        transport = self._transport
        assert transport is not None
        self._reusable = False
        self._parser = ReplyParser()
        self.since = self._loop.time()
        waiter = self._waiter = self._loop.create_future()
        if len(request) > _PIECE_BYTES:
            self._rest = memoryview(request)
            self._write_rest()
        else:
            transport.write(request)
        return waiter

    def close(self) -> None:
        """Close in order, once what was written is out."""
        self._reusable = False
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Close at once."""
        self._reusable = False
        if self._transport is not None:
            self._transport.abort()

    def time_out(self) -> None:
        """Give up waiting for the reply."""
        self._fail(ReplyLost("ReadTimeout", "there was no reply in time"))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        file = transport.get_extra_info("socket")
        if _poll is not None and file is not None:
            self._poller = _poll()
            self._poller.register(file.fileno(), select.POLLIN)

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        self._write_rest()

    def data_received(self, data: bytes) -> None:
        waiter, parser = self._waiter, self._parser
        if waiter is None or parser is None:
            # Nothing was asked for: whatever it is, it must not be taken for the next reply.
            self.abort()
            return
        self.since = self._loop.time()
        try:
            reply = parser.feed(data)
        except MalformedReply as error:
            self._fail(error)
            return
        if reply is not None:
            self._answer(waiter, reply)

    def eof_received(self) -> bool:
        waiter, parser = self._waiter, self._parser
        reply = None if parser is None else parser.feed_eof()
        if waiter is not None and reply is not None:
            self._answer(waiter, reply)
        # The transport closes itself; what is still unanswered fails then.
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        parser = self._parser
        begun = parser is not None and parser.begun
        when = "in the middle of the reply" if begun else "before the reply came"
        self._fail(ReplyLost("ConnectionLost", f"the connection was lost {when}"))
        self._poller = None
        self._transport = None
        if not self.lost.done():
            self.lost.set_result(None)
        self._on_lost(self)

    def _answer(self, waiter: asyncio.Future[HttpReply], reply: HttpReply) -> None:
        transport = self._transport
        # A reply that came before the whole request was out leaves the rest of the request in the way.
        sent = self._rest is None and transport is not None and transport.get_write_buffer_size() == 0
        self._waiter = None
        self._parser = None
        self._reusable = reply.keep_alive and sent
        if not waiter.done():
            waiter.set_result(reply)

    def _write_rest(self) -> None:
        """Write more of a long request, until the transport has enough for now.

        It is the peer's turn when all is out: a slow way there is no late reply. And what encrypts does not
        show how much of it the system has not taken yet, so the transport is never given all at once.
        """
        transport, rest = self._transport, self._rest
        if transport is None or rest is None:
            return
        self.since = self._loop.time()
        while rest and not self._paused:
            transport.write(rest[:_PIECE_BYTES])
            rest = rest[_PIECE_BYTES:]
        self._rest = rest or None

    def _fail(self, error: Exception) -> None:
        waiter, self._waiter = self._waiter, None
        self._parser = None
        self._rest = None
        self.abort()
        if waiter is not None and not waiter.done():
            waiter.set_exception(error)
