"""Many items by their keys, on a table in memory and in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import pytest

from ddbmodel import Attr, CodecError, ExpressionError, Model, ServiceError, Throttled, partition_key
from ddbmodel.mapper.backoff import Backoff
from ddbmodel.mapper.batch_get import batch_get, fetch_items
from ddbmodel.model import plan_of
from tests.unit.mapper.market import Order, Reading, Thing
from tests.unit.mapper.reading_table import Item, ReadingTable
from tests.unit.mapper.virtual_time import run


class Amount(Model, table="amounts"):
    amount: Attr[Decimal] = partition_key()


class Small(Thing, table="small"):
    """A kind of thing."""


def _things(count: int) -> ReadingTable:
    return ReadingTable([Thing(thing_id=str(number)) for number in range(count)], kind=Thing)


def _read(table: ReadingTable, keys: Iterable[Any], *, consistent: bool = False) -> list[Any]:
    return run(batch_get(table.gateway, table.plan.model, keys, consistent=consistent))


def _ids(things: list[Thing | None]) -> list[str | None]:
    return [thing and thing.thing_id for thing in things]


def _sizes(table: ReadingTable) -> list[int]:
    """How many keys each request had."""
    return [len(part["Keys"]) for wire in table.wires for part in wire["RequestItems"].values()]


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250, 1001])
def test_any_number(count: int) -> None:
    """Any number of items come in the order of their keys, up to 100 with one request."""
    table = _things(count)
    keys = [str(number) for number in reversed(range(count))]
    assert _ids(_read(table, keys)) == keys
    assert sum(_sizes(table)) == count
    assert len(table.requests) == -(-count // 100)


def test_missing_and_twice() -> None:
    """There is None where there is no item, and a key that comes twice is asked for once."""
    table = _things(3)
    found = _read(table, ["2", "nothing", "0", "2", "nothing"])
    assert _ids(found) == ["2", None, "0", "2", None]
    assert found[0] is not found[3]
    assert _sizes(table) == [3]


KEYS: list[Any] = [
    [Order.key("c", "1"), Order.key("c", "2")],
    [("c", "1"), ("c", "2")],
    [{"customer_id": "c", "order_id": "1"}, {"order_id": "2", "customer_id": "c"}],
    (Order.key("c", str(number)) for number in (1, 2)),
]


@pytest.mark.parametrize("keys", KEYS)
def test_forms_of_keys(keys: Any) -> None:
    """A key is what `key()` gives, a tuple in order, or a dict of fields; from any iterable."""
    table = ReadingTable([Order(customer_id="c", order_id=text) for text in "12"], kind=Order)
    assert [order.order_id for order in _read(table, keys)] == ["1", "2"]


def test_keys_of_relatives() -> None:
    """A key of a subclass is a key of its base, and the other way round."""
    assert _ids(_read(_things(2), [Small.key("1")])) == ["1"]
    table = ReadingTable([Small(thing_id="1")], kind=Small)
    assert _ids(_read(table, [Thing.key("1")])) == ["1"]


@pytest.mark.parametrize(
    ("kind", "keys", "error"),
    [
        (Thing, [Amount.key(1)], ExpressionError),
        (Thing, ["0", ("0", "1")], ExpressionError),
        (Thing, ["0", {"kind": "a"}], ExpressionError),
        (Thing, [{}], ExpressionError),
        (Thing, [""], CodecError),
        (Thing, [5], CodecError),
        (Thing, [None], CodecError),
        (Order, ["c"], ExpressionError),
        (Order, [["c", "o"]], ExpressionError),
        (Order, [{"customer_id": "c", "oid": "o"}], ExpressionError),
    ],
)
def test_wrong_keys(kind: type[Model], keys: list[Any], error: type[Exception]) -> None:
    """One wrong key is refused, and nothing is sent for the others."""
    table = ReadingTable([], kind=kind)
    with pytest.raises(error):
        _read(table, keys)
    assert table.requests == []


@pytest.mark.parametrize("stored", ["5", "5.0", "5.00", "0.5E1", "5E0", "+5"])
def test_numbers_in_another_form(stored: str) -> None:
    """A number is found by its value, in whatever form it was stored or comes back."""
    table = ReadingTable([Amount(amount=Decimal(5))], kind=Amount)
    table.items = [{"amount": {"N": stored}}]
    assert [found and found.amount for found in _read(table, [5, Decimal("5.0")])] == [5, 5]
    assert _sizes(table) == [1]


def test_bytes_and_numbers() -> None:
    """Keys of every type are told apart."""
    readings = [Reading(sensor=number, code=code) for number in (1, 2) for code in (b"1", b"2")]
    table = ReadingTable(readings, kind=Reading)
    assert _read(table, [(r.sensor, r.code) for r in reversed(readings)]) == readings[::-1]


def test_consistent() -> None:
    """Consistency is asked for in every request, or not at all."""
    table = _things(150)
    _read(table, map(str, range(150)), consistent=True)
    assert [wire["RequestItems"]["things"]["ConsistentRead"] for wire in table.wires] == [True, True]
    _read(table, ["0"])
    assert "ConsistentRead" not in table.wires[2]["RequestItems"]["things"]


# What comes back unprocessed ---------------------------------------------------------------------------


class Pauses:
    """A backoff in virtual time that notes how long it waits; jitter is left out, so it is the longest."""

    def __init__(self, **options: Any) -> None:
        self.seconds: list[float] = []
        self.backoff = Backoff(sleep=self._sleep, jitter=lambda: 1.0, **options)

    async def _sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(seconds)


def _fetch(table: ReadingTable, count: int, pauses: Pauses) -> list[Item | None]:
    keys = [{"thing_id": {"S": str(number)}} for number in range(count)]
    return run(fetch_items(table.gateway, plan_of(Thing), keys, consistent=True, backoff=pauses.backoff))


@pytest.mark.parametrize(
    ("unprocessed", "sizes"),
    [
        (lambda keys: keys[1:], [4, 3, 2, 1]),
        (lambda keys: keys[:-1], [4, 3, 2, 1]),
        (lambda keys: keys[len(keys) // 2 :] if len(keys) > 1 else [], [4, 2, 1]),
    ],
)
def test_unprocessed(unprocessed: Callable[[list[Item]], list[Item]], sizes: list[int]) -> None:
    """Keys that come back unprocessed are asked for again after a pause, in the same way."""
    table, pauses = _things(4), Pauses()
    table.unprocessed = unprocessed
    assert all(item is not None for item in _fetch(table, 4, pauses))
    assert _sizes(table) == sizes
    assert all(wire["RequestItems"]["things"]["ConsistentRead"] for wire in table.wires)
    assert pauses.seconds == [0.1] * (len(sizes) - 1)


def test_pauses_grow() -> None:
    """Pauses grow while nothing comes, and start anew when something does."""
    table, pauses = _things(2), Pauses()
    answers = iter([2, 2, 2, 1, 1, 0])
    table.unprocessed = lambda keys: keys[: next(answers)]
    _fetch(table, 2, pauses)
    assert pauses.seconds == [0.1, 0.2, 0.4, 0.1, 0.2]


@pytest.mark.parametrize("tries_max", [1, 12])
def test_never_processed(tries_max: int) -> None:
    """Keys that are never processed are an error in the end."""
    table, pauses = _things(3), Pauses(tries_max=tries_max)
    table.unprocessed = lambda keys: keys
    with pytest.raises(Throttled, match=f"3 keys stayed unprocessed in {tries_max + 1} tries") as raised:
        _fetch(table, 3, pauses)
    assert (raised.value.operation, raised.value.table) == ("BatchGetItem", "things")
    assert len(table.requests) == tries_max + 1


def test_answers_without_progress() -> None:
    """An answer that brings items and leaves every key unprocessed is no progress."""
    table, pauses = _things(1), Pauses(tries_max=3)

    async def send(request: Any) -> dict[str, Any]:
        table.requests.append((request.name, request.to_wire()))
        keys = [{"thing_id": {"S": "0"}}]
        return {"Responses": {"things": table.items}, "UnprocessedKeys": {"things": {"Keys": keys}}}

    table.send = send  # type: ignore[method-assign]  # an engine that does not behave
    with pytest.raises(Throttled):
        _fetch(table, 1, pauses)
    assert len(table.requests) == 4


# Requests side by side -----------------------------------------------------------------------------------


def test_side_by_side() -> None:
    """Eight requests are under way at most."""
    table = _things(0)
    _read(table, map(str, range(2000)))
    assert table.most_in_flight == 8


@pytest.mark.parametrize("failing", [1, 5])
def test_error(failing: int) -> None:
    """The error of a request is raised as it is, not in a group, and ends the others."""
    table = _things(0)
    count = 0

    def fail(name: str, wire: dict[str, Any]) -> None:
        nonlocal count
        count += 1
        if count >= failing:
            raise ServiceError("broken", operation=name, code="InternalServerError")

    table.faults = fail

    async def check() -> None:
        with pytest.raises(ServiceError, match="^broken$"):
            await batch_get(table.gateway, Thing, map(str, range(2000)), consistent=False)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run(check())
    assert table.in_flight == 0
    assert len(table.requests) < 20


def test_cancelled() -> None:
    """Cancelling it ends its requests."""
    table = _things(0)

    async def check() -> None:
        task = asyncio.create_task(batch_get(table.gateway, Thing, map(str, range(2000)), consistent=False))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run(check())
    assert table.in_flight == 0
