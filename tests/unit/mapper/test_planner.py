"""Which key or index serves a query, and what it is refused for. Nothing here does I/O."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ConfigDict, model_serializer

from ddbmodel import (
    Attr,
    ExpressionError,
    GlobalIndex,
    LocalIndex,
    Model,
    NoAccessPath,
    field,
    partition_key,
    sort_key,
)
from ddbmodel.expressions import Condition
from ddbmodel.mapper.access import Access, Wish
from ddbmodel.mapper.explanation import explain
from ddbmodel.mapper.planner import choose, for_scan
from ddbmodel.model import plan_of
from tests.unit.mapper.market import NOON, Match, Order, Reading, Thing


def _choose(model: type[Model], *conditions: Condition, **wish: Any) -> Access:
    return choose(plan_of(model), conditions, Wish(**{"hydrate": True, **wish}))


def _shown(access: Access) -> tuple[str, str | None, str | None]:
    """The path, the key condition and the filter."""
    explained = explain("Query", access, {"TableName": "t"})
    return explained.index or "", explained.key_condition, explained.filter


C = Order.customer_id == "c"
LATER = NOON + timedelta(hours=1)

CHOICES: list[tuple[type[Model], list[Condition], tuple[str, str, str | None]]] = [
    # equality on the partition key is enough
    (Order, [C], ("", "customer_id = :v0", None)),
    (Thing, [Thing.thing_id == "t"], ("", "thing_id = :v0", None)),
    (Order, [Order.status == "new"], ("by_status", "st = :v0", None)),
    (Order, [Order.note == "n"], ("by_note", "note = :v0", None)),
    # the sort key absorbs what it can, the rest is a filter
    (Order, [C, Order.order_id == "o"], ("", "customer_id = :v0 AND order_id = :v1", None)),
    (Order, [Order.order_id > "o", C], ("", "customer_id = :v0 AND order_id > :v1", None)),
    (
        Order,
        [C, Order.order_id.begins_with("o")],
        ("", "customer_id = :v0 AND begins_with(order_id, :v1)", None),
    ),
    (Order, [C, Order.total > 3], ("", "customer_id = :v0", "total > :v1")),
    (
        Order,
        [Order.total > 3, C & Order.order_id.between("a", "b") & (Order.count != 1)],
        ("", "customer_id = :v0 AND (order_id BETWEEN :v1 AND :v2)", "total > :v3 AND count <> :v4"),
    ),
    # the one that absorbs most wins
    (Order, [C, Order.day == "d"], ("by_day", "customer_id = :v0 AND day = :v1", None)),
    (
        Order,
        [C, Order.day >= "d", Order.total > 1],
        ("by_day", "customer_id = :v0 AND day >= :v1", "total > :v2"),
    ),
    (
        Order,
        [C, Order.status == "new", Order.placed_at > NOON],
        ("by_status", "st = :v0 AND placed_at > :v1", "customer_id = :v2"),
    ),
    # ties go to the primary key, then to the order of declaration
    (Order, [C, Order.status == "new"], ("", "customer_id = :v0", "st = :v1")),
    (
        Order,
        [C, Order.order_id == "o", Order.day == "d"],
        ("", "customer_id = :v0 AND order_id = :v1", "day = :v2"),
    ),
    (
        Order,
        [Order.status == "new", Order.note == "n", Order.placed_at < NOON],
        ("by_status", "st = :v0 AND placed_at < :v1", "note = :v2"),
    ),
    (Order, [Order.note == "n", Order.status == "new"], ("by_status", "st = :v0", "note = :v1")),
    # two ends become one condition
    (
        Order,
        [Order.status == "new", Order.placed_at >= NOON, Order.placed_at < LATER],
        ("by_status", "st = :v0 AND (placed_at BETWEEN :v1 AND :v2)", None),
    ),
    (
        Order,
        [C, Order.order_id > "a", Order.order_id >= "b"],
        ("", "customer_id = :v0 AND order_id >= :v1", None),
    ),
    (Order, [C, C, Order.customer_id >= "a"], ("", "customer_id = :v0", None)),
    # OR and NOT stay together in the filter
    (
        Order,
        [C, (Order.total > 3) | (Order.status == "new")],
        ("", "customer_id = :v0", "total > :v1 OR st = :v2"),
    ),
    (Order, [C, ~(Order.total > 3)], ("", "customer_id = :v0", "NOT total > :v1")),
    (
        Order,
        [Order.status == "new", (Order.customer_id == "c") | (Order.order_id == "o")],
        ("by_status", "st = :v0", "customer_id = :v1 OR order_id = :v2"),
    ),
    # keys that are not text, constants on the left
    (Reading, [5 == Reading.sensor], ("", "sensor = :v0", None)),
    (Reading, [Reading.sensor == 5, b"a" < Reading.code], ("", "sensor = :v0 AND code > :v1", None)),
    # several attributes: all of the partition key, the sort key from left to right
    (
        Match,
        [Match.region == "west", Match.country == "ie"],
        ("by_place", "country = :v0 AND region = :v1", None),
    ),
    (
        Match,
        [Match.country == "ie", Match.region == "w", Match.league == "a", Match.season >= 3],
        ("by_place", "country = :v0 AND region = :v1 AND league = :v2 AND season >= :v3", None),
    ),
    (
        Match,
        [
            Match.game.begins_with("g"),
            Match.season == 3,
            Match.league == "a",
            Match.region == "w",
            Match.country == "ie",
        ],
        (
            "by_place",
            "country = :v0 AND region = :v1 AND league = :v2 AND season = :v3 AND begins_with(game, :v4)",
            None,
        ),
    ),
]


@pytest.mark.parametrize(("model", "conditions", "expected"), CHOICES)
def test_choice(model: type[Model], conditions: list[Condition], expected: Any) -> None:
    """The conditions are split as said, for the path that serves best."""
    assert _shown(_choose(model, *conditions)) == expected


def test_one_conjunction_or_several() -> None:
    """It does not matter whether conditions are joined by & or given one by one."""
    one, two, three = C, Order.order_id == "o", Order.total > 3
    together = _shown(_choose(Order, one & two & three))
    assert together == _shown(_choose(Order, one, two, three)) == _shown(_choose(Order, one & (two & three)))


REFUSALS: list[tuple[type[Model], list[Condition], str, str]] = [
    (Order, [], "the primary key", "needs == on customer_id"),
    (Order, [Order.total > 3], "index by_status", "needs == on status"),
    (Order, [Order.customer_id > "c"], "the primary key", "needs == on customer_id"),
    (Order, [Order.customer_id.begins_with("c")], "the primary key", "needs == on customer_id"),
    (Order, [Order.customer_id.is_in("c", "d")], "the primary key", "needs == on customer_id"),
    (Order, [Order.customer_id != "c"], "the primary key", "needs == on customer_id"),
    (Order, [C | (Order.customer_id == "d")], "the primary key", "needs == on customer_id"),
    (Order, [~C], "the primary key", "needs == on customer_id"),
    (Order, [Order.customer_id == Order.order_id], "the primary key", "needs == on customer_id"),
    (Order, [C, Order.order_id != "o"], "the primary key", "Order.order_id is part of its key"),
    (Order, [C, Order.order_id.is_in("o", "p")], "the primary key", "Order.order_id is part of its key"),
    (Order, [C, Order.order_id.contains("o")], "the primary key", "Order.order_id is part of its key"),
    (Order, [C, Order.order_id.size() > 3], "the primary key", "Order.order_id is part of its key"),
    (Order, [C, Order.order_id.exists()], "the primary key", "Order.order_id is part of its key"),
    (Order, [C, Order.order_id > Order.note], "the primary key", "Order.order_id is part of its key"),
    (Order, [C, Order.note > Order.order_id], "the primary key", "Order.order_id is part of its key"),
    (Order, [C, (Order.order_id == "o") | (Order.total > 3)], "the primary key", "part of its key"),
    (Order, [C, ~(Order.order_id == "o")], "the primary key", "part of its key"),
    (Order, [C, Order.customer_id != "d"], "the primary key", "Order.customer_id is part of its key"),
    (Order, [C, Order.order_id != "o"], "index by_day", "holds only items that have day"),
    (
        Order,
        [Order.customer_id == ""],
        "the primary key",
        "Order.customer_id is compared with a value of 0 bytes",
    ),
    (
        Order,
        [C, Order.order_id >= ""],
        "the primary key",
        "Order.order_id is compared with a value of 0 bytes",
    ),
    (Order, [C, Order.order_id.begins_with("")], "the primary key", "a value of 0 bytes"),
    (Order, [C, Order.order_id.between("", "o")], "the primary key", "a value of 0 bytes"),
    (Order, [Order.customer_id == "é" * 1025], "the primary key", "2,050 bytes, and a key has 1 to 2,048"),
    (Order, [C, Order.order_id < "x" * 1025], "the primary key", "1,025 bytes, and a key has 1 to 1,024"),
    (Reading, [Reading.sensor == 1, Reading.code == b""], "the primary key", "a value of 0 bytes"),
    (Match, [Match.country == "ie"], "index by_place", "needs == on region"),
    (Match, [Match.league == "a"], "index by_place", "needs == on country and region"),
    (
        Match,
        [Match.country == "ie", Match.region == "w", Match.season == 3],
        "index by_place",
        "the sort key is used from left to right, so Match.season needs == on league before it",
    ),
    (
        Match,
        [Match.country == "ie", Match.region == "w", Match.league > "a", Match.season == 3],
        "index by_place",
        "so Match.season needs == on league before it",
    ),
    (
        Match,
        [Match.country == "ie", Match.region == "w", Match.league == "a", Match.game == "g"],
        "index by_place",
        "so Match.game needs == on league and season before it",
    ),
]


@pytest.mark.parametrize(("model", "conditions", "path", "lack"), REFUSALS)
def test_refusal(model: type[Model], conditions: list[Condition], path: str, lack: str) -> None:
    """A query that nothing serves is refused, and the message says of each path what it lacks."""
    with pytest.raises(NoAccessPath) as raised:
        _choose(model, *conditions)
    first, *lines = str(raised.value).splitlines()
    assert first.startswith(
        f"no key or index of {model.__name__} serves this query; a query never becomes a scan"
    )
    assert len(lines) == 1 + len(plan_of(model).stored_table.indexes)
    (line,) = [line for line in lines if line.startswith(f"  {path} (")]
    assert lack in line


@pytest.mark.parametrize(
    "conditions",
    [
        [C, Order.customer_id == "d"],
        [C, Order.order_id == "a", Order.order_id == "b"],
        [C, Order.order_id > "b", Order.order_id < "a"],
        [Order.status == "new", Order.placed_at >= LATER, Order.placed_at < NOON],
    ],
)
def test_contradiction(conditions: list[Condition]) -> None:
    """Conditions on a key that exclude each other are refused, as DynamoDB would refuse their range."""
    with pytest.raises(ExpressionError, match="exclude each other"):
        _choose(Order, *conditions)


def test_excluded_ends() -> None:
    """An open end of a range that BETWEEN includes is handed on, to be dropped after reading."""
    access = _choose(Order, C, Order.order_id > "a", Order.order_id < "b")
    assert access.excluded == (("order_id", {"S": "a"}), ("order_id", {"S": "b"}))
    assert [access.keeps({"order_id": {"S": text}}) for text in ("a", "aa", "b")] == [False, True, False]


# Forcing a path --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("index", "conditions", "expected"),
    [
        ("by_status", [C, Order.status == "new"], ("by_status", "st = :v0", "customer_id = :v1")),
        ("", [C, Order.day == "d"], ("", "customer_id = :v0", "day = :v1")),
        ("by_day", [C], ("by_day", "customer_id = :v0", None)),
        ("by_day", [C, Order.order_id != "o"], ("by_day", "customer_id = :v0", "order_id <> :v1")),
    ],
)
def test_forced(index: str, conditions: list[Condition], expected: Any) -> None:
    """A path that the user asks for is taken, though another one would absorb more."""
    assert _shown(_choose(Order, *conditions, index=index)) == expected


def test_forced_in_vain() -> None:
    """A path that the user asks for and that does not serve is the only one that the message is about."""
    with pytest.raises(NoAccessPath) as raised:
        _choose(Order, C, index="by_status")
    assert str(raised.value) == (
        "this query of Order cannot be served by index by_status (status, placed_at): needs == on status"
    )


# What an index leaves out -------------------------------------------------------------------------------------


class Parcel(Model, table="parcels"):
    parcel_id: Attr[str] = partition_key()
    hub: Attr[str | None] = None
    sent_at: Attr[str | None] = None
    weight: Attr[int] = field(default=0)

    by_sent = GlobalIndex(partition_key="hub", sort_key="sent_at")
    by_weight = GlobalIndex(partition_key="hub", sort_key="weight")


def test_complete_before_sparse() -> None:
    """Of two indexes that serve, one that finds every item goes before one that leaves some out."""
    assert _choose(Parcel, Parcel.hub == "h").path.index == plan_of(Parcel).stored_table.index("by_weight")


def test_sparse_by_condition() -> None:
    """A condition on the attribute that items may lack makes the sparse index a complete one."""
    access = _choose(Parcel, Parcel.hub == "h", Parcel.sent_at > "2026")
    assert access.path.name == "index by_sent"
    assert access.missing == ()


def test_sparse_is_said() -> None:
    """What an index leaves out is in the explanation."""
    access = _choose(Parcel, Parcel.hub == "h", index="by_sent")
    assert access.missing == ("sent_at",)
    assert explain("Query", access, {"TableName": "t"}).notes == (
        "items without sent_at are not in the index",
    )


# Consistency and contents -----------------------------------------------------------------------------------


def test_consistent() -> None:
    """Consistent reads rule out global indexes, and leave local ones."""
    assert _choose(Order, C, Order.day == "d", consistent=True).path.name == "index by_day"
    conditions = (C, Order.status == "new", Order.placed_at > NOON)
    assert _choose(Order, *conditions, consistent=True).path.name == "the primary key"
    with pytest.raises(NoAccessPath, match="by_status .*: a global index cannot be read consistently"):
        _choose(Order, Order.status == "new", consistent=True)


RATING, NOTE = Order.rating == 5, Order.note == "n"


@pytest.mark.parametrize(
    ("conditions", "wish", "hydrates"),
    [
        ([RATING], {"hydrate": True}, True),
        ([RATING], {"hydrate": True, "attributes": frozenset({"rating", "order_id"})}, False),
        ([RATING], {"attributes": frozenset({"rating", "total", "customer_id"})}, False),
        ([NOTE], {"attributes": frozenset({"note", "st", "count"})}, False),
        ([NOTE], {"hydrate": True}, True),
        ([NOTE], {"hydrate": True, "attributes": frozenset({"day"})}, True),
        ([NOTE, Order.status == "new"], {"index": "by_note", "attributes": frozenset({"count"})}, False),
        ([C], {"hydrate": True}, False),
        ([Order.status == "new"], {"hydrate": True}, False),
    ],
)
def test_contents(conditions: list[Condition], wish: dict[str, Any], hydrates: bool) -> None:
    """An index without what is needed serves if that is fetched, and nothing is fetched without need."""
    assert _choose(Order, *conditions, **{"hydrate": False, **wish}).hydrates is hydrates


@pytest.mark.parametrize(
    ("conditions", "wish", "lack"),
    [
        ([RATING], {}, "does not hold count, day, note, placed_at, status: .select()"),
        ([NOTE], {}, "does not hold day, placed_at, rating, total: .select()"),
        ([NOTE], {"attributes": frozenset({"st", "day"})}, "does not hold day: .select()"),
        (
            [RATING, Order.count > 3],
            {"attributes": frozenset({"total"})},
            "does not hold count, so nothing can be",
        ),
        (
            [RATING, Order.count > 3],
            {"hydrate": True},
            "does not hold count, so nothing can be filtered by it",
        ),
        (
            [NOTE, Order.count > Order.total],
            {"hydrate": True},
            "does not hold total, so nothing can be filtered",
        ),
    ],
)
def test_missing_contents(conditions: list[Condition], wish: dict[str, Any], lack: str) -> None:
    """An index without what is needed or filtered by is refused, and the message names the fields."""
    with pytest.raises(NoAccessPath) as raised:
        _choose(Order, *conditions, **{"hydrate": False, **wish})
    assert lack in str(raised.value)


class Open(Model, table="open"):
    model_config = ConfigDict(extra="allow")
    open_id: Attr[str] = partition_key()
    kind: Attr[str]

    by_kind = GlobalIndex(partition_key="kind", projection="KEYS_ONLY")


class Dumped(Model, table="dumped"):
    dumped_id: Attr[str] = partition_key()
    kind: Attr[str]

    by_kind = GlobalIndex(partition_key="kind", projection="KEYS_ONLY")

    @model_serializer
    def _dump(self) -> dict[str, Any]:
        return {"dumped_id": self.dumped_id, "kind": self.kind, "more": 1}


@pytest.mark.parametrize(("model", "kind"), [(Open, Open.kind), (Dumped, Dumped.kind)])
def test_open_models(model: type[Model], kind: Any) -> None:
    """An index that holds every declared field does not hold undeclared attributes."""
    with pytest.raises(NoAccessPath, match="does not hold every attribute"):
        _choose(model, kind == "k", hydrate=False)
    assert _choose(model, kind == "k", hydrate=True).hydrates
    assert not _choose(model, kind == "k", hydrate=False, attributes=frozenset({"kind"})).hydrates


# Positions, scans, other models -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "conditions", "names"),
    [
        (Order, [C], {"customer_id", "order_id"}),
        (Order, [C, Order.day == "d"], {"customer_id", "order_id", "day"}),
        (Order, [Order.status == "new"], {"customer_id", "order_id", "st", "placed_at"}),
        (Order, [NOTE], {"customer_id", "order_id", "note"}),
        (
            Match,
            [Match.country == "ie", Match.region == "w"],
            {"match_id", "country", "region", "league", "season", "game"},
        ),
    ],
)
def test_position(model: type[Model], conditions: list[Condition], names: set[str]) -> None:
    """A page ends at a key of the path and of the table."""
    assert set(_choose(model, *conditions).path.position) == names


def test_bound() -> None:
    """What a query fixes are the attributes that it compares by ==, as they are stored."""
    access = _choose(Order, Order.status == "new", Order.placed_at > NOON)
    assert access.bound == {"st": {"S": "new"}}
    assert _choose(Reading, Reading.sensor == 5, Reading.code == b"x").bound == {
        "sensor": {"N": "5"},
        "code": {"B": b"x"},
    }


def test_scan() -> None:
    """A scan reads the table unless told otherwise, and filters by anything."""
    access = for_scan(plan_of(Order), [C, Order.order_id != "o"], Wish())
    assert _shown(access) == ("", None, "customer_id = :v0 AND order_id <> :v1")
    assert for_scan(plan_of(Order), [], Wish(index="by_rating", hydrate=True)).hydrates


@pytest.mark.parametrize(
    ("conditions", "wish", "message"),
    [
        (
            [],
            Wish(index="by_status", consistent=True),
            "by_status does not serve this scan of Order: a global",
        ),
        (
            [],
            Wish(index="by_rating"),
            "index by_rating does not serve this scan of Order: does not hold count",
        ),
        ([Order.count > 1], Wish(index="by_rating", hydrate=True), "does not hold count, so nothing can be"),
    ],
)
def test_scan_refusals(conditions: list[Condition], wish: Wish, message: str) -> None:
    """A scan of an index is held to what the index can do."""
    with pytest.raises(ExpressionError, match=message) as raised:
        for_scan(plan_of(Order), conditions, wish)
    assert not isinstance(raised.value, NoAccessPath)


class Renamed(Model, table="renamed"):
    left: Attr[str] = partition_key(attribute="l")
    right: Attr[int] = sort_key(attribute="r")
    word: Attr[str] = field(default="", attribute="w")
    other: Attr[int] = field(default=0, attribute="o")

    by_word = LocalIndex(sort_key="word", projection=["other"])


def test_names_in_messages() -> None:
    """Messages have the names that fields have in Python, requests those that are stored."""
    assert _shown(_choose(Renamed, Renamed.left == "x", Renamed.right > 3))[1] == "l = :v0 AND r > :v1"
    with pytest.raises(NoAccessPath) as raised:
        _choose(Renamed, Renamed.other > 3)
    assert "  the primary key (left, right): needs == on left" in str(raised.value)
    assert "  index by_word (left, word): needs == on left" in str(raised.value)
