"""Items that are JSON, and nothing that DynamoDB stores: through a mapper, over both lanes."""

from __future__ import annotations

from typing import Any

import pytest

from ddbmodel import Attr, Mapper, Model, partition_key
from ddbmodel.errors import CodecError, ReplyCorrupt
from ddbmodel.transport.connect import LaneChoice
from tests.unit.transport.conftest import MakeClient
from tests.unit.transport.scripted_server import Play, ScriptedServer


class Order(Model, table="orders"):
    order_id: Attr[str] = partition_key()
    number: Attr[int | None] = None
    labels: Attr[dict[str, Any] | None] = None
    lines: Attr[list[Any] | None] = None
    image: Attr[bytes | None] = None


SECRET = "4711"
MISSHAPEN = [
    '"number": {"N": 4711}',
    '"number": {"N": [4711]}',
    '"number": {"N": null}',
    '"number": {"N": "4711x"}',
    '"number": 4711',
    '"number": "4711"',
    '"number": ["4711"]',
    '"labels": {"M": ["4711"]}',
    '"labels": {"M": {"a": "4711"}}',
    '"labels": {"M": {"a": {"S": 4711}, "b": {"N": {}}}}',
    '"lines": {"L": {"4711": 1}}',
    '"lines": {"L": [null, "4711"]}',
    '"lines": {"L": [{"L": "4711"}]}',
    '"lines": {"L": [{"NS": ["4711x"]}]}',
    '"image": {"B": 4711}',
]


@pytest.mark.parametrize("member", MISSHAPEN)
async def test_a_misshapen_item_is_an_error_of_ours(
    make_client: MakeClient, server: ScriptedServer, choice: LaneChoice, member: str
) -> None:
    """Of the reply or of the item, whoever notices first; and the value is not in its text."""
    item = '{"order_id": {"S": "o1"}, ' + member + "}"
    server.script.append(Play(f'{{"Item": {item}}}'.encode()))
    server.script.append(Play(f'{{"Items": [{item}], "Count": 1}}'.encode()))
    async with Mapper(await make_client(retries={"total_max_attempts": 1}), lane=choice) as mapper:
        for read in (mapper.get(Order, "o1"), _first(mapper)):
            with pytest.raises((CodecError, ReplyCorrupt)) as caught:
                await read
            assert SECRET not in str(caught.value)


async def _first(mapper: Mapper) -> Order | None:
    async for order in mapper.query(Order).where(Order.order_id == "o1"):
        return order
    return None


@pytest.mark.parametrize(
    "key", ["{}", '{"order_id": "4711"}', '{"order_id": {"N": "4711"}}', '{"order_id": {"S": 4711}}']
)
async def test_an_item_without_its_key_is_an_error_of_ours(
    make_client: MakeClient, server: ScriptedServer, choice: LaneChoice, key: str
) -> None:
    """Of many that are asked for, it would belong to none."""
    server.script.append(Play(f'{{"Responses": {{"orders": [{key}]}}}}'.encode()))
    async with Mapper(await make_client(retries={"total_max_attempts": 1}), lane=choice) as mapper:
        with pytest.raises((CodecError, ReplyCorrupt)) as caught:
            await mapper.batch_get(Order, ["o1"])
    assert SECRET not in str(caught.value)
