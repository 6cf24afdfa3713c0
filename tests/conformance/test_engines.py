"""Every engine that takes part is a DynamoDB that can be reached, raw and through a mapper."""

from __future__ import annotations

import pytest

from ddbmodel import Attr, Mapper, Model, partition_key
from ddbmodel.errors import TableNotFound
from tests.engines.engine import Engine


class Parcel(Model, table="parcels"):
    parcel_id: Attr[str] = partition_key()


async def test_an_engine_answers_raw_requests(engine: Engine) -> None:
    """A client of the engine gets answers of DynamoDB's protocol."""
    async with engine.client() as client:
        assert "TableNames" in await client.list_tables()


@pytest.mark.parametrize("turn", ["first", "second"])
async def test_tests_do_not_meet(mapper: Mapper, turn: str) -> None:
    """A table that one test creates is not there in another."""
    with pytest.raises(TableNotFound):
        await mapper.get(Parcel, turn)
    await mapper.create_table(Parcel)
    assert await mapper.get(Parcel, turn) is None
