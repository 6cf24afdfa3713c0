"""From an item's JSON to what validation takes, by a decoder and a function that are made for its class.

msgspec parses the JSON into structs of exactly this item's shape, and the function unwraps them. Of what has
no short form, dicts are made, and its codec reads them. JSON of any other shape than the common one (another
type of an attribute, NULL, an attribute that is not there and has to be) raises: the way over the attributes
(`parts`) is what is right, and says what is wrong and where.

The text of a function holds quoted names only: every codec and class is passed in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final, TypeAlias

import msgspec

from ddbmodel.codec import scalars
from ddbmodel.codec.base import Codec
from ddbmodel.codec.containers import ListCodec, SetCodec
from ddbmodel.codec.function_text import FunctionText
from ddbmodel.codec.parts import Absent, FieldCodec, PartCodec
from ddbmodel.codec.scalars import ScalarCodec
from ddbmodel.codec.unrolled import short_scalar_reading
from ddbmodel.codec.wire_item import read_value
from ddbmodel.codec.wrappers import LenientCodec, NullableCodec

ReadText: TypeAlias = Callable[[bytes], dict[str, Any]]


class _S(msgspec.Struct, gc=False):
    S: str


class _N(msgspec.Struct, gc=False):
    N: str


class _B(msgspec.Struct, gc=False):
    B: str


class _Bool(msgspec.Struct, gc=False):
    BOOL: bool


class _Ss(msgspec.Struct, gc=False):
    SS: list[str]


_STRUCTS: Final[dict[str, Any]] = {"S": _S, "N": _N, "B": _B, "BOOL": _Bool}
_OPAQUE: Final = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Form:
    """How the values of a codec look in JSON.

    Attributes:
        type: what msgspec makes of one.
        text: gives an expression for what validation takes, of the name of one.
    """

    type: Any
    text: Callable[[str], str]


def text_decoder(
    part: PartCodec,
    required: Collection[str] = (),
    marks: Sequence[tuple[str, str]] = (),
    version: tuple[str, str | None] | None = None,
) -> ReadText | None:
    """Give a function from an item's JSON to what validation takes.

    Raises, when it is called, whatever does not fit; the way over the attributes says what.

    Args:
        part: the record that the item is.
        required: fields whose attributes must be there.
        marks: attributes that must be there with this text.
        version: an attribute that must be there with this number, or must not be there at all.

    Returns:
        None where there is none for the class.
    """
    if type(part) is not PartCodec or not part.is_unrolled or part.keeps_extra:
        return None
    try:
        record = _Record((part,), frozenset(required), marks, version)
        struct, read = record.made(tuple(part.fields.values()))
    except ValueError:
        return None  # an attribute's name has a quote, a backslash or a control character
    decode = msgspec.json.Decoder(struct).decode
    return lambda text: read(decode(text))


def values_decoder(attributes: Sequence[tuple[str, str]]) -> Callable[[bytes], tuple[str, ...]]:
    """Give a function from an item's JSON to the values of some attributes, as they stand there.

    Raises, when it is called, `msgspec.DecodeError` if one is not there, or of another type.

    Args:
        attributes: names and types; the types are S, N or B.
    """
    names = [f"f{number}" for number in range(len(attributes))]
    struct = msgspec.defstruct(
        "Values",
        [(name, _STRUCTS[kind]) for name, (_, kind) in zip(names, attributes, strict=True)],
        rename={name: stored_name for name, (stored_name, _) in zip(names, attributes, strict=True)},
        gc=False,
    )
    decode = msgspec.json.Decoder(struct).decode
    read = attrgetter(*[f"{name}.{kind}" for name, (_, kind) in zip(names, attributes, strict=True)])

    def values(text: bytes) -> tuple[str, ...]:
        found: Any = read(decode(text))
        return found if len(names) > 1 else (found,)

    return values


class _Record:
    """Makes the struct of a record, and the function that reads it.

    Args:
        around: the records that this one is inside of, and itself: their structs do not exist yet.
        required: fields whose attributes must be there.
        marks: attributes that must be there with this text.
        version: an attribute that must be there with this number, or must not be there at all.
    """

    def __init__(
        self,
        around: tuple[PartCodec, ...],
        required: frozenset[str] = frozenset(),
        marks: Sequence[tuple[str, str]] = (),
        version: tuple[str, str | None] | None = None,
    ) -> None:
        self._around = around
        self._required = required
        self._marks = marks
        self._version = version
        self._source = FunctionText()

    def made(
        self, fields: Sequence[FieldCodec]
    ) -> tuple[type[msgspec.Struct], Callable[[Any], dict[str, Any]]]:
        """The struct, and the function."""
        source = self._source
        source.line("values = {}")
        # Attributes may have any names; members need names of Python's.
        members: dict[str, tuple[str, Any]] = {}
        for number, (name, text) in enumerate(self._marks):
            members[f"m{number}"] = name, _S
            source.line(f"if item.m{number}.S != {source.name(text)}: raise ValueError")
        if self._version is not None:
            members["v"] = self._read_version(*self._version)
        for number, field in enumerate(fields):
            form = self._form(field.codec)
            may_lack = field.absent is not Absent.ERROR and field.name not in self._required
            members[f"f{number}"] = field.stored_name, form.type | None if may_lack else form.type
            self._read_field(f"item.f{number}", field, form, may_lack=may_lack)
        source.line("return values")
        optional = [
            name for name, (_, kind) in members.items() if type(None) in getattr(kind, "__args__", ())
        ]
        struct = msgspec.defstruct(
            "Attributes",
            [
                (name, kind, None) if name in optional else (name, kind)
                for name, (_, kind) in sorted(members.items(), key=lambda member: member[0] in optional)
            ],
            rename={name: stored_name for name, (stored_name, _) in members.items()},
            gc=False,
        )
        return struct, source.function("item")

    def _read_version(self, name: str, number: str | None) -> tuple[str, Any]:
        if number is None:
            self._source.line("if item.v is not None: raise ValueError")
            return name, Any | None
        self._source.line(f"if item.v.N != {self._source.name(number)}: raise ValueError")
        return name, _N

    def _read_field(self, found: str, field: FieldCodec, form: _Form, *, may_lack: bool) -> None:
        source, target = self._source, f"values[{(field.input_name or field.name)!r}]"
        source.line(f"x = {found}")
        if not may_lack:
            source.line(f"{target} = {form.text('x')}")
            return
        source.line(f"if x is not None: {target} = {form.text('x')}")
        if field.absent is Absent.NONE:
            source.line(f"else: {target} = None")
        elif field.absent is Absent.EMPTY:
            source.line(f"else: {target} = {source.name(field.empty)}()")

    def _form(self, codec: Codec) -> _Form:
        # NULL is none of the common cases, so the inner codec's is right for what can be None as well.
        inner = codec
        while isinstance(inner, NullableCodec | LenientCodec):
            inner = inner.inner
        short = self._short(inner)
        if short is not None:
            return short
        decode, read = self._source.name(codec.decode), self._source.name(read_value)
        return _Form(_OPAQUE, lambda name: f"{decode}({read}({name}))")

    def _short(self, codec: Codec) -> _Form | None:
        if isinstance(codec, ScalarCodec):
            reading = short_scalar_reading(self._source, codec)
            if reading is None or reading.kind not in ("S", "N", "BOOL"):
                return None
            return _Form(_STRUCTS[reading.kind], lambda name: reading.text(f"{name}.{reading.kind}"))
        if type(codec) is ListCodec and codec.exact([]):
            return self._list(codec)
        if type(codec) is SetCodec and codec.element is scalars.STR:
            make = self._source.name(codec.make)
            return _Form(_Ss, lambda name: f"{make}({name}.SS)")
        if type(codec) is PartCodec and codec.is_unrolled and not codec.keeps_extra:
            return self._part(codec)
        return None

    def _list(self, codec: ListCodec) -> _Form:
        element, inner = self._source.variable(), self._form(codec.element)
        struct = msgspec.defstruct("List", [("L", list.__class_getitem__(inner.type))], gc=False)
        return _Form(struct, lambda name: f"[{inner.text(element)} for {element} in {name}.L]")

    def _part(self, codec: PartCodec) -> _Form | None:
        if codec in self._around:
            return None
        struct, read = _Record((*self._around, codec)).made(tuple(codec.fields.values()))
        function = self._source.name(read)
        outer = msgspec.defstruct("Map", [("M", struct)], gc=False)
        return _Form(outer, lambda name: f"{function}({name}.M)")
