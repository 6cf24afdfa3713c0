"""Models -> DynamoDB, through the batch writer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic

from ddbmodel import Mapper
from examples.ecommerce.assemble import Item
from examples.ecommerce.progress import Show


@dataclass(frozen=True, slots=True)
class Ingested:
    """What the batch writer did. `retries` are writes that came back unprocessed and were sent again."""

    written: int
    retries: int
    seconds: float


async def ingest(mapper: Mapper, items: Iterable[Item], show: Show) -> Ingested:
    """Write items while they are made.

    Args:
        mapper: where the table is.
        items: see `assemble.Assembler.items`.
        show: told how many items are written, and how many writes were sent again.

    Raises:
        UnprocessedItems: writes that DynamoDB would not take; the error names each with its reason.
        DataError: lines that cannot be read or assembled; what was accepted before is written.
    """
    started = monotonic()
    async with mapper.batch_writer() as writer:
        for item in items:
            await writer.put(item)
            show(writer.report.written, writer.report.retries)
    show(writer.report.written, writer.report.retries)
    return Ingested(writer.report.written, writer.report.retries, monotonic() - started)
