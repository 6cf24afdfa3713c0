"""Is this what DynamoDB sent? Checked on the bytes of a reply, before anything parses them.

Why: botocore reads a successful reply that is not JSON as a reply without members, so a proxy's login page
would say that an item does not exist; and it looks at the checksum only to decide about a retry of its own.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Final

REPLY_BYTES_MAX: Final = 256 * 1024 * 1024
"""DynamoDB's largest reply has 16 MB of items. As JSON, tiny values in lists are up to 14 times as long."""

CHECKSUM_HEADER: Final = "x-amz-crc32"
_GZIP_MAGIC: Final = b"\x1f\x8b"
# Tells zlib to expect a gzip header.
_GZIP_WINDOW: Final = 16 + zlib.MAX_WBITS


class UntrustedReply(Exception):
    """A reply that was damaged on its way, or that is not DynamoDB's.

    Attributes:
        code: one word for it.
        status: the reply's HTTP status.
    """

    def __init__(self, code: str, reason: str, status: int) -> None:
        super().__init__(reason)
        self.code = code
        self.status = status


def checked_body(status: int, headers: Mapping[str, str], body: bytes) -> bytes:
    """The body, decompressed if need be, once its checksum and shape are right.

    The service's checksum is of the bytes as sent. Some HTTP libraries decompress them and leave the header:
    then gzip's own checksum, which they have verified, has to do.

    Cost: one CRC32 over the body. A reply without a checksum, as some engines send it, is parsed once more
    instead.

    Raises:
        UntrustedReply: the checksum does not match, or a successful reply is not a JSON object.
    """
    compressed = headers.get("content-encoding", "").lower() == "gzip"
    still_compressed = compressed and body.startswith(_GZIP_MAGIC)
    plain = _decompressed(status, body) if still_compressed else body
    expected = headers.get(CHECKSUM_HEADER)
    verifiable = expected is not None and compressed == still_compressed
    if expected is not None and verifiable:
        _check_crc(status, expected, body, plain)
    if status < 300:
        _check_object(status, plain, trusted=verifiable)
    return plain


def _decompressed(status: int, body: bytes) -> bytes:
    stream = zlib.decompressobj(_GZIP_WINDOW)
    try:
        plain = stream.decompress(body, REPLY_BYTES_MAX)
    except zlib.error as error:
        raise UntrustedReply("ReplyCorrupt", "the compressed reply is damaged", status) from error
    if not stream.eof:
        raise UntrustedReply("ReplyCorrupt", "the compressed reply is damaged, or too long", status)
    return plain


def _check_crc(status: int, expected: str, body: bytes, plain: bytes) -> None:
    # Of the plain text, if it was not the service but a proxy that compressed the reply.
    if expected.isdigit():
        crc = int(expected)
        if crc == zlib.crc32(body) or (plain is not body and crc == zlib.crc32(plain)):
            return
    raise UntrustedReply(
        "ChecksumMismatch", f"the reply of {len(body):,} bytes does not match its CRC32 checksum", status
    )


def _check_object(status: int, body: bytes, *, trusted: bool) -> None:
    text = body.strip()
    if text.startswith(b"{") and text.endswith(b"}") and (trusted or _is_json(text)):
        return
    raise UntrustedReply(
        "NotAReply", f"the reply of {len(body):,} bytes is not a JSON object, so it is not DynamoDB's", status
    )


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
