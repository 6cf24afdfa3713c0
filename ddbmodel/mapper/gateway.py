"""What every verb of the mapper needs: the transport, who looks on, and the names of tables."""

# pyright: reportUnnecessaryIsInstance=false
# The checks are for callers without a type checker.

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, TypeAlias, TypeVar

from ddbmodel.errors import ExpressionError, ModelDefinitionError
from ddbmodel.mapper.hooks import AnyHook, registrations
from ddbmodel.mapper.onlookers import Onlookers
from ddbmodel.mapper.read_regions import ReadRegion, checked_regions
from ddbmodel.mapper.regions import Region, Regions, Route
from ddbmodel.model import ModelPlan
from ddbmodel.operations import Request
from ddbmodel.schema.tables import check_resource_name
from ddbmodel.transport import Statistics, Transport
from ddbmodel.transport.protocol import region_of

T = TypeVar("T")
Clock: TypeAlias = Callable[[], datetime]
Send: TypeAlias = Callable[[Request], Awaitable[dict[str, Any]]]

_PREFIX: Final = re.compile(r"[A-Za-z0-9_.-]*")


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class GatewayOptions:
    """What a mapper is told beside how to connect.

    Attributes:
        table_prefix: put in front of every table's name.
        cursor_key: signs page tokens; None leaves them unsigned.
        write_ids: let every write that must not be repeated leave a mark in its item, by which it is found
            again if its reply is lost. Models with a version do so in any case.
        clock: gives the time, for timestamps and expiry.
        hide_expired: leave out of reads what has expired and is not deleted yet.
        hooks: called before and after each request.
        consistent_reads: read consistently where a read does not say otherwise.
        read_regions: where reads may go, in order of preference.
        onlookers: made of the hooks.
        preferred: made of the regions.

    Raises:
        ModelDefinitionError: the prefix has characters that a table's name cannot have.
        ExpressionError: the key is neither text nor bytes, or empty; or the hooks or regions are none.
    """

    table_prefix: str = ""
    cursor_key: bytes | str | None = field(default=None, repr=False)
    write_ids: bool = False
    clock: Clock | None = field(default=None, repr=False)
    hide_expired: bool = False
    hooks: Iterable[AnyHook] = field(default=(), repr=False)
    consistent_reads: bool = False
    read_regions: Sequence[str | ReadRegion] = ()
    onlookers: Onlookers = field(init=False, repr=False, compare=False)
    preferred: tuple[ReadRegion, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.table_prefix, str) or not _PREFIX.fullmatch(self.table_prefix):
            raise ModelDefinitionError(
                "table_prefix goes in front of table names: use characters of a-z, A-Z, 0-9, '_', '-' and '.'"
            )
        if self.cursor_key is not None and not (isinstance(self.cursor_key, bytes | str) and self.cursor_key):
            raise ExpressionError(
                "cursor_key is a secret of text or bytes, and not empty; None signs nothing"
            )
        object.__setattr__(self, "onlookers", Onlookers(registrations(self.hooks)))
        object.__setattr__(self, "preferred", checked_regions(self.read_regions))

    def secret(self) -> bytes | None:
        """The key that signs page tokens."""
        return self.cursor_key.encode() if isinstance(self.cursor_key, str) else self.cursor_key

    def gateway(self, transport: Transport, regions: Regions | None = None) -> Gateway:
        """The gateway over a transport, and the regions that reads prefer."""
        return Gateway(
            transport,
            self.table_prefix,
            self.secret(),
            self.write_ids,
            self.clock or _utc_now,
            self.hide_expired,
            self.onlookers,
            self.consistent_reads,
            regions,
            region_of(transport),
        )


@dataclass(frozen=True, slots=True)
class Gateway:
    """The way from the mapper to DynamoDB.

    Attributes:
        transport: sends requests.
        table_prefix: put in front of every table's name.
        cursor_key: signs page tokens; None leaves them unsigned.
        write_ids: let every write that must not be repeated leave a mark in its item.
        now: the time, in UTC.
        hide_expired: leave out of reads what has expired and is not deleted yet.
        onlookers: the hooks, and the measures that are open.
        consistent_reads: read consistently where a read does not say otherwise.
        regions: those that reads prefer; None keeps all of them at home.
        region: the name of home, as far as the transport tells.
    """

    transport: Transport
    table_prefix: str = ""
    cursor_key: bytes | None = field(default=None, repr=False)
    write_ids: bool = False
    now: Clock = field(default=_utc_now, repr=False)
    hide_expired: bool = False
    onlookers: Onlookers = field(default_factory=Onlookers, repr=False)
    consistent_reads: bool = False
    regions: Regions | None = field(default=None, repr=False)
    region: str | None = None
    _names: dict[str, str] = field(default_factory=dict[str, str], init=False, repr=False)

    async def send(self, request: Request) -> dict[str, Any]:
        """Send one request home; see `Transport.send` for what it raises. A hook may raise anything else."""
        if not self.onlookers.present:
            return await self.transport.send(request)
        return await self.onlookers.send(self.transport, request, self.region)

    async def read(self, request: Request, route: Route | None) -> dict[str, Any]:
        """Send a read that may leave home, to the first region of its route that answers."""
        if route is None:
            return await self.send(request)
        return await route.first(lambda region: self._send_to(region, request))

    async def reading(self, route: Route | None, work: Callable[[Send], Awaitable[T]]) -> T:
        """Let some work, of several reads that belong together, be done in the first region that answers."""
        if route is None:
            return await work(self.send)
        return await route.first(lambda region: work(partial(self._send_to, region)))

    async def _send_to(self, region: Region, request: Request) -> dict[str, Any]:
        if not self.onlookers.present:
            return await region.transport.send(request)
        return await self.onlookers.send(region.transport, request, region.name)

    def route(self, plan: ModelPlan[Any], *, consistent: bool, stays: bool = False) -> Route | None:
        """The way of one read; None if it stays at home, as all do that are consistent.

        Args:
            plan: the model, whose table declares its replicas.
            consistent: the read is to see every write that succeeded before.
            stays: the requests of the read all go to one region.
        """
        if self.regions is None or consistent:
            return None
        return self.regions.route(plan.settings, stays=stays)

    def is_consistent(self, asked: bool | None) -> bool:
        """Whether to read consistently: as it was asked for, or else as the mapper does."""
        return self.consistent_reads if asked is None else asked

    @property
    def statistics(self) -> Statistics:
        """How much was sent so far, to all regions."""
        if self.regions is None:
            return self.transport.statistics
        parts = [region.transport.statistics for region in (self.regions.home, *self.regions.others)]
        return Statistics(
            sum(part.requests for part in parts),
            sum(part.retries for part in parts),
            sum(part.throttles for part in parts),
        )

    async def close(self) -> None:
        """Close the ways to all regions, home's last, whether or not another one can be closed."""
        async with AsyncExitStack() as ways:
            ways.push_async_callback(self.transport.close)
            for region in () if self.regions is None else self.regions.others:
                ways.push_async_callback(region.transport.close)

    def table_name(self, plan: ModelPlan[Any]) -> str:
        """The deployed name of a model's table.

        Raises:
            ModelDefinitionError: the model has no table, or the prefix makes its name too long.
        """
        return self.deployed_name(plan.stored_table.name)

    def deployed_name(self, declared: str) -> str:
        """The deployed name of a table.

        Raises:
            ModelDefinitionError: the prefix makes it too long.
        """
        name = self._names.get(declared)
        if name is None:
            name = self.table_prefix + declared
            check_resource_name("table", name)
            self._names[declared] = name
        return name
