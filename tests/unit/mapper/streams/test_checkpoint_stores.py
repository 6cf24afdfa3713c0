"""Where checkpoints are kept, and what becomes of two followers that use the same one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from ddbmodel import (
    Change,
    CheckpointItem,
    CheckpointTaken,
    ConditionalCheckpointStore,
    ExpressionError,
    Mapper,
    SourceError,
    WriteOutcomeUnknown,
)
from ddbmodel.mapper.streams.checkpoint_store import FileCheckpoint
from ddbmodel.testing import LocalDynamoDB
from tests.unit.mapper.streams.stream_server import ARN, StreamServer, Tally, stream_server
from tests.unit.mapper.telling import Answer, Telling, mapper_on


class Place(CheckpointItem, table="places"):
    """What checkpoints are kept in."""


@pytest.fixture
async def stream() -> AsyncGenerator[StreamServer]:
    """A stream with one open shard of six changes."""
    async with stream_server() as server:
        server.shard("a")
        for value in range(6):
            server.write("a", "x", value)
        yield server


class Memory:
    """A store that compares."""

    def __init__(self) -> None:
        self.text: str | None = None
        self.released = 0
        self.hold: asyncio.Event | None = None

    async def load(self) -> str | None:
        return self.text

    async def save(self, text: str, /) -> None:
        raise AssertionError("replace is there")

    async def replace(self, text: str, /, *, expected: str | None) -> bool:
        if self.text != expected:
            return False
        self.text = text
        if self.hold is not None:
            self.hold.set()
            self.hold = None
            await asyncio.Event().wait()  # for ever: the reply is lost
        return True

    async def release(self) -> None:
        self.released += 1


def changes(mapper: Mapper, checkpoint: Any, **options: Any) -> Any:
    """Follow, and save after each change."""
    options = {"poll_seconds": 0.001, "checkpoint_seconds": 0} | options
    return aclosing(aiter(mapper.changes(Tally, checkpoint=checkpoint, **options)))


async def rest(stream: StreamServer, checkpoint: Any) -> list[int]:
    """Read what is left."""
    async with stream.connect() as mapper, changes(mapper, checkpoint, follow=False) as found:
        return [_value(change) async for change in found]


def _value(change: Change[Tally]) -> int:
    assert change.new is not None
    return change.new.value


# Files ------------------------------------------------------------------------------------------------------


async def test_the_second_follower_of_a_file_is_refused_and_the_first_goes_on(
    stream: StreamServer, tmp_path: Path
) -> None:
    """It has seen no change, and what the first has dealt with stays so."""
    async with stream.connect() as mapper, stream.connect() as other:
        async with changes(mapper, tmp_path / "place") as first:
            assert [_value(await anext(first)) for _ in range(3)] == [0, 1, 2]
            asked = stream.asked["GetShardIterator"]
            async with changes(other, tmp_path / "place") as second:
                with pytest.raises(CheckpointTaken, match="another follower"):
                    await anext(second)
            assert stream.asked["GetShardIterator"] == asked
            assert _value(await anext(first)) == 3
    assert await rest(stream, tmp_path / "place") == [3, 4, 5]


async def test_a_file_is_free_when_its_follower_has_ended(stream: StreamServer, tmp_path: Path) -> None:
    """However it ended; the lock's file stays."""
    async with stream.connect() as mapper:
        with pytest.raises(ZeroDivisionError):
            async with changes(mapper, tmp_path / "place") as found:
                await anext(found)
                await anext(found)
                raise ZeroDivisionError
    assert await rest(stream, tmp_path / "place") == [1, 2, 3, 4, 5]
    assert (tmp_path / "place.lock").exists()


async def test_a_file_of_the_first_version_is_read(stream: StreamServer, tmp_path: Path) -> None:
    """As it was written before there were locks."""
    text = (
        f'{{"ddbmodel_stream": 1, "stream": "{ARN}", "saved_at": "2999-01-01T00:00:00+00:00", '
        '"shards": {"a": {"after": "104"}}}'
    )
    (tmp_path / "place").write_text(text)
    assert await rest(stream, tmp_path / "place") == [4, 5]


async def test_a_file_that_cannot_be_locked_is_said_to_be(stream: StreamServer, tmp_path: Path) -> None:
    """No change is read before that."""
    (tmp_path / "place.lock").mkdir()
    with pytest.raises(SourceError, match="the checkpoint cannot be locked"):
        await rest(stream, tmp_path / "place")
    assert not stream.asked["GetRecords"]


async def test_a_file_is_replaced_if_it_is_as_expected(tmp_path: Path) -> None:
    """The file that another has written without the lock stays as it is."""
    store = FileCheckpoint(tmp_path / "place")
    assert isinstance(store, ConditionalCheckpointStore)
    assert await store.replace("a", expected=None)
    assert not await store.replace("b", expected=None)
    (tmp_path / "place").write_text("z")
    assert not await store.replace("b", expected="a")
    assert await store.load() == "z"
    other = FileCheckpoint(tmp_path / "place")
    assert not await other.replace("b", expected="z")
    await store.release()
    assert await other.replace("b", expected="z")
    await other.release()
    await other.release()


# Stores that compare ------------------------------------------------------------------------------------------


async def test_a_follower_that_was_overtaken_leaves_the_store_alone(stream: StreamServer) -> None:
    """It is refused once, at its next save, and what it has dealt with since comes to the other."""
    store = Memory()
    async with stream.connect() as mapper, stream.connect() as other:
        async with changes(mapper, store, checkpoint_seconds=1000) as first:
            assert [_value(await anext(first)) for _ in range(3)] == [0, 1, 2]
            async with changes(other, store) as second:
                assert [_value(await anext(second)) for _ in range(2)] == [0, 1]
                saved = store.text
                with pytest.raises(CheckpointTaken):
                    await first.aclose()
                assert store.text == saved
                assert [_value(await anext(second)) for _ in range(4)] == [2, 3, 4, 5]
    assert store.released == 2
    assert await rest(stream, store) == [5]


async def test_a_save_that_was_broken_off_is_not_taken_for_anothers(stream: StreamServer) -> None:
    """A cancelled follower whose last save happened, unknown to it, saves once more and ends as cancelled."""
    store = Memory()
    async with stream.connect() as mapper:

        async def follow() -> None:
            async with changes(mapper, store) as found:
                async for change in found:
                    if _value(change) == 2:
                        store.hold = stuck

        stuck = asyncio.Event()
        following = asyncio.create_task(follow())
        await stuck.wait()
        following.cancel()
        with pytest.raises(asyncio.CancelledError):
            await following
    assert store.released == 1
    assert await rest(stream, store) == [3, 4, 5]


# Tables -------------------------------------------------------------------------------------------------------


async def test_a_table_keeps_checkpoints_and_the_later_follower_takes_over(
    stream: StreamServer, dynamodb: LocalDynamoDB
) -> None:
    """The earlier one is refused at its next save, and nothing is lost."""
    async with stream.connect() as mapper, dynamodb.connect() as places:
        await places.create_table(Place)
        async with changes(mapper, places.stream_checkpoint(Place.key("x"))) as first:
            assert [_value(await anext(first)) for _ in range(3)] == [0, 1, 2]
            async with changes(mapper, places.stream_checkpoint(Place.key("x"))) as second:
                assert _value(await anext(second)) == 2
                with pytest.raises(CheckpointTaken):
                    await anext(first)
                assert [_value(await anext(second)) for _ in range(3)] == [3, 4, 5]
        assert await rest(stream, places.stream_checkpoint(Place.key("x"))) == [5]
        assert await rest(stream, places.stream_checkpoint(Place.key("y"))) == [0, 1, 2, 3, 4, 5]


async def test_an_item_is_replaced_if_it_is_as_expected(dynamodb: LocalDynamoDB) -> None:
    """Or saved as it is told, without a condition."""
    async with dynamodb.connect() as places:
        await places.create_table(Place)
        store = places.stream_checkpoint(Place.key("x"))
        assert isinstance(store, ConditionalCheckpointStore)
        assert await store.load() is None
        assert not await store.replace("a", expected="z")
        assert await store.replace("a", expected=None)
        assert not await store.replace("b", expected=None)
        assert await store.replace("b", expected="a")
        assert await store.load() == "b"
        await store.save("c")
        assert await store.load() == "c"


LOST = Answer(error=WriteOutcomeUnknown("as the test says"))


def _read(text: str | None) -> Answer:
    return Answer({} if text is None else {"Item": {"name": {"S": "x"}, "text": {"S": text}}})


def _written(text: str) -> Answer:
    return Answer({"Attributes": {"name": {"S": "x"}, "text": {"S": text}}})


@pytest.mark.parametrize(
    ("answers", "operations"),
    [
        ([LOST, _read("new")], ["UpdateItem", "GetItem"]),
        ([LOST, _read("old"), _written("new")], ["UpdateItem", "GetItem", "UpdateItem"]),
    ],
)
async def test_a_lost_reply_of_a_table_is_looked_after(answers: list[Answer], operations: list[str]) -> None:
    """By reading what is stored, and writing again under the same condition."""
    transport = Telling(*answers)
    assert await mapper_on(transport).stream_checkpoint(Place.key("x")).replace("new", expected="old")
    assert [request.name for request in transport.requests] == operations


async def test_lost_replies_of_a_table_end_as_unknown() -> None:
    """After three writes, none of which is seen."""
    transport = Telling(*[LOST, _read("old")] * 3)
    with pytest.raises(WriteOutcomeUnknown):
        await mapper_on(transport).stream_checkpoint(Place.key("x")).replace("new", expected="old")
    assert len(transport.requests) == 6


async def test_a_key_of_another_class_is_refused() -> None:
    """Before anything is sent."""
    transport = Telling()
    with pytest.raises(ExpressionError, match="derives from CheckpointItem"):
        mapper_on(transport).stream_checkpoint(Tally.key("x"))  # type: ignore[arg-type]
    assert transport.requests == []


# The end of what is there ---------------------------------------------------------------------------------------


async def test_what_a_gap_hides_is_read_by_the_next_run(stream: StreamServer, tmp_path: Path) -> None:
    """Five empty pages end a run that does not follow, and the checkpoint stays before what comes after them."""
    stream.gap_pages = 5
    assert await rest(stream, tmp_path / "place") == []
    assert json.loads((tmp_path / "place").read_text())["shards"].get("a", {}) == {}
    assert await rest(stream, tmp_path / "place") == [0, 1, 2, 3, 4, 5]


async def test_fewer_empty_pages_do_not_end_a_run(stream: StreamServer, tmp_path: Path) -> None:
    """A shorter gap is read through."""
    stream.gap_pages = 4
    assert await rest(stream, tmp_path / "place") == [0, 1, 2, 3, 4, 5]


async def test_a_closed_shard_ends_by_itself(stream: StreamServer, tmp_path: Path) -> None:
    """Its last page says so, and no empty page is waited for."""
    stream.shards["a"].closed = True
    assert await rest(stream, tmp_path / "place") == [0, 1, 2, 3, 4, 5]
    assert stream.asked["GetRecords"] == 3
