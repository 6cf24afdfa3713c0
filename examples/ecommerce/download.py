"""The data set from its home, the UCI Machine Learning Repository."""

from __future__ import annotations

import hashlib
import os
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Final

from examples.ecommerce.lines import DataError


@dataclass(frozen=True, slots=True)
class Archive:
    """A file on the web, and how it is known to be the right one. Its address is never a user's."""

    url: str
    size_bytes: int
    sha256: str


# UCI publishes no checksum: this is the archive as it has been handed out for years.
ONLINE_RETAIL: Final = Archive(
    url="https://archive.ics.uci.edu/static/public/352/online+retail.zip",
    size_bytes=23_715_478,
    sha256="f5385cbb54bbebf7196389109c6b0621faab0c304e3702548165e71c84aede8b",
)

_CHUNK_BYTES: Final = 1 << 18
_TIMEOUT_SECONDS: Final = 30.0


def default_target() -> Path:
    """Where a download is kept, so that it happens once: the user's cache folder."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "ddbmodel-examples" / "online-retail.zip"


def download(
    target: Path, *, archive: Archive = ONLINE_RETAIL, seen: Callable[[int], None] | None = None
) -> Path:
    """Fetch the data set, unless a complete copy is there already.

    Args:
        target: the file to write; it appears only when it is complete and its checksum is right.
        archive: what to fetch.
        seen: called with the number of bytes that have arrived so far.

    Returns:
        `target`.

    Raises:
        DataError: no network, another answer than a file, or a file with another checksum.
    """
    if target.is_file() and _is_right(target, archive):
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.part")
    try:
        _fetch(archive, partial, seen)
        if not _is_right(partial, archive):
            raise DataError(_wrong(archive, partial.stat().st_size))
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return target


def _fetch(archive: Archive, partial: Path, seen: Callable[[int], None] | None) -> None:
    """Write what arrives, but not much more than there should be."""
    try:
        with (
            urllib.request.urlopen(archive.url, timeout=_TIMEOUT_SECONDS) as reply,  # noqa: S310 - see Archive
            partial.open("wb") as file,
        ):
            arrived = 0
            while arrived <= archive.size_bytes and (chunk := reply.read(_CHUNK_BYTES)):
                arrived += file.write(chunk)
                if seen is not None:
                    seen(arrived)
    except (OSError, HTTPException) as error:  # urllib's and ssl's errors are OSErrors
        raise DataError(
            f"cannot download {archive.url}: {error}. Without a network, leave --download out: the shop is "
            "generated then; or fetch the file elsewhere and pass it with --data"
        ) from error


def _wrong(archive: Archive, size_bytes: int) -> str:
    return (
        f"{archive.url} handed out {size_bytes:,} bytes or more that are not the data set known here "
        f"({archive.size_bytes:,} bytes, SHA-256 {archive.sha256[:12]}...). If it has been packed anew, "
        "fetch it with a browser, look at it, and pass it with --data"
    )


def _is_right(file: Path, archive: Archive) -> bool:
    if file.stat().st_size != archive.size_bytes:
        return False
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest() == archive.sha256
