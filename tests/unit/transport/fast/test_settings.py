"""What a fast lane takes over from its client: endpoint, certificates, credentials, the service's clock."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import aioboto3
import pytest
from aiobotocore.config import AioConfig
from botocore.exceptions import SSLError

from ddbmodel.errors import AccessDenied, ConnectionFailed
from ddbmodel.operations import GetItem, PutItem
from ddbmodel.transport.client_lane import ClientLane
from ddbmodel.transport.connect import LaneChoice, attach, choose_lane
from ddbmodel.transport.fast.client_settings import call_options, pool_options, resolve_endpoint
from ddbmodel.transport.fast.lane import FastLane
from tests.unit.operations.expressions import Expression
from tests.unit.transport.conftest import ACCESS_KEY, SECRET_KEY, MakeClient, OverClient, Pauses
from tests.unit.transport.scripted_server import ScriptedServer, fault
from tests.unit.transport.tls import certificate, server_context

KEY = {"pk": {"S": "c1"}}
READ = GetItem("orders", KEY)
CONDITIONAL = PutItem("orders", KEY, condition=Expression("status"))


@pytest.mark.parametrize(
    ("options", "config", "url", "region"),
    [
        ({}, {}, "https://dynamodb.eu-west-1.amazonaws.com", "eu-west-1"),
        ({"use_ssl": False}, {}, "http://dynamodb.eu-west-1.amazonaws.com", "eu-west-1"),
        ({"region_name": "cn-north-1"}, {}, "https://dynamodb.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ({}, {"use_fips_endpoint": True}, "https://dynamodb-fips.eu-west-1.amazonaws.com", "eu-west-1"),
        ({"region_name": "local"}, {}, "http://localhost:8000", "us-east-1"),
        ({"endpoint_url": "http://127.0.0.1:8000/"}, {}, "http://127.0.0.1:8000/", "eu-west-1"),
        ({"account": "123456789012"}, {}, "https://123456789012.ddb.eu-west-1.amazonaws.com", "eu-west-1"),
        (
            {"account": "123456789012"},
            {"account_id_endpoint_mode": "disabled"},
            "https://dynamodb.eu-west-1.amazonaws.com",
            "eu-west-1",
        ),
    ],
    ids=str,
)
async def test_the_endpoint_is_the_client_s(
    session: aioboto3.Session, options: dict[str, Any], config: dict[str, Any], url: str, region: str
) -> None:
    """By the service's own rules for region, FIPS, account and overrides."""
    settings = {"region_name": "eu-west-1"} | options
    account = settings.pop("account", None)
    if account is not None:
        settings["aws_account_id"] = account
        settings |= {"aws_access_key_id": ACCESS_KEY, "aws_secret_access_key": SECRET_KEY}
    async with session.client("dynamodb", config=AioConfig(**config), **settings) as client:
        endpoint = await resolve_endpoint(client)
    assert (endpoint.url, endpoint.region, endpoint.service) == (url, region, "dynamodb")


@pytest.mark.parametrize(
    ("url", "host", "target"),
    [
        ("http://localhost:8000", "localhost:8000", ("localhost", 8000)),
        ("http://localhost:80", "localhost", ("localhost", 80)),
        ("https://dynamodb.test", "dynamodb.test", ("dynamodb.test", 443)),
        ("https://dynamodb.test:443/", "dynamodb.test", ("dynamodb.test", 443)),
        ("https://[::1]:8443", "[::1]:8443", ("::1", 8443)),
    ],
)
async def test_the_host_is_named_as_it_is_signed(
    session: aioboto3.Session, url: str, host: str, target: tuple[str, int]
) -> None:
    """Without the port that goes without saying."""
    config = AioConfig(connect_timeout=3, read_timeout=None, max_pool_connections=7)
    async with session.client("dynamodb", endpoint_url=url, config=config) as client:
        endpoint = await resolve_endpoint(client)
        pool, calls = pool_options(client, endpoint), call_options(client, endpoint)
    assert (calls.host, pool.host, pool.port) == (host, *target)
    assert (pool.connect_timeout, pool.read_timeout, pool.size, pool.idle_seconds) == (3, None, 7, 12)
    assert (pool.tls is not None) is url.startswith("https")


@pytest.fixture(params=["127.0.0.1", "elsewhere.test"])
async def tls(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[ScriptedServer, Path]]:
    """An endpoint with a certificate that is its own, or another host's."""
    path = tmp_path / f"{request.param}.pem"
    path.write_bytes(certificate(request.param))
    async with ScriptedServer(server_context(request.param)) as server:
        yield server, path


@pytest.mark.parametrize("verify", ["by the certificate", "by the system's", "not at all"])
async def test_certificates_are_checked_as_the_client_checks_them(
    tls: tuple[ScriptedServer, Path],
    session: aioboto3.Session,
    pauses: Pauses,
    choice: LaneChoice,
    verify: str,
) -> None:
    """The name and the signature; a connection that is not trusted carries no request."""
    server, path = tls
    setting = {"by the certificate": str(path), "by the system's": None, "not at all": False}[verify]
    config = AioConfig(retries={"total_max_attempts": 1})
    async with session.client("dynamodb", endpoint_url=server.url, verify=setting, config=config) as client:
        lane = choose_lane(ClientLane(client, sleep=pauses), choice)
        # Older versions of aiobotocore take any name for right, if the signature is.
        trusted = verify == "not at all" or (verify == "by the certificate" and "127" in path.name)
        if verify == "by the certificate" and choice == "client":
            trusted = await _connects(client)
        if trusted:
            for _ in range(3):
                await lane.send(CONDITIONAL)
        else:
            with pytest.raises(ConnectionFailed) as caught:
                await lane.send(CONDITIONAL)
            assert caught.value.code == "ConnectFailed"
            assert server.received == []
        await lane.close()


@pytest.mark.parametrize("source", ["environment", "profile"])
async def test_certificates_of_the_environment_are_trusted(
    tls: tuple[ScriptedServer, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    choice: LaneChoice,
    source: str,
) -> None:
    """`AWS_CA_BUNDLE` and `ca_bundle`, where the caller says nothing."""
    server, path = tls
    if source == "environment":
        monkeypatch.setenv("AWS_CA_BUNDLE", str(path))
    else:
        (tmp_path / "config").write_text(f"[default]\nca_bundle = {path}\n")
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    session = aioboto3.Session(ACCESS_KEY, SECRET_KEY, region_name="eu-west-1")
    config = AioConfig(retries={"total_max_attempts": 1})
    async with session.client("dynamodb", endpoint_url=server.url, config=config) as client:
        lane = attach(client, choice)
        if "127" in path.name:
            await lane.send(READ)
        elif choice == "fast":
            with pytest.raises(ConnectionFailed):
                await lane.send(READ)
        await lane.close()
    assert len(server.received) == ("127" in path.name)


async def _connects(client: Any) -> bool:
    """Whether the client itself trusts the endpoint."""
    try:
        await client.list_tables()
    except SSLError:
        return False
    return True


async def test_a_context_of_the_user_s_is_used(
    tls: tuple[ScriptedServer, Path], session: aioboto3.Session, pauses: Pauses
) -> None:
    """Given in `connector_args`."""
    server, path = tls
    context = ssl.create_default_context(cafile=str(path))
    context.check_hostname = False
    config = AioConfig(connector_args={"ssl_context": context})
    async with session.client("dynamodb", endpoint_url=server.url, config=config) as client:
        lane = attach(client, "fast")
        await lane.send(READ)
        await lane.close()
    assert len(server.received) == 1


class At:
    """A clock that is wrong by a day."""

    def __init__(self, days: int) -> None:
        self.days = days

    def __call__(self) -> float:
        return (datetime.now(UTC) + timedelta(days=self.days)).timestamp()


@pytest.mark.parametrize("days", [-1, 1])
async def test_a_wrong_clock_costs_one_attempt(
    make_client: MakeClient,
    server: ScriptedServer,
    pauses: Pauses,
    caplog: pytest.LogCaptureFixture,
    days: int,
) -> None:
    """The service tells its time when it refuses a signature; from then on that is the time. It is logged."""
    client = await make_client(retries={"total_max_attempts": 4})
    lane = FastLane(ClientLane(client, sleep=pauses), now=At(days))
    date = {"date": format_datetime(datetime.now(UTC), usegmt=True)}
    server.script.append(fault("InvalidSignatureException", "Signature expired", headers=date))
    await lane.send(CONDITIONAL)
    await lane.send(READ)
    await lane.close()
    moments = [one.headers["x-amz-date"][:8] for one in server.received]
    today = f"{datetime.now(UTC):%Y%m%d}"
    assert (moments[0] == today, moments[1:]) == (False, [today, today])
    assert [r.getMessage() for r in caplog.records if "clock is wrong" in r.getMessage()]


async def test_requests_under_way_together_find_out_together_that_the_clock_is_wrong(
    make_client: MakeClient, server: ScriptedServer, pauses: Pauses, caplog: pytest.LogCaptureFixture
) -> None:
    """Each is sent once more, with the service's time, whichever refusal set the clock; it is logged once."""
    client = await make_client(retries={"total_max_attempts": 4})
    lane = FastLane(ClientLane(client, sleep=pauses), now=At(-1))
    date = {"date": format_datetime(datetime.now(UTC), usegmt=True)}
    hold = asyncio.Event()
    refusal = fault("InvalidSignatureException", "Signature expired", headers=date)
    server.script.extend([replace(refusal, hold=hold)] * 5)
    tasks = [asyncio.create_task(lane.send(CONDITIONAL)) for _ in range(5)]
    while len(server.received) < 5:
        server.arrived.clear()
        await server.arrived.wait()
    hold.set()
    await asyncio.gather(*tasks)
    await lane.close()
    assert len(server.received) == 10
    assert [r.levelname for r in caplog.records if "clock is wrong" in r.getMessage()] == ["WARNING"]


async def test_a_signature_that_is_wrong_at_the_right_time_is_refused(
    make_client: MakeClient, server: ScriptedServer, pauses: Pauses
) -> None:
    """The secret is wrong then, and no clock helps; nor does one that is wrong again and again."""
    client = await make_client(retries={"total_max_attempts": 4})
    lane = FastLane(ClientLane(client, sleep=pauses), now=At(-1))
    date = {"date": format_datetime(datetime.now(UTC), usegmt=True)}
    server.script.extend([fault("InvalidSignatureException", headers=date)] * 9)
    with pytest.raises(AccessDenied):
        await lane.send(CONDITIONAL)
    await lane.close()
    assert len(server.received) == 2


async def test_changed_credentials_are_used_at_once(
    make_client: MakeClient, server: ScriptedServer, over: OverClient
) -> None:
    """Whatever the client's provider gives now, signs the next request."""
    client = await make_client()
    lane = over(client)
    await lane.send(READ)
    credentials = client._request_signer._credentials
    before = credentials.access_key, credentials.token
    try:
        credentials.access_key, credentials.token = "ANOTHER", "another-token"
        await lane.send(READ)
    finally:
        credentials.access_key, credentials.token = before
    await lane.close()
    headers = server.received[1].headers
    assert "Credential=ANOTHER/" in headers["authorization"]
    assert headers["x-amz-security-token"] == "another-token"


@pytest.mark.parametrize("member", ["access_key", "token"])
async def test_credentials_cannot_smuggle_headers(
    make_client: MakeClient, server: ScriptedServer, member: str
) -> None:
    """A line end at the end of an environment variable is told; nothing is sent."""
    client = await make_client()
    lane = attach(client, "fast")
    credentials = client._request_signer._credentials
    before = getattr(credentials, member)
    try:
        setattr(credentials, member, "AKID\r\nx-evil: 1")
        with pytest.raises(AccessDenied, match="no header can have") as caught:
            await lane.send(READ)
    finally:
        setattr(credentials, member, before)
    await lane.close()
    assert "evil" not in str(caught.value)
    assert server.received == []
