"""PartiQL through the mapper: against moto, and where it does not go, against scripted replies."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from ddbmodel import (
    Attr,
    CodecError,
    ConditionalCheckFailed,
    ExpressionError,
    GlobalIndex,
    ItemExists,
    Mapper,
    Model,
    WriteOutcomeUnknown,
    field,
    partition_key,
    sort_key,
)
from ddbmodel.testing import LocalDynamoDB
from tests.unit.transport.scripted_server import Play, ScriptedServer, answer, fault

SELECT = 'SELECT * FROM "orders" WHERE customer_id = ?'
INSERT = "INSERT INTO \"orders\" VALUE {'customer_id': ?, 'order_id': ?, 'total': ?}"


class Order(Model, table="orders"):
    """What is selected."""

    customer_id: Attr[str] = partition_key()
    order_id: Attr[str] = sort_key()
    total: Attr[Decimal] = field(default=Decimal(0))
    status: Attr[str] = field(default="open")

    by_status = GlobalIndex(partition_key="status")


class Other(Model, table="others"):
    """A model of another table."""

    name: Attr[str] = partition_key()


@pytest.fixture
async def orders(dynamodb: LocalDynamoDB) -> AsyncGenerator[Mapper]:
    """A mapper on a table with three orders."""
    async with dynamodb.connect() as mapper:
        await mapper.create_table(Order)
        for number in range(3):
            await mapper.put(Order(customer_id="c", order_id=f"o{number}", total=Decimal(number)))
        yield mapper


@pytest.fixture
async def scripted() -> AsyncGenerator[tuple[ScriptedServer, Mapper]]:
    """A mapper on an endpoint that plays a script."""
    keys: dict[str, Any] = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    async with ScriptedServer() as server:
        async with Mapper.connect(region_name="us-east-1", endpoint_url=server.url, **keys) as mapper:
            yield server, mapper


async def test_a_select_gives_models(orders: Mapper) -> None:
    """Items of a SELECT are models, or dicts of plain values where no model is given."""
    found = await orders.execute(SELECT, ["c"], model=Order)
    assert sorted(one.order_id for one in found) == ["o0", "o1", "o2"]
    assert isinstance(found[0], Order)
    totals = await orders.execute('SELECT total FROM "orders" WHERE customer_id = ?', ["c"])
    assert sorted(one["total"] for one in totals) == [0, 1, 2]
    streamed = [one.order_id async for one in orders.select(SELECT, ["c"], model=Order)]
    assert len(streamed) == 3


async def test_updates_are_executed(orders: Mapper) -> None:
    """A write changes what it names. Moto cannot read `?` in an INSERT, nor two conditions of a DELETE."""
    where = "WHERE customer_id = ? AND order_id = ?"
    await orders.execute(f'UPDATE "orders" SET status = ? {where}', ["done", "c", "o0"])
    assert (await orders.require(Order, "c", "o0")).status == "done"


@pytest.mark.parametrize(
    ("statement", "parameters", "options", "said"),
    [
        ('SELECT * FROM "orders"', [], {"model": Order}, "read all of 'orders'"),
        ('SELECT * FROM "orders" WHERE order_id = ?', ["o"], {"model": Order}, "customer_id"),
        ('SELECT * FROM "orders"."by_status" WHERE customer_id = ?', ["c"], {"model": Order}, "status"),
        ('SELECT * FROM "orders"."by_total" WHERE total = ?', [1], {"model": Order}, "no index 'by_total'"),
        (
            'SELECT * FROM "orders"."by_status" WHERE status = ?',
            ["open"],
            {"model": Order, "consistent": True},
            "global index cannot be read consistently",
        ),
        (
            'SELECT * FROM "orders"."by_status"',
            [],
            {"model": Order, "consistent": True, "allow_scan": True},
            "global index cannot be read consistently",
        ),
        (SELECT, ["c"], {"model": Other}, "is in 'others'"),
        (SELECT, [], {"model": Order}, '1 "\\?", and there are 0'),
        (SELECT, ["c", "d"], {"model": Order}, '1 "\\?", and there are 2'),
        (SELECT, "c", {"model": Order}, "parameters are a list"),
        ("DROP TABLE orders", [], {}, "begins with SELECT"),
        (INSERT, ["c", "o", 1], {"consistent": True}, "are for SELECT"),
    ],
)
async def test_what_cannot_be_is_refused_before_anything_is_sent(
    scripted: tuple[ScriptedServer, Mapper], statement: str, parameters: Any, options: Any, said: str
) -> None:
    """A scan nobody asked for, a wrong table, and wrong parameters never reach the service."""
    server, mapper = scripted
    with pytest.raises(ExpressionError, match=said):
        await mapper.execute(statement, parameters, **options)
    assert server.received == []


async def test_a_scan_without_a_model_is_found_by_the_tables_keys(orders: Mapper) -> None:
    """The table is described to know its keys; with allow_scan=True it is read."""
    with pytest.raises(ExpressionError, match="allow_scan=True"):
        await orders.execute('SELECT * FROM "orders" WHERE order_id = ?', ["o1"])
    found = await orders.execute('SELECT * FROM "orders" WHERE order_id = ?', ["o1"], allow_scan=True)
    assert [one["order_id"] for one in found] == ["o1"]


async def test_a_global_index_is_not_read_consistently_without_a_model_either(orders: Mapper) -> None:
    """With allow_scan=True too, the table is described then, as the index may be a local one."""
    with pytest.raises(ExpressionError, match="global index cannot be read consistently"):
        await orders.execute('SELECT * FROM "orders"."by_status"', consistent=True, allow_scan=True)


async def test_parameters_are_stored_by_their_types(scripted: tuple[ScriptedServer, Mapper]) -> None:
    """Each value goes as a parameter, in the form that a field of its type has."""
    server, mapper = scripted
    values = [
        "x' OR 1=1",
        1,
        Decimal("0.10"),
        True,
        None,
        b"\x00",
        {"a": [1]},
        {"s"},
        datetime(2026, 1, 2, tzinfo=UTC),
    ]
    marks = ", ".join(f"'k{number}': ?" for number in range(len(values)))
    await mapper.execute(f'INSERT INTO "orders" VALUE {{{marks}}}', values)
    (request,) = server.received
    assert request.body["Parameters"] == [
        {"S": "x' OR 1=1"},
        {"N": "1"},
        {"N": "0.1"},
        {"BOOL": True},
        {"NULL": True},
        {"B": "AA=="},
        {"M": {"a": {"L": [{"N": "1"}]}}},
        {"SS": ["s"]},
        {"S": "2026-01-02T00:00:00.000000Z"},
    ]
    assert "1=1" not in request.body["Statement"]


@pytest.mark.parametrize("value", [float("nan"), set(), object(), datetime(2026, 1, 2)])  # noqa: DTZ001
async def test_a_parameter_that_cannot_be_stored_is_named(
    scripted: tuple[ScriptedServer, Mapper], value: Any
) -> None:
    """The error has the parameter's number, and nothing is sent."""
    server, mapper = scripted
    with pytest.raises(CodecError) as refused:
        await mapper.execute(INSERT, ["c", "o", value])
    assert refused.value.path == "$[2]"
    assert server.received == []


async def test_pages_follow_the_services_token(scripted: tuple[ScriptedServer, Mapper]) -> None:
    """Iterating reads page after page, empty ones too; `page` gives one, and what comes next."""
    server, mapper = scripted
    items = [{"customer_id": {"S": "c"}, "order_id": {"S": str(number)}} for number in range(3)]
    pages = [answer({"Items": items[:2], "NextToken": "t1"}), answer({"Items": [], "NextToken": "t2"})]
    server.script.extend([*pages, answer({"Items": items[2:]})])
    found = await mapper.execute(SELECT, ["c"], model=Order)
    assert [one.order_id for one in found] == ["0", "1", "2"]
    assert [one.body.get("NextToken") for one in server.received] == [None, "t1", "t2"]
    server.script.append(pages[0])
    page = await mapper.select(SELECT, ["c"], model=Order).page(size=2, after="t0")
    assert (len(page.items), page.next) == (2, "t1")
    assert server.received[-1].body["Limit"] == 2


async def test_items_that_are_not_of_the_model_are_raised_or_set_aside(
    scripted: tuple[ScriptedServer, Mapper],
) -> None:
    """As in other reads."""
    server, mapper = scripted
    server.script.extend([answer({"Items": [{"customer_id": {"S": "c"}}]})] * 2)
    with pytest.raises(CodecError):
        await mapper.execute(SELECT, ["c"], model=Order)
    selected = mapper.select(SELECT, ["c"], model=Order, on_invalid="collect")
    assert [one async for one in selected] == []
    assert len(selected.invalid) == 1


@pytest.mark.parametrize(
    ("play", "error"),
    [
        (fault("DuplicateItemException"), ItemExists),
        (fault("ConditionalCheckFailedException"), ConditionalCheckFailed),
        (Play(reset=True), WriteOutcomeUnknown),
        (fault("InternalServerError", status=500), WriteOutcomeUnknown),
    ],
)
async def test_a_write_is_sent_once_and_says_what_became_of_it(
    scripted: tuple[ScriptedServer, Mapper], play: Play, error: type[Exception]
) -> None:
    """A lost reply is an unknown outcome: nobody knows what a statement does when it is repeated."""
    server, mapper = scripted
    server.script.append(play)
    with pytest.raises(error):
        await mapper.execute(INSERT, ["c", "o", 1])
    assert len(server.received) == 1


async def test_a_refused_write_has_the_stored_item(scripted: tuple[ScriptedServer, Mapper]) -> None:
    """Decoded as the model."""
    server, mapper = scripted
    item = {"customer_id": {"S": "c"}, "order_id": {"S": "o"}}
    server.script.append(fault("ConditionalCheckFailedException", Item=item))
    with pytest.raises(ConditionalCheckFailed) as refused:
        await mapper.execute('DELETE FROM "orders" WHERE customer_id = ?', ["c"], model=Order)
    assert refused.value.item == Order(customer_id="c", order_id="o")


async def test_a_read_whose_reply_is_lost_is_repeated(scripted: tuple[ScriptedServer, Mapper]) -> None:
    """A SELECT changes nothing."""
    server, mapper = scripted
    server.script.extend([Play(reset=True), answer({"Items": []})])
    assert await mapper.execute(SELECT, ["c"], model=Order) == []
    assert len(server.received) == 2


async def test_select_takes_nothing_but_selects(scripted: tuple[ScriptedServer, Mapper]) -> None:
    """A write is not sent by iterating."""
    server, mapper = scripted
    with pytest.raises(ExpressionError, match="takes a SELECT"):
        mapper.select(INSERT, ["c", "o", 1])
    assert server.received == []
