"""Compressed fields in expressions: what DynamoDB could not see is refused where it is written."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from pydantic import BaseModel

from ddbmodel import Attr, Compressed, ExpressionError, Model, field, partition_key
from ddbmodel.codec.packing import unpack
from ddbmodel.expressions import Placeholders, Projection, Update

SECRET = "s3cr3t"
LONG = "a long story. " * 40


class Chapter(Model):
    title: Attr[str]
    text: Attr[str] = field(default="", stored_as=Compressed())


class Remark(NamedTuple):
    by: str
    chapter: Chapter


class Shelf(BaseModel):
    chapters: dict[str, Chapter] = {}


class Tree(Model):
    name: Attr[str]
    children: Attr[list[Tree]] = field(default_factory=list)


class Base(Model):
    summary: Attr[dict[str, str]] = field(default_factory=dict)


class Packed(Base):
    summary: Attr[dict[str, str]] = field(default_factory=dict, stored_as=Compressed())


class Book(Model, table="books"):
    book_id: Attr[str] = partition_key()
    name: Attr[str] = field(default="")
    count: Attr[int] = field(default=0)
    body: Attr[str] = field(default="", stored_as=Compressed())
    note: Attr[str | None] = field(default=None, stored_as=Compressed())
    blob: Attr[bytes] = field(default=b"", stored_as=Compressed())
    words: Attr[list[str]] = field(default_factory=list, stored_as=Compressed())
    labels: Attr[dict[str, str]] = field(default_factory=dict, stored_as=Compressed())
    first: Attr[Chapter | None] = field(default=None, stored_as=Compressed())
    anything: Any = field(default=None, stored_as=Compressed())
    either: Attr[str | bytes | list[int]] = field(default="", stored_as=Compressed())
    chapter: Attr[Chapter | None] = None
    chapters: Attr[list[Chapter]] = field(default_factory=list)
    by_name: Attr[dict[str, Chapter]] = field(default_factory=dict)
    remarks: Attr[list[Remark]] = field(default_factory=list)
    ordered: Attr[OrderedDict[str, Chapter]] = field(default_factory=OrderedDict)
    shelf: Attr[Shelf | str] = field(default="")
    packed: Attr[Packed | None] = None
    tree: Attr[Tree | None] = None


# As a value of unknown type, for what a type checker would not let through.
book: Any = Book
CHAPTER = Chapter(title=SECRET)
UNSEEN = (
    "it is stored compressed, and DynamoDB cannot look into it; read the item and filter in Python, or keep"
)
UNCHANGED = "DynamoDB can neither change nor copy what is inside; read the item, and set the whole value"
INSIDE = (
    "a field inside is stored compressed, so equal values may be stored as different bytes; compare the other"
)

REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: Book.body == SECRET, f"Book.body ==: {UNSEEN}"),
    (lambda: Book.body != SECRET, f"Book.body !=: {UNSEEN}"),
    (lambda: Book.body < SECRET, f"Book.body <: {UNSEEN}"),
    (lambda: Book.body >= SECRET, f"Book.body >=: {UNSEEN}"),
    (lambda: Book.note == None, f"Book.note ==: {UNSEEN}"),  # noqa: E711
    (lambda: Book.body == Book.name, f"Book.body ==: {UNSEEN}"),
    (lambda: Book.name == Book.body, f"Book.body ==: {UNSEEN}"),
    (lambda: Book.name < Book.body, f"Book.body <: {UNSEEN}"),
    (lambda: Book.blob == b"", f"Book.blob ==: {UNSEEN}"),
    (lambda: Book.words == [SECRET], f"Book.words ==: {UNSEEN}"),
    (lambda: book.anything == 5, f"Book.anything ==: {UNSEEN}"),
    (lambda: Book.body.between("a", SECRET), f"Book.body between: {UNSEEN}"),
    (lambda: Book.name.between("a", Book.body), f"Book.body between: {UNSEEN}"),
    (lambda: Book.name.between(Book.body, "z"), f"Book.body between: {UNSEEN}"),
    (lambda: Book.body.is_in("a", SECRET), f"Book.body is_in: {UNSEEN}"),
    (lambda: Book.body.is_in(["a", SECRET]), f"Book.body is_in: {UNSEEN}"),
    (lambda: Book.name.is_in("a", Book.body), f"Book.body is_in: {UNSEEN}"),
    (lambda: Book.body.begins_with(SECRET), f"Book.body begins_with: {UNSEEN}"),
    (lambda: Book.name.begins_with(Book.body), f"Book.body begins_with: {UNSEEN}"),
    (lambda: Book.body.contains(SECRET), f"Book.body contains: {UNSEEN}"),
    (lambda: Book.words.contains(SECRET), f"Book.words contains: {UNSEEN}"),
    (lambda: Book.name.contains(Book.body), f"Book.body contains: {UNSEEN}"),
    (lambda: Book.body.size() > 3, f"Book.body size(): {UNSEEN}"),
    (lambda: Book.words.size(), f"Book.words size(): {UNSEEN}"),
    (lambda: Book.words[0], f"Book.words [...]: {UNSEEN}"),
    (lambda: Book.labels[SECRET], f"Book.labels [...]: {UNSEEN}"),
    (lambda: Book.first.at(Chapter.title), f"Book.first .at(Chapter.title): {UNSEEN}"),
    (lambda: Book.first.at("title"), f"Book.first .at('title'): {UNSEEN}"),
    (lambda: book.anything["x"], f"Book.anything [...]: {UNSEEN}"),
    (lambda: book.anything[0], f"Book.anything [...]: {UNSEEN}"),
    (lambda: Book.packed.at(Base.summary["k"]), "Book.packed.summary .at(Base.summary['k']): it is stored"),
    (lambda: Book.chapters[0].at(Chapter.text) == SECRET, f"Book.chapters[0].text ==: {UNSEEN}"),
    (lambda: Book.words.append(SECRET), f"Book.words append: it is stored compressed, and {UNCHANGED}"),
    (lambda: Book.words.prepend(SECRET), f"Book.words prepend: it is stored compressed, and {UNCHANGED}"),
    (lambda: book.anything.append(1), f"Book.anything append: it is stored compressed, and {UNCHANGED}"),
    (lambda: book.anything.add(1), f"Book.anything add: it is stored compressed, and {UNCHANGED}"),
    (lambda: book.anything.add({1}), f"Book.anything add: it is stored compressed, and {UNCHANGED}"),
    (lambda: book.anything.increment(), f"Book.anything increment: it is stored compressed, and {UNCHANGED}"),
    (lambda: book.anything.delete({1}), f"Book.anything delete: it is stored compressed, and {UNCHANGED}"),
    (lambda: book.anything + 1, f"Book.anything +: it is stored compressed, and {UNCHANGED}"),
    (lambda: 1 - book.anything, f"Book.anything -: it is stored compressed, and {UNCHANGED}"),
    (lambda: Book.count + book.anything, f"Book.anything +: it is stored compressed, and {UNCHANGED}"),
    (lambda: Book.body.set(Book.name), "Book.body with a path or sum: it is stored compressed"),
    (lambda: Book.name.set(Book.body), "Book.body with a path or sum: it is stored compressed"),
    (lambda: Book.body.set_if_not_exists(Book.name), "Book.body with a path or sum: it is stored compressed"),
    (lambda: Book.name.set_if_not_exists(Book.body), "Book.body with a path or sum: it is stored compressed"),
    (lambda: book.anything.set(Book.count + 1), "Book.anything with a path or sum: it is stored compressed"),
    (lambda: Book.chapter == CHAPTER, f"Book.chapter ==: {INSIDE}"),
    (lambda: Book.chapter != CHAPTER, f"Book.chapter !=: {INSIDE}"),
    (lambda: Book.chapter.is_in(CHAPTER, CHAPTER), f"Book.chapter is_in: {INSIDE}"),
    (lambda: Book.chapters == [CHAPTER], f"Book.chapters ==: {INSIDE}"),
    (lambda: Book.chapters.contains(CHAPTER), f"Book.chapters contains: {INSIDE}"),
    (lambda: Book.chapters[0] == CHAPTER, f"Book.chapters[0] ==: {INSIDE}"),
    (lambda: Book.by_name == {}, f"Book.by_name ==: {INSIDE}"),
    (lambda: Book.remarks == [], f"Book.remarks ==: {INSIDE}"),
    (lambda: Book.ordered == OrderedDict(), f"Book.ordered ==: {INSIDE}"),
    (lambda: Book.shelf == SECRET, f"Book.shelf ==: {INSIDE}"),
]


@pytest.mark.parametrize(("write", "message"), REFUSED, ids=[case[1][:40] for case in REFUSED])
def test_what_could_not_work_is_refused_where_it_is_written(
    write: Callable[[], object], message: str
) -> None:
    """With the path and the remedy, and without the value."""
    with pytest.raises(ExpressionError) as refusal:
        write()
    assert str(refusal.value).startswith(message)
    assert SECRET not in str(refusal.value)


ALLOWED: list[tuple[Any, str]] = [
    (Book.body.exists(), "attribute_exists(#n0)"),
    (Book.note.not_exists(), "attribute_not_exists(#n0)"),
    (Book.body.is_type("B"), "attribute_type(#n0, :v0)"),
    (~Book.words.exists(), "NOT attribute_exists(#n0)"),
    (Book.chapters.size() > 3, "size(#n0) > :v0"),
    (Book.chapter.at(Chapter.title) == "t", "#n0.#n1 = :v0"),
    (Book.tree == Tree(name="t"), "#n0 = :v0"),
]


@pytest.mark.parametrize(("condition", "text"), ALLOWED, ids=[case[1] for case in ALLOWED])
def test_whether_it_is_there_can_be_asked(condition: Any, text: str) -> None:
    """Also which type it is stored as, which tells compressed values from others; and all about the rest."""
    assert condition.render(Placeholders()) == text


@pytest.mark.parametrize(
    ("action", "text", "inside"),
    [
        (Book.body.set(LONG), "SET #n0 = :v0", {"S": LONG}),
        (Book.blob.set(LONG.encode()), "SET #n0 = :v0", {"B": LONG.encode()}),
        (Book.words.set([LONG]), "SET #n0 = :v0", {"L": [{"S": LONG}]}),
        (Book.either.set(LONG), "SET #n0 = :v0", {"S": LONG}),
        (book.anything.set({"k": LONG}), "SET #n0 = :v0", {"M": {"k": {"S": LONG}}}),
        (Book.note.set_if_not_exists(LONG), "SET #n0 = if_not_exists(#n0, :v0)", {"S": LONG}),
        (Book.chapter.at(Chapter.text).set(LONG), "SET #n0.#n1 = :v0", {"S": LONG}),
    ],
)
def test_the_whole_value_can_be_set(action: Any, text: str, inside: dict[str, Any]) -> None:
    """It is compressed as in a model."""
    placeholders = Placeholders()
    assert Update((action,)).render(placeholders) == text
    values: Any = placeholders.to_wire()["ExpressionAttributeValues"]
    assert unpack(values[":v0"]["B"]) == inside


def test_small_values_are_set_as_they_are_stored() -> None:
    """In their usual form, or removed where that is how they are stored."""
    placeholders = Placeholders()
    actions = (Book.body.set("s"), Book.note.set(None), Book.words.remove(), book.anything.set(5))
    assert Update(actions).render(placeholders) == "SET #n0 = :v0, #n1 = :v1 REMOVE #n2, #n3"
    assert placeholders.to_wire()["ExpressionAttributeValues"] == {":v0": {"S": "s"}, ":v1": {"N": "5"}}


def test_a_part_that_holds_one_can_be_set_and_appended() -> None:
    """The field inside of it is compressed."""
    chapter = Chapter(title="t", text=LONG)
    placeholders = Placeholders()
    Update((Book.chapter.set(chapter), Book.chapters.append(chapter))).render(placeholders)
    values: Any = placeholders.to_wire()["ExpressionAttributeValues"]
    stored = [
        value["M"] if "M" in value else value["L"][0]["M"]
        for value in values.values()
        if value["L" if "L" in value else "M"]
    ]
    assert [unpack(part["text"]["B"]) for part in stored] == [{"S": LONG}] * 2


def test_a_wrong_value_is_refused_as_ever() -> None:
    """Compression changes nothing of which values a field takes."""
    for action in (
        lambda: book.body.set(5),
        lambda: book.words.set([SECRET, 5]),
        lambda: book.blob.set(SECRET),
    ):
        with pytest.raises(ExpressionError, match=r"Book\.\w+.*: expected \w+, got \w+") as refusal:
            action()
        assert SECRET not in str(refusal.value)


def test_it_can_be_projected() -> None:
    """As a whole."""
    assert Projection((Book.body, Book.words)).render(Placeholders()) == "#n0, #n1"
