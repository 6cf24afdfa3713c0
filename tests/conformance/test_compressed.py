"""Compressed fields, on every engine: through all verbs, above an item's usual size, and beside old values."""

from __future__ import annotations

from typing import Any

import pytest

from ddbmodel import (
    Attr,
    CodecError,
    Compressed,
    ConditionalCheckFailed,
    GlobalIndex,
    ItemTooLarge,
    Mapper,
    Model,
    field,
    partition_key,
)

STORY = "It was a dark and stormy night. " * 100
# Over the 400 KB that an item has, uncompressed.
NOVEL = STORY * 200


class Chapter(Model):
    title: Attr[str]
    text: Attr[str]


class Book(Model, table="books"):
    book_id: Attr[str] = partition_key()
    kind: Attr[str] = field(default="novel")
    body: Attr[str] = field(default="", stored_as=Compressed())
    scan: Attr[bytes | None] = field(default=None, stored_as=Compressed("zstd"))
    chapters: Attr[list[Chapter]] = field(default_factory=list, stored_as=Compressed("zstd"))
    remarks: Attr[list[Any]] = field(default_factory=list, stored_as=Compressed())

    by_kind = GlobalIndex(partition_key="kind", projection=["body"])


class OldBook(Model, table="books"):
    """The same table, before its fields were compressed."""

    book_id: Attr[str] = partition_key()
    kind: Attr[str] = field(default="novel")
    body: Attr[str] = field(default="")
    scan: Attr[bytes | None] = field(default=None)
    chapters: Attr[list[Chapter]] = field(default_factory=list)

    by_kind = GlobalIndex(partition_key="kind", projection=["body"])


def _book(book_id: str = "b", **values: Any) -> Book:
    chapters = [Chapter(title=f"{number}", text=STORY) for number in range(5)]
    given = {
        "body": NOVEL,
        "scan": STORY.encode(),
        "chapters": chapters,
        "remarks": [{"by": "x", "tags": {"a"}}, b"\xffDZ\xfe"],
    }
    return Book(book_id=book_id, **{**given, **values})


@pytest.fixture
async def books(mapper: Mapper) -> Mapper:
    """A mapper whose table of books is there and empty."""
    await mapper.create_table(Book)
    return mapper


async def test_what_was_put_is_got_back(books: Mapper) -> None:
    """Large and small, and more than an item could hold uncompressed."""
    small = Book(book_id="s", body="short", scan=b"\xffDZ\xfe", chapters=[Chapter(title="t", text="x")])
    for book in (_book(), small, Book(book_id="n")):
        await books.put(book)
        assert await books.get(Book, book.book_id) == book
    with pytest.raises(ItemTooLarge):
        await books.put(OldBook(book_id="b", body=NOVEL))


async def test_every_way_of_reading_and_writing(books: Mapper) -> None:
    """In a batch, in a query on an index, in a scan, selected, and returned by update and delete."""
    async with books.batch_writer() as writer:
        for number in range(3):
            await writer.put(_book(f"b{number}", body=f"{number}{STORY}"))
    assert await books.batch_get(Book, ["b1", "b2"]) == [_book(f"b{n}", body=f"{n}{STORY}") for n in (1, 2)]
    assert len(await books.scan(Book).where(Book.body.is_type("B")).all()) == 3
    rows = await books.query(Book).where(Book.kind == "novel").select(Book.book_id, Book.body).all()
    assert sorted(rows) == [(f"b{number}", f"{number}{STORY}") for number in range(3)]
    updated = await books.update(Book.key("b0"), Book.body.set(NOVEL), Book.scan.remove())
    assert updated == _book("b0", scan=None)
    kept = await books.update(Book.key("b0"), Book.body.set_if_not_exists("x"), Book.remarks.set([]))
    assert kept == _book("b0", scan=None, remarks=[])
    assert await books.delete(Book.key("b0"), return_old=True) == kept


async def test_whether_it_is_there_decides(books: Mapper) -> None:
    """The one question that can be asked in a condition."""
    await books.put(_book(scan=None))
    with pytest.raises(ConditionalCheckFailed):
        await books.update(Book.key("b"), Book.body.set("x"), when=Book.scan.exists())
    assert (await books.update(Book.key("b"), Book.body.set("x"), when=Book.scan.not_exists())).body == "x"


async def test_old_values_read_and_are_compressed_when_they_are_written(books: Mapper) -> None:
    """The option can be switched on for a table that has items; what has not changed stays as it was."""
    old = OldBook(book_id="b", body=STORY, scan=STORY.encode(), chapters=[Chapter(title="t", text=STORY)] * 2)
    await books.put(old)
    book = await books.require(Book, "b")
    assert (book.body, book.scan, book.chapters) == (old.body, old.scan, old.chapters)
    await books.update(book, Book.body.set(STORY + "!"))
    assert await books.scan(OldBook).where(OldBook.scan == STORY.encode()).count() == 1
    assert await books.scan(Book).where(Book.body.is_type("S")).count() == 0
    await books.put(book)
    assert await books.require(Book, "b") == book


async def test_a_damaged_value_is_an_error_with_its_place(books: Mapper) -> None:
    """Bytes that begin as a header and are none, which another program wrote."""

    class Raw(Model, table="books"):
        book_id: Attr[str] = partition_key()
        body: Attr[bytes]

    await books.put(Raw(book_id="b", body=b"\xffDZ\xfe and nothing of ours"))
    with pytest.raises(CodecError, match=r"^Book at \$\.body: the compressed value is damaged"):
        await books.get(Book, "b")
