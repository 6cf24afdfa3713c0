"""Where the positions in a stream are kept: a file, or whatever a user has."""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path
from typing import Protocol, runtime_checkable

from ddbmodel.errors import ExpressionError, SourceError
from ddbmodel.mapper.streams.file_lock import FileLock


@runtime_checkable
class CheckpointStore(Protocol):
    """Keeps one text: a row of a table, an item, an object of S3. One follower has one."""

    async def load(self) -> str | None:
        """Give the text that was saved last; None if there is none."""
        ...

    async def save(self, text: str, /) -> None:
        """Replace the text. It must be kept as a whole or not at all when this returns or fails."""
        ...


@runtime_checkable
class ConditionalCheckpointStore(CheckpointStore, Protocol):
    """A store that can tell that another follower uses it. Then `replace` is called, and `save` is not."""

    async def replace(self, text: str, /, *, expected: str | None) -> bool:
        """Replace the text if it still is the expected one; None expects that there is none.

        Atomicity: the comparison and the replacement are one.

        Returns:
            False, with nothing changed, if there is another text, or if another follower is at work.
        """
        ...

    async def release(self) -> None:
        """Let others have it: the follower has ended. It is called whether anything was replaced or not."""
        ...


class FileCheckpoint:
    """Keeps the text in a file, which is replaced as a whole.

    From its first `replace` to its `release` a lock is held, on a file beside it that stays. It is the
    system's, so it ends with the process, however that ends.

    Raises:
        SourceError: the file cannot be read, written or locked.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = FileLock(path.with_name(f"{path.name}.lock"))
        self._one_at_a_time = threading.Lock()  # a cancelled task leaves its thread at work

    async def load(self) -> str | None:
        """Read the file; None if there is none."""
        return await asyncio.to_thread(self._load)

    async def save(self, text: str, /) -> None:
        """Write it beside, and put it in place."""
        await asyncio.to_thread(self._save, text)

    async def replace(self, text: str, /, *, expected: str | None) -> bool:
        """Do the same, if no other holds the lock and the file is as expected."""
        return await asyncio.to_thread(self._replace, text, expected)

    async def release(self) -> None:
        """Give the lock back."""
        await asyncio.to_thread(self._release)

    def _load(self) -> str | None:
        try:
            return self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise SourceError(f"{self._path}: the checkpoint cannot be read") from error

    def _save(self, text: str) -> None:
        beside = self._path.with_name(f"{self._path.name}.new")
        try:
            with beside.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
        except OSError as error:
            raise self._trouble("written", error) from error

    def _replace(self, text: str, expected: str | None) -> bool:
        with self._one_at_a_time:
            try:
                if not self._lock.take():
                    return False
            except OSError as error:
                raise self._trouble("locked", error) from error
            if self._load() != expected:
                return False
            self._save(text)
            return True

    def _release(self) -> None:
        with self._one_at_a_time:
            self._lock.release()

    def _trouble(self, what: str, error: OSError) -> SourceError:
        reason = error.strerror or type(error).__name__
        return SourceError(f"{self._path}: the checkpoint cannot be {what} ({reason})")


def store_of(checkpoint: str | os.PathLike[str] | CheckpointStore | None) -> CheckpointStore | None:
    """Give the store of a path, or the store itself.

    Raises:
        ExpressionError: it is neither.
    """
    if checkpoint is None:
        return None
    if isinstance(checkpoint, str | os.PathLike):
        return FileCheckpoint(Path(checkpoint))
    if isinstance(checkpoint, CheckpointStore):  # pyright: ignore[reportUnnecessaryIsInstance]  # for callers without a checker
        return checkpoint
    raise ExpressionError("checkpoint takes a path, or an object with async load() and save(text)")
