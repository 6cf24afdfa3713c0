"""Where the demonstration runs: the embedded DynamoDB, or one that is there already; and its table."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import aioboto3

from ddbmodel import Mapper
from ddbmodel.testing import LocalDynamoDB
from examples.ecommerce.models import shop
from examples.ecommerce.recorder import Recorder

# Keeps the shop's table apart from others of an engine that is not ours.
TABLE_PREFIX: Final = "ddbmodel-ecommerce-"
_REGION_IF_NONE: Final = "us-east-1"  # an engine on this machine takes any


@dataclass(frozen=True, slots=True)
class Engine:
    """Two mappers on one engine: one as any application opens it, one whose requests are recorded."""

    mapper: Mapper
    recorded: Mapper
    recorder: Recorder


@asynccontextmanager
async def open_engine(endpoint_url: str | None) -> AsyncGenerator[Engine]:
    """Open the engine at an address, with the environment's credentials; without one, the embedded engine.

    Args:
        endpoint_url: such as `http://localhost:8000`.
    """
    if endpoint_url is None:
        async with LocalDynamoDB() as dynamodb, dynamodb.client() as client, dynamodb.connect() as mapper:
            yield Engine(mapper, Mapper(client), Recorder(client))
        return
    session: Any = aioboto3.Session()  # it has no types
    region = session.region_name or _REGION_IF_NONE
    async with (
        session.client("dynamodb", region_name=region, endpoint_url=endpoint_url) as client,
        Mapper.connect(
            session=session, region_name=region, endpoint_url=endpoint_url, table_prefix=TABLE_PREFIX
        ) as mapper,
    ):
        yield Engine(mapper, Mapper(client, table_prefix=TABLE_PREFIX), Recorder(client))


@asynccontextmanager
async def shop_table(mapper: Mapper, *, keep: bool) -> AsyncGenerator[None]:
    """Create the shop's table, with its indexes and time to live, and delete it on leaving.

    Args:
        mapper: where to create it.
        keep: leave it there, also when something went wrong.

    Raises:
        TableInUse: it exists already. It is left alone.
    """
    await mapper.create_table(shop)
    try:
        yield
    finally:
        if not keep:
            await mapper.delete_table(shop)
