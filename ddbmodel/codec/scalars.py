"""Scalars: one class for each way of storing a single value."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import PurePath
from typing import Any, Final
from uuid import UUID

from ddbmodel.codec import times, untyped
from ddbmodel.codec.base import Codec, unexpected
from ddbmodel.codec.numbers import (
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
        self.rank = rank  # type: ignore[misc]  # a class-wide default elsewhere, chosen for each scalar here
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
    return encode_float(float(value)) if isinstance(value, float) else encode_int(int(value))


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


def text_codec(python: type) -> ScalarCodec | None:
    """The codec of a standard class whose text form is exact (paths, IP addresses); None for others."""
    if issubclass(python, PurePath):
        return ScalarCodec(python, "S", str, python)
    if python in _IP_TYPES:
        return ScalarCodec(python, "S", str, python)
    return None


def epoch_codec(unit: timedelta) -> ScalarCodec:
    """Datetimes as whole units since 1970-01-01 UTC."""
    return ScalarCodec(
        datetime,
        "N",
        lambda value: times.encode_epoch(value, unit),
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
    """Enum members and Literal values: each is stored as its plain value, and found again by it."""

    def __init__(self, name: str, choices: tuple[Any, ...]) -> None:
        self.name = name
        self._plain = [(choice, _plain_value(choice)) for choice in choices]
        self._by_stored = {_stored_key(untyped.encode_dumped(plain)): choice for choice, plain in self._plain}
        if len(self._by_stored) != len(choices):
            raise CodecError(f"two members of {name} are stored as the same value")

    @property
    def types(self) -> frozenset[str]:
        return frozenset(kind for kind, _ in self._by_stored)

    def exact(self, value: object) -> bool:
        return any(
            value is choice or (type(value) is type(choice) and value == choice) for choice, _ in self._plain
        )

    def encode(self, value: Any) -> AttributeValue:
        stored = untyped.encode_dumped(_plain_value(value))
        if _stored_key(stored) not in self._by_stored:
            raise unexpected(f"one of {self.name}", value)
        return stored

    def decode(self, stored: AttributeValue) -> Any:
        try:
            return self._by_stored[_stored_key(_canonical_number(stored))]
        except KeyError:
            return untyped.decode(stored)


def _plain_value(choice: Any) -> Any:
    return getattr(choice, "value", choice) if hasattr(type(choice), "__members__") else choice


def _stored_key(stored: AttributeValue) -> tuple[str, str]:
    ((kind, value),) = stored.items()
    return kind, repr(value)


def _canonical_number(stored: AttributeValue) -> AttributeValue:
    number = stored.get("N")
    return stored if number is None else {"N": encode_decimal(decode_decimal(number))}
