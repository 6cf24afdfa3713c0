"""The stored form of compressed values: B, with a header that says what is inside.

    bytes  content
    0-3    FF 44 5A FE, with which neither text nor a file format known to us begins
    4-7    CRC-32 of all bytes that follow
    8      version of the header, 1
    9      how it is compressed: 0 not at all, 1 zlib, 2 zstd
    10     what is inside: S text in UTF-8, B bytes, D a document as `documents` writes it (ASCII letters)
    11-14  size in bytes of the value uncompressed, as DynamoDB meters it
    15-    the content, compressed

Numbers are big-endian and unsigned. The first nine bytes mean the same in every version. The compressed bytes
themselves are no part of the promise: another release of a library may make others of the same value.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Final

from ddbmodel import limits
from ddbmodel.codec.compression import BY_NUMBER, STORED, Compression
from ddbmodel.codec.documents import document_bytes, read_document
from ddbmodel.codec.sizes import nesting_levels, value_size_bytes
from ddbmodel.codec.values import AttributeValue
from ddbmodel.errors import CodecError

DEFAULT_MIN_BYTES: Final = 256
DEFAULT_MAX_BYTES: Final = 16 * limits.MB
# What the header can say of a size.
LARGEST_MAX_BYTES: Final = 2**32 - 1

_MAGIC: Final = b"\xffDZ\xfe"
_VERSION: Final = 1
_SUMMED: Final = struct.Struct(">BBcI")
_START: Final = struct.Struct(">4sI")
_HEADER_BYTES: Final = _START.size + _SUMMED.size
_KINDS: Final = {"S": b"S", "B": b"B", "M": b"D", "L": b"D"}
_DAMAGED: Final = "the compressed value is damaged: it does not match its checksum"


@dataclass(frozen=True, slots=True)
class _Header:
    """What a header says."""

    version: int
    way: int
    kind: bytes
    size_bytes: int

    @property
    def known(self) -> bool:
        """True if this version of the package writes such headers."""
        return self.version == _VERSION and self.way in BY_NUMBER and self.kind in _KINDS.values()


@dataclass(frozen=True, slots=True)
class Packing:
    """How values are compressed.

    Attributes:
        way: the compression.
        level: how much it tries.
        min_bytes: the metered size below which values are left as they are.
        max_bytes: the most that a value may hold uncompressed, in writing and in reading.
    """

    way: Compression
    level: int
    min_bytes: int = DEFAULT_MIN_BYTES
    max_bytes: int = DEFAULT_MAX_BYTES

    def pack(self, stored: AttributeValue) -> AttributeValue:
        """Give a stored value in its compressed form, or as it is where that gains nothing.

        Bytes get the header in any case, so that bytes that begin as it does are not taken for it. Numbers,
        bools, NULL and sets are left as they are.

        Raises:
            CodecError: it is over `max_bytes`, or nested deeper than DynamoDB allows for uncompressed values.
        """
        ((kind, value),) = stored.items()
        if kind not in _KINDS:
            return stored
        size = value_size_bytes(stored)
        plain = {"B": _framed(STORED, kind, size, value)} if kind == "B" else stored
        if size < self.min_bytes:
            return plain
        content = _content(stored)
        if len(content) > self.max_bytes:
            raise CodecError(
                f"the value has {len(content):,} bytes before it is compressed, more than "
                f"max_bytes={self.max_bytes:,}: store less, or give a larger max_bytes="
            )
        packed = _framed(self.way, kind, size, self.way.compress(content, self.level))
        return {"B": packed} if len(packed) < value_size_bytes(plain) else plain


def _content(stored: AttributeValue) -> bytes:
    ((kind, value),) = stored.items()
    if kind == "S":
        text: str = value
        return text.encode()
    if kind == "B":
        return bytes(value)
    # A document that gains nothing is stored as it is, and what can be stored must not depend on that.
    if nesting_levels(stored) > limits.NESTING_LEVELS:
        raise CodecError(
            f"lists and maps are nested deeper than {limits.NESTING_LEVELS} levels, more than DynamoDB takes"
        )
    return document_bytes(stored)


def _framed(way: Compression, kind: str, size_bytes: int, body: bytes) -> bytes:
    rest = _SUMMED.pack(_VERSION, way.number, _KINDS[kind], size_bytes) + body
    return _START.pack(_MAGIC, zlib.crc32(rest)) + rest


def unpack(data: bytes, max_bytes: int = DEFAULT_MAX_BYTES) -> AttributeValue | None:
    """Give the stored value that was compressed; None where the bytes have no header.

    Raises:
        CodecError: they are damaged, of an unknown version, over `max_bytes`, or a library is missing.
    """
    header = _header(data)
    if header is None:
        return None
    content = BY_NUMBER[header.way].decompress(data[_HEADER_BYTES:], max_bytes)
    if header.kind == b"D":
        return read_document(content)
    if len(content) != header.size_bytes:
        raise CodecError("the compressed value is damaged: its length is not the one in its header")
    return {"B": content} if header.kind == b"B" else {"S": _text(content)}


def uncompressed_size_bytes(stored: AttributeValue) -> int | None:
    """Give what a compressed value would weigh uncompressed, as DynamoDB meters it; None if it is none.

    It stands in the header; nothing is decompressed.

    Raises:
        CodecError: the header is damaged or of an unknown version.
    """
    header = _header(stored["B"]) if "B" in stored else None
    return None if header is None else header.size_bytes


def _header(data: bytes) -> _Header | None:
    """The header, verified; None where there is none.

    A header whose first bytes are damaged is known by the rest of it, and its checksum.
    """
    is_ours = data[: len(_MAGIC)] == _MAGIC
    if len(data) < _HEADER_BYTES:
        if is_ours:
            raise CodecError("the compressed value is damaged: it ends inside of its header")
        return None
    header = _Header(*_SUMMED.unpack_from(data, _START.size))
    if not is_ours and not header.known:
        return None
    _, checksum = _START.unpack_from(data)
    matches = zlib.crc32(memoryview(data)[_START.size :]) == checksum
    if matches != is_ours:
        raise CodecError(_DAMAGED)
    if not is_ours:
        return None
    if not header.known:
        raise CodecError(
            "the value was compressed in a way that this version of ddbmodel does not know: "
            "install a newer one"
        )
    return header


def _text(content: bytes) -> str:
    text = _decoded(content)
    if text is None:
        raise CodecError("what is inside of the compressed value is no text in UTF-8")
    return text


def _decoded(content: bytes) -> str | None:
    """The text, or None. The error would hold the value, so it ends here."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None
