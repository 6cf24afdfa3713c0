"""Whatever is in the shards of a partition: a query yields what sorting all items does, in pages of any size too."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ddbmodel.mapper.query import Query
from ddbmodel.model import plan_of
from tests.unit.mapper.devices import Reading, Sample
from tests.unit.mapper.reading_table import Item, ReadingTable, ordinal

OPEN = "open"


@dataclass(frozen=True)
class Case:
    """One query on some readings.

    Attributes:
        levels: of each reading; many have the same one.
        path: the key or index that is asked for.
        kept: which readings pass the filter.
        within: the lowest and highest sort key value; None for all.
        limit: of the query; None for none.
        page_size: of the requests; None for none.
        seed: where the pages of the service end.
        largest: how many items a page of the service has at most.
        walk: the pages to turn to, as (backward, size).
    """

    levels: list[int]
    path: str
    kept: list[bool]
    filtered: bool
    reverse: bool
    within: tuple[int, int] | None
    limit: int | None
    page_size: int | None
    seed: int
    largest: int
    walk: list[tuple[bool, int]]

    def sizes(self) -> Iterator[int]:
        numbers = random.Random(self.seed)
        while True:
            yield numbers.randint(1, self.largest)

    def table(self) -> ReadingTable:
        models = [
            Sample(device="d", at=number, status=OPEN if self.kept[number] else "s", level=level)
            if self.path == "levels"
            else Reading(
                device=f"d{number % 3}" if self.path == "by_status" else "d",
                at=number,
                number=number,
                status=OPEN,
                level=level,
                site="kept" if self.kept[number] else "dropped",
            )
            for number, level in enumerate(self.levels)
        ]
        kind = Sample if self.path == "levels" else Reading
        return ReadingTable(models, kind=kind, sizes=self.sizes())

    @property
    def sort(self) -> str:
        """The field that the path sorts by."""
        return "at" if self.path == "" else "level"

    def query(self, table: ReadingTable) -> Query[Any]:
        query, sort = self._on_path(table.query()).reverse(self.reverse), self.sort
        model: Any = table.plan.model
        if self.within is not None:
            query = query.where(getattr(model, sort).between(*self.within))
        if self.filtered:
            query = query.where(Reading.site == "kept")
        query = query if self.limit is None else query.limit(self.limit)
        return query if self.page_size is None else query.page_size(self.page_size)

    def _on_path(self, query: Query[Any]) -> Query[Any]:
        match self.path:
            case "levels":
                return query.using(Sample.by_level).hydrate()
            case "by_status":
                return query.using(Reading.by_status).where(Reading.status == OPEN)
            case "by_level":
                return query.using(Reading.by_level).where(Reading.device == "d")
            case _:
                return query.using(None).where(Reading.device == "d")

    def expected(self, table: ReadingTable) -> list[int]:
        """Which items come out, by `at`: sorted as a whole; equal ones by shard, then as the service has them."""
        path = next(one for one in table.plan.stored_keys.paths if one.name == _declared(self.path))
        assert path.sharded is not None
        names = [*(binding.name for binding in path.sort), *(part.name for part in table.schema.key)]
        found = [item for item in table.items if self._matches(item)]
        sharded, first = path.sharded.name, len(path.sort)

        def order(item: Item) -> list[Any]:
            values: list[Any] = [ordinal(item[name]) for name in names]
            return [*values[:first], item[sharded]["S"][-3:], *values[first:]]

        found.sort(key=order, reverse=self.reverse)
        return [int(item["at"]["N"]) for item in found][: self.limit]

    def _matches(self, item: Item) -> bool:
        value = int(item[self.sort]["N"])
        in_range = self.within is None or self.within[0] <= value <= self.within[1]
        return in_range and (not self.filtered or item["site"]["S"] == "kept")


def _declared(path: str) -> str:
    return "by_level" if path == "levels" else path


@st.composite
def cases(draw: st.DrawFn) -> Case:
    levels = draw(st.lists(st.integers(0, 5), max_size=30))
    path = draw(st.sampled_from(["", "by_status", "by_level", "levels"]))
    low, high = sorted((draw(st.integers(0, 30)), draw(st.integers(0, 30))))
    return Case(
        levels=levels,
        path=path,
        kept=draw(st.lists(st.booleans(), min_size=len(levels), max_size=len(levels))),
        filtered=path != "levels" and draw(st.booleans()),
        reverse=draw(st.booleans()),
        within=draw(
            st.none() | st.just((low if path == "" else low // 6, high if path == "" else high // 6))
        ),
        limit=draw(st.none() | st.integers(1, 32)),
        page_size=draw(st.none() | st.integers(1, 5)),
        seed=draw(st.integers(0, 2**16)),
        largest=draw(st.integers(1, 12)),
        walk=draw(st.lists(st.tuples(st.booleans(), st.integers(1, 16)), max_size=10)),
    )


async def _check(case: Case) -> None:
    table = case.table()
    query, expected = case.query(table), case.expected(table)
    assert [one.at async for one in query] == expected
    assert [one.at for one in await query.all()] == expected
    assert await query.count() == len(expected)
    first = await query.first()
    assert (first and first.at) == (expected[0] if expected else None)


async def _walk(case: Case) -> None:
    """Turn pages, and compare each with the part of the list that it has to be; then go to the end and back."""
    table = case.table()
    query, expected, sizes = case.query(table), case.expected(table), case.sizes()
    size = next(sizes)
    page, start, stop = await query.page(size=size), 0, min(size, len(expected))
    for backward, size in [*case.walk, (False, 1)]:
        assert [one.at for one in page.items] == expected[start:stop]
        # With a filter a token may lead to nothing; without one there is a token exactly if there is more.
        assert start == 0 if page.previous is None else start > 0 or case.filtered
        assert stop == len(expected) if page.next is None else stop < len(expected) or case.filtered
        if backward and page.previous is not None:
            page = await query.page(size=size, before=page.previous)
            start, stop = max(0, start - size), start
        elif not backward and page.next is not None:
            page = await query.page(size=size, after=page.next)
            start, stop = stop, min(len(expected), stop + size)
    while page.next is not None:
        page = await query.page(size=next(sizes), after=page.next)
    found = [one.at for one in page.items]
    while page.previous is not None:
        page = await query.page(size=next(sizes), before=page.previous)
        found = [one.at for one in page.items] + found
    assert found == expected


@settings(max_examples=300, deadline=None)
@given(cases())
def test_any_shards(case: Case) -> None:
    """Lists, counts and first items agree with one sorted list, wherever the service's pages end."""
    asyncio.run(_check(case))


@settings(max_examples=300, deadline=None)
@given(cases())
def test_any_walk(case: Case) -> None:
    """Pages turned forward and backward, of any sizes, are the parts of the list that come there, in its order."""
    asyncio.run(_walk(case))


@settings(max_examples=60, deadline=None)
@given(cases(), st.integers(0, 30), st.integers(0, 5))
def test_written_in_between(case: Case, at: int, level: int) -> None:
    """What is written before the place where a page ended never comes out after it, whichever shard it is in."""
    asyncio.run(_write_in_between(case, at, level))


async def _write_in_between(case: Case, at: int, level: int) -> None:
    table = case.table()
    query = case.query(table)
    page = await query.page(size=3)
    sort = [getattr(one, case.sort) for one in page.items]
    if page.next is None:
        return
    kind: Any = table.plan.model
    new = kind(device="d", at=at + 1000, status=OPEN, level=level)
    if case.path == "":
        new = Reading(device="d", at=-at - 1, site="kept")
    table.items.append(plan_of(kind).encode(new))
    seen = set[int]()
    while page.next is not None:
        page = await query.page(size=4, after=page.next)
        for one in page.items:
            value = getattr(one, case.sort)
            assert value <= sort[-1] if case.reverse else value >= sort[-1]
            assert one.at not in seen
            seen.add(one.at)
