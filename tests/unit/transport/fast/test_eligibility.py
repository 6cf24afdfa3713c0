"""Which clients the fast lane stands in for, and what is said of the others."""

from __future__ import annotations

import logging
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import aioboto3
import aiobotocore.session
import pytest
from aiobotocore.client import AioBaseClient
from aiobotocore.config import AioConfig
from aiobotocore.httpsession import AIOHTTPSession
from aiohttp.resolver import ThreadedResolver
from botocore import UNSIGNED
from botocore.stub import Stubber

from ddbmodel import Mapper
from ddbmodel.operations import GetItem, Query
from ddbmodel.transport.client_lane import ClientLane
from ddbmodel.transport.connect import ConnectOptions, attach, connect
from ddbmodel.transport.fast.eligibility import obstacle
from ddbmodel.transport.fast.lane import FastLane
from tests.unit.operations.expressions import Expression
from tests.unit.transport.conftest import ACCESS_KEY, SECRET_KEY, MakeClient
from tests.unit.transport.scripted_server import ScriptedServer, answer

KEY = {"pk": {"S": "c1"}}
READ = GetItem("orders", KEY)

Open = Callable[..., Any]


class OwnSession(AIOHTTPSession):  # type: ignore[misc]  # aiobotocore ships no types
    """An HTTP session of the user's."""


def _handler(**_: Any) -> None:
    """A handler of the user's."""


@pytest.fixture
async def open_client(session: aioboto3.Session) -> AsyncIterator[Open]:
    """Opens clients to nowhere."""
    async with AsyncExitStack() as stack:

        async def make(config: Any = None, **options: Any) -> Any:
            source = options.pop("session", session)
            settings = {"region_name": "eu-west-1", "endpoint_url": "http://127.0.0.1:9"} | options
            return await stack.enter_async_context(source.client("dynamodb", config=config, **settings))

        yield make


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"read_timeout": 1, "connect_timeout": 1, "max_pool_connections": 3, "tcp_keepalive": True},
        {"user_agent_extra": "shop/1.0", "retries": {"mode": "standard", "max_attempts": 7}},
        {"connector_args": {"keepalive_timeout": 3, "ttl_dns_cache": 5, "use_dns_cache": False}},
        {"proxies": {}},
        {"disable_request_compression": True, "request_min_compression_size_bytes": 1},
        {"retries": {"mode": "legacy", "max_attempts": 2}, "parameter_validation": False},
        {"proxies": {"https": "http://proxy:1"}},
    ],
    ids=str,
)
async def test_a_client_with_settings_alone_is_stood_in_for(
    open_client: Open, config: dict[str, Any]
) -> None:
    """Timeouts, pool, retries and user agent are read off it; a proxy for HTTPS is none for HTTP."""
    client = await open_client(AioConfig(**config))
    assert obstacle(client) is None
    assert isinstance(attach(client), FastLane)


@pytest.mark.parametrize("retries", [{}, {"total_max_attempts": 1}])
async def test_a_client_of_another_lane_is_stood_in_for(open_client: Open, retries: dict[str, Any]) -> None:
    """The handlers of lanes are no stranger's."""
    client = await open_client(AioConfig(retries=retries))
    lanes = [attach(client, "client"), attach(client), attach(client)]
    assert [type(lane) for lane in lanes] == [ClientLane, FastLane, FastLane]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"proxies": {"http": "http://proxy:1"}}, "proxy"),
        ({"http_session_cls": OwnSession}, "OwnSession"),
        ({"signature_version": UNSIGNED}, "Signature Version 4"),
        ({"retries": {"mode": "adaptive"}}, "adaptive"),
        ({"client_cert": "cert.pem"}, "certificate"),
        ({"connector_args": {"force_close": True}}, "force_close"),
        ({"connector_args": {"keepalive_timeout": None}}, "kept alive"),
        ({"auth_scheme_preference": "sigv4a"}, "preference"),
        ({"user_agent": "caf\xe9"}, "ASCII"),
    ],
    ids=lambda value: value if isinstance(value, str) else next(iter(value)),
)
async def test_a_setting_that_cannot_be_honoured_is_named(
    open_client: Open, options: dict[str, Any], words: str
) -> None:
    """And with `fast`, opening is refused."""
    client = await open_client(AioConfig(**options))
    assert words in (obstacle(client) or "")
    with pytest.raises(ValueError, match='use lane="auto"'):
        attach(client, "fast")


async def test_a_resolver_is_an_obstacle(open_client: Open) -> None:
    """Names are looked up by it."""
    client = await open_client(AioConfig(connector_args={"resolver": ThreadedResolver()}))
    assert "resolver" in (obstacle(client) or "")


async def test_a_proxy_of_the_environment_is_an_obstacle(
    open_client: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As botocore reads it."""
    monkeypatch.setenv("HTTP_PROXY", "http://proxy:1")
    assert "proxy" in (obstacle(await open_client(endpoint_url="http://dynamodb.test")) or "")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/path",
        "http://user:pw@127.0.0.1:9",
        "http://127.0.0.1:9/?a=b",
    ],
)
async def test_a_url_with_more_than_a_host_is_an_obstacle(open_client: Open, url: str) -> None:
    """Every request would have to repeat it."""
    client = await open_client(endpoint_url=url)
    assert "URL" in (obstacle(client) or "")


async def test_a_url_that_is_not_plain_ascii_is_an_obstacle(
    open_client: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its name would have to be encoded; newer versions of botocore refuse it."""
    client = await open_client()
    monkeypatch.setattr(client.meta, "_endpoint_url", "http://b\xfccher.test")
    assert "ASCII" in (obstacle(client) or "")


@pytest.mark.parametrize(
    "event",
    [
        "before-send.dynamodb",
        "before-call.dynamodb.PutItem",
        "provide-client-params.*",
        "after-call",
        "request-created",
    ],
)
async def test_a_handler_of_the_user_s_is_an_obstacle(open_client: Open, event: str) -> None:
    """For all services, for this one or for one operation: it would not be called."""
    client = await open_client()
    client.meta.events.register(event, _handler)
    assert event.partition(".")[0] in (obstacle(client) or "")


async def test_a_handler_of_the_session_is_an_obstacle(open_client: Open) -> None:
    """A client has those that were registered with its session."""
    core = aiobotocore.session.get_session()
    core.get_component("event_emitter").register("before-send", _handler)
    client = await open_client(session=aioboto3.Session(ACCESS_KEY, SECRET_KEY, botocore_session=core))
    assert "before-send" in (obstacle(client) or "")


async def test_handlers_for_other_services_are_no_obstacle(open_client: Open) -> None:
    """They are on every client of a session, and are never called for DynamoDB."""
    client = await open_client()
    client.meta.events.register("before-send.s3", _handler)
    client.meta.events.register("before-call.dynamodb.CreateTable", _handler)
    assert obstacle(client) is None


async def test_a_stubbed_client_is_left_to_its_stubber(open_client: Open) -> None:
    """Its answers are what a test wants."""
    client = await open_client()
    with Stubber(client):
        assert "handler" in (obstacle(client) or "")
    assert obstacle(client) is None


@pytest.mark.parametrize("name", ["get_item", "_make_api_call"])
async def test_a_replaced_method_is_an_obstacle(
    open_client: Open, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """By a mock on the client, or by a tracer that wraps the class's."""
    client = await open_client()
    with monkeypatch.context() as patched:
        patched.setattr(client, name, _handler)
        assert name in (obstacle(client) or "")
    assert obstacle(client) is None
    with monkeypatch.context() as patched:
        patched.setattr(AioBaseClient, "_make_api_call", _handler)
        assert "_make_api_call" in (obstacle(client) or "")


@pytest.mark.parametrize(
    ("owner", "name"), [("_request_signer", "_credentials"), ("_endpoint", "http_session")]
)
async def test_an_unknown_version_of_the_client_is_an_obstacle(
    open_client: Open, monkeypatch: pytest.MonkeyPatch, owner: str, name: str
) -> None:
    """What is read off it is private, and may be elsewhere some day."""
    client = await open_client()
    assert obstacle(client) is None
    with monkeypatch.context() as patched:
        patched.delattr(getattr(client, owner), name)
        assert name in (obstacle(client) or "")
        assert isinstance(attach(client), ClientLane)


async def test_another_form_of_what_is_there_is_an_obstacle(
    open_client: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A setting that is no longer kept, and a function that takes other arguments."""
    client = await open_client()
    assert obstacle(client) is None
    with monkeypatch.context() as patched:
        patched.setattr(client.meta.config, "connector_args", {})
        assert "KeyError" in (obstacle(client) or "")
    with monkeypatch.context() as patched:
        patched.setattr(client._ruleset_resolver, "construct_endpoint", lambda *, operation: operation)
        assert "TypeError" in (obstacle(client) or "")
        assert isinstance(attach(client), ClientLane)


@pytest.mark.parametrize("module", ["eligibility", "lane"])
async def test_a_version_that_lacks_what_is_imported_is_left_to_the_client(
    open_client: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, module: str
) -> None:
    """Names may move: that is no reason to fail."""
    caplog.set_level(logging.INFO, "ddbmodel.transport")
    client = await open_client()
    monkeypatch.setitem(sys.modules, f"ddbmodel.transport.fast.{module}", None)
    assert isinstance(attach(client), ClientLane)
    assert "lacks what the fast lane imports" in caplog.text
    with pytest.raises(ValueError, match='use lane="auto"'):
        attach(client, "fast")


@pytest.mark.parametrize(("lane", "kind"), [("client", ClientLane), ("fast", FastLane), ("auto", FastLane)])
async def test_the_lane_can_be_chosen(server: ScriptedServer, lane: Any, kind: type) -> None:
    """When connecting, and with a client."""
    options = ConnectOptions("eu-west-1", server.url, None, ACCESS_KEY, SECRET_KEY, lane=lane)
    made = await connect(options)
    assert type(made) is kind
    await made.close()


@pytest.mark.parametrize(
    "make", [lambda client: Mapper(client, lane="faster"), lambda _: Mapper.connect(lane="faster")]
)
async def test_a_lane_that_does_not_exist_is_refused(open_client: Open, make: Callable[[Any], Any]) -> None:
    """With those that there are."""
    with pytest.raises(ValueError, match='use "auto", "client" or "fast"'):
        make(await open_client())


async def test_fast_that_cannot_be_leaves_no_client_open(server: ScriptedServer) -> None:
    """It is refused when connecting, and what was opened for it is closed."""
    config = AioConfig(retries={"mode": "adaptive"})
    options = ConnectOptions(
        "eu-west-1", server.url, None, ACCESS_KEY, SECRET_KEY, config=config, lane="fast"
    )
    with pytest.raises(ValueError, match="adaptive"):
        await connect(options)


async def test_falling_back_is_told_once(
    make_client: MakeClient, server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    """With the reason, at level INFO, when the lane is opened."""
    caplog.set_level(logging.INFO, "ddbmodel.transport")
    client = await make_client()
    seen: list[str] = []
    client.meta.events.register("before-send.dynamodb", lambda request, **_: seen.append(request.url))
    lane = attach(client)
    for _ in range(3):
        await lane.send(READ)
    messages = [record.getMessage() for record in caplog.records if record.name == "ddbmodel.transport"]
    assert [("before-send" in message, "not the fast lane" in message) for message in messages] == [
        (True, True)
    ]
    assert len(seen) == 3
    await lane.close()


async def test_a_handler_that_comes_later_is_called(
    make_client: MakeClient, server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    """From its registration on, requests go through the client; and that is told, too."""
    caplog.set_level(logging.INFO, "ddbmodel.transport")
    client = await make_client()
    lane = attach(client, "fast")
    await lane.send(READ)
    seen: list[str] = []
    client.meta.events.register("before-send.dynamodb", lambda request, **_: seen.append(request.url))
    await lane.send(READ)
    await lane.send(Query("orders", Expression("pk", "c1")))
    assert len(seen) == 2
    assert [record.levelname for record in caplog.records if record.name == "ddbmodel.transport"] == ["INFO"]
    assert lane.statistics.requests == 3
    await lane.close()


async def test_the_body_of_a_reply_can_be_had(make_client: MakeClient, server: ScriptedServer) -> None:
    """Checked and as it came, for whoever reads it without the dicts between; retries are the same."""
    lane = attach(await make_client(retries={"total_max_attempts": 3}))
    assert isinstance(lane, FastLane)
    server.script.extend([answer({"Item": KEY}, headers={"x-amz-crc32": "1"}), answer({"Item": KEY})])
    assert await lane.receive(READ, bytes) == b'{"Item": {"pk": {"S": "c1"}}}'
    assert lane.statistics.retries == 1
    server.script.extend([answer({"Item": KEY})])
    assert await lane.receive(READ, len) == 29
    await lane.close()
