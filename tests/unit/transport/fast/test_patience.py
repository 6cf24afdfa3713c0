"""How long the connections of a fast lane wait, by a clock that the test sets."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from ddbmodel.transport.fast.connection import ReplyLost
from ddbmodel.transport.fast.pool import Pool, PoolOptions
from tests.unit.transport.raw_server import EMPTY, Link, Play, RawServer
from tests.unit.transport.tls import client_context, server_context

REQUEST = b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"
MEGABYTE = 1 << 20


class Ahead:
    """The loop's clock, with a way to put it forward."""

    def __init__(self, time: Callable[[], float]) -> None:
        self._time = time
        self._seconds = 0.0

    def __call__(self) -> float:
        return self._time() + self._seconds

    def pass_by(self, seconds: float) -> None:
        self._seconds += seconds


@pytest.fixture
async def clock(monkeypatch: pytest.MonkeyPatch) -> Ahead:
    loop = asyncio.get_running_loop()
    clock = Ahead(loop.time)
    monkeypatch.setattr(loop, "time", clock)
    return clock


@pytest.fixture
async def raw() -> AsyncIterator[RawServer]:
    async with RawServer() as raw:
        yield raw


def _port(raw: RawServer) -> int:
    return int(raw.url.rpartition(":")[2])


@pytest.mark.parametrize("read_timeout", [None, 5.0, 60.0])
async def test_an_idle_connection_is_closed_when_its_time_is_over(
    raw: RawServer, clock: Ahead, read_timeout: float | None
) -> None:
    """However long a reply may take: before the service, or what stands between, gives it up."""
    pool = Pool(PoolOptions("127.0.0.1", _port(raw), idle_seconds=12.0, read_timeout=read_timeout))
    await pool.exchange(REQUEST)
    clock.pass_by(11.0)
    await pool.exchange(REQUEST)
    clock.pass_by(11.0)
    await asyncio.sleep(0)
    assert (len(raw.links), pool.size) == (1, 1)
    clock.pass_by(2.0)
    async with asyncio.timeout(30):
        await raw.links[0].ended.wait()
    assert pool.size == 0
    await pool.close(cut=True)


async def _says_nothing(link: Link) -> None:
    await link.take()
    await link.gone()


@pytest.mark.parametrize("cut", [None, False], ids=["open", "closed for others"])
async def test_a_reply_that_does_not_come_is_given_up(raw: RawServer, clock: Ahead, cut: bool | None) -> None:
    """Also by a pool that takes no more requests, and lets those under way end."""
    pool = Pool(PoolOptions("127.0.0.1", _port(raw), read_timeout=30.0))
    raw.script.append(_says_nothing)
    task = asyncio.create_task(pool.exchange(REQUEST))
    await raw.arrived.wait()
    if cut is not None:
        await pool.close(cut=cut)
    clock.pass_by(29.0)
    await asyncio.sleep(0)
    assert not task.done()
    clock.pass_by(2.0)
    with pytest.raises(ReplyLost) as caught:
        await task
    assert caught.value.code == "ReadTimeout"
    await pool.close(cut=True)


def _long_request(size: int) -> bytes:
    return b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size


@pytest.fixture(params=[False, True], ids=["plain", "TLS"])
async def narrow(request: pytest.FixtureRequest) -> AsyncIterator[Callable[[Play], Pool]]:
    """Makes pools to an endpoint of which the system takes little that the endpoint has not read."""
    tls: tuple[ssl.SSLContext | None, ssl.SSLContext | None] = (None, None)
    if request.param:
        tls = server_context("127.0.0.1"), client_context("127.0.0.1")
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
    listener.bind(("127.0.0.1", 0))
    pools: list[Pool] = []
    async with RawServer(listener, tls[0]) as raw:

        def make(play: Play) -> Pool:
            raw.script.append(play)
            pools.append(Pool(PoolOptions("127.0.0.1", _port(raw), tls=tls[1], read_timeout=10.0)))
            return pools[-1]

        yield make
        for pool in pools:
            await pool.close(cut=True)


async def test_a_long_request_over_a_slow_way_is_no_late_reply(
    narrow: Callable[[Play], Pool], clock: Ahead
) -> None:
    """As long as the peer takes some of it; all of it takes longer than a reply may."""

    async def slow(link: Link) -> None:
        await link.reader.readuntil(b"\r\n\r\n")
        for _ in range(3):
            await link.reader.readexactly(8 * MEGABYTE)
            clock.pass_by(6.0)
        await link.reader.readexactly(8 * MEGABYTE)
        await link.send(EMPTY)

    reply = await narrow(slow).exchange(_long_request(32 * MEGABYTE))
    assert reply.status == 200


async def test_a_long_request_that_the_peer_does_not_take_is_given_up(
    narrow: Callable[[Play], Pool], clock: Ahead
) -> None:
    """It may have got enough of it to act on, so nobody knows."""
    begun = asyncio.Event()

    async def stuck(link: Link) -> None:
        await link.reader.readuntil(b"\r\n\r\n")
        link.reader._transport.pause_reading()  # type: ignore[attr-defined]  # a reader reads ahead
        begun.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(narrow(stuck).exchange(_long_request(32 * MEGABYTE)))
    await begun.wait()
    while not task.done():
        clock.pass_by(11.0)
        await asyncio.sleep(0)
    with pytest.raises(ReplyLost) as caught:
        await task
    assert caught.value.code == "ReadTimeout"


async def test_a_reply_before_the_whole_request_is_out_ends_the_connection(
    narrow: Callable[[Play], Pool],
) -> None:
    """It counts; and what is left of the request must not be taken for the next one, encrypted or not."""

    async def hasty(link: Link) -> None:
        await link.reader.readuntil(b"\r\n\r\n")
        await link.send(EMPTY)
        await link.ended.wait()

    pool = narrow(hasty)
    reply = await pool.exchange(_long_request(32 * MEGABYTE))
    assert (reply.status, reply.keep_alive) == (200, True)
    assert pool.size == 0


async def test_long_requests_arrive_whole_one_after_the_other(narrow: Callable[[Play], Pool]) -> None:
    """Over one connection, however they are cut."""
    sizes = [(1 << 18) - 60, 1 << 18, (1 << 18) + 1, 5 * MEGABYTE, 2, 3 * MEGABYTE + 7]
    taken: list[int] = []

    async def takes(link: Link) -> None:
        for _ in sizes:
            await link.take()
            taken.append(len(link.request))
            await link.send(EMPTY)

    pool = narrow(takes)
    for size in sizes:
        assert (await pool.exchange(_long_request(size))).status == 200
    assert taken == [len(_long_request(size)) for size in sizes]
    assert pool.size == 1


@pytest.mark.parametrize("asked", [False, True])
async def test_the_system_tests_idle_connections_if_asked(
    raw: RawServer, monkeypatch: pytest.MonkeyPatch, asked: bool
) -> None:
    """As the client's `tcp_keepalive` says."""
    sockets = _sockets(monkeypatch)
    pool = Pool(PoolOptions("127.0.0.1", _port(raw), tcp_keepalive=asked))
    await pool.exchange(REQUEST)
    assert bool(sockets[0].getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)) is asked
    await pool.close(cut=True)


async def test_a_system_that_refuses_to_test_connections_is_no_error(
    raw: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some do once the peer has hung up: that shows as a lost connection, if it is one."""
    pool = Pool(PoolOptions("127.0.0.1", _port(raw), size=1, tcp_keepalive=True))
    monkeypatch.setattr("ddbmodel.transport.fast.pool.socket.SO_KEEPALIVE", 1 << 20)
    for _ in range(2):
        assert (await pool.exchange(REQUEST)).status == 200
    assert pool.size == 1
    await pool.close(cut=True)


def _sockets(monkeypatch: pytest.MonkeyPatch) -> list[socket.socket]:
    """The sockets of the connections that are made from now on."""
    loop = asyncio.get_running_loop()
    connect, made = loop.create_connection, []

    async def spy(*arguments: Any, **options: Any) -> Any:
        transport, protocol = await connect(*arguments, **options)
        made.append(transport.get_extra_info("socket"))
        return transport, protocol

    monkeypatch.setattr(loop, "create_connection", spy)
    return made
