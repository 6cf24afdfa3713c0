"""Who keeps the books of a batch writer, where its report cannot keep every failure."""

from __future__ import annotations

from typing import Protocol

from ddbmodel.errors import Failure
from ddbmodel.mapper.entry import Entry


class Ledger(Protocol):
    """Is told what becomes of writes, at once. Its methods must neither wait nor raise.

    A batch writer with a ledger hands its failures over instead of keeping them, so that its memory is
    bounded whatever happens, and does not raise them when it is left.
    """

    def superseded(self, entry: Entry) -> None:
        """A later write to its key has taken its place."""
        ...

    def failed(self, entry: Entry, failure: Failure, *, cut_short: bool) -> None:
        """It was given up; `cut_short` if only as the writer was left, or its deadline passed."""
        ...
