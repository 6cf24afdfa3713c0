"""Opening a lane: whose settings win, and what goes wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aioboto3
import aiobotocore.session
import pytest
from aiobotocore.config import AioConfig
from aiobotocore.httpsession import AIOHTTPSession
from botocore.config import Config

from ddbmodel.errors import AccessDenied, ConnectionFailed, ServiceError
from ddbmodel.operations import GetItem
from ddbmodel.transport.connect import ConnectOptions, LaneChoice, connect
from ddbmodel.transport.settings import client_config, configured_attempts
from tests.unit.transport.conftest import ACCESS_KEY, SECRET_KEY, TOKEN
from tests.unit.transport.scripted_server import ScriptedServer, fault

READ = GetItem("orders", {"pk": {"S": "c1"}})
KEYS = {"aws_access_key_id": ACCESS_KEY, "aws_secret_access_key": SECRET_KEY}
INTERNAL = fault("InternalServerError", status=500)


class OtherSession(AIOHTTPSession):  # type: ignore[misc]  # aiobotocore ships no types
    """An HTTP session of the user's."""


def test_what_nobody_sets_has_our_defaults() -> None:
    """More connections and less patience than botocore's, no validation, and no retries of its own."""
    config = client_config(None, None)
    assert (config.connect_timeout, config.read_timeout, config.max_pool_connections) == (5, 10, 64)
    assert config.parameter_validation is False
    assert config.retries == {"mode": "standard", "total_max_attempts": 1}
    assert config.connector_args == AioConfig().connector_args


@pytest.mark.parametrize("kind", [Config, AioConfig])
def test_the_user_s_configuration_wins(kind: type[Config]) -> None:
    """Option by option; the others keep our defaults. Only retries are the lane's."""
    user = kind(read_timeout=1, parameter_validation=True, retries={"mode": "legacy", "max_attempts": 9})
    config = client_config(None, user)
    assert (config.read_timeout, config.parameter_validation, config.max_pool_connections) == (1, True, 64)
    assert config.retries == {"mode": "standard", "total_max_attempts": 1}
    assert user.retries == {"mode": "legacy", "max_attempts": 9}


def test_aiobotocore_s_own_options_are_kept() -> None:
    """Its `merge` forgets them."""
    user = AioConfig(connector_args={"keepalive_timeout": 3}, http_session_cls=OtherSession)
    config = client_config(None, user)
    assert config.connector_args["keepalive_timeout"] == 3
    assert config.http_session_cls is OtherSession


def test_the_session_s_defaults_come_between() -> None:
    """They win over ours, and the user's configuration over them."""
    session = aiobotocore.session.get_session()
    session.set_default_client_config(
        AioConfig(read_timeout=2, connect_timeout=3, retries={"mode": "adaptive", "total_max_attempts": 6})
    )
    config = client_config(session, Config(read_timeout=1))
    assert (config.read_timeout, config.connect_timeout, config.max_pool_connections) == (1, 3, 64)
    assert config.retries == {"mode": "adaptive", "total_max_attempts": 1}
    assert configured_attempts(session, Config(read_timeout=1)) == 6


@pytest.mark.parametrize(
    ("config", "elsewhere", "attempts"),
    [
        (None, {}, None),
        (Config(), {}, None),
        (Config(retries={"total_max_attempts": 2}), {"environment": "7"}, 2),
        (Config(retries={"max_attempts": 2}), {}, 3),
        (Config(retries={"mode": "standard"}), {"environment": "7"}, 7),
        (None, {"environment": "7", "profile": "max_attempts = 5"}, 7),
        (None, {"profile": "max_attempts = 5"}, 5),
    ],
)
def test_the_number_of_attempts_is_looked_up_as_botocore_does(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    config: Any,
    elsewhere: dict[str, str],
    attempts: int | None,
) -> None:
    """Configuration, then environment, then profile. `max_attempts` counts retries in a Config only."""
    (tmp_path / "config").write_text(f"[default]\n{elsewhere.get('profile', '')}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    if "environment" in elsewhere:
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", elsewhere["environment"])
    assert configured_attempts(aiobotocore.session.get_session(), config) == attempts


def test_the_environment_counts_without_a_botocore_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that does not show its insides is no obstacle."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "3")
    assert configured_attempts(None, None) == 3


@pytest.mark.parametrize(("environment", "mode"), [("adaptive", "adaptive"), ("legacy", "standard")])
def test_adaptive_pacing_is_kept(monkeypatch: pytest.MonkeyPatch, environment: str, mode: str) -> None:
    """It paces requests before they are sent; the other modes only retry."""
    monkeypatch.setenv("AWS_RETRY_MODE", environment)
    assert client_config(aiobotocore.session.get_session(), None).retries["mode"] == mode


@pytest.mark.parametrize("attempts", [1, 2])
async def test_the_user_s_number_of_attempts_holds_for_the_lane(
    server: ScriptedServer, choice: LaneChoice, attempts: int
) -> None:
    """And not for the client as well, which would multiply them."""
    lane = await connect(
        ConnectOptions(
            "eu-west-1",
            server.url,
            config=Config(retries={"total_max_attempts": attempts}),
            lane=choice,
            **KEYS,
        )
    )
    server.script.extend([INTERNAL] * 9)
    with pytest.raises(ServiceError):
        await lane.send(READ)
    await lane.close()
    assert len(server.received) == attempts


async def test_a_session_of_the_user_is_used(server: ScriptedServer, choice: LaneChoice) -> None:
    """Its credentials and region sign the requests."""
    session = aioboto3.Session(ACCESS_KEY, SECRET_KEY, TOKEN, region_name="ap-south-1")
    lane = await connect(ConnectOptions(endpoint_url=server.url, session=session, lane=choice))
    await lane.send(READ)
    await lane.close()
    headers = server.received[0].headers
    assert f"Credential={ACCESS_KEY}/" in headers["authorization"]
    assert "/ap-south-1/dynamodb/" in headers["authorization"]
    assert headers["x-amz-security-token"] == TOKEN


async def test_a_profile_is_used(
    server: ScriptedServer, choice: LaneChoice, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Region and credentials come from the files of the AWS SDK."""
    (tmp_path / "config").write_text(
        "[profile shop]\nregion = sa-east-1\n"
        f"aws_access_key_id = {ACCESS_KEY}\naws_secret_access_key = {SECRET_KEY}\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    lane = await connect(ConnectOptions(endpoint_url=server.url, profile_name="shop", lane=choice))
    await lane.send(READ)
    await lane.close()
    assert f"Credential={ACCESS_KEY}/" in server.received[0].headers["authorization"]
    assert "/sa-east-1/dynamodb/" in server.received[0].headers["authorization"]


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"profile_name": "nobody", "region_name": "eu-west-1"}, AccessDenied, "nobody"),
        ({"aws_access_key_id": "a", "region_name": "eu-west-1"}, AccessDenied, "access key and secret key"),
        ({}, ConnectionFailed, "Pass region_name="),
        ({"region_name": "eu-west-1", "endpoint_url": "no url"}, ConnectionFailed, "endpoint_url="),
        ({"region_name": "not a region!"}, ConnectionFailed, "region"),
    ],
)
async def test_settings_that_cannot_work_are_told_when_connecting(
    options: dict[str, Any], error: type[ServiceError], words: str
) -> None:
    """With what to pass instead; botocore's error is the cause."""
    with pytest.raises(error, match=words) as caught:
        await connect(ConnectOptions(**options))
    assert caught.value.operation == "Connect"
    assert caught.value.__cause__ is not None


def test_a_session_has_its_profile_already() -> None:
    """Passing both is ambiguous."""
    with pytest.raises(ValueError, match="not both"):
        ConnectOptions(session=aioboto3.Session(), profile_name="shop")
