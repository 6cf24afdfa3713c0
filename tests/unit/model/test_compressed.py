"""Compressed fields: what is stored, what still reads when the options change, and what cannot be compressed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Literal
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr, create_model

from ddbmodel import (
    Attr,
    CodecError,
    Compressed,
    EpochSeconds,
    GlobalIndex,
    LocalIndex,
    Model,
    ModelDefinitionError,
    field,
    partition_key,
    sort_key,
)
from ddbmodel.codec import compression
from ddbmodel.codec.compressed import uncompressed_sizes_bytes
from ddbmodel.codec.sizes import value_size_bytes
from ddbmodel.model import Key, ModelPlan, Table, TableIndex, plan_of
from ddbmodel.schema import KeyAttribute
from tests.strategies.scalars import texts

MAGIC = b"\xffDZ\xfe"
LONG = "a long story. " * 40
SECRET = "s3cr3t"


class Line(BaseModel):
    sku: str
    price: Decimal


class Colour(Enum):
    RED = "red"


def plan_for(annotation: Any, options: Any = None, default: Any = ...) -> ModelPlan[Any]:
    """The plan of a table with one field, compressed or not."""
    given = {} if default is ... else {"default": default}
    model = create_model(
        "Book",
        __base__=Model,
        __cls_kwargs__={"table": "books"},
        book_id=(str, partition_key(default="k")),
        body=(annotation, field(stored_as=options, **given)),
    )
    return plan_of(model)


def stored(plan: ModelPlan[Any], value: Any) -> dict[str, Any] | None:
    """How the field is stored."""
    return plan.encode(plan.model(body=value)).get("body")


def read(plan: ModelPlan[Any], body: dict[str, Any]) -> Any:
    """What the field is read as."""
    return plan.decode({"book_id": {"S": "k"}, "body": body}).body


# Storing and reading ---------------------------------------------------------------------------------

KINDS: list[tuple[Any, Any, dict[str, Any], bytes]] = [
    (str, LONG, {"S": LONG}, b"S"),
    (SecretStr, SecretStr(LONG), {"S": LONG}, b"S"),
    (bytes, LONG.encode(), {"B": LONG.encode()}, b"B"),
    (bytes | None, LONG.encode(), {"B": LONG.encode()}, b"B"),
    (list[str], [LONG], {"L": [{"S": LONG}]}, b"D"),
    (tuple[str, int], (LONG, 1), {"L": [{"S": LONG}, {"N": "1"}]}, b"D"),
    (dict[str, str], {"k": LONG}, {"M": {"k": {"S": LONG}}}, b"D"),
    (
        Line,
        Line(sku=LONG, price=Decimal("1.50")),
        {"M": {"sku": {"S": LONG}, "price": {"N": "1.5"}}},
        b"D",
    ),
    (Line | str, LONG, {"S": LONG}, b"S"),
    (Any, {"k": [LONG, {1, 2}]}, {"M": {"k": {"L": [{"S": LONG}, {"NS": ["1", "2"]}]}}}, b"D"),
    (Any, LONG, {"S": LONG}, b"S"),
]


@pytest.mark.parametrize("name", ["zlib", "zstd"])
@pytest.mark.parametrize(("annotation", "value", "plain", "kind"), KINDS, ids=lambda case: str(case)[:20])
def test_large_values_are_compressed_and_come_back(
    name: Any, annotation: Any, value: Any, plain: dict[str, Any], kind: bytes
) -> None:
    """Text, bytes and documents are stored as B, smaller; uncompressed ones, as without the option, read too."""
    plan = plan_for(annotation, Compressed(name))
    body = stored(plan, value)
    assert body is not None
    assert body["B"].startswith(MAGIC)
    assert body["B"][10:11] == kind
    assert value_size_bytes(body) < value_size_bytes(plain) / 3
    assert read(plan, body) == value
    assert stored(plan_for(annotation), value) == plain
    assert read(plan, plain) == value


@pytest.mark.parametrize(
    ("annotation", "value", "plain"),
    [
        (str, "short", {"S": "short"}),
        (str, "", {"S": ""}),
        (Line, Line(sku="a", price=Decimal(1)), {"M": {"sku": {"S": "a"}, "price": {"N": "1"}}}),
        (list[int], [1, 2], {"L": [{"N": "1"}, {"N": "2"}]}),
        (Any, 5, {"N": "5"}),
        (Any, {"a"}, {"SS": ["a"]}),
        (int | list[int], 5, {"N": "5"}),
        (str | None, None, None),
    ],
)
def test_what_gains_nothing_is_stored_as_ever(annotation: Any, value: Any, plain: Any) -> None:
    """In its usual form, which for None is none."""
    plan = plan_for(annotation, Compressed())
    assert stored(plan, value) == plain
    if plain is not None:
        assert read(plan, plain) == value


def test_none_and_missing_mean_what_they_mean() -> None:
    """Without a default, with None, and with another one, which only a NULL can overrule."""
    assert plan_for(str | None, Compressed()).decode({"book_id": {"S": "k"}}).body is None
    other = plan_for(str | None, Compressed(), default=LONG)
    assert stored(other, None) == {"NULL": True}
    assert read(other, {"NULL": True}) is None
    assert other.decode({"book_id": {"S": "k"}}).body == LONG
    with pytest.raises(CodecError, match=r"\$\.body"):
        plan_for(str, Compressed()).decode({"book_id": {"S": "k"}})


@given(value=st.one_of(st.builds(lambda text: text * 40, texts()), st.binary(), st.lists(texts())))
def test_any_option_can_change_later(value: Any) -> None:
    """What was stored with one codec, level or bound is read with any other, and before the option as well.

    But for bytes that begin as a header does, one in four billion, stored before the option was there.
    """
    if isinstance(value, bytes):
        assume(not value.startswith(b"\xffDZ\xfe"))
    options = [None, Compressed(), Compressed(level=1, min_bytes=0), Compressed("zstd", level=9, min_bytes=0)]
    plans = [plan_for(str | bytes | list[str], option) for option in options]
    for writer in plans:
        body = stored(writer, value)
        assert body is not None
        for reader in plans[1:]:
            assert read(reader, body) == value


def _numbers_or_words(options: Compressed) -> tuple[ModelPlan[Any], type[Model]]:
    """A union of two parts, of which only storing them again tells which one a value was."""

    class Numbers(Model):
        values: Attr[list[int]] = field(stored_as=options)

    class Words(Model):
        values: Attr[list[str]] = field(stored_as=options)

    return plan_for(Numbers | Words), Words


def test_a_union_finds_its_member_whatever_compressed_it() -> None:
    """A part that could be read as another one is told by storing both again, which options do not disturb."""
    writer, written = _numbers_or_words(Compressed(min_bytes=0))
    body = stored(writer, written(values=["1"] * 50))
    assert body is not None
    assert "B" in body["M"]["values"]
    for options in (Compressed(min_bytes=0), Compressed(level=1), Compressed("zstd", min_bytes=0)):
        reader, words = _numbers_or_words(options)
        assert read(reader, body) == words(values=["1"] * 50)


def test_a_part_inside_of_a_list_compresses_its_own_fields() -> None:
    """The list stays a list that can be appended to; the part's large field is compressed."""

    class Chapter(Model):
        title: Attr[str]
        text: Attr[str] = field(stored_as=Compressed())

    plan = plan_for(list[Chapter])
    body = stored(plan, [Chapter(title="t", text=LONG)])
    assert body is not None
    assert set(body["L"][0]["M"]["text"]) == {"B"}
    assert read(plan, body) == [Chapter(title="t", text=LONG)]


def test_what_a_compressed_attribute_would_weigh_is_known() -> None:
    """By stored name, for those that are compressed; bytes have a header in any case."""

    class Item(Model, table="items"):
        item_id: Attr[str] = partition_key()
        text: Attr[str] = field(stored_as=Compressed(), attribute="t")
        small: Attr[str] = field(stored_as=Compressed())
        blob: Attr[bytes] = field(stored_as=Compressed())
        lines: Attr[list[str]] = field(stored_as=Compressed())
        note: Attr[str | None] = field(default=None, stored_as=Compressed())
        plain: Attr[bytes] = field(default=MAGIC)

    plan = plan_of(Item)
    item = plan.encode(Item(item_id="k", text=LONG, small="s", blob=b"b", lines=[LONG]))
    assert uncompressed_sizes_bytes(item, plan.part) == {
        "t": len(LONG),
        "blob": 1,
        "lines": value_size_bytes({"L": [{"S": LONG}]}),
    }


# Refused values --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("annotation", "body", "reason"),
    [
        (str, {"B": b"hello"}, "bytes without the header of compressed values are no str"),
        (list[str], {"B": b""}, "bytes without the header of compressed values are no list"),
        (str, {"B": MAGIC}, "damaged"),
        (bytes, {"B": MAGIC + SECRET.encode() * 5}, "damaged"),
        (Any, {"B": MAGIC + SECRET.encode() * 5}, "damaged"),
    ],
)
def test_what_cannot_be_read_names_the_place(annotation: Any, body: dict[str, Any], reason: str) -> None:
    """The error has model and path, and nothing of the value."""
    with pytest.raises(CodecError, match=reason) as refusal:
        read(plan_for(annotation, Compressed()), body)
    assert refusal.value.path == "$.body"
    assert str(refusal.value).startswith("Book at $.body: ")
    assert SECRET not in str(refusal.value)


@pytest.mark.parametrize("annotation", [str, bytes, list[str]])
def test_a_damaged_byte_is_never_another_value(annotation: Any) -> None:
    """Wherever it is; also where the field would take bytes without a header."""
    plan = plan_for(annotation, Compressed())
    value = {str: LONG, bytes: LONG.encode()}.get(annotation, [LONG])
    body = stored(plan, value)
    assert body is not None
    for place in range(len(body["B"])):
        damaged = bytearray(body["B"])
        damaged[place] ^= 0x40
        with pytest.raises(CodecError) as refusal:
            read(plan, {"B": bytes(damaged)})
        assert refusal.value.path == "$.body"


def test_the_bound_holds_in_writing_and_in_reading() -> None:
    """A value over `max_bytes` is refused before it is written; one that was written with more, when it is read."""
    small, large = plan_for(str, Compressed(max_bytes=1000)), plan_for(str, Compressed())
    with pytest.raises(CodecError, match=r"Book at \$\.body: the value has 1,001 bytes.*max_bytes=1,000"):
        stored(small, "x" * 1001)
    body = stored(large, "x" * 1001)
    assert body is not None
    with pytest.raises(CodecError, match=r"Book at \$\.body: .*more than max_bytes=1,000"):
        read(small, body)


# Declarations ----------------------------------------------------------------------------------------

UNSUITED = [
    int,
    float,
    Decimal,
    bool,
    timedelta,
    datetime,
    date,
    time,
    UUID,
    UUID | None,
    None,
    Colour,
    Literal["a", "b"],
    int | None,
    int | str,
    set[str],
    set[Line],
    frozenset[int],
    set[Any],
    set[str] | list[str],
]


@pytest.mark.parametrize("annotation", UNSUITED, ids=str)
def test_what_gains_nothing_or_is_no_document_is_refused(annotation: Any) -> None:
    """Numbers, bools, times, sets, and the few values of an Enum."""
    with pytest.raises(
        ModelDefinitionError, match=r"Book\.body: .* for text, bytes and documents; .*: leave"
    ):
        plan_for(annotation, Compressed())


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"codec": "lz4"}, "takes one of zlib, zstd"),
        ({"codec": []}, "takes one of zlib, zstd"),
        ({"level": 0}, "level= of zlib is 1 to 9"),
        ({"level": 10}, "level= of zlib is 1 to 9"),
        ({"level": True}, "level= of zlib"),
        ({"codec": "zstd", "level": 23}, "level= of zstd is 1 to 22"),
        ({"codec": "zstd", "level": 1.5}, "level= of zstd is 1 to 22"),
        ({"min_bytes": -1}, "min_bytes= is"),
        ({"min_bytes": 101, "max_bytes": 100}, "min_bytes= is"),
        ({"max_bytes": 0}, "max_bytes= is"),
        ({"max_bytes": 2**32}, "max_bytes= is"),
        ({"max_bytes": "1"}, "max_bytes= is"),
    ],
)
def test_impossible_options_are_refused(options: dict[str, Any], reason: str) -> None:
    """With class and field, when the class is defined."""
    with pytest.raises(ModelDefinitionError, match=rf"^Book\.body: .*{reason}"):
        plan_for(str, Compressed(**options))


@pytest.mark.parametrize(
    ("base", "body", "where"),
    [
        ({"table": "books"}, {"book_id": (str, partition_key(stored_as=Compressed()))}, "book_id"),  # type: ignore[arg-type]  # what a checker refuses
        ({"table": "books"}, {"book_id": (bytes, partition_key(stored_as=Compressed()))}, "book_id"),  # type: ignore[arg-type]  # likewise
        (
            {"table": "books"},
            {"book_id": (str, partition_key()), "body": (str, sort_key(stored_as=Compressed()))},  # type: ignore[arg-type]  # likewise
            "body",
        ),
    ],
)
def test_keys_are_not_compressed(base: dict[str, Any], body: dict[str, Any], where: str) -> None:
    """DynamoDB could not find an item by them."""
    with pytest.raises(ModelDefinitionError, match=f"Book: field '{where}' is stored compressed, and a key"):
        create_model("Book", __base__=Model, __cls_kwargs__=base, **body)


@pytest.mark.parametrize("annotation", [str, bytes, str | None])
def test_keys_of_indexes_are_not_compressed(annotation: Any) -> None:
    """Whichever index names the field, as partition or sort key."""
    for index in (
        GlobalIndex(partition_key="body"),
        GlobalIndex("other", "body"),
        LocalIndex(sort_key="body"),
    ):
        bases = type(Model)("Base", (Model,), {"__module__": __name__, "by_body": index})
        with pytest.raises(ModelDefinitionError, match="index 'by_body': field 'body' is stored compressed"):
            create_model(
                "Book",
                __base__=bases,
                __cls_kwargs__={"table": "books"},
                book_id=(str, partition_key()),
                other=(str, "x"),
                body=(annotation, field(stored_as=Compressed())),
            )


def test_key_templates_and_guards_take_no_compressed_field() -> None:
    """A template, a field that is a key attribute of a shared table, and a unique field."""
    indexes = [TableIndex("by_blob", KeyAttribute("blob", "B"), None)]
    shop = Table("shop", partition_key="pk", sort_key="sk", indexes=indexes)
    with pytest.raises(ModelDefinitionError, match="it is stored compressed, and a key is not"):

        class Templated(Model, table=shop, entity="templated"):
            body: Attr[str] = field(stored_as=Compressed())
            primary = Key(partition="BOOK#{body}", sort="X")

    with pytest.raises(ModelDefinitionError, match="field 'blob' is stored compressed, and a key"):

        class Indexed(Model, table=shop, entity="indexed"):
            book_id: Attr[str]
            blob: Attr[bytes] = field(stored_as=Compressed())
            primary = Key(partition="BOOK#{book_id}", sort="X")

    with pytest.raises(ModelDefinitionError, match="field 'body' cannot be unique: it is stored compressed"):

        class Unique(Model, table="books"):
            book_id: Attr[str] = partition_key()
            body: Attr[str] = field(unique=True, stored_as=Compressed())


def test_an_index_can_hold_a_compressed_field() -> None:
    """Beside its keys, as any other."""

    class Book(Model, table="books"):
        book_id: Attr[str] = partition_key()
        kind: Attr[str]
        body: Attr[str] = field(stored_as=Compressed())
        by_kind = GlobalIndex(partition_key="kind", projection=["body"])

    assert plan_of(Book).stored_table.indexes[0].projection.attributes == ("body",)


def test_an_open_generic_field_is_checked_when_it_gets_its_type() -> None:
    """The class is fine as long as it could hold text."""
    from typing import Generic, TypeVar

    T = TypeVar("T")

    class Box(Model, Generic[T]):
        value: Attr[T] = field(stored_as=Compressed())

    assert Box[str](value="x").value == "x"
    with pytest.raises(ModelDefinitionError, match="for text, bytes and documents; a int is stored as N"):
        Box[int]  # the class is made by this


def test_two_forms_do_not_mix() -> None:
    """`stored_as=` takes one of its values, and says which there are."""
    with pytest.raises(ModelDefinitionError, match=r"stored_as= takes Null, .*EpochSeconds.*Compressed"):
        plan_for(str, "zlib")
    with pytest.raises(ModelDefinitionError, match="epoch is for datetime"):
        plan_for(str, EpochSeconds)


# Without the library ---------------------------------------------------------------------------------


@pytest.fixture
def no_zstd(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A Python without a library for zstd."""
    for package in ("backports", "compression"):
        if package in sys.modules:
            monkeypatch.delattr(f"{package}.zstd", raising=False)
        monkeypatch.setitem(sys.modules, f"{package}.zstd", None)
    compression._zstd.cache_clear()
    yield
    compression._zstd.cache_clear()


def test_without_the_library_a_class_cannot_be_defined(no_zstd: None) -> None:
    """The error names class, field and remedy; zlib needs no library."""
    with pytest.raises(ModelDefinitionError, match=r'^Book\.body: .*pip install "ddbmodel\[zstd\]"'):
        plan_for(str, Compressed("zstd"))
    plan_for(str, Compressed())


def test_without_the_library_a_value_cannot_be_read(request: pytest.FixtureRequest) -> None:
    """A field that changed to zlib still meets zstd, and says what it needs."""
    body = stored(plan_for(str, Compressed("zstd")), LONG)
    assert body is not None
    reader = plan_for(str, Compressed())
    request.getfixturevalue("no_zstd")
    with pytest.raises(CodecError, match=r'^Book at \$\.body: .*pip install "ddbmodel\[zstd\]"'):
        read(reader, body)
