"""Explanations: what is shown is what is sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ddbmodel.mapper.read import Read
from tests.unit.mapper.market import NOON, Order, Reading
from tests.unit.mapper.reading import C, order_table
from tests.unit.mapper.reading_table import ReadingTable


@pytest.mark.parametrize(
    "describe",
    [
        lambda t: t.query().where(C),
        lambda t: t.query().where(C, Order.total > 3).limit(3).reverse().consistent(),
        lambda t: t.query().where(Order.status == "new", Order.placed_at < NOON).limit(3).page_size(2),
        lambda t: t.query().where(C, Order.order_id > "a", Order.order_id < "x").limit(3),
        lambda t: t.query().where(Order.rating == 1).hydrate(),
        lambda t: t.query().where(C).select(Order.total),
        lambda t: t.scan().where(Order.total > 3).limit(4),
        lambda t: t.scan(segments=3).select(Order.total),
        lambda t: t.scan().using(Order.by_status),
    ],
)
async def test_explained_as_sent(describe: Callable[[ReadingTable], Read[Order]]) -> None:
    """What is explained is what is sent first."""
    table = order_table()
    explained = describe(table).explain()
    assert table.requests == []
    await describe(table).all()
    name, wire = table.requests[0]
    assert (explained.operation, explained.request) == (name, wire)


def test_explanation() -> None:
    """An explanation shows path, conditions with the placeholders of the request, and the request."""
    query = order_table().query().where(Order.status == "new", Order.placed_at >= NOON, Order.total > 3)
    shown = str(query.limit(3).explain())
    assert shown.startswith(
        "Query orders\n"
        "  path: index by_status\n"
        "  key condition: st = :v0 AND placed_at >= :v1\n"
        "  filter: total > :v2\n"
        "  cost: at most 128 read units a page\n"
        "  request: {\n"
        '    "TableName": "orders",\n'
    )
    assert query.explain().request["ExpressionAttributeValues"][":v2"] == {"N": "3"}
    assert "new" not in repr(query.explain())
    assert "new" not in repr(query)


def test_explained_notes() -> None:
    """An explanation says what the request does not show."""
    query = order_table().query().where(Order.rating == 1, Order.total > 1, Order.total < 5).hydrate()
    assert query.explain().notes == (
        "items at the excluded end of the range of total are dropped, as BETWEEN includes it",
        (
            "BatchGetItem fetches the items, as the index does not hold all that is asked for: that costs the "
            "read units of each item on top"
        ),
    )
    assert "\n  note: items at the excluded end" in str(query.explain())


def test_explained_bytes() -> None:
    """Bytes are shown by their number."""
    table = ReadingTable([], kind=Reading)
    assert '"B": "3 bytes"' in str(table.query().where(Reading.sensor == 1, Reading.code == b"abc").explain())
