"""Where a source lies: in a file, or in S3."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

from ddbmodel.errors import ExpressionError
from ddbmodel.ingest.s3_objects import SCHEME, S3Path

Location: TypeAlias = Path | S3Path


def location_of(given: str | Location) -> Location:
    """Read a path, or a URL of S3.

    Raises:
        ExpressionError: it is a URL that was made a path, which loses a slash; or one without a bucket.
    """
    if isinstance(given, S3Path):
        return given
    if isinstance(given, str) and given.startswith(SCHEME):
        return S3Path.parse(given)
    path = Path(given)
    if path.parts[:1] == (SCHEME.rstrip("/"),):
        raise ExpressionError("ingest: give a URL of S3 as text, not as a Path")
    return path
