"""Objects of S3 as files that can be read: where they are, and their bytes.

Sources read in threads, and the client belongs to the event loop: a thread asks the loop for a range, and
waits for it.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import AsyncGenerator, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any, Final, TypeVar

from ddbmodel.errors import ExpressionError, SourceError
from ddbmodel.transport.object_store import FoundObject, ObjectStore, S3Access, open_store

T = TypeVar("T")

SCHEME: Final = "s3://"

# What is asked for at once, and kept in memory: little where somebody looks in, more where reading goes on.
# Arbitrary: a request for so much costs little beside it.
_FIRST_BLOCK_BYTES: Final = 256 * 1024
_BLOCK_BYTES_MAX: Final = 8 * 1024 * 1024
_ENDED: Final = "S3: the run has ended, and nothing is read any more"


@dataclass(frozen=True, slots=True)
class S3Path:
    """Where an object is, as `Path` says where a file is.

    Attributes:
        bucket: its bucket.
        key: its key; of a folder, what the keys in it begin with.
        found: its content, once it was looked up: whatever is read then is of this content.
        objects: the way to it, in the process that reads.
    """

    bucket: str
    key: str
    found: FoundObject | None = None
    objects: S3Objects | None = field(default=None, compare=False, repr=False)

    @classmethod
    def parse(cls, url: str) -> S3Path:
        """Read a URL, such as `s3://bucket/key`.

        Raises:
            ExpressionError: it has no bucket.
        """
        bucket, _, key = url.removeprefix(SCHEME).partition("/")
        if not bucket:
            raise ExpressionError("ingest: a URL of S3 is s3://bucket/key")
        return cls(bucket, key)

    def __str__(self) -> str:
        """The URL."""
        return f"{SCHEME}{self.bucket}/{self.key}"

    def __truediv__(self, name: str) -> S3Path:
        """What is in a folder."""
        folder = self.key if not self.key or self.key.endswith("/") else f"{self.key}/"
        return replace(self, key=folder + name, found=None)

    def __reduce__(self) -> tuple[type[S3Path], tuple[object, ...]]:
        """Travel to another process, where there is another way to it."""
        return S3Path, (self.bucket, self.key, self.found)

    @property
    def name(self) -> str:
        """The last part of the key."""
        return PurePosixPath(self.key).name

    @property
    def suffix(self) -> str:
        """The end of the name, from its last dot on."""
        return PurePosixPath(self.key).suffix

    def with_suffix(self, suffix: str) -> S3Path:
        """Another object, whose name ends so."""
        return replace(self, key=str(PurePosixPath(self.key).with_suffix(suffix)), found=None)

    def is_dir(self) -> bool:
        """True if this is the name of a folder: it ends with a slash, or has no suffix."""
        return self.key.endswith("/") or not self.suffix

    def through(self, objects: S3Objects, *, lookup: bool = True) -> S3Path:
        """Give it with the way to it, and its content looked up if it was not. Blocks.

        Raises:
            SourceError: it is not there, or may not be read.
        """
        found = objects.find(self.bucket, self.key) if lookup and self.found is None else self.found
        return replace(self, found=found, objects=objects)

    @property
    def content(self) -> FoundObject:
        """The content that was found."""
        assert self.found is not None, "it was not looked up"
        return self.found

    def stream(self) -> S3Stream:
        """Open it for reading.

        Raises:
            SourceError: it is empty, and should not be.
        """
        assert self.objects is not None, "there is no way to it"
        return S3Stream(self.objects, self.content)

    def read_text(self) -> str:
        """Read all of it, as UTF-8. Blocks.

        Raises:
            SourceError: it cannot be read.
            UnicodeDecodeError: it is something else.
        """
        with self.stream() as stream:
            return stream.readall().decode()

    def fingerprint(self) -> Mapping[str, Any]:
        """Give what tells this content from any other of the key."""
        return {"etag": self.content.etag, "size_bytes": self.content.size_bytes}

    def under(self) -> Mapping[str, S3Path]:
        """Give what is in the folder, by key, looked up. Blocks.

        Raises:
            SourceError: it may not be listed.
        """
        assert self.objects is not None, "there is no way to it"
        listed = self.objects.under(self.bucket, self.key)
        return {key: replace(self, key=key, found=found) for key, found in listed.items()}


class S3Stream(io.RawIOBase):
    """An object as a file that can be read anywhere, with one block of it, of 8 MiB at most, in memory.

    What is read from beginning to end is compared with its MD5, where that is known, before the last block is
    given.
    """

    def __init__(self, objects: S3Objects, found: FoundObject) -> None:
        super().__init__()
        self._objects = objects
        self._found = found
        self._place = 0
        self._block = b""
        self._block_start: int = 0
        self._ahead = _FIRST_BLOCK_BYTES
        self._digest = hashlib.md5(usedforsecurity=False)
        self._digested = 0
        if not found.size_bytes:
            self._verify()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        origins = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._found.size_bytes}
        self._place = max(0, origins[whence] + offset)
        return self._place

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        if self._place >= self._found.size_bytes:
            return 0
        if not self._block_start <= self._place < self._block_start + len(self._block):
            self._read_block(len(view))
        start = self._place - self._block_start
        part = memoryview(self._block)[start : start + len(view)]
        view[: len(part)] = part
        self._place += len(part)
        return len(part)

    def _read_block(self, wanted: int) -> None:
        start = self._place
        goes_on = bool(self._block) and start == self._block_start + len(self._block)
        self._ahead = min(4 * self._ahead, _BLOCK_BYTES_MAX) if goes_on else _FIRST_BLOCK_BYTES
        size = min(max(self._ahead, wanted), _BLOCK_BYTES_MAX, self._found.size_bytes - start)
        self._block = b""  # one block at a time
        block = self._objects.read(self._found, start, size)
        if start == self._digested:
            self._digest.update(block)
            self._digested += len(block)
            if self._digested == self._found.size_bytes:
                self._verify()
        self._block, self._block_start = block, start

    def _verify(self) -> None:
        if self._found.md5 is not None and self._digest.hexdigest() != self._found.md5:
            raise SourceError(f"{self._found.url}: damaged: its checksum is not that of what was read")


class S3Objects:
    """Lets threads find and read objects, through the loop that the client belongs to.

    Args:
        store: of the loop that is running.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._loop = asyncio.get_running_loop()
        self._reading: set[asyncio.Task[Any]] = set()
        self._closed = False

    def find(self, bucket: str, key: str) -> FoundObject:
        """Look an object up. Blocks.

        Raises:
            SourceError: it is not there, or may not be read.
        """
        return self._wait(self._store.find(bucket, key))

    def under(self, bucket: str, prefix: str) -> Mapping[str, FoundObject]:
        """List the objects whose keys begin so, by key. Blocks.

        Raises:
            SourceError: they may not be listed.
        """
        return self._wait(self._store.under(bucket, prefix))

    def read(self, found: FoundObject, start: int, length: int) -> bytes:
        """Read a range of an object. Blocks.

        Raises:
            SourceError: it cannot be read, or was replaced.
        """
        return self._wait(self._store.read(found, start, length))

    async def close(self) -> None:
        """End what threads wait for; they read no more."""
        self._closed = True
        for task in self._reading:
            task.cancel()
        await asyncio.gather(*self._reading, return_exceptions=True)

    def _wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        if self._closed:
            coroutine.close()
            raise SourceError(_ENDED)
        return asyncio.run_coroutine_threadsafe(self._tracked(coroutine), self._loop).result()

    async def _tracked(self, coroutine: Coroutine[Any, Any, T]) -> T:
        task = asyncio.ensure_future(coroutine)
        self._reading.add(task)
        try:
            return await task
        except asyncio.CancelledError:
            raise SourceError(_ENDED) from None
        finally:
            self._reading.discard(task)


@asynccontextmanager
async def reading_s3(location: object, access: S3Access | None) -> AsyncGenerator[S3Objects | None]:
    """Open the way to S3 if a source is there; None if it is not.

    Raises:
        ExpressionError: nobody knows how to reach S3.
        SourceError: its settings are incomplete.
    """
    if not isinstance(location, S3Path):
        yield None
        return
    if access is None:
        raise ExpressionError(
            f"ingest: {location} takes a mapper of Mapper.connect, whose settings serve for S3 too, or "
            "s3=S3Access(...)"
        )
    async with open_store(access) as store:
        objects = S3Objects(store)
        try:
            yield objects
        finally:
            await objects.close()
