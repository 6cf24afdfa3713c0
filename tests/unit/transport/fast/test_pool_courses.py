"""Any course of events: whatever peers do and callers give up, no reply is another's and no place is lost."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ddbmodel.transport.fast.connection import ReplyLost
from ddbmodel.transport.fast.http_reply import HttpReply, MalformedReply
from ddbmodel.transport.fast.pool import NotConnected, Pool, PoolOptions
from tests.unit.transport.raw_server import Link, RawServer, reply
from tests.unit.transport.tls import client_context, server_context

HOWS = (
    "answers",
    "answers piece by piece",
    "answers and closes",
    "answers with Connection: close",
    "answers twice",
    "answers half and closes",
    "answers half and resets",
    "resets",
    "says nothing",
    "answers no HTTP",
)

ANSWERED = HOWS[:5]


@dataclass(frozen=True)
class Course:
    """One request: what the peer does about it, and when the caller gives up, in turns of the loop."""

    how: str
    starts: int
    gives_up: int | None


COURSES = st.builds(Course, st.sampled_from(HOWS), st.integers(0, 6), st.none() | st.integers(0, 30))


def _request(number: int) -> bytes:
    body = b"task-%d." % number
    return b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body) + body


async def _turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def _peer(courses: list[Course]) -> object:
    """Does to each request what its course says."""

    async def play(link: Link) -> None:
        number = int((await link.take()).partition(b"task-")[2].rstrip(b"."))
        how = courses[number].how if number < len(courses) else "answers"
        data = reply(b"task-%d." % number)
        if "half" in how:
            data = data[: len(data) // 2]
        if how == "answers with Connection: close":
            data = reply(b"task-%d." % number, "Connection: close")
        if how == "answers no HTTP":
            data = b"\r\n" + data
        if how == "answers twice":
            data += reply(b"another's")
        if how.startswith("answers"):
            pieces = [data[at : at + 7] for at in range(0, len(data), 7)] if "piece" in how else [data]
            for piece in pieces:
                await link.send(piece)
                await asyncio.sleep(0)
        if how.endswith("resets"):
            link.reset()
        elif how.endswith(("closes", "HTTP")):
            link.writer.close()
        elif how == "says nothing":
            await link.gone()

    return play


async def _one(pool: Pool, number: int, course: Course) -> HttpReply:
    await _turns(course.starts)
    return await pool.exchange(_request(number))


async def _given_up(task: asyncio.Task[HttpReply], course: Course) -> None:
    """Cancel after some turns; whoever gets no answer gives up in the end."""
    if course.gives_up is not None:
        await _turns(course.starts + course.gives_up)
        task.cancel()


async def _run(courses: list[Course], size: int, *, encrypted: bool) -> None:
    async with RawServer(tls=server_context("127.0.0.1") if encrypted else None) as raw:
        raw.otherwise = _peer(courses)  # type: ignore[assignment]
        port = int(raw.url.rpartition(":")[2])
        pool = Pool(PoolOptions("127.0.0.1", port, size=size, tls=_trust() if encrypted else None))
        tasks = [asyncio.create_task(_one(pool, number, course)) for number, course in enumerate(courses)]
        endings = [_given_up(task, course) for task, course in zip(tasks, courses, strict=True)]
        await asyncio.gather(*endings)
        await _end(tasks, courses, pool, size)
        for number, (task, course) in enumerate(zip(tasks, courses, strict=True)):
            _judge(task, number, course)
        # Every place is there to be used.
        for reply_ in await asyncio.gather(*(pool.exchange(_request(1000 + n)) for n in range(2 * size))):
            assert reply_.status == 200
        assert pool.size <= size
        await pool.close(cut=True)


async def _end(tasks: list[asyncio.Task[HttpReply]], courses: list[Course], pool: Pool, size: int) -> None:
    silent = {task for task, course in zip(tasks, courses, strict=True) if course.how == "says nothing"}
    waiting = set(tasks)
    while waiting:
        assert pool.size <= size
        _, waiting = await asyncio.wait(waiting, timeout=0)
        # Where nobody is answered, somebody has to give up.
        if not waiting - silent or len(waiting & silent) >= size:
            for task in waiting & silent:
                task.cancel()


def _judge(task: asyncio.Task[HttpReply], number: int, course: Course) -> None:
    if task.cancelled():
        assert course.gives_up is not None or course.how == "says nothing"
        return
    error = task.exception()
    if error is None:
        assert task.result().body == b"task-%d." % number
        assert course.how in ANSWERED
        return
    assert isinstance(error, ReplyLost | MalformedReply | NotConnected)
    assert course.how not in ANSWERED


@given(st.lists(COURSES, min_size=1, max_size=12), st.integers(1, 3))
def test_no_course_of_events_mixes_replies_or_loses_a_place(courses: list[Course], size: int) -> None:
    """Few connections, peers that break off at any point, and callers that give up at any moment."""
    asyncio.run(_run(courses, size, encrypted=False))


@given(st.lists(COURSES, min_size=1, max_size=6), st.integers(1, 3))
@settings(max_examples=25)
def test_nor_does_it_where_all_is_encrypted(courses: list[Course], size: int) -> None:
    """Handshakes and farewells take turns of their own."""
    asyncio.run(_run(courses, size, encrypted=True))


def _trust() -> ssl.SSLContext:
    return client_context("127.0.0.1")


async def _close_amid(courses: list[Course], size: int, turns: int, *, cut: bool) -> None:
    async with RawServer() as raw:
        raw.otherwise = _peer(courses)  # type: ignore[assignment]
        pool = Pool(PoolOptions("127.0.0.1", int(raw.url.rpartition(":")[2]), size=size))
        tasks = [asyncio.create_task(_one(pool, number, course)) for number, course in enumerate(courses)]
        await _turns(turns)
        await pool.close(cut=cut)
        if not cut:
            await _end(tasks, courses, pool, size)
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            assert isinstance(
                outcome, HttpReply | ReplyLost | MalformedReply | NotConnected | asyncio.CancelledError
            )
        await _turns(5)
        assert pool.size == 0
        before = len(raw.links)
        with pytest.raises(NotConnected):
            await pool.exchange(_request(0))
        assert len(raw.links) == before


@given(st.lists(COURSES, min_size=1, max_size=8), st.integers(1, 3), st.integers(0, 30), st.booleans())
@settings(max_examples=50)
def test_closing_at_any_moment_leaves_nobody_waiting(
    courses: list[Course], size: int, turns: int, cut: bool
) -> None:
    """Those under way end as they may or fail, those who wait fail, and no connection is left."""
    asyncio.run(_close_amid([replace(one, gives_up=None) for one in courses], size, turns, cut=cut))
