"""Compressed fields in reads and writes: selected as a whole, and never asked about by a base class's path."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from ddbmodel import Attr, CodecError, Compressed, ExpressionError, Mapper, Model, field, partition_key
from ddbmodel.expressions import Placeholders
from ddbmodel.mapper.selection import Selection
from ddbmodel.model import plan_of
from ddbmodel.transport import Statistics

SECRET = "s3cr3t"
LONG = "a long story. " * 40


class Part(Model):
    title: Attr[str]
    text: Attr[str] = field(stored_as=Compressed())


class Base(Model):
    book_id: Attr[str] = partition_key()
    body: Attr[str] = field(default="")
    labels: Attr[dict[str, str]] = field(default_factory=dict)
    packed: Attr[str] = field(default="", stored_as=Compressed())


class Book(Base, table="books"):
    body: Attr[str] = field(default="", stored_as=Compressed(max_bytes=1000))
    labels: Attr[dict[str, str]] = field(default_factory=dict, stored_as=Compressed())
    packed: Attr[str] = field(default="")
    part: Attr[Part | None] = None


class Recorder:
    """A transport that only counts."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.statistics = Statistics()

    async def send(self, request: Any) -> dict[str, Any]:
        self.sent.append(request.name)
        return {}

    async def close(self) -> None:
        pass


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def mapper(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> Mapper:
    """A mapper over a transport that records what is sent."""
    monkeypatch.setattr("ddbmodel.mapper.mapper.attach", lambda client, lane: recorder)
    return Mapper(object())


KEY = Book.key("k")
IN_K = Book.book_id == "k"
Call = Callable[[Mapper], Awaitable[Any]]
REFUSED: list[tuple[str, type[Exception], Call]] = [
    ("a filter", ExpressionError, lambda m: m.query(Book).where(IN_K, Book.body == SECRET).all()),
    ("a base's filter", ExpressionError, lambda m: m.query(Book).where(IN_K, Base.body == SECRET).all()),
    ("a filter below", ExpressionError, lambda m: m.scan(Book).where(Base.labels["k"] == SECRET).all()),
    ("a size", ExpressionError, lambda m: m.scan(Book).where(Book.labels.size() > 1).all()),
    ("a base's size", ExpressionError, lambda m: m.scan(Book).where(Base.labels.size() > 1).all()),
    ("a condition", ExpressionError, lambda m: m.delete(KEY, when=Book.body.contains(SECRET))),
    ("a base's condition", ExpressionError, lambda m: m.delete(KEY, when=Base.body.contains(SECRET))),
    ("a change below", ExpressionError, lambda m: m.update(KEY, Book.labels["k"].set(SECRET))),
    ("a base's change below", ExpressionError, lambda m: m.update(KEY, Base.labels["k"].set(SECRET))),
    ("a base's whole value", ExpressionError, lambda m: m.update(KEY, Base.body.set(SECRET))),
    ("a base's compressed value", ExpressionError, lambda m: m.update(KEY, Base.packed.set(SECRET))),
    ("a base's operand", ExpressionError, lambda m: m.update(KEY, Book.packed.set(Base.body))),
    ("a base's selection below", ExpressionError, lambda m: m.scan(Book).select(Base.labels["k"]).all()),
    ("too much", CodecError, lambda m: m.put(Book(book_id="k", body=SECRET * 200))),
    ("too much in an update", ExpressionError, lambda m: m.update(KEY, Book.body.set(SECRET * 200))),
]


@pytest.mark.parametrize(("error", "call"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
async def test_it_is_refused_and_nothing_is_sent(
    mapper: Mapper, recorder: Recorder, error: type[Exception], call: Call
) -> None:
    """Also by the path of a base class that stores the field in the other way; no value is in the message."""
    with pytest.raises(error) as refusal:
        await call(mapper)
    assert SECRET not in str(refusal.value)
    assert recorder.sent == []


def test_the_path_of_a_base_names_the_one_to_write() -> None:
    """The message has both classes and the remedy."""
    with pytest.raises(
        ExpressionError,
        match=r"Base\.body: of Base and Book, one stores body compressed; write Book\.body",
    ):
        Selection(plan_of(Book), [Base.body])


def test_a_compressed_field_is_selected_as_a_whole() -> None:
    """Of the model and of a part, beside fields that are not compressed."""
    plan = plan_of(Book)
    selection = Selection(plan, [Book.body, Book.part.at(Part.text), Book.labels])
    placeholders = Placeholders()
    assert selection.projection(()).render(placeholders) == "#n0, #n1.#n2, #n3"
    item = plan.encode(
        Book(book_id="k", body=LONG, part=Part(title="t", text=LONG * 2), labels={"k": LONG * 3})
    )
    assert all("B" in item[name] for name in ("body", "labels"))
    assert "B" in item["part"]["M"]["text"]
    assert selection.row(item) == (LONG, LONG * 2, {"k": LONG * 3})


def test_a_damaged_selected_field_names_its_place() -> None:
    """As in a whole model."""
    plan = plan_of(Book)
    item = plan.encode(Book(book_id="k", part=Part(title="t", text=LONG)))
    item["part"]["M"]["text"]["B"] = item["part"]["M"]["text"]["B"][:-1]
    with pytest.raises(CodecError) as refusal:
        Selection(plan, [Book.part.at(Part.text)]).row(item)
    assert str(refusal.value).startswith("Book at $.part.text: the compressed value is damaged")
