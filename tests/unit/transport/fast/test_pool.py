"""The connections of a fast lane: how many, how long, and how they end."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from ddbmodel.transport.fast import pool as pool_module
from ddbmodel.transport.fast.connection import Connection, ReplyLost
from ddbmodel.transport.fast.pool import NotConnected, Pool, PoolOptions
from tests.unit.transport.raw_server import EMPTY, Link, RawServer, sends

REQUEST = b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"

MakePool = Callable[..., Pool]


@pytest.fixture
async def raw() -> AsyncIterator[RawServer]:
    async with RawServer() as raw:
        yield raw


@pytest.fixture
async def make_pool(raw: RawServer) -> AsyncIterator[MakePool]:
    pools: list[Pool] = []
    port = int(raw.url.rpartition(":")[2])

    def make(**options: object) -> Pool:
        pools.append(Pool(replace(PoolOptions("127.0.0.1", port), **options)))  # type: ignore[arg-type]
        return pools[-1]

    yield make
    for pool in pools:
        await pool.close(cut=True)


async def test_one_after_the_other_share_a_connection(make_pool: MakePool, raw: RawServer) -> None:
    """The one that was used last is used first."""
    pool = make_pool()
    await asyncio.gather(pool.exchange(REQUEST), pool.exchange(REQUEST))
    for _ in range(5):
        await pool.exchange(REQUEST)
    assert len(raw.links) == 2
    assert len({number for number, _ in raw.requests[2:]}) == 1


@pytest.mark.parametrize("size", [1, 3])
async def test_there_are_no_more_connections_than_allowed(
    make_pool: MakePool, raw: RawServer, size: int
) -> None:
    """Those beyond wait for one, in their order."""
    pool = make_pool(size=size)
    order: list[int] = []

    async def send(number: int) -> None:
        await pool.exchange(REQUEST)
        order.append(number)

    await asyncio.gather(*(send(number) for number in range(30)))
    assert (len(raw.links), pool.size) == (size, size)
    assert size > 1 or order == list(range(30))


@pytest.mark.parametrize("play", [sends(end="reset"), sends(EMPTY[:9], end="close")])
async def test_a_lost_connection_makes_place_for_another(
    make_pool: MakePool, raw: RawServer, play: Callable[[Link], object]
) -> None:
    """Whoever waits is not left waiting."""
    pool = make_pool(size=1)
    raw.script.append(play)  # type: ignore[arg-type]
    outcomes = await asyncio.gather(*(pool.exchange(REQUEST) for _ in range(3)), return_exceptions=True)
    assert [type(outcome).__name__ for outcome in outcomes] == ["ReplyLost", "HttpReply", "HttpReply"]


async def test_whoever_stops_waiting_for_a_connection_takes_none(make_pool: MakePool, raw: RawServer) -> None:
    """Also if it was given one in the same moment: the next one gets it."""
    pool = make_pool(size=1)
    hold = asyncio.Event()

    async def held(link: Link) -> None:
        await link.take()
        await hold.wait()
        await link.send(EMPTY)

    raw.script.append(held)
    tasks = [asyncio.create_task(pool.exchange(REQUEST)) for _ in range(5)]
    await raw.arrived.wait()
    tasks[1].cancel()
    # Given the connection, and cancelled before it could take it.
    tasks[0].add_done_callback(lambda _: tasks[2].cancel())
    hold.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(outcome, asyncio.CancelledError) for outcome in outcomes] == [
        False,
        True,
        True,
        False,
        False,
    ]
    assert pool.size == 1


async def test_a_cancelled_connecting_leaves_its_place(make_pool: MakePool, raw: RawServer) -> None:
    """The place is free again, and nothing was sent."""
    pool = make_pool(size=1)
    task = asyncio.create_task(pool.exchange(REQUEST))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await pool.exchange(REQUEST)
    assert [request for _, request in raw.requests] == [REQUEST]


async def test_what_is_not_there_cannot_be_connected_to(unused_tcp_port: int) -> None:
    """Neither a port where nobody listens nor a name that nobody has; the place is free again."""
    for host in ("127.0.0.1", "no-such-host.invalid", "x" * 70):
        pool = Pool(PoolOptions(host, unused_tcp_port, size=1))
        for _ in range(2):
            with pytest.raises(NotConnected) as caught:
                await pool.exchange(REQUEST)
            assert caught.value.code == "ConnectFailed"
        assert pool.size == 0


async def test_a_connection_that_breaks_at_once_carries_nothing(
    make_pool: MakePool, raw: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was written to it, which is told from a lost reply; and its place is free."""

    class Broken(Connection):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(transport)
            self.abort()

    pool = make_pool(size=1)
    with monkeypatch.context() as patched:
        patched.setattr(pool_module, "Connection", Broken)
        for _ in range(2):
            with pytest.raises(NotConnected):
                await pool.exchange(REQUEST)
    await pool.exchange(REQUEST)
    assert [request for _, request in raw.requests] == [REQUEST]


async def test_connecting_is_not_waited_for_for_ever() -> None:
    """A host that does not answer: here, one whose queue of connections is full."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        with socket.create_connection(address):
            pool = Pool(PoolOptions(*address, connect_timeout=0.05))
            with pytest.raises(NotConnected) as caught:
                await asyncio.gather(*(pool.exchange(REQUEST) for _ in range(4)))
            assert caught.value.code == "ConnectTimeout"
            await pool.close(cut=True)


async def test_a_late_reply_is_not_waited_for(make_pool: MakePool, raw: RawServer) -> None:
    """As long as nothing comes; a slow one that comes is read. The connection is not used again."""
    pool = make_pool(read_timeout=0.05, size=1)

    async def silent(link: Link) -> None:
        await link.take()
        await link.gone()

    raw.script.extend([silent, silent])
    for _ in range(2):
        with pytest.raises(ReplyLost) as caught:
            await pool.exchange(REQUEST)
        assert caught.value.code == "ReadTimeout"
    assert (len(raw.links), pool.size) == (2, 0)


async def test_idle_connections_are_closed(make_pool: MakePool, raw: RawServer) -> None:
    """After the time that the client's configuration gives, without another request."""
    pool = make_pool(idle_seconds=0.02, read_timeout=None)
    await asyncio.gather(pool.exchange(REQUEST), pool.exchange(REQUEST))
    assert pool.size == 2
    async with asyncio.timeout(5):
        await asyncio.gather(*(link.ended.wait() for link in raw.links))
    assert pool.size == 0


async def test_what_nobody_asked_for_ends_the_connection(make_pool: MakePool, raw: RawServer) -> None:
    """With the reply or after it: it must not be taken for the next one's reply."""
    pool = make_pool(size=1)
    raw.script.append(sends(EMPTY + EMPTY))
    raw.script.append(sends(EMPTY, b"", EMPTY))
    for _ in range(3):
        assert (await pool.exchange(REQUEST)).body == b"{}"
        for _ in range(5):
            await asyncio.sleep(0)
    assert len(raw.links) == 3


@pytest.mark.parametrize("how", ["closed", "reset", "sent to"])
async def test_a_connection_is_looked_at_before_it_is_used(unused_tcp_port: int, how: str) -> None:
    """What the peer did while the program was stopped shows, though the event loop has not run since."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", unused_tcp_port))
        listener.listen()
        pool = Pool(PoolOptions("127.0.0.1", unused_tcp_port))
        first = asyncio.create_task(pool.exchange(REQUEST))
        peer, _ = await asyncio.to_thread(listener.accept)
        await asyncio.to_thread(peer.recv, 1000)
        peer.sendall(EMPTY)
        await first
        if how == "reset":
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        if how == "sent to":
            peer.sendall(EMPTY)
        else:
            peer.close()
        second = asyncio.create_task(pool.exchange(REQUEST))
        other, _ = await asyncio.to_thread(listener.accept)
        with other, peer:
            assert await asyncio.to_thread(other.recv, 1000) == REQUEST
            other.sendall(EMPTY)
            assert (await second).status == 200
        await pool.close(cut=True)


async def test_closing_closes_everything(make_pool: MakePool, raw: RawServer) -> None:
    """Idle connections in order, those in use at once; those who wait are told, and so is who comes later."""
    pool = make_pool(size=2)
    await asyncio.gather(pool.exchange(REQUEST), pool.exchange(REQUEST))

    async def silent(link: Link) -> None:
        await link.take()
        raw.arrived.set()
        await link.gone()

    raw.arrived.clear()
    raw.script.extend([silent, silent])
    tasks = [asyncio.create_task(pool.exchange(REQUEST)) for _ in range(3)]
    await raw.arrived.wait()
    await pool.close(cut=True)
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ReplyLost, ReplyLost, NotConnected]
    with pytest.raises(NotConnected):
        await pool.exchange(REQUEST)
    assert len(raw.links) == 2
