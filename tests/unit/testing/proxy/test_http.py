"""The proxy's HTTP: what it reads, what it refuses to read, and the way to the behind."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from ddbmodel.errors import DDBModelError
from ddbmodel.testing import FaultProxy
from ddbmodel.testing.proxy import http_messages
from ddbmodel.testing.proxy.http_messages import BadMessage, Message, read_message, render
from ddbmodel.testing.proxy.upstream import Lost, NotReached, Upstream
from tests.unit.transport.scripted_server import Play, ScriptedServer, answer, fault

TARGET = {"x-amz-target": "DynamoDB_20120810.ListTables"}


async def _read(data: bytes, *, is_reply: bool = True) -> Message | None:
    reader = asyncio.StreamReader(limit=http_messages.HEAD_BYTES)
    reader.feed_data(data)
    reader.feed_eof()
    return await read_message(reader, is_reply=is_reply)


@pytest.mark.parametrize(
    ("data", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}more", b"{}"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x=y\r\n{\r\n1\r\n}\r\n0\r\nT: x\r\n\r\n",
            b"{}",
        ),
        (b"HTTP/1.1 200 OK\r\n\r\n{}", b"{}"),
    ],
)
async def test_a_reply_has_its_body_in_one_of_three_ways(data: bytes, body: bytes) -> None:
    """By length, in chunks, or up to the end of the connection."""
    message = await _read(data)
    assert message is not None
    assert (message.status, message.body) == (200, body)


async def test_nothing_is_no_message() -> None:
    """A client that hangs up between requests breaks nothing; a request without a length has no body."""
    assert await _read(b"") is None
    request = await _read(b"GET / HTTP/1.1\r\nHost: x\r\n\r\nrest", is_reply=False)
    assert request is not None
    assert (request.start, dict(request.headers), request.body) == ("GET / HTTP/1.1", {"host": "x"}, b"")


async def test_what_is_rendered_is_read() -> None:
    """With the length of the body, whatever the headers said of it."""
    message = await _read(render("HTTP/1.1 200 OK", {"a": "b", "content-length": "99"}, b"abc"))
    assert message == Message("HTTP/1.1 200 OK", {"a": "b", "content-length": "3"}, b"abc")


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"POST / HTTP/1.1\r\n" + b"a: b\r\n" * 20_000 + b"\r\n", 431),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n", 413),
        (b"POST / HTTP/1.1\r\nno colon\r\n\r\n", 400),
    ],
)
async def test_what_is_over_the_bounds_is_refused(data: bytes, status: int) -> None:
    """Head and body have a largest size, and a length has to be one."""
    with pytest.raises(BadMessage) as caught:
        await _read(data, is_reply=False)
    assert caught.value.status == status


@pytest.mark.parametrize("data", [b"HTTP/1.1 200", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{}"])
async def test_half_a_message_is_an_error(data: bytes) -> None:
    """A reply that ends early must not pass for one."""
    with pytest.raises(asyncio.IncompleteReadError):
        await _read(data)


@pytest.fixture
async def behind() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as server:
        yield server


@pytest.fixture
async def proxy(behind: ScriptedServer) -> AsyncIterator[FaultProxy]:
    async with FaultProxy(behind.url) as proxy:
        yield proxy


async def _ask(url: str, data: bytes) -> bytes:
    host, _, port = url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(data)
    reply = await reader.read()
    writer.close()
    return reply


async def test_a_request_reaches_the_engine_as_it_was(behind: ScriptedServer, proxy: FaultProxy) -> None:
    """Body and headers, but those of the connection; and the reply comes back with a checksum."""
    behind.script.append(answer({"TableNames": []}, headers={"x-amz-crc32": None}))
    headers = {**TARGET, "authorization": "me", "accept-encoding": "gzip", "connection": "close"}
    reply = await _read(await _ask(proxy.endpoint_url, render("POST / HTTP/1.1", headers, b'{"Limit": 5}')))
    (received,) = behind.received
    assert (received.operation, received.body) == ("ListTables", {"Limit": 5})
    assert received.headers["authorization"] == "me"
    assert "accept-encoding" not in received.headers
    assert reply is not None
    assert reply.body == b'{"TableNames": []}'
    assert reply.headers["x-amz-crc32"] == str(zlib.crc32(reply.body))


async def test_an_error_of_the_engine_comes_back_as_it_is(behind: ScriptedServer, proxy: FaultProxy) -> None:
    """With its status; the log has its code."""
    behind.script.append(fault("LimitExceededException"))
    headers = {**TARGET, "connection": "close"}
    reply = await _read(await _ask(proxy.endpoint_url, render("POST / HTTP/1.1", headers, b"{}")))
    assert reply is not None
    assert (reply.status, b"LimitExceededException" in reply.body) == (400, True)
    assert (proxy.log[0].applied, proxy.log[0].code) == (False, "LimitExceededException")


async def test_a_bad_request_is_told_so_and_the_connection_ends(proxy: FaultProxy) -> None:
    """The proxy does not guess where the next one would begin."""
    reply = await _ask(proxy.endpoint_url, b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n")
    assert reply.startswith(b"HTTP/1.1 400 ")
    assert proxy.log == ()


@pytest.mark.parametrize(
    "play", [Play(reset=True), Play(b"{}   ", cut_bytes=3), Play(headers={"Content-Length": "x"})]
)
async def test_a_reply_that_the_engine_loses_is_lost(
    behind: ScriptedServer, proxy: FaultProxy, play: Play
) -> None:
    """Nobody knows what became of the request, so it is not sent again, and the client's connection breaks."""
    behind.script.append(play)
    with pytest.raises(ConnectionResetError):
        await _ask(proxy.endpoint_url, render("POST / HTTP/1.1", TARGET, b"{}"))
    assert len(behind.received) == 1
    assert (proxy.log[0].applied, proxy.log[0].status) == (None, None)


async def test_an_engine_that_is_not_there_is_unavailable(unused_tcp_port: int) -> None:
    """An error with what is wrong in its words; nothing was applied."""
    async with FaultProxy(f"http://127.0.0.1:{unused_tcp_port}") as proxy:
        headers = {**TARGET, "connection": "close"}
        reply = await _read(await _ask(proxy.endpoint_url, render("POST / HTTP/1.1", headers, b"{}")))
    assert reply is not None
    assert (reply.status, b"engine behind the proxy" in reply.body) == (503, True)
    assert (proxy.log[0].applied, proxy.log[0].code) == (False, "ServiceUnavailable")


@pytest.mark.parametrize("url", ["https://127.0.0.1:8000", "127.0.0.1:8000", "http://"])
def test_only_plain_http_leads_to_an_engine(url: str) -> None:
    """Another URL is refused when the proxy is made."""
    with pytest.raises(DDBModelError, match="plain HTTP"):
        FaultProxy(url)


async def test_connections_to_the_engine_are_used_again(behind: ScriptedServer) -> None:
    """Until they have ended or were idle for too long; then a new one is opened, before anything is sent."""
    upstream = Upstream(behind.url)
    for _ in range(3):
        assert (await upstream.exchange(TARGET, b"{}")).status == 200
    assert len(behind._tasks) == 1
    await upstream.close()


async def test_an_engine_that_cannot_be_reached_or_breaks_off(
    behind: ScriptedServer, unused_tcp_port: int
) -> None:
    """The two are told apart: one leaves no doubt."""
    with pytest.raises(NotReached):
        await Upstream(f"http://127.0.0.1:{unused_tcp_port}").exchange(TARGET, b"{}")
    behind.script.append(Play(reset=True))
    with pytest.raises(Lost):
        await Upstream(behind.url).exchange(TARGET, b"{}")


async def test_a_proxy_that_is_not_open_has_no_address(behind: ScriptedServer) -> None:
    """Neither before nor after; and it can be opened again."""
    proxy = FaultProxy(behind.url)
    for _ in range(2):
        with pytest.raises(DDBModelError, match="not open"):
            _ = proxy.endpoint_url
        async with proxy:
            assert proxy.endpoint_url.startswith("http://127.0.0.1:")


async def test_closing_ends_what_is_under_way(behind: ScriptedServer) -> None:
    """A client that still waits is hung up on, and nothing is left running."""
    behind.script.append(Play(hold=asyncio.Event()))
    async with FaultProxy(behind.url) as proxy:
        waiting: asyncio.Task[Any] = asyncio.create_task(
            _ask(proxy.endpoint_url, render("POST / HTTP/1.1", TARGET, b"{}"))
        )
        await behind.arrived.wait()
    assert await waiting == b""


async def test_the_keys_of_a_table_are_asked_for_once(behind: ScriptedServer, proxy: FaultProxy) -> None:
    """Also by requests that come together; a table that does not tell its keys is asked again."""
    keys = {"Table": {"KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}]}}
    behind.script.extend([answer({"Table": {"TableStatus": "DELETING"}}), answer(), answer(keys)])
    headers = {"x-amz-target": "DynamoDB_20120810.Scan", "connection": "close"}
    scan = render("POST / HTTP/1.1", headers, b'{"TableName": "orders"}')
    await _ask(proxy.endpoint_url, scan)
    await asyncio.gather(*(_ask(proxy.endpoint_url, scan) for _ in range(5)))
    assert behind.operations == ["DescribeTable", "Scan", "DescribeTable", *["Scan"] * 5]
