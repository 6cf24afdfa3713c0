"""Batch reads bring on every engine the items of their keys, in their order."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ddbmodel import Attr, Mapper, Model, field, partition_key, sort_key


class Reading(Model, table="readings"):
    """Its key is a number and bytes, and its fields are stored under other names."""

    sensor: Attr[Decimal] = partition_key(attribute="no")
    code: Attr[bytes] = sort_key(attribute="size")
    value: Attr[int] = field(default=0)


class Large(Model, table="large"):
    large_id: Attr[str] = partition_key()
    text: Attr[str]


READINGS = [Reading(sensor=Decimal(n // 4) / 8, code=bytes((n,)), value=n) for n in range(230)]


@pytest.fixture
async def full(mapper: Mapper) -> Mapper:
    """A mapper whose table has the readings."""
    await mapper.create_table(Reading)
    async with mapper.batch_writer() as writer:
        for reading in READINGS:
            await writer.put(reading)
    return mapper


@pytest.mark.parametrize("consistent", [False, True])
async def test_any_number(full: Mapper, consistent: bool) -> None:
    """More keys than fit into a request bring their items in the order of the keys."""
    keys = [(reading.sensor, reading.code) for reading in reversed(READINGS)]
    assert await full.batch_get(Reading, keys, consistent=consistent) == READINGS[::-1]


async def test_missing_and_twice(full: Mapper) -> None:
    """There is None for a missing item, and an item for each time that its key is given."""
    found = await full.batch_get(
        Reading,
        [
            Reading.key(0, b"\x01"),
            (Decimal("0.000"), b"\x01"),
            (0, b"\x00"),
            {"code": b"\x04", "sensor": Decimal("0.125")},
            (0, b"missing"),
            (Decimal("1E+3"), b"\x01"),
        ],
    )
    assert [reading and reading.value for reading in found] == [1, 1, 0, 4, None, None]


async def test_nothing(full: Mapper) -> None:
    """No keys bring no items."""
    assert await full.batch_get(Reading, []) == []


# aiohttp's own, shown only where warnings are: aiobotocore hands it a batch of megabytes as bytes.
@pytest.mark.filterwarnings("ignore:Sending a large body directly:ResourceWarning")
async def test_more_than_a_reply_holds(mapper: Mapper) -> None:
    """Items of more than 16 MB, which no reply holds, come all the same."""
    await mapper.create_table(Large)
    texts = {f"{number:02}": f"{number:02}" * 150_000 for number in range(60)}
    async with mapper.batch_writer() as writer:
        for name, text in texts.items():
            await writer.put(Large(large_id=name, text=text))
    found = await mapper.batch_get(Large, texts)
    assert [large and large.text for large in found] == list(texts.values())
