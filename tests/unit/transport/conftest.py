"""A scripted endpoint, and lanes to it that never sleep."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeAlias

import aioboto3
import pytest
from aiobotocore.config import AioConfig

from ddbmodel.transport import RetryPolicy, RetryRules
from ddbmodel.transport.client_lane import ClientLane
from ddbmodel.transport.connect import LaneChoice, choose_lane
from ddbmodel.transport.fast.lane import FastLane
from tests.unit.transport.scripted_server import ScriptedServer

ACCESS_KEY, SECRET_KEY, TOKEN = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMIK7MDENGbPx", "IQoJb3JpZ2luX2VjEXAMPLE"
QUIET = {"retries": {"mode": "standard", "total_max_attempts": 1}, "parameter_validation": False}

MakeClient = Callable[..., Any]
MakeLane = Callable[..., Any]
Lane: TypeAlias = ClientLane | FastLane
OverClient: TypeAlias = Callable[..., Lane]


class Pauses(list[float]):
    """Records pauses instead of sleeping."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture(autouse=True)
def no_aws_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the settings of whoever runs the tests out of them."""
    for name in (
        "AWS_PROFILE",
        "AWS_MAX_ATTEMPTS",
        "AWS_RETRY_MODE",
        "AWS_DEFAULT_REGION",
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_DYNAMODB",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "AWS_USE_FIPS_ENDPOINT",
        "AWS_USE_DUALSTACK_ENDPOINT",
        "AWS_CA_BUNDLE",
        "AWS_ACCOUNT_ID",
        *(name for scheme in ("http", "https") for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper())),
    ):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "nothing"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as server:
        yield server


@pytest.fixture(scope="session")
def session() -> aioboto3.Session:
    """One session for all tests: it keeps the service model that it has read."""
    return aioboto3.Session(ACCESS_KEY, SECRET_KEY, TOKEN, region_name="eu-west-1")


@pytest.fixture
async def make_client(session: aioboto3.Session, server: ScriptedServer) -> AsyncIterator[MakeClient]:
    """Opens clients to the scripted endpoint; by default one that never retries."""
    async with AsyncExitStack() as stack:

        async def make(**config: Any) -> Any:
            endpoint = config.pop("endpoint_url", server.url)
            settings = AioConfig(connect_timeout=5, **(config or QUIET))
            # No TLS here, and loading the certificates for it would be most of the time of a test.
            client = session.client("dynamodb", endpoint_url=endpoint, config=settings, verify=False)
            return await stack.enter_async_context(client)

        yield make


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture(params=["client", "fast"])
def choice(request: pytest.FixtureRequest) -> LaneChoice:
    """Which lane a test is about; one that takes it, or a lane, runs over both."""
    chosen: LaneChoice = request.param
    return chosen


@pytest.fixture
def over(choice: LaneChoice) -> OverClient:
    """Makes lanes over clients."""

    def make(client: Any, **options: Any) -> Lane:
        # Adaptive retries are the client lane's alone.
        adaptive = (client.meta.config.retries or {}).get("mode") == "adaptive"
        return choose_lane(ClientLane(client, **options), "client" if adaptive else choice)

    return make


@pytest.fixture
async def make_lane(make_client: MakeClient, pauses: Pauses, over: OverClient) -> AsyncIterator[MakeLane]:
    """Opens lanes with the longest pauses that the rules allow, none of which is slept."""
    lanes: list[Lane] = []

    async def make(*, rules: RetryRules | None = None, **config: Any) -> Lane:
        policy = RetryPolicy(rules, jitter=lambda: 1.0)
        lanes.append(over(await make_client(**config), policy=policy, sleep=pauses))
        return lanes[-1]

    yield make
    for lane in lanes:
        await lane.close()


@pytest.fixture
async def lane(make_lane: MakeLane) -> Lane:
    made: Lane = await make_lane()
    return made
