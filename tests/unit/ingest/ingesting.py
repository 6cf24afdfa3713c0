"""What the tests of ingest share: models, a table in memory, and runs on it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import model_validator

from ddbmodel import Attr, IngestReport, Mapper, Model, field, partition_key, sort_key
from ddbmodel.ingest.job import prepared
from ddbmodel.ingest.options import RunOptions
from ddbmodel.ingest.run import Run
from ddbmodel.mapper.gateway import Gateway
from tests.unit.mapper.strict_table import StrictTable

FAST = 0.0


class Line(Model, table="lines"):
    pk: Attr[str] = partition_key()
    sk: Attr[int] = sort_key()
    total: Attr[Decimal] = field(ge=0)
    note: Attr[str | None] = None


class Dice(Model, table="dice"):
    """Has another key each time that it is validated."""

    pk: Attr[int] = partition_key()
    name: Attr[int]

    @model_validator(mode="before")
    @classmethod
    def _thrown(cls, values: dict[str, int]) -> dict[str, int]:
        return {"pk": random.randrange(1_000_000), **values}


class MemoryMapper(Mapper):
    """A mapper on a table in memory."""

    def __init__(self, table: StrictTable) -> None:
        self._gateway = Gateway(table)


def mapper_on(table: StrictTable) -> Mapper:
    return MemoryMapper(table)


def line(number: int, *, total: str = "1.5", keys: int = 1000) -> dict[str, Any]:
    return {"pk": f"p{number % 3}", "sk": number % keys, "total": total}


def write_json_lines(path: Path, rows: Iterable[Any]) -> Path:
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows))
    return path


def stored(table: StrictTable) -> dict[tuple[str, int], str]:
    """The totals that are stored, by key."""
    return {(item["pk"]["S"], int(item["sk"]["N"])): item["total"]["N"] for item in table.items.values()}


def expected(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, int], str]:
    """The totals that a dict would hold: the last row of a key wins."""
    return {(row["pk"], row["sk"]): row["total"] for row in rows}


def letters(path: Path) -> list[dict[str, Any]]:
    return [json.loads(text) for text in path.read_text().splitlines()] if path.exists() else []


def balanced(report: IngestReport) -> bool:
    return (
        report.read == report.valid + report.invalid
        and report.accepted == report.valid
        and report.accepted == report.written + report.superseded + report.failed
    )


def run_on(table: StrictTable, source: Any, **options: Any) -> Run:
    """A run that can be tuned further than the verb lets users."""
    job = prepared(source, Line, None, None, RunOptions(**options))
    return Run(Gateway(table), job.source, job.plan, job.options)
