"""Templates by example: what is written, what is refused, and which ones are told apart."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, Inexact, localcontext
from typing import Any
from uuid import UUID

import pytest

from ddbmodel.codec import scalars
from ddbmodel.codec.base import Codec
from ddbmodel.codec.scalars import ChoiceCodec, epoch_codec
from ddbmodel.errors import CodecError, ModelDefinitionError
from ddbmodel.schema.key_forms import form_of
from ddbmodel.schema.key_overlap import overlap
from ddbmodel.schema.key_templates import KeyTemplate, Slot, bind, parse_template, unescape

CODECS: dict[str, Codec] = {
    "name": scalars.STR,
    "word": scalars.STR,
    "number": scalars.INT,
    "price": scalars.DECIMAL,
    "at": scalars.DATETIME,
    "ttl": epoch_codec(timedelta(seconds=1)),
    "day": scalars.DATE,
    "uid": scalars.UUID_CODEC,
    "flag": scalars.BOOL,
    "data": scalars.BYTES,
    "colour": ChoiceCodec("Literal", ("red", "deep blue", "c#")),
    "size": ChoiceCodec("Literal", ("small", "large")),
}
NOON = datetime(2026, 10, 13, 12, 30, 15, 5, tzinfo=UTC)


def template(text: str, *, is_sort: bool = False) -> KeyTemplate:
    slots = [piece for piece in parse_template(text) if isinstance(piece, Slot)]
    return bind(text, {slot: form_of(CODECS[slot.name], slot.spec) for slot in slots}, is_sort=is_sort)


def render(text: str, *, is_sort: bool = False, **values: Any) -> str | None:
    stored = {name: None if v is None else CODECS[name].encode(v) for name, v in values.items()}
    return template(text, is_sort=is_sort).render(stored)


@pytest.mark.parametrize(
    ("text", "values", "key"),
    [
        ("PROFILE", {}, "PROFILE"),
        ("ORDER#{name}", {"name": "o1"}, "ORDER#o1"),
        ("A{{b}}#{name}", {"name": "x"}, "A{b}#x"),
        ("{name}#X", {"name": "a#X$"}, "a$HX$I#X"),
        ("{name}", {"name": "a b!"}, "a b!"),
        ("{number}", {"number": -5}, "-5"),
        ("{price}", {"price": Decimal("1.50")}, "1.5"),
        ("{number:08d}", {"number": 42}, "00000042"),
        ("{price:08.2f}", {"price": Decimal("3.5")}, "00003.50"),
        ("{price:05d}", {"price": Decimal("2E+2")}, "00200"),
        ("{price:05d}", {"price": Decimal("-0")}, "00000"),
        ("{at}", {"at": NOON}, "2026-10-13T12:30:15.000005Z"),
        ("{at:%Y-%m}#{at}", {"at": NOON}, "2026-10#2026-10-13T12:30:15.000005Z"),
        ("{at:%Y%m%d %H:%M:%S}", {"at": NOON}, "20261013 12:30:15"),
        ("{ttl}", {"ttl": NOON.replace(microsecond=0)}, "2026-10-13T12:30:15.000000Z"),
        ("{day}", {"day": date(26, 1, 2)}, "0026-01-02"),
        ("{day:%Y-%m}", {"day": date(26, 1, 2)}, "0026-01"),
        ("{uid}", {"uid": UUID(int=1)}, "00000000-0000-0000-0000-000000000001"),
        ("{flag}", {"flag": True}, "true"),
        ("{colour}", {"colour": "c#"}, "c$H"),
    ],
)
def test_what_is_written(text: str, values: dict[str, Any], key: str) -> None:
    """Keys look as their templates say, and are read back."""
    assert render(text, **values) == key
    assert template(text).parse(key) is not None


def test_a_text_before_a_separator_in_a_sort_key() -> None:
    """A text that something follows has no character that sorts before its end."""
    assert render("{name}#{word}", is_sort=True, name="a b", word="a b") == "a$Eb#a b"
    keys = [
        render("{name}#X", is_sort=True, name=name) for name in ("a", "a\0", "a!", "a#", "a$", "a%", "aa")
    ]
    assert keys == sorted(keys, key=str)
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("text", ["{name}#{number:05d}", "{number:05d}{name}"])
def test_a_field_without_a_value(text: str) -> None:
    """If one of the fields has no value, there is no key."""
    assert render(text, name=None, number=5) is None
    assert render(text, name="a", number=None) is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("A#{name}", "B#x"),
        ("A#{name}", "A#x#y"),
        ("A#{name}", "A#x$"),
        ("A#{name}", "A#$E"),
        ("{number:05d}", "1"),
        ("{number:05d}", "0x001"),
        ("{number:05d}", "1_000"),
        ("{number}", "1.0"),
        ("{number}", "one"),
        ("{at}", "2026-10-13T12:30:15.000005+"),
        ("{at:%Y-%m}", "2026-13"),
        ("{at:%Y-%m}", "2026x10"),
        ("{day}", "2026-W42-1"),
        ("{day:%Y-%m}", "2026x10"),
        ("{uid}", "#" * 36),
        ("{uid}", "00000000-0000-0000-0000-00000000000A"),
        ("{flag}", "True"),
        ("{colour}", "green"),
    ],
)
def test_what_is_no_key(text: str, key: str) -> None:
    """A text that the template never writes is not parsed."""
    assert template(text).parse(key) is None


@pytest.mark.parametrize(
    ("text", "values", "reason"),
    [
        ("{number:03d}", {"number": 1000}, "more than 3 digits"),
        ("{number:03d}", {"number": 10**37}, "more than 3 digits"),
        ("{number:03d}", {"number": -1}, "not below zero"),
        ("{price:06.2f}", {"price": Decimal("1.234")}, "2 decimal places"),
        ("{price:06.2f}", {"price": Decimal("1E-100")}, "2 decimal places"),
        ("{price:06.2f}", {"price": Decimal("1E+100")}, "more than 6"),
        ("{price:03d}", {"price": Decimal("0.5")}, "0 decimal places"),
    ],
)
def test_numbers_without_a_place(text: str, values: dict[str, Any], reason: str) -> None:
    """A number that would lose digits or its order is refused, by the field's name and without the value."""
    with pytest.raises(CodecError, match=reason) as caught:
        render(text, **values)
    assert "$." + next(iter(values)) in str(caught.value)
    assert str(next(iter(values.values()))) not in str(caught.value)


def test_the_decimal_context_of_the_caller() -> None:
    """Keys are the same whatever the decimal context is, and with all digits that a number has."""
    number = 12345678901234567890123456789012345678
    with localcontext() as context:
        context.prec = 3
        context.traps[Inexact] = True
        assert render("{number:040d}", number=number) == f"{number:040d}"
        with pytest.raises(CodecError):
            render("{price:04d}", price=Decimal("0.123456"))


@pytest.mark.parametrize("text", ["$", "a$", "$#", "$$H"])
def test_what_is_not_escaped(text: str) -> None:
    """A `$` without its letter is not read."""
    with pytest.raises(CodecError, match="not escaped"):
        unescape(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "1 to 1,024 characters"),
        ("x" * 1025, "1 to 1,024 characters"),
        ("\ud800", "1 to 1,024 characters"),
        (None, "1 to 1,024 characters"),
        (b"A", "1 to 1,024 characters"),
        ("{name", "expected '}'"),
        ("name}", "Single '}'"),
        ("{}", "name of a field"),
        ("{0}", "name of a field"),
        ("{name!r}", "name of a field"),
        ("{name.x}", "name of a field"),
        ("{name[0]}", "name of a field"),
        ("{number:{name}}", "name of a field"),
    ],
)
def test_what_is_no_template(text: Any, reason: str) -> None:
    """A text that is no template is refused."""
    with pytest.raises(ModelDefinitionError, match=reason):
        parse_template(text)


FORMATS: list[tuple[str, str]] = [
    ("{number:d}", "no format for a number"),
    ("{number:8d}", "no format for a number"),
    ("{number:08}", "no format for a number"),
    ("{number:00d}", "no format for a number"),
    ("{number:0100d}", "no format for a number"),
    ("{number:08x}", "no format for a number"),
    ("{number:+08d}", "no format for a number"),
    ("{price:03.2f}", "leaves no room"),
    ("{name:>5}", "leave it out"),
    ("{flag:d}", "leave it out"),
    ("{uid:s}", "leave it out"),
    ("{at:%m-%Y}", "no period of time"),
    ("{at:%Y-%d}", "no period of time"),
    ("{at:%y}", "no period of time"),
    ("{at:08d}", "no period of time"),
    ("{day:%Y-%m-%dT%H}", "asks a date for its hours"),
    ("{data}", "stored as B"),
]


@pytest.mark.parametrize(("text", "reason"), FORMATS)
def test_formats_that_are_refused(text: str, reason: str) -> None:
    """A format that would not sort or not be read back, or fits another type, is refused."""
    with pytest.raises(ModelDefinitionError, match=reason):
        template(text)


@pytest.mark.parametrize(
    ("text", "is_sort", "reason"),
    [
        ("{number}", True, "numbers do not sort as text"),
        ("N#{price}", True, "numbers do not sort as text"),
        ("{name}{word}", False, "put '#' between 'name' and 'word'"),
        ("{name}-{word}", False, "put '#' between"),
        ("{name}{flag}", False, "put '#' between"),
        ("{number}{name}", False, "put '#' between"),
        ("{name}-X", True, "comes '#' or nothing"),
        ("{name}{number:05d}", True, "comes '#' or nothing"),
        ("{colour}{at}", True, "comes '#' or nothing"),
        ("{name}{{#", True, "comes '#' or nothing"),
    ],
)
def test_templates_that_are_refused(text: str, is_sort: bool, reason: str) -> None:
    """A template that could not be read back, or whose keys would not sort as values do, is refused."""
    with pytest.raises(ModelDefinitionError, match=reason):
        template(text, is_sort=is_sort)


APART = [
    ("PROFILE", "ORDER#{name}"),
    ("PROFILE", "SETTINGS"),
    ("ORDER#{name}", "INVOICE#{name}"),
    ("ORDER#{name}", "ORDER#{name}#ITEM#{word}"),
    ("ORDER-{name}", "INVOICE-{name}"),
    ("{name}-order", "{name}-item"),
    ("{at}", "PROFILE"),
    ("{at}#{name}", "ORDER#{name}"),
    ("{at}", "{day}"),
    ("{at}", "{uid}"),
    ("{at:%Y-%m}", "{day}"),
    ("{number:08d}", "{uid}"),
    ("{number:08d}", "{number:010d}"),
    ("{number:04d}", "abcd"),
    ("{price:06.2f}", "123456"),
    ("{flag}", "{size}"),
    ("{colour}", "{size}"),
    ("{colour}", "PROFILE"),
    ("{number}", "{size}"),
    ("{number}", "001"),
    ("{uid}", "x" * 36),
    ("{size}#{name}", "{colour}#{name}"),
    ("A{size}", "B{size}"),
    ("{{{name}", "[{name}"),
]
TOGETHER = [
    ("A", "A"),
    ("{name}", "{word}"),
    ("ORDER#{name}", "{word}#{name}"),
    ("{name}", "{at}"),
    ("{name}", "PROFILE"),
    ("{number}", "{number:02d}"),
    ("{number:02d}", "10"),
    ("{name}", "{colour}"),
    ("c$H", "{colour}"),
    ("{flag}", "true"),
    ("{at:%Y-%m}", "2026-10"),
    ("{uid}", "{name}"),
    ("A{name}", "{name}Z"),
]


@pytest.mark.parametrize(("one", "other"), APART)
def test_templates_that_are_told_apart(one: str, other: str) -> None:
    """Templates that people write next to each other are told apart."""
    assert not overlap(template(one), template(other))
    assert not overlap(template(other), template(one))


@pytest.mark.parametrize(("one", "other"), TOGETHER)
def test_templates_that_meet(one: str, other: str) -> None:
    """Templates that some values write the same key with overlap."""
    assert overlap(template(one), template(other))
    assert overlap(template(other), template(one))
