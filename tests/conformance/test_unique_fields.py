"""Unique fields on every engine that has transactions: one item for a value, whoever writes what."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from ddbmodel import (
    Attr,
    ExpressionError,
    ItemExists,
    Mapper,
    Model,
    UniqueViolation,
    field,
    partition_key,
)
from tests.conformance.sent import Sent

pytestmark = pytest.mark.behaviour("transactions")


class Member(Model, table="members"):
    name: Attr[str] = partition_key()
    email: Attr[str | None] = field(default=None, unique=True, attribute="mail")
    badge: Attr[int | None] = field(default=None, unique=True)
    note: Attr[str] = field(default="")


ANN = Member.key("ann")
Verb = Callable[[Mapper], Awaitable[object]]


@pytest.fixture
async def members(mapper: Mapper) -> Mapper:
    """A mapper with Ann, who has the address `a` and the badge 1, and Bob, who has neither."""
    await mapper.create_table(Member)
    await mapper.create(Member(name="ann", email="a", badge=1))
    await mapper.create(Member(name="bob"))
    return mapper


async def _save(mapper: Mapper) -> None:
    bob = await mapper.require(Member, "bob")
    bob.email = "a"
    await mapper.save(bob)


async def _together(mapper: Mapper) -> None:
    async with mapper.transaction() as tx:
        tx.create(Member(name="other"))
        tx.put(Member(name="cid", email="a"))


TAKING: list[tuple[str, Verb]] = [
    ("create", lambda m: m.create(Member(name="cid", email="a"))),
    ("put", lambda m: m.put(Member(name="cid", email="a"))),
    ("put over another", lambda m: m.put(Member(name="bob", email="a"))),
    ("save", _save),
    ("update", lambda m: m.update(Member.key("bob"), Member.email.set("a"))),
    ("transaction", _together),
]


async def _free(mapper: Mapper) -> None:
    """Show that the address `a` is nobody's, by taking it."""
    await mapper.create(Member(name="next", email="a"))
    with pytest.raises(UniqueViolation):
        await mapper.create(Member(name="late", email="a"))


@pytest.mark.parametrize("verb", [case[1] for case in TAKING], ids=[case[0] for case in TAKING])
async def test_a_value_that_is_taken_is_refused(members: Mapper, verb: Verb) -> None:
    """Whatever the verb: the error has field and value, its message has no value, and nothing is written."""
    before = {member.name: member for member in await members.scan(Member).all()}
    with pytest.raises(UniqueViolation) as violation:
        await verb(members)
    assert (violation.value.field, violation.value.value) == ("email", "a")
    assert "'a'" not in str(violation.value)
    assert {member.name: member for member in await members.scan(Member).all()} == before


async def test_each_field_is_unique_by_itself(members: Mapper) -> None:
    """The error names the one that is taken; the value is of its type."""
    with pytest.raises(UniqueViolation) as violation:
        await members.create(Member(name="cid", email="c", badge=1))
    assert (violation.value.field, violation.value.value) == ("badge", 1)
    await members.create(Member(name="cid", email="c", badge=2))


FREEING: list[tuple[str, Verb]] = [
    ("delete", lambda m: m.delete(ANN)),
    ("put of another value", lambda m: m.put(Member(name="ann", email="b"))),
    ("put without it", lambda m: m.put(Member(name="ann"))),
    ("update to another value", lambda m: m.update(ANN, Member.email.set("b"))),
    ("update that removes it", lambda m: m.update(ANN, Member.email.remove())),
]


@pytest.mark.parametrize("verb", [case[1] for case in FREEING], ids=[case[0] for case in FREEING])
async def test_a_value_that_nobody_has_any_more_is_free(members: Mapper, verb: Verb) -> None:
    """As soon as its item is deleted or has another value."""
    await verb(members)
    await _free(members)


async def test_none_is_no_value(members: Mapper) -> None:
    """Any number of items may have none."""
    await members.create(Member(name="cid"))
    await members.create(Member(name="dan"))


async def test_writing_the_same_value_again_is_fine(members: Mapper) -> None:
    """It is the item's own."""
    await members.put(Member(name="ann", email="a", badge=1, note="put"))
    ann = await members.update(ANN, Member.email.set("a"), Member.note.set("updated"))
    ann.note = "saved"
    await members.save(ann)
    assert await members.require(ANN) == ann
    with pytest.raises(ItemExists):
        await members.create(Member(name="ann", email="a"))


async def test_what_leaves_the_value_alone_is_a_plain_write(members: Mapper) -> None:
    """An update of other fields takes no transaction, which would cost twice as much."""
    sent = Sent()
    members.add_hook(sent)
    await members.update(ANN, Member.note.set("x"))
    assert [request.name for request in sent.take()] == ["UpdateItem"]


async def test_guards_do_not_show(members: Mapper) -> None:
    """They are items of the same table, and no read gives them."""
    assert {member.name for member in await members.scan(Member).all()} == {"ann", "bob"}
    assert await members.scan(Member).count() == 2


async def test_of_many_who_want_a_value_one_gets_it(members: Mapper) -> None:
    """The others are told so, and are not there."""
    names = [f"m{number}" for number in range(6)]
    writes = [members.create(Member(name=name, email="wanted")) for name in names]
    results = await asyncio.gather(*writes, return_exceptions=True)
    assert sum(isinstance(result, UniqueViolation) for result in results) == 5
    found = await members.batch_get(Member, names)
    assert sum(member is not None for member in found) == 1


async def test_values_change_hands_in_one_transaction(members: Mapper) -> None:
    """Two items swap their values: each guard changes its owner in one action."""
    async with members.transaction() as tx:
        tx.update(ANN, Member.email.set("b"))
        tx.update(Member.key("bob"), Member.email.set("a"))
    assert (await members.require(ANN)).email == "b"
    with pytest.raises(UniqueViolation):
        await members.create(Member(name="new", email="a"))


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        pytest.param(lambda m: m.update(ANN, Member.badge.add(1)), "computed by the service", id="add"),
        pytest.param(lambda m: m.delete(ANN, return_old=True), "return_old", id="return_old"),
    ],
)
async def test_what_a_guard_could_not_follow_is_refused(members: Mapper, call: Verb, reason: str) -> None:
    """With the remedy, and before anything is written."""
    with pytest.raises(ExpressionError, match=reason):
        await call(members)
    assert (await members.require(ANN)).badge == 1


async def test_a_batch_takes_no_unique_fields(members: Mapper) -> None:
    """It has no conditions, so it could not keep them; the put is refused, and the batch goes on."""
    async with members.batch_writer() as writer:
        with pytest.raises(ExpressionError, match="unique"):
            await writer.put(Member(name="cid", email="c"))
    assert await members.get(Member, "cid") is None
