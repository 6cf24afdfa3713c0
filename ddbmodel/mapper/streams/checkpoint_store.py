"""Where the positions in a stream are kept: a file, or whatever a user has."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Protocol, runtime_checkable

from ddbmodel.errors import ExpressionError, SourceError


@runtime_checkable
class CheckpointStore(Protocol):
    """Keeps one text: a row of a table, an item, an object of S3. One follower has one."""

    async def load(self) -> str | None:
        """Give the text that was saved last; None if there is none."""
        ...

    async def save(self, text: str, /) -> None:
        """Replace the text. It must be kept as a whole or not at all when this returns or fails."""
        ...


class FileCheckpoint:
    """Keeps the text in a file, which is replaced as a whole.

    Raises:
        SourceError: the file cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    async def load(self) -> str | None:
        """Read the file; None if there is none."""
        return await asyncio.to_thread(self._load)

    async def save(self, text: str, /) -> None:
        """Write it beside, and put it in place."""
        await asyncio.to_thread(self._save, text)

    def _load(self) -> str | None:
        try:
            return self._path.read_text()
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise SourceError(f"{self._path}: the checkpoint cannot be read") from error

    def _save(self, text: str) -> None:
        beside = self._path.with_name(f"{self._path.name}.new")
        try:
            with beside.open("w") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise SourceError(f"{self._path}: the checkpoint cannot be written ({reason})") from error


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
