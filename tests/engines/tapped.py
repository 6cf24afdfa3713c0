"""A wire in front of an HTTP server, that can be cut, held and listened to."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import TracebackType
from typing import Literal, Self
from urllib.parse import urlsplit

Cut = Literal["close", "reset"]


class Tapped:
    """Passes bytes on, connection by connection.

    Args:
        url: of the server behind it.
        cut_after_bytes: how many bytes of replies each connection carries before it is cut; None is any number.
        cut: whether the other end is told that it is the end, or that the connection is broken.
        before: is awaited before a request is passed on, with the first line of it.
    """

    def __init__(
        self,
        url: str,
        *,
        cut_after_bytes: int | None = None,
        cut: Cut = "close",
        before: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname, parts.port
        self._cut_after, self._cut, self._before = cut_after_bytes, cut, before
        self._links: set[asyncio.Task[None]] = set()
        self.requests: list[str] = []
        self.cuts = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._link, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        links = [*self._links]
        for link in links:
            link.cancel()
        await asyncio.gather(*links, return_exceptions=True)
        await self._server.wait_closed()

    async def _link(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._links.add(task)
        behind_reader, behind_writer = await asyncio.open_connection(self._host, self._port)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._requests(reader, behind_writer))
                group.create_task(self._replies(behind_reader, writer))
        except* (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._links.discard(task)
            writer.close()
            behind_writer.close()
            with suppress(ConnectionError):
                await asyncio.gather(writer.wait_closed(), behind_writer.wait_closed())

    async def _requests(self, reader: asyncio.StreamReader, behind: asyncio.StreamWriter) -> None:
        """Pass requests on; those of S3 that read have no body."""
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            self.requests.append(head.split(b"\r\n", 1)[0].decode())
            if self._before is not None:
                await self._before(self.requests[-1])
            behind.write(head)
            await behind.drain()

    async def _replies(self, behind: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        left = self._cut_after
        while part := await behind.read(16 * 1024 if left is None else min(16 * 1024, left)):
            writer.write(part)
            await writer.drain()
            if left is not None:
                left -= len(part)
                if not left:
                    self._cut_off(writer)
                    break
        raise ConnectionResetError

    def _cut_off(self, writer: asyncio.StreamWriter) -> None:
        self.cuts += 1
        if self._cut == "reset":
            raw: socket.socket = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
