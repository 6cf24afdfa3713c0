"""One row of a source, where it stands, and what can be wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Position:
    """How far a source was read: everything before it.

    Attributes:
        row: how many rows.
        line: how many lines; 0 where there are none.
        offset: how many bytes, after decompression; 0 where they are not counted.
    """

    row: int = 0
    line: int = 0
    offset: int = 0


@dataclass(slots=True, eq=False)
class Row:
    """One row.

    Attributes:
        number: counted from 1.
        line: the line on which it begins, counted from 1; None where there are no lines.
        end: the position behind it.
        content: as the source gives it.
        problem: why it cannot be one, where that shows already.
    """

    number: int
    line: int | None
    end: Position
    content: Any
    problem: str = ""

    @property
    def place(self) -> str:
        """For messages."""
        return f"row {self.number}" if self.line is None else f"line {self.line}"


class BadRow(Exception):
    """A row that cannot become an item. It travels inside of this room only.

    Attributes:
        reason: what is wrong, without values.
        path: where in the row, such as `$.total`; empty if it is the row as a whole.
        detail: the whole message, which can hold values; for the dead-letter file only.
    """

    def __init__(self, reason: str, path: str = "", detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = path
        self.detail = detail


@dataclass(frozen=True, slots=True)
class RowFailure:
    """A row that did not reach the table.

    Attributes:
        row: its number in the source, counted from 1.
        line: the line on which it begins; None where there are no lines.
        reason: why, without values.
        path: where in the row, such as `$.total`; empty if it is the row as a whole.
    """

    row: int
    line: int | None
    reason: str
    path: str = ""

    def __str__(self) -> str:
        place = f"row {self.row}" if self.line is None else f"line {self.line}"
        return f"{place}: {self.path}: {self.reason}" if self.path else f"{place}: {self.reason}"
