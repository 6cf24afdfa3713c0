"""What becomes of requests when connections, replies and tasks go wrong: over both lanes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from ddbmodel.errors import ConnectionFailed, DDBModelError, ServiceError, WriteOutcomeUnknown
from ddbmodel.operations import GetItem, PutItem
from ddbmodel.transport import RetryRules
from ddbmodel.transport.connect import LaneChoice
from tests.unit.operations.expressions import Expression
from tests.unit.transport.conftest import Lane, MakeLane
from tests.unit.transport.raw_server import EMPTY, Link, RawServer, reply, sends

KEY = {"pk": {"S": "c1"}}
READ = GetItem("orders", KEY)
CONDITIONAL = PutItem("orders", KEY, condition=Expression("status"))
ONCE = RetryRules(max_attempts=1)
ITEM = b'{"Item": {"pk": {"S": "c1"}}}'


@pytest.fixture
async def raw() -> AsyncIterator[RawServer]:
    async with RawServer() as raw:
        yield raw


@pytest.fixture
async def to_raw(raw: RawServer, make_lane: MakeLane) -> Callable[..., Any]:
    """Opens lanes to the raw endpoint that try once."""

    async def make(**config: Any) -> Lane:
        options = {"retries": {"total_max_attempts": 1}, "rules": ONCE} | config
        made: Lane = await make_lane(endpoint_url=raw.url, **options)
        return made

    return make


async def _outcome(lane: Lane, request: Any) -> dict[str, Any] | DDBModelError:
    try:
        return await lane.send(request)
    except DDBModelError as error:
        return error


def _members(reply: Any) -> dict[str, Any]:
    return {name: value for name, value in reply.items() if name != "ResponseMetadata"}


async def test_a_request_that_breaks_off_anywhere_is_never_taken_for_refused(
    to_raw: Callable[..., Any], raw: RawServer, choice: LaneChoice
) -> None:
    """Once something of it was written, nobody knows; and it is not sent again."""
    lane = await to_raw()
    await lane.send(CONDITIONAL)
    length = len(raw.requests[0][1])
    counts = range(1, length, 1 if choice == "fast" else 16)

    def resets_after(count: int) -> Callable[[Link], Any]:
        async def play(link: Link) -> None:
            await link.reader.readexactly(count)
            link.reset()

        return play

    for count in counts:
        raw.script.append(resets_after(count))
        assert type(await _outcome(lane, CONDITIONAL)) is WriteOutcomeUnknown
    assert not raw.script
    assert len(raw.links) == len(counts)


CHUNKED = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n{"Item": {\r\n13;x=y\r\n"pk": {"S": "c1"}}}\r\n0\r\n\r\n'
LENGTHY = reply(ITEM, "x-amzn-RequestId: r1")
UNTIL_CLOSED = b"HTTP/1.1 200 OK\r\n\r\n" + ITEM
WHOLE = {
    "with a length": (LENGTHY, ""),
    "in chunks": (CHUNKED, ""),
    "until the connection closes": (UNTIL_CLOSED, "close"),
    "of HTTP/1.0": (reply(ITEM, version="1.0"), "close"),
    "of HTTP/1.0, kept": (reply(ITEM, "Connection: keep-alive", version="1.0"), ""),
    "that closes": (reply(ITEM, "Connection: close"), "close"),
    "after 100 Continue": (b"HTTP/1.1 100 Continue\r\n\r\n" + LENGTHY, ""),
    "with long headers": (reply(ITEM, *(f"x-long-{n}: {'y' * 1000}" for n in range(7))), ""),
}


@pytest.mark.parametrize("end", ["reset", "close"])
@pytest.mark.parametrize(
    "how", ["with a length", "in chunks", "until the connection closes", "after 100 Continue"]
)
async def test_a_reply_that_breaks_off_anywhere_leaves_the_outcome_unknown(
    to_raw: Callable[..., Any], raw: RawServer, how: str, end: str
) -> None:
    """After any number of its bytes but all; and the next request is answered over another connection."""
    lane = await to_raw()
    data, _ = WHOLE[how]
    raw.script.extend(sends(data[:count], end=end) for count in range(len(data)))
    outcomes = [await _outcome(lane, CONDITIONAL) for _ in range(len(data))]
    assert {type(outcome) for outcome in outcomes} == {WriteOutcomeUnknown}
    assert _members(await lane.send(READ)) == {}
    assert len(raw.links) == len(data) + 1


@pytest.mark.parametrize("how", WHOLE)
@pytest.mark.parametrize("slowly", [False, True], ids=["at once", "byte by byte"])
async def test_a_reply_is_read_however_it_comes(
    to_raw: Callable[..., Any], raw: RawServer, how: str, slowly: bool
) -> None:
    """In one piece or byte by byte; and after it the next request gets its own reply."""
    data, end = WHOLE[how]
    lane = await to_raw()
    pieces = [data[at : at + 1] for at in range(len(data))] if slowly and len(data) < 2000 else [data]
    raw.script.extend([sends(*pieces, end=end), sends(reply(b'{"Item": {"pk": {"S": "c2"}}}'))])
    assert _members(await lane.send(READ)) == {"Item": KEY}
    assert _members(await lane.send(READ)) == {"Item": {"pk": {"S": "c2"}}}
    assert len(raw.links) == (2 if end else 1)


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"\x15\x03\x01\x00\x02\x02\x16" * 3 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
        b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    ],
)
async def test_what_is_not_http_leaves_the_outcome_unknown(
    to_raw: Callable[..., Any], raw: RawServer, data: bytes
) -> None:
    """Something answered, and nobody can tell what: the connection is not used again."""
    lane = await to_raw(read_timeout=2)
    raw.script.append(sends(data, end="close"))
    assert type(await _outcome(lane, CONDITIONAL)) is WriteOutcomeUnknown
    await lane.send(READ)
    assert len(raw.links) == 2


async def test_headers_without_end_are_not_read_for_ever(to_raw: Callable[..., Any], raw: RawServer) -> None:
    """A megabyte of headers is refused, whether or not they would end."""
    lane = await to_raw(read_timeout=5)
    endless = b"HTTP/1.1 200 OK\r\n" + b"x-more: and more\r\n" * 65_536

    async def play(link: Link) -> None:
        await link.take()
        await link.send(endless)
        await link.gone()

    raw.script.append(play)
    assert type(await _outcome(lane, CONDITIONAL)) is WriteOutcomeUnknown


async def test_a_connection_half_closed_before_the_reply_is_lost(
    to_raw: Callable[..., Any], raw: RawServer
) -> None:
    """The peer said that nothing will come."""
    lane = await to_raw()

    async def play(link: Link) -> None:
        await link.take()
        link.half_close()
        await link.gone()

    raw.script.append(play)
    with pytest.raises(WriteOutcomeUnknown):
        await lane.send(CONDITIONAL)


@pytest.mark.parametrize("how", ["close", "half-close", "reset"])
async def test_a_connection_that_the_peer_closed_while_idle_is_not_used(
    to_raw: Callable[..., Any], raw: RawServer, how: str
) -> None:
    """Not even for a write that must not be repeated: it goes over a new one, and there is no doubt."""
    lane = await to_raw()

    async def play(link: Link) -> None:
        await link.take()
        await link.send(EMPTY)
        if how == "reset":
            link.reset()
        elif how == "half-close":
            link.half_close()
            await link.gone()
        else:
            link.writer.close()

    for _ in range(20):
        raw.script.append(play)
        await lane.send(CONDITIONAL)
        await raw.links[-1].ended.wait()
        for _ in range(5):
            await asyncio.sleep(0)
    assert len(raw.links) == 20


async def test_a_thousand_tasks_get_their_own_replies(to_raw: Callable[..., Any], raw: RawServer) -> None:
    """Over no more connections than the client's configuration allows."""
    lane = await to_raw(max_pool_connections=10)

    async def echo(link: Link) -> None:
        body = (await link.take()).partition(b"\r\n\r\n")[2]
        number = body.split(b"task-")[1].split(b'"')[0]
        await asyncio.sleep(0)
        await link.send(reply(b'{"Item": {"pk": {"S": "task-%s"}}}' % number))

    raw.otherwise = echo
    keys = [{"pk": {"S": f"task-{number}"}} for number in range(1000)]
    replies = await asyncio.gather(*(lane.send(GetItem("orders", key)) for key in keys))
    assert [reply["Item"] for reply in replies] == keys
    assert len(raw.links) <= 10


async def test_the_connection_of_a_cancelled_request_is_never_used_again(
    to_raw: Callable[..., Any], raw: RawServer
) -> None:
    """Its reply may still come, and must not be taken for another request's."""
    lane = await to_raw(max_pool_connections=1)
    closed = asyncio.Event()

    async def late(link: Link) -> None:
        await link.take()
        await link.send(reply(b'{"Item": {"pk": {"S": "the cancelled one"}}}')[:-5])
        await link.gone()
        closed.set()

    raw.script.append(late)
    task = asyncio.create_task(lane.send(READ))
    await raw.arrived.wait()
    for _ in range(5):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    raw.script.append(sends(reply(ITEM)))
    assert (await lane.send(READ))["Item"] == KEY
    assert [link.number for link in raw.links] == [0, 1]
    async with asyncio.timeout(5):
        await closed.wait()


async def test_cancelling_at_any_moment_keeps_the_others_right(
    to_raw: Callable[..., Any], raw: RawServer
) -> None:
    """Waiting for a connection, connecting, sending and reading: whoever is left gets the right answer."""
    lane = await to_raw(max_pool_connections=3)

    async def echo(link: Link) -> None:
        body = (await link.take()).partition(b"\r\n\r\n")[2]
        number = body.split(b"task-")[1].split(b'"')[0]
        for piece in reply(b'{"Item": {"pk": {"S": "task-%s"}}}' % number).split(b"\r\n\r\n"):
            await link.send(piece + (b"\r\n\r\n" if piece.startswith(b"HTTP") else b""))
            await asyncio.sleep(0)

    raw.otherwise = echo
    keys = [{"pk": {"S": f"task-{number}"}} for number in range(200)]
    tasks = [asyncio.create_task(lane.send(GetItem("orders", key))) for key in keys]
    for number in range(0, 200, 3):
        for _ in range(number % 7):
            await asyncio.sleep(0)
        tasks[number].cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    for key, outcome in zip(keys, outcomes, strict=True):
        if not isinstance(outcome, asyncio.CancelledError):
            assert isinstance(outcome, dict)
            assert outcome["Item"] == key
    assert _members(await lane.send(GetItem("orders", keys[0]))) == {"Item": keys[0]}


async def test_no_connection_leaves_no_doubt(make_lane: MakeLane, unused_tcp_port: int) -> None:
    """Nothing was written to anybody, so the write was not applied."""
    lane = await make_lane(endpoint_url=f"http://127.0.0.1:{unused_tcp_port}", rules=ONCE)
    with pytest.raises(ConnectionFailed) as caught:
        await lane.send(CONDITIONAL)
    assert "applied" not in str(caught.value)


async def test_a_refusal_before_the_whole_request_is_out_is_read(
    to_raw: Callable[..., Any], raw: RawServer
) -> None:
    """A proxy refuses a large request by its head: its answer counts, and the connection is done."""
    lane = await to_raw()
    big = PutItem("orders", KEY | {"text": {"S": "x" * 350_000}})
    raw.script.append(_refuses)
    error = await _outcome(lane, big)
    assert isinstance(error, ServiceError)
    await lane.send(READ)
    assert len(raw.links) == 2


async def _refuses(link: Link) -> None:
    await link.reader.readuntil(b"\r\n\r\n")
    await link.send(reply(b"too large", "Connection: close", status="413 Content Too Large"))
    await link.gone()
