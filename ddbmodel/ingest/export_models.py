"""The models in an export, without a table to write them to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar, cast

from pydantic import BaseModel

from ddbmodel.errors import SourceError
from ddbmodel.ingest.dynamodb_export import DynamoDBExport
from ddbmodel.ingest.rows import BadRow, Position, Row
from ddbmodel.ingest.s3_objects import reading_s3
from ddbmodel.ingest.source import Source
from ddbmodel.ingest.validation import Unknown, Validator
from ddbmodel.transport.object_store import S3Access

M = TypeVar("M", bound=BaseModel)

# Arbitrary: so many are read in a thread at once.
_ROWS: Final = 200


async def read_export(
    folder: str | Path, model: type[M], *, unknown: Unknown = "refuse", s3: S3Access | None = None
) -> AsyncGenerator[M]:
    """Read the models in a full export, or in a dump, file by file, with checksums and counts compared.

        async for order in read_export("s3://backups/orders/AWSDynamoDB/01693685827463-2d8752fd", Order): ...

    Close it, or read it to its end: `async with aclosing(read_export(...)) as orders`.

    Args:
        folder: a folder, or its URL (`s3://...`).
        model: the model of all of its items.
        unknown: what to do about attributes that the model would drop: `"refuse"` the item, or
            `"ignore"` them.
        s3: how to reach S3; as the AWS SDK does if not given.

    Raises:
        SourceError: there is no export, a file of it is damaged or missing, or an item is none of the model.
            What was given before that is sound.

    Memory: bounded.
    """
    source, validator = DynamoDBExport(folder), Validator(model, unknown)
    async with reading_s3(source.location, s3 or S3Access()) as objects:
        bound = source if objects is None else await asyncio.to_thread(source.through, objects)
        await asyncio.to_thread(bound.check, validator)
        reader = await asyncio.to_thread(bound.open, Position())
        try:
            rows = iter(reader)
            while some := await asyncio.to_thread(_some, rows):
                for row in some:
                    yield cast("M", _model_of(bound, row, validator))
        finally:
            reader.close()


def _some(rows: Iterator[Row]) -> list[Row]:
    return list(islice(rows, _ROWS))


def _model_of(source: Source, row: Row, validator: Validator[M]) -> BaseModel:
    try:
        return source.model_of(row, validator)
    except BadRow as error:
        where = f" at {error.path}" if error.path else ""
        raise SourceError(
            f"{source.name}, item {row.number:,}: this is no {validator.model.__name__}{where}: "
            f"{error.reason}"
        ) from error
