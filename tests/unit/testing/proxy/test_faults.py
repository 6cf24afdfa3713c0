"""Each fault, as a mapper meets it."""

from __future__ import annotations

from typing import Any

import pytest

from ddbmodel import (
    AccessDenied,
    ConnectionFailed,
    ReplyCorrupt,
    ServiceError,
    Throttled,
    WriteOutcomeUnknown,
)
from ddbmodel.testing import (
    Delay,
    DropReply,
    ExpiredCredentials,
    Fault,
    Garble,
    InternalError,
    ResetBefore,
    Throttle,
    Truncate,
    Unprocessed,
    WrongChecksum,
)
from tests.unit.testing.proxy.conftest import MakeShop, Parcel, parcel

NOT_APPLIED: list[Fault] = [Throttle(), ExpiredCredentials()]
IN_DOUBT_NOT_APPLIED: list[Fault] = [ResetBefore(), InternalError(), Delay(0.001, ResetBefore())]
IN_DOUBT_APPLIED: list[Fault] = [
    DropReply(),
    InternalError(applied=True),
    Truncate(),
    Truncate(0),
    Truncate(0.99),
    Garble(),
    WrongChecksum(),
]
EVERY = [*NOT_APPLIED, *IN_DOUBT_NOT_APPLIED, *IN_DOUBT_APPLIED]


@pytest.mark.parametrize("fault", EVERY, ids=repr)
async def test_a_put_that_meets_a_fault_is_repeated_and_lands_once(make_shop: MakeShop, fault: Fault) -> None:
    """The first one fails as it is told to, applied or not, and the second one is carried out."""
    shop = await make_shop(faults=[("PutItem", fault)])
    await shop.mapper.put(parcel())
    first, second = shop.seen("PutItem")
    assert (first.fault, first.applied) == (fault, fault in IN_DOUBT_APPLIED)
    assert (second.fault, second.applied, second.status) == (None, True, 200)
    assert await shop.numbers() == [1]


@pytest.mark.parametrize("fault", EVERY, ids=repr)
async def test_a_create_that_meets_a_fault_is_repeated_only_if_it_was_not_applied(
    make_shop: MakeShop, fault: Fault
) -> None:
    """Otherwise its outcome is unknown: the item is there or not, and there was one request."""
    shop = await make_shop(faults=[("PutItem", fault)])
    if fault in NOT_APPLIED:
        await shop.mapper.create(parcel())
        assert len(shop.seen("PutItem")) == 2
    else:
        with pytest.raises(WriteOutcomeUnknown):
            await shop.mapper.create(parcel())
        assert len(shop.seen("PutItem")) == 1
    assert await shop.numbers() == ([] if fault in IN_DOUBT_NOT_APPLIED else [1])


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Throttle(), Throttled),
        (ExpiredCredentials(), AccessDenied),
        (ResetBefore(), ConnectionFailed),
        (DropReply(), ConnectionFailed),
        (Truncate(), ConnectionFailed),
        (InternalError(), ServiceError),
        (Garble(), ReplyCorrupt),
        (WrongChecksum(), ReplyCorrupt),
    ],
    ids=repr,
)
async def test_a_fault_that_stays_is_the_error_it_looks_like(
    make_shop: MakeShop, fault: Fault, error: type[ServiceError]
) -> None:
    """After four attempts, or two with expired credentials."""
    shop = await make_shop(faults=[("GetItem", fault)] * 9)
    with pytest.raises(error) as caught:
        await shop.mapper.get(Parcel, "Ghent", 1)
    assert type(caught.value) is error
    assert len(shop.seen("GetItem")) == (2 if error is AccessDenied else 4)


async def test_throttling_names_the_table_as_the_service_does(make_shop: MakeShop) -> None:
    """With the reason and the resource."""
    shop = await make_shop(faults=[("GetItem", Throttle())] * 4)
    with pytest.raises(Throttled, match="TableReadProvisionedThroughputExceeded of .*table/parcels"):
        await shop.mapper.get(Parcel, "Ghent", 1)


@pytest.mark.parametrize(
    ("part", "first"),
    [
        (0.01, (None, 1)),
        (0.5, (None, 13)),
        (0.96, (None, 24)),
        (1.0, ("ProvisionedThroughputExceededException", 0)),
    ],
)
async def test_what_is_left_of_a_batch_is_written_later(
    make_shop: MakeShop, part: float, first: tuple[str | None, int]
) -> None:
    """The report is complete, and so is the table; of all of it, the service throttles instead."""
    shop = await make_shop(faults=[("BatchWriteItem", Unprocessed(part))] * 3)
    async with shop.mapper.batch_writer(concurrency=1) as writer:
        for number in range(60):
            await writer.put(parcel(number))
    assert (writer.report.accepted, writer.report.written, writer.report.failed) == (60, 60, [])
    assert await shop.numbers() == list(range(60))
    seen = shop.seen("BatchWriteItem")[0]
    assert (seen.code, seen.unprocessed) == first


async def test_keys_that_are_left_of_a_batch_are_read_later(make_shop: MakeShop) -> None:
    """Every key is answered, in its place."""
    shop = await make_shop(faults=[("BatchGetItem", Unprocessed(0.9)), ("BatchGetItem", Unprocessed(0.1))])
    for number in range(0, 20, 2):
        await shop.direct.put(parcel(number))
    found = await shop.mapper.batch_get(Parcel, [("Ghent", number) for number in range(20)])
    assert [one and one.number for one in found] == [n if n % 2 == 0 else None for n in range(20)]
    assert [seen.unprocessed for seen in shop.seen("BatchGetItem")] == [18, 2, 0]


async def test_unprocessed_lets_what_is_no_batch_pass(make_shop: MakeShop) -> None:
    """There is nothing that could be left of it."""
    shop = await make_shop(faults=[("PutItem", Unprocessed(1.0))])
    await shop.mapper.put(parcel())
    assert [seen.applied for seen in shop.seen("PutItem")] == [True]


async def test_a_delay_holds_the_request_up_and_no_other(make_shop: MakeShop) -> None:
    """What is not meant by the step is answered at once."""
    shop = await make_shop(faults=[("PutItem", Delay(0.001))])
    await shop.mapper.put(parcel())
    (seen,) = shop.seen("PutItem")
    assert (seen.fault, seen.applied, seen.status) == (Delay(0.001), True, 200)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Unprocessed(0),
        lambda: Unprocessed(1.1),
        lambda: Truncate(1),
        lambda: Truncate(-0.1),
        lambda: Delay(-1),
    ],
)
def test_a_fault_that_could_not_happen_is_refused(make: Any) -> None:
    """Parts are of 1, and time goes forward."""
    with pytest.raises(ValueError, match="use a number"):
        make()
