"""The fast lane sends where the client would send, as whom the client would, whatever decides about that."""

from __future__ import annotations

import socket
from typing import Any
from urllib.parse import urlsplit

import aioboto3
import pytest
from aiobotocore.config import AioConfig

from ddbmodel.operations import GetItem
from ddbmodel.transport.connect import LaneChoice, attach
from ddbmodel.transport.fast.calls import Calls
from ddbmodel.transport.fast.client_settings import call_options, pool_options, resolve_endpoint
from ddbmodel.transport.fast.eligibility import obstacle
from ddbmodel.transport.fast.signing import Keys, Signer
from ddbmodel.transport.fast.skew import Clock
from tests.unit.transport.conftest import ACCESS_KEY, SECRET_KEY
from tests.unit.transport.raw_server import RawServer

KEY = {"pk": {"S": "c1"}}


class Seen(Exception):
    """Raised in place of sending."""


async def _sent_by_the_client(client: Any) -> Any:
    """The request that the client would send, which is not sent."""
    seen: list[Any] = []

    def look(request: Any, **_: Any) -> None:
        seen.append(request)
        raise Seen

    client.meta.events.register("before-send", look)
    with pytest.raises(Seen):
        await client.get_item(TableName="orders", Key=KEY)
    client.meta.events.unregister("before-send", look)
    return seen[0]


def _scope(authorization: str) -> list[str]:
    """Region and service that a signature is for."""
    return authorization.split("Credential=")[1].split(",", maxsplit=1)[0].split("/")[2:4]


ACCOUNT = {
    "aws_account_id": "123456789012",
    "aws_access_key_id": ACCESS_KEY,
    "aws_secret_access_key": SECRET_KEY,
}
CASES: dict[str, tuple[dict[str, str], dict[str, Any], dict[str, Any]]] = {
    "nothing": ({}, {}, {}),
    "FIPS": ({}, {}, {"use_fips_endpoint": True}),
    "FIPS of the environment": ({"AWS_USE_FIPS_ENDPOINT": "true"}, {}, {}),
    "dual stack": ({}, {}, {"use_dualstack_endpoint": True}),
    "dual stack of the environment": ({"AWS_USE_DUALSTACK_ENDPOINT": "true"}, {}, {}),
    "FIPS and dual stack": ({}, {}, {"use_fips_endpoint": True, "use_dualstack_endpoint": True}),
    "GovCloud": ({}, {"region_name": "us-gov-west-1"}, {}),
    "GovCloud, FIPS": ({}, {"region_name": "us-gov-west-1"}, {"use_fips_endpoint": True}),
    "China, dual stack": ({}, {"region_name": "cn-north-1"}, {"use_dualstack_endpoint": True}),
    "a pseudo-region": ({}, {"region_name": "fips-us-east-1"}, {}),
    "local": ({}, {"region_name": "local"}, {}),
    "plain": ({}, {"use_ssl": False}, {}),
    "the environment's": ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, {}, {}),
    "the environment's for DynamoDB": (
        {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:10"},
        {},
        {},
    ),
    "the environment's, ignored": (
        {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
        {},
        {},
    ),
    "the environment's, ignored by configuration": (
        {"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:9"},
        {},
        {"ignore_configured_endpoint_urls": True},
    ),
    "given, whatever the environment says": (
        {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
        {"endpoint_url": "https://vpce-1.dynamodb.eu-west-1.vpce.amazonaws.com"},
        {},
    ),
    "of IPv6": ({}, {"endpoint_url": "http://[::1]:8000"}, {}),
    "in capitals": ({}, {"endpoint_url": "http://LOCALHOST:8000"}, {}),
    "an account's": ({}, ACCOUNT, {}),
    "an account's, required": ({}, ACCOUNT, {"account_id_endpoint_mode": "required"}),
    "an account's, disabled": ({}, ACCOUNT, {"account_id_endpoint_mode": "disabled"}),
    "an account's, dual stack": ({}, ACCOUNT, {"use_dualstack_endpoint": True}),
    "an account's, given": ({}, ACCOUNT | {"endpoint_url": "https://dynamodb.eu-west-1.amazonaws.com"}, {}),
}


@pytest.mark.parametrize("case", CASES)
async def test_requests_go_where_the_client_s_go(
    session: aioboto3.Session, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    """The same scheme, host and port, and signed for the same region and service."""
    environment, options, config = CASES[case]
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    # What the environment says is read once for a session.
    source = aioboto3.Session(ACCESS_KEY, SECRET_KEY, region_name="eu-west-1") if environment else session
    settings = {"region_name": "eu-west-1", "config": AioConfig(**config)} | options
    async with source.client("dynamodb", **settings) as client:
        expected = await _sent_by_the_client(client)
        assert obstacle(client) is None
        endpoint = await resolve_endpoint(client)
        pool, calls = pool_options(client, endpoint), call_options(client, endpoint)
        wire = Calls(calls, Signer(endpoint.region, endpoint.service), Clock(lambda: 0.0)).render(
            "GetItem", b"{}", Keys("AKID", "secret")
        )
    url = urlsplit(expected.url)
    default_port = 443 if url.scheme == "https" else 80
    assert (pool.host, pool.port, pool.tls is not None) == (
        url.hostname,
        url.port or default_port,
        url.scheme == "https",
    )
    authorization = wire.decode().split("Authorization: ")[1]
    assert _scope(authorization) == _scope(expected.headers["Authorization"].decode())


@pytest.mark.parametrize(
    "config",
    [{}, {"user_agent_extra": "shop/1.0"}, {"user_agent_appid": "shop"}, {"user_agent": "mine/1"}],
    ids=str,
)
async def test_whoever_asks_says_so(session: aioboto3.Session, config: dict[str, str]) -> None:
    """With the client's user agent, but for botocore's own notes on how it makes the request."""
    async with session.client("dynamodb", config=AioConfig(**config)) as client:
        expected = (await _sent_by_the_client(client)).headers["User-Agent"].decode()
        options = call_options(client, await resolve_endpoint(client))
    assert _without_notes(options.user_agent) == _without_notes(expected)


def _without_notes(agent: str) -> list[str]:
    return [part for part in agent.split(" ") if not part.startswith(("m/", "cfg/"))]


async def test_an_address_of_ipv6_is_reached(session: aioboto3.Session, choice: LaneChoice) -> None:
    """With its brackets in the Host header."""
    listener = socket.socket(socket.AF_INET6)
    try:
        listener.bind(("::1", 0))
    except OSError:
        listener.close()
        pytest.skip("this machine has no IPv6")
    async with RawServer(listener) as raw:
        port = int(raw.url.rpartition(":")[2])
        async with session.client("dynamodb", endpoint_url=f"http://[::1]:{port}") as client:
            lane = attach(client, choice)
            await lane.send(GetItem("orders", KEY))
            await lane.close()
    [(_, request)] = raw.requests
    assert b"\r\nhost: [::1]:%d\r\n" % port in request.lower()
