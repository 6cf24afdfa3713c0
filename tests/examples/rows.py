"""CSV files made for one test."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from examples.ecommerce.lines import COLUMNS

GOOD_ROW = ["536365", "85123A", "BREAD TIN", "6", "2010-12-01 08:26:00", "2.55", "17850.0", "United Kingdom"]


def row(**changes: str) -> list[str]:
    """A good row with some cells changed."""
    return [changes.get(column, cell) for column, cell in zip(COLUMNS, GOOD_ROW, strict=True)]


def write_csv(file: Path, rows: Sequence[Sequence[str]], header: Sequence[str] = COLUMNS) -> Path:
    """Write rows under a header."""
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(header)
        writer.writerows(rows)
    return file
