"""Transactions: what is sent, what is refused before, and whose error a refusal is told as."""

from __future__ import annotations

from typing import Any

import pytest

from ddbmodel import (
    CancellationReason,
    CodecError,
    ConditionalCheckFailed,
    DDBModelError,
    ExpressionError,
    ItemExists,
    ItemNotFound,
    TransactionCanceled,
    UniqueViolation,
    VersionConflict,
)
from ddbmodel.model import plan_of
from tests.unit.mapper.keeping import (
    Bare,
    Kept,
    Person,
    canceled,
    expression,
    opened,
    read,
    stored,
)
from tests.unit.mapper.telling import Answer


def _kinds(wire: dict[str, Any]) -> list[str]:
    return [kind for action in wire["TransactItems"] for kind in action]


async def test_everything_is_sent_as_one() -> None:
    """In the order of the calls, with one token, and the objects are up to date afterwards."""
    mapper, sent = opened()
    kept, unchanged = read(Kept(name="a", number=3)), read(Bare(name="x"))
    async with mapper.transaction() as tx:
        tx.put(kept)
        tx.create(Bare(name="b"))
        tx.save(unchanged)
        tx.update(Bare.key("c"), Bare.count.add(1))
        tx.delete(Bare.key("d"))
        tx.check(Kept(name="e", number=2), Kept.count == 1)
        assert sent.wires == []
    (wire,) = sent.wires
    assert _kinds(wire) == ["Put", "Put", "Update", "Delete", "ConditionCheck"]
    assert (
        expression(wire["TransactItems"][4]["ConditionCheck"], "Condition") == "number = '2' AND count = '1'"
    )
    assert len(wire["ClientRequestToken"]) == 36
    assert kept.number == 4


async def test_nothing_is_sent_when_the_block_raises() -> None:
    """Nor when there is nothing to send; and a transaction is used once, inside of its block."""
    mapper, sent = opened()
    tx = mapper.transaction()
    with pytest.raises(ExpressionError, match="is over"):
        tx.put(Bare(name="a"))
    with pytest.raises(KeyError):
        async with tx:
            tx.put(Bare(name="a"))
            raise KeyError
    with pytest.raises(ExpressionError, match="is over"):
        tx.put(Bare(name="a"))
    with pytest.raises(ExpressionError, match="used once"):
        await tx.__aenter__()
    async with mapper.transaction():
        pass
    assert sent.wires == []


def _hundred(tx: Any) -> None:
    for number in range(101):
        tx.put(Bare(name=str(number)))


def _guards(tx: Any) -> None:
    for number in range(40):
        tx.create(Person(name=str(number), email=str(number), phone=str(number)))


def _heavy(tx: Any) -> None:
    for number in range(11):
        tx.put(Bare(name=str(number), labels={"x": {"city": "x" * 399_000}}))  # type: ignore[dict-item]


def _twice(tx: Any) -> None:
    tx.put(Bare(name="a"))
    tx.check(Bare.key("a"), Bare.count == 1)


def _same_value(tx: Any) -> None:
    tx.create(Person(name="a", email="x"))
    tx.create(Person(name="b", email="x"))


def _computed(tx: Any) -> None:
    tx.update(Person.key("a"), Person.email.set_if_not_exists("x"))


LIMITS = [
    (_hundred, "at most 100"),
    (_guards, "120 actions, those on the guards"),
    (_heavy, "4,194,304"),
    (_twice, "of this item already"),
    (_same_value, "one unique value"),
    (_computed, "computed by the service"),
]


@pytest.mark.parametrize(("fill", "says"), LIMITS)
async def test_limits_are_checked_before_sending(fill: Any, says: str) -> None:
    """Nothing was sent."""
    mapper, sent = opened()
    with pytest.raises(ExpressionError, match=says):
        async with mapper.transaction() as tx:
            fill(tx)
    assert sent.wires == []


@pytest.mark.parametrize("token", ["", "x" * 37, 5])
async def test_a_token_has_its_length(token: Any) -> None:
    """1 to 36 characters."""
    mapper, _ = opened()
    with pytest.raises(ExpressionError, match="1 to 36"):
        mapper.transaction(token=token)


async def test_a_token_of_the_users_makes_the_same_request_again() -> None:
    """Also of models with a version: the mark is made of the token."""
    mapper, sent = opened(Answer(error=OSError()))
    frozen = read(Kept(name="a", number=3))
    for attempt in range(2):
        try:
            async with mapper.transaction(token="pay-7") as tx:
                tx.put(frozen)
                tx.update(Kept.key("b"), Kept.count.add(1))
        except OSError:
            assert attempt == 0
    assert sent.wires[0] == sent.wires[1]
    assert sent.wires[0]["ClientRequestToken"] == "pay-7"


SOME = stored(Bare(name="b", count=7))
REFUSALS = [
    ("the first", [SOME, True, True, True], ItemExists, 7),
    ("the second", [True, stored(Kept(name="k", count=7, number=9)), True, True], VersionConflict, 7),
    ("the third", [True, True, None, True], ItemNotFound, None),
    ("the fourth", [True, True, True, SOME], ConditionalCheckFailed, 7),
    ("two of them", [True, True, None, SOME], ItemNotFound, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("items", "error", "count"), [case[1:] for case in REFUSALS], ids=[str(case[0]) for case in REFUSALS]
)
async def test_a_refusal_is_told_as_the_error_of_the_action(
    items: Any, error: type[DDBModelError], count: int | None
) -> None:
    """With the stored item decoded; the cause has one reason for each action, decoded as well."""
    mapper, _ = opened(canceled(*items))
    kept = read(Kept(name="k", number=3))
    with pytest.raises(error) as refusal:
        async with mapper.transaction() as tx:
            tx.create(Bare(name="a"))
            tx.put(kept)
            tx.update(Bare.key("c"), Bare.address.remove(), upsert=False)
            tx.check(Bare.key("d"), Bare.count == 1)
    assert type(refusal.value) is error
    assert kept.number == 3
    found = getattr(refusal.value, "item", None)
    assert (found and found.count) == count
    cause = refusal.value.__cause__
    assert isinstance(cause, TransactionCanceled)
    assert [reason.code == "None" for reason in cause.reasons] == [item is True for item in items]
    assert [reason.item and reason.item.count for reason in cause.reasons] == [
        None if isinstance(item, bool) or item is None else 7 for item in items
    ]
    others = sum(item is not True for item in items) - 1
    assert [note[:6] for note in getattr(refusal.value, "__notes__", [])] == ["1 more"] * others


async def test_other_reasons_stay_as_they_are() -> None:
    """Such as a conflict with another transaction that did not end."""
    error = TransactionCanceled("no", [CancellationReason("TransactionConflict", "busy")])
    mapper, _ = opened(Answer(error=error))
    with pytest.raises(TransactionCanceled) as refusal:
        async with mapper.transaction() as tx:
            tx.put(Bare(name="a"))
    assert refusal.value.reasons == error.reasons
    assert refusal.value.__cause__ is None


# Unique fields ------------------------------------------------------------------------------------------------

GUARD_X, GUARD_Y = "_unique#person#email#x", "_unique#person#email#y"


def _guards_of(wire: dict[str, Any]) -> list[tuple[str, str]]:
    """The guards that are put and deleted."""
    found = []
    for action in wire["TransactItems"]:
        ((kind, write),) = action.items()
        key = (write.get("Item") or write["Key"])["pk"]["S"]
        if key.startswith("_unique#"):
            found.append((kind, key))
    return found


def _person(name: str = "a", **fields: Any) -> tuple[Answer, Any]:
    """What a read of a person gives, and the person as it was read."""
    person = Person(name=name, **fields)
    return Answer({"Item": stored(person)}), read(person)


async def test_a_unique_value_is_guarded_through_every_verb() -> None:
    """Create puts a guard, a change moves it, a removal and a delete take it away; other updates need none."""
    there, person = _person(email="x")
    changed = person.model_copy(update={"email": "y"})
    for write, guards in [
        (lambda m: m.create(Person(name="a", email="x")), [("Put", GUARD_X)]),
        (lambda m: m.put(Person(name="a", email="y")), [("Put", GUARD_Y), ("Delete", GUARD_X)]),
        (lambda m: m.put(Person(name="a", email="x", team="t")), [("Put", GUARD_X)]),
        (lambda m: m.save(changed.model_copy()), [("Put", GUARD_Y), ("Delete", GUARD_X)]),
        (lambda m: m.update(Person.key("a"), Person.email.remove()), [("Delete", GUARD_X)]),
        (lambda m: m.delete(Person.key("a")), [("Delete", GUARD_X)]),
    ]:
        read = [there, *[Answer()] * any(verb == "Delete" for verb, _ in guards)]
        mapper, sent = opened(*(read if "create" not in write.__code__.co_names else []), Answer(), there)
        await write(mapper)
        wire = next(wire for wire in sent.wires if "TransactItems" in wire)
        assert _guards_of(wire) == guards
    mapper, sent = opened(Answer({"Attributes": stored(Person(name="a"))}))
    await mapper.update(Person.key("a"), Person.team.set("t"))
    assert sent.requests[0].name == "UpdateItem"


async def test_a_violation_names_field_and_value() -> None:
    """The guard of the value belongs to another item."""
    mapper, _ = opened(canceled(True, plan_of(Person).guards[0].item({"S": "x"}, {"pk": {"S": "other"}})))
    with pytest.raises(UniqueViolation) as violation:
        await mapper.create(Person(name="a", email="x"))
    assert (violation.value.field, violation.value.value) == ("email", "x")
    assert "x'" not in str(violation.value)


async def test_a_guard_of_another_item_is_left_alone() -> None:
    """Two items can have one value from before it was unique: the one without the guard does not give it up."""
    there, _ = _person("a", email="x")
    theirs = Answer({"Item": plan_of(Person).guards[0].item({"S": "x"}, {"pk": {"S": "other"}})})
    mapper, sent = opened(there, theirs)
    await mapper.put(Person(name="a", email="y"))
    assert _guards_of(sent.wires[-1]) == [("Put", GUARD_Y)]


async def test_a_guard_that_was_lost_meanwhile_is_looked_at_again() -> None:
    """It became another item's between reading and writing."""
    there, _ = _person("a", email="x")
    theirs = Answer({"Item": plan_of(Person).guards[0].item({"S": "x"}, {"pk": {"S": "other"}})})
    mapper, sent = opened(there, Answer(), canceled(None, None, True), there, theirs)
    await mapper.put(Person(name="a", email="y"))
    assert _guards_of(sent.wires[-1]) == [("Put", GUARD_Y)]


async def test_a_value_that_is_too_long_for_its_guard() -> None:
    """Nothing is sent of it, as the key of the guard could not be."""
    mapper, sent = opened(Answer())
    with pytest.raises(CodecError, match="key of its guard"):
        await mapper.put(Person(name="a", email="x" * 2048))
    assert not [wire for wire in sent.wires if "TransactItems" in wire]


async def test_a_swap_moves_the_guards() -> None:
    """Each is put once, on the condition that the one who gives it up has it."""
    (first, a), (second, b) = _person("a", email="x"), _person("b", email="y")
    a.email, b.email = "y", "x"
    mapper, sent = opened(first, Answer(), second, Answer())
    async with mapper.transaction() as tx:
        tx.save(a)
        tx.save(b)
    wire = sent.wires[-1]
    assert _guards_of(wire) == [("Put", GUARD_Y), ("Put", GUARD_X)]
    condition = expression(wire["TransactItems"][1]["Put"], "Condition")
    assert "attribute_not_exists(pk)" in condition
    assert "_owner = {'pk': {'S': 'PERSON#b'}, 'sk': {'S': 'ME'}}" in condition


async def test_a_value_that_changed_meanwhile_is_read_again() -> None:
    """Another writer took the item from x to y, so its guard is another one: that is no refusal."""
    (old, _), (new, _) = _person(email="x"), _person(email="y")
    racing = canceled(stored(Person(name="a", email="y")), None)
    mapper, sent = opened(old, Answer(), racing, new, Answer())
    await mapper.put(Person(name="a", email="z"))
    transactions = [wire for wire in sent.wires if "TransactItems" in wire]
    assert [_guards_of(wire)[1] for wire in transactions] == [("Delete", GUARD_X), ("Delete", GUARD_Y)]
    tokens = {wire["ClientRequestToken"] for wire in transactions}
    assert len(tokens) == 2


async def test_racing_writers_that_do_not_end() -> None:
    """After some rounds it is given up as a canceled transaction; with the user's token after one."""
    there, _ = _person(email="x")
    racing = canceled(stored(Person(name="a", email="y")), True, True)
    for token, rounds in ((None, 4), ("mine", 1)):
        mapper, sent = opened(*[there, Answer(), racing] * 4)
        with pytest.raises(TransactionCanceled) as canceled_:
            async with mapper.transaction(token=token) as tx:
                tx.put(Person(name="a", email="z"))
        assert "kept changing" in canceled_.value.__notes__[0]
        assert len([wire for wire in sent.wires if "TransactItems" in wire]) == rounds


# Reading ------------------------------------------------------------------------------------------------------


async def test_transact_get() -> None:
    """Any models, in order, None where there is none; a key that comes twice is read once."""
    replies = [{"Item": stored(Bare(name="a", count=1))}, {}]
    mapper, sent = opened(Answer({"Responses": replies}))
    found = await mapper.transact_get(Bare.key("a"), Kept.key("b"), Bare.key("a"))
    assert found == (Bare(name="a", count=1), None, Bare(name="a", count=1))
    assert len(sent.wires[0]["TransactItems"]) == 2


@pytest.mark.parametrize("count", [0, 101])
async def test_transact_get_takes_a_hundred(count: int) -> None:
    """Nothing is sent."""
    mapper, sent = opened()
    with pytest.raises(ExpressionError):
        await mapper.transact_get(*[Bare.key(str(number)) for number in range(count)])
    assert sent.wires == []
