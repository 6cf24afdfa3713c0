"""A DynamoDB endpoint on loopback that plays a script of replies and faults, and records what it was sent."""

from __future__ import annotations

import asyncio
import json
import ssl
import zlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

REQUEST_ID = "4KBNVRGD25RG1KEO9UT4V3FQDJ"


@dataclass(frozen=True)
class Received:
    """One request."""

    operation: str
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True)
class Play:
    """What to do with one request.

    `headers` are added to those of a well-formed reply; None takes one away. `cut_bytes` leaves off the end
    of the body, and hangs up. `reset` hangs up without a reply, and `hold` keeps the caller waiting until it
    is set.
    """

    body: bytes = b"{}"
    status: int = 200
    headers: Mapping[str, str | None] = field(default_factory=dict)
    cut_bytes: int = 0
    reset: bool = False
    hold: asyncio.Event | None = None

    def render(self) -> bytes:
        headers: dict[str, str | None] = {
            "Content-Type": "application/x-amz-json-1.0",
            "x-amzn-RequestId": REQUEST_ID,
            "x-amz-crc32": str(zlib.crc32(self.body)),
            "Content-Length": str(len(self.body)),
        }
        lines = [
            f"{name}: {value}" for name, value in (headers | dict(self.headers)).items() if value is not None
        ]
        head = "\r\n".join((f"HTTP/1.1 {self.status} X", *lines, "", ""))
        return head.encode() + self.body[: len(self.body) - self.cut_bytes]


def answer(members: Mapping[str, Any] | None = None, **options: Any) -> Play:
    """A successful reply."""
    return Play(json.dumps(members or {}).encode(), **options)


def fault(code: str, message: str = "It is so.", /, *, status: int = 400, **members: Any) -> Play:
    """An error reply of the service. `headers` adds headers, anything else is a member of the body."""
    headers = members.pop("headers", {})
    body = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": message} | members
    return Play(json.dumps(body).encode(), status=status, headers=headers)


class ScriptedServer:
    """Plays `script` from its beginning, then answers everything with an empty success."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.script: deque[Play] = deque()
        self.received: list[Received] = []
        self.arrived = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        assert self._server is not None
        host, port = self._server.sockets[0].getsockname()
        return f"http{'s' if self._tls else ''}://{host}:{port}"

    @property
    def operations(self) -> list[str]:
        return [received.operation for received in self.received]

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
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
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client hung up, as clients do, or the test is over
        finally:
            writer.close()
            self._tasks.discard(task)

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head)}
        body = json.loads(await reader.readexactly(int(headers["content-length"])))
        operation = headers["x-amz-target"].rpartition(".")[2]
        self.received.append(Received(operation, headers, body))
        play = self.script.popleft() if self.script else Play()
        self.arrived.set()
        if play.hold is not None:
            await play.hold.wait()
        if play.reset:
            writer.transport.abort()
            return False
        writer.write(play.render())
        await writer.drain()
        return play.cut_bytes == 0
