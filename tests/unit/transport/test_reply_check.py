"""Which replies are trusted."""

from __future__ import annotations

import gzip
import zlib

import pytest

from ddbmodel.transport import reply_check
from ddbmodel.transport.reply_check import UntrustedReply, checked_body

JSON = b'{"Item": {}}'
GZIP = gzip.compress(JSON, mtime=0)


def _crc(body: bytes) -> dict[str, str]:
    return {"x-amz-crc32": str(zlib.crc32(body))}


COMPRESSED = {"content-encoding": "gzip"}


@pytest.mark.parametrize(
    ("status", "headers", "body", "expected"),
    [
        (200, _crc(JSON), JSON, JSON),
        (200, {}, JSON, JSON),
        (200, {}, b"\n {} \r\n", b"\n {} \r\n"),
        (200, _crc(GZIP) | COMPRESSED, GZIP, JSON),
        (200, _crc(JSON) | COMPRESSED, GZIP, JSON),
        (200, COMPRESSED, GZIP, JSON),
        (200, _crc(JSON) | COMPRESSED, JSON, JSON),
        (200, _crc(GZIP) | COMPRESSED, JSON, JSON),
        (200, _crc(JSON) | {"content-encoding": "identity"}, JSON, JSON),
        (400, _crc(b"{}"), b"{}", b"{}"),
        (503, {}, b"<html>", b"<html>"),
        (503, {}, b"", b""),
    ],
)
def test_a_sound_reply_passes(status: int, headers: dict[str, str], body: bytes, expected: bytes) -> None:
    """The checksum may be of either form of a compressed body, and an error need not be JSON."""
    assert checked_body(status, headers, body) == expected


def test_a_compressed_reply_cannot_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a few bytes decompress to is limited as what comes uncompressed is."""
    monkeypatch.setattr(reply_check, "REPLY_BYTES_MAX", 1000)
    with pytest.raises(UntrustedReply, match="too long"):
        checked_body(200, COMPRESSED, gzip.compress(b" " * 1001))
    assert checked_body(503, COMPRESSED, gzip.compress(b" " * 1000)) == b" " * 1000


@pytest.mark.parametrize(
    ("status", "headers", "body", "code"),
    [
        (200, {"x-amz-crc32": "1"}, JSON, "ChecksumMismatch"),
        (200, {"x-amz-crc32": ""}, JSON, "ChecksumMismatch"),
        (200, {"x-amz-crc32": "-1"}, JSON, "ChecksumMismatch"),
        (400, {"x-amz-crc32": "1"}, b"{}", "ChecksumMismatch"),
        (200, _crc(JSON), JSON + b" ", "ChecksumMismatch"),
        (200, _crc(b"[]"), b"[]", "NotAReply"),
        (200, _crc(b""), b"", "NotAReply"),
        (200, {}, b"", "NotAReply"),
        (200, {}, b"null", "NotAReply"),
        (200, {}, b"<html></html>", "NotAReply"),
        (200, {}, b'{"Item": }', "NotAReply"),
        (200, {}, b'{"Item": "\xff"}', "NotAReply"),
        (200, COMPRESSED, GZIP[:-9], "ReplyCorrupt"),
        (200, _crc(GZIP) | COMPRESSED, b'{"Item": }', "NotAReply"),
    ],
)
def test_an_unsound_reply_is_refused(status: int, headers: dict[str, str], body: bytes, code: str) -> None:
    """The reason gives the length of the body, not its contents."""
    with pytest.raises(UntrustedReply) as caught:
        checked_body(status, headers, body)
    assert (caught.value.code, caught.value.status) == (code, status)
    assert "Item" not in str(caught.value)
