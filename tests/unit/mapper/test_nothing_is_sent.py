"""What is invalid is refused before a request is sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from ddbmodel import (
    Attr,
    CodecError,
    Condition,
    DDBModelError,
    ExpressionError,
    GlobalIndex,
    InvalidCursor,
    ItemTooLarge,
    Mapper,
    Model,
    ModelDefinitionError,
    NoAccessPath,
    Query,
    field,
    partition_key,
    sort_key,
)
from ddbmodel.transport import Statistics

SECRET = "s3cr3t-value"


class Order(Model, table="orders"):
    customer_id: Attr[str] = partition_key()
    order_id: Attr[str] = sort_key()
    status: Attr[str] = field(default="pending")
    total: Attr[Decimal] = field(default=Decimal(0))
    placed_at: Attr[datetime] = field(default=datetime(2026, 1, 1, tzinfo=UTC))
    note: Attr[str | None] = field(default=None)
    tags: Attr[set[str]] = field(default_factory=set)
    words: Attr[list[str]] = field(default_factory=list)
    anything: Any = None

    by_status = GlobalIndex(partition_key="status", sort_key="placed_at")


class Other(Model, table="others"):
    key_id: Attr[str] = partition_key()
    status: Attr[str]


class Part(Model):
    name: Attr[str]


KEY = Order.key("c", "o")


def _order(**changes: Any) -> Order:
    return Order(customer_id="c", order_id="o").model_copy(update=changes)


def _nested(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


async def _write(mapper: Mapper, *targets: Any) -> None:
    async with mapper.batch_writer() as writer:
        for target in targets:
            await writer.put(target)


def _query(mapper: Mapper, *conditions: Condition) -> Query[Order]:
    return mapper.query(Order).where(*conditions)


IN_C = Order.customer_id == "c"

Call = Callable[[Mapper], Awaitable[Any]]

REFUSED: list[tuple[str, type[DDBModelError], Call]] = [
    ("39 digits", CodecError, lambda m: m.put(_order(total=Decimal("1" * 39)))),
    ("1E126", CodecError, lambda m: m.put(_order(total=Decimal("1E126")))),
    ("1E-131", CodecError, lambda m: m.put(_order(total=Decimal("1E-131")))),
    ("NaN", CodecError, lambda m: m.put(_order(total=Decimal("NaN")))),
    ("infinity", CodecError, lambda m: m.put(_order(total=Decimal("Infinity")))),
    ("a naive datetime", CodecError, lambda m: m.put(_order(placed_at=datetime(2026, 1, 1)))),  # noqa: DTZ001
    ("half a surrogate pair", CodecError, lambda m: m.put(_order(note="\ud800"))),
    ("text for a number", CodecError, lambda m: m.put(_order(total=SECRET))),
    ("a date without a type", CodecError, lambda m: m.put(_order(anything=datetime(2026, 1, 1, tzinfo=UTC)))),
    ("an empty map key", CodecError, lambda m: m.put(_order(anything={"": 1}))),
    ("33 levels", CodecError, lambda m: m.put(_order(anything=_nested(33)))),
    ("an empty partition key", CodecError, lambda m: m.put(_order(customer_id=""))),
    ("an empty sort key", CodecError, lambda m: m.create(_order(order_id=""))),
    ("a partition key of 2,049 bytes", CodecError, lambda m: m.put(_order(customer_id="x" * 2049))),
    ("a sort key of 1,025 bytes", CodecError, lambda m: m.put(_order(order_id="x" * 1025))),
    ("an empty index key", CodecError, lambda m: m.put(_order(status=""))),
    ("over 400 KB", ItemTooLarge, lambda m: m.put(_order(note="x" * 409_600))),
    ("over 400 KB in a batch", ItemTooLarge, lambda m: _write(m, _order(note="x" * 409_600))),
    ("a bad number in a batch", CodecError, lambda m: _write(m, _order(total=Decimal("NaN")))),
    ("too few key values", ExpressionError, lambda m: m.get(Order, "c")),
    ("too many key values", ExpressionError, lambda m: m.get(Order, "c", "o", "x")),
    ("an unknown key field", ExpressionError, lambda m: m.get(Order, customer_id="c", total=1)),
    ("a key of another type", CodecError, lambda m: m.get(Order, "c", 5)),
    ("an empty key", CodecError, lambda m: m.get(Order, "", "o")),
    ("a bad key in a batch", CodecError, lambda m: m.batch_get(Order, [("c", "o"), ("c", 5)])),
    ("no action", ExpressionError, lambda m: m.update(KEY)),
    ("overlapping actions", ExpressionError, lambda m: m.update(KEY, Order.total.add(1), Order.total.set(1))),
    ("a change of the key", ExpressionError, lambda m: m.update(KEY, Order.order_id.set("p"))),
    ("an empty key of an index", ExpressionError, lambda m: m.update(KEY, Order.status.set(""))),
    ("an action of another model", ExpressionError, lambda m: m.update(KEY, Other.status.set("x"))),
    ("an action of 39 digits", ExpressionError, lambda m: m.update(KEY, Order.total.add(10**39 + 1))),
    ("removal of nothing from a set", ExpressionError, lambda m: m.update(KEY, Order.tags.delete(set()))),
    ("nothing to append", ExpressionError, lambda m: m.update(KEY, Order.words.append())),
    ("a path of another model", ExpressionError, lambda m: m.put(_order(), when=Other.status == "x")),
    ("a part's path alone", ExpressionError, lambda m: m.put(_order(), when=Part.name == "x")),
    ("no condition", ExpressionError, lambda m: m.put(_order(), when=True)),  # type: ignore[arg-type]
    ("equal to None", ExpressionError, lambda m: m.delete(KEY, when=Order.note == None)),  # noqa: E711
    ("one of none", ExpressionError, lambda m: m.delete(KEY, when=Order.status.is_in([]))),
    ("one of 101", ExpressionError, lambda m: m.delete(KEY, when=Order.total.is_in(range(101)))),
    ("reversed bounds", ExpressionError, lambda m: m.delete(KEY, when=Order.total.between(5, 1))),
    ("no partition key", NoAccessPath, lambda m: _query(m, Order.total > 1).all()),
    ("a partition key by <", NoAccessPath, lambda m: _query(m, Order.customer_id < "c").all()),
    ("a key in an or", NoAccessPath, lambda m: _query(m, IN_C | (Order.total > 1)).all()),
    ("a filter on the sort key", NoAccessPath, lambda m: _query(m, IN_C, Order.order_id != "o").all()),
    ("a consistent global index", NoAccessPath, lambda m: _query(m, Order.status == "x").consistent().all()),
    ("an empty key in a query", ExpressionError, lambda m: _query(m, Order.customer_id == "").all()),
    ("a limit of 0", ExpressionError, lambda m: _query(m, IN_C).limit(0).all()),
    ("a page size of 0", ExpressionError, lambda m: _query(m, IN_C).page(size=0)),
    ("no token", InvalidCursor, lambda m: _query(m, IN_C).page(size=1, after="?")),
    ("no token back", InvalidCursor, lambda m: _query(m, IN_C).page(size=1, before="?")),
    ("two tokens", ExpressionError, lambda m: _query(m, IN_C).page(size=1, after="?", before="?")),
    ("an empty scope", ExpressionError, lambda m: _query(m, IN_C).page(size=1, scope="")),
    ("0 segments", ExpressionError, lambda m: m.scan(Order, segments=0).all()),
    ("nothing selected", ExpressionError, lambda m: m.scan(Order).select().all()),
    ("a part without a table", ModelDefinitionError, lambda m: m.put(Part(name="x"))),
    ("no concurrency", ExpressionError, lambda m: m.batch_writer(concurrency=0).put(_order())),
]  # fmt: skip


class Recorder:
    """A transport that only counts."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.statistics = Statistics()

    async def send(self, request: Any) -> dict[str, Any]:
        self.sent.append(request.name)
        return {}

    async def close(self) -> None:
        pass


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def mapper(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> Mapper:
    """A mapper over a transport that records what is sent."""
    monkeypatch.setattr("ddbmodel.mapper.mapper.attach", lambda client, lane: recorder)
    return Mapper(object())


@pytest.mark.parametrize(("error", "call"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
async def test_it_is_refused_and_nothing_is_sent(
    mapper: Mapper, recorder: Recorder, error: type[DDBModelError], call: Call
) -> None:
    """The error is of the class that says what it is, its message has no value, and no request left."""
    with pytest.raises(error) as refusal:
        await call(mapper)
    assert SECRET not in str(refusal.value)
    assert recorder.sent == []


async def test_the_largest_item_and_keys_are_sent(mapper: Mapper, recorder: Recorder) -> None:
    """The limits themselves are allowed: 400 KB, 2,048 and 1,024 bytes, 38 digits, 32 levels."""
    await mapper.put(_order(customer_id="x" * 2048, order_id="y" * 1024, total=Decimal("9" * 38)))
    await mapper.put(_order(anything=_nested(32)))
    small = _order(note="")
    room = 409_600 - _size(small)
    await mapper.put(_order(note="x" * room))
    with pytest.raises(ItemTooLarge):
        await mapper.put(_order(note="x" * (room + 1)))
    assert recorder.sent == ["PutItem"] * 3


def _size(order: Order) -> int:
    from ddbmodel.codec.sizes import item_size_bytes
    from ddbmodel.model import plan_of

    return item_size_bytes(plan_of(Order).encode(order))
