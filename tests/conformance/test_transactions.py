"""Transactions as operations, on every engine that has them."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

import pytest

from ddbmodel import Attr, Mapper, Model, ServiceError, TransactionCanceled, partition_key
from ddbmodel.codec.values import Item
from ddbmodel.operations import (
    PutItem,
    TransactAction,
    TransactCheck,
    TransactDelete,
    TransactGet,
    TransactGetItems,
    TransactGetItemsResult,
    TransactPut,
    TransactUpdate,
    TransactWriteItems,
)
from ddbmodel.transport.client_lane import ClientLane
from ddbmodel.transport.connect import attach
from tests.engines.engine import Engine
from tests.unit.operations.expressions import Attributes, Expression


class Stock(Model, table="stock"):
    pk: Attr[str] = partition_key()


@pytest.fixture
async def lane(engine: Engine) -> AsyncIterator[ClientLane]:
    """A lane to the engine."""
    async with engine.client() as client:
        lane = attach(client)
        yield lane
        await lane.close()


@pytest.fixture
async def table(mapper: Mapper, lane: ClientLane, table_prefix: str) -> str:
    """The name of a table with three items, whose names are their keys."""
    name = f"{table_prefix}stock"
    await mapper.create_table(Stock)
    for key in ("changed", "deleted", "checked"):
        await lane.send(PutItem(name, _item(key)))
    return name


def _key(name: str) -> Item:
    return {"pk": {"S": name}}


def _item(name: str, state: str = "old") -> Item:
    return _key(name) | {"state": {"S": state}, "blob": {"B": b"\x00\xff"}}


def _actions(table: str, checked: str = "old") -> tuple[TransactAction, ...]:
    """One of each kind; `checked` is the state that the item called `checked` has to be in."""
    return (
        TransactPut(table, _item("put", "new")),
        TransactUpdate(
            table, _key("changed"), Expression("state", "new", verb="SET "), Expression("state", "old")
        ),
        TransactDelete(table, _key("deleted"), Expression("state", "old")),
        TransactCheck(table, _key("checked"), Expression("state", checked)),
    )


async def _stored(lane: ClientLane, table: str) -> tuple[Item | None, ...]:
    names = ("put", "changed", "deleted", "checked")
    gets = TransactGetItems(tuple(TransactGet(table, _key(name)) for name in names))
    return TransactGetItemsResult.from_wire(await lane.send(gets)).items


@pytest.mark.behaviour("transactions")
async def test_all_actions_happen(lane: ClientLane, table: str) -> None:
    """A put, an update, a delete and a check, each with names and values of its own."""
    await lane.send(TransactWriteItems(_actions(table), token=uuid.uuid4().hex))
    assert await _stored(lane, table) == (
        _item("put", "new"),
        _item("changed", "new"),
        None,
        _item("checked"),
    )


@pytest.mark.behaviour("transactions")
async def test_a_false_condition_cancels_all_of_it(lane: ClientLane, table: str) -> None:
    """Nothing is written, and the reason of the action to blame has the item as stored."""
    with pytest.raises(TransactionCanceled) as caught:
        await lane.send(TransactWriteItems(_actions(table, checked="new")))
    assert [reason.code for reason in caught.value.reasons] == ["None"] * 3 + ["ConditionalCheckFailed"]
    assert [reason.item for reason in caught.value.reasons] == [None] * 3 + [_item("checked")]
    assert await _stored(lane, table) == (None, _item("changed"), _item("deleted"), _item("checked"))


@pytest.mark.behaviour("attributes chosen in a transactional get")
@pytest.mark.behaviour("transactions")
async def test_attributes_are_chosen_for_each_key(lane: ClientLane, table: str) -> None:
    """Each has a projection of its own, and a missing item is None."""
    gets = (
        TransactGet(table, _key("changed"), Attributes(("state",))),
        TransactGet(table, _key("nothing")),
        TransactGet(table, _key("checked"), Attributes(("pk", "blob"))),
    )
    result = TransactGetItemsResult.from_wire(await lane.send(TransactGetItems(gets)))
    assert result.items == ({"state": {"S": "old"}}, None, _key("checked") | {"blob": {"B": b"\x00\xff"}})


@pytest.mark.behaviour("transactions")
async def test_an_item_can_be_in_a_transaction_once(lane: ClientLane, table: str) -> None:
    """Two actions on one item are refused, and nothing is written."""
    with pytest.raises((ServiceError, TransactionCanceled)):
        await lane.send(TransactWriteItems((TransactPut(table, _item("put")), *_actions(table))))
    assert (await _stored(lane, table))[0] is None
