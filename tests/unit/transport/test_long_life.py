"""One mapper for long: between requests its connections are closed and its credentials run out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aioboto3
import aiobotocore.session
import pytest
from aiobotocore.credentials import AioRefreshableCredentials

from ddbmodel import Attr, Mapper, Model, partition_key
from ddbmodel.transport.connect import LaneChoice
from tests.unit.transport.raw_server import EMPTY, Link, RawServer, sends


class Order(Model, table="orders"):
    order_id: Attr[str] = partition_key()


class Issuer:
    """Hands out temporary credentials, numbered."""

    def __init__(self) -> None:
        self.issued = 0
        self.credentials: Any = None

    async def issue(self) -> dict[str, str]:
        self.issued += 1
        return {
            "access_key": f"KEY{self.issued}",
            "secret_key": "secret",
            "token": f"token{self.issued}",
            "expiry_time": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
        }

    def run_out(self) -> None:
        """Let the hour pass by."""
        self.credentials._expiry_time = datetime.now(UTC) + timedelta(seconds=1)


@asynccontextmanager
async def _mapper(raw: RawServer, issuer: Issuer, lane: LaneChoice) -> AsyncIterator[Mapper]:
    core = aiobotocore.session.get_session()
    first = await issuer.issue()
    issuer.credentials = AioRefreshableCredentials.create_from_metadata(first, issuer.issue, "test")
    core._credentials = issuer.credentials
    session = aioboto3.Session(botocore_session=core, region_name="eu-west-1")
    async with session.client("dynamodb", endpoint_url=raw.url) as client:
        async with Mapper(client, lane=lane) as mapper:
            yield mapper


async def _closes_later(link: Link) -> None:
    await link.take()
    await link.send(EMPTY)
    # The other end has had its reply, and asks for nothing.
    link.half_close()
    await link.gone()


@pytest.mark.parametrize("play", [sends(EMPTY, end="close"), sends(EMPTY, end="reset"), _closes_later])
async def test_a_mapper_outlives_its_connections_and_credentials(choice: LaneChoice, play: Any) -> None:
    """Each time it connects anew, signs with what is good then, and no request fails or is sent twice."""
    issuer = Issuer()
    async with RawServer() as raw:
        raw.script.extend([play] * 4)
        async with _mapper(raw, issuer, choice) as mapper:
            for number in range(4):
                await mapper.create(Order(order_id=f"o{number}"))
                await raw.links[-1].ended.wait()
                for _ in range(5):
                    await asyncio.sleep(0)
                issuer.run_out()
            assert mapper.statistics.retries == 0
        keys = [request.partition(b"Credential=")[2].partition(b"/")[0] for _, request in raw.requests]
        tokens = [request.lower().partition(b"token: ")[2].partition(b"\r")[0] for _, request in raw.requests]
    assert keys == [b"KEY1", b"KEY2", b"KEY3", b"KEY4"]
    assert tokens == [b"token1", b"token2", b"token3", b"token4"]
    assert len(raw.links) == 4
