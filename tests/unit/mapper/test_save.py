"""`save`: what has changed since a model was read is sent, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from ddbmodel import ConditionalCheckFailed, ExpressionError, ItemNotFound
from tests.unit.mapper.keeping import (
    NOW,
    Address,
    Bare,
    Frozen,
    Kept,
    Loose,
    Person,
    Task,
    expression,
    opened,
    read,
    refused,
    stored,
)

UNKNOWN: dict[str, Any] = {"S": "left alone"}
CITY = {"M": {"city": {"S": "Cork"}, "unknown": UNKNOWN}}


def _bare() -> Bare:
    """A model whose item has undeclared attributes in every place, and lacks some that have defaults."""
    model: Bare = read(
        Bare(name="a"),
        count=None,
        unknown=UNKNOWN,
        address=CITY,
        homes={"L": [CITY, CITY]},
        labels={"M": {"home": CITY, "work": CITY}},
    )
    return model


async def _sent(model: Any, **options: Any) -> tuple[str, str]:
    """The update and the condition that are sent; empty if nothing is."""
    mapper, sent = opened()
    await mapper.save(model, **options)
    if not sent.wires:
        return "", ""
    (wire,) = sent.wires
    return expression(wire, "Update"), expression(wire, "Condition")


@pytest.mark.parametrize(
    "model",
    [
        _bare(),
        read(Kept(name="a", number=3)),
        read(Kept(name="a"), number=None, changed=None, made=None),
        read(Person(name="a", team="t"), level={"N": "0.0"}),
        read(Loose(name="a", more=1)),
        read(Loose(name="a"), _write=UNKNOWN),
        read(Frozen(name="a")),
    ],
    ids=[
        "undeclared attributes",
        "a version",
        "an old item",
        "spelled otherwise",
        "extra",
        "a mark",
        "frozen",
    ],
)
async def test_nothing_is_sent_of_what_was_read(model: Any) -> None:
    """Undeclared attributes, defaults of missing ones and other spellings are no changes."""
    assert await _sent(model) == ("", "")


def _set(model: Any, **values: Any) -> Any:
    for name, value in values.items():
        setattr(model, name, value)
    return model


def _nested(change: Any) -> Bare:
    model = _bare()
    change(model)
    return model


CHANGES = [
    ("a field", _nested(lambda m: _set(m, count=5)), "SET count = '5'"),
    ("a field of a part", _nested(lambda m: _set(m.address, city="Bray")), "SET address.city = 'Bray'"),
    ("a missing field of a part", _nested(lambda m: _set(m.address, street="Main")), "SET address.street = 'Main'"),
    ("a part", _nested(lambda m: _set(m, address=None)), "REMOVE address"),
    ("an entry", _nested(lambda m: m.labels.pop("home")), "REMOVE labels.home"),
    ("in an entry", _nested(lambda m: _set(m.labels["work"], city="Bray")), "SET labels.work.city = 'Bray'"),
    (
        "a new entry",
        _nested(lambda m: m.labels.update(x=Address(city="Bray"))),
        "SET labels.x = {'city': {'S': 'Bray'}}",
    ),
    (
        "a list, as a whole",
        _nested(lambda m: m.homes.pop()),
        "SET homes = [{'M': {'city': {'S': 'Cork'}}}]",
    ),
    ("an extra value", _set(read(Loose(name="a", more=1, less=2)), more=3), "SET more = '3'"),
    ("a copy", read(Bare(name="a")).model_copy(update={"count": 6}), "SET count = '6'"),
    ("a deep copy", read(Bare(name="a")).model_copy(update={"count": 6}, deep=True), "SET count = '6'"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("model", "update"), [case[1:] for case in CHANGES], ids=[case[0] for case in CHANGES]
)
async def test_what_has_changed_is_sent(model: Any, update: str) -> None:
    """Under the condition that the item is there; the second time there is nothing to send."""
    assert await _sent(model) == (update, "attribute_exists(name)")
    assert await _sent(model) == ("", "")


async def test_many_changes_keep_what_parts_do_not_declare() -> None:
    """Dicts are set as a whole where their entries are too many for an expression; parts are not."""
    model = _bare()
    model.labels = {str(number): Address(city="Bray") for number in range(80)}
    assert model.address is not None
    model.address.city = "Bray"
    update, _ = await _sent(model)
    assert "address.city = 'Bray'" in update
    assert "labels = {" in update


async def test_an_extra_value_that_is_gone_is_removed() -> None:
    """It was read, so it is known."""
    model = read(Loose(name="a", more=1))
    del model.more
    assert await _sent(model) == ("REMOVE more", "attribute_exists(name)")


async def test_a_part_that_is_missing_is_set_as_a_whole() -> None:
    """There is no map that a path could lead into."""
    model = read(Bare(name="a"))
    model.address = Address(city="Cork")
    assert (await _sent(model))[0] == "SET address = {'city': {'S': 'Cork'}}"


async def test_a_version_is_checked_and_raised() -> None:
    """With the time, and a mark."""
    model = _set(read(Kept(name="a", number=3)), count=5)
    update, condition = await _sent(model)
    assert "count = '5'" in update
    assert "number = '4'" in update
    assert "changed = '2026-05-04T03:02:01.987654Z'" in update
    assert "made" not in update
    assert condition == "attribute_exists(name) AND number = '3'"
    assert (model.number, model.changed) == (4, NOW)


async def test_when_is_asked_even_if_nothing_has_changed() -> None:
    """Without a change nothing is written, and the condition may be false."""
    mapper, sent = opened(refused(stored(Bare(name="a"))))
    with pytest.raises(ConditionalCheckFailed):
        await mapper.save(read(Bare(name="a")), when=Bare.count == 5)
    assert "UpdateExpression" not in sent.wires[0]


async def test_a_model_that_was_never_read_is_written_whole() -> None:
    """Without a version, whatever is there."""
    mapper, sent = opened()
    model = Bare(name="a", count=1)
    await mapper.save(model)
    assert sent.requests[0].name == "PutItem"
    model.count = 2
    await mapper.save(model)
    assert expression(sent.wires[1], "Update") == "SET count = '2'"


async def test_a_key_never_changes() -> None:
    """Nothing is sent."""
    mapper, sent = opened()
    with pytest.raises(ExpressionError, match="never changes"):
        await mapper.save(_set(read(Person(name="a", team="t")), name="b"))
    assert sent.wires == []


async def test_a_missing_item_is_not_made_again() -> None:
    """Without a version it is not found; the object still knows its change."""
    mapper, sent = opened(refused(None))
    model = _set(read(Bare(name="a")), count=5)
    with pytest.raises(ItemNotFound):
        await mapper.save(model)
    await mapper.save(model)
    assert expression(sent.wires[1], "Update") == "SET count = '5'"


async def test_keys_of_indexes_follow() -> None:
    """Without a version, the other fields of a key have to be as they were read, in the same request."""
    update, condition = await _sent(_set(read(Task(name="a", state="open", rank=3)), rank=4))
    assert "gsi1sk = '04#2026-05-04T03:02:01.987654Z'" in update
    assert condition == "attribute_exists(pk)"
    update, condition = await _sent(_set(read(Task(name="a", state="open", rank=3)), state=None))
    assert update.endswith("REMOVE state, gsi1pk")
    assert condition == "attribute_exists(pk) AND rank = '3'"


async def test_a_key_that_is_missing_is_added() -> None:
    """An index that is newer than the item gets it by the next save."""
    model = read(Person(name="a", team="t"), gsi1pk=None)
    assert (await _sent(model))[0] == "SET gsi1pk = 'TEAM#t'"
