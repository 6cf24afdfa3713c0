"""A lock of the operating system on a file, which ends with the process that holds it, however that ends."""

from __future__ import annotations

import errno
import sys
from pathlib import Path
from typing import IO, Final

# What the systems say of a lock that another has.
# Source: https://man7.org/linux/man-pages/man2/flock.2.html
# Source: https://learn.microsoft.com/en-us/cpp/c-runtime-library/reference/locking
_TAKEN: Final = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES)


class FileLock:
    """Excludes other processes, and other objects of this process.

    Args:
        path: the file, made if there is none. It holds nothing and stays: were it deleted, one process could
            lock the old one and another the new.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None

    def take(self) -> bool:
        """Take it, if it is not held already; False if another has it.

        Raises:
            OSError: the file cannot be opened, or its file system has no locks.
        """
        if self._file is not None:
            return True
        file = self._path.open("ab")
        try:
            _lock(file)
        except OSError as error:
            file.close()
            if error.errno in _TAKEN:
                return False
            raise
        self._file = file
        return True

    def release(self) -> None:
        """Give it back, if it is held."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _lock(file: IO[bytes]) -> None:
    if sys.platform == "win32":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
