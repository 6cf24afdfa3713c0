"""Bytes of a file, of an object of S3 or of standard input: decompressed, line by line, and counted."""

from __future__ import annotations

import bz2
import gzip
import importlib
import io
import lzma
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Final, cast

from ddbmodel.errors import SourceError
from ddbmodel.ingest.location import Location
from ddbmodel.ingest.rows import Position
from ddbmodel.ingest.s3_objects import S3Path
from ddbmodel.ingest.source import SAMPLE_BYTES, sample

STANDARD_INPUT: Final = Path("-")
COMPRESSIONS: Final = (".gz", ".bz2", ".xz", ".zst")

# An item has 400 KB at most, and JSON can spell a byte with six characters: no line that is longer fits.
LINE_BYTES_MAX: Final = 16 * 1024 * 1024
_CHUNK_BYTES: Final = 1024 * 1024
_BUFFER_BYTES: Final = 64 * 1024


def compression_of(path: Location) -> str:
    """Give the suffix that tells how a file is compressed; empty if it is not."""
    return path.suffix.lower() if path.suffix.lower() in COMPRESSIONS else ""


class ByteStream:
    """An open file, after decompression.

    Args:
        path: the file, or the object; `-` is standard input.
        skip: how many bytes to leave out at the beginning.

    Raises:
        SourceError: it cannot be read.
    """

    def __init__(self, path: Location, skip: int = 0) -> None:
        self._path = path
        self._compression = compression_of(path)
        try:
            self._raw, self._size, self._place = _opened(path)
            self._stream = _decompressed(self._raw, self._compression)
        except OSError as error:
            raise SourceError(f"{path}: {error.strerror or error}") from error
        self._errors = _errors_of(self._compression)
        self.offset = 0
        self._skip(skip)

    def lines(self) -> Iterator[bytes]:
        """Give the lines, each with its end; one that is far too long is cut, and its rest left out."""
        while line := self._guarded(lambda: self._stream.readline(LINE_BYTES_MAX)):
            self.offset += len(line)
            if len(line) == LINE_BYTES_MAX and not line.endswith(b"\n"):
                self._leave_out_rest()
            yield line

    def fraction(self) -> float | None:
        """How much of the file was read, before decompression."""
        if not self._size:
            return None
        if self._raw.closed:
            return 1.0
        try:
            return min(1.0, (self._place() if self._compression else self.offset) / self._size)
        except (OSError, ValueError):
            return 1.0  # closed meanwhile by the thread that reads, at the end

    def close(self) -> None:
        """Close the file; standard input stays open."""
        if self._path != STANDARD_INPUT:
            self._stream.close()
            self._raw.close()

    def _skip(self, count: int) -> None:
        if count and not self._compression and self._path != STANDARD_INPUT:
            self._stream.seek(count)
            self.offset = count
        while self.offset < count:
            part = self._guarded(lambda: self._stream.read(min(_CHUNK_BYTES, count - self.offset)))
            if not part:
                raise SourceError(f"{self._path}: it ends before the place where the checkpoint left off")
            self.offset += len(part)

    def _leave_out_rest(self) -> None:
        while part := self._guarded(lambda: self._stream.readline(_CHUNK_BYTES)):
            self.offset += len(part)
            if part.endswith(b"\n"):
                return

    def _guarded(self, read: Any) -> bytes:
        try:
            return cast("bytes", read())
        except self._errors as error:
            raise SourceError(f"{self._path}: damaged or cut off after {self.offset:,} bytes") from error


def _opened(path: Location) -> tuple[IO[bytes], int, Callable[[], int]]:
    """Open it, and say how many bytes it has (0 where nobody knows), and how one asks for its place.

    The event loop asks for the place while a thread reads. The buffer around an object is locked meanwhile,
    and the thread waits for the loop: so it is the stream inside that is asked.
    """
    if isinstance(path, S3Path):
        stream = path.stream()
        return (
            cast("IO[bytes]", io.BufferedReader(stream, _BUFFER_BYTES)),
            path.content.size_bytes,
            stream.tell,
        )
    raw: IO[bytes] = sys.stdin.buffer if path == STANDARD_INPUT else path.open("rb")
    return raw, 0 if path == STANDARD_INPUT else path.stat().st_size, raw.tell


def _decompressed(raw: IO[bytes], compression: str) -> IO[bytes]:
    if compression == ".gz":
        return cast("IO[bytes]", gzip.GzipFile(fileobj=raw, mode="rb"))
    if compression == ".bz2":
        return cast("IO[bytes]", bz2.BZ2File(raw))
    if compression == ".xz":
        return cast("IO[bytes]", lzma.LZMAFile(raw))
    if compression == ".zst":
        return cast("IO[bytes]", _zstd().ZstdFile(raw))
    return raw


def _zstd() -> Any:
    try:
        return importlib.import_module(
            "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
        )
    except ModuleNotFoundError as error:
        raise SourceError('files that end in .zst need `pip install "ddbmodel[zstd]"`') from error


def _errors_of(compression: str) -> tuple[type[Exception], ...]:
    """What reading a damaged file raises."""
    errors = (OSError, EOFError, zlib.error, lzma.LZMAError)
    return (*errors, _zstd().ZstdError) if compression == ".zst" else errors


def fingerprint_of(path: Location, end: Position) -> Mapping[str, Any]:
    """Give what tells a file from another.

    A file that is not compressed may grow: it is told by its beginning, and by what is before the position.
    An object of S3 cannot: its ETag tells.
    """
    if isinstance(path, S3Path):
        return path.fingerprint()
    if path == STANDARD_INPUT:
        return {}
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            if compression_of(path) or not end.offset:
                head = file.read(min(SAMPLE_BYTES, size))
                file.seek(max(0, size - SAMPLE_BYTES))
                return {"size_bytes": size, "head": sample(head), "tail": sample(file.read())}
            head = file.read(min(SAMPLE_BYTES, end.offset))
            file.seek(max(0, end.offset - SAMPLE_BYTES))
            tail = file.read(min(SAMPLE_BYTES, end.offset))
            return {"head": sample(head), "before_offset": sample(tail)}
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}") from error
