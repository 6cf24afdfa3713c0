"""An endpoint on loopback that plays scripts of raw bytes, connection by connection."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
from collections import deque
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self, TypeAlias

EMPTY = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: 2\r\n\r\n{}"


def reply(body: bytes = b"{}", *headers: str, status: str = "200 OK", version: str = "1.1") -> bytes:
    """A reply with a length, and with more headers."""
    lines = (f"HTTP/{version} {status}", f"Content-Length: {len(body)}", *headers, "", "")
    return "\r\n".join(lines).encode() + body


class Link:
    """The server's end of one connection.

    Attributes:
        number: which connection it is, counted from 0.
        request: the request that came last, head and body.
        ended: the other end has closed, or this one.
    """

    def __init__(self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.number = number
        self.reader = reader
        self.writer = writer
        self.request = b""
        self.ended = asyncio.Event()

    async def take(self) -> bytes:
        """Read one request."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length")
        )
        self.request = head + await self.reader.readexactly(length)
        return self.request

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """Cut the connection so that the other end is told (RST)."""
        raw: socket.socket = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    def half_close(self) -> None:
        """Send no more, and go on reading."""
        self.writer.write_eof()

    async def gone(self) -> None:
        """Wait until the other end has closed."""
        with contextlib.suppress(ConnectionError):
            await self.reader.read()


Play: TypeAlias = Callable[[Link], Awaitable[object]]


def sends(*pieces: bytes, end: str = "") -> Play:
    """Takes the request, and sends these pieces, each by itself; `end` is `reset` or `close`."""

    async def play(link: Link) -> None:
        await link.take()
        for piece in pieces:
            await link.send(piece)
            await asyncio.sleep(0)
        if end == "reset":
            link.reset()
        elif end == "close":
            link.writer.close()

    return play


class RawServer:
    """Plays `script` from its beginning, one play for each request; then everything gets an empty reply.

    A play that closes or resets its link ends the connection.

    Args:
        listener: a socket that is bound; None binds one to a free port of 127.0.0.1.
        tls: encrypts; None does not.
    """

    def __init__(self, listener: socket.socket | None = None, tls: ssl.SSLContext | None = None) -> None:
        self._listener = listener
        self._tls = tls
        self.script: deque[Play] = deque()
        self.otherwise: Play = sends(EMPTY)
        self.links: list[Link] = []
        self.requests: list[tuple[int, bytes]] = []
        self.arrived = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        assert self._server is not None
        host, port = self._server.sockets[0].getsockname()[:2]
        return f"http{'s' if self._tls else ''}://{host}:{port}"

    async def __aenter__(self) -> Self:
        at = {"host": "127.0.0.1", "port": 0} if self._listener is None else {"sock": self._listener}
        self._server = await asyncio.start_server(self._serve, **at, backlog=1024, ssl=self._tls)  # type: ignore[arg-type]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        link = Link(len(self.links), reader, writer)
        self.links.append(link)
        try:
            while not writer.is_closing():
                # A play begins when the first byte of its request is there.
                first = await reader.read(1)
                if not first:
                    break
                reader._buffer[:0] = first  # type: ignore[attr-defined]  # a reader has no way to look ahead
                play = self.script.popleft() if self.script else self.otherwise
                self.arrived.set()
                await play(link)
                self.requests.append((link.number, link.request))
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client hung up, as clients do, or the test is over
        finally:
            writer.close()
            link.ended.set()
            self._tasks.discard(task)
