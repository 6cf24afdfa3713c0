"""The way to the engine behind: HTTP/1.1 connections that are kept alive."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from ddbmodel.errors import DDBModelError
from ddbmodel.testing.proxy.http_messages import HEAD_BYTES, BadMessage, Message, read_message, render

# Arbitrary, and shorter than servers keep idle connections (Node: 5 s): one that the engine is about to close
# would lose a request.
IDLE_SECONDS: Final = 2.0

_Connection: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]
# What belongs to one connection, and is not handed on.
_OWN: Final = frozenset({"connection", "content-length", "transfer-encoding", "expect", "keep-alive"})


class NotReached(Exception):
    """The engine takes no connection, so the request was not applied."""


class Lost(Exception):
    """The connection broke before the reply was there: nobody knows if the request was applied."""


class Upstream:
    """Sends requests to the engine, each on a connection of its own."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname:
            raise DDBModelError(
                "FaultProxy: the engine's URL is not plain HTTP: use such as http://127.0.0.1:8000"
            )
        self._host, self._port = parts.hostname, parts.port or 80
        self._path = parts.path or "/"
        self._idle: list[tuple[float, _Connection]] = []

    async def exchange(self, headers: Mapping[str, str], body: bytes) -> Message:
        """Send one request and read the reply. Nothing is sent twice.

        Raises:
            NotReached: see there.
            Lost: see there.
        """
        reader, writer = await self._connection()
        kept = False
        try:
            passed = {name: value for name, value in headers.items() if name not in _OWN}
            writer.write(render(f"POST {self._path} HTTP/1.1", passed, body))
            reply = await read_message(reader, is_reply=True)
            if reply is None:
                raise Lost
            kept = reply.keeps_alive and (
                {"content-length", "transfer-encoding"} & reply.headers.keys() != set()
            )
        except (OSError, asyncio.IncompleteReadError, BadMessage) as error:
            raise Lost from error
        else:
            return reply
        finally:
            if kept:
                self._idle.append((asyncio.get_running_loop().time(), (reader, writer)))
            else:
                writer.close()

    async def close(self) -> None:
        """Close the idle connections."""
        idle, self._idle = self._idle, []
        for _, (_, writer) in idle:
            writer.close()

    async def _connection(self) -> _Connection:
        now = asyncio.get_running_loop().time()
        while self._idle:
            since, (reader, writer) = self._idle.pop()
            if now - since < IDLE_SECONDS and not reader.at_eof():
                return reader, writer
            writer.close()
        try:
            return await asyncio.open_connection(self._host, self._port, limit=HEAD_BYTES)
        except OSError as error:
            raise NotReached from error
