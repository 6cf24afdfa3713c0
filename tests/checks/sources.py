"""The repository's files."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]

_MADE_BY_TOOLS = {"__pycache__", "build", "dist", "node_modules"}


def files(root: Path = ROOT) -> Sequence[Path]:
    """The files that are tracked by git or could be: what is ignored is left out.

    Without git, those outside of hidden folders and of what tools make.
    """
    listing = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        names = subprocess.run(listing, capture_output=True, check=True).stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        return sorted(_walk(root))
    return sorted(path for name in names if name and (path := root / name).is_file())


def python_files(folder: str, root: Path = ROOT) -> Sequence[Path]:
    """The Python files under a folder of the repository."""
    return [path for path in files(root) if path.suffix == ".py" and path.is_relative_to(root / folder)]


def _walk(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in _MADE_BY_TOOLS]
        yield from (Path(folder, name) for name in names)
