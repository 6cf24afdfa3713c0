"""What writes add to an item by themselves is part of its stored format: version, times, and the mark of the write."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from ddbmodel import Attr, Mapper, Model, created_at, field, partition_key, ttl, updated_at, version
from tests.unit.mapper.telling import Answer, Telling, mapper_on

NOON = datetime(2026, 10, 13, 8, 48, 47, 966937, UTC)
STORED_NOON = {"S": "2026-10-13T08:48:47.966937Z"}
MARK = re.compile(r"[A-Za-z0-9_-]{16}")


class Note(Model, table="notes"):
    note_id: Attr[str] = partition_key()
    revision: Attr[int] = version(attribute="v")
    created: Attr[datetime] = created_at()
    updated: Attr[datetime] = updated_at()
    expires: Attr[datetime | None] = ttl(default=None)


class Plain(Model, table="plains"):
    plain_id: Attr[str] = partition_key()
    text: Attr[str] = field(default="")


@pytest.fixture
def transport() -> Telling:
    """Where requests end."""
    return Telling()


def _mapper(transport: Telling, **options: Any) -> Mapper:
    return mapper_on(transport, clock=lambda: NOON, **options)


async def test_a_versioned_item_is_stored_with_its_mark(transport: Telling) -> None:
    """Version 1, both times, whole seconds of expiry, and 16 characters in `_write` that no other write has."""
    mapper = _mapper(transport)
    await mapper.put(Note(note_id="n1", expires=NOON))
    await mapper.create(Note(note_id="n2"))
    first, second = (wire["Item"] for wire in transport.wires)
    mark = first.pop("_write")["S"]
    assert MARK.fullmatch(mark)
    assert second["_write"]["S"] != mark
    assert first == {
        "note_id": {"S": "n1"},
        "v": {"N": "1"},
        "created": STORED_NOON,
        "updated": STORED_NOON,
        "expires": {"N": "1791881327"},
    }


async def test_an_update_stores_the_same(transport: Telling) -> None:
    """An update raises the version, sets the time, and leaves a mark, under the same names."""
    transport.answers.append(
        Answer({"Attributes": {"note_id": {"S": "n1"}, "created": STORED_NOON} | _LATER})
    )
    await _mapper(transport).update(Note.key("n1"), Note.expires.set(NOON))
    (wire,) = transport.wires
    assert set(wire["ExpressionAttributeNames"].values()) == {"v", "created", "updated", "expires", "_write"}
    marks = [
        value["S"]
        for value in wire["ExpressionAttributeValues"].values()
        if MARK.fullmatch(value.get("S", ""))
    ]
    assert len(marks) == 1
    assert {"N": "1791881327"} in wire["ExpressionAttributeValues"].values()


_LATER: dict[str, Any] = {"v": {"N": "2"}, "updated": STORED_NOON, "_write": {"S": "abcdefghijklmnop"}}


async def test_a_model_does_not_show_its_mark(transport: Telling) -> None:
    """An item with a mark is read as the model it is, whoever left the mark."""
    transport.answers.append(Answer({"Item": {"note_id": {"S": "n1"}, "created": STORED_NOON} | _LATER}))
    note = await _mapper(transport).require(Note, "n1")
    assert note == Note(note_id="n1", revision=2, created=NOON, updated=NOON)


@pytest.mark.parametrize(("write_ids", "marked"), [(False, False), (True, True)])
async def test_other_items_have_marks_only_if_asked(
    transport: Telling, write_ids: bool, marked: bool
) -> None:
    """Without a version, a write that must not be repeated has a mark if the mapper is told so; others never do."""
    mapper = _mapper(transport, write_ids=write_ids)
    await mapper.create(Plain(plain_id="p1"))
    await mapper.put(Plain(plain_id="p2"))
    assert ["_write" in wire["Item"] for wire in transport.wires] == [marked, False]
