"""What a run is told."""

# pyright: reportUnnecessaryIsInstance=false, reportUnnecessaryContains=false
# The checks are for callers without a type checker.

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from ddbmodel.errors import ExpressionError
from ddbmodel.ingest.progress import IngestProgress
from ddbmodel.ingest.share import Order, Share
from ddbmodel.ingest.validation import Unknown
from ddbmodel.mapper import RateLimit

Progress: TypeAlias = Callable[[IngestProgress], None]


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How to ingest; see `Mapper.ingest`.

    Attributes:
        share: which worker of how many this is.
        progress_seconds: how often progress is told.

    Raises:
        ExpressionError: one of them cannot be.
    """

    unknown: Unknown = "refuse"
    dead_letters: Path | None = None
    checkpoint: Path | None = None
    checkpoint_rows: int = 10_000
    checkpoint_seconds: float = 5.0
    max_failures: int | None = None
    concurrency: int = 4
    rate_limit: RateLimit | None = None
    deadline_seconds: float | None = None
    workers: int = 1
    order: Order = "last"
    progress: Progress | None = field(default=None, repr=False)
    progress_seconds: float = 0.5
    share: Share = field(default_factory=Share)

    def __post_init__(self) -> None:
        for name in ("workers", "checkpoint_rows"):
            value = getattr(self, name)
            if type(value) is not int or value < 1:
                raise ExpressionError(f"ingest: {name} is a whole number from 1 on")
        if self.max_failures is not None and (type(self.max_failures) is not int or self.max_failures < 0):
            raise ExpressionError("ingest: max_failures is a whole number from 0 on, or None")
        if not self.checkpoint_seconds > 0:
            raise ExpressionError("ingest: checkpoint_seconds is a positive number")
        if self.unknown not in ("refuse", "ignore"):
            raise ExpressionError('ingest: unknown is "refuse" or "ignore"')
        if self.order not in ("last", "any"):
            raise ExpressionError('ingest: order is "last" or "any"')
        if self.progress is not None and not callable(self.progress):
            raise ExpressionError("ingest: progress is a function, True or False")

    @property
    def failures_allowed(self) -> int | None:
        """How many rows may fail before the run stops: none, unless they are set aside; None is any."""
        if self.max_failures is None and self.dead_letters is None:
            return 0
        return self.max_failures
