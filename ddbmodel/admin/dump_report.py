"""What a dump or a load has done, and how far it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class DumpProgress:
    """How far a dump or a load is.

    Attributes:
        items: how many items are in finished parts, those of an earlier run included.
        parts: how many parts are finished.
        total_items: about how many there are; of a dump the service's count, which is up to six hours old.
    """

    items: int
    parts: int
    total_items: int

    def __str__(self) -> str:
        """One line for people."""
        return f"{self.items:,} of about {self.total_items:,} items, {self.parts:,} parts"


OnProgress: TypeAlias = Callable[[DumpProgress], None]


@dataclass(frozen=True, slots=True)
class DumpReport:
    """A finished dump.

    Attributes:
        table: the table's deployed name.
        folder: where the dump is.
        items: how many items it has.
        parts: how many files they are in.
        size_bytes: of these files.
        consistent: every write that had succeeded before the dump began is in it.
        resumed: an earlier run had begun it.
    """

    table: str
    folder: str
    items: int
    parts: int
    size_bytes: int
    consistent: bool
    resumed: bool

    def __str__(self) -> str:
        """One line for people."""
        return (
            f"{self.items:,} items of {self.table} in {self.parts:,} parts "
            f"({self.size_bytes:,} bytes) in {self.folder}"
        )

    def to_json(self) -> str:
        """The report as JSON."""
        return json.dumps(asdict(self))


@dataclass(frozen=True, slots=True)
class LoadReport:
    """A load that has come to its end: every item of the dump was written.

    Attributes:
        table: the deployed name of the table that was written to.
        folder: where the dump is.
        items: how many items the dump has.
        written: how many of them this run wrote.
        resumed: an earlier run had written the others.
    """

    table: str
    folder: str
    items: int
    written: int
    resumed: bool

    def __str__(self) -> str:
        """One line for people."""
        earlier = f", {self.items - self.written:,} of them by an earlier run" if self.resumed else ""
        return f"{self.items:,} items of {self.folder} are written to {self.table}{earlier}"

    def to_json(self) -> str:
        """The report as JSON."""
        return json.dumps(asdict(self))
