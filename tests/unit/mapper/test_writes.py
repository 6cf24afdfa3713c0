"""The writing verbs: what is sent, which error comes of which refusal, and what the object in memory has then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from ddbmodel import (
    ConditionalCheckFailed,
    DDBModelError,
    ExpressionError,
    ItemExists,
    ItemNotFound,
    Mapper,
    RequestRefused,
    VersionConflict,
)
from tests.unit.mapper.keeping import (
    NOW,
    NOW_STORED,
    Bare,
    Frozen,
    Kept,
    Person,
    Task,
    expression,
    opened,
    read,
    refused,
    stored,
)
from tests.unit.mapper.telling import Answer

EARLIER = NOW.replace(year=2020)
OLD = Kept(name="a", count=1, made=EARLIER, changed=EARLIER, number=3)


def _kept() -> Kept:
    """A model of version 3, as it was read."""
    model: Kept = read(OLD, _write={"S": "theirs"})
    return model


async def test_put_of_a_new_model() -> None:
    """It gets times, version 1 and a mark, under the condition that no version is stored."""
    mapper, sent = opened()
    model = Kept(name="a", expires=NOW)
    await mapper.put(model)
    (wire,) = sent.wires
    mark = wire["Item"].pop("_write")["S"]
    assert len(mark) == 16
    assert wire["Item"] == {
        "name": {"S": "a"},
        "count": {"N": "0"},
        "made": NOW_STORED,
        "changed": NOW_STORED,
        "expires": {"N": "1777863721"},
        "number": {"N": "1"},
    }
    assert expression(wire, "Condition") == "attribute_not_exists(number)"
    assert wire["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD"
    assert (model.number, model.made, model.changed) == (1, NOW, NOW)
    assert model.expires == NOW.replace(microsecond=0)


async def test_put_of_a_model_that_was_read() -> None:
    """The version that was read is checked, and the time of its first write stays."""
    mapper, sent = opened()
    model = _kept()
    await mapper.put(model, when=Kept.count == 1)
    (wire,) = sent.wires
    assert expression(wire, "Condition") == "(number = '3') AND (count = '1')".replace("(", "").replace(
        ")", ""
    )
    assert wire["Item"]["made"] == {"S": "2020-05-04T03:02:01.987654Z"}
    assert (model.number, model.made, model.changed) == (4, EARLIER, NOW)


async def test_the_time_of_the_first_write_can_be_given() -> None:
    """It is not set then."""
    mapper, _ = opened()
    model = Kept(name="a", made=EARLIER)
    await mapper.create(model)
    assert (model.made, model.changed) == (EARLIER, NOW)


async def test_create_asks_for_a_new_key_only() -> None:
    """Whatever version the object has: it is the first one of a new item."""
    mapper, sent = opened()
    model = _kept()
    await mapper.create(model)
    assert expression(sent.wires[0], "Condition") == "attribute_not_exists(name)"
    assert model.number == 1


async def test_a_frozen_model_is_brought_up_to_date() -> None:
    """What a write sets is no change of the user's."""
    mapper, _ = opened()
    model = Frozen(name="a")
    await mapper.put(model)
    assert (model.number, model.made) == (1, NOW)


async def test_an_update_by_key_raises_the_version_unchecked() -> None:
    """It sets the time and a mark beside."""
    mapper, sent = opened(Answer({"Attributes": stored(OLD)}))
    await mapper.update(Kept.key("a"), Kept.count.set(5))
    (wire,) = sent.wires
    update = expression(wire, "Update")
    assert update.startswith("SET count = '5', changed = '2026-05-04T03:02:01.987654Z', ")
    assert "_write = '" in update
    assert update.endswith("ADD number '1'")


async def test_an_update_by_model_checks_the_version() -> None:
    """The object keeps what it has: the new item is returned."""
    new = stored(OLD, number={"N": "4"}, count={"N": "5"})
    mapper, sent = opened(Answer({"Attributes": new}))
    model = _kept()
    updated = await mapper.update(model, Kept.count.set(5))
    assert (model.number, model.count, updated.number, updated.count) == (3, 1, 4, 5)
    assert "number = '4'" in expression(sent.wires[0], "Update")
    assert expression(sent.wires[0], "Condition") == "number = '3'"


@pytest.mark.parametrize(
    ("target", "condition"),
    [(OLD, "number = '3'"), (Kept(name="a"), "attribute_not_exists(number)"), (Kept.key("a"), "")],
)
async def test_a_delete_checks_the_version_of_a_model(target: Any, condition: str) -> None:
    """A fresh one has none; a key is deleted unchecked."""
    mapper, sent = opened()
    await mapper.delete(target)
    assert expression(sent.wires[0], "Condition") == condition


async def test_marks_are_left_where_they_are_of_use() -> None:
    """`write_ids` marks conditional puts and all updates of models without a version."""
    mapper, sent = opened(*[Answer({"Attributes": stored(Bare(name="a"))})] * 4, write_ids=True)
    await mapper.put(Bare(name="a"))
    await mapper.put(Bare(name="a"), when=Bare.count == 1)
    await mapper.create(Bare(name="a"))
    await mapper.update(Bare.key("a"), Bare.count.add(1))
    marked = ["_write" in str(wire) for wire in sent.wires]
    assert marked == [False, True, True, True]
    assert "_write" not in read(Bare(name="a"), _write={"S": "x"}).model_dump()


# Refusals -------------------------------------------------------------------------------------------------

Call = Callable[[Mapper, Kept], Awaitable[Any]]
ONE = Kept.count == 1
NEWER, SAME = stored(OLD, number={"N": "4"}), stored(OLD)

REFUSALS: list[tuple[str, Call, dict[str, Any] | None, type[DDBModelError]]] = [
    ("create", lambda m, o: m.create(o), NEWER, ItemExists),
    ("create, item kept back", lambda m, o: m.create(o), None, ItemExists),
    ("create, when, exists", lambda m, o: m.create(o, when=ONE), NEWER, ItemExists),
    ("create, when, missing", lambda m, o: m.create(o, when=ONE), None, ConditionalCheckFailed),
    ("put", lambda m, o: m.put(o), NEWER, VersionConflict),
    ("put, missing", lambda m, o: m.put(o), None, VersionConflict),
    ("put, when", lambda m, o: m.put(o, when=ONE), SAME, ConditionalCheckFailed),
    ("put, when, newer", lambda m, o: m.put(o, when=ONE), NEWER, VersionConflict),
    ("put, spelled otherwise", lambda m, o: m.put(o, when=ONE), stored(OLD, number={"N": "3.0"}), ConditionalCheckFailed),
    ("save", lambda m, o: m.save(_changed(o)), NEWER, VersionConflict),
    ("save, missing", lambda m, o: m.save(_changed(o)), None, VersionConflict),
    ("save, when", lambda m, o: m.save(_changed(o), when=ONE), SAME, ConditionalCheckFailed),
    ("update by model", lambda m, o: m.update(o, Kept.count.add(1)), NEWER, VersionConflict),
    ("update by key, missing", lambda m, o: m.update(Kept.key("a"), Kept.expires.set(NOW), upsert=False), None, ItemNotFound),
    ("update by key, when", lambda m, o: m.update(Kept.key("a"), Kept.count.add(1), when=ONE), SAME, ConditionalCheckFailed),
    ("delete", lambda m, o: m.delete(o), NEWER, VersionConflict),
    ("delete, missing", lambda m, o: m.delete(o), None, VersionConflict),
    ("delete, when", lambda m, o: m.delete(o, when=ONE), SAME, ConditionalCheckFailed),
]  # fmt: skip


def _changed(model: Kept) -> Kept:
    model.count = 9
    return model


@pytest.mark.parametrize(
    ("call", "item", "error"), [case[1:] for case in REFUSALS], ids=[case[0] for case in REFUSALS]
)
async def test_a_refusal_is_told_as_what_it_means(
    call: Call, item: dict[str, Any] | None, error: type[DDBModelError]
) -> None:
    """With the stored item, decoded, if there is one; the object keeps its version and times."""
    mapper, sent = opened(refused(item))
    model = _kept()
    with pytest.raises(error) as refusal:
        await call(mapper, model)
    assert type(refusal.value) is error
    found = getattr(refusal.value, "item", None)
    assert (found and found.name) == (item and "a")
    assert (model.number, model.made, model.changed) == (3, EARLIER, EARLIER)
    assert len(sent.wires) == 1


async def test_a_service_error_changes_no_object() -> None:
    """Nothing was written."""
    error = RequestRefused("no", operation="PutItem", code="ValidationException")
    mapper, _ = opened(Answer(error=error))
    model = _kept()
    with pytest.raises(RequestRefused):
        await mapper.put(model)
    assert (model.number, model.changed) == (3, EARLIER)


# Keys of indexes --------------------------------------------------------------------------------------------


async def test_an_update_rewrites_the_keys_that_depend_on_it() -> None:
    """The time of the update is in one, and what is not known has to be given; it becomes a condition."""
    mapper, sent = opened(*[Answer({"Attributes": stored(Task(name="a"))})] * 4)
    with pytest.raises(ExpressionError, match="'rank'"):
        await mapper.update(Task.key("a"), Task.state.set("open"))
    assert sent.wires == []
    await mapper.update(Task.key("a"), Task.state.set("open"), given={"rank": 7})
    wire = sent.wires[0]
    update = expression(wire, "Update")
    assert "gsi1pk = 'STATE#open'" in update
    assert "gsi1sk = '07#2026-05-04T03:02:01.987654Z'" in update
    assert expression(wire, "Condition") == "attribute_exists(pk) AND rank = '7'"


@pytest.mark.parametrize(
    "given",
    [{"team": "t"}, Person(name="a", team="t"), Person.team == "t", [Person.team == "t"]],
    ids=["values", "a model", "a condition", "conditions"],
)
async def test_what_is_given_in_whatever_way(given: Any) -> None:
    """Only what is relied on becomes a condition."""
    mapper, sent = opened(Answer({"Attributes": stored(Person(name="a"))}))
    await mapper.update(Person.key("a"), Person.level.set(4), given=given)
    assert "gsi1sk = '004#a'" in expression(sent.wires[0], "Update")
    assert "gsi1pk" not in expression(sent.wires[0], "Update")
    assert expression(sent.wires[0], "Condition") == "attribute_exists(pk)"


async def test_a_removed_field_takes_the_item_out_of_the_index() -> None:
    """The attribute that is written from it is removed as well."""
    mapper, sent = opened(Answer({"Attributes": stored(Person(name="a"))}))
    await mapper.update(Person.key("a"), Person.team.remove())
    assert expression(sent.wires[0], "Update") == "REMOVE team, gsi1pk"


REFUSED = [
    ("a computed part of a key", lambda m: m.update(Person.key("a"), Person.level.add(1)), "computed by the service"),
    ("the version", lambda m: m.update(Kept.key("a"), Kept.number.set(1)), "every write raises by itself"),
    ("an unknown name", lambda m: m.update(Person.key("a"), Person.team.set("t"), given={"nothing": 1}), "no field"),
    ("another model", lambda m: m.update(Person.key("a"), Person.team.set("t"), given=Bare(name="a")), "takes a Person"),
    ("a computed unique value", lambda m: m.update(Person.key("a"), Person.email.set_if_not_exists("x")), "is unique"),
    ("the old item of a unique put", lambda m: m.put(Person(name="a"), return_old=True), "return_old"),
    ("a new item without its index", lambda m: m.update(Person.key("a"), Person.level.set(1), upsert=True), "'team'"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "says"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
async def test_it_is_refused_before_anything_is_sent(call: Any, says: str) -> None:
    """The message says what to do."""
    mapper, sent = opened()
    with pytest.raises(ExpressionError, match=says):
        await call(mapper)
    assert sent.wires == []


@pytest.mark.parametrize("model", [Kept(name="a"), Person(name="a")], ids=["a version", "unique fields"])
async def test_batches_refuse_what_they_cannot_keep(model: Any) -> None:
    """Their writes have no conditions."""
    mapper, sent = opened()
    async with mapper.batch_writer() as writer:
        with pytest.raises(ExpressionError, match="no conditions"):
            await writer.put(model)
        with pytest.raises(ExpressionError, match="no conditions"):
            await writer.delete(model)
    assert writer.report.accepted == 0
    assert sent.wires == []
