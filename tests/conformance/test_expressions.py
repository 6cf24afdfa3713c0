"""Expressions on engines: what they select, refuse and change is what they say in Python."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ddbmodel import Attr, ConditionalCheckFailed, Mapper, Model, field, partition_key
from ddbmodel.expressions import Action, Condition
from tests.strategies.examples import examples_of
from tests.unit.expressions import trees
from tests.unit.expressions.trees import Part, Thing, Tree

NOON = datetime(2026, 10, 13, 12, tzinfo=UTC)


def _numbered(things: list[Thing]) -> list[Thing]:
    return [thing.model_copy(update={"key": str(number)}) for number, thing in enumerate(things)]


class Line(Model):
    sku: Attr[str]
    price: Attr[Decimal]
    notes: Attr[list[str]] = field(default_factory=list)


class Address(Model):
    city: Attr[str]
    zip_code: Attr[str | None] = field(default=None, attribute="zip")


class Parcel(Model, table="parcels"):
    parcel_id: Attr[str] = partition_key()
    total: Attr[Decimal] = field(default=Decimal(0))
    count: Attr[int] = field(default=0)
    limit: Attr[int | None] = field(default=None)
    took: Attr[timedelta] = field(default=timedelta())
    note: Attr[str | None] = field(default=None)
    status: Attr[str] = field(default="new", attribute="a.b #n0 :v0")
    blob: Attr[bytes] = field(default=b"")
    placed_at: Attr[datetime | None] = field(default=None)
    tags: Attr[set[str]] = field(default_factory=set)
    sizes: Attr[set[int]] = field(default_factory=set)
    lines: Attr[list[Line]] = field(default_factory=list)
    words: Attr[list[str]] = field(default_factory=list)
    address: Attr[Address | None] = field(default=None)
    labels: Attr[dict[str, str]] = field(default_factory=dict)
    pair: Attr[tuple[int, str] | None] = field(default=None)


FULL = Parcel(
    parcel_id="k",
    total=Decimal("10.5"),
    count=3,
    limit=5,
    took=timedelta(seconds=90),
    note="a note",
    blob=b"\x00\xff",
    placed_at=NOON,
    tags={"x", "y"},
    sizes={1, 2},
    lines=[Line(sku="a", price=Decimal(1)), Line(sku="b", price=Decimal("2.5"), notes=["n"])],
    words=["one", "two"],
    address=Address(city="Bath", zip_code="BA1"),
    labels={"a.b": "dotted", ":v0": "colon", "size": "reserved"},
    pair=(1, "one"),
)
LINE = Line(sku="c", price=Decimal(3))


async def test_filters_select_what_they_say(mapper: Mapper) -> None:
    """Eighty random conditions select the same items as in Python."""
    await mapper.create_table(Thing)
    things = _numbered(examples_of(trees.whole_things, 20))
    async with mapper.batch_writer() as writer:
        for thing in things:
            await writer.put(thing)
    wrong: list[Tree] = []
    for tree in examples_of(trees.trees, 80):
        found = {thing.key async for thing in mapper.scan(Thing).where(tree.condition)}
        if found != {thing.key for thing in things if tree.holds(thing)}:
            wrong.append(tree)
    assert wrong == []


async def _wrong(
    mapper: Mapper, things: list[Thing], cases: list[tuple[Condition, str]]
) -> list[tuple[Condition, str]]:
    """The conditions that do not select the things with these keys, and the keys that they select."""
    await mapper.create_table(Thing)
    for thing in things:
        await mapper.put(thing)
    wrong: list[tuple[Condition, str]] = []
    for condition, keys in cases:
        found = "".join(sorted([thing.key async for thing in mapper.scan(Thing).where(condition)]))
        if found != keys:
            wrong.append((condition, found))
    return wrong


NOTHING, ONE_ONE, ONE_TWO = _numbered([Thing(key="k"), Thing(key="k", a=1, b=1), Thing(key="k", a=1, b=2)])


async def test_a_missing_attribute_makes_a_condition_false(mapper: Mapper) -> None:
    """Comparisons and functions are false of a missing attribute, but for != and not_exists."""
    cases = [
        (Thing.a == 1, "12"),
        (Thing.a != 1, "0"),
        (Thing.a < 5, "12"),
        (~(Thing.a < 5), "0"),
        (Thing.a.between(0, 5), "12"),
        (Thing.a.is_in(1, 2), "12"),
        (Thing.s.begins_with("a"), ""),
        (~Thing.s.contains("a"), "012"),
        (Thing.part.at(Part.n) == 1, ""),
        (Thing.part.at(Part.n).not_exists(), "012"),
        (Thing.items[0].exists(), ""),
    ]
    assert await _wrong(mapper, [NOTHING, ONE_ONE, ONE_TWO], cases) == []


@pytest.mark.behaviour("the size of a missing attribute")
async def test_a_missing_attribute_has_no_size(mapper: Mapper) -> None:
    """What is compared with the size of a missing attribute is false, no error."""
    assert await _wrong(mapper, [NOTHING, ONE_ONE], [(Thing.items.size() >= 0, "")]) == []


@pytest.mark.behaviour("empty text")
async def test_empty_text_is_text(mapper: Mapper) -> None:
    """Empty text is compared as any other."""
    things = _numbered([Thing(key="k", s=""), Thing(key="k", s="a"), Thing(key="k")])
    cases = [(Thing.s == "", "0"), (Thing.s.between("", "Z"), "0"), (Thing.s.is_in("", "b"), "0")]
    assert await _wrong(mapper, things, cases) == []


CONDITIONS: list[tuple[Condition, bool]] = [
    (Parcel.total == Decimal("10.50"), True),
    (Parcel.total > Parcel.count, True),
    (Parcel.total.between(10, 11), True),
    (Parcel.took >= timedelta(minutes=1), True),
    (Parcel.note.begins_with("a "), True),
    (Parcel.blob == b"\x00\xff", True),
    (Parcel.placed_at == NOON, True),
    (Parcel.placed_at.begins_with("2026-10-13T12"), True),
    (Parcel.tags == {"y", "x"}, True),
    (Parcel.tags.contains("x"), True),
    (Parcel.sizes.contains(3), False),
    (Parcel.lines.size() == 2, True),
    (Parcel.lines[1].at(Line.price) == Decimal("2.50"), True),
    (Parcel.lines[1].at(Line.notes)[0] == "n", True),
    (Parcel.lines[2].exists(), False),
    (Parcel.address.at(Address.zip_code) == "BA1", True),
    (Parcel.address.size() == 2, True),
    (Parcel.labels["a.b"] == "dotted", True),
    (Parcel.labels[":v0"].begins_with("col"), True),
    (Parcel.labels["size"].is_in("other", "reserved"), True),
    (Parcel.labels["nope"].not_exists(), True),
    (Parcel.pair[1] == "one", True),
    (Parcel.status == "new", True),
    (Parcel.count.is_in(range(100)), True),
    (Parcel.limit.is_type("N"), True),
    (Parcel.words.contains("two") & ~(Parcel.words.contains("six") | (Parcel.count > 3)), True),
]


async def _holds(mapper: Mapper, condition: Condition) -> bool:
    try:
        await mapper.put(FULL, when=condition)
    except ConditionalCheckFailed:
        return False
    return True


async def test_conditions_of_writes_hold_as_they_say(mapper: Mapper) -> None:
    """A put with a condition happens if and only if the condition is true of the stored item."""
    await mapper.create_table(Parcel)
    await mapper.put(FULL)
    wrong = [
        condition
        for condition, true in CONDITIONS
        if await _holds(mapper, condition) is not true or await _holds(mapper, ~condition) is true
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param(
            Parcel.blob.begins_with(b"\x00"),
            marks=pytest.mark.behaviour("begins_with of bytes"),
            id="begins_with of bytes",
        ),
        pytest.param(
            Parcel.lines.contains(Line(sku="a", price=Decimal("1.0"))),
            marks=pytest.mark.behaviour("maps in lists"),
            id="a map in a list",
        ),
        pytest.param(Parcel.pair == (1, "one"), marks=pytest.mark.behaviour("equal lists"), id="equal lists"),
        pytest.param(
            Parcel.address == Address(city="Bath", zip_code="BA1"),
            marks=pytest.mark.behaviour("equal maps"),
            id="equal maps",
        ),
    ],
)
async def test_conditions_look_into_values(mapper: Mapper, condition: Condition) -> None:
    """Bytes, lists and maps are compared by what they hold."""
    await mapper.create_table(Parcel)
    await mapper.put(FULL)
    assert await _holds(mapper, condition)
    assert not await _holds(mapper, ~condition)


def _with(**changes: Any) -> Parcel:
    return FULL.model_copy(update=changes)


UPDATES: list[tuple[tuple[Action, ...], Parcel]] = [
    ((Parcel.total.set(1),), _with(total=Decimal(1))),
    ((Parcel.total.set(Parcel.total + 5),), _with(total=Decimal("15.5"))),
    ((Parcel.total.set(20 - Parcel.total),), _with(total=Decimal("9.5"))),
    ((Parcel.count.set(Parcel.limit), Parcel.limit.set(Parcel.count)), _with(count=5, limit=3)),
    ((Parcel.count.set_if_not_exists(9), Parcel.note.remove()), _with(note=None)),
    ((Parcel.note.set(None), Parcel.tags.set(set())), _with(note=None, tags=set())),
    ((Parcel.count.add(2), Parcel.total.add(Decimal("-0.5"))), _with(count=5, total=Decimal(10))),
    ((Parcel.took.add(timedelta(seconds=30)),), _with(took=timedelta(minutes=2))),
    ((Parcel.tags.add({"z"}), Parcel.sizes.delete({1})), _with(tags={"x", "y", "z"}, sizes={2})),
    ((Parcel.sizes.delete([1, 2, 3]),), _with(sizes=set())),
    ((Parcel.count.increment(), Parcel.limit.increment(-1, start=None)), _with(count=4, limit=4)),
    ((Parcel.words.append("three", "four"),), _with(words=["one", "two", "three", "four"])),
    ((Parcel.words.prepend(["zero"]),), _with(words=["zero", "one", "two"])),
    ((Parcel.lines.append(LINE),), _with(lines=[*FULL.lines, LINE])),
    ((Parcel.lines[0].remove(),), _with(lines=[FULL.lines[1]])),
    ((Parcel.lines[5].set(LINE),), _with(lines=[*FULL.lines, LINE])),
    (
        (Parcel.lines[0].at(Line.price).add(1), Parcel.lines[0].at(Line.notes).append("m")),
        _with(lines=[Line(sku="a", price=Decimal(2), notes=["m"]), FULL.lines[1]]),
    ),
    (
        (Parcel.address.at(Address.city).set("York"), Parcel.address.at(Address.zip_code).set(None)),
        _with(address=Address(city="York")),
    ),
    (
        (Parcel.labels["a.b"].remove(), Parcel.labels["#n0"].set("sharp"), Parcel.labels["size"].set("x")),
        _with(labels={":v0": "colon", "size": "x", "#n0": "sharp"}),
    ),
    ((Parcel.status.set("paid"), Parcel.pair[1].set("uno")), _with(status="paid", pair=(1, "uno"))),
]


async def test_updates_change_what_they_say(mapper: Mapper) -> None:
    """Every action gives the item that it gives in Python, and leaves the rest alone."""
    await mapper.create_table(Parcel)
    wrong: list[tuple[Action, ...]] = []
    for actions, expected in UPDATES:
        await mapper.put(FULL)
        if await mapper.update(FULL, *actions) != expected or await mapper.get(Parcel, "k") != expected:
            wrong.append(actions)
    assert wrong == []


FROM_NOTHING: list[tuple[Action, Callable[[Parcel], bool]]] = [
    (Parcel.count.add(2), lambda parcel: parcel.count == 2),
    (Parcel.tags.add({"x"}), lambda parcel: parcel.tags == {"x"}),
    (Parcel.count.increment(2, start=5), lambda parcel: parcel.count == 7),
    (Parcel.words.append("a"), lambda parcel: parcel.words == ["a"]),
    (Parcel.words.prepend([]), lambda parcel: parcel.words == []),
    (Parcel.total.set_if_not_exists(7), lambda parcel: parcel.total == 7),
    (Parcel.tags.delete({"x"}), lambda parcel: parcel.tags == set()),
    (Parcel.note.remove(), lambda parcel: parcel.note is None),
]


async def test_updates_start_from_nothing(mapper: Mapper) -> None:
    """Counters start from 0 or `start`, sets and lists from empty, where the item or attribute is missing."""
    await mapper.create_table(Parcel)
    wrong = [
        action
        for number, (action, expected) in enumerate(FROM_NOTHING)
        if not expected(await mapper.update(Parcel.key(f"new {number}"), action, upsert=True))
    ]
    assert wrong == []
