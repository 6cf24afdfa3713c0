"""HTTP/1.1 replies, read from any number of pieces, within limits.

What is not plain HTTP is refused, not guessed at: two lengths, a length beside chunks, a line that ends in a
bare line feed. Such a reply may be half of another one.

Source: https://www.rfc-editor.org/rfc/rfc9112
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from ddbmodel.transport.reply_check import REPLY_BYTES_MAX

HEAD_BYTES_MAX: Final = 64 * 1024
"""All headers of a reply, or all trailers. DynamoDB's are about 300 bytes; most servers allow 8 to 64 KB."""

_CHUNK_LINE_BYTES_MAX: Final = 1024
_INTERIM_REPLIES_MAX: Final = 16
_NAMES_MAX: Final = 256

_STATUS_LINE: Final = re.compile(r"HTTP/1\.([01]) ([1-9][0-9]{2})(?: .*)?", re.DOTALL)
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CHUNK_LINE: Final = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n\0]*)?")
_BODILESS: Final = frozenset({204, 304})

_names: Final[dict[str, str]] = {}


class MalformedReply(Exception):
    """What came is not an HTTP reply, or larger than one may be. The text quotes nothing of it."""


@dataclass(frozen=True, slots=True)
class HttpReply:
    """One reply.

    Attributes:
        status: its HTTP status.
        headers: with names in small letters. Of headers that come twice, the last one.
        body: the body as it was sent, without its chunks.
        keep_alive: the connection may carry another request.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    keep_alive: bool


class _Phase(Enum):
    HEAD = auto()
    LENGTH = auto()
    CHUNKS = auto()
    TRAILERS = auto()
    REST = auto()
    DONE = auto()


class ReplyParser:
    """Reads one reply.

    Cost: each byte is looked at a small, fixed number of times, however the reply is cut into pieces; memory
    is what the reply is long, up to its limit.

    Attributes:
        begun: some of it has come.
        surplus: more came than the reply.
    """

    __slots__ = (
        "_body",
        "_body_bytes_max",
        "_buffer",
        "_head",
        "_interim",
        "_phase",
        "_size",
        "begun",
        "surplus",
    )

    def __init__(self, body_bytes_max: int = REPLY_BYTES_MAX) -> None:
        self._body_bytes_max = body_bytes_max
        self._phase = _Phase.HEAD
        self._buffer = bytearray()
        self._head: _Head | None = None
        self._body: list[bytes] = []
        self._size = 0
        self._interim = 0
        self.begun = False
        self.surplus = False

    def feed(self, data: bytes) -> HttpReply | None:
        """Take the next piece, and return the reply if it is complete.

        Raises:
            MalformedReply: it is not HTTP, or over a limit.
        """
        self.begun = True
        phase = self._phase
        if phase is _Phase.HEAD:
            return self._feed_head(data)
        if phase is _Phase.LENGTH:
            return self._feed_length(data)
        if phase is _Phase.REST:
            self._append(data)
            return None
        if phase is _Phase.DONE:
            self.surplus = True
            return None
        return self._feed_chunks(data)

    def feed_eof(self) -> HttpReply | None:
        """Take the end of the stream: it completes a reply that had no length, and no other."""
        return self._complete() if self._phase is _Phase.REST else None

    def _feed_head(self, data: bytes) -> HttpReply | None:
        seen = len(self._buffer)
        if seen:
            self._buffer += data
            # The end of the head may begin in the piece before.
            end = self._buffer.find(b"\r\n\r\n", max(0, seen - 3))
            data = bytes(self._buffer) if end >= 0 else b""
        else:
            end = data.find(b"\r\n\r\n")
        if end < 0:
            if not seen:
                self._buffer += data
            if len(self._buffer) > HEAD_BYTES_MAX + 3:
                raise MalformedReply("the reply's headers are too long")
            return None
        self._buffer.clear()
        if end > HEAD_BYTES_MAX:
            raise MalformedReply("the reply's headers are too long")
        head = _parse_head(data[:end])
        return self._begin_body(head, data[end + 4 :])

    def _begin_body(self, head: _Head, rest: bytes) -> HttpReply | None:
        if head.status < 200:
            return self._skip_interim(head, rest)
        self._head = head
        if head.chunked:
            self._phase = _Phase.CHUNKS
            return self._feed_chunks(rest)
        if head.length is None:
            self._phase = _Phase.REST
            if rest:
                self._append(rest)
            return None
        if head.length > self._body_bytes_max:
            raise MalformedReply(f"the reply is longer than {self._body_bytes_max:,} bytes")
        self._phase = _Phase.LENGTH
        return self._feed_length(rest)

    def _skip_interim(self, head: _Head, rest: bytes) -> HttpReply | None:
        self._interim += 1
        if head.status == 101 or self._interim > _INTERIM_REPLIES_MAX:
            raise MalformedReply("the reply is none to what was asked")
        return self._feed_head(rest) if rest else None

    def _feed_length(self, data: bytes) -> HttpReply | None:
        assert self._head is not None
        length = self._head.length or 0
        missing = length - self._size
        if len(data) > missing:
            self.surplus = True
            data = data[:missing]
        if data:
            self._body.append(data)
            self._size += len(data)
        return self._complete() if self._size == length else None

    def _append(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > self._body_bytes_max:
            raise MalformedReply(f"the reply is longer than {self._body_bytes_max:,} bytes")
        self._body.append(data)

    def _feed_chunks(self, data: bytes) -> HttpReply | None:
        self._buffer += data
        at = 0
        while self._phase is _Phase.CHUNKS:
            after = self._take_chunk(at)
            if after is None:
                break
            at = after
        if at:
            del self._buffer[:at]
        return self._take_trailers() if self._phase is _Phase.TRAILERS else None

    def _take_chunk(self, at: int) -> int | None:
        """Take the chunk that begins at `at`: where the next one begins, or None if it is not all there."""
        buffer = self._buffer
        end = buffer.find(b"\r\n", at, at + _CHUNK_LINE_BYTES_MAX)
        if end < 0:
            if len(buffer) - at >= _CHUNK_LINE_BYTES_MAX:
                raise MalformedReply("a chunk of the reply has no size")
            return None
        line = _CHUNK_LINE.fullmatch(buffer, at, end)
        if line is None:
            raise MalformedReply("a chunk of the reply has no size")
        size = int(line[1], 16)
        if self._size + size > self._body_bytes_max:
            raise MalformedReply(f"the reply is longer than {self._body_bytes_max:,} bytes")
        if size == 0:
            self._phase = _Phase.TRAILERS
            # The line end stays: where there are no trailers, it is the first half of the end.
            return end
        stop = end + 2 + size
        if len(buffer) < stop + 2:
            return None
        if not buffer.startswith(b"\r\n", stop):
            raise MalformedReply("a chunk of the reply is longer than its size")
        self._append(bytes(buffer[end + 2 : stop]))
        return stop + 2

    def _take_trailers(self) -> HttpReply | None:
        end = self._buffer.find(b"\r\n\r\n", 0, HEAD_BYTES_MAX)
        if end < 0:
            if len(self._buffer) >= HEAD_BYTES_MAX:
                raise MalformedReply("the reply's trailers are too long")
            return None
        if end:
            _parse_fields(_text(bytes(self._buffer[2:end])).split("\r\n"))
        if len(self._buffer) > end + 4:
            self.surplus = True
        self._buffer.clear()
        return self._complete()

    def _complete(self) -> HttpReply:
        head = self._head
        assert head is not None
        until_end = self._phase is _Phase.REST
        self._phase = _Phase.DONE
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        self._body.clear()
        keep_alive = head.keep_alive and not until_end and not self.surplus
        return HttpReply(head.status, head.headers, body, keep_alive)


@dataclass(frozen=True, slots=True)
class _Head:
    status: int
    headers: dict[str, str]
    length: int | None
    chunked: bool
    keep_alive: bool


def _parse_head(data: bytes) -> _Head:
    lines = _text(data).split("\r\n")
    status_line = _STATUS_LINE.fullmatch(lines[0])
    if status_line is None:
        raise MalformedReply("the reply does not begin as HTTP/1.1 does")
    status = int(status_line[2])
    headers = _parse_fields(lines[1:])
    encoding = headers.get("transfer-encoding")
    length = _length(headers.get("content-length"))
    if encoding is not None and (encoding.lower() != "chunked" or length is not None):
        raise MalformedReply("the reply's length is told in a way that is not understood")
    if status in _BODILESS:
        encoding, length = None, 0
    connection = headers.get("connection")
    if status_line[1] == "1":
        keep_alive = connection is None or "close" not in _options(connection)
    else:
        keep_alive = connection is not None and "keep-alive" in _options(connection)
    return _Head(status, headers, length, encoding is not None, keep_alive)


def _text(data: bytes) -> str:
    """The head as text, if its line ends are line ends and nothing else is."""
    text = data.decode(errors="replace")
    ends = text.count("\r\n")
    if text.count("\r") != ends or text.count("\n") != ends or "\0" in text:
        raise MalformedReply("the reply's headers have characters that headers cannot have")
    return text


def _parse_fields(lines: list[str]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in lines:
        raw, colon, value = line.partition(":")
        name = _names.get(raw) or _name(raw)
        if not colon:
            raise MalformedReply("a header of the reply has no value")
        value = value.strip(" \t")
        if name in fields and name in ("content-length", "transfer-encoding") and fields[name] != value:
            raise MalformedReply("the reply's length is told twice")
        fields[name] = value
    return fields


def _name(raw: str) -> str:
    """The name in small letters; remembered, as replies of one service have the same few names."""
    if _TOKEN.fullmatch(raw) is None:
        raise MalformedReply("a header of the reply has no name")
    name = raw.lower()
    if len(_names) < _NAMES_MAX:
        _names[raw] = name
    return name


def _length(value: str | None) -> int | None:
    if value is None:
        return None
    if not (value.isascii() and value.isdigit() and len(value) < 20):
        raise MalformedReply("the reply's length is no number")
    return int(value)


def _options(value: str) -> list[str]:
    return [option.strip() for option in value.lower().split(",")]
