"""Uses of streams and PartiQL that must pass."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, assert_type

from ddbmodel import (
    Change,
    CheckpointItem,
    ConditionalCheckpointStore,
    Mapper,
    StatementItems,
    StatementOutcome,
    changes_of_event,
    changes_of_kinesis,
)
from tests.typing.shop import Customer, Order


class Store:
    """A user's own store of checkpoints."""

    async def load(self) -> str | None:
        """Give the text."""
        return None

    async def save(self, text: str, /) -> None:
        """Keep the text."""
        print(text)


async def following(mapper: Mapper) -> None:
    """Changes are typed by the models."""
    async for change in mapper.changes(Order, start="latest", checkpoint=Path("place")):
        assert_type(change, Change[Order])
        if change.new is not None:
            assert_type(change.new.total, Decimal)
        assert_type(await mapper.get(change.key), Order | None)
    async for either in mapper.changes(Customer, Order, checkpoint=Store(), on_invalid="collect"):
        assert_type(either.old, Customer | Order | None)


def delivered(event: Mapping[str, Any], records: list[dict[str, Any]]) -> dict[str, list[dict[str, str]]]:
    """Events are typed as well."""
    for change in changes_of_kinesis(records, Order):
        assert_type(change.new, Order | None)
    changes = changes_of_event(event, Customer, Order)
    for either in changes:
        assert_type(either, Change[Customer | Order])
    return changes.response()


class Place(CheckpointItem, table="places"):
    """What checkpoints are kept in."""


async def kept(mapper: Mapper) -> None:
    """A table keeps checkpoints, as any store that compares does."""
    store: ConditionalCheckpointStore = mapper.stream_checkpoint(Place.key("orders"))
    async for change in mapper.changes(Order, checkpoint=store):
        assert_type(change, Change[Order])


async def statements(mapper: Mapper) -> None:
    """Statements give models, or dicts."""
    assert_type(await mapper.execute("SELECT ...", ["c"], model=Order), list[Order])
    assert_type(await mapper.execute("SELECT ...", ["c"]), list[dict[str, Any]])
    assert_type(mapper.select("SELECT ...", ["c"], model=Order), StatementItems[Order])
    outcomes = await mapper.execute_batch([("SELECT ...", ["c"]), "SELECT ..."], model=Order)
    assert_type(outcomes, list[StatementOutcome[Order]])
    assert_type(await mapper.execute_batch(["SELECT ..."]), list[StatementOutcome[dict[str, Any]]])
    assert_type(await mapper.execute_transaction(["SELECT ..."], model=Order), list[Order | None])
    async for order in mapper.select("SELECT ...", ["c"], model=Order):
        assert_type(order, Order)
