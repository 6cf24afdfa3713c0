"""Which key or index serves a query on templates, what of it, and what each one lacks where none does."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from ddbmodel import Attr, Key, Model, NoAccessPath, Table, TableIndex, field
from ddbmodel.expressions import Condition
from ddbmodel.mapper.access import Wish
from ddbmodel.mapper.explanation import explain
from ddbmodel.mapper.planner import choose, for_scan
from ddbmodel.model import plan_of
from tests.unit.mapper.events import NOON, Event, Tenant

T, K = Event.tenant == "t#", Event.kind == "a b"
OCTOBER = "EVENT#a$Eb#2026-10"


def _explained(model: type[Model], *conditions: Condition, **wish: Any) -> Any:
    access = choose(plan_of(model), conditions, Wish(**{"hydrate": True, **wish}))
    explained = explain("Query", access, {"TableName": "t"})
    names = explained.index, explained.key_condition, explained.filter
    values = [
        next(iter(value.stored.values()))
        for condition in (*access.partition, *access.sort)
        for value in _values(condition)
    ]
    return (*names, values)


def _values(condition: Condition) -> list[Any]:
    found = [getattr(condition, name, None) for name in ("right", "argument", "low", "high")]
    return [value for value in found if value is not None]


PK = ["TENANT#t$H"]
AT = Event.at == NOON
CHOICES: list[tuple[list[Condition], str | None, str, str | None, list[Any]]] = [
    ([T], None, "pk = :v0 AND begins_with(sk, :v1)", None, [*PK, "EVENT#"]),
    ([T, K], None, "pk = :v0 AND begins_with(sk, :v1)", None, [*PK, "EVENT#a$Eb#"]),
    ([T, Event.kind > "a"], None, "pk = :v0 AND (sk BETWEEN :v1 AND :v2)", None, [*PK, "EVENT#a$", "EVENT$"]),
    (
        [T, Event.kind < "b#"],
        None,
        "pk = :v0 AND (sk BETWEEN :v1 AND :v2)",
        None,
        [*PK, "EVENT#", "EVENT#b$H"],
    ),
    ([T, Event.kind.begins_with("a ")], None, "pk = :v0 AND begins_with(sk, :v1)", None, [*PK, "EVENT#a$E"]),
    ([T, K, AT], None, "pk = :v0 AND begins_with(sk, :v1)", "at = :v2", [*PK, f"{OCTOBER}#"]),
    (
        [T, K, Event.at >= NOON],
        None,
        "pk = :v0 AND (sk BETWEEN :v1 AND :v2)",
        "at >= :v3",
        [*PK, OCTOBER, "EVENT#a$Eb$"],
    ),
    (
        [T, K, AT, Event.seq > 5],
        None,
        "pk = :v0 AND (sk BETWEEN :v1 AND :v2)",
        "at = :v3",
        [*PK, f"{OCTOBER}#006", f"{OCTOBER}$"],
    ),
    (
        [T, K, AT, Event.seq.between(5, 7)],
        None,
        "pk = :v0 AND (sk BETWEEN :v1 AND :v2)",
        "at = :v3",
        [*PK, f"{OCTOBER}#005", f"{OCTOBER}#008"],
    ),
    (
        [T, K, AT, Event.seq == 5, Event.day == date(2026, 10, 13), Event.price == Decimal("1.5")],
        None,
        "pk = :v0 AND sk = :v1",
        "at = :v2",
        [*PK, f"{OCTOBER}#0052026-10-13#001.50"],
    ),
    # What a key has no place for is left to the filter.
    (
        [T, K, AT, Event.seq == 1000],
        None,
        "pk = :v0 AND begins_with(sk, :v1)",
        "at = :v2 AND seq = :v3",
        [*PK, f"{OCTOBER}#"],
    ),
    (
        [T, K, AT, Event.seq < -1],
        None,
        "pk = :v0 AND begins_with(sk, :v1)",
        "at = :v2 AND seq < :v3",
        [*PK, f"{OCTOBER}#"],
    ),
    # What stands to the right of a gap is left to the filter.
    ([T, Event.seq == 5], None, "pk = :v0 AND begins_with(sk, :v1)", "seq = :v2", [*PK, "EVENT#"]),
    ([K], "gsi1", "gsi1pk = :v0", None, ["KIND#a b"]),
    (
        [K, Event.at >= NOON],
        "gsi1",
        "gsi1pk = :v0 AND gsi1sk >= :v1",
        None,
        ["KIND#a b", "2026-10-31T12:00:00.000000Z"],
    ),
    (
        [K, AT, Event.name.begins_with("a#")],
        "gsi1",
        "gsi1pk = :v0 AND begins_with(gsi1sk, :v1)",
        None,
        ["KIND#a b", "2026-10-31T12:00:00.000000Z#a$H"],
    ),
    # Ties go to the primary key.
    (
        [T, K, AT, Event.name == "x"],
        None,
        "pk = :v0 AND begins_with(sk, :v1)",
        "at = :v2 AND name = :v3",
        [*PK, f"{OCTOBER}#"],
    ),
    (
        [K, AT, Event.name == "x"],
        "gsi1",
        "gsi1pk = :v0 AND gsi1sk = :v1",
        None,
        ["KIND#a b", "2026-10-31T12:00:00.000000Z#x"],
    ),
    (
        [T, Event.note == "n#", Event.seq > 5],
        "gsi2",
        "g2a = :v0 AND g2b = :v1 AND g2c = :v2 AND g2d > :v3",
        None,
        ["t$H", "N", "n$H#X", "5"],
    ),
    (
        [T, Event.note == "n", Event.seq == 5, Event.name >= "x"],
        "gsi2",
        "g2a = :v0 AND g2b = :v1 AND g2c = :v2 AND g2d = :v3 AND g2e >= :v4",
        None,
        ["t$H", "N", "n#X", "5", "x"],
    ),
    ([T, Event.nick == "x"], "lsi", "pk = :v0 AND nick = :v1", None, [*PK, "x"]),
]


@pytest.mark.parametrize(("conditions", "index", "key", "rest", "values"), CHOICES)
def test_choices(
    conditions: list[Condition], index: str | None, key: str, rest: str | None, values: list[Any]
) -> None:
    """The conditions are absorbed by templates from the left, and the rest is a filter on fields."""
    found = _explained(Event, *conditions)
    assert (found[0], found[1], found[2]) == (index, key, rest)
    assert [getattr(value, "stored", value) for value in found[3]] == values


def test_a_sort_key_without_fields() -> None:
    """Where the sort key is the same for all items, it is asked for."""
    assert _explained(Tenant, Tenant.tenant == "t")[1] == "pk = :v0 AND sk = :v1"


LACKS: list[tuple[list[Condition], dict[str, Any], list[str]]] = [
    (
        [],
        {},
        [
            "no key or index of Event serves this query",
            "mapper.scan(Event)",
            "the primary key (pk 'TENANT#{tenant}', sk 'EVENT#{kind}",
            "needs == on tenant",
            "index gsi1 (gsi1pk 'KIND#{kind}', gsi1sk '{at}#{name}'): needs == on kind",
            "index gsi2 (g2a '{tenant}', g2b 'N', g2c '{note}#X', g2d '{seq}', g2e '{name}#'): needs == on tenant",
            "index lsi",
        ],
    ),
    ([Event.tenant > "t"], {}, ["needs == on tenant"]),
    ([(Event.tenant == "t") | (Event.tenant == "u")], {}, ["needs == on tenant"]),
    ([T, Event.nick.exists()], {"index": "lsi"}, ["Event.nick is part of its key and cannot be filtered on"]),
    ([K], {"consistent": True}, ["index gsi1", "a global index cannot be read consistently"]),
    ([T], {"index": "gsi1"}, ["this query of Event cannot be served by index gsi1", "needs == on kind"]),
    ([T], {"index": "gsi2", "hydrate": False}, ["does not hold", "ask to .hydrate()"]),
    ([T, Event.price > 3], {"index": "gsi2"}, ["does not hold price, so nothing can be filtered by it"]),
]


@pytest.mark.parametrize(("conditions", "wish", "parts"), LACKS)
def test_no_access_path(conditions: list[Condition], wish: dict[str, Any], parts: list[str]) -> None:
    """A query that no path serves is refused, saying of each what it lacks; it never is a scan."""
    with pytest.raises(NoAccessPath) as caught:
        _explained(Event, *conditions, **wish)
    for part in parts:
        assert part in str(caught.value)


PLACES = Table("places", "pk", indexes=[TableIndex("place", ("country", "g2"), ("city", "street", "house"))])


class House(Model, table=PLACES, entity="house"):
    """An index of several attributes, most of which are fields."""

    house_id: Attr[str]
    country: Attr[str]
    kind: Attr[int]
    city: Attr[str]
    street: Attr[str]
    house: Attr[str]

    primary = Key(partition="HOUSE#{house_id}")
    by_place = Key(
        "place", partition=("{country}", "KIND#{kind:02d}"), sort=("{city}", "{street}", "{house}")
    )


WHERE = [House.country == "ie", House.kind == 5]


@pytest.mark.parametrize(
    ("conditions", "parts"),
    [
        ([House.country == "ie"], ["needs == on kind"]),
        ([*WHERE, House.street == "x"], ["from left to right", "House.street needs == on city"]),
        ([*WHERE, House.city == "x", House.house > "1"], ["House.house needs == on city and street"]),
        ([*WHERE, House.city > "x", House.street == "y"], ["House.street needs == on city"]),
        ([House.country == "ie", House.kind == 500], ["has no place for a value that is asked for"]),
        ([*WHERE, House.city == ""], ["House.city is compared with a value of 0 bytes"]),
    ],
)
def test_from_left_to_right(conditions: list[Condition], parts: list[str]) -> None:
    """An index of several attributes is used from left to right, and the refusal names what is missing."""
    with pytest.raises(NoAccessPath) as caught:
        _explained(House, *conditions)
    for part in parts:
        assert part in str(caught.value)


def test_from_left_to_the_end() -> None:
    """All attributes from the left, with a range of the last, are one key condition."""
    found = _explained(House, *WHERE, House.city == "x", House.street == "y", House.house > "1")
    assert found[0] == "place"
    assert found[1] == "country = :v0 AND g2 = :v1 AND city = :v2 AND street = :v3 AND house > :v4"
    assert found[2] is None


ONE = Table("one", "pk", "sk", indexes=[TableIndex("all", "gpk", "gsk")])


class Job(Model, table=ONE, entity="job"):
    """All jobs are in one partition of the index."""

    owner: Attr[str]
    job_id: Attr[str]
    due: Attr[datetime] = field(default=datetime(2026, 1, 1, tzinfo=UTC))

    primary = Key(partition="OWNER#{owner}", sort="JOB#{job_id}")
    by_due = Key("all", partition="JOBS", sort="{due}")


def test_one_partition_for_all_items() -> None:
    """An index with all items in one partition serves what no other does, and goes behind one that is asked for."""
    assert _explained(Job)[:2] == ("all", "gpk = :v0")
    assert _explained(Job, Job.due > NOON)[:2] == ("all", "gpk = :v0 AND gsk > :v1")
    assert _explained(Job, Job.owner == "o", Job.due > NOON)[0] is None
    assert _explained(Job, Job.owner == "o", Job.due > NOON, index="all")[0] == "all"


def test_scans_ask_for_their_entity() -> None:
    """A scan filters by the entity's name; an index that does not hold it is sorted out by keys."""
    explained = explain("Scan", for_scan(plan_of(Event), [], Wish(hydrate=True)), {"TableName": "t"})
    assert explained.filter == "_entity = :v0"
    access = for_scan(plan_of(Event), [], Wish(index="gsi2", hydrate=True))
    assert access.filter is None
    assert access.keeps({"pk": {"S": "TENANT#t"}, "sk": {"S": "PROFILE"}}) is False
