"""A dry run: every row is read, validated and weighed, and nothing is sent."""

# pyright: reportUnnecessaryIsInstance=false
# The checks are for callers without a type checker.

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, cast

from pydantic import BaseModel

from ddbmodel import limits
from ddbmodel.codec.sizes import item_size_bytes
from ddbmodel.codec.values import Item
from ddbmodel.errors import CodecError, ItemTooLarge
from ddbmodel.ingest.choosing import Format, Given, place_of
from ddbmodel.ingest.feed import Feed, feed_of
from ddbmodel.ingest.job import Job, prepared
from ddbmodel.ingest.options import Progress, RunOptions
from ddbmodel.ingest.progress import Pace
from ddbmodel.ingest.report import Counts
from ddbmodel.ingest.rows import BadRow, Position, Row, RowFailure
from ddbmodel.ingest.s3_objects import reading_s3
from ddbmodel.ingest.terminal import shown
from ddbmodel.ingest.validation import Unknown, Validator
from ddbmodel.mapper import Ramp
from ddbmodel.mapper.entry import Entry, entry_for_put
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.pacing.rate_limit import check_positive
from ddbmodel.operations import BatchPut
from ddbmodel.schema import IndexSchema
from ddbmodel.transport import Transport
from ddbmodel.transport.object_store import S3Access

_FAILURES_KEPT: Final = 10
_KEYS_COUNTED: Final = 2000


@dataclass(frozen=True, slots=True)
class IngestPlan:
    """What ingesting would take, if every item was new: `units == table_units + sum(index_units.values())`.

    Replacing an item costs by the larger of both; a row that a later one supersedes may cost nothing.

    Attributes:
        read: how many rows there are.
        valid: how many of them are items of the model.
        invalid: how many are not.
        item_bytes: of all items together.
        largest_item_bytes: of the largest one.
        units: write units, of the table and its indexes.
        table_units: of the table alone.
        index_units: of each index, by its name.
        hottest_key_units: at least so many table units go to one partition key, which takes 1,000 a second.
        seconds: how long that takes at the rate that was given, or that a new on-demand table takes.
        failures: the first of the rows that are not valid.
    """

    read: int
    valid: int
    invalid: int
    item_bytes: int
    largest_item_bytes: int
    units: int
    table_units: int
    index_units: Mapping[str, int]
    hottest_key_units: int
    seconds: float
    failures: tuple[RowFailure, ...] = ()

    @property
    def ok(self) -> bool:
        """True if every row is valid."""
        return not self.invalid

    def to_json(self) -> str:
        """Give it as a JSON object."""
        return json.dumps({**asdict(self), "ok": self.ok})

    def __str__(self) -> str:
        """A summary in a few lines."""
        indexes = "".join(f", {units:,} of {name}" for name, units in self.index_units.items())
        lines = [
            f"{self.read:,} rows: {self.valid:,} valid, {self.invalid:,} invalid; nothing was sent",
            f"{self.item_bytes:,} bytes in items, the largest has {self.largest_item_bytes:,}",
            f"{self.units:,} write units: {self.table_units:,} of the table{indexes}",
            f"{self.seconds:,.0f} seconds at least",
        ]
        return "\n".join([*lines, *(f"  {failure}" for failure in self.failures)])


async def plan_ingest(
    source: Given,
    model: type[BaseModel],
    *,
    format: Format | None = None,  # noqa: A002  # as in `Mapper.ingest`
    columns: Mapping[str, str] | None = None,
    s3: S3Access | None = None,
    unknown: Unknown = "refuse",
    write_units_per_second: float | None = None,
    progress: Progress | bool = False,
) -> IngestPlan:
    """Read, validate and weigh every row, as `Mapper.ingest` would, and send DynamoDB nothing.

    Args:
        source: see `Mapper.ingest`, as the following.
        model: the model.
        format: of a path, where its name does not tell.
        columns: the column of each field.
        s3: how to reach S3, where that is not as the AWS SDK finds out.
        unknown: what to do about names that the model would drop.
        write_units_per_second: the rate that the table takes, or is given; None is what a new on-demand
            table takes, which doubles in half an hour of use.
        progress: see `Mapper.ingest`.

    Raises:
        ExpressionError: the model cannot be ingested, or an argument cannot be.
        SourceError: the source cannot be read.
    """
    if write_units_per_second is not None:
        check_positive("plan_ingest", "write_units_per_second", write_units_per_second)
    options = RunOptions(unknown=unknown)
    async with reading_s3(place_of(source), s3 or S3Access()) as objects:
        job = await asyncio.to_thread(prepared, source, model, format, columns, options, objects)
        scales = await asyncio.to_thread(_Scales, job)
        with shown(progress) as told:
            async with feed_of(job.source, Position()) as feed:
                await scales.weigh_all(feed, told)
    return scales.plan(write_units_per_second)


class _Scales:
    """Weighs item after item."""

    def __init__(self, job: Job) -> None:
        job.source.check(Validator(job.plan.model, job.options.unknown))
        self._source = job.source
        self._plan = job.plan
        self._validator = Validator(job.plan.model, job.options.unknown)
        self._gateway = Gateway(cast("Transport", _NoTransport()))
        self._counts = Counts()
        self._bytes = self._largest = self._units = 0
        self._indexes = {index.name: 0 for index in job.plan.stored_table.indexes}
        self._keys = HeavyKeys(_KEYS_COUNTED)
        self._failures: list[RowFailure] = []

    async def weigh_all(self, feed: Feed, progress: Progress | None) -> None:
        pace, told_at = Pace(Counts(), 0.0), time.monotonic()
        async for part in feed.slices:
            for row in part:
                self._weigh(row)
            if progress is not None and time.monotonic() - told_at > 0.5:
                told_at = time.monotonic()
                progress(pace.progress(self._counts, 0, feed.fraction()))

    def _weigh(self, row: Row) -> None:
        self._counts.read += 1
        try:
            self._add(self._entry(row))
        except BadRow as bad:
            self._counts.invalid += 1
            if len(self._failures) < _FAILURES_KEPT:
                self._failures.append(RowFailure(row.number, row.line, bad.reason, bad.path))

    def _entry(self, row: Row) -> Entry:
        try:
            return entry_for_put(self._gateway, self._source.model_of(row, self._validator))
        except CodecError as error:
            raise BadRow(error.reason, error.path) from None
        except ItemTooLarge as error:
            raise BadRow(str(error)) from None

    def _add(self, entry: Entry) -> None:
        assert isinstance(entry.write, BatchPut)
        item = entry.write.item
        size = item_size_bytes(item)
        units = _units(size)
        self._bytes += size
        self._largest = max(self._largest, size)
        self._units += units
        self._keys.add(entry.heat, units)
        for index in self._plan.stored_table.indexes:
            projected = self._projected(item, index)
            if projected is not None:
                self._indexes[index.name] += _units(item_size_bytes(projected))

    def _projected(self, item: Item, index: IndexSchema) -> Item | None:
        """What an index holds of an item; None if it is not in the index."""
        if any(attribute.name not in item for attribute in index.key):
            return None
        if index.projection.kind == "ALL":
            return item
        keys = (*index.key, *self._plan.stored_table.key)
        names = {attribute.name for attribute in keys} | set(index.projection.attributes)
        return {name: value for name, value in item.items() if name in names}

    def plan(self, rate: float | None) -> IngestPlan:
        """Sum up."""
        units = self._units + sum(self._indexes.values())
        hottest = self._keys.most()
        return IngestPlan(
            read=self._counts.read,
            valid=self._counts.read - self._counts.invalid,
            invalid=self._counts.invalid,
            item_bytes=self._bytes,
            largest_item_bytes=self._largest,
            units=units,
            table_units=self._units,
            index_units=self._indexes,
            hottest_key_units=hottest,
            seconds=max(_seconds(units, rate), hottest / limits.PARTITION_WRITE_UNITS),
            failures=tuple(self._failures),
        )


class HeavyKeys:
    """Finds the key with the most units in bounded memory, as Misra and Gries did.

    Args:
        room: how many keys are kept, and up to twice as many for a while. What is found is never too much,
            and falls short of the truth by at most the sum of all units divided by this.
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._units: dict[Any, int] = {}

    def add(self, key: Any, units: int) -> None:
        """Count units of a key."""
        self._units[key] = self._units.get(key, 0) + units
        if len(self._units) >= 2 * self._room:
            least = sorted(self._units.values(), reverse=True)[self._room]
            self._units = {one: left - least for one, left in self._units.items() if left > least}

    def most(self) -> int:
        """The units of the heaviest key, at least."""
        return max(self._units.values(), default=0)


class _NoTransport:
    """Sends nothing."""

    async def send(self, request: Any) -> dict[str, Any]:
        raise AssertionError("a dry run sends nothing")


def _seconds(units: int, rate: float | None) -> float:
    """How long so many units take at a rate; None begins like a new on-demand table, and grows."""
    if rate is not None:
        return units / rate
    ramp, most = Ramp(), limits.TABLE_WRITE_UNITS
    growth = math.log(2) / ramp.doubling_seconds
    climbing = min(units, (most - ramp.start_units_per_second) / growth)
    climb_seconds = math.log(ramp.rate_after(climbing) / ramp.start_units_per_second) / growth
    return climb_seconds + (units - climbing) / most


def _units(size_bytes: int) -> int:
    return max(1, -(-size_bytes // limits.WRITE_UNIT_BYTES))
