"""Updates on every engine: each action, what they leave behind, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from ddbmodel import (
    Action,
    Attr,
    CodecError,
    ConditionalCheckFailed,
    EpochSeconds,
    GlobalIndex,
    ItemNotFound,
    LocalIndex,
    Mapper,
    Model,
    RequestRefused,
    field,
    partition_key,
    sort_key,
)
from tests.engines.engine import Engine

NOON = datetime(2026, 10, 13, 12, tzinfo=UTC)


class Address(Model):
    city: Attr[str]
    zip_code: Attr[str] = field(attribute="zip", default="")


class Line(Model):
    sku: Attr[str]
    amount: Attr[int] = field(default=1)


class Order(Model, table="orders"):
    customer: Attr[str] = partition_key(attribute="pk")
    number: Attr[int] = sort_key(attribute="sk")
    status: Attr[str] = field(default="open")
    total: Attr[Decimal] = field(default=Decimal(0))
    size: Attr[int] = field(default=0)
    weight: Attr[float] = field(default=0.0)
    note: Attr[str | None] = field(default=None, attribute="remark")
    due: Attr[datetime | None] = field(default=None, stored_as=EpochSeconds)
    blob: Attr[bytes] = field(default=b"")
    paid: Attr[bool] = field(default=False)
    tags: Attr[set[str]] = field(default_factory=set)
    marks: Attr[set[int]] = field(default_factory=set)
    words: Attr[list[str]] = field(default_factory=list)
    lines: Attr[list[Line]] = field(default_factory=list)
    address: Attr[Address | None] = field(default=None)
    counts: Attr[dict[str, int]] = field(default_factory=dict)
    region: Attr[str | None] = field(default=None)

    by_status = GlobalIndex(partition_key="status", sort_key="total")
    by_region = GlobalIndex(partition_key="region")
    by_size = LocalIndex(sort_key="size")


class Counter(Model, table="counters"):
    name: Attr[str] = partition_key()
    hits: Attr[int] = field(default=0)
    seen: Attr[set[str]] = field(default_factory=set)


class Account(Model, table="accounts"):
    iban: Attr[str] = partition_key()
    holder: Attr[str]
    balance: Attr[Decimal]
    limit: Attr[Decimal] = field(default=Decimal(0))


KEY = Order.key("ann", 1)
BARE = Order.key("bare", 1)
ORDER = Order(
    customer="ann",
    number=1,
    total=Decimal("10.5"),
    size=3,
    note="old",
    tags={"a", "b"},
    marks={1, 2},
    words=["one", "two"],
    lines=[Line(sku="lamp"), Line(sku="bulb", amount=4)],
    address=Address(city="Ulm", zip_code="89073"),
    counts={"seen": 1, "a.b": 2},
    region="south",
)


@pytest.fixture
async def orders(mapper: Mapper) -> Mapper:
    """A mapper with one order."""
    await mapper.create_table(Order)
    await mapper.put(ORDER)
    return mapper


# Actions ------------------------------------------------------------------------------------------------------

ACTIONS: list[tuple[str, Sequence[Action], dict[str, Any]]] = [
    ("set text", [Order.status.set("paid")], {"status": "paid"}),
    ("set a number", [Order.total.set(Decimal("0.1"))], {"total": Decimal("0.1")}),
    ("set a float", [Order.weight.set(0.1)], {"weight": 0.1}),
    ("set bytes", [Order.blob.set(b"\x00\xff")], {"blob": b"\x00\xff"}),
    ("set a bool", [Order.paid.set(True)], {"paid": True}),
    ("set a datetime", [Order.due.set(NOON)], {"due": NOON}),
    ("set an empty text", [Order.note.set("")], {"note": ""}),
    ("set None", [Order.note.set(None)], {"note": None}),
    ("set a set", [Order.tags.set({"z"})], {"tags": {"z"}}),
    ("set an empty set", [Order.tags.set(set())], {"tags": set()}),
    ("set a list", [Order.words.set([])], {"words": []}),
    ("set a part", [Order.address.set(Address(city="Bonn"))], {"address": Address(city="Bonn")}),
    ("set a map", [Order.counts.set({"x": 1})], {"counts": {"x": 1}}),
    ("set to a path", [Order.note.set(Order.status)], {"note": "open"}),
    ("set to a sum", [Order.total.set(Order.total + Decimal("0.5"))], {"total": Decimal(11)}),
    ("set to a difference", [Order.size.set(Order.size - 5)], {"size": -2}),
    ("swap", [Order.note.set(Order.status), Order.status.set(Order.note)], {"note": "open", "status": "old"}),
    ("set if missing, there", [Order.note.set_if_not_exists("new")], {}),
    ("set if missing", [Order.due.set_if_not_exists(NOON)], {"due": NOON}),
    ("add to a number", [Order.size.add(2)], {"size": 5}),
    ("add to a Decimal", [Order.total.add(Decimal("-0.5"))], {"total": Decimal(10)}),
    ("add to a set", [Order.tags.add({"b", "c"})], {"tags": {"a", "b", "c"}}),
    ("add to a set of numbers", [Order.marks.add([2, 3])], {"marks": {1, 2, 3}}),
    ("increment", [Order.size.increment()], {"size": 4}),
    ("increment by", [Order.size.increment(7, start=100)], {"size": 10}),
    ("append", [Order.words.append("three")], {"words": ["one", "two", "three"]}),
    ("append several", [Order.words.append(["x", "y"])], {"words": ["one", "two", "x", "y"]}),
    ("prepend", [Order.words.prepend("zero")], {"words": ["zero", "one", "two"]}),
    ("append a part", [Order.lines.append(Line(sku="x"))], {"lines": [*ORDER.lines, Line(sku="x")]}),
    ("delete members", [Order.tags.delete({"a", "x"})], {"tags": {"b"}}),
    ("delete all members", [Order.tags.delete({"a", "b"})], {"tags": set()}),
    ("remove", [Order.note.remove()], {"note": None}),
    ("remove an element", [Order.words[0].remove()], {"words": ["two"]}),
    ("set an element", [Order.words[1].set("2")], {"words": ["one", "2"]}),
    ("set past the end", [Order.words[9].set("nine")], {"words": ["one", "two", "nine"]}),
    (
        "set in a part",
        [Order.address.at(Address.city).set("Bonn"), Order.address.at(Address.zip_code).set("53111")],
        {"address": Address(city="Bonn", zip_code="53111")},
    ),
    (
        "add in an element's part",
        [Order.lines[1].at(Line.amount).add(6)],
        {"lines": [Line(sku="lamp"), Line(sku="bulb", amount=10)]},
    ),
    ("add in a map", [Order.counts["seen"].add(1)], {"counts": {"seen": 2, "a.b": 2}}),
    ("a map's odd key", [Order.counts["a.b"].set(9)], {"counts": {"seen": 1, "a.b": 9}}),
    ("a map's new key", [Order.counts["new key"].add(5)], {"counts": {"seen": 1, "a.b": 2, "new key": 5}}),
    ("remove in a map", [Order.counts["a.b"].remove()], {"counts": {"seen": 1}}),
    (
        "all clauses at once",
        [Order.status.set("x"), Order.note.remove(), Order.size.add(1), Order.tags.delete({"a"})],
        {"status": "x", "note": None, "size": 4, "tags": {"b"}},
    ),
]


@pytest.mark.parametrize(("actions", "changes"), [a[1:] for a in ACTIONS], ids=[a[0] for a in ACTIONS])
async def test_actions(orders: Mapper, actions: Sequence[Action], changes: dict[str, Any]) -> None:
    """An update changes what its actions say and nothing else, and returns what is stored."""
    updated = await orders.update(KEY, *actions)
    assert updated == ORDER.model_copy(update=changes)
    assert await orders.require(Order, "ann", 1) == updated


ON_NOTHING: list[tuple[str, Sequence[Action], dict[str, Any]]] = [
    ("add starts from 0", [Order.size.add(2)], {"size": 2}),
    ("increment starts from 0", [Order.size.increment(2)], {"size": 2}),
    ("increment starts where it is told to", [Order.size.increment(2, start=10)], {"size": 12}),
    ("append starts empty", [Order.words.append("a")], {"words": ["a"]}),
    ("prepend starts empty", [Order.words.prepend(["a", "b"])], {"words": ["a", "b"]}),
    ("a set starts empty", [Order.tags.add({"a"})], {"tags": {"a"}}),
    ("deleting members of nothing", [Order.tags.delete({"a"})], {}),
    ("removing nothing", [Order.note.remove()], {}),
    ("setting None", [Order.note.set(None), Order.status.set("x")], {"status": "x"}),
]  # fmt: skip


@pytest.mark.parametrize(("actions", "changes"), [a[1:] for a in ON_NOTHING], ids=[a[0] for a in ON_NOTHING])
async def test_actions_on_nothing(orders: Mapper, actions: Sequence[Action], changes: dict[str, Any]) -> None:
    """A model whose fields all have defaults is created by an update, with `upsert` or without."""
    expected = Order(customer="new", number=1).model_copy(update=changes)
    assert await orders.update(Order.key("new", 1), *actions, upsert=True) == expected
    assert await orders.update(expected.model_copy(update={"number": 2}), *actions) == expected.model_copy(
        update={"number": 2}
    )
    assert await orders.require(Order, "new", 1) == expected


async def test_attributes_that_the_model_does_not_know_stay(
    engine: Engine, orders: Mapper, table_prefix: str
) -> None:
    """An update leaves alone what it does not name."""
    name, key = f"{table_prefix}orders", {"pk": {"S": "ann"}, "sk": {"N": "1"}}
    async with engine.client() as client:
        await client.update_item(
            TableName=name,
            Key=key,
            UpdateExpression="SET x = :x",
            ExpressionAttributeValues={":x": {"S": "y"}},
        )
        await orders.update(KEY, Order.size.add(1))
        assert (await client.get_item(TableName=name, Key=key))["Item"]["x"] == {"S": "y"}


# Indexes ------------------------------------------------------------------------------------------------------


async def test_every_index_stays_true(orders: Mapper) -> None:
    """An item is found under its new index keys, and no longer under the old ones."""
    before = orders.query(Order).where(Order.status == "open", Order.total > 0)
    after = orders.query(Order).where(Order.status == "paid", Order.total == 99)
    local = orders.query(Order).where(Order.customer == "ann", Order.size == 30).consistent()
    region = orders.query(Order).where(Order.region == "south")
    assert [await q.count() for q in (before, after, local, region)] == [1, 0, 0, 1]
    updated = await orders.update(
        KEY, Order.status.set("paid"), Order.total.set(Decimal(99)), Order.size.set(30), Order.region.remove()
    )
    assert [await q.count() for q in (before, after, local, region)] == [0, 1, 1, 0]
    assert await after.all() == await local.all() == [updated]
    await orders.update(KEY, Order.region.set("north"))
    assert await orders.query(Order).where(Order.region == "north").count() == 1


# Missing items ------------------------------------------------------------------------------------------------

BALANCE = Account.balance.set(Decimal(5))
HOLDER = Account.holder.set("ann")


@pytest.mark.parametrize(
    ("actions", "upsert", "created"),
    [
        pytest.param([BALANCE, HOLDER], None, True, id="all required fields"),
        pytest.param(
            [Account.balance.add(5), Account.holder.set_if_not_exists("ann")], None, True, id="by add"
        ),
        pytest.param([BALANCE], None, False, id="one is missing"),
        pytest.param([BALANCE, Account.holder.set(Account.holder)], None, False, id="one from itself"),
        pytest.param([BALANCE, HOLDER], False, False, id="forbidden"),
        pytest.param([BALANCE, HOLDER], True, True, id="forced"),
    ],
)
async def test_a_missing_item_is_created_only_if_it_can_be_read(
    mapper: Mapper, actions: Sequence[Action], upsert: bool | None, created: bool
) -> None:
    """Without every required field there is `ItemNotFound`, and nothing is written."""
    await mapper.create_table(Account)
    key = Account.key("DE1")
    if created:
        account = await mapper.update(key, *actions, upsert=upsert)
        assert account == Account(iban="DE1", holder="ann", balance=Decimal(5))
        assert await mapper.get(key) == account
    else:
        with pytest.raises(ItemNotFound, match=r"^update Account: .*create it, or pass upsert=True"):
            await mapper.update(key, *actions, upsert=upsert)
        assert await mapper.get(key) is None


async def test_an_item_that_is_there_needs_no_required_field(mapper: Mapper) -> None:
    """`upsert` says nothing about items that are there."""
    await mapper.create_table(Account)
    await mapper.put(Account(iban="DE1", holder="ann", balance=Decimal(5)))
    for upsert in (None, True, False):
        await mapper.update(Account.key("DE1"), Account.limit.add(1), upsert=upsert)
    assert (await mapper.require(Account, "DE1")).limit == 3


async def test_a_forced_upsert_of_half_an_item_says_that_it_was_written(mapper: Mapper) -> None:
    """What is stored then is none of the model, which is an error that says so."""
    await mapper.create_table(Account)
    with pytest.raises(CodecError, match=r"^Account at \$\.") as unreadable:
        await mapper.update(Account.key("DE1"), BALANCE, upsert=True)
    assert "the update has been written" in unreadable.value.__notes__[0]


async def test_counters_need_no_ceremony(mapper: Mapper) -> None:
    """Where every field has a default, the first update creates the item."""
    await mapper.create_table(Counter)
    for _ in range(3):
        counter = await mapper.update(Counter.key("home"), Counter.hits.add(1), Counter.seen.add({"ann"}))
    assert counter == Counter(name="home", hits=3, seen={"ann"})
    with pytest.raises(ConditionalCheckFailed):
        await mapper.update(counter, Counter.hits.add(1), when=Counter.hits < 3)


# Refused by the service ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda m: m.update(BARE, Order.address.at(Address.city).set("x")), id="in a part"),
        pytest.param(lambda m: m.update(BARE, Order.counts["a"].set(1)), id="in a map"),
        pytest.param(lambda m: m.update(BARE, Order.lines[0].at(Line.sku).set("x")), id="in an element"),
    ],
)
async def test_a_parent_that_is_not_there_is_explained(
    mapper: Mapper, write: Callable[[Mapper], Any]
) -> None:
    """A nested path into nothing is refused, and the error names the field to set first."""
    await mapper.create_table(Order)
    await mapper.update(BARE, Order.size.add(1))
    with pytest.raises(
        RequestRefused, match=r"has no map or list that Order\.\w+.* leads into\. .*set Order\.\w+ as a whole"
    ) as refusal:
        await write(mapper)
    assert refusal.value.code == "ValidationException"
    assert refusal.value.operation == "UpdateItem"
    assert refusal.value.table is not None


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda m: m.update(BARE, Order.total.set(Order.total + 1)), id="a sum"),
        pytest.param(lambda m: m.update(BARE, Order.total.increment(1, start=None)), id="an increment"),
        pytest.param(lambda m: m.update(BARE, Order.note.set(Order.status)), id="another path"),
    ],
)
async def test_an_operand_that_is_not_there_is_explained(
    mapper: Mapper, write: Callable[[Mapper], Any]
) -> None:
    """Computing from a missing attribute is refused, and the error names it and the remedy."""
    await mapper.create_table(Order)
    await mapper.update(BARE, Order.size.add(1))
    with pytest.raises(RequestRefused, match=r"computed from \(Order\.\w+\).*start="):
        await write(mapper)
