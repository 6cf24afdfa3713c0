"""The regions that a mapper is told to prefer for reads, and how the ways to them are opened."""

# pyright: reportUnnecessaryIsInstance=false
# The checks are for callers without a type checker.

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

from ddbmodel.errors import ExpressionError
from ddbmodel.mapper.regions import Region, Regions
from ddbmodel.transport import Transport
from ddbmodel.transport.connect import ConnectOptions, connect
from ddbmodel.transport.protocol import region_of


@dataclass(frozen=True, slots=True)
class ReadRegion:
    """A region that reads may go to, with an endpoint of its own: see `read_regions` of `Mapper.connect`.

    Args:
        name: such as `eu-west-1`.
        endpoint_url: for DynamoDB Local and other engines, or a VPC endpoint; None is the region's own.

    Raises:
        ExpressionError: one of them is no text, or empty.
    """

    name: str
    endpoint_url: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name:
            raise ExpressionError('read_regions takes names of regions, such as "eu-west-1"')
        if self.endpoint_url is not None and not (isinstance(self.endpoint_url, str) and self.endpoint_url):
            raise ExpressionError(f"the endpoint_url of the read region {self.name} is a URL, or None")


def checked_regions(given: object) -> tuple[ReadRegion, ...]:
    """The regions of `read_regions=`.

    Raises:
        ExpressionError: they are no list of regions, or one comes twice.
    """
    if not _is_list(given):
        raise ExpressionError('read_regions takes a list of regions, such as ["eu-central-1", "eu-west-1"]')
    regions = tuple(each if isinstance(each, ReadRegion) else ReadRegion(each) for each in given)
    if len({region.name for region in regions}) != len(regions):
        raise ExpressionError("read_regions names a region twice: each is asked once, in the order given")
    return regions


def _is_list(given: object) -> TypeGuard[Sequence[Any]]:
    return isinstance(given, Sequence) and not isinstance(given, str)


async def open_regions(
    home: Transport, options: ConnectOptions, asked: Sequence[ReadRegion]
) -> Regions | None:
    """Open the ways to the regions that reads prefer; None if there are none.

    Args:
        home: the way to the region that is written to.
        options: how it was opened.
        asked: the regions.

    Raises:
        ExpressionError: a region would be reached by home's endpoint, or home has two.
        AccessDenied, ConnectionFailed, ValueError: as `connect` raises.
    """
    if not asked:
        return None
    own = Region(_name_of(home), home)
    for region in asked:
        _check(region, own.name, options)
    preferred = list[Region]()
    async with AsyncExitStack() as opened:
        for region in asked:
            if region.name == own.name:
                preferred.append(own)
                continue
            there = replace(options, region_name=region.name, endpoint_url=region.endpoint_url)
            lane = await connect(there)
            opened.push_async_callback(lane.close)
            preferred.append(Region(region.name, lane))
        opened.pop_all()  # from here on they are the mapper's to close
    return Regions(preferred, own)


def _name_of(home: Transport) -> str:
    name = region_of(home)
    if name is None:
        raise ExpressionError("read_regions: the mapper's own region is not known; pass region_name=")
    return name


def _check(region: ReadRegion, home: str, options: ConnectOptions) -> None:
    """Refuse what would read from somewhere else than it seems to."""
    if region.name == home:
        if region.endpoint_url not in (None, options.endpoint_url):
            raise ExpressionError(
                f"read region {home} is the mapper's own: its endpoint is the endpoint_url= of connect"
            )
    elif options.endpoint_url is not None and region.endpoint_url is None:
        raise ExpressionError(
            f"endpoint_url= is that of {home} alone: give the endpoint of the other one too, "
            f'ReadRegion("{region.name}", endpoint_url=...)'
        )
