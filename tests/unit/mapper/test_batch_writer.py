"""The batch writer, on a table in memory and in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from ddbmodel import (
    AccessDenied,
    Attr,
    CodecError,
    ConnectionFailed,
    ExpressionError,
    MapperClosed,
    Model,
    ReplyCorrupt,
    ServiceError,
    TableNotFound,
    UnprocessedItems,
    WrongEventLoop,
    partition_key,
    sort_key,
)
from ddbmodel.mapper.backoff import Backoff
from ddbmodel.mapper.batch_writer import BatchWriter
from tests.unit.mapper.strict_table import (
    Fault,
    StrictTable,
    no_connection,
    reply_lost,
    service_error,
    throttled,
)
from tests.unit.mapper.virtual_time import run


class Thing(Model, table="things"):
    pk: Attr[str] = partition_key()
    sk: Attr[int] = sort_key()
    text: Attr[str | None] = None


class Other(Model, table="others"):
    pk: Attr[bytes] = partition_key()


class Pauses:
    """A backoff that notes its pauses; jitter is left out, so that they are the longest."""

    def __init__(self, **options: Any) -> None:
        self.seconds: list[float] = []
        self.backoff = Backoff(sleep=self._sleep, jitter=lambda: 1.0, **options)

    async def _sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(seconds)


def writer_on(table: StrictTable, *, concurrency: int = 1, **options: Any) -> BatchWriter:
    return BatchWriter(table.gateway, concurrency=concurrency, **options)


def thing(number: int, text: str | None = None) -> Thing:
    return Thing(pk="p", sk=number, text=text)


def key(number: int) -> Any:
    return ("things", Thing.key("p", number).identity)


def stored(table: StrictTable) -> dict[int, str | None]:
    """The texts that are stored, by number."""
    return {int(item["sk"]["N"]): item.get("text", {}).get("S") for item in table.items.values()}


def balanced(writer: BatchWriter) -> bool:
    report = writer.report
    return report.accepted == report.written + report.superseded + len(report.failed)


async def put_all(writer: BatchWriter, numbers: range, text: str | None = None) -> None:
    for number in numbers:
        await writer.put(thing(number, text))


# Packing ----------------------------------------------------------------------------------------------------


def test_batches_are_full() -> None:
    """Writes are packed by 25, and the last batch is what remains."""
    table = StrictTable()

    async def main() -> None:
        async with writer_on(table, concurrency=3) as writer:
            await put_all(writer, range(60))

    run(main())
    assert sorted(map(len, table.batches)) == [10, 25, 25]
    assert len(table.items) == 60


@pytest.mark.parametrize(
    ("text", "batches"),
    [
        pytest.param("x" * 400_000, [25], id="ASCII: 10 MB"),
        pytest.param("é" * 200_000, [13, 12], id="two bytes that JSON escapes to six"),
        pytest.param("\x00" * 400_000, [6, 6, 6, 6, 1], id="one byte that JSON escapes to six"),
    ],
)
def test_a_batch_has_16_mb_on_the_wire_at_most(text: str, batches: list[int]) -> None:
    """What counts is the request's JSON, which can be six times the item's metered size."""
    table = StrictTable()

    async def main() -> None:
        async with writer_on(table) as writer:
            for number in range(25):
                await writer.put(thing(number, text))

    run(main())
    assert [len(batch) for batch in table.batches] == batches
    assert table.violations == []


def test_tables_are_mixed_in_a_batch() -> None:
    """Items of several models travel in one request."""
    table = StrictTable()

    async def main() -> None:
        async with writer_on(table) as writer:
            await writer.put(thing(1))
            await writer.put(Other(pk=b"\x00"))
            await writer.delete(Other.key(b"\x01"))

    run(main())
    assert [len(batch) for batch in table.batches] == [3]
    assert {name for name, _ in table.items} == {"things", "others"}


def test_nothing_is_sent_for_nothing() -> None:
    """A writer that accepted nothing sends nothing."""
    table = StrictTable()

    async def main() -> None:
        async with writer_on(table) as writer:
            await writer.flush()

    run(main())
    assert table.batches == []


def test_requests_run_side_by_side() -> None:
    """As many requests are under way at once as `concurrency` says, and no more."""
    table = StrictTable()

    async def main() -> None:
        async with writer_on(table, concurrency=3) as writer:
            await put_all(writer, range(500))

    run(main())
    assert table.most_in_flight == 3


# Order and duplicates ---------------------------------------------------------------------------------------


def test_the_last_write_to_a_key_wins() -> None:
    """A write that waits is replaced by a later one to its key, and counted as superseded."""
    table = StrictTable()

    async def main() -> BatchWriter:
        async with writer_on(table) as writer:
            await writer.put(thing(1, "first"))
            await writer.put(thing(2, "only"))
            await writer.put(thing(1, "last"))
        return writer

    writer = run(main())
    assert stored(table) == {1: "last", 2: "only"}
    assert (writer.report.accepted, writer.report.written, writer.report.superseded) == (3, 2, 1)
    assert table.history[key(1)] == [table.items[key(1)]]


@pytest.mark.parametrize("last", ["put", "delete"])
def test_puts_and_deletes_of_a_key_keep_their_order(last: str) -> None:
    """Whatever is accepted last for a key is what remains."""
    table = StrictTable()

    async def main() -> None:
        async with writer_on(table) as writer:
            for verb in ("put", "delete", "put", last):
                await (writer.put(thing(1)) if verb == "put" else writer.delete(Thing.key("p", 1)))

    run(main())
    assert (key(1) in table.items) == (last == "put")


def test_a_write_waits_for_the_one_to_its_key_that_is_under_way() -> None:
    """Two requests with the same key are never under way at once, so the later write lands later."""
    table = StrictTable([Fault(seconds=5.0)])

    async def main() -> None:
        async with writer_on(table, concurrency=4) as writer:
            await put_all(writer, range(25), "old")
            await asyncio.sleep(1)  # the first request is under way
            await put_all(writer, range(25), "new")
            await put_all(writer, range(25, 50), "new")

    run(main())
    assert set(stored(table).values()) == {"new"}
    assert [item and item["text"]["S"] for item in table.history[key(3)]] == ["old", "new"]
    # The others did not wait.
    assert [len(batch) for batch in table.batches] == [25, 25, 25]
    assert table.batches[1][0].key == key(25)


def test_a_write_that_is_to_be_sent_again_yields_to_a_later_one() -> None:
    """What was left unprocessed is not sent again once a later write to its key has been accepted."""
    table = StrictTable([Fault(unprocessed=frozenset((0,)))])

    async def main() -> BatchWriter:
        async with writer_on(table, backoff=Backoff(jitter=lambda: 1.0)) as writer:
            await writer.put(thing(1, "old"))
            flushing = asyncio.ensure_future(writer.flush())
            await asyncio.sleep(0.05)  # the first try is over, the pause has begun
            await writer.put(thing(1, "new"))
            await flushing
            assert stored(table) == {1: "new"}
        return writer

    writer = run(main())
    assert len(table.batches) == 2
    assert writer.report.superseded == 1
    assert balanced(writer)


def test_the_object_may_change_after_it_was_accepted() -> None:
    """What is written is the model as it was when it was accepted."""
    table = StrictTable()

    async def main() -> None:
        async with writer_on(table) as writer:
            one = thing(1, "accepted")
            await writer.put(one)
            one.text = "changed"

    run(main())
    assert stored(table) == {1: "accepted"}


def test_many_tasks_share_a_writer() -> None:
    """Nothing is lost where a hundred tasks put through one writer."""
    table = StrictTable([Fault(unprocessed=frozenset(range(0, 25, 2)))] * 20)

    async def main() -> BatchWriter:
        async with writer_on(table, concurrency=4) as writer:
            async with asyncio.TaskGroup() as tasks:
                for start in range(100):
                    tasks.create_task(put_all(writer, range(start * 20, start * 20 + 20)))
        return writer

    writer = run(main())
    assert len(table.items) == writer.report.written == writer.report.accepted == 2000


# Trouble that passes ----------------------------------------------------------------------------------------


def test_unprocessed_writes_join_the_next_batch() -> None:
    """What a 200 leaves unprocessed is sent again, together with writes that came later."""
    table = StrictTable([Fault(unprocessed=frozenset((3, 7)))])

    async def main() -> BatchWriter:
        async with writer_on(table) as writer:
            await put_all(writer, range(25))
            await put_all(writer, range(25, 48))
        return writer

    writer = run(main())
    assert [len(batch) for batch in table.batches] == [25, 25]
    assert writer.report.retries == 2
    assert len(table.items) == 48


def test_every_retry_waits_longer_while_nothing_goes_through() -> None:
    """The pause doubles up to its cap, and each retry has one."""
    pauses = Pauses(base_seconds=0.1, cap_seconds=1.0, tries_max=7)
    table = StrictTable(then=throttled())

    async def main() -> None:
        with pytest.raises(UnprocessedItems):
            async with writer_on(table, backoff=pauses.backoff) as writer:
                await writer.put(thing(1))

    run(main())
    assert pauses.seconds == pytest.approx([0.2, 0.4, 0.8, 1.0, 1.0, 1.0])
    assert len(table.batches) == 7


def test_progress_shortens_the_pause() -> None:
    """A table that takes some of a batch is asked sooner than one that takes nothing."""
    pauses = Pauses(base_seconds=0.1)
    left = Fault(unprocessed=frozenset(range(1, 25)))
    table = StrictTable([throttled(), throttled(), throttled(), throttled(), left, left, left])

    async def main() -> None:
        async with writer_on(table, backoff=pauses.backoff) as writer:
            await put_all(writer, range(25))

    run(main())
    assert pauses.seconds == pytest.approx([0.2, 0.4, 0.8, 1.6, 0.4, 0.2, 0.2])


@pytest.mark.parametrize(
    ("fault", "kind", "unknown"),
    [
        pytest.param(throttled(), "Throttled", False, id="throttled"),
        pytest.param(Fault(unprocessed=frozenset(range(25))), "left unprocessed", False, id="unprocessed"),
        pytest.param(no_connection(), "ConnectionFailed", False, id="never connected"),
        pytest.param(reply_lost(applied=False), "ConnectionFailed", True, id="reply lost"),
        pytest.param(
            Fault(service_error(ReplyCorrupt, "ChecksumMismatch")), "ReplyCorrupt", True, id="reply damaged"
        ),
        pytest.param(
            Fault(service_error(ServiceError, "InternalServerError")),
            "ServiceError",
            True,
            id="internal error",
        ),
        pytest.param(
            Fault(service_error(ServiceError, "ServiceUnavailableException")), "ServiceError", True, id="down"
        ),
        pytest.param(
            Fault(service_error(ServiceError, "ReplicatedWriteConflictException")),
            "ServiceError",
            False,
            id="conflict",
        ),
        pytest.param(
            Fault(service_error(ServiceError, "NeverHeardOfIt")), "ServiceError", True, id="unknown code"
        ),
        pytest.param(Fault(ConnectionResetError("secret")), "ConnectionResetError", True, id="raw OSError"),
    ],
)
def test_endless_trouble_ends(fault: Fault, kind: str, unknown: bool) -> None:
    """Trouble that never passes ends with every write reported: item, reason, attempts, and what is not known."""
    table = StrictTable(then=fault)

    async def main() -> BatchWriter:
        writer = writer_on(table, concurrency=2)
        with pytest.raises(
            UnprocessedItems, match=r"^30 of 30 accepted writes failed: .*\.leftover"
        ) as raised:
            async with writer:
                await put_all(writer, range(30))
        assert list(raised.value.leftover) == writer.report.failed
        return writer

    writer = run(main())
    failed = writer.report.failed
    assert {failure.item.sk for failure in failed} == set(range(30))
    assert {(failure.operation, failure.attempts, failure.unknown) for failure in failed} == {
        ("put", 12, unknown)
    }
    assert all(kind in failure.reason and "secret" not in failure.reason for failure in failed)
    assert balanced(writer)


def test_slow_progress_is_no_reason_to_give_up() -> None:
    """A table that takes one write at a time gets them all, however often the others come back."""
    table = StrictTable(then=Fault(unprocessed=frozenset(range(1, 25))))

    async def main() -> BatchWriter:
        async with writer_on(table) as writer:
            await put_all(writer, range(75))
        return writer

    writer = run(main())
    assert (writer.report.written, writer.report.failed) == (75, [])


def test_a_write_that_never_comes_through_ends_although_others_do() -> None:
    """A key that is left over while its companions are written is given up after a bounded number of attempts."""
    table = StrictTable(then=Fault(unprocessed=frozenset((0,))))

    async def main() -> BatchWriter:
        writer = writer_on(table, backoff=Backoff(attempts_max=20, tries_max=1000))
        with pytest.raises(UnprocessedItems):
            async with writer:
                await put_all(writer, range(1000))
        return writer

    writer = run(main())
    assert max(failure.attempts for failure in writer.report.failed) == 20
    assert balanced(writer)


def test_a_lost_reply_stays_unknown_however_the_write_ends() -> None:
    """A write whose reply was lost may be in the table, also if a later attempt is refused or throttled."""
    table = StrictTable([reply_lost(applied=True)], then=throttled())

    async def main() -> BatchWriter:
        writer = writer_on(table)
        with pytest.raises(UnprocessedItems):
            async with writer:
                await writer.put(thing(1))
        return writer

    (failure,) = run(main()).report.failed
    assert failure.unknown
    assert failure.reason.startswith("Throttled")
    assert stored(table) == {1: None}


@pytest.mark.parametrize("applied", [True, False])
def test_a_lost_reply_is_settled_by_sending_again(applied: bool) -> None:
    """Puts and deletes without conditions can be repeated, so a lost reply is no failure."""
    table = StrictTable([reply_lost(applied=applied)])

    async def main() -> BatchWriter:
        async with writer_on(table) as writer:
            await writer.put(thing(1, "once"))
            await writer.delete(thing(2))
        return writer

    assert run(main()).report.written == 2
    assert stored(table) == {1: "once"}


def test_unprocessed_items_in_another_form_are_all_sent_again() -> None:
    """What comes back in a form that is not recognised makes the whole batch go again: it does no harm."""

    class Odd(StrictTable):
        async def send(self, request: Any) -> dict[str, Any]:
            reply = await super().send(request)
            if len(self.batches) == 1:
                return {"UnprocessedItems": {"things": [{"PutRequest": {"Item": {"pk": {"S": "who?"}}}}]}}
            return reply

    table = Odd()

    async def main() -> BatchWriter:
        async with writer_on(table) as writer:
            await put_all(writer, range(5))
        return writer

    assert run(main()).report.written == 5
    assert [len(batch) for batch in table.batches] == [5, 5]


# Trouble that does not pass ---------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [{7}, {0, 24}, set(range(25))], ids=["one", "two", "all"])
def test_one_bad_write_does_not_fail_the_others(bad: set[int]) -> None:
    """A batch that is refused is divided until the bad writes are alone; the others are written."""
    table = StrictTable(refused=lambda item: item is not None and int(item["sk"]["N"]) in bad)

    async def main() -> BatchWriter:
        writer = writer_on(table)
        with pytest.raises(UnprocessedItems, match="RequestRefused"):
            async with writer:
                await put_all(writer, range(25))
        return writer

    writer = run(main())
    assert set(stored(table)) == set(range(25)) - bad
    assert {failure.item.sk for failure in writer.report.failed} == bad
    assert not any(failure.unknown for failure in writer.report.failed)
    assert len(table.batches) <= 2 * 25 - 1
    assert len(table.batches) <= 11 * len(bad)
    assert balanced(writer)


def test_a_bad_write_is_found_through_other_trouble() -> None:
    """Throttling in the middle of a search for the bad write costs nothing but time."""
    table = StrictTable(
        [
            Fault(),
            throttled(),
            Fault(unprocessed=frozenset(range(6))),
            throttled(),
            reply_lost(applied=False),
        ],
        refused=lambda item: item is not None and item["sk"]["N"] == "9",
    )

    async def main() -> BatchWriter:
        writer = writer_on(table)
        with pytest.raises(UnprocessedItems):
            async with writer:
                await put_all(writer, range(25))
        return writer

    writer = run(main())
    assert set(stored(table)) == set(range(25)) - {9}
    assert [failure.item.sk for failure in writer.report.failed] == [9]
    assert balanced(writer)


@pytest.mark.parametrize(
    "error",
    [
        service_error(TableNotFound, "ResourceNotFoundException"),
        service_error(AccessDenied, "AccessDeniedException"),
    ],
    ids=["missing", "forbidden"],
)
def test_one_table_does_not_fail_the_other(error: ServiceError) -> None:
    """Where one of two tables is missing or forbidden, the writes to the other one reach it."""

    class OneTable(StrictTable):
        async def send(self, request: Any) -> dict[str, Any]:
            if "others" in request.to_wire()["RequestItems"]:
                raise error
            return await super().send(request)

    table = OneTable()

    async def main() -> BatchWriter:
        writer = writer_on(table)
        with pytest.raises(UnprocessedItems, match=type(error).__name__):
            async with writer:
                await put_all(writer, range(10))
                for number in range(10):
                    await writer.put(Other(pk=bytes([number])))
        return writer

    writer = run(main())
    assert set(stored(table)) == set(range(10))
    assert {(type(failure.item), failure.unknown) for failure in writer.report.failed} == {(Other, False)}
    assert balanced(writer)


def test_a_raised_call_does_not_drop_its_slice() -> None:
    """An error that nobody expects ends the writes of its request as failures that may have been applied."""
    table = StrictTable([Fault(ZeroDivisionError("secret"))])

    async def main() -> BatchWriter:
        writer = writer_on(table)
        with pytest.raises(UnprocessedItems, match="ZeroDivisionError"):
            async with writer:
                await put_all(writer, range(30))
        return writer

    writer = run(main())
    assert len(writer.report.failed) == 25
    assert {(failure.reason, failure.unknown) for failure in writer.report.failed} == {
        ("ZeroDivisionError", True)
    }
    assert len(table.items) == 5


def test_a_closed_mapper_ends_the_writes() -> None:
    """Writes that are waiting when the mapper is closed fail, and are known not to be in the table."""
    table = StrictTable([Fault()], then=Fault(MapperClosed("BatchWriteItem: the mapper has been closed")))

    async def main() -> BatchWriter:
        writer = writer_on(table)
        with pytest.raises(UnprocessedItems, match="MapperClosed"):
            async with writer:
                await put_all(writer, range(30))
        return writer

    writer = run(main())
    assert [(failure.attempts, failure.unknown) for failure in writer.report.failed] == [(1, False)] * 5


def test_a_worker_that_breaks_down_does_not_hang_the_writer() -> None:
    """If a worker ends by an error of its own, everything is reported, and the error is the cause."""

    async def broken(seconds: float) -> None:
        raise ZeroDivisionError

    table = StrictTable(then=throttled())

    async def main() -> BatchWriter:
        writer = writer_on(table, concurrency=3, backoff=Backoff(sleep=broken))
        with pytest.raises(UnprocessedItems, match="broke down") as raised:
            async with writer:
                await put_all(writer, range(100))
                await writer.flush()
        assert isinstance(raised.value.__cause__, ZeroDivisionError)
        return writer

    writer = run(main())
    assert len(writer.report.failed) == 100
    assert balanced(writer)


# Not accepted -----------------------------------------------------------------------------------------------


def test_what_cannot_be_stored_is_not_accepted() -> None:
    """A put that fails to encode raises at once, and is not counted."""
    table = StrictTable()

    async def main() -> BatchWriter:
        async with writer_on(table) as writer:
            await writer.put(thing(1))
            with pytest.raises(CodecError, match="key attribute"):
                await writer.put(Thing(pk="", sk=2))
            with pytest.raises(CodecError):
                await writer.delete(Thing.key("p", "2"))
            with pytest.raises(ExpressionError, match="put takes a model"):
                await writer.put({"pk": "p"})  # type: ignore[arg-type]  # what is tested
            with pytest.raises(ExpressionError, match="delete takes a key"):
                await writer.delete("p")  # type: ignore[arg-type]  # what is tested
        return writer

    assert run(main()).report.accepted == 1
    assert len(table.items) == 1


@pytest.mark.parametrize("concurrency", [0, -1, 1.5, True, "4"])
def test_concurrency_is_a_whole_number(concurrency: Any) -> None:
    """Anything but a whole number from 1 on is refused."""
    with pytest.raises(ExpressionError, match="concurrency"):
        writer_on(StrictTable(), concurrency=concurrency)


def test_on_error_is_explicit() -> None:
    """There are two ways to leave by an exception, and no third."""
    with pytest.raises(ExpressionError, match="on_error"):
        writer_on(StrictTable(), on_error="ignore")


USES: dict[str, Callable[[BatchWriter], Any]] = {
    "put": lambda writer: writer.put(thing(1)),
    "delete": lambda writer: writer.delete(thing(1)),
    "flush": lambda writer: writer.flush(),
}


@pytest.mark.parametrize("verb", USES)
def test_it_is_used_inside_of_its_block(verb: str) -> None:
    """Before its block, and after it, a writer says that it is not open."""

    async def main() -> None:
        writer = writer_on(StrictTable())
        with pytest.raises(MapperClosed, match="async with"):
            await USES[verb](writer)
        async with writer:
            await USES[verb](writer)
        with pytest.raises(MapperClosed, match="async with"):
            await USES[verb](writer)

    run(main())


@pytest.mark.parametrize("verb", USES)
def test_it_belongs_to_one_event_loop(verb: str) -> None:
    """From another event loop, a writer says where it belongs."""

    async def main() -> None:
        async with writer_on(StrictTable()) as writer:
            with pytest.raises(WrongEventLoop, match="another event loop"):
                await asyncio.to_thread(lambda: run(USES[verb](writer)))

    asyncio.run(main())


def test_it_is_used_once() -> None:
    """A second block with the same writer, nested or later, is refused."""

    async def main() -> None:
        writer = writer_on(StrictTable())
        async with writer:
            with pytest.raises(MapperClosed, match="used once"):
                async with writer:
                    pytest.fail("the block must not run")
        with pytest.raises(MapperClosed, match="used once"):
            await writer.__aenter__()

    run(main())


def test_two_writers_can_be_nested() -> None:
    """Writers have nothing to do with each other."""
    table = StrictTable()

    async def main() -> None:
        async with writer_on(table) as outer, writer_on(table) as inner:
            await put_all(outer, range(30))
            await put_all(inner, range(30, 60))

    run(main())
    assert len(table.items) == 60


# Back-pressure ----------------------------------------------------------------------------------------------


def test_put_waits_while_the_backlog_is_full() -> None:
    """A table that does not answer holds up whoever puts, so memory is bounded."""
    table = StrictTable(then=Fault(seconds=1000.0))

    async def main() -> None:
        async with writer_on(table, concurrency=2) as writer:
            putting = asyncio.ensure_future(put_all(writer, range(1000)))
            await asyncio.sleep(400)
            assert writer.report.accepted == 2 * 25 + 2 * 50
            await putting

    run(main())
    assert len(table.items) == 1000


def test_blocked_writes_do_not_block_the_others() -> None:
    """However many writes wait behind others to their keys, the writer goes on."""
    table = StrictTable([Fault(seconds=100.0)] * 3)

    async def main() -> BatchWriter:
        async with writer_on(table, concurrency=3) as writer:
            for _ in range(10):
                await put_all(writer, range(75))
            await put_all(writer, range(75, 2000))
        return writer

    writer = run(main())
    assert len(table.items) == 2000
    assert balanced(writer)


def test_writes_are_accepted_in_the_order_of_the_calls() -> None:
    """Also where they have to wait for room: of two calls for one key, the second one wins."""
    table = StrictTable(then=Fault(seconds=10.0))

    async def main() -> None:
        async with writer_on(table) as writer:
            await put_all(writer, range(75))  # 25 under way, 50 waiting: full
            calls = [
                asyncio.ensure_future(writer.put(thing(number, str(call))))
                for call in range(3)
                for number in (500, 501, 30)
            ]
            await asyncio.gather(*calls)

    run(main())
    assert {number: stored(table)[number] for number in (500, 501, 30)} == {500: "2", 501: "2", 30: "2"}


def test_cancelled_while_waiting_for_room_it_is_not_accepted() -> None:
    """A put that is cancelled while it waits leaves no trace, and takes nobody's place."""
    table = StrictTable(then=Fault(seconds=10.0))

    async def main() -> BatchWriter:
        async with writer_on(table) as writer:
            await put_all(writer, range(75))
            waiting = [asyncio.ensure_future(writer.put(thing(number))) for number in range(100, 110)]
            await asyncio.sleep(1)
            for task in waiting[::2]:
                task.cancel()
            assert writer.report.accepted == 75
            results = await asyncio.gather(*waiting, return_exceptions=True)
            assert [isinstance(result, asyncio.CancelledError) for result in results] == [True, False] * 5
        return writer

    writer = run(main())
    assert writer.report.accepted == writer.report.written == len(table.items) == 80


def test_whoever_waits_for_room_is_turned_away_when_the_writer_is_left() -> None:
    """Puts of other tasks that were not accepted before the block ended raise, and are not written."""
    table = StrictTable(then=Fault(seconds=10.0))

    async def main() -> BatchWriter:
        async with writer_on(table) as writer:
            await put_all(writer, range(75))
            late = [asyncio.ensure_future(writer.put(thing(number))) for number in range(100, 110)]
            await asyncio.sleep(1)
        results = await asyncio.gather(*late, return_exceptions=True)
        assert {type(result) for result in results} == {MapperClosed}
        return writer

    writer = run(main())
    assert writer.report.accepted == writer.report.written == len(table.items) == 75


# Flushing ---------------------------------------------------------------------------------------------------


def test_flush_writes_what_was_accepted() -> None:
    """After a flush, what was accepted before it is in the table."""
    table = StrictTable([Fault(unprocessed=frozenset((1, 2)))])

    async def main() -> None:
        async with writer_on(table) as writer:
            await put_all(writer, range(7))
            assert table.batches == []
            await writer.flush()
            assert len(table.items) == 7
            assert writer.report.pending == 0
            await put_all(writer, range(7, 9))
            assert writer.report.pending == 2

    run(main())
    assert len(table.items) == 9


def test_flush_does_not_wait_for_later_writes() -> None:
    """It ends although other tasks go on writing all the time."""
    table = StrictTable()

    async def main() -> None:
        async with writer_on(table) as writer:
            await writer.put(thing(0))
            endless = asyncio.ensure_future(put_all(writer, range(1, 10**9)))
            await writer.flush()
            assert stored(table)[0] is None
            endless.cancel()

    run(main())


def test_flush_waits_for_the_successor_of_a_write() -> None:
    """If a write is superseded while it is flushed, the flush ends with the later one written."""
    table = StrictTable([Fault(seconds=1.0), Fault(seconds=10.0)])

    async def main() -> None:
        async with writer_on(table) as writer:
            await writer.put(thing(1, "under way"))
            first = asyncio.ensure_future(writer.flush())
            await asyncio.sleep(0.1)
            await writer.put(thing(1, "waiting"))
            second = asyncio.ensure_future(writer.flush())
            await asyncio.sleep(0.1)
            await writer.put(thing(1, "last"))
            await asyncio.gather(first, second)
            assert stored(table) == {1: "last"}

    run(main())
    assert len(table.batches) == 2


def test_flushes_can_overlap_and_be_cancelled() -> None:
    """A flush that is cancelled takes nothing from the others."""
    table = StrictTable(then=Fault(seconds=1.0))

    async def main() -> BatchWriter:
        async with writer_on(table, concurrency=2) as writer:
            flushes = []
            for number in range(20):
                await writer.put(thing(number))
                flushes.append(asyncio.ensure_future(writer.flush()))
                await asyncio.sleep(0.1)
                if number % 3 == 0:
                    flushes[-1].cancel()
            await asyncio.gather(*flushes, return_exceptions=True)
            await put_all(writer, range(20, 30))
            await asyncio.sleep(100)
            assert writer.report.pending == 10  # nobody flushes any more, so a batch waits until it is full
        return writer

    assert run(main()).report.written == len(table.items) == 30


# Left by an exception, or cancelled -------------------------------------------------------------------------


def test_left_by_an_exception_it_writes_what_it_accepted() -> None:
    """With "flush", accepted writes are written, and the exception goes on its way."""
    table = StrictTable()

    async def main() -> BatchWriter:
        writer = writer_on(table)
        with pytest.raises(KeyError):
            async with writer:
                await put_all(writer, range(30))
                raise KeyError
        return writer

    assert run(main()).report.written == len(table.items) == 30


def test_left_by_an_exception_it_drops_what_it_accepted() -> None:
    """With "drop", requests under way end as they end, and the rest is reported as failed, and never sent."""
    table = StrictTable(then=Fault(seconds=1.0))

    async def main() -> BatchWriter:
        writer = writer_on(table, on_error="drop")
        with pytest.raises(KeyError) as raised:
            async with writer:
                await put_all(writer, range(30))
                await asyncio.sleep(0.1)
                raise KeyError
        assert raised.value.__notes__ == [
            "batch writer: 5 of 30 accepted writes failed: the batch writer was left before this was written"
        ]
        return writer

    writer = run(main())
    assert writer.report.written == len(table.items) == 25
    assert [(failure.item.sk, failure.attempts, failure.unknown) for failure in writer.report.failed] == [
        (number, 0, False) for number in range(25, 30)
    ]
    assert balanced(writer)


def test_dropping_does_not_wait_for_a_pause() -> None:
    """Writes that wait to be sent again are dropped at once, with the reason of their last attempt."""
    table = StrictTable(then=throttled())

    async def main() -> BatchWriter:
        pauses = Pauses(base_seconds=500.0, cap_seconds=1000.0)
        writer = writer_on(table, on_error="drop", backoff=pauses.backoff)
        with pytest.raises(KeyError):
            async with writer:
                await put_all(writer, range(25))
                await asyncio.sleep(1)
                raise KeyError
        assert asyncio.get_running_loop().time() < 2
        return writer

    (failure, *_) = run(main()).report.failed
    assert failure.attempts == 1
    assert not failure.unknown
    assert failure.reason == (
        "the batch writer was left before this was written; the last attempt: Throttled: as the test says"
    )


@pytest.mark.parametrize("on_error", ["flush", "drop"])
def test_cancelled_once_it_accounts_for_everything(on_error: str) -> None:
    """A task that is cancelled inside of the block leaves it as by any exception: flushed or dropped."""
    table = StrictTable(then=Fault(seconds=1.0))

    async def main() -> BatchWriter:
        writer = writer_on(table, on_error=on_error)

        async def work() -> None:
            async with writer:
                await put_all(writer, range(1000))

        task = asyncio.ensure_future(work())
        await asyncio.sleep(3.5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return writer

    writer = run(main())
    report = writer.report
    assert report.accepted == 4 * 25 + 50
    assert report.written == len(table.items) == (150 if on_error == "flush" else 100)
    assert balanced(writer)


@pytest.mark.parametrize("times", [2, 3, 4])
def test_cancelled_again_it_stops_at_once(times: int) -> None:
    """Cancelled while it flushes, the writer stops, and says which writes may have been applied."""
    table = StrictTable(then=Fault(seconds=1.0))

    async def main() -> BatchWriter:
        writer = writer_on(table, concurrency=2)

        async def work() -> None:
            async with writer:
                await put_all(writer, range(1000))

        task = asyncio.ensure_future(work())
        await asyncio.sleep(0.6)
        for _ in range(times):
            task.cancel()
            await asyncio.sleep(0)
        assert balanced(writer)
        with pytest.raises(asyncio.CancelledError):
            await task
        assert asyncio.get_running_loop().time() < 1
        return writer

    writer = run(main())
    unknown = {failure.item.sk for failure in writer.report.failed if failure.unknown}
    assert unknown == set(range(50)) == set(stored(table))
    assert {failure.attempts for failure in writer.report.failed if not failure.unknown} == {0}
    assert writer.report.failed[0].reason == (
        "the batch writer was left before this was written while a request with it was under way"
    )
    assert balanced(writer)


def test_an_exception_is_not_replaced() -> None:
    """What left the block is raised, with a note about failed writes; they are in the report."""
    table = StrictTable(then=throttled())

    async def main() -> BatchWriter:
        writer = writer_on(table)
        with pytest.raises(KeyError) as raised:
            async with writer:
                await put_all(writer, range(3))
                raise KeyError
        assert "3 of 3 accepted writes failed: Throttled" in raised.value.__notes__[0]
        return writer

    assert len(run(main()).report.failed) == 3


def test_no_task_stays_behind() -> None:
    """Whichever way the writer is left, its workers have ended."""

    async def main() -> None:
        for on_error in ("flush", "drop"):
            with pytest.raises(KeyError):
                async with writer_on(
                    StrictTable(then=throttled()), concurrency=5, on_error=on_error
                ) as writer:
                    await put_all(writer, range(30))
                    raise KeyError
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run(main())


def test_values_are_in_no_text() -> None:
    """Neither errors nor notes, reprs or reports in text show what was written."""
    secret = "hunter2"
    table = StrictTable([throttled()], refused=lambda item: True)

    async def main() -> list[str]:
        writer = writer_on(table)
        with pytest.raises(UnprocessedItems) as raised:
            async with writer:
                await writer.put(Thing(pk=secret, sk=1, text=secret))
                await writer.delete(Thing.key(secret, 2))
        return [str(raised.value), repr(raised.value), repr(writer.report), str(writer.report), repr(writer)]

    assert not [text for text in run(main()) if secret in text]


def test_a_failure_after_a_lost_reply_and_connection_errors_is_kept_apart() -> None:
    """Only writes that were in the request whose reply was lost may be in the table."""
    table = StrictTable([reply_lost(applied=True)], then=no_connection())

    async def main() -> BatchWriter:
        writer = writer_on(table)
        with pytest.raises(UnprocessedItems, match=ConnectionFailed.__name__):
            async with writer:
                await put_all(writer, range(25))
                await put_all(writer, range(25, 30))
        return writer

    writer = run(main())
    assert {failure.item.sk: failure.unknown for failure in writer.report.failed} == {
        number: number < 25 for number in range(30)
    }
