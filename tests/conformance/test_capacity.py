"""Measures on every engine: what is counted, and the capacity that the engine reports."""

from __future__ import annotations

import pytest

from ddbmodel import Attr, GlobalIndex, Mapper, Model, Usage, field, partition_key, sort_key


class Note(Model, table="notes"):
    author: Attr[str] = partition_key()
    number: Attr[int] = sort_key()
    topic: Attr[str] = field(default="none")

    by_topic = GlobalIndex(partition_key="topic", sort_key="number")


@pytest.fixture
async def notes(mapper: Mapper) -> Mapper:
    """A mapper whose notes table holds thirty of them."""
    await mapper.create_table(Note)
    async with mapper.batch_writer() as writer:
        for number in range(30):
            await writer.put(Note(author="a", number=number))
    return mapper


async def test_every_verb_is_counted(notes: Mapper) -> None:
    """Requests by operation, and items in and out."""
    with notes.measure() as usage:
        await notes.create(Note(author="b", number=1))
        await notes.put(Note(author="b", number=1))
        await notes.update(Note.key("b", 1), Note.topic.set("x"))
        await notes.get(Note, "b", 1)
        await notes.get(Note, "b", 2)
        await notes.query(Note).where(Note.author == "a").limit(7).all()
        await notes.batch_get(Note, [("a", 1), ("a", 2), ("c", 3)])
        await notes.scan(Note, segments=2).count()
        await notes.delete(Note.key("b", 1))
    assert usage.operations == {
        "PutItem": 2,
        "UpdateItem": 1,
        "GetItem": 2,
        "Query": 1,
        "BatchGetItem": 1,
        "Scan": 2,
        "DeleteItem": 1,
    }
    assert usage.requests == 10
    assert (usage.items_read, usage.items_written) == (1 + 7 + 2 + 31, 4)
    assert (usage.retries, usage.throttles) == (0, 0)
    assert usage.seconds > 0


async def test_reads_use_read_units_and_writes_write_units(notes: Mapper, table_prefix: str) -> None:
    """Under the table's name as deployed. How many there are is the engine's affair."""
    with notes.measure() as writing:
        await notes.put(Note(author="b", number=1))
    with notes.measure() as reading:
        await notes.get(Note, "b", 1, consistent=True)
    assert list(writing.capacity) == list(reading.capacity) == [f"{table_prefix}notes"]
    assert (writing.read_units, reading.write_units) == (0, 0)
    assert writing.write_units >= 1
    assert reading.read_units > 0


async def test_a_query_of_an_index_uses_units_of_the_index(notes: Mapper, table_prefix: str) -> None:
    """They are part of the table's."""
    with notes.measure() as usage:
        found = await notes.query(Note).where(Note.topic == "none").all()
    assert len(found) == 30
    table = usage.capacity[f"{table_prefix}notes"]
    assert table.indexes.keys() == {"by_topic"}
    assert 0 < table.indexes["by_topic"].read_units <= table.read_units
    assert table.write_units == 0


async def test_batches_of_writes_are_added_up(mapper: Mapper) -> None:
    """As many requests as chunks of 25 writes."""
    await mapper.create_table(Note)
    with mapper.measure() as usage:
        async with mapper.batch_writer() as writer:
            for number in range(60):
                await writer.put(Note(author="a", number=number))
    assert (usage.operations, usage.items_written) == ({"BatchWriteItem": 3}, 60)
    assert usage.write_units > 0


@pytest.mark.behaviour("capacity of batch reads")
async def test_batches_of_reads_are_added_up(notes: Mapper) -> None:
    """As many requests as chunks of 100 keys."""
    with notes.measure() as usage:
        await notes.batch_get(Note, [("a", number) for number in range(150)])
    assert (usage.operations, usage.items_read) == ({"BatchGetItem": 2}, 30)
    assert usage.read_units > 0


async def test_nothing_is_counted_of_what_is_sent_outside(notes: Mapper) -> None:
    """A usage is empty until something is sent, and stays as it is afterwards."""
    with notes.measure() as usage:
        pass
    await notes.get(Note, "a", 1)
    empty = Usage()
    assert (usage.requests, usage.capacity, str(usage)) == (0, {}, str(empty))
