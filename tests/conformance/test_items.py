"""Single items on every engine: create, put, get, require and delete, with keys of every kind."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from pydantic import ConfigDict

from ddbmodel import (
    Attr,
    CodecError,
    Condition,
    ConditionalCheckFailed,
    GlobalIndex,
    ItemExists,
    ItemNotFound,
    Mapper,
    Model,
    field,
    partition_key,
    sort_key,
)
from tests.engines.engine import Engine


class Note(Model, table="notes"):
    owner: Attr[str] = partition_key()
    number: Attr[int] = sort_key()
    text: Attr[str] = field(default="")
    stars: Attr[int] = field(default=0)


class Renamed(Model, table="renamed"):
    """Every name differs: the field's, the alias's, and the stored one."""

    model_config = ConfigDict(populate_by_name=True)

    tenant: Attr[str] = partition_key(attribute="pk", alias="tenantId")
    moment: Attr[int] = sort_key(attribute="sk", alias="at", serialization_alias="when")
    kind: Attr[str] = field(attribute="k", alias="kindOf", default="plain")

    by_kind = GlobalIndex(partition_key="kind", sort_key="moment")


class ByText(Model, table="by-text"):
    key_value: Attr[str] = partition_key()


class ByInt(Model, table="by-int"):
    key_value: Attr[int] = partition_key()


class ByDecimal(Model, table="by-decimal"):
    key_value: Attr[Decimal] = partition_key()


class ByBytes(Model, table="by-bytes"):
    key_value: Attr[bytes] = partition_key()


class ByUuid(Model, table="by-uuid"):
    key_value: Attr[UUID] = partition_key()


NOTE = Note(owner="ann", number=7, text="hello", stars=3)
RENAMED = Renamed(tenantId="t", at=5, kindOf="odd")


@pytest.fixture
async def notes(mapper: Mapper) -> Mapper:
    """A mapper with one note."""
    await mapper.create_table(Note)
    await mapper.put(NOTE)
    return mapper


# Reading ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "read",
    [
        pytest.param(lambda m: m.get(Note, "ann", 7), id="by position"),
        pytest.param(lambda m: m.get(Note, owner="ann", number=7), id="by name"),
        pytest.param(lambda m: m.get(Note, "ann", number=7), id="mixed"),
        pytest.param(lambda m: m.get(Note.key("ann", 7)), id="by key"),
        pytest.param(lambda m: m.get(Note.key(number=7, owner="ann"), consistent=True), id="consistent"),
        pytest.param(lambda m: m.require(Note, "ann", 7), id="required"),
        pytest.param(lambda m: m.require(Note.key("ann", 7)), id="required by key"),
    ],
)
async def test_an_item_is_read_by_its_key(notes: Mapper, read: Callable[[Mapper], Any]) -> None:
    """However the key is given, it is the same item."""
    assert await read(notes) == NOTE


async def test_a_missing_item_is_none_or_an_error(notes: Mapper) -> None:
    """`get` gives None, `require` raises with what to do, and without the key."""
    assert await notes.get(Note, "ann", 8) is None
    with pytest.raises(ItemNotFound, match=r"^there is no Note with this key; use get") as missing:
        await notes.require(Note, "ann", 8)
    assert "ann" not in str(missing.value)


async def test_an_item_of_another_kind_is_an_error(engine: Engine, notes: Mapper, table_prefix: str) -> None:
    """What is stored and is not of the model is no model, and nothing like it."""
    async with engine.client() as client:
        await client.put_item(
            TableName=f"{table_prefix}notes",
            Item={"owner": {"S": "ann"}, "number": {"N": "9"}, "stars": {"S": "many"}},
        )
    with pytest.raises(CodecError, match=r"^Note at \$\.stars: ") as unreadable:
        await notes.get(Note, "ann", 9)
    assert "many" not in str(unreadable.value)


# Writing ------------------------------------------------------------------------------------------------------


async def test_put_replaces_the_whole_item(engine: Engine, notes: Mapper, table_prefix: str) -> None:
    """Attributes that the new item does not have are gone."""
    async with engine.client() as client:
        await client.put_item(
            TableName=f"{table_prefix}notes",
            Item={"owner": {"S": "ann"}, "number": {"N": "7"}, "foreign": {"S": "x"}},
        )
        await notes.put(NOTE)
        reply = await client.get_item(
            TableName=f"{table_prefix}notes", Key={"owner": {"S": "ann"}, "number": {"N": "7"}}
        )
    assert set(reply["Item"]) == {"owner", "number", "text", "stars"}


async def test_put_returns_the_old_item(notes: Mapper) -> None:
    """With `return_old`: the item before, or None where there was none."""
    newer = NOTE.model_copy(update={"text": "newer"})
    assert await notes.put(newer, return_old=True) == NOTE
    assert await notes.put(Note(owner="bob", number=1), return_old=True) is None
    assert await notes.require(Note, "ann", 7) == newer


async def test_delete_returns_the_old_item(notes: Mapper) -> None:
    """With `return_old`: the item before; deleting what is not there is no error."""
    assert await notes.delete(NOTE, return_old=True) == NOTE
    assert await notes.delete(NOTE, return_old=True) is None
    await notes.delete(Note.key("ann", 7))
    assert await notes.get(Note, "ann", 7) is None


async def test_an_old_item_that_cannot_be_read_was_replaced_all_the_same(
    engine: Engine, notes: Mapper, table_prefix: str
) -> None:
    """The error says that the write has happened."""
    async with engine.client() as client:
        await client.put_item(
            TableName=f"{table_prefix}notes",
            Item={"owner": {"S": "ann"}, "number": {"N": "7"}, "stars": {"S": "many"}},
        )
    with pytest.raises(CodecError) as unreadable:
        await notes.put(NOTE, return_old=True)
    assert "has been written" in unreadable.value.__notes__[0]
    assert await notes.get(Note, "ann", 7) == NOTE


async def test_create_refuses_a_key_that_is_there(notes: Mapper) -> None:
    """The stored item stays as it is, and the error says what to use instead."""
    with pytest.raises(ItemExists, match=r"^create Note: .*use put"):
        await notes.create(NOTE.model_copy(update={"text": "second"}))
    assert await notes.get(Note, "ann", 7) == NOTE
    await notes.create(Note(owner="ann", number=8))
    assert await notes.require(Note, "ann", 8) == Note(owner="ann", number=8)


# Conditions ---------------------------------------------------------------------------------------------------

FALSE = Note.stars > 100
WRITES: dict[str, Callable[[Mapper, Condition], Any]] = {
    "put": lambda m, when: m.put(NOTE.model_copy(update={"text": "changed"}), when=when),
    "put, returning": lambda m, when: m.put(
        NOTE.model_copy(update={"text": "changed"}), when=when, return_old=True
    ),
    "update": lambda m, when: m.update(NOTE, Note.text.set("changed"), when=when),
    "upsert": lambda m, when: m.update(NOTE, Note.text.set("changed"), when=when, upsert=True),
    "delete": lambda m, when: m.delete(NOTE, when=when),
    "delete by key": lambda m, when: m.delete(Note.key("ann", 7), when=when, return_old=True),
}


@pytest.mark.parametrize("verb", WRITES)
async def test_a_false_condition_writes_nothing(notes: Mapper, verb: str) -> None:
    """The item stays, and the error names operation, table and remedy, without values."""
    with pytest.raises(ConditionalCheckFailed, match=r"notes'.*Nothing was written") as refusal:
        await WRITES[verb](notes, FALSE)
    assert "hello" not in str(refusal.value)
    assert await notes.get(Note, "ann", 7) == NOTE


@pytest.mark.parametrize("verb", WRITES)
async def test_a_true_condition_writes(notes: Mapper, verb: str) -> None:
    """What the condition allows happens."""
    await WRITES[verb](notes, (Note.stars == 3) & Note.text.begins_with("he"))
    changed = None if "delete" in verb else NOTE.model_copy(update={"text": "changed"})
    assert await notes.get(Note, "ann", 7) == changed


@pytest.mark.behaviour("the stored item comes with a refused condition")
@pytest.mark.parametrize("verb", WRITES)
async def test_a_refusal_carries_the_stored_item(notes: Mapper, verb: str) -> None:
    """`.item` is the stored item, as a model."""
    with pytest.raises(ConditionalCheckFailed) as refusal:
        await WRITES[verb](notes, FALSE)
    assert refusal.value.item == NOTE


@pytest.mark.behaviour("the stored item comes with a refused condition")
async def test_create_carries_the_stored_item(notes: Mapper) -> None:
    """`ItemExists.item` is the stored item, with or without a further condition."""
    for when in (None, FALSE, Note.stars == 3):
        with pytest.raises(ItemExists) as refusal:
            await notes.create(NOTE.model_copy(update={"text": "second"}), when=when)
        assert refusal.value.item == NOTE


@pytest.mark.behaviour("the stored item comes with a refused condition")
async def test_a_refusal_by_an_unreadable_item_says_so(
    engine: Engine, notes: Mapper, table_prefix: str
) -> None:
    """A stored item that is none of the model makes no other error of the refusal; a note tells."""
    async with engine.client() as client:
        await client.put_item(
            TableName=f"{table_prefix}notes",
            Item={"owner": {"S": "ann"}, "number": {"N": "7"}, "stars": {"S": "many"}},
        )
    with pytest.raises(ConditionalCheckFailed) as refused:
        await notes.put(NOTE, when=Note.text == "nothing")
    with pytest.raises(ItemExists) as exists:
        await notes.create(NOTE)
    for error in (refused.value, exists.value):
        assert error.item is None
        (note,) = getattr(error, "__notes__", ["none"])
        assert note.startswith("the stored item could not be read: Note at $.stars")


async def test_a_condition_on_an_item_that_is_not_there(notes: Mapper) -> None:
    """Comparisons are false, `not_exists` is true; the refusal has no item then."""
    missing = Note(owner="bob", number=1)
    for write in (
        notes.put(missing, when=Note.stars >= 0),
        notes.create(missing, when=Note.stars >= 0),
        notes.delete(missing, when=Note.stars >= 0),
        notes.update(missing, Note.stars.add(1), when=Note.stars >= 0),
    ):
        with pytest.raises(ConditionalCheckFailed) as refusal:
            await write
        assert refusal.value.item is None
    await notes.put(missing, when=Note.stars.not_exists())
    assert await notes.get(Note, "bob", 1) == missing


async def test_conditions_can_speak_of_the_key(notes: Mapper) -> None:
    """The key's attributes are attributes like any other, in a condition."""
    await notes.put(NOTE, when=(Note.owner == "ann") & (Note.number > 6))
    with pytest.raises(ConditionalCheckFailed):
        await notes.put(NOTE, when=Note.number != 7)


# Keys ---------------------------------------------------------------------------------------------------------


async def test_fields_with_other_names_are_keys(engine: Engine, mapper: Mapper, table_prefix: str) -> None:
    """`attribute=` names what is stored, aliases never do, and keys are given by field name."""
    await mapper.create_table(Renamed)
    await mapper.create(RENAMED)
    with pytest.raises(ItemExists):
        await mapper.create(RENAMED)
    async with engine.client() as client:
        reply = await client.get_item(
            TableName=f"{table_prefix}renamed", Key={"pk": {"S": "t"}, "sk": {"N": "5"}}
        )
    assert reply["Item"] == {"pk": {"S": "t"}, "sk": {"N": "5"}, "k": {"S": "odd"}}
    assert await mapper.get(Renamed, tenant="t", moment=5) == RENAMED
    assert await mapper.batch_get(Renamed, [("t", 5), {"tenant": "t", "moment": 6}]) == [RENAMED, None]
    updated = await mapper.update(RENAMED, Renamed.kind.set("new"), when=Renamed.kind == "odd")
    assert updated.kind == "new"
    assert await mapper.query(Renamed).where(Renamed.kind == "new", Renamed.moment > 1).all() == [updated]
    async with mapper.batch_writer() as writer:
        await writer.put(Renamed(tenantId="t", at=6))
        await writer.delete(Renamed.key("t", 5))
    assert await mapper.scan(Renamed).all() == [Renamed(tenantId="t", at=6)]
    await mapper.delete(Renamed.key(moment=6, tenant="t"))
    assert await mapper.scan(Renamed).count() == 0


@pytest.mark.parametrize(
    ("model", "values"),
    [
        pytest.param(ByText, ["a", "ä", "😀", "with space", "#/.:\n", "x" * 2048], id="text"),
        pytest.param(ByInt, [0, -1, 9007199254740993, 10**37, -(10**37)], id="int"),
        pytest.param(ByDecimal, [Decimal("0.1"), Decimal("-12.5"), Decimal("9" * 38)], id="Decimal"),
        pytest.param(
            ByDecimal,
            [Decimal("-1E-100"), Decimal("1E100"), Decimal("1E-130"), Decimal("1E125")],
            id="far exponents",
            marks=pytest.mark.behaviour("number keys with far exponents"),
        ),
        pytest.param(ByBytes, [b"\x00", b"\xff" * 2048, b"text"], id="bytes"),
        pytest.param(ByUuid, [UUID(int=0), UUID(int=2**128 - 1)], id="UUID"),
    ],
)
async def test_keys_of_every_type(mapper: Mapper, model: Any, values: list[Any]) -> None:
    """What is put under a key is got, updated in place, and deleted by it."""
    await mapper.create_table(model)
    items = [model(key_value=value) for value in values]
    for item in items:
        await mapper.create(item)
    assert await mapper.batch_get(model, values) == items
    for item in items:
        assert await mapper.require(model, item.key_value) == item
        assert await mapper.delete(model.key(item.key_value), return_old=True) == item
    assert await mapper.scan(model).count() == 0


async def test_a_number_key_is_the_same_however_it_is_written(mapper: Mapper) -> None:
    """1, 1.0 and 1E0 are one key, as they are for DynamoDB."""
    await mapper.create_table(ByDecimal)
    await mapper.put(ByDecimal(key_value=Decimal(10)))
    assert await mapper.get(ByDecimal, Decimal("1E+1")) == ByDecimal(key_value=Decimal(10))
    with pytest.raises(ItemExists):
        await mapper.create(ByDecimal(key_value=Decimal("10.00")))
    assert ByDecimal.key(Decimal("10.0")) == ByDecimal.key(10)
