"""A shop behind a proxy: a table, and a mapper that does not sleep between attempts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import aioboto3
import pytest

from ddbmodel import Attr, Mapper, Model, partition_key, sort_key
from ddbmodel.mapper.backoff import Backoff
from ddbmodel.testing import FaultProxy, LocalDynamoDB, Seen


class Parcel(Model, table="parcels"):
    town: Attr[str] = partition_key()
    number: Attr[int] = sort_key()
    text: Attr[str] = ""
    weight: Attr[int] = 0


def parcel(number: int = 1, text: str = "") -> Parcel:
    return Parcel(town="Ghent", number=number, text=text)


@dataclass
class Shop:
    """The proxy, a mapper through it, and one that goes past it."""

    proxy: FaultProxy
    mapper: Mapper
    direct: Mapper

    def seen(self, *operations: str) -> list[Seen]:
        """What the proxy saw of these operations."""
        return [seen for seen in self.proxy.log if seen.operation in operations]

    async def numbers(self) -> list[int]:
        """The numbers of all parcels that are stored."""
        return sorted([one.number async for one in self.direct.scan(Parcel)])


MakeShop = Callable[..., Awaitable[Shop]]


@pytest.fixture(scope="session")
def session() -> aioboto3.Session:
    """One session for all tests: it keeps the service model that it has read."""
    return aioboto3.Session("testing", "testing", region_name="us-east-1")


@pytest.fixture
async def make_shop(
    fault_proxy: Callable[..., Awaitable[FaultProxy]],
    dynamodb: LocalDynamoDB,
    session: aioboto3.Session,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[MakeShop]:
    """Opens a shop; the options are the proxy's."""

    async def no_pause(*_: Any) -> None:
        pass

    monkeypatch.setattr(Backoff, "pause", no_pause)
    async with AsyncExitStack() as stack:

        async def make(**options: Any) -> Shop:
            proxy = await fault_proxy(**options)
            credentials = {"session": session, "aws_access_key_id": None, "aws_secret_access_key": None}
            mapper = await stack.enter_async_context(proxy.connect(**credentials))
            direct = await stack.enter_async_context(dynamodb.connect(**credentials))
            monkeypatch.setattr(mapper._gateway.transport._courier, "_sleep", no_pause)
            await mapper.create_table(Parcel, exist_ok=True)
            return Shop(proxy, mapper, direct)

        yield make
