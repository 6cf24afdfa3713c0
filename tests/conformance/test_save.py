"""`save` on every engine: what changed is sent, and nothing else is touched."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from ddbmodel import (
    Attr,
    ConditionalCheckFailed,
    ExpressionError,
    ItemNotFound,
    Mapper,
    Model,
    field,
    partition_key,
)
from tests.conformance.sent import Sent
from tests.engines.engine import Engine


class Place(Model):
    city: Attr[str]
    street: Attr[str | None] = None


class Person(Model, table="people"):
    name: Attr[str] = partition_key()
    age: Attr[int] = field(default=0)
    nick: Attr[str | None] = field(default=None, attribute="n")
    tags: Attr[set[str]] = field(default_factory=set)
    place: Attr[Place | None] = None


KEY = Person.key("ann")
UNDECLARED = {"mood": {"S": "good"}, "seen": {"NULL": True}}


@pytest.fixture
def sent() -> Sent:
    """What the mapper sends."""
    return Sent()


@pytest.fixture
async def people(mapper: Mapper, sent: Sent) -> AsyncIterator[Mapper]:
    """A mapper with Ann, whose requests are kept."""
    await mapper.create_table(Person)
    await mapper.put(Person(name="ann", age=30, nick="a", tags={"x", "y"}, place=Place(city="Rome")))
    remove = mapper.add_hook(sent)
    yield mapper
    remove()


@pytest.mark.parametrize(
    ("change", "names"),
    [
        pytest.param({"age": 31}, {"age"}, id="one field"),
        pytest.param({"age": 31, "tags": {"x"}}, {"age", "tags"}, id="two fields"),
        pytest.param({"nick": None}, {"n"}, id="none"),
        pytest.param({"tags": set()}, {"tags"}, id="an empty set"),
        pytest.param({"place": None}, {"place"}, id="a part"),
    ],
)
async def test_what_changed_is_sent(
    people: Mapper, sent: Sent, change: dict[str, Any], names: set[str]
) -> None:
    """One update that names the changed attributes and the key, and no others; what is None is removed."""
    ann = await people.require(KEY, consistent=True)
    for name, value in change.items():
        setattr(ann, name, value)
    sent.take()
    await people.save(ann)
    wire = sent.wire()
    assert set(wire["ExpressionAttributeNames"].values()) == names | {"name"}
    assert await people.require(KEY, consistent=True) == ann


async def test_a_change_inside_of_a_part_is_seen(people: Mapper) -> None:
    """Also where the object is the same one."""
    ann = await people.require(KEY)
    assert ann.place is not None
    ann.place.street = "Via Appia"
    ann.tags.add("z")
    await people.save(ann)
    assert await people.require(KEY) == ann


async def test_without_a_change_nothing_is_sent(people: Mapper, sent: Sent) -> None:
    """Neither after reading, nor after a write of the same object."""
    ann = await people.require(KEY)
    ann.age, ann.tags = 30, {"y", "x"}
    sent.take()
    await people.save(ann)
    ann.age = 31
    await people.save(ann)
    sent.take()
    await people.save(ann)
    assert sent.take() == []


async def test_what_others_changed_stays(people: Mapper) -> None:
    """Two writers that change different fields do not undo each other."""
    mine, theirs = await people.require(KEY), await people.require(KEY)
    mine.age, theirs.nick = 31, "annie"
    await people.save(mine)
    await people.save(theirs)
    stored = await people.require(KEY)
    assert (stored.age, stored.nick) == (31, "annie")


async def test_undeclared_attributes_stay(people: Mapper, engine: Engine, table_prefix: str) -> None:
    """What a model does not declare is another program's, and no save, update or failed save takes it away."""
    table, key = f"{table_prefix}people", {"name": {"S": "ann"}}
    async with engine.client() as client:
        stored = (await client.get_item(TableName=table, Key=key))["Item"]
        await client.put_item(TableName=table, Item=stored | UNDECLARED)
        ann = await people.require(KEY)
        ann.age = 31
        await people.save(ann)
        await people.update(KEY, Person.age.add(1))
        stored = (await client.get_item(TableName=table, Key=key))["Item"]
    assert {name: stored.get(name) for name in UNDECLARED} == UNDECLARED
    assert stored["age"] == {"N": "32"}


async def test_what_is_gone_is_not_made_anew(people: Mapper) -> None:
    """A part of an item would be no item."""
    ann = await people.require(KEY)
    await people.delete(KEY)
    ann.age = 31
    with pytest.raises(ItemNotFound):
        await people.save(ann)
    assert await people.get(KEY) is None


async def test_a_condition_is_checked(people: Mapper) -> None:
    """Where it is false, nothing is saved."""
    ann = await people.require(KEY)
    ann.nick = "b"
    with pytest.raises(ConditionalCheckFailed):
        await people.save(ann, when=Person.age == 5)
    assert (await people.require(KEY)).nick == "a"
    await people.save(ann, when=Person.age == 30)
    assert (await people.require(KEY)).nick == "b"


@pytest.mark.behaviour("an update without actions")
async def test_a_condition_is_checked_without_a_change_too(people: Mapper) -> None:
    """Whoever asks for it wants to know."""
    ann = await people.require(KEY)
    await people.save(ann, when=Person.age == 30)
    with pytest.raises(ConditionalCheckFailed):
        await people.save(ann, when=Person.age == 5)


async def test_a_key_never_changes(people: Mapper, sent: Sent) -> None:
    """An item under another key is another item, so the save is refused and nothing is sent."""
    ann = await people.require(KEY)
    ann.name = "bob"
    sent.take()
    with pytest.raises(ExpressionError, match="key"):
        await people.save(ann)
    assert sent.take() == []


async def test_what_was_never_stored_is_written_whole(people: Mapper, sent: Sent) -> None:
    """Then its changes are."""
    bob = Person(name="bob", age=1)
    await people.save(bob)
    assert sent.wire()["Item"] == {"name": {"S": "bob"}, "age": {"N": "1"}}
    bob.age = 2
    await people.save(bob)
    assert "UpdateExpression" in sent.wire()
    assert await people.require(Person, "bob") == bob
