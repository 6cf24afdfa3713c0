"""Reads that prefer a region: where they may go, in which order, and which regions are in trouble.

Only reads come here, and only those that a replica may answer. A region is left for the next one when the
request cannot be answered there after all of its own retries: no connection, trouble of the service,
throttling. What it refuses (a missing table, no permission) is an answer, and is raised.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from ddbmodel.errors import (
    AccessDenied,
    RequestRefused,
    ServiceError,
    TableInUse,
    TableNotFound,
    Throttled,
)
from ddbmodel.schema import TableSettings
from ddbmodel.transport import Transport

T = TypeVar("T")

_log: Final = logging.getLogger("ddbmodel.mapper")

REST_SECONDS: Final = 30.0
"""Arbitrary: how long a region is asked last after it was not there. Long enough that not every read waits
for a connection that does not come, short enough to be back soon."""


@dataclass(slots=True, eq=False)
class Region:
    """One region that reads may go to.

    Attributes:
        name: such as `eu-west-1`.
        transport: sends to it.
        rests_until: until when it is asked last, by the clock of its `Regions`; None if it is well.
        probes: how many requests are finding out whether it is well again.
    """

    name: str
    transport: Transport = field(repr=False)
    rests_until: float | None = None
    probes: int = 0

    def rests(self, now: float) -> bool:
        """True if it is to be asked last: after its rest, one request at a time finds out how it is."""
        return self.rests_until is not None and (now < self.rests_until or self.probes > 0)


@dataclass(frozen=True, slots=True)
class Regions:
    """The regions of one mapper.

    Attributes:
        preferred: those that reads prefer, in this order; home may be among them.
        home: the one that is written to.
        clock: seconds from some fixed moment.
    """

    preferred: Sequence[Region]
    home: Region
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)

    @property
    def others(self) -> Sequence[Region]:
        """All but home."""
        return [region for region in self.preferred if region is not self.home]

    def serving(self, settings: TableSettings) -> Sequence[Region]:
        """The regions that may answer reads of a table with these settings, home among them.

        Only declared replicas are asked: a table of the same name elsewhere need not be one. Where home
        itself is declared as a replica, the region that the declaration starts from has no name in it, so it
        may be any but the witness.
        """
        declared = settings.replicas or ()
        if not declared:
            return (self.home,)
        is_open = self.home.name in declared
        serving = [
            region
            for region in self.preferred
            if region is self.home or region.name in declared or (is_open and region.name != settings.witness)
        ]
        return serving if self.home in serving else (*serving, self.home)

    def route(self, settings: TableSettings, *, stays: bool) -> Route | None:
        """The way of one read of a table with these settings; None if it stays at home."""
        serving = self.serving(settings)
        return None if serving[0] is self.home and len(serving) == 1 else Route(self, serving, stays)

    def in_turn(self, serving: Sequence[Region]) -> list[Region]:
        """The same regions in the order in which they are to be asked now."""
        now = self.clock()
        return sorted(serving, key=lambda region: region.rests(now))

    async def ask(self, region: Region, work: Callable[[Region], Awaitable[T]]) -> T:
        """Ask one region, and remember whether it was there. One that throttles is, and need not rest."""
        probing = region.rests_until is not None
        region.probes += probing
        try:
            result = await work(region)
        except ServiceError as error:
            if is_trouble(error) and not isinstance(error, Throttled):
                region.rests_until = self.clock() + REST_SECONDS
            raise
        finally:
            region.probes -= probing
        region.rests_until = None
        return result


@dataclass(slots=True, eq=False)
class Route:
    """The way of one read, with all of its requests.

    Attributes:
        regions: of the mapper.
        serving: where it may go, in order of preference.
        stays: all of its requests go to one region, the one that answered first: replicas are not of one
            moment, and of what continues a scan or a read of an index, the order is not known to be the same.
        region: where it stays, once that is known.
    """

    regions: Regions
    serving: Sequence[Region]
    stays: bool
    region: Region | None = None
    _settling: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the regions, in order of preference."""
        return tuple(region.name for region in self.serving)

    async def first(self, work: Callable[[Region], Awaitable[T]]) -> T:
        """What comes of some work in the first region that answers.

        Raises:
            ServiceError: what a region refused; or the trouble of the last one, with a note of the others.
        """
        if self.region is None and not self.stays:
            return (await self._found(work))[1]
        if self.region is None:
            # Segments and shards begin at once: the first of them finds the region for all.
            async with self._settling:
                if self.region is None:
                    self.region, result = await self._found(work)
                    return result
        return await self._continued(self.region, work)

    async def _found(self, work: Callable[[Region], Awaitable[T]]) -> tuple[Region, T]:
        in_turn, passed = self.regions.in_turn(self.serving), list[str]()
        for region in in_turn:
            try:
                return region, await self.regions.ask(region, work)
            except ServiceError as error:
                is_last = region is in_turn[-1]
                if is_last or not is_trouble(error):
                    error.add_note(_account(region, passed))
                    raise
                _tell(region, error)
                passed.append(region.name)
        raise AssertionError("there is at least one region")

    async def _continued(self, region: Region, work: Callable[[Region], Awaitable[T]]) -> T:
        try:
            return await self.regions.ask(region, work)
        except ServiceError as error:
            error.add_note(
                f"the read began in region {region.name}, and stays there to its end: begin it anew"
                if is_trouble(error)
                else _account(region, ())
            )
            raise


def is_trouble(error: ServiceError) -> bool:
    """True if another region may answer what this one did not."""
    return not isinstance(error, RequestRefused | TableNotFound | TableInUse | AccessDenied)


def _account(region: Region, passed: Sequence[str]) -> str:
    others = f"; before it, {', '.join(passed)} did not answer" if passed else ""
    return f"this is what region {region.name} answered to a read{others}"


def _tell(region: Region, error: ServiceError) -> None:
    level = logging.DEBUG if isinstance(error, Throttled) else logging.WARNING
    _log.log(level, "region %s did not answer a read (%s): the next one is asked", region.name, error.code)
