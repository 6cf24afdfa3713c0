"""Key templates: `ORDER#{order_id}`, from the values of fields to the text of a key, and back.

What is written is safe and ordered:

- A value cannot forge a key. In text of varying width the separator and `$` are written as `$` and a letter,
  so that a separator in a key is always one of the template's.
- The order of keys is the order of values. In a sort key a text that something follows is ended by the
  separator, and so every character up to `$` is written as `$` and a letter there: it sorts above the
  separator, and below all others, as it did before. Numbers have a fixed width, times too.
- A key is read back into the values that it was written from.

The key of a sharded partition ends with the separator and the number of the shard, which no value can forge.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from string import Formatter
from typing import Final, TypeAlias

from ddbmodel.codec.values import AttributeValue
from ddbmodel.errors import CodecError, ModelDefinitionError
from ddbmodel.schema.key_forms import KeyForm, PaddedForm
from ddbmodel.schema.shards import SHARD_DIGITS

ESCAPE: Final = "$"
SEPARATOR: Final = "#"
SHARD: Final = "#"
"""The name of the place of a shard's number; no field has it."""
# `$%` stands for the character 0, `$I` for `$` itself: in the order of the characters, and none is `#` or
# `$`.
_SHIFT: Final = 0x25
_RESERVED: Final = re.compile(r"[#$]")
_UP_TO_ESCAPE: Final = re.compile(r"[\x00-$]")
_HALF_PAIR: Final = re.compile(r"[\ud800-\udfff]")
_TEMPLATE_MAX: Final = 1024

Values: TypeAlias = Mapping[str, AttributeValue | None]
"""Stored values by the names of fields; None, or no entry, for a field without a value."""


@dataclass(frozen=True, slots=True)
class Slot:
    """`{name:spec}` in a template, not yet knowing what the field is."""

    name: str
    spec: str


def parse_template(text: object) -> tuple[str | Slot, ...]:
    """Split a template into literal text and slots.

    Raises:
        ModelDefinitionError: it is no template.
    """
    if not isinstance(text, str) or not 1 <= len(text) <= _TEMPLATE_MAX or _HALF_PAIR.search(text):
        raise ModelDefinitionError(
            f"a key template is text such as 'ORDER#{{order_id}}' of 1 to {_TEMPLATE_MAX:,} characters"
        )
    pieces: list[str | Slot] = []
    try:
        for literal, name, spec, conversion in Formatter().parse(text):
            if literal and pieces and isinstance(pieces[-1], str):
                pieces[-1] += literal  # behind a brace that was doubled
            elif literal:
                pieces.append(literal)
            if name is not None:
                pieces.append(_slot(text, name, spec or "", conversion))
    except ValueError as error:
        raise ModelDefinitionError(f"key template {text!r}: {error}") from error
    return tuple(pieces)


def _slot(text: str, name: str, spec: str, conversion: str | None) -> Slot:
    if conversion or not name.isidentifier() or "{" in spec:
        raise ModelDefinitionError(
            f"key template {text!r}: a place is the name of a field, such as {{order_id}}, with a format "
            "behind a colon if need be, such as {number:08d}"
        )
    return Slot(name, spec)


@dataclass(frozen=True, slots=True)
class BoundSlot:
    """A field's place in a template.

    Attributes:
        name: the field's name.
        form: how its values look there.
        is_ended: it is in a sort key, and something follows it.
    """

    name: str
    form: KeyForm
    is_ended: bool = False

    def write(self, stored: AttributeValue) -> str:
        """Give the value's text, escaped.

        Raises:
            CodecError: it has no text of this form; the path names the field.
        """
        try:
            text = self.form.write(stored)
        except CodecError as error:
            raise CodecError(f"it has no place in the key: {error.reason}", (self.name,)) from error.__cause__
        return text if self.form.width is not None else self.escape(text)

    def read(self, text: str) -> AttributeValue | None:
        """Give the stored value of a text; None if it was not written here."""
        try:
            return self.form.read(text if self.form.width is not None else unescape(text))
        except CodecError:
            return None

    def escape(self, text: str) -> str:
        """Write characters that could be taken for the template's as `$` and a letter."""
        return (_UP_TO_ESCAPE if self.is_ended else _RESERVED).sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    return ESCAPE + chr(ord(match[0]) + _SHIFT)


def unescape(text: str) -> str:
    """Undo `BoundSlot.escape`.

    Raises:
        CodecError: a `$` without the letter that belongs to it.
    """
    if ESCAPE not in text:
        return text
    first, *rest = text.split(ESCAPE)
    if not all(piece and ord(piece[0]) >= _SHIFT for piece in rest):
        raise CodecError("the key is not escaped as a template does it")
    return first + "".join(chr(ord(piece[0]) - _SHIFT) + piece[1:] for piece in rest)


@dataclass(frozen=True)
class KeyTemplate:
    """A template whose fields are known.

    Attributes:
        text: as it was declared.
        pieces: literal text and the places of fields.
    """

    text: str
    pieces: tuple[str | BoundSlot, ...]
    _slots: tuple[BoundSlot, ...] = field(init=False, repr=False, default=())

    def __post_init__(self) -> None:
        slots = tuple(piece for piece in self.pieces if isinstance(piece, BoundSlot))
        object.__setattr__(self, "_slots", slots)

    @property
    def slots(self) -> tuple[BoundSlot, ...]:
        """The places of fields, from left to right."""
        return self._slots

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of its fields, each once, from left to right."""
        return tuple(dict.fromkeys(slot.name for slot in self._slots))

    def render(self, values: Values) -> str | None:
        """Give the key; None if one of its fields has no value.

        Raises:
            CodecError: a value has no place in the key.
        """
        rendered: list[str] = []
        for piece in self.pieces:
            if isinstance(piece, str):
                rendered.append(piece)
                continue
            stored = values.get(piece.name)
            if stored is None or "NULL" in stored:
                return None
            rendered.append(piece.write(stored))
        return "".join(rendered)

    def parse(self, key: str) -> dict[str, AttributeValue] | None:
        """Give the stored values that a key was written from; None if it is no key of this template.

        Of a period of time it is the beginning.
        """
        match = self._pattern.fullmatch(key)
        if match is None:
            return None
        values: dict[str, AttributeValue] = {}
        for slot, text in zip(self._slots, match.groups(), strict=True):
            stored = slot.read(text)
            if stored is None:
                return None
            if slot.form.is_exact or slot.name not in values:
                values[slot.name] = stored
        return values if self.render(values) == key else None

    @property
    def unsharded(self) -> KeyTemplate:
        """What stands before the number of a shard, of a template that ends with one."""
        return KeyTemplate(self.text, self.pieces[:-1])

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        any_text = f"([^{SEPARATOR}]*)"
        return re.compile(
            "".join(
                re.escape(piece)
                if isinstance(piece, str)
                else any_text
                if piece.form.width is None
                else f"(.{{{piece.form.width}}})"
                for piece in self.pieces
            ),
            re.DOTALL,
        )


def bind(text: str, forms: Mapping[Slot, KeyForm], *, is_sort: bool, is_sharded: bool = False) -> KeyTemplate:
    """Make a template of a declared text and the forms of its slots.

    Args:
        text: as it was declared.
        forms: how the values of each slot look.
        is_sort: keys have to sort as their values do.
        is_sharded: the number of a shard follows.

    Raises:
        ModelDefinitionError: its keys could not be read back, or would not sort as their values do.
    """
    pieces = (*parse_template(text), *([SEPARATOR] if is_sharded else ()))
    bound: list[str | BoundSlot] = []
    for index, piece in enumerate(pieces):
        if isinstance(piece, str):
            bound.append(piece)
            continue
        form = forms[piece]
        following = pieces[index + 1] if index + 1 < len(pieces) else None
        if is_sort and not form.is_ordered:
            raise ModelDefinitionError(
                f"key template {text!r}: numbers do not sort as text; give {piece.name!r} a width, "
                f"such as {{{piece.name}:010d}}, or a key attribute that holds numbers"
            )
        if is_sort and form.width is None and not _ends(following):
            raise ModelDefinitionError(
                f"key template {text!r}: behind {piece.name!r}, which has texts of varying length, comes "
                f"{SEPARATOR!r} or nothing, or the keys would not sort as the values do"
            )
        bound.append(BoundSlot(piece.name, form, is_sort and following is not None))
    if is_sharded:
        bound.append(BoundSlot(SHARD, PaddedForm(SHARD_DIGITS)))
    template = KeyTemplate(text, tuple(bound))
    _check_segments(template)
    return template


def _ends(following: str | Slot | None) -> bool:
    return following is None or (isinstance(following, str) and following.startswith(SEPARATOR))


def _check_segments(template: KeyTemplate) -> None:
    """Refuse two texts of varying length without a separator between: nobody could tell where one ends."""
    varying: str | None = None
    for piece in template.pieces:
        if isinstance(piece, str):
            if SEPARATOR in piece:
                varying = None
        elif piece.form.width is None:
            if varying is not None:
                raise ModelDefinitionError(
                    f"key template {template.text!r}: put {SEPARATOR!r} between {varying!r} and "
                    f"{piece.name!r}, or two different pairs of values would have one key"
                )
            varying = piece.name
