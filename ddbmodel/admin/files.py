"""Files that are there as a whole or not at all, and work in threads that is not left behind."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


def write_whole(path: Path, content: str) -> None:
    """Replace a file, so that there is always a whole one, the old or the new. Blocks."""
    beside = path.with_name(f"{path.name}.new")
    with beside.open("w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync_folder(path.parent)


def write_json(path: Path, content: Any) -> None:
    """Replace a file by one with this as JSON. Blocks."""
    write_whole(path, json.dumps(content, indent=1) + "\n")


def sync_folder(folder: Path) -> None:
    """Make new names last; where folders cannot be opened, the system does so by itself. Blocks."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


async def in_thread(work: Callable[..., T], *arguments: Any) -> T:
    """Do what blocks in a thread. Cancelled, it waits for the thread first: nothing goes on behind it."""
    task = asyncio.ensure_future(asyncio.to_thread(work, *arguments))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
