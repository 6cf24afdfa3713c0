"""Writers that race each other: for a unique value, for a version, for an index key."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from ddbmodel import ConditionalCheckFailed, ItemNotFound, Mapper, UniqueViolation
from tests.conformance.ledger import Note, User
from tests.engines.engine import Engine


async def _outcome(write: object) -> str:
    try:
        await write  # type: ignore[misc]
    except UniqueViolation as violation:
        return f"{violation.field} {violation.value}"
    return "written"


@pytest.mark.behaviour("transactions")
async def test_one_of_many_gets_a_unique_value(mapper: Mapper) -> None:
    """Whether they are made, saved or updated with it; the others are told, and it can be had when it is free."""
    await mapper.create_table(User)
    there = [User(name=f"s{number}") for number in range(4)]
    for user in there:
        await mapper.create(user)
        user.email = "x"
    writes = [
        *(mapper.create(User(name=f"c{number}", email="x")) for number in range(4)),
        *(mapper.save(user) for user in there[:2]),
        *(mapper.update(User.key(f"s{n}"), User.email.set("x"), given={"level": 0}) for n in (2, 3)),
    ]
    outcomes = await asyncio.gather(*map(_outcome, writes))
    assert Counter(outcomes) == {"written": 1, "email x": 7}
    owners = [user for user in await mapper.scan(User).all() if user.email == "x"]
    assert len(owners) == 1
    await mapper.delete(owners[0])
    await mapper.create(User(name="last", email="x"))


@pytest.mark.behaviour("transactions")
async def test_an_item_moves_to_another_key_with_its_unique_value(mapper: Mapper) -> None:
    """Its guard is given up and taken in one transaction."""
    await mapper.create_table(User)
    await mapper.create(User(name="old", email="x"))
    old = await mapper.require(User, "old")
    async with mapper.transaction() as tx:
        tx.delete(old)
        tx.create(User(name="new", email="x"))
    with pytest.raises(UniqueViolation):
        await mapper.create(User(name="old", email="x"))


@pytest.mark.behaviour("transactions")
async def test_a_guard_that_was_left_behind_serves_the_same_key(
    engine: Engine, mapper: Mapper, table_prefix: str
) -> None:
    """Time to live deletes items without their guards; another key does not get the value."""
    await mapper.create_table(User)
    await mapper.create(User(name="a", email="x"))
    async with engine.client() as client:
        await client.delete_item(TableName=f"{table_prefix}ledger", Key=User.key("a").attributes)
    with pytest.raises(UniqueViolation):
        await mapper.create(User(name="c", email="x"))
    await mapper.create(User(name="a", email="x"))


async def test_every_change_counts_once(mapper: Mapper) -> None:
    """Three writers add one each, and each begins again when another one was faster."""
    await mapper.create_table(User)
    await mapper.update(User.key("a"), User.level.set(0), User.team.remove(), upsert=True)

    def add_one(found: User) -> None:
        found.level += 1

    await asyncio.gather(*(mapper.retry_on_conflict(User.key("a"), add_one, attempts=30) for _ in range(3)))
    assert (await mapper.require(User, "a")).level == 3


async def test_a_stale_copy_writes_no_false_key(mapper: Mapper) -> None:
    """What else the key is written from has changed meanwhile, so the save is refused."""
    await mapper.create_table(User)
    await mapper.put(Note(name="a", place=1, kind="k", rank=1))
    stale = await mapper.require(Note, "a", 1)
    await mapper.update(Note.key("a", 1), Note.rank.set(2), given={"kind": "k"})
    stale.kind = "l"
    # An engine that keeps the stored item to itself looks as if there were none.
    with pytest.raises((ConditionalCheckFailed, ItemNotFound)):
        await mapper.save(stale)
    stale = await mapper.require(Note, "a", 1)
    stale.kind = "l"
    await mapper.save(stale)
    found = mapper.query(Note).where(Note.rank == 2, Note.kind == "l")
    assert len(await found.all()) == 1
