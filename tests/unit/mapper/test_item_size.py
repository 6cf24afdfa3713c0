"""What an item weighs and costs before it is written."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, asdict
from decimal import Decimal
from typing import Any

import pytest

from ddbmodel import (
    Attr,
    CodecError,
    Compressed,
    ItemTooLarge,
    Mapper,
    Model,
    ModelDefinitionError,
    field,
    partition_key,
)
from ddbmodel.codec.sizes import item_size_bytes
from ddbmodel.mapper.item_size import ItemSize, size_of_item
from ddbmodel.model import plan_of

KB = 1024


class Part(Model):
    name: Attr[str]


class Parcel(Model, table="parcels"):
    key: Attr[str] = partition_key()
    total: Attr[Decimal | None] = field(default=None, attribute="t")
    note: Attr[str | None] = field(default=None)
    tags: Attr[set[str]] = field(default_factory=set)
    flag: Attr[bool | None] = field(default=None)
    parts: Attr[list[Part] | None] = field(default=None)
    blob: Attr[bytes | None] = field(default=None)


class Silent:
    """A transport that must not be used."""

    async def send(self, request: Any) -> dict[str, Any]:
        raise AssertionError("a request was sent")


@pytest.fixture
def mapper(monkeypatch: pytest.MonkeyPatch) -> Mapper:
    """A mapper that sends nothing."""
    monkeypatch.setattr("ddbmodel.mapper.mapper.attach", lambda client, lane: Silent())
    return Mapper(object())


SIZES: list[tuple[dict[str, Any], dict[str, int]]] = [
    ({}, {"key": 4}),
    ({"note": "four"}, {"note": 8, "key": 4}),
    ({"note": "é𝔘"}, {"note": 4 + 2 + 4, "key": 4}),
    ({"note": ""}, {"key": 4, "note": 4}),
    ({"total": Decimal("-12.5")}, {"t": 1 + 2 + 1 + 1, "key": 4}),
    ({"tags": {"ab", "c"}}, {"tags": 4 + 3, "key": 4}),
    ({"flag": True, "blob": b"12345"}, {"blob": 4 + 5, "flag": 4 + 1, "key": 4}),
    ({"parts": [Part(name="x")]}, {"parts": 5 + 3 + (3 + 4 + 1 + 1) + 1, "key": 4}),
]


@pytest.mark.parametrize(
    ("values", "attributes"), SIZES, ids=["-".join(values) or "nothing" for values, _ in SIZES]
)
def test_the_bytes_of_small_items(mapper: Mapper, values: dict[str, Any], attributes: dict[str, int]) -> None:
    """Names and values count, attribute by attribute, the largest first; what is not stored weighs nothing."""
    size = mapper.size_of(Parcel(key="k", **values))
    assert list(size.attributes.items()) == list(attributes.items())
    assert size.bytes == sum(attributes.values())
    assert size.bytes == item_size_bytes(plan_of(Parcel).encode(Parcel(key="k", **values)))


@pytest.mark.parametrize(
    ("size_bytes", "writes", "reads"),
    [
        (1, 1, 1),
        (KB, 1, 1),
        (KB + 1, 2, 1),
        (4 * KB, 4, 1),
        (4 * KB + 1, 5, 2),
        (8 * KB, 8, 2),
        (400 * KB, 400, 100),
    ],
)
def test_units_are_counted_by_what_is_begun(size_bytes: int, writes: int, reads: int) -> None:
    """A write unit for each KB, a read unit for each 4 KB; twice in a transaction, half if not consistent."""
    size = ItemSize(size_bytes, {})
    assert (size.write_units, size.transaction_write_units) == (writes, 2 * writes)
    assert (size.read_units, size.eventual_read_units) == (reads, reads / 2)


def test_a_size_is_a_value() -> None:
    """It is equal to another of the same item, can be hashed, shown and taken apart, and not be changed."""
    item: dict[str, Any] = {"a": {"S": "x"}, "long": {"S": "secret"}}
    size = size_of_item(item)
    assert (size, hash(size)) == (size_of_item(dict(reversed(item.items()))), hash(size_of_item(item)))
    assert asdict(size)["attributes"] == {"long": 10, "a": 2}
    assert "bytes=12" in repr(size)
    assert "secret" not in repr(size)
    with pytest.raises(FrozenInstanceError):
        size.bytes = 1  # type: ignore[misc]  # that is the point


def test_an_item_over_the_limit_is_refused_by_its_largest_attributes(mapper: Mapper) -> None:
    """400 KB are weighed, a byte more is `ItemTooLarge`, which names the three largest attributes."""
    room = 400 * KB - mapper.size_of(Parcel(key="k", note="", blob=b"b" * 300, tags={"t" * 200})).bytes
    largest = Parcel(key="k", note="x" * room, blob=b"b" * 300, tags={"t" * 200})
    assert mapper.size_of(largest).bytes == 400 * KB
    with pytest.raises(ItemTooLarge) as refusal:
        mapper.size_of(largest.model_copy(update={"note": "x" * (room + 1)}))
    said = str(refusal.value)
    assert said.startswith("the Parcel has 409,601 bytes")
    assert said.endswith(f"note ({room + 1:,} bytes), blob (300 bytes), tags (200 bytes)")


def test_what_cannot_be_stored_has_no_size(mapper: Mapper) -> None:
    """It is refused as a put would refuse it."""
    with pytest.raises(CodecError):
        mapper.size_of(Parcel(key=""))
    with pytest.raises(ModelDefinitionError):
        mapper.size_of(Part(name="x"))


class Letter(Model, table="letters"):
    key: Attr[str] = partition_key()
    body: Attr[str] = field(stored_as=Compressed())
    note: Attr[str] = field(default="", stored_as=Compressed())


def test_what_compression_saves(mapper: Mapper) -> None:
    """The size is that of what is stored, and tells how much less it is than without compression."""
    size = mapper.size_of(Letter(key="k", body="again and " * 1000, note="short"))
    plain = len("again and ") * 1000
    assert size.saved == {"body": plain - (size.attributes["body"] - len("body"))}
    assert size.bytes < plain / 10
