"""One file of a dump: lines of DynamoDB JSON, compressed, and the checksums of what is on the disk."""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

from ddbmodel.admin.files import sync_folder
from ddbmodel.codec.values import Item
from ddbmodel.codec.wire_item import WireItem, dump_item, may_need_reading
from ddbmodel.errors import DumpError

PARTIAL: Final = ".partial"
_CHUNK_BYTES: Final = 1024 * 1024
_GZIP: Final = 31  # zlib's word for it; without a name and a time, so equal items make equal files
_BEFORE: Final = b'{"Item":'
_AFTER: Final = b"}\n"


@dataclass(frozen=True, slots=True)
class Part:
    """A finished file.

    Attributes:
        file: its name.
        items: how many items it has, one in each line.
        size_bytes: of the file as it is, compressed.
        sha256: in hexadecimal, of the file as it is.
        md5: in base64, as exports to S3 have it.
    """

    file: str
    items: int
    size_bytes: int
    sha256: str
    md5: str

    def check(self, folder: Path) -> None:
        """Compare the file with its checksum. Blocks.

        Raises:
            DumpError: it is missing, or another.
        """
        path, digest = folder / self.file, hashlib.sha256()
        try:
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK_BYTES):
                    digest.update(chunk)
        except OSError as error:
            raise DumpError(f"{path}: {error.strerror or error}") from error
        if digest.hexdigest() != self.sha256:
            raise DumpError(f"{path}: damaged: its SHA-256 is not that of the manifest. Nothing was written.")

    def lines(self, folder: Path) -> Iterator[bytes]:
        """Give the JSON of each item. Blocks.

        Raises:
            DumpError: the file is not what was written.
        """
        path, count = folder / self.file, 0
        try:
            with gzip.open(path, "rb") as stream:
                for line in cast("IO[bytes]", stream):
                    count += 1
                    if not (line.startswith(_BEFORE) and line.endswith(_AFTER)):
                        raise DumpError(f"{path}, line {count}: this is no item in DynamoDB JSON")
                    yield line[len(_BEFORE) : -len(_AFTER)]
        except (OSError, EOFError, zlib.error) as error:
            raise DumpError(f"{path}: damaged or cut off after {count:,} items") from error
        if count != self.items:
            raise DumpError(f"{path}: it has {count:,} items, and the manifest says {self.items:,}")


class PartWriter:
    """Writes one part beside its place, and puts it there when it is whole. Every method blocks.

    Attributes:
        items: how many were added.
        plain_bytes: how many bytes they are, before compression.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._beside = path.with_name(path.name + PARTIAL)
        self._file: IO[bytes] | None = None
        self._sha256 = hashlib.sha256()
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._compressor = zlib.compressobj(wbits=_GZIP)
        self._size = 0
        self.items = 0
        self.plain_bytes = 0

    def add(self, items: list[Item]) -> None:
        """Write items, one in each line."""
        for item in items:
            line = _BEFORE + item_json(item) + _AFTER
            self._write(self._compressor.compress(line))
            self.plain_bytes += len(line)
        self.items += len(items)

    def finish(self) -> Part:
        """Put the file in its place, where it lasts."""
        self._write(self._compressor.flush())
        file = self._opened()
        file.flush()
        os.fsync(file.fileno())
        file.close()
        self._beside.replace(self._path)
        sync_folder(self._path.parent)
        md5 = b64encode(self._md5.digest()).decode()
        return Part(self._path.name, self.items, self._size, self._sha256.hexdigest(), md5)

    def abandon(self) -> None:
        """Close what is not finished, and leave it to be removed."""
        if self._file is not None:
            self._file.close()

    def _write(self, compressed: bytes) -> None:
        self._sha256.update(compressed)
        self._md5.update(compressed)
        self._size += len(compressed)
        self._opened().write(compressed)

    def _opened(self) -> IO[bytes]:
        if self._file is None:
            self._file = self._beside.open("wb")
        return self._file


def item_json(item: Item) -> bytes:
    """Give an item as compact JSON, as the service sent it where it is still there."""
    if not isinstance(item, WireItem):
        return dump_item(item)
    # Other engines may break lines, and send members that say nothing.
    as_sent = b"\n" not in item.text and b"\r" not in item.text and not may_need_reading(item.text)
    return item.text if as_sent else dump_item(item.attributes)
