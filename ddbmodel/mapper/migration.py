"""`migrate`: every item of a model, brought to the schema version of today while the table is in use."""

# pyright: reportUnnecessaryIsInstance=false
# The checks are for callers without a type checker.

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias

from ddbmodel import limits
from ddbmodel.codec.sizes import item_size_bytes
from ddbmodel.codec.values import Item
from ddbmodel.errors import CodecError, ExpressionError, ItemTooLarge, ServiceError, UniqueViolation
from ddbmodel.mapper.drafts import Drafts
from ddbmodel.mapper.gateway import Gateway
from ddbmodel.mapper.migration_place import MigrationPlace
from ddbmodel.mapper.migration_report import MigrationReport
from ddbmodel.mapper.pacer import charge
from ddbmodel.mapper.pacing import RateLimit
from ddbmodel.mapper.pages import ReadOptions
from ddbmodel.mapper.patience import Patience, patiently
from ddbmodel.mapper.reading import decoded
from ddbmodel.mapper.scan import Scan
from ddbmodel.mapper.upgrading import Upgraded, upgrade
from ddbmodel.model import ModelPlan

MigrationProgress: TypeAlias = Callable[[MigrationReport], object]

_BUSY = "live writers kept changing it, in its old version: migrate again when the old code is gone"


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a migration goes; see `Mapper.migrate`.

    Raises:
        ExpressionError: one of them is no such thing.
    """

    segments: int = 1
    concurrency: int = 16
    rate_limit: RateLimit | None = None

    def __post_init__(self) -> None:
        if type(self.concurrency) is not int or self.concurrency < 1:
            raise ExpressionError("migrate: concurrency is a whole number from 1 on")
        if not isinstance(self.rate_limit, RateLimit | None):
            raise ExpressionError("migrate: rate_limit is a RateLimit(...) or None")


async def migrate(
    gateway: Gateway,
    plan: ModelPlan[Any],
    pace: Pace,
    checkpoint: str | PathLike[str] | None,
    *,
    dry_run: bool,
    progress: MigrationProgress | None,
) -> MigrationReport:
    """Rewrite what is stored in older schema versions; see `Mapper.migrate`."""
    model, version = plan.model.__name__, plan.history.version
    if not plan.history.is_kept:
        raise ExpressionError(
            f"migrate {model}: the class is of schema version 1, so there is nothing to upgrade: give it "
            "schema_version= and upgraders="
        )
    identity = {"model": model, "table": gateway.table_name(plan), "schema version": version}
    identity |= {"number of segments": pace.segments, "dry_run": dry_run}
    place = None if checkpoint is None else MigrationPlace(Path(checkpoint), identity)
    migration = _Migration(gateway, plan, pace, MigrationReport(model, version, dry_run))
    await migration.run(place, progress)
    return migration.report


@dataclass(frozen=True, slots=True)
class _Migration:
    gateway: Gateway
    plan: ModelPlan[Any]
    pace: Pace
    report: MigrationReport

    async def run(self, place: MigrationPlace | None, progress: MigrationProgress | None) -> None:
        """Work through the table, page by page: a page is settled before its checkpoint is kept."""
        after = None if place is None else await asyncio.to_thread(place.load, self.report)
        async with aclosing(self._pages(after)) as pages:
            async for items, token in pages:
                await self._settle(items)
                if place is not None:
                    await asyncio.to_thread(place.keep, token, self.report)
                if progress is not None:
                    progress(self.report)
        if place is not None:
            await asyncio.to_thread(place.end)

    async def _pages(self, after: str | None) -> AsyncGenerator[tuple[Any, str]]:
        """Scan, and go on after trouble that passes where the last page ended."""
        options = ReadOptions(hide_expired=False)
        scan: Scan[Any] = Scan(self.gateway, self.plan, options, self.pace.segments)
        patience = Patience()
        while True:
            try:
                async with aclosing(scan.stored(after=after)) as pages:
                    async for items, token in pages:
                        patience.succeeded()
                        after = token
                        yield items, token
            except ServiceError as error:
                await patience.failed(error)
            else:
                return

    async def _settle(self, items: Any) -> None:
        """Deal with the items of one page, some at a time."""
        waiting = iter(items)

        async def work() -> None:
            for item in waiting:
                await self._one(item)

        workers = min(self.pace.concurrency, len(items))
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(workers):
                    group.create_task(work())
        except BaseExceptionGroup as group_error:
            # The first one is what ended the others.
            raise group_error.exceptions[0] from None

    async def _one(self, item: Item) -> None:
        report = self.report
        try:
            # What is done already is found done the next time.
            outcome = await patiently(partial(self._outcome, item))
        except (CodecError, ItemTooLarge, UniqueViolation, ExpressionError) as error:
            report.fail(str(error), self.plan.key_from_item(item))
        else:
            match outcome:
                case Upgraded.UPGRADED:
                    report.upgraded += 1
                case Upgraded.CURRENT:
                    report.current += 1
                case Upgraded.OVERTAKEN:
                    report.overtaken += 1
                case Upgraded.BUSY:
                    report.fail(_BUSY, self.plan.key_from_item(item))
        report.scanned += 1

    async def _outcome(self, item: Item) -> Upgraded:
        if self.plan.history.is_current(item):
            return Upgraded.CURRENT
        if self.report.dry_run:
            Drafts(self.gateway).migrate(decoded(self.plan, item))
            return Upgraded.UPGRADED
        if self.pace.rate_limit is not None:
            await charge(self.pace.rate_limit, -(-item_size_bytes(item) // limits.WRITE_UNIT_BYTES))
        return await upgrade(self.gateway, self.plan, item)
