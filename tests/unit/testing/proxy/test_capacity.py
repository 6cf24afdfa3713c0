"""Capacity in the service's numbers, under a clock that the test moves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddbmodel.testing import Call, Capacity
from ddbmodel.testing.proxy.bucket import Bucket
from ddbmodel.testing.proxy.meter import Meter
from ddbmodel.testing.proxy.metering import admit, settle_reads, write_units
from ddbmodel.testing.strict.key_schema import KeySchema
from ddbmodel.testing.strict.refusal import Refused
from tests.unit.testing.proxy.conftest import MakeShop, Parcel, parcel
from tests.unit.testing.strict.requests import (
    SCHEMAS,
    action,
    batch,
    batch_get,
    call,
    get,
    key,
    put,
    transaction,
    update,
)

KB = "x" * 900


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def _spend(meter: Meter, requests: Iterable[Call], schemas: Any = SCHEMAS) -> int:
    """How many of these requests there is capacity for."""
    admitted = 0
    for request in requests:
        try:
            admit(meter, request, request.parts or (), schemas)
        except Refused:
            continue
        admitted += 1
    return admitted


def _puts(count: int, partition: str = "c1") -> list[Call]:
    """Puts of one unit each."""
    return [put({"pk": {"S": partition}, "sk": {"N": str(number)}}) for number in range(count)]


@pytest.mark.parametrize(
    ("request_", "units"),
    [
        (put(key() | {"text": {"S": "x" * 1006}}), 1),
        (put(key() | {"text": {"S": "x" * 1020}}), 2),
        (put(key() | {"text": {"S": "x" * 399_000}}), 390),
        (update(UpdateExpression="SET a = :v", ExpressionAttributeValues={":v": {"S": "x" * 3000}}), 3),
        (call("DeleteItem", TableName="orders", Key=key()), 1),
        (transaction(action("Delete")), 2),
        (transaction(action("ConditionCheck")), 2),
    ],
)
def test_a_write_costs_a_unit_for_each_kilobyte(request_: Call, units: float) -> None:
    """Rounded up, and twice as much in a transaction."""
    (part,) = request_.parts or ()
    assert write_units(request_, part) == units


def test_a_partition_takes_a_thousand_write_units_a_second(clock: Clock) -> None:
    """However much the table has left, and none of it is kept for later."""
    meter = Meter(Capacity(partitions=4), clock)
    assert _spend(meter, _puts(1500)) == 1000
    clock.now += 0.5
    assert _spend(meter, _puts(1500)) == 500
    clock.now += 60
    assert _spend(meter, _puts(1500)) == 1000
    others = {_spend(meter, _puts(1500, f"c{number}")) for number in range(2, 20)}
    assert others == {1000, 0}, "the other partitions have theirs, each once"


def test_partition_keys_are_spread_over_the_partitions(clock: Clock) -> None:
    """By a hash, so a table with more of them takes more of different keys."""
    meter = Meter(Capacity(partitions=4), clock)
    puts = [put({"pk": {"S": f"c{number}"}, "sk": {"N": "1"}}) for number in range(5000)]
    assert _spend(meter, puts) == 4000


def test_a_table_takes_its_quota_and_keeps_what_it_did_not_use(clock: Clock) -> None:
    """For five minutes' worth at most; a second's worth is there at the beginning."""
    meter = Meter(Capacity(write_units=2), clock)
    assert _spend(meter, _puts(1000)) == 2
    clock.now += 10
    assert _spend(meter, _puts(1000)) == 20
    clock.now += 100_000
    assert _spend(meter, _puts(1000)) == 600


def test_a_write_that_is_larger_than_the_bucket_waits_until_it_is_full(clock: Clock) -> None:
    """And leaves a debt, so that the rate is kept."""
    meter = Meter(Capacity(write_units=5, burst_seconds=2), clock)
    large = put(key() | {"text": {"S": "x" * 20_000}})
    assert _spend(meter, [large]) == 0
    clock.now += 1
    assert _spend(meter, [large]) == 1
    clock.now += 2
    assert _spend(meter, _puts(1)) == 0
    clock.now += 0.2
    assert _spend(meter, _puts(9)) == 1


def test_reads_are_paid_when_their_size_is_known(clock: Clock) -> None:
    """A read goes through while anything is left; a consistent one costs a unit for 4 KB, others half."""
    meter = Meter(Capacity(read_units=1), clock)
    read = get(key(), ConsistentRead=True)
    assert _spend(meter, [read]) == 1
    item = key() | {"text": {"S": "x" * 9000}}
    assert settle_reads(meter, read, SCHEMAS, {"Item": item}) == {"orders": 3}
    clock.now += 2
    assert _spend(meter, [read]) == 0
    clock.now += 0.5
    assert _spend(meter, [read]) == 1


@pytest.mark.parametrize(
    ("request_", "reply", "units"),
    [
        (get(key()), {}, {"orders": 0.5}),
        (batch_get(key(1), key(2)), {"Responses": {"orders": [key(1)]}}, {"orders": 0.5}),
        (
            batch_get(key(1), ConsistentRead=True),
            {"Responses": {"orders": [key(1) | {"t": {"S": "x" * 5000}}]}},
            {"orders": 2},
        ),
        (
            call("TransactGetItems", TransactItems=[{"Get": {"TableName": "orders", "Key": key()}}]),
            {"Responses": [{"Item": key()}]},
            {"orders": 2},
        ),
        (call("Query", TableName="orders"), {"Items": [key(1), key(2)]}, {"orders": 1}),
        (call("Scan", TableName="orders"), {"Count": 0}, {}),
    ],
)
def test_reads_cost_what_they_return(
    clock: Clock, request_: Call, reply: dict[str, Any], units: dict[str, float]
) -> None:
    """Item by item, in half units where not consistent."""
    assert settle_reads(Meter(Capacity(), clock), request_, SCHEMAS, reply) == units


def test_a_batch_is_admitted_in_part(clock: Clock) -> None:
    """As much of it as there is capacity for, in order; it is refused when that is nothing."""
    meter = Meter(Capacity(write_units=10), clock)
    request = batch(*map(key, range(25)))
    parts = request.parts or ()
    admission = admit(meter, request, parts, SCHEMAS)
    assert (admission.parts, admission.left) == (parts[:10], parts[10:])
    with pytest.raises(Refused) as caught:
        admit(meter, request, parts, SCHEMAS)
    assert caught.value.code == "ProvisionedThroughputExceededException"


def test_a_transaction_is_admitted_whole_or_not_at_all(clock: Clock) -> None:
    """Its reasons say which actions were short, and what was taken for the others is given back."""
    meter = Meter(Capacity(write_units=5), clock)
    request = transaction(*(action("Put", number) for number in range(3)))
    with pytest.raises(Refused) as caught:
        admit(meter, request, request.parts or (), SCHEMAS)
    assert caught.value.code == "TransactionCanceledException"
    codes = [reason["Code"] for reason in caught.value.members["CancellationReasons"]]
    assert codes == ["None", "None", "ProvisionedThroughputExceeded"]
    assert _spend(meter, _puts(9)) == 5


@pytest.mark.parametrize(
    ("capacity", "request_", "code", "reason"),
    [
        (
            Capacity(write_units=1),
            put(key()),
            "ProvisionedThroughputExceededException",
            "TableWriteProvisionedThroughputExceeded",
        ),
        (
            Capacity(read_units=0.1),
            get(key()),
            "ProvisionedThroughputExceededException",
            "TableReadProvisionedThroughputExceeded",
        ),
        (
            Capacity(partition_write_units=1),
            put(key()),
            "ProvisionedThroughputExceededException",
            "TableWriteKeyRangeThroughputExceeded",
        ),
        (
            Capacity(partition_write_units=1, on_demand=True),
            put(key()),
            "ThrottlingException",
            "TableWriteKeyRangeThroughputExceeded",
        ),
        (
            Capacity(write_units=1, on_demand=True),
            put(key()),
            "ThrottlingException",
            "TableWriteMaxOnDemandThroughputExceeded",
        ),
        (
            Capacity(read_units=0.1),
            call("Scan", TableName="orders"),
            "ProvisionedThroughputExceededException",
            "TableReadProvisionedThroughputExceeded",
        ),
    ],
)
def test_a_shortage_is_told_as_the_service_tells_it(
    clock: Clock, capacity: Capacity, request_: Call, code: str, reason: str
) -> None:
    """By its code, the reason, and the table's ARN; a small letter begins the member of one of them."""
    meter = Meter(capacity, clock)
    meter.take("orders", "Read", None, 1)
    _spend(meter, [put(key())])
    with pytest.raises(Refused) as caught:
        admit(meter, request_, request_.parts or (), SCHEMAS)
    assert caught.value.code == code
    member = "throttlingReasons" if code == "ThrottlingException" else "ThrottlingReasons"
    (told,) = caught.value.members[member]
    assert (told["reason"], told["resource"].rpartition("/")[2]) == (reason, "orders")


def test_a_table_that_is_not_named_takes_everything(clock: Clock) -> None:
    """Capacity by name is of those tables alone."""
    meter = Meter({"others": Capacity(write_units=1)}, clock)
    assert _spend(meter, _puts(2000)) == 2000


def test_a_table_of_unknown_keys_has_its_quota_only(clock: Clock) -> None:
    """Which partition an item would be in cannot be told."""
    assert _spend(Meter(Capacity(write_units=3), clock), _puts(9), {}) == 3
    assert _spend(Meter(Capacity(), clock), _puts(2000), {}) == 2000


def test_a_number_in_a_key_does_not_change_its_partition(clock: Clock) -> None:
    """However it is spelled."""
    schema = {"orders": KeySchema("n", None, {"n": "N"})}
    meter = Meter(Capacity(partitions=1000, partition_write_units=1), clock)
    assert _spend(meter, [put({"n": {"N": text}}) for text in ("1", "1.0", "10E-1", "+1")], schema) == 1


@pytest.mark.parametrize(
    "options",
    [
        {"write_units": 0},
        {"read_units": -1},
        {"partitions": 0},
        {"burst_seconds": 0.5},
        {"partition_read_units": 0},
    ],
)
def test_capacity_that_cannot_be_is_refused(options: dict[str, Any]) -> None:
    """There is no table without any."""
    with pytest.raises(ValueError, match="Capacity"):
        Capacity(**options)


@given(st.lists(st.tuples(st.floats(0, 5), st.integers(1, 50)), max_size=60))
def test_a_bucket_never_gives_more_than_flows_in(demands: list[tuple[float, int]]) -> None:
    """Over any time: what it held at the beginning, what has flowed in since, and one debt at most."""
    bucket, now, taken = Bucket(10, 2, 0.0), 0.0, 0
    for pause, units in demands:
        now += pause
        if bucket.holds(units, now):
            bucket.take(units)
            taken += units
        assert taken <= 10 + 10 * now + 50


async def test_a_batch_comes_back_in_part_and_what_it_used_is_told(make_shop: MakeShop, clock: Clock) -> None:
    """Through the wire: the engine sees what there is capacity for, and the reply tells the rest."""
    shop = await make_shop(capacity=Capacity(write_units=10, read_units=100), clock=clock)
    writes = [{"PutRequest": {"Item": {"town": {"S": "Ghent"}, "number": {"N": str(n)}}}} for n in range(25)]
    async with shop.proxy.client() as client:
        reply = await client.batch_write_item(
            RequestItems={"parcels": writes}, ReturnConsumedCapacity="TOTAL"
        )
    assert reply["UnprocessedItems"] == {"parcels": writes[10:]}
    assert reply["ConsumedCapacity"] == [{"TableName": "parcels", "CapacityUnits": 10.0}]
    assert await shop.numbers() == list(range(10))
    assert (shop.proxy.log[-1].write_units, shop.proxy.log[-1].unprocessed) == (10.0, 15)


async def test_a_writer_gets_everything_into_a_slow_table(make_shop: MakeShop, clock: Clock) -> None:
    """A second for every request: ten units each time, and no more."""
    shop = await make_shop(capacity=Capacity(write_units=10, burst_seconds=1), clock=clock)
    plain = shop.mapper._gateway.transport.send

    async def a_second_later(request: Any) -> Any:
        clock.now += 1
        return await plain(request)

    shop.mapper._gateway.transport.send = a_second_later  # type: ignore[method-assign]
    async with shop.mapper.batch_writer(concurrency=2) as writer:
        for number in range(100):
            await writer.put(parcel(number, KB))
    assert writer.report.written == 100
    assert await shop.numbers() == list(range(100))
    assert max(seen.write_units for seen in shop.seen("BatchWriteItem")) <= 10


async def test_a_read_is_throttled_by_what_came_before(make_shop: MakeShop, clock: Clock) -> None:
    """The debt of a large one is paid before the next one goes through."""
    shop = await make_shop(capacity=Capacity(read_units=1), clock=clock)
    await shop.mapper.put(parcel(1, "x" * 9000))
    async with shop.proxy.client(config=None) as client:
        wanted = {"TableName": "parcels", "Key": {"town": {"S": "Ghent"}, "number": {"N": "1"}}}
        reply = await client.get_item(**wanted, ConsistentRead=True, ReturnConsumedCapacity="INDEXES")
    assert reply["ConsumedCapacity"] == {
        "TableName": "parcels",
        "CapacityUnits": 3.0,
        "Table": {"CapacityUnits": 3.0},
    }
    clock.now += 2.5
    assert await shop.mapper.require(Parcel, "Ghent", 1)
