"""What the tests of the batch writer share: models, a writer on a table in memory, and what it stored."""

from __future__ import annotations

import asyncio
from typing import Any

from ddbmodel import (
    Attr,
    Model,
    partition_key,
    sort_key,
)
from ddbmodel.mapper.backoff import Backoff
from ddbmodel.mapper.batch_writer import BatchWriter
from tests.unit.mapper.strict_table import (
    StrictTable,
)


class Thing(Model, table="things"):
    pk: Attr[str] = partition_key()
    sk: Attr[int] = sort_key()
    text: Attr[str | None] = None


class Other(Model, table="others"):
    pk: Attr[bytes] = partition_key()


class Pauses:
    """A backoff that notes its pauses; jitter is left out, so that they are the longest."""

    def __init__(self, **options: Any) -> None:
        self.seconds: list[float] = []
        self.backoff = Backoff(sleep=self._sleep, jitter=lambda: 1.0, **options)

    async def _sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(seconds)


def writer_on(table: StrictTable, *, concurrency: int = 1, **options: Any) -> BatchWriter:
    return BatchWriter(table.gateway, concurrency=concurrency, **options)


def thing(number: int, text: str | None = None) -> Thing:
    return Thing(pk="p", sk=number, text=text)


def key(number: int) -> Any:
    return ("things", Thing.key("p", number).identity)


def stored(table: StrictTable) -> dict[int, str | None]:
    """The texts that are stored, by number."""
    return {int(item["sk"]["N"]): item.get("text", {}).get("S") for item in table.items.values()}


def balanced(writer: BatchWriter) -> bool:
    report = writer.report
    return report.accepted == report.written + report.superseded + len(report.failed)


async def put_all(writer: BatchWriter, numbers: range, text: str | None = None) -> None:
    for number in numbers:
        await writer.put(thing(number, text))
