"""Where engines are installed: in the repository, out of git's sight."""

from __future__ import annotations

from pathlib import Path

CACHE = Path(__file__).parents[2] / ".cache" / "engines"


def folder_of(name: str) -> Path:
    """The folder of one engine."""
    return CACHE / name
