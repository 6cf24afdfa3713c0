"""The batch writer in trouble: what is sent again, and what fails."""

from __future__ import annotations

from typing import Any

import pytest

from ddbmodel import (
    AccessDenied,
    MapperClosed,
    ReplyCorrupt,
    ServiceError,
    TableNotFound,
    UnprocessedItems,
)
from ddbmodel.mapper.backoff import Backoff
from ddbmodel.mapper.batch_writer import BatchWriter
from tests.unit.mapper.batch_writing import (
    Other,
    Pauses,
    balanced,
    put_all,
    stored,
    thing,
    writer_on,
)
from tests.unit.mapper.strict_table import (
    Fault,
    StrictTable,
    no_connection,
    reply_lost,
    service_error,
    throttled,
)
from tests.unit.mapper.virtual_time import run

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
