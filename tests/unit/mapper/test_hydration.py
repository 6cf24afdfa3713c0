"""Whole items for an index that holds only part of them."""

from __future__ import annotations

from itertools import repeat
from typing import Any

import pytest

from ddbmodel.mapper.query import Query
from tests.unit.mapper.market import Order
from tests.unit.mapper.reading import C, numbers_of, order_table
from tests.unit.mapper.reading_table import ReadingTable


async def test_hydrate() -> None:
    """Whole items are fetched for an index of keys, in the order of the index."""
    table = order_table()
    assert numbers_of(await table.query().where(Order.rating == 1).hydrate().all()) == [0, 3, 6, 9]
    assert numbers_of(await table.query().where(Order.rating == 1).hydrate().reverse().all()) == [9, 6, 3, 0]
    assert [name for name, _ in table.requests] == ["Query", "BatchGetItem"] * 2


async def test_hydrate_without_need() -> None:
    """Nothing is fetched where the path holds what is asked for."""
    table = order_table()
    await table.query().where(C).hydrate().all()
    await table.query().where(Order.status == "new").hydrate().all()
    await table.query().where(Order.rating == 1).select(Order.rating, Order.total).hydrate().all()
    assert [name for name, _ in table.requests] == ["Query"] * 3


async def test_hydrate_rows() -> None:
    """Selected fields that the index does not hold are fetched, and no others."""
    table = order_table()
    rows = await table.query().where(Order.rating == 1).select(Order.count, Order.rating).hydrate().all()
    assert [tuple(row) for row in rows] == [(0, 1), (3, 1), (6, 1), (9, 1)]
    (fetch,) = table.of("BatchGetItem")
    names = fetch["RequestItems"]["orders"]["ExpressionAttributeNames"].values()
    assert set(names) == {"count", "rating", "customer_id", "order_id"}


def _deleting(table: ReadingTable, *numbers: int) -> None:
    """Delete items between the index and the table."""

    def delete(name: str, wire: dict[str, Any]) -> None:
        if name == "BatchGetItem":
            gone = {f"o{number:03}" for number in numbers}
            table.items = [item for item in table.items if item["order_id"]["S"] not in gone]

    table.faults = delete


@pytest.mark.parametrize(
    ("gone", "expected"), [((0,), [3, 6]), ((3,), [0, 6]), ((0, 3), [6, 9]), ((0, 3, 6, 9), [])]
)
@pytest.mark.parametrize("size", [1, 1000])
async def test_hydrate_what_is_gone(gone: tuple[int, ...], expected: list[int], size: int) -> None:
    """What was deleted in between is left out, and does not count for limit, first item or page."""

    def query() -> Query[Order]:
        table = order_table(sizes=repeat(size))
        _deleting(table, *gone)
        return table.query().where(Order.rating == 1).hydrate()

    assert numbers_of(await query().limit(2).all()) == expected
    assert numbers_of((await query().page(size=2)).items) == expected
    first = await query().first()
    assert numbers_of([first] if first else []) == expected[:1]


async def test_hydrate_a_scan() -> None:
    """A scan of an index of keys can fetch the items too."""
    table = order_table()
    found = await table.scan(segments=2).using(Order.by_rating).hydrate().all()
    assert sorted(numbers_of(found)) == list(range(10))
