"""Reading and writing HTTP/1.1 messages, with bounds."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ddbmodel import limits

HEAD_BYTES: Final = 64 * limits.KB
BODY_BYTES: Final = 64 * limits.MB
"""Arbitrary: a batch of 16 MB is the largest request that the service takes, and its JSON can be larger."""

_END: Final = b"\r\n\r\n"


class BadMessage(Exception):
    """What came is no HTTP message, or one over the bounds.

    Attributes:
        status: the HTTP status for a client that sent it.
    """

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True, slots=True)
class Message:
    """A request or reply.

    Attributes:
        start: its first line.
        headers: by name in small letters; of several with one name, the last.
    """

    start: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def status(self) -> int:
        """The status of a reply."""
        try:
            return int(self.start.split(" ", 2)[1])
        except (IndexError, ValueError):
            raise BadMessage("a reply without a status") from None

    @property
    def keeps_alive(self) -> bool:
        """True if the connection can be used again."""
        return self.headers.get("connection", "").lower() != "close" and not self.start.endswith("HTTP/1.0")


async def read_message(reader: asyncio.StreamReader, *, is_reply: bool) -> Message | None:
    """Read one message; None if the connection ended instead.

    Raises:
        BadMessage: see there.
        asyncio.IncompleteReadError: the connection ended in the middle of it.
    """
    try:
        head = await reader.readuntil(_END)
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise
        return None
    except asyncio.LimitOverrunError:
        raise BadMessage("the head of the message is too long", 431) from None
    start, *lines = head[: -len(_END)].decode("latin-1").split("\r\n")
    headers = dict(_header(line) for line in lines)
    return Message(start, headers, await _body(reader, headers, to_the_end=is_reply))


def render(start: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """A message as bytes, with the length of its body."""
    all_headers = {**headers, "content-length": str(len(body))}
    lines = (start, *(f"{name}: {value}" for name, value in all_headers.items()))
    return "\r\n".join(lines).encode("latin-1") + _END + body


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon:
        raise BadMessage("a header without a colon")
    return name.strip().lower(), value.strip()


async def _body(reader: asyncio.StreamReader, headers: Mapping[str, str], *, to_the_end: bool) -> bytes:
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return await _chunks(reader)
    if "content-length" not in headers:
        return await _rest(reader) if to_the_end else b""
    return await reader.readexactly(_bounded(headers["content-length"], 10))


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while size := _bounded((await reader.readline()).split(b";")[0].strip().decode("latin-1"), 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
        _bounded(str(len(body)), 10)
    while (await reader.readline()).strip():
        pass  # trailers
    return bytes(body)


async def _rest(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while part := await reader.read(limits.MB):
        body += part
        _bounded(str(len(body)), 10)
    return bytes(body)


def _bounded(text: str, base: int) -> int:
    try:
        size = int(text, base)
    except ValueError:
        raise BadMessage("a length that is no number") from None
    if not 0 <= size <= BODY_BYTES:
        raise BadMessage("the body of the message is too long", 413)
    return size
