"""Replies, cut into any pieces, and what is none."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbmodel.transport.fast.http_reply import HEAD_BYTES_MAX, HttpReply, MalformedReply, ReplyParser

OK = b"HTTP/1.1 200 OK\r\n"


def _parse(data: bytes, *cuts: int, limit: int = 1 << 20) -> HttpReply | str | None:
    """The reply in the bytes, cut at these places; None if it is not complete, text if it is refused."""
    parser = ReplyParser(limit)
    try:
        for start, stop in pairwise((0, *sorted(cuts), len(data))):
            if start < stop and (reply := parser.feed(data[start:stop])) is not None:
                return reply
        return parser.feed_eof()
    except MalformedReply as error:
        return str(error)


@pytest.mark.parametrize(
    ("data", "body", "keep_alive"),
    [
        (OK + b"Content-Length: 2\r\n\r\n{}", b"{}", True),
        (OK + b"content-LENGTH:2\r\nCONNECTION: Close\r\n\r\n{}", b"{}", False),
        (OK + b"Content-Length: 0\r\n\r\n", b"", True),
        (OK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", b"{}", True),
        (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n{}", b"{}", True),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", b"{}", False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: Keep-Alive\r\n\r\n{}", b"{}", True),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b"", True),
        (OK + b"Transfer-Encoding: Chunked\r\n\r\n1\r\n{\r\n001;a=b\r\n}\r\n0\r\n\r\n", b"{}", True),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nTrailer: x\r\n\r\n", b"{}", True),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"", True),
        (OK + b"\r\n{}", b"{}", False),
        (
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n"
            + OK
            + b"Content-Length: 2\r\n\r\n{}",
            b"{}",
            True,
        ),
        (OK + b"Content-Length: 2\r\n\r\n{}HTTP/1.1 200", b"{}", False),
    ],
)
def test_a_reply_is_read_at_once(data: bytes, body: bytes, keep_alive: bool) -> None:
    """Whatever tells its length; and whether the connection may be used again."""
    reply = _parse(data)
    assert isinstance(reply, HttpReply)
    assert (reply.body, reply.keep_alive) == (body, keep_alive)


def test_headers_are_found_by_their_small_letters() -> None:
    """Space around a value is no part of it; of two, the last one counts."""
    reply = _parse(OK + b"X-Amz-Crc32:  12 \r\nx-b: 1\r\nX-B: \xc3\xa9\r\nContent-Length: 0\r\n\r\n")
    assert isinstance(reply, HttpReply)
    assert reply.headers == {"x-amz-crc32": "12", "x-b": "\xe9", "content-length": "0"}


@pytest.mark.parametrize(
    "data",
    [
        b"\r\n\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 099 OK\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 17,
        OK + b"No colon\r\n\r\n",
        OK + b": no name\r\n\r\n",
        OK + b"na me: x\r\n\r\n",
        OK + b"name : x\r\n\r\n",
        OK + b" folded: x\r\n\r\n",
        OK + b"name: x\ny: z\r\n\r\n",
        OK + b"name: x\ry: z\r\n\r\n",
        OK + b"name: \0\r\n\r\n",
        OK + b"Content-Length: two\r\n\r\n",
        OK + b"Content-Length: +2\r\n\r\n",
        OK + b"Content-Length: 2, 2\r\n\r\n",
        OK + b"Content-Length: 99999999999999999999\r\n\r\n",
        OK + b"Content-Length: 1048577\r\n\r\n",
        OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
        OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n100001\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n2;" + b"x" * 2000,
        OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\nbad trailer\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"x: y\r\n" * 20_000,
        OK + b"\r\n" + b"x" * (1 << 20) + b"x",
        OK + b"x: y\r\n" * (HEAD_BYTES_MAX // 6),
    ],
)
def test_what_is_no_reply_is_refused(data: bytes) -> None:
    """At once or byte by byte (the long ones in pieces), and the reason quotes nothing of it."""
    step = 1 if len(data) < 5000 else 997
    whole, pieces = _parse(data), _parse(data, *range(0, len(data), step))
    assert isinstance(whole, str)
    assert pieces == whole
    assert "x" * 20 not in whole


@pytest.mark.parametrize("end", [-1, -3, 20])
def test_a_reply_that_is_not_all_there_is_none(end: int) -> None:
    """The end of the stream completes only a reply without a length."""
    assert _parse((OK + b"Content-Length: 2\r\n\r\n{}")[:end]) is None
    assert _parse((OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")[:end]) is None


BODIES = st.binary(max_size=300)
NAMES = st.text("abcdefghijklmnopqrstuvwxyzXYZ-", min_size=1, max_size=12).filter(
    lambda name: name.lower() not in ("content-length", "transfer-encoding", "connection")
)
VALUES = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20)


@st.composite
def replies(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A valid reply, and its body."""
    lines = [f"{name}: {value}" for name, value in draw(st.lists(st.tuples(NAMES, VALUES), max_size=5))]
    body = draw(BODIES)
    kind = draw(st.sampled_from(["length", "chunks", "rest"]))
    framed = body
    if kind == "length":
        lines.insert(draw(st.integers(0, len(lines))), f"Content-Length: {len(body)}")
    if kind == "chunks":
        lines.append("Transfer-Encoding: chunked")
        size = draw(st.integers(1, 50))
        pieces = [body[at : at + size] for at in range(0, len(body), size)]
        framed = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    interim = draw(st.sampled_from([b"", b"HTTP/1.1 100 Continue\r\n\r\n"]))
    head = "\r\n".join(("HTTP/1.1 200 OK", *lines, "", "")).encode()
    return interim + head + framed, body


@given(replies(), st.data())
def test_how_a_reply_is_cut_makes_no_difference(reply: tuple[bytes, bytes], data: st.DataObject) -> None:
    """Any pieces of a reply give the same as the whole."""
    wire, body = reply
    cuts = data.draw(st.lists(st.integers(0, len(wire)), max_size=12))
    whole = _parse(wire)
    assert isinstance(whole, HttpReply)
    assert whole.body == body
    assert _parse(wire, *cuts) == whole


SCRAPS = st.sampled_from(
    [
        OK,
        b"\r\n",
        b"\r\n\r\n",
        b"Content-Length: 5\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"5\r\nabcde",
        b"0\r\n",
        b"{}",
        b"HTTP/1.1 100 C\r\n",
    ]
)


@given(st.lists(SCRAPS | st.binary(max_size=30), max_size=12), st.data())
def test_anything_at_all_is_a_reply_or_refused(scraps: list[bytes], data: st.DataObject) -> None:
    """No other error, however it is cut; and the same in pieces as at once, but for what comes after."""
    wire = b"".join(scraps)
    cuts = data.draw(st.lists(st.integers(0, len(wire)), max_size=8))
    whole, pieces = _parse(wire), _parse(wire, *cuts)
    if isinstance(whole, HttpReply) and isinstance(pieces, HttpReply):
        assert (pieces.status, pieces.headers, pieces.body) == (whole.status, whole.headers, whole.body)
    else:
        assert pieces == whole


@given(st.binary(min_size=1, max_size=64))
def test_memory_is_bounded_by_the_limits(scrap: bytes) -> None:
    """Whatever is repeated without end is refused, or is a reply, within the limit's length."""
    limit = 4096
    for start in (
        b"",
        OK,
        OK + b"\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n",
        OK + b"Content-Length: 4096\r\n\r\n",
    ):
        parser = ReplyParser(limit)
        taken = 0
        try:
            reply = parser.feed(start) if start else None
            while reply is None and taken < 4 * HEAD_BYTES_MAX:
                reply = parser.feed(scrap * 64)
                taken += len(scrap) * 64
        except MalformedReply:
            pass
        assert taken < 4 * HEAD_BYTES_MAX
