"""What every source can do."""

from __future__ import annotations

import copy
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final, TypeVar

from pydantic import BaseModel

from ddbmodel.ingest.location import Location
from ddbmodel.ingest.rows import Position, Row
from ddbmodel.ingest.s3_objects import S3Objects, S3Path
from ddbmodel.ingest.validation import Validator

S = TypeVar("S", bound="Source")

# Arbitrary: enough to tell one file from another, and read in no time.
_SAMPLE_BYTES: Final = 4096


class Source(ABC):
    """Where rows come from. Its rows come in the same order each time that it is opened.

    Attributes:
        format: the name of its format.
    """

    format: ClassVar[str]

    @property
    def repeatable(self) -> bool:
        """True if it can be opened more than once, by several processes too."""
        return True

    @property
    @abstractmethod
    def name(self) -> str:
        """What it is called in messages and checkpoints."""

    @property
    def location(self) -> Location | None:
        """Where it lies; None if that is in this program."""
        return None

    def through(self, objects: S3Objects) -> Source:
        """Give the source with the way to S3, and its content looked up, if it lies there. Blocks.

        Raises:
            SourceError: it is not there, or may not be read.
        """
        return self

    @abstractmethod
    def open(self, start: Position) -> Reader:
        """Read from a position on. Blocks, as its reader does: both are used in a thread.

        Raises:
            SourceError: it cannot be read.
        """

    @abstractmethod
    def model_of(self, row: Row, validator: Validator[Any]) -> BaseModel:
        """Make the model of a row.

        Raises:
            BadRow: it cannot be one.
        """

    @abstractmethod
    def letter(self, row: Row) -> Mapping[str, Any]:
        """Give the row as the dead-letter file keeps it: its format, and its content or text."""

    def fingerprint(self, end: Position) -> Mapping[str, Any]:
        """Give what tells this source from another, as far as it was read. Blocks."""
        return {}

    def check(self, validator: Validator[Any]) -> None:  # noqa: B027  # most need none
        """Refuse a source of which no row could become an item, before anything is read or sent. Blocks.

        Raises:
            SourceError: naming what is wrong.
        """


class Reader(ABC):
    """An open source: its rows, one after the other."""

    @abstractmethod
    def __iter__(self) -> Iterator[Row]: ...

    def fraction(self) -> float | None:
        """How much of the source is read, from 0 to 1; None where nobody knows."""
        return None

    def close(self) -> None:  # noqa: B027  # some have nothing open
        """Let go of what is open."""


def path_through(source: S, objects: S3Objects) -> S:
    """Give a source that has a `path` with the way to S3; see `Source.through`."""
    if not isinstance(source.location, S3Path):
        return source
    bound = copy.copy(source)
    object.__setattr__(bound, "path", source.location.through(objects))  # sources are frozen for others
    return bound


def sample(content: bytes) -> str:
    """Give a short name of some content."""
    return hashlib.sha256(content).hexdigest()[:16]


SAMPLE_BYTES: Final = _SAMPLE_BYTES
