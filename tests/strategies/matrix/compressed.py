"""Compressed fields of every kind that can be, at the top and inside of parts, lists and unions."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from pydantic import BaseModel, SecretStr, field_serializer, field_validator

from ddbmodel import Attr, Compressed, Model, field, partition_key
from tests.strategies import scalars
from tests.strategies.row import TABLE, Row, of_model, of_part

EAGER = Compressed(min_bytes=0)
ZSTD = Compressed("zstd", min_bytes=0, level=19)

_texts = scalars.texts()
_numbers = scalars.decimals()


def rows() -> list[Row]:
    """Every kind."""
    return [*_fields(), *_parts(), *_functions()]


def _long(values: SearchStrategy[str]) -> SearchStrategy[str]:
    """Texts that gain by compression among those that do not."""
    return st.builds(lambda value, times: value * times, values, st.sampled_from((1, 30)))


class Line(BaseModel):
    sku: str
    price: Decimal
    tags: set[str] = set()
    at: datetime | None = None


class Point(NamedTuple):
    x: int
    label: bytes


class Packed(Model, table=TABLE):
    row_id: Attr[str] = partition_key()
    text: Attr[str] = field(stored_as=EAGER)
    maybe: Attr[str | None] = field(default=None, stored_as=ZSTD)
    filled: Attr[str | None] = field(default="x", stored_as=EAGER)
    blob: Attr[bytes] = field(stored_as=EAGER)
    other_blob: Attr[bytes | None] = field(default=None, stored_as=ZSTD)
    line: Attr[Line] = field(stored_as=ZSTD)
    lines: Attr[list[Line]] = field(stored_as=EAGER)
    points: Attr[tuple[Point, ...]] = field(default=(), stored_as=EAGER)
    amounts: dict[int, Decimal | None] = field(stored_as=ZSTD, attribute="a")
    anything: Any = field(default=None, stored_as=EAGER)
    counts: Attr[dict[str, int] | int | None] = field(default=None, stored_as=ZSTD)
    either: Attr[str | bytes | list[int]] = field(stored_as=EAGER)
    secret: Attr[SecretStr] = field(stored_as=EAGER)


def _fields() -> list[Row]:
    blobs = st.builds(lambda data, times: data * times, st.binary(max_size=20), st.sampled_from((1, 30)))
    headed = blobs.map(lambda data: b"\xffDZ\xfe" + data)
    lines = st.builds(Line, sku=_long(_texts), price=_numbers, tags=st.sets(_texts, max_size=2))
    plain = st.recursive(
        st.none() | st.booleans() | _texts,
        lambda inner: st.lists(inner, max_size=9) | st.dictionaries(scalars.keys(), inner, max_size=2),
        max_leaves=9,
    )
    return [
        of_model(
            Packed,
            text=_long(_texts),
            maybe=st.none() | _long(_texts),
            filled=st.none() | _long(_texts),
            blob=blobs | headed,
            other_blob=st.none() | blobs | headed,
            line=lines,
            lines=st.lists(lines, max_size=9),
            points=st.lists(st.builds(Point, st.integers(0, 9), blobs), max_size=9).map(tuple),
            amounts=st.dictionaries(st.integers(-99, 99), st.none() | _numbers, max_size=9),
            anything=plain | headed | st.integers(-99, 99) | st.sets(_texts, min_size=1, max_size=2),
            counts=st.dictionaries(scalars.keys(), st.integers(0, 9)) | st.integers(-99, 99) | st.none(),
            either=_long(_texts) | headed | st.lists(st.integers(0, 9), max_size=20),
            secret=_long(_texts).map(SecretStr),
        )
    ]


class Cat(Model):
    kind: Attr[Literal["cat"]] = field(default="cat")
    story: Attr[str] = field(stored_as=EAGER)


class Note(Model):
    story: Attr[str] = field(stored_as=EAGER)


class Memo(Model):
    story: Attr[str] = field(stored_as=ZSTD)


class Shelf(BaseModel):
    cats: list[Cat]
    either: Note | Memo
    nested: dict[str, Note] = field(default_factory=dict, stored_as=ZSTD)


def _parts() -> list[Row]:
    stories = _long(_texts)
    cats = st.builds(Cat, story=stories)
    shelves = st.fixed_dictionaries(
        {
            "cats": st.lists(cats, max_size=2),
            "either": st.builds(Note, story=stories) | st.builds(Memo, story=stories),
            "nested": st.dictionaries(scalars.keys(), st.builds(Note, story=stories), max_size=3),
        }
    )
    return of_part(Shelf, shelves)


class Shouted(BaseModel):
    word: str = field(stored_as=EAGER)
    parts: list[str] = field(stored_as=ZSTD)

    @field_validator("word")
    @classmethod
    def _upper(cls, value: str) -> str:
        return value.upper().upper()

    @field_serializer("parts")
    def _joined(self, parts: list[str]) -> str:
        return ",".join(parts)


def _functions() -> list[Row]:
    words = st.fixed_dictionaries(
        {"word": _long(st.sampled_from(("abc", "ABC"))), "parts": st.lists(_long(st.just("ab")), max_size=3)}
    )
    return of_part(Shouted, words)
