"""An HTTP/1.1 server on loopback, that can also break off its replies."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from ddbmodel.testing.proxy.http_messages import HEAD_BYTES, BadMessage, Message, read_message, render

HOST: Final = "127.0.0.1"
_NO_LINGERING: Final = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back.

    Attributes:
        data: the bytes; empty to send nothing.
        broken: break the connection after them.
    """

    data: bytes = field(default=b"", repr=False)
    broken: bool = False


Handler: TypeAlias = Callable[[Message], Awaitable[Answer]]


class HttpServer:
    """Hands each request to a handler, and sends what it answers; connections are kept alive."""

    def __init__(self, handle: Handler) -> None:
        self._handle = handle
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def listens(self) -> bool:
        """True between start and stop."""
        return self._server is not None

    @property
    def port(self) -> int:
        """The port it listens on."""
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def start(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._connected, HOST, 0, limit=HEAD_BYTES)

    async def stop(self) -> None:
        """End all connections, whatever is under way on them."""
        if self._server is None:
            return
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client hung up, as clients do, or the server is being stopped
        finally:
            self._connections.discard(task)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its reply; False if the connection has ended."""
        try:
            request = await read_message(reader, is_reply=False)
        except BadMessage as error:
            head = f"HTTP/1.1 {error.status} Bad Request"
            writer.write(render(head, {"connection": "close"}, str(error).encode()))
            await writer.drain()
            return False
        if request is None:
            return False
        answer = await self._handle(request)
        writer.write(answer.data)
        if not answer.broken:
            await writer.drain()
            return request.keeps_alive
        if answer.data:
            await writer.drain()
        else:
            _reset(writer)
        return False


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection by a reset, and not in good order."""
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGERING)
    writer.transport.abort()
