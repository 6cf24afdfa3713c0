"""A record's fields encoded and decoded by one function that is written for its class.

The plain way, field by field through the codecs (`parts`), is what is right; this one is the same with the
common case of each scalar, list, set and part written out, so that it needs no call. Whatever is not that
common case (another type, a text that is not ASCII, an attribute of another kind) goes through the field's
codec; whatever has no short form does so always. Where anything fails, the record is done again in the plain
way, which says what is wrong and where.

The text of a function holds numbers and quoted names only: every codec, class and stored name is passed in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final
from uuid import UUID

from pydantic_core import MISSING

from ddbmodel.codec import numbers, scalars, times
from ddbmodel.codec.base import Codec
from ddbmodel.codec.containers import ListCodec, SetCodec
from ddbmodel.codec.parts import Absent, FieldCodec, PartCodec, Unrolled
from ddbmodel.codec.scalars import ChoiceCodec, ScalarCodec
from ddbmodel.codec.values import NULL, Attributes, Item
from ddbmodel.codec.wrappers import LenientCodec, NullableCodec

_SMALL_INT: Final = 10**15
_SHORT_NUMBER: Final = 30

_WRITES: Final[Mapping[Codec, tuple[type, str, Callable[[Any], str]]]] = {
    scalars.DECIMAL: (Decimal, "N", numbers.encode_decimal),
    scalars.FLOAT: (float, "N", numbers.encode_float),
    scalars.DATETIME: (datetime, "S", times.encode_datetime),
    scalars.DATE: (date, "S", date.isoformat),
    scalars.UUID_CODEC: (UUID, "S", str),
}
_READS: Final[Mapping[Codec, Callable[[str], Any]]] = {
    scalars.DECIMAL: numbers.decode_decimal,
    scalars.FLOAT: numbers.decode_float,
    scalars.DATETIME: datetime.fromisoformat,
    scalars.DATE: date.fromisoformat,
    scalars.UUID_CODEC: UUID,
}


def unrolled_encoder(fields: Sequence[FieldCodec]) -> Callable[[Any], Attributes]:
    """Give a function from a record that keeps its values in `__dict__` to its attributes.

    Raises, when it is called, whatever goes wrong; the plain way says what.
    """
    source = _Source()
    source.line("values = record.__dict__")
    source.line("item = {}")
    for field in fields:
        _encode_field(source, field)
    source.line("return item")
    encoder: Callable[[Any], Attributes] = source.function("record")
    return encoder


def unrolled_decoder(fields: Sequence[FieldCodec]) -> Callable[[Item], dict[str, Any]]:
    """Give a function from attributes to what validation takes, by field name."""
    source = _Source()
    source.line("get = item.get")
    source.line("values = {}")
    for field in fields:
        _decode_field(source, field)
    source.line("return values")
    decoder: Callable[[Item], dict[str, Any]] = source.function("item")
    return decoder


class _Source:
    """The text of a function, and the objects that its names stand for."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._objects: dict[str, Any] = {}
        self._variables = 0

    def line(self, text: str) -> None:
        """Add a line."""
        self._lines.append(f"    {text}")

    def name(self, value: Any) -> str:
        """Give the name of an object in the function."""
        name = f"o{len(self._objects)}"
        self._objects[name] = value
        return name

    def variable(self) -> str:
        """Give a name that no other value has."""
        self._variables += 1
        return f"x{self._variables}"

    def function(self, argument: str) -> Any:
        """Make the function."""
        text = "\n".join((f"def made({argument}):", *self._lines))
        space = dict(self._objects)
        exec(compile(text, "<unrolled>", "exec"), space)  # noqa: S102  # only numbers and quoted names are in it
        return space["made"]


# Storing --------------------------------------------------------------------------------------------------


def _encode_field(source: _Source, field: FieldCodec) -> None:
    source.line(f"v = values[{field.name!r}]")
    target, codec = f"item[{field.stored_name!r}]", field.codec
    is_odd = field.absent is Absent.EMPTY and type(codec) is not SetCodec
    if codec.needs_record or field.default is MISSING or is_odd:
        encode = source.name(field.encode)
        source.line(f"s = {encode}(v, record)")
        source.line(f"if s is not None: {target} = s")
    elif codec.nullable and field.absent is Absent.NONE and not field.visible_null:
        source.line(f"if v is not None: {target} = {_encoded(source, codec, 'v')}")
    elif codec.nullable:
        source.line(f"{target} = {source.name(NULL)} if v is None else {_encoded(source, codec, 'v')}")
    elif field.absent is Absent.EMPTY:
        # Only a set may be left out: anything else that is empty has to fail, or to be stored.
        source.line(
            f"if v or v.__class__ is not {source.name(field.empty().__class__)}: "
            f"{target} = {_encoded(source, codec, 'v')}"
        )
    else:
        source.line(f"{target} = {_encoded(source, codec, 'v')}")


def _encoded(source: _Source, codec: Codec, name: str) -> str:
    """An expression for the stored form of what is called `name`; its common case in line."""
    # None is none of the common cases, so the inner codec's is right for what can be None as well.
    short = _short_encoding(source, codec.inner if isinstance(codec, NullableCodec) else codec, name)
    otherwise = f"{source.name(codec.encode)}({name})"
    return otherwise if short is None else f"({short[0]} if {short[1]} else {otherwise})"


def _short_encoding(source: _Source, codec: Codec, name: str) -> tuple[str, str] | None:
    """The stored form in the common case, and what tells that it is; None if there is no short form."""
    if type(codec) is LenientCodec:
        return _short_encoding(source, codec.inner, name)
    if isinstance(codec, ScalarCodec):
        return _short_scalar(source, codec, name)
    if isinstance(codec, ChoiceCodec):
        return _short_choice(source, codec, name)
    if type(codec) is ListCodec and codec.exact([]):
        element = source.variable()
        inner = _encoded(source, codec.element, element)
        return f"{{'L': [{inner} for {element} in {name}]}}", f"{name}.__class__ is list"
    if type(codec) is SetCodec and codec.element is scalars.STR:
        text = (
            f"{name}.__class__ is {source.name(codec.make)} and {name} and {source.name(_all_plain)}({name})"
        )
        return f"{{'SS': sorted({name})}}", text
    if type(codec) is PartCodec:
        return _short_part(source, codec, name)
    return None


def _short_part(source: _Source, codec: PartCodec, name: str) -> tuple[str, str]:
    if codec.is_proved or codec.keeps_extra or not codec.is_unrolled:
        return f"{{'M': {source.name(codec.encode_attributes)}({name})}}", "True"
    # By attribute: the function of a part that holds itself does not exist yet.
    part, owner = source.name(codec), source.name(codec.owner)
    return f"{{'M': {part}.encoder({name})}}", f"{name}.__class__ is {owner}"


def _all_plain(members: Any) -> bool:
    return all(member.__class__ is str and member.isascii() for member in members)


def _short_scalar(source: _Source, codec: ScalarCodec, name: str) -> tuple[str, str] | None:
    if codec is scalars.STR:
        return f"{{'S': {name}}}", f"{name}.__class__ is str and {name}.isascii()"
    if codec is scalars.BOOL:
        return f"{{'BOOL': {name}}}", f"{name}.__class__ is bool"
    if codec is scalars.INT:
        bounds = f"-{_SMALL_INT} < {name} < {_SMALL_INT}"
        return f"{{'N': {source.name(int.__repr__)}({name})}}", f"{name}.__class__ is int and {bounds}"
    if codec not in _WRITES:
        return None
    python, kind, write = _WRITES[codec]
    return f"{{'{kind}': {source.name(write)}({name})}}", f"{name}.__class__ is {source.name(python)}"


def _short_choice(source: _Source, codec: ChoiceCodec, name: str) -> tuple[str, str] | None:
    """An enum's members are looked up; their stored forms are shared, as nothing ever changes one."""
    members: tuple[Any, ...] = codec.choices
    python: type[Any] = members[0].__class__
    if not issubclass(python, Enum) or any(type(member) is not python for member in members):
        return None
    stored = {member: codec.encode(member) for member in members}
    known = source.name(stored)
    return f"{known}[{name}]", f"{name}.__class__ is {source.name(python)} and {name} in {known}"


# Reading --------------------------------------------------------------------------------------------------


def _decode_field(source: _Source, field: FieldCodec) -> None:
    target = f"values[{(field.input_name or field.name)!r}]"
    source.line(f"s = get({field.stored_name!r})")
    source.line(f"if s is not None: {target} = {_decoded(source, field.codec, 's')}")
    if field.absent is Absent.NONE:
        source.line(f"else: {target} = None")
    elif field.absent is Absent.EMPTY:
        source.line(f"else: {target} = {source.name(field.empty)}()")


def _decoded(source: _Source, codec: Codec, name: str) -> str:
    """An expression for what validation takes; the common case in line."""
    # NULL is none of the common cases, so the inner codec's is right for what can be None as well.
    inner = codec.inner if isinstance(codec, NullableCodec) else codec
    short = _short_decoding(source, inner)
    otherwise = f"{source.name(codec.decode)}({name})"
    if short is None:
        return otherwise
    found = source.variable()
    return f"({short.text(found)} if ({found} := {name}.get({short.kind!r})) is not None else {otherwise})"


@dataclass(frozen=True, slots=True)
class _Reading:
    """The common case of a codec's values.

    Attributes:
        kind: their stored type.
        text: gives an expression for what is read, of the name of what is stored.
    """

    kind: str
    text: Callable[[str], str]


def _short_decoding(source: _Source, codec: Codec) -> _Reading | None:
    if type(codec) is LenientCodec:
        return _short_decoding(source, codec.inner)
    if isinstance(codec, ScalarCodec):
        return _short_reading(source, codec)
    if type(codec) is ListCodec and codec.exact([]):
        element = source.variable()
        inner = _decoded(source, codec.element, element)
        return _Reading("L", lambda found: f"[{inner} for {element} in {found}]")
    if type(codec) is SetCodec and codec.element is scalars.STR:
        return _called(source, "SS", codec.make)
    if type(codec) is PartCodec:
        if codec.keeps_extra or not codec.is_unrolled:
            return _called(source, "M", codec.decode_attributes)
        part = source.name(codec)
        return _Reading("M", lambda found: f"{part}.decoder({found})")
    return None


def _short_reading(source: _Source, codec: ScalarCodec) -> _Reading | None:
    if codec in (scalars.STR, scalars.BOOL):
        return _Reading(codec.stored_type, lambda found: found)
    if codec is scalars.INT:
        short, long = source.name(int), source.name(numbers.decode_int)
        return _Reading(
            "N", lambda found: f"({short}({found}) if len({found}) < {_SHORT_NUMBER} else {long}({found}))"
        )
    read = _READS.get(codec)
    return None if read is None else _called(source, codec.stored_type, read)


def _called(source: _Source, kind: str, read: Callable[[Any], Any]) -> _Reading:
    function = source.name(read)
    return _Reading(kind, lambda found: f"{function}({found})")


UNROLLED: Final = Unrolled(unrolled_encoder, unrolled_decoder)
"""For records that keep their values in `__dict__`."""
