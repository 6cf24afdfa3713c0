"""Following a stream whose shards split, expire, trim, throttle and disappear."""

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
    CodecError,
    ExpressionError,
    Mapper,
    SourceError,
    StreamDisabled,
    StreamTrimmed,
    TableNotFound,
)
from tests.unit.mapper.streams.stream_server import StreamServer, Tally, stream_server


@pytest.fixture
async def stream() -> AsyncGenerator[StreamServer]:
    """A stream without shards."""
    async with stream_server() as server:
        yield server


async def read(stream: StreamServer, **options: Any) -> list[tuple[str, int]]:
    """Read all that is there: names and values."""
    async with stream.connect() as mapper:
        changes = mapper.changes(Tally, follow=False, poll_seconds=0.001, **options)
        return [(change.new.name, change.new.value) async for change in changes]


async def follow(mapper: Mapper, count: int, **options: Any) -> list[Change[Tally]]:
    """Follow until so many changes have been dealt with."""
    found: list[Change[Tally]] = []
    async with aclosing(aiter(mapper.changes(Tally, poll_seconds=0.001, **options))) as changes:
        async for change in changes:
            found.append(change)
            if len(found) == count:
                break
    return found


async def test_parents_are_read_before_their_children(stream: StreamServer) -> None:
    """Through two generations of splits, described on several pages and in any order, items keep theirs."""
    stream.shard("c", "a")
    stream.shard("d", "b")
    stream.shard("a", "root")
    stream.shard("b", "root")
    stream.shard("root")
    stream.shards["root"].closed = stream.shards["a"].closed = stream.shards["b"].closed = True
    for shards in (("root", "root"), ("a", "b"), ("c", "d")):
        for _ in range(5):
            for name, shard in zip("xy", shards, strict=True):
                stream.write(shard, name, sum(len(one.records) for one in stream.shards.values()))
    values = await read(stream)
    assert len(values) == 30
    for name in "xy":
        own = [value for one, value in values if one == name]
        assert own == sorted(own)
    assert all(value < 10 for _, value in values[:10])


async def test_children_that_appear_while_following_are_read(stream: StreamServer) -> None:
    """A shard that closes under the follower's eyes is followed by its children."""
    stream.shard("a")
    stream.write("a", "x", 0)
    async with stream.connect() as mapper:
        async with aclosing(aiter(mapper.changes(Tally, poll_seconds=0.001))) as changes:
            assert (await anext(changes)).new.value == 0
            stream.write("a", "x", 1)
            stream.shard("b", "a")
            stream.shard("c", "a")
            stream.write("b", "x", 2)
            stream.write("c", "y", 3)
            later = [(await anext(changes)).new.value for _ in range(3)]
    assert later[0] == 1
    assert sorted(later) == [1, 2, 3]


async def test_latest_leaves_out_what_was_before(stream: StreamServer) -> None:
    """From the tip, closed shards are left alone, and open ones read from now on."""
    stream.shard("old")
    stream.write("old", "x", 0)
    stream.shard("a", "old")
    stream.write("a", "x", 1)
    async with stream.connect() as mapper:
        following = asyncio.create_task(follow(mapper, 1, start="latest"))
        while not stream.asked["GetRecords"]:
            stream.changed.clear()
            await stream.changed.wait()
        stream.write("a", "x", 2)
        (change,) = await following
    assert change.new is not None
    assert change.new.value == 2
    assert stream.kinds == [("a", "LATEST")]


async def test_a_run_from_the_tip_that_is_killed_goes_on_from_there(
    stream: StreamServer, tmp_path: Path
) -> None:
    """What came between the start and the restart is read, though no change had been dealt with."""
    stream.shard("a")
    stream.write("a", "x", 0, at=1_000_000_000)
    place = tmp_path / "place"
    assert await read(stream, start="latest", checkpoint=place) == []
    stream.write("a", "x", 1, at=4_000_000_000)
    assert await read(stream, start="latest", checkpoint=place) == [("x", 1)]


async def test_expired_iterators_are_made_anew_after_the_last_change(stream: StreamServer) -> None:
    """Nothing comes twice and nothing is left out when an iterator expires, wherever it stands."""
    stream.shard("a")
    for value in range(6):
        stream.write("a", "x", value)
    stream.expired = {"a|0", "a|2", "a|4", "a|6"}
    assert [value for _, value in await read(stream)] == list(range(6))
    assert not stream.expired
    assert stream.kinds[0] == stream.kinds[1] == ("a", "TRIM_HORIZON")
    assert stream.kinds[2:] == [("a", "AFTER_SEQUENCE_NUMBER")] * 3


async def test_a_tip_whose_iterator_expires_loses_nothing(stream: StreamServer) -> None:
    """What came while the iterator was no good is read: the tip is not looked for again."""
    stream.shard("a")
    stream.write("a", "x", 0, at=1_000_000_000)
    stream.expired = {"a|1"}
    async with stream.connect() as mapper:
        following = asyncio.create_task(follow(mapper, 1, start="latest"))
        while stream.expired:
            stream.changed.clear()
            await stream.changed.wait()
        stream.write("a", "x", 1, at=4_000_000_000)
        (change,) = await following
    assert change.new is not None
    assert change.new.value == 1


@pytest.mark.parametrize("operation", ["DescribeStream", "GetShardIterator", "GetRecords"])
@pytest.mark.parametrize("code", ["LimitExceededException", "InternalServerError", "ThrottlingException"])
async def test_throttling_passes(stream: StreamServer, operation: str, code: str) -> None:
    """Too many readers, or trouble of the service, delay and lose nothing."""
    stream.shard("a")
    stream.write("a", "x", 0)
    stream.faults[operation] = [code]
    assert await read(stream) == [("x", 0)]
    assert not stream.faults[operation]


async def test_trimmed_changes_are_an_error_that_says_where(stream: StreamServer, tmp_path: Path) -> None:
    """Who was away for too long is told so, with the shard and the last change that was read."""
    place = tmp_path / "place"
    stream.shard("a")
    last = stream.write("a", "x", 0)
    await read(stream, checkpoint=place)
    for value in (1, 2, 3):
        stream.write("a", "x", value)
    stream.shards["a"].trimmed = 3
    with pytest.raises(StreamTrimmed, match=f"shard a, after {last}") as trimmed:
        await read(stream, checkpoint=place)
    assert [(one.shard, one.after) for one in trimmed.value.lost] == [("a", last)]


async def test_trimmed_changes_are_told_of_and_the_rest_is_read(
    stream: StreamServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """With on_trimmed="continue", what is left is read, and what is lost stands in `lost` and in the log."""
    place = tmp_path / "place"
    stream.shard("a")
    last = stream.write("a", "x", 0)
    await read(stream, checkpoint=place)
    for value in (1, 2, 3):
        stream.write("a", "x", value)
    stream.shards["a"].trimmed = 3
    async with stream.connect() as mapper:
        changes = mapper.changes(
            Tally, follow=False, poll_seconds=0.001, checkpoint=place, on_trimmed="continue"
        )
        assert [change.new.value async for change in changes] == [3]
    assert [(one.shard, one.after) for one in changes.lost] == [("a", last)]
    assert f"after {last}" in caplog.text


async def test_a_shard_that_is_gone_before_it_was_read_is_lost(stream: StreamServer, tmp_path: Path) -> None:
    """Whole shards, and whole generations of them, that disappeared are named."""
    place = tmp_path / "place"
    stream.shard("a")
    stream.write("a", "x", 0)
    await read(stream, checkpoint=place)
    del stream.shards["a"]
    stream.shard("c", "b")
    with pytest.raises(StreamTrimmed) as trimmed:
        await read(stream, checkpoint=place)
    assert {one.shard for one in trimmed.value.lost} == {"a", "b"}


async def test_a_checkpoint_of_another_stream_is_refused(stream: StreamServer, tmp_path: Path) -> None:
    """A stream that was switched off and on again is another one, with changes lost in between."""
    place = tmp_path / "place"
    stream.shard("a")
    await read(stream, checkpoint=place)
    stream.arn = stream.arn.replace("2026", "2027")
    with pytest.raises(StreamTrimmed, match="checkpoint's stream"):
        await read(stream, checkpoint=place)
    stream.write("a", "x", 0)
    assert await read(stream, checkpoint=place, on_trimmed="continue") == [("x", 0)]


async def test_an_old_checkpoint_of_a_shard_not_begun_is_refused(
    stream: StreamServer, tmp_path: Path
) -> None:
    """After a day, nobody knows what was trimmed of a shard of which nothing had been read."""
    place = tmp_path / "place"
    stream.shard("a")
    await read(stream, checkpoint=place)
    place.write_text(json.dumps(json.loads(place.read_text()) | {"saved_at": "2020-01-01T00:00:00+00:00"}))
    with pytest.raises(StreamTrimmed, match="shard a, from its beginning"):
        await read(stream, checkpoint=place)


async def test_a_change_that_was_not_dealt_with_comes_again(stream: StreamServer, tmp_path: Path) -> None:
    """Who fails at a change gets it again, and none before it."""
    stream.shard("a")
    for value in range(5):
        stream.write("a", "x", value)
    seen: list[int] = []
    async with stream.connect() as mapper:
        with pytest.raises(ZeroDivisionError):
            async with aclosing(
                aiter(mapper.changes(Tally, poll_seconds=0.001, checkpoint=tmp_path / "place"))
            ) as changes:
                async for change in changes:
                    seen.append(change.new.value)
                    if change.new.value == 2:
                        raise ZeroDivisionError
    assert [value for _, value in await read(stream, checkpoint=tmp_path / "place")] == [2, 3, 4]


async def test_cancelling_ends_all_and_saves(stream: StreamServer, tmp_path: Path) -> None:
    """A follower that is cancelled leaves no task behind, and its checkpoint in place."""
    stream.shard("a")
    stream.shard("b")
    last = stream.write("a", "x", 0)
    before = asyncio.all_tasks()
    async with stream.connect() as mapper:
        following = asyncio.create_task(follow(mapper, 2, checkpoint=tmp_path / "place"))
        while stream.asked["GetRecords"] < 10:
            stream.changed.clear()
            await stream.changed.wait()
        following.cancel()
        with pytest.raises(asyncio.CancelledError):
            await following
    served = {task for task in asyncio.all_tasks() - before if "serve" not in repr(task.get_coro())}
    assert served == set()
    assert json.loads((tmp_path / "place").read_text())["shards"]["a"] == {"after": last}


async def test_a_slow_consumer_holds_reading_back(stream: StreamServer) -> None:
    """While nobody takes changes, no more pages are asked for than the concurrency allows."""
    stream.shard("a")
    stream.shard("b")
    for value in range(200):
        stream.write("ab"[value % 2], "x", value)
    async with stream.connect() as mapper:
        async with aclosing(aiter(mapper.changes(Tally, poll_seconds=0.001, concurrency=2))) as changes:
            await anext(changes)
            for _ in range(200):
                await asyncio.sleep(0)
            assert stream.asked["GetRecords"] <= 5


async def test_a_stream_that_was_switched_off_ends_with_an_error(stream: StreamServer) -> None:
    """A follower reads what is left, and says that nothing more will come."""
    stream.shard("a").closed = True
    stream.write("a", "x", 0)
    stream.status = "DISABLED"
    async with stream.connect() as mapper:
        seen = []
        with pytest.raises(StreamDisabled, match="switched off"):
            async for change in mapper.changes(Tally, poll_seconds=0.001):
                seen.append(change.new.value)  # noqa: PERF401  # what comes before the error counts
    assert seen == [0]


async def test_a_table_without_a_stream_is_an_error(stream: StreamServer) -> None:
    """It says what to switch on."""
    stream.arn = None  # type: ignore[assignment]
    with pytest.raises(StreamDisabled, match="StreamSpecification"):
        await read(stream)


async def test_what_cannot_be_decoded_is_raised_or_set_aside(stream: StreamServer) -> None:
    """Raised with the key, before later changes; or collected, with its images, and the rest comes."""
    stream.shard("a")
    stream.write("a", "x", 0)
    bad = stream.write("a", "secret-name", 1)
    stream.shards["a"].records[1]["dynamodb"]["NewImage"]["value"] = {"S": "no number"}
    stream.write("a", "x", 2)
    with pytest.raises(CodecError) as refused:
        await read(stream)
    assert refused.value.key == {"name": {"S": "secret-name"}}
    assert "secret-name" not in str(refused.value)
    async with stream.connect() as mapper:
        changes = mapper.changes(Tally, follow=False, poll_seconds=0.001, on_invalid="collect")
        assert [change.new.value async for change in changes] == [0, 2]
    assert [one.sequence_number for one in changes.invalid] == [bad]
    assert changes.invalid[0].new is not None
    assert "secret-name" not in repr(changes.invalid)


async def test_views_of_keys_have_a_typed_key_and_no_images(stream: StreamServer) -> None:
    """KEYS_ONLY tells which item changed, and how."""
    stream.view = "KEYS_ONLY"
    stream.shard("a")
    stream.write("a", "x", 0)
    async with stream.connect() as mapper:
        (change,) = [one async for one in mapper.changes(Tally, follow=False, poll_seconds=0.001)]
    assert (change.old, change.new, change.view, change.kind) == (None, None, "KEYS_ONLY", "INSERT")
    assert change.key == Tally.key("x")
    assert change.key.values == {"name": "x"}


async def test_expiry_is_told_from_deletion(stream: StreamServer) -> None:
    """Only what the service's own principal deleted is an expiry."""
    stream.shard("a")
    service = {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}
    stream.write("a", "x", 0, userIdentity=service)
    stream.write("a", "x", 1)
    stream.write("a", "x", 2, userIdentity={"PrincipalId": "dynamodb.amazonaws.com", "Type": "AssumedRole"})
    async with stream.connect() as mapper:
        found = [one.is_expiry async for one in mapper.changes(Tally, follow=False, poll_seconds=0.001)]
    assert found == [True, False, False]


async def test_a_users_store_keeps_the_checkpoint(stream: StreamServer) -> None:
    """Anything with load and save will do."""

    class Memory:
        text: str | None = None

        async def load(self) -> str | None:
            return self.text

        async def save(self, text: str, /) -> None:
            self.text = text

    store = Memory()
    stream.shard("a")
    stream.write("a", "x", 0)
    assert await read(stream, checkpoint=store) == [("x", 0)]
    stream.write("a", "x", 1)
    assert await read(stream, checkpoint=store) == [("x", 1)]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"ddbmodel_stream": 2}', '{"ddbmodel_stream": 1}'])
async def test_a_damaged_checkpoint_is_refused(stream: StreamServer, tmp_path: Path, text: str) -> None:
    """What is no checkpoint is said to be none, and no shard is read."""
    (tmp_path / "place").write_text(text)
    with pytest.raises(SourceError, match="checkpoint"):
        await read(stream, checkpoint=tmp_path / "place")
    assert not stream.asked["GetRecords"]


@pytest.mark.parametrize(
    "options",
    [
        {"start": "now"},
        {"on_trimmed": "ignore"},
        {"on_invalid": "ignore"},
        {"concurrency": 0},
        {"poll_seconds": 0},
        {"checkpoint_seconds": -1},
        {"checkpoint": 5},
    ],
)
async def test_what_cannot_be_is_refused_before_anything_is_sent(
    stream: StreamServer, options: dict[str, Any]
) -> None:
    """A wrong argument is an error at once."""
    async with stream.connect() as mapper:
        with pytest.raises(ExpressionError):
            mapper.changes(Tally, **options)
        with pytest.raises(ExpressionError):
            mapper.changes()
    assert not stream.asked


async def test_the_environments_endpoint_of_streams_wins(
    stream: StreamServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS_ENDPOINT_URL_DYNAMODB_STREAMS is where streams are read, whatever DynamoDB's endpoint is."""
    async with stream_server() as other:
        other.shard("a")
        other.write("a", "x", 7)
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB_STREAMS", other.url)
        assert await read(stream) == [("x", 7)]
    assert set(stream.asked) == {"DescribeTable"}


async def test_a_stream_that_is_not_found_is_an_error(stream: StreamServer) -> None:
    """The service's refusal comes through."""
    stream.faults["DescribeStream"] = ["ResourceNotFoundException"]
    with pytest.raises(TableNotFound):
        await read(stream)
