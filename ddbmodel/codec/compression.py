"""The ways to compress bytes, each with the number that names it in stored values, for ever.

zlib comes with Python; zstd does so from 3.14, and before that with `ddbmodel[zstd]`, which brings the same
module for older versions. It is imported when it is first used. Reading makes no more bytes than it may.
"""

from __future__ import annotations

import sys
import zlib
from abc import ABC, abstractmethod
from functools import cache
from types import ModuleType
from typing import ClassVar, Final

from ddbmodel.errors import CodecError

_DAMAGED: Final = "the compressed value is damaged: it does not decompress"
_SMALLEST_WINDOW_LOG: Final = 10


class LibraryMissing(CodecError):
    """The library that a way of compressing needs is not there."""


class Compression(ABC):
    """One way to compress.

    Attributes:
        number: in the header of stored values.
        levels: what can be asked for, from fast to small.
        level: what is asked for if nothing is.
    """

    number: ClassVar[int]
    levels: ClassVar[range]
    level: ClassVar[int]

    def check_library(self) -> None:  # noqa: B027  # most need none
        """Refuse to go on without the library that it needs.

        Raises:
            LibraryMissing: with the remedy.
        """

    @abstractmethod
    def compress(self, content: bytes, level: int) -> bytes:
        """Give the compressed bytes."""

    @abstractmethod
    def decompress(self, data: bytes, max_bytes: int) -> bytes:
        """Give the bytes that were compressed.

        Raises:
            CodecError: they are damaged, or more than `max_bytes`.
        """


class _Stored(Compression):
    """Bytes as they are, for values that gain nothing."""

    number = 0
    levels = range(1)
    level = 0

    def compress(self, content: bytes, level: int) -> bytes:
        return content

    def decompress(self, data: bytes, max_bytes: int) -> bytes:
        _check_length(data, max_bytes)
        return data


class _Zlib(Compression):
    """The zlib format, RFC 1950."""

    number = 1
    levels = range(1, 10)
    level = 6

    def compress(self, content: bytes, level: int) -> bytes:
        return zlib.compress(content, level)

    def decompress(self, data: bytes, max_bytes: int) -> bytes:
        stream = zlib.decompressobj()
        try:
            content = stream.decompress(data, max_bytes + 1)
        except zlib.error as error:
            raise CodecError(_DAMAGED) from error
        _check_length(content, max_bytes)
        if not stream.eof or stream.unused_data:
            raise CodecError(_DAMAGED)
        return content


class _Zstd(Compression):
    """One Zstandard frame, RFC 8878, without a checksum of its own: the header has one."""

    number = 2
    levels = range(1, 23)
    level = 3

    def check_library(self) -> None:
        _zstd()

    def compress(self, content: bytes, level: int) -> bytes:
        data: bytes = _zstd().compress(content, level)
        return data

    def decompress(self, data: bytes, max_bytes: int) -> bytes:
        zstd = _zstd()
        # A frame says how much memory it wants for what it may refer back to: that is bounded too.
        window = max(_SMALLEST_WINDOW_LOG, max_bytes.bit_length())
        most = zstd.DecompressionParameter.window_log_max
        stream = zstd.ZstdDecompressor(options={most: min(window, most.bounds()[1])})
        try:
            content: bytes = stream.decompress(data, max_bytes + 1)
        except zstd.ZstdError as error:
            raise CodecError(f"{_DAMAGED}, or not within max_bytes={max_bytes:,}") from error
        _check_length(content, max_bytes)
        if not stream.eof or stream.unused_data:
            raise CodecError(_DAMAGED)
        return content


@cache
def _zstd() -> ModuleType:
    try:
        if sys.version_info >= (3, 14):
            from compression import zstd
        else:
            from backports import zstd
    except ImportError as error:
        raise LibraryMissing(
            'zstd needs a library that is not installed: pip install "ddbmodel[zstd]"'
        ) from error
    return zstd


def _check_length(content: bytes, max_bytes: int) -> None:
    if len(content) > max_bytes:
        raise CodecError(
            f"the compressed value holds more than max_bytes={max_bytes:,}: it is damaged, made to harm, or "
            "was written with a larger max_bytes=, which has to be given to read it"
        )


STORED: Final = _Stored()
COMPRESSIONS: Final[dict[str, Compression]] = {"zlib": _Zlib(), "zstd": _Zstd()}
BY_NUMBER: Final = {way.number: way for way in (STORED, *COMPRESSIONS.values())}
