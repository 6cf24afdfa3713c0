"""Whatever conditions are on the fields of templates: a query finds what a filter over all items finds, in the order of its key."""

from __future__ import annotations

import asyncio
import operator
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from ddbmodel import ExpressionError, Key, NoAccessPath
from ddbmodel.codec.values import AttributeValue
from ddbmodel.expressions import Condition
from ddbmodel.mapper.query import Query
from ddbmodel.model import plan_of
from tests.unit.mapper.events import Event, Remark, Tenant, moment
from tests.unit.mapper.reading_table import Item, ReadingTable, ordinal

NAMES = ["", "a", "a b", "a#", "a$", "a%", "ab", "b", "é", "\U0001f600"]
ALL: dict[str, list[Any]] = {
    "tenant": ["t", "t#1"],
    "kind": ["a b", "b#"],
    "at": [moment(days) for days in (-1, 0, 1)],
    "seq": [0, 1, 2],
    "day": [date(2026, 10, 30), date(2026, 10, 31), date(2026, 11, 1)],
    "name": NAMES,
    "price": [Decimal(0), Decimal("1.5"), Decimal("2.25"), Decimal(100)],
}
NOTES = [None, None, *NAMES]
# What no key has a place for, beside what items have.
ASKED = {
    **ALL,
    "seq": [-1, 0, 1, 2, 3, 4, 999, 1000],
    "price": [*ALL["price"], Decimal("1.234"), Decimal(-1)],
    "note": NAMES,
    "nick": NAMES[1:],
}
BEGINNINGS: dict[str, list[str]] = {
    "tenant": ["t", "t#"],
    "kind": ["a", "b"],
    "at": ["2026-10", "2026-10-31", "2026-10-31T12:00:00.000000Z#", "2026-1", ""],
    "day": ["2026-10-3", "2026-11", "2026-10-31", "2026-10-31#", ""],
    "name": ["a", "a ", "a#", "", "\U0001f600", "é"],
    "note": ["a", "a#", ""],
    "nick": ["a", "a#"],
}
BOUND = [
    ["tenant"],
    ["kind"],
    ["tenant", "kind"],
    ["tenant", "kind", "at"],
    ["tenant", "kind", "at", "seq"],
    ["kind", "at"],
    ["tenant", "note"],
    ["tenant", "note", "seq"],
    ["tenant", "nick"],
    [],
]
ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Asked:
    """One condition on one field: an operator of `ORDERS`, `between`, or `begins`."""

    field: str
    kind: str
    values: tuple[Any, ...]

    @property
    def condition(self) -> Condition:
        path: Any = getattr(Event, self.field)
        match self.kind:
            case "between":
                condition: Condition = path.between(*self.values)
            case "begins":
                condition = path.begins_with(*self.values)
            case order:
                condition = ORDERS[order](path, *self.values)  # type: ignore[assignment]  # paths make conditions
        return condition

    def holds(self, item: Item) -> bool:
        stored = item.get(self.field)
        if stored is None:
            return False
        mine, theirs = ordinal(stored), [ordinal(self._stored(value)) for value in self.values]
        match self.kind:
            case "between":
                return bool(theirs[0] <= mine <= theirs[1])
            case "begins":
                return bool(mine.startswith(theirs[0]))
            case order:
                return ORDERS[order](mine, theirs[0])

    def _stored(self, value: Any) -> AttributeValue:
        codec = plan_of(Event).part.fields[self.field].codec
        return {"S": value} if self.kind == "begins" else codec.encode(value)


@st.composite
def asked(draw: st.DrawFn) -> list[Asked]:
    """Conditions, mostly with one that binds a partition, and mostly on the fields of sort keys from the left."""
    bound = draw(st.sampled_from(BOUND))
    made = [Asked(name, "==", (draw(st.sampled_from(ASKED[name])),)) for name in bound]
    for name in draw(st.lists(st.sampled_from(sorted(ASKED)), max_size=3)):
        kinds = [*ORDERS, "between", *(["begins"] if name in BEGINNINGS else [])]
        kind = draw(st.sampled_from(kinds))
        options = BEGINNINGS[name] if kind == "begins" else ASKED[name]
        values = [draw(st.sampled_from(options)) for _ in range(2 if kind == "between" else 1)]
        made.append(Asked(name, kind, tuple(sorted(values, key=_sortable))))
    return made


def _sortable(value: Any) -> Any:
    return value.encode() if isinstance(value, str) else value


EVENTS = st.builds(
    Event,
    number=st.just(0),
    note=st.sampled_from(NOTES),
    nick=st.sampled_from([None, *NAMES[1:]]),
    **{name: st.sampled_from(options) for name, options in ALL.items()},
)


def _items(events: list[Event]) -> list[Any]:
    """The events that have different keys, numbered, and another entity for each of them."""
    by_key = {repr(plan_of(Event).key_of(one).identity): one for one in events}
    for number, one in enumerate(by_key.values()):
        one.number = number
    remarks = [
        Remark(tenant=one.tenant, kind=one.kind, at=one.at, number=one.number, text=one.name)
        for one in by_key.values()
    ]
    tenants = [Tenant(tenant=tenant) for tenant in ALL["tenant"]]
    return [*by_key.values(), *remarks, *tenants]


def _sizes(seed: int) -> Iterator[int]:
    numbers = random.Random(seed)
    while True:
        yield numbers.randint(1, 7)


def _expected(table: ReadingTable, conditions: list[Asked], index: str | None, *, forced: bool) -> list[int]:
    schema = table.schema if index is None else table.schema.index(index)
    keys = [key.name for key in (*schema.sort_key, *table.schema.key)]
    found = [
        item
        for item in table.items
        if item["_entity"] == {"S": "event"} and all(condition.holds(item) for condition in conditions)
    ]
    missing = [item for item in found if any(key not in item for key in keys)]
    assert forced or not missing, "the index that was chosen lacks what the conditions are true for"
    found = [item for item in found if item not in missing]
    found.sort(key=lambda item: [ordinal(item[key]) for key in keys])
    return [int(item["number"]["N"]) for item in found]


async def _by_pages(query: Query[Any], size: int) -> list[int]:
    page = await query.page(size=size)
    found = [one.number for one in page.items]
    while page.next is not None:
        page = await query.page(size=size, after=page.next)
        assert len(page.items) <= size
        found += [one.number for one in page.items]
    back = [one.number for one in page.items]
    while page.previous is not None:
        page = await query.page(size=size, before=page.previous)
        back = [one.number for one in page.items] + back
    assert back == found
    return found


async def _check(
    events: list[Event], conditions: list[Asked], using: Key | None, seed: int, sizes: tuple[int, int]
) -> None:
    size, limit = sizes
    table = ReadingTable(_items(events), kind=Event, sizes=_sizes(seed))
    query = table.query().hydrate().where(*(condition.condition for condition in conditions))
    query = query if using is None else query.using(using)
    needed = {"gsi1": {"kind"}, "gsi2": {"tenant"}}.get(
        "" if using is None else using.index, {"tenant", "kind"}
    )
    bound = {one.field for one in conditions if one.kind == "=="}
    try:
        index = query.explain().index
    except NoAccessPath:
        # Without a partition, compared with the empty text, or with a filter on what an index does not hold.
        empty = any(value == "" for one in conditions for value in one.values)
        assert empty or using == Event.by_note or not (bound & needed)
        event("no access path")
        return
    except ExpressionError:
        assert not any(all(one.holds(item) for one in conditions) for item in table.items)
        event("nothing can match")
        return
    event(f"index {index}")
    expected = _expected(table, conditions, index, forced=using is not None)
    event("found some" if expected else "found none")
    assert [one.number for one in await query.all()] == expected
    assert [one.number for one in await query.reverse().all()] == expected[::-1]
    assert [one.number for one in await query.limit(limit).all()] == expected[:limit]
    assert await query.count() == len(expected)
    assert await _by_pages(query, size) == expected
    assert await _by_pages(query.limit(limit), size) == expected[:limit]
    for wire in table.of("Query"):
        assert "KeyConditionExpression" in wire
    assert not table.of("Scan")


@settings(max_examples=300, deadline=None)
@given(
    events=st.lists(EVENTS, min_size=8, max_size=25),
    conditions=asked(),
    using=st.sampled_from([None, None, None, Event.by_time, Event.by_note]),
    seed=st.integers(0, 2**16),
    sizes=st.tuples(st.integers(1, 8), st.integers(1, 8)),
)
def test_any_conditions(
    events: list[Event], conditions: list[Asked], using: Key | None, seed: int, sizes: tuple[int, int]
) -> None:
    """Lists, counts, limits and pages agree with the items in memory, and other entities never come out."""
    asyncio.run(_check(events, conditions, using, seed, sizes))
