"""The floor's way to the endpoint: an `asyncio.Protocol` that keeps its connection, and requests signed by hand.

It knows nothing of redirects, retries, chunks, timeouts or credentials that change: what it leaves out is what
the libraries' work beyond this is for.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ssl
import zlib
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

_ACCESS_KEY: Final = "AKIDEXAMPLE"
_SECRET_KEY: Final = "secret"
_REGION: Final = "us-east-1"
_SIGNED: Final = "content-type;host;x-amz-date;x-amz-target"
_TARGET: Final = "DynamoDB_20120810."


class Signer:
    """Signs requests; the day's key is derived once a day."""

    def __init__(self, host: str) -> None:
        self._host, self._day, self._key = host, "", b""

    def head(self, operation: str, body: bytes) -> bytes:
        """The head of a request, signed."""
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        day = moment[:8]
        if day != self._day:
            self._key, self._day = self._derived(day), day
        scope = f"{day}/{_REGION}/dynamodb/aws4_request"
        headers = (
            f"content-type:application/x-amz-json-1.0\nhost:{self._host}\nx-amz-date:{moment}\n"
            f"x-amz-target:{_TARGET}{operation}\n"
        )
        request = f"POST\n/\n\n{headers}\n{_SIGNED}\n{hashlib.sha256(body).hexdigest()}"
        text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        signature = hmac.digest(self._key, text.encode(), "sha256").hex()
        return (
            f"POST / HTTP/1.1\r\nHost: {self._host}\r\nContent-Type: application/x-amz-json-1.0\r\n"
            f"X-Amz-Date: {moment}\r\nX-Amz-Target: {_TARGET}{operation}\r\n"
            f"Authorization: AWS4-HMAC-SHA256 Credential={_ACCESS_KEY}/{scope}, SignedHeaders={_SIGNED}, "
            f"Signature={signature}\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode()

    def _derived(self, day: str) -> bytes:
        key = f"AWS4{_SECRET_KEY}".encode()
        for part in (day, _REGION, "dynamodb", "aws4_request"):
            key = hmac.digest(key, part.encode(), "sha256")
        return key


class Connection(asyncio.Protocol):
    """One exchange after the other."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._head, self._chunks, self._missing, self._crc = b"", list[bytes](), 0, 0
        self._waiter: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def close(self) -> None:
        """Close it at once."""
        assert self._transport is not None
        self._transport.abort()

    def exchange(self, head: bytes, body: bytes) -> asyncio.Future[bytes]:
        """Send a request; the body of its reply."""
        assert self._transport is not None
        self._waiter = asyncio.get_running_loop().create_future()
        self._transport.write(head + body)
        return self._waiter

    def data_received(self, data: bytes) -> None:
        if self._missing == 0:
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return
            head, data, self._head = self._head[:end].lower() + b"\r\n", self._head[end + 4 :], b""
            assert head.startswith(b"http/1.1 200")
            self._missing, self._crc = _number(head, b"content-length:"), _number(head, b"x-amz-crc32:")
        self._chunks.append(data)
        self._missing -= len(data)
        if self._missing == 0:
            body = b"".join(self._chunks)
            self._chunks.clear()
            assert zlib.crc32(body) == self._crc
            assert self._waiter is not None
            self._waiter.set_result(body)


def _number(head: bytes, name: bytes) -> int:
    start = head.index(name) + len(name)
    return int(head[start : head.index(b"\r", start)])


class Line:
    """As many connections as there are requests at once."""

    def __init__(self, url: str, ca_file: str | None) -> None:
        parts = urlsplit(url)
        assert parts.hostname
        assert parts.port
        self._host, self._port = parts.hostname, parts.port
        self._context = ssl.create_default_context(cafile=ca_file) if parts.scheme == "https" else None
        self._signer = Signer(parts.netloc)
        self._idle: list[Connection] = []

    async def send(self, operation: str, body: bytes) -> bytes:
        """Send a request; the body of its reply."""
        connection = self._idle.pop() if self._idle else await self._opened()
        reply = await connection.exchange(self._signer.head(operation, body), body)
        self._idle.append(connection)
        return reply

    def close(self) -> None:
        """Close all connections; no request is under way."""
        for connection in self._idle:
            connection.close()

    async def _opened(self) -> Connection:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(Connection, self._host, self._port, ssl=self._context)
        return connection
