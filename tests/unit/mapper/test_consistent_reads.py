"""A mapper that reads consistently unless it is told otherwise."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from ddbmodel import Attr, ExpressionError, GlobalIndex, Mapper, Model, field, partition_key
from tests.unit.mapper.telling import Answer, Telling, mapper_on


class Parcel(Model, table="parcels"):
    parcel_id: Attr[str] = partition_key()
    status: Attr[str] = field(default="new")

    by_status = GlobalIndex(partition_key="status")


FOUND = {"parcel_id": {"S": "p1"}, "status": {"S": "new"}}
Call = Callable[[Mapper, dict[str, bool]], Awaitable[Any]]


def _read(read: Any, given: dict[str, bool]) -> Any:
    return read.consistent(**given) if given else read


READS: dict[str, tuple[dict[str, Any], Call]] = {
    "get": ({"Item": FOUND}, lambda m, given: m.get(Parcel, "p1", **given)),
    "require": ({"Item": FOUND}, lambda m, given: m.require(Parcel.key("p1"), **given)),
    "batch_get": ({}, lambda m, given: m.batch_get(Parcel, ["p1"], **given)),
    "query": (
        {"Items": []},
        lambda m, given: _read(m.query(Parcel), given).where(Parcel.parcel_id == "p1").all(),
    ),
    "scan": ({"Items": []}, lambda m, given: _read(m.scan(Parcel), given).all()),
    "page": ({"Items": []}, lambda m, given: _read(m.scan(Parcel), given).page(size=3)),
    "count": ({"Count": 0}, lambda m, given: _read(m.scan(Parcel), given).count()),
}
GIVEN: list[tuple[bool, dict[str, bool], bool]] = [
    (False, {}, False),
    (False, {"consistent": True}, True),
    (True, {}, True),
    (True, {"consistent": False}, False),
]


@pytest.mark.parametrize(("default", "given", "expected"), GIVEN)
@pytest.mark.parametrize(("reply", "call"), READS.values(), ids=READS)
async def test_a_read_is_consistent_as_it_says_or_else_as_the_mapper(
    reply: dict[str, Any], call: Call, default: bool, given: dict[str, bool], expected: bool
) -> None:
    """What the read says goes before what the mapper was told."""
    transport = Telling(Answer(reply))
    await call(mapper_on(transport, consistent_reads=default), given)
    (wire,) = transport.wires
    asked = wire["RequestItems"]["parcels"] if "RequestItems" in wire else wire
    assert asked.get("ConsistentRead", False) is expected


async def test_a_global_index_has_to_be_asked_for() -> None:
    """It cannot be read consistently: the refusal says how to read it, and nothing is sent until then."""
    transport = Telling(Answer({"Items": [FOUND]}))
    mapper = mapper_on(transport, consistent_reads=True)
    query = mapper.query(Parcel).where(Parcel.status == "new")
    for refused in (query.all, mapper.scan(Parcel).using(Parcel.by_status).all):
        with pytest.raises(ExpressionError, match=r"\.consistent\(False\)"):
            await refused()
    assert not transport.requests
    assert [parcel.parcel_id for parcel in await query.consistent(False).all()] == ["p1"]
