"""Replies of every kind, damaged in any way: what the fuzzer looks for, as far as a test can look."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbmodel.transport.fast.http_reply import HttpReply
from tests.fuzz.reply_checks import SEEDS, check, parse

SCRAPS = st.sampled_from(
    [
        b"\r\n",
        b"\n",
        b"\0",
        b"\r\n\r\n",
        b"Content-Length: 7\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Content-Encoding: gzip\r\n",
        b"x-amz-crc32: 0\r\n",
        b"HTTP/1.1 100 C\r\n\r\n",
        b"0\r\n\r\n",
        b"null",
        b'{"B": ""}',
        b"[[[[",
        b"\xff",
    ]
) | st.binary(max_size=6)

# Where, how much is taken out, and what is put in.
DAMAGES = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 9), SCRAPS), max_size=5)


def _damaged(data: bytes, damages: list[tuple[float, int, bytes]]) -> bytes:
    for where, out, scrap in damages:
        at = int(where * len(data))
        data = data[:at] + scrap + data[at + out :]
    return data


@given(st.sampled_from(SEEDS), DAMAGES)
def test_a_damaged_reply_is_read_the_same_or_refused(
    seed: bytes, damages: list[tuple[float, int, bytes]]
) -> None:
    """However it is cut, and by no other error than the lane knows."""
    check(_damaged(seed, damages))


@given(st.sampled_from(SEEDS), DAMAGES, st.integers(0, 15), st.booleans())
def test_a_damaged_body_with_the_right_checksum_is_read_or_refused(
    seed: bytes, damages: list[tuple[float, int, bytes]], step: int, compressed: bool
) -> None:
    """A checksum says that it came as it was sent, not that it makes sense."""
    head, _, body = seed[2:].partition(b"\r\n\r\n")
    body = _damaged(body, damages)
    lines = [head.split(b"\r\n")[0]]
    if compressed:
        body = gzip.compress(body, mtime=0)
        lines.append(b"Content-Encoding: gzip")
    lines += [b"Content-Length: %d" % len(body), b"x-amz-crc32: %d" % zlib.crc32(body)]
    check(bytes([step, seed[1]]) + b"\r\n".join(lines) + b"\r\n\r\n" + body)


@pytest.mark.parametrize("seed", SEEDS, ids=range(len(SEEDS)))
def test_the_seeds_are_replies(seed: bytes) -> None:
    """Each is read to its end: the fuzzer begins beyond the first check."""
    assert isinstance(parse(seed[2:], 1), HttpReply)
