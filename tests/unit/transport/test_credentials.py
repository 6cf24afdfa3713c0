"""Credentials that the service calls expired."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aioboto3
import aiobotocore.session
import pytest
from aiobotocore.credentials import AioRefreshableCredentials

from ddbmodel.errors import AccessDenied
from ddbmodel.operations import GetItem, PutItem
from tests.unit.operations.expressions import Expression
from tests.unit.transport.conftest import Lane, OverClient
from tests.unit.transport.scripted_server import ScriptedServer, answer, fault

KEY = {"pk": {"S": "c1"}}
READ = GetItem("orders", KEY)
CONDITIONAL = PutItem("orders", KEY, condition=Expression("status"))
EXPIRED = fault("ExpiredTokenException", "The security token included in the request is expired")


class Issuer:
    """Hands out temporary credentials, numbered, that this machine's clock takes for good."""

    def __init__(self, lifetime: timedelta = timedelta(hours=1)) -> None:
        self.issued = 0
        self._lifetime = lifetime

    async def issue(self) -> dict[str, str]:
        self.issued += 1
        return {
            "access_key": f"KEY{self.issued}",
            "secret_key": "secret",
            "token": "token",
            "expiry_time": (datetime.now(UTC) + self._lifetime).isoformat(),
        }


async def _client(issuer: Issuer, server: ScriptedServer) -> Any:
    core = aiobotocore.session.get_session()
    first = await Issuer().issue()
    issuer.issued += 1
    core._credentials = AioRefreshableCredentials.create_from_metadata(first, issuer.issue, "test")
    return aioboto3.Session(botocore_session=core, region_name="eu-west-1").client(
        "dynamodb", endpoint_url=server.url
    )


def _keys(server: ScriptedServer) -> list[str]:
    return [one.headers["authorization"].split("Credential=")[1].split("/")[0] for one in server.received]


@pytest.mark.parametrize("request_", [READ, CONDITIONAL], ids=lambda request_: request_.name)
async def test_expired_credentials_are_refreshed_and_the_request_repeated(
    server: ScriptedServer, over: OverClient, pauses: Any, request_: Any
) -> None:
    """It was not applied, so any request may be repeated; there is no pause, as nothing is overloaded."""
    server.script.extend([EXPIRED, answer()])
    async with await _client(Issuer(), server) as client:
        await over(client, sleep=pauses).send(request_)
    assert _keys(server) == ["KEY1", "KEY2"]
    assert pauses == []


async def test_credentials_are_refreshed_once_for_a_request(server: ScriptedServer, over: OverClient) -> None:
    """If new ones have expired as well, more of them will not help."""
    server.script.extend([EXPIRED] * 9)
    async with await _client(Issuer(), server) as client:
        with pytest.raises(AccessDenied, match="Get new credentials") as caught:
            await over(client).send(READ)
    assert caught.value.code == "ExpiredTokenException"
    assert _keys(server) == ["KEY1", "KEY2"]


async def test_many_requests_share_one_refresh(server: ScriptedServer, over: OverClient) -> None:
    """They find out together, and the issuer is asked once."""
    hold = asyncio.Event()
    server.script.extend([replace(EXPIRED, hold=hold)] * 5)
    issuer = Issuer()
    async with await _client(issuer, server) as client:
        lane = over(client)
        tasks = [asyncio.create_task(lane.send(READ)) for _ in range(5)]
        while len(server.received) < 5:
            server.arrived.clear()
            await server.arrived.wait()
        hold.set()
        await asyncio.gather(*tasks)
    assert issuer.issued == 2
    assert sorted(_keys(server)) == ["KEY1"] * 5 + ["KEY2"] * 5


async def test_a_refresh_that_brings_expired_credentials_is_told(
    server: ScriptedServer, over: OverClient, caplog: pytest.LogCaptureFixture
) -> None:
    """A clock that is wrong shows here; the caller gets an error about credentials, not about the refresh."""
    server.script.append(EXPIRED)
    async with await _client(Issuer(timedelta(hours=-1)), server) as client:
        with pytest.raises(AccessDenied, match="no usable credentials"):
            await over(client).send(READ)
    assert "still expired" in caplog.text


async def test_credentials_that_cannot_be_refreshed_are_tried_once_more(
    lane: Lane, server: ScriptedServer
) -> None:
    """Keys given by hand have no source; the client may have got others meanwhile."""
    server.script.extend([EXPIRED] * 9)
    with pytest.raises(AccessDenied):
        await lane.send(READ)
    assert len(server.received) == 2
