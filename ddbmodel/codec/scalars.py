"""Scalars: one class for each way of storing a single value."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any, Final
from uuid import UUID

from ddbmodel.codec import times, untyped
from ddbmodel.codec.base import Codec, unexpected
from ddbmodel.codec.numbers import (
    canonical_number,
    decode_decimal,
    decode_float,
    decode_int,
    encode_decimal,
    encode_float,
    encode_int,
)
from ddbmodel.codec.values import NULL, AttributeValue, text
from ddbmodel.errors import CodecError


class ScalarCodec(Codec):
    """One Python type, one stored type, one function for each direction.

    `write` gets a value of `python` (or of `also`, which is stored the same), `read` the stored text.
    Text that `read` cannot make sense of is handed over as it is.
    """

    def __init__(
        self,
        python: type,
        stored_type: str,
        write: Callable[[Any], Any],
        read: Callable[[Any], Any],
        *,
        also: tuple[type, ...] = (),
        never: tuple[type, ...] = (),
        rank: int = 0,
    ) -> None:
        self.name = python.__name__
        self.python = python
        self.stored_type = stored_type
        self.rank = rank
        self._types = frozenset((stored_type,))
        self._accepted = (python, *also)
        self._never = never
        self._write = write
        self._read = read

    @property
    def types(self) -> frozenset[str]:
        return self._types

    def exact(self, value: object) -> bool:
        return type(value) is self.python

    def encode(self, value: Any) -> AttributeValue:
        if not isinstance(value, self._accepted) or isinstance(value, self._never):
            raise unexpected(self.name, value)
        return {self.stored_type: self._write(value)}

    def decode(self, stored: AttributeValue) -> Any:
        value = stored.get(self.stored_type)
        if value is None:
            return untyped.decode(stored)
        try:
            return self._read(value)
        except ValueError:
            return value


def _same(value: Any) -> Any:
    return value


def _encode_number(value: Any) -> str:
    return encode_decimal(value) if isinstance(value, Decimal) else encode_int(int(value))


def _encode_real(value: Any) -> str:
    if isinstance(value, float):
        return encode_float(float(value))
    try:
        near = float(value)
    except OverflowError:
        near = 0.0
    if int(near) != value:
        raise CodecError("the integer has more digits than a float keeps: declare int or Decimal")
    return encode_int(int(value))


STR: Final = ScalarCodec(str, "S", text, _same, rank=9)
INT: Final = ScalarCodec(int, "N", lambda value: encode_int(int(value)), decode_int, never=(bool,), rank=1)
FLOAT: Final = ScalarCodec(float, "N", _encode_real, decode_float, also=(int,), never=(bool,), rank=2)
DECIMAL: Final = ScalarCodec(Decimal, "N", _encode_number, decode_decimal, also=(int,), never=(bool,), rank=3)
BOOL: Final = ScalarCodec(bool, "BOOL", _same, _same)
BYTES: Final = ScalarCodec(bytes, "B", bytes, bytes, also=(bytearray, memoryview))
DATETIME: Final = ScalarCodec(datetime, "S", times.encode_datetime, datetime.fromisoformat)
DATE: Final = ScalarCodec(date, "S", date.isoformat, date.fromisoformat, never=(datetime,))
TIME: Final = ScalarCodec(time, "S", times.encode_time, time.fromisoformat)
TIMEDELTA: Final = ScalarCodec(timedelta, "N", times.encode_timedelta, times.decode_timedelta)
UUID_CODEC: Final = ScalarCodec(UUID, "S", str, UUID)

_IP_TYPES: Final = (
    ipaddress.IPv4Address,
    ipaddress.IPv6Address,
    ipaddress.IPv4Network,
    ipaddress.IPv6Network,
    ipaddress.IPv4Interface,
    ipaddress.IPv6Interface,
)


def text_codec(python: Any) -> ScalarCodec | None:
    """Give the codec of a standard class whose text form is exact (paths, IP addresses); None for others."""
    if not isinstance(python, type) or not (issubclass(python, PurePath) or python in _IP_TYPES):
        return None

    def write(value: Any) -> str:
        stored = text(str(value))
        if python(stored) != value:
            raise CodecError(
                f"the text of a {type(value).__name__} is read back as another {python.__name__}"
            )
        return stored

    return ScalarCodec(python, "S", write, python)


def epoch_codec(unit: timedelta, *, floor: bool = False) -> ScalarCodec:
    """Give the codec for datetimes as whole units since 1970-01-01 UTC."""
    return ScalarCodec(
        datetime,
        "N",
        lambda value: times.encode_epoch(value, unit, floor=floor),
        lambda text: times.decode_epoch(text, unit),
    )


class NoneCodec(Codec):
    """None where it must be visible: NULL."""

    name = "None"

    @property
    def types(self) -> frozenset[str]:
        return frozenset(("NULL",))

    @property
    def nullable(self) -> bool:
        return True

    def exact(self, value: object) -> bool:
        return value is None

    def encode(self, value: Any) -> AttributeValue:
        if value is not None:
            raise unexpected(self.name, value)
        return NULL

    def decode(self, stored: AttributeValue) -> Any:
        return untyped.decode(stored)


class ChoiceCodec(Codec):
    """Enum members and Literal values: each is stored as its plain value, and found again by it.

    An Enum whose values cannot be stored, or not told apart, is stored by the names of its members.

    Args:
        name: the enum's name, or `Literal`.
        choices: the members, each once.
        make: makes a member of a plain value that is no member's, such as a combination of flags.

    Raises:
        CodecError: two values of a Literal are stored as the same.
    """

    def __init__(self, name: str, choices: tuple[Any, ...], make: Callable[[Any], Any] | None = None) -> None:
        self.name = name
        self._choices = choices
        self._make = make
        self._plain: Callable[[Any], Any] = _plain_value
        by_stored = self._told_apart()
        if by_stored is None:
            self._plain = _plain_name
            by_stored = self._told_apart()
        if by_stored is None:
            raise CodecError(f"two values of {name} are stored as the same, or one cannot be stored")
        self._by_stored = by_stored
        self._types = frozenset(kind for kind, _ in by_stored)

    def _told_apart(self) -> dict[tuple[str, str], Any] | None:
        """The members by their stored values, if all have one and no two have the same."""
        try:
            found = {_stored_key(self._encode(choice)): choice for choice in self._choices}
        except CodecError:
            return None
        return found if len(found) == len(self._choices) else None

    def _encode(self, choice: Any) -> AttributeValue:
        return untyped.encode_dumped(self._plain(choice))

    @property
    def types(self) -> frozenset[str]:
        return self._types

    @property
    def choices(self) -> tuple[Any, ...]:
        """The members."""
        return self._choices

    @property
    def stored_texts(self) -> frozenset[str] | None:
        """The texts that the choices are stored as; None if others can be made."""
        if self._make is not None:
            return None
        stored = map(self._encode, self._choices)
        return frozenset(str(value["S"]) for value in stored if "S" in value)

    @property
    def nullable(self) -> bool:
        return any(choice is None for choice in self._choices)

    def exact(self, value: object) -> bool:
        return any(
            value is choice or (type(value) is type(choice) and value == choice) for choice in self._choices
        )

    def encode(self, value: Any) -> AttributeValue:
        try:
            stored = self._encode(value)
        except CodecError:
            raise unexpected(f"one of {self.name}", value) from None
        if _stored_key(stored) not in self._by_stored and not self._is_made(value):
            raise unexpected(f"one of {self.name}", value)
        return stored

    def _is_made(self, value: Any) -> bool:
        plain = value.value if isinstance(value, Enum) else value
        made = self._makes(plain)
        return (
            isinstance(made, Enum) and made.value == plain and (made is value or not isinstance(value, Enum))
        )

    def _makes(self, plain: Any) -> Any:
        if self._make is None:
            return plain
        try:
            return self._make(plain)
        except (TypeError, ValueError, KeyError):
            return plain

    def decode(self, stored: AttributeValue) -> Any:
        try:
            return self._by_stored[_stored_key(stored)]
        except KeyError:
            plain = untyped.decode(stored)
        return self._makes(plain)


def _plain_value(choice: Any) -> Any:
    return choice.value if isinstance(choice, Enum) else choice


def _plain_name(choice: Any) -> Any:
    return choice.name if isinstance(choice, Enum) else choice


def _stored_key(stored: AttributeValue) -> tuple[str, str]:
    ((kind, value),) = stored.items()
    return kind, canonical_number(value) if kind == "N" else repr(value)
