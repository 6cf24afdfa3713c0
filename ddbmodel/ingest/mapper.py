"""`Mapper`: the verbs, with `ingest`.

The verbs are those of the room `mapper`, which must not know this one. So this is the class that users get.
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pydantic import BaseModel

from ddbmodel.mapper import Mapper as Verbs
from ddbmodel.mapper import RateLimit
from ddbmodel.mapper.gateway import GatewayOptions
from ddbmodel.transport.connect import ConnectOptions

if TYPE_CHECKING:
    from ddbmodel.ingest.choosing import Format, Given
    from ddbmodel.ingest.options import Progress
    from ddbmodel.ingest.report import IngestReport
    from ddbmodel.ingest.share import Order
    from ddbmodel.ingest.validation import Unknown
    from ddbmodel.transport.object_store import S3Access


class Mapper(Verbs):  # noqa: D101  # its docstring is the verbs' own
    __doc__ = Verbs.__doc__

    _opened_with: tuple[ConnectOptions, GatewayOptions] | None = None

    @classmethod
    @asynccontextmanager
    async def _opened(cls, options: ConnectOptions, own: GatewayOptions) -> AsyncGenerator[Self]:
        async with super()._opened(options, own) as mapper:
            mapper._opened_with = (options, own)
            yield mapper

    async def ingest(
        self,
        source: Given,
        model: type[BaseModel],
        *,
        format: Format | None = None,  # noqa: A002  # so it is called
        columns: Mapping[str, str] | None = None,
        s3: S3Access | None = None,
        unknown: Unknown = "refuse",
        dead_letters: str | os.PathLike[str] | None = None,
        max_failures: int | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        checkpoint_rows: int = 10_000,
        checkpoint_seconds: float = 5.0,
        concurrency: int = 4,
        rate_limit: RateLimit | None = None,
        deadline_seconds: float | None = None,
        workers: int = 1,
        order: Order = "last",
        progress: Progress | bool = False,
    ) -> IngestReport:
        """Put every row of a source into the model's table.

            report = await mapper.ingest("orders.jsonl.gz", Order, dead_letters="bad.jsonl", checkpoint="at")

        Rows with one key are written in the order of the source, so the last one wins. A row that is not one
        of the model, or cannot be written, goes to the dead-letter file, and the run goes on.

        Atomicity: each row by itself; puts without conditions, which replace what has their key. At least
            once: a run that goes on after it was killed writes again what was written since its checkpoint.
        Memory: bounded, whatever the source's size and however many rows fail.
        Cost: a write unit for each KB of each row; see `plan_ingest` for the sum before it is spent.

        Args:
            source: a path or `s3://bucket/key`, whose name tells the format (`-` is standard input); a source
                such as `Csv(...)`; or an iterable or async iterable of models or dicts.
            model: the model.
            format: of a path, where its name does not tell.
            columns: the column of each field, of a path to CSV or Parquet.
            s3: how to reach S3, where that is not as the mapper was connected (but for its `endpoint_url`,
                which is DynamoDB's).
            unknown: what to do about a row with names that the model would drop: `"refuse"` the row, or
                `"ignore"` the names.
            dead_letters: the file for rows that did not reach the table; it is added to. Without it, the
                first such row stops the run.
            max_failures: how many rows may fail before the run stops; None is any number with
                `dead_letters`, and 0 without.
            checkpoint: the file that keeps the place up to which every row is settled. If it is there, the
                run goes on from it.
            checkpoint_rows: how many rows there are between two checkpoints, at most.
            checkpoint_seconds: how long it takes from one to the next, at most.
            concurrency: how many requests are under way at once, in each worker.
            rate_limit: a budget of write units, which workers share evenly.
            deadline_seconds: when to stop sending.
            workers: how many processes read and write. Each reads the whole source, and writes its part.
            order: how workers part the rows: `"last"` by their keys, so that the last row of a key wins;
                `"any"` in turns, which is faster, and leaves open which of two rows with one key wins.
            progress: a function that is told now and then; True shows a bar on a terminal, or lines.

        Returns:
            What became of the rows, of all runs that the checkpoint joins.

        Raises:
            ExpressionError: the model has a version or unique fields, which a batch cannot keep; or an
                argument cannot be. Nothing was sent.
            SourceError: the source cannot be read, or the checkpoint is of another one.
            IngestStopped: the run stopped before the end of the source; `.report` says what was done.
        """
        # Most programs do not ingest, and do not have to wait for this.
        from ddbmodel.ingest.job import RunOptions, begin

        options = RunOptions(
            unknown=unknown,
            dead_letters=None if dead_letters is None else Path(dead_letters),
            checkpoint=None if checkpoint is None else Path(checkpoint),
            checkpoint_rows=checkpoint_rows,
            checkpoint_seconds=checkpoint_seconds,
            max_failures=max_failures,
            concurrency=concurrency,
            rate_limit=rate_limit,
            deadline_seconds=deadline_seconds,
            workers=workers,
            order=order,
        )
        given = (source, model, format, columns)
        return await begin(self._gateway, self._opened_with, given, options, s3, progress)
