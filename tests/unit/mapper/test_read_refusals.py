"""What a query or scan is refused for: nothing is sent then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ddbmodel import (
    Attr,
    ExpressionError,
    ModelDefinitionError,
    NoAccessPath,
    field,
)
from ddbmodel.mapper.query import Query
from ddbmodel.mapper.read import Read
from ddbmodel.model import plan_of
from tests.unit.mapper.market import Address, Order, Thing
from tests.unit.mapper.reading import C, order_table, some_orders
from tests.unit.mapper.reading_table import ReadingTable

REFUSED: list[tuple[type[Exception], Callable[[ReadingTable], Any]]] = [
    (NoAccessPath, lambda t: t.query()),
    (NoAccessPath, lambda t: t.query().where(Order.total > 3)),
    (NoAccessPath, lambda t: t.query().where(C, Order.order_id != "x")),
    (NoAccessPath, lambda t: t.query().where(Order.customer_id == "")),
    (NoAccessPath, lambda t: t.query().where(Order.status == "x").consistent()),
    (ExpressionError, lambda t: t.query().where(C, Order.order_id > "b", Order.order_id < "a")),
    (ExpressionError, lambda t: t.query().where(*([C] * 2), *[Order.total > n for n in range(301)])),
    (ExpressionError, lambda t: t.query().where(C, Order.note == "x" * 2_100_000)),
    (ExpressionError, lambda t: t.scan().using(Order.by_status).consistent()),
]
UNHELD: list[tuple[type[Exception], Callable[[ReadingTable], Any]]] = [
    (NoAccessPath, lambda t: t.query().where(Order.rating == 1)),
    (ExpressionError, lambda t: t.scan().using(Order.by_rating)),
]


@pytest.mark.parametrize(("error", "describe"), REFUSED)
@pytest.mark.parametrize(
    "use",
    [
        lambda read: read.all(),
        lambda read: read.first(),
        lambda read: read.count(),
        lambda read: read.page(size=5),
        lambda read: _explained(read),
    ],
)
async def test_refused(
    error: type[Exception], describe: Callable[[ReadingTable], Any], use: Callable[[Any], Any]
) -> None:
    """What cannot be served is refused in every way of using it, and nothing is sent, least of all a scan."""
    table = order_table()
    with pytest.raises(error):
        await use(describe(table))
    assert table.requests == []


@pytest.mark.parametrize(("error", "describe"), UNHELD)
@pytest.mark.parametrize(
    "use", [lambda read: read.all(), lambda read: read.first(), lambda read: read.page(size=5)]
)
async def test_refused_of_keys_alone(
    error: type[Exception], describe: Callable[[ReadingTable], Any], use: Callable[[Any], Any]
) -> None:
    """Whole items are not read from an index that holds their keys only; how many there are can be asked."""
    table = order_table()
    with pytest.raises(error):
        await use(describe(table))
    assert table.requests == []
    assert await describe(table).count() >= 0
    assert len(table.requests) == 1


async def _explained(read: Read[Any]) -> Any:
    return read.explain()


class Sub(Order, table="subs"):
    """A model that inherits its fields."""


class Moved(Order, table="moved"):
    status: Attr[str] = field(default="new")


WRONG: list[tuple[str, Callable[[ReadingTable], Any]]] = [
    ("where\\(\\) takes conditions", lambda t: t.query().where(True)),
    ("where\\(\\) takes conditions", lambda t: t.query().where("customer_id = c")),
    ("Thing.kind is no path of Order", lambda t: t.query().where(Thing.kind == "a")),
    ("Address.city is no path of Order", lambda t: t.query().where(C, Address.city == "a")),
    ("Sub.total is no path of Order", lambda t: t.query().where(Sub.total == 1)),
    ("Thing.kind is no path of Order", lambda t: t.query().select(Thing.kind)),
    ("select\\(\\) needs at least one", lambda t: t.query().select()),
    ("select\\(\\) takes paths such as", lambda t: t.query().select("total")),
    ("select\\(\\) takes paths such as", lambda t: t.query().select(Order.order_id.size())),
    ("select\\(\\) takes paths such as", lambda t: t.scan().select(Order.by_day)),
    ("limit is a whole number from 1 on", lambda t: t.query().limit(0)),
    ("limit is a whole number from 1 on", lambda t: t.query().limit(-1)),
    ("limit is a whole number from 1 on", lambda t: t.query().limit(1.5)),
    ("limit is a whole number from 1 on", lambda t: t.query().limit(True)),
    ("page_size is a whole number from 1 on", lambda t: t.query().page_size(0)),
    ("using\\(\\) takes an index of Order: Order.by_day", lambda t: t.query().using("by_day")),
    ("using\\(\\) takes an index of Order", lambda t: t.query().using(Order.total)),
    ("segments is a whole number from 1 to 1,000,000", lambda t: t.scan(segments=0)),
    ("segments is a whole number from 1 to 1,000,000", lambda t: t.scan(segments=1_000_001)),
    ("segments is a whole number from 1 to 1,000,000", lambda t: t.scan(segments=True)),
    ("segments is a whole number from 1 to 1,000,000", lambda t: t.scan(segments=2.0)),
]


@pytest.mark.parametrize(("message", "describe"), WRONG)
def test_wrong_arguments(message: str, describe: Callable[[ReadingTable], Any]) -> None:
    """A wrong argument is refused where it is given."""
    with pytest.raises(ExpressionError, match=message):
        describe(order_table())


@pytest.mark.parametrize("size", [0, -1, True, 1.5])
async def test_wrong_page_size(size: Any) -> None:
    """A page has a whole number of items from 1 on."""
    with pytest.raises(ExpressionError, match="size is a whole number"):
        await order_table().query().where(C).page(size=size)


def test_no_table() -> None:
    """A part cannot be queried."""
    with pytest.raises(ModelDefinitionError, match="has no table"):
        Query(order_table().gateway, plan_of(Address))


async def test_paths_of_a_base() -> None:
    """The paths of a base class serve its subclasses."""
    table = ReadingTable([Sub(**order.model_dump()) for order in some_orders(3)], kind=Sub)
    assert len(await table.query().where(Order.customer_id == "c", Sub.total > 0).all()) == 2


def test_paths_of_a_base_that_stores_otherwise() -> None:
    """A base's path is refused where the subclass stores the field under another name."""
    with pytest.raises(
        ExpressionError, match=r"Order.status: Moved stores status under another name; write Moved.status"
    ):
        ReadingTable([], kind=Moved).query().where(Order.status == "new")
