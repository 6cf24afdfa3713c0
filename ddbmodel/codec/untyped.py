"""Values without a declared type: `Any`, extra attributes, and what serializers hand over.

`encode` is strict: it takes only what `decode` gives back as an equal value. `encode_dumped` is for
what a serializer made, which validation turns back into the real thing, and takes its JSON form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, cast
from uuid import UUID

from pydantic import BaseModel, Secret, SecretBytes, SecretStr
from pydantic_core import PydanticSerializationError, to_jsonable_python

from ddbmodel.codec import times
from ddbmodel.codec.base import Codec, UnexpectedType, unexpected
from ddbmodel.codec.numbers import (
    decode_untyped,
    encode_decimal,
    encode_float,
    encode_int,
)
from ddbmodel.codec.shapes import is_dict, is_list, is_map, is_set, is_tuple
from ddbmodel.codec.values import NULL, AttributeValue, Item, text
from ddbmodel.errors import CodecError

Encode = Callable[[Any], AttributeValue]
_SET_TYPES = {"S": "SS", "N": "NS", "B": "BS"}


def encode(value: Any) -> AttributeValue:
    """Give the stored form of a value whose type is not declared.

    Raises:
        UnexpectedType: it would come back as something that is not equal; the remedy is a declared type.
    """
    stored = _encode_plain(value, encode)
    if stored is None or not _comes_back(stored, value):
        raise UnexpectedType(
            f"a {type(value).__name__} in a place without a declared type would not come back as one: "
            "declare the field's type"
        )
    return stored


def _comes_back(stored: AttributeValue, value: Any) -> bool:
    """True if a number or set is equal to what reading makes of it. Other plain values always are."""
    if isinstance(value, Decimal):
        back = decode_untyped(stored["N"])
        return (Decimal(back) if isinstance(back, float) else back) == value
    if isinstance(value, float):
        return bool(decode_untyped(stored["N"]) == value)
    return "L" not in stored or isinstance(value, list)


def _encode_plain(value: Any, recurse: Encode) -> AttributeValue | None:
    """The stored form of what both ways store alike; None where the type is none of these."""
    if value is None:
        return NULL
    if isinstance(value, str):
        return {"S": text(value)}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": encode_int(int(value))}
    if isinstance(value, float):
        return {"N": encode_float(float(value))}
    if isinstance(value, Decimal):
        return {"N": encode_decimal(value)}
    if isinstance(value, bytes | bytearray | memoryview):
        return {"B": bytes(cast("bytes", value))}
    return _encode_container(value, recurse)


def _encode_container(value: Any, recurse: Encode) -> AttributeValue | None:
    if is_list(value):
        return {"L": encode_elements(value, recurse)}
    if is_dict(value):
        return {"M": _encode_entries(value, recurse)}
    if is_set(value) and value:
        return encode_set([recurse(member) for member in value])
    return None


def _encode_entries(entries: Mapping[Any, Any], recurse: Encode) -> Item:
    return {key: encode_entry(key, entry, recurse) for key, entry in entries.items()}


def encode_elements(values: Iterable[Any], recurse: Encode) -> list[AttributeValue]:
    """Every element of a sequence, its index in the path of an error."""
    stored: list[AttributeValue] = []
    for index, value in enumerate(values):
        try:
            stored.append(recurse(value))
        except CodecError as error:
            raise error.within(index) from error.__cause__
    return stored


def encode_entry(key: object, value: Any, recurse: Encode) -> AttributeValue:
    """One entry of a map, its key in the path of an error."""
    if not isinstance(key, str):
        raise unexpected("text as the key of a map without a declared key type", key)
    check_map_key(key)
    try:
        return recurse(value)
    except CodecError as error:
        raise error.within(key) from error.__cause__


def check_map_key(key: str) -> None:
    """Refuse an empty attribute name.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
    """
    if not text(key):
        raise CodecError(
            "DynamoDB has no attribute with an empty name: a map needs keys of one character or more"
        )


def encode_set(members: list[AttributeValue]) -> AttributeValue:
    """SS, NS or BS where all members are texts, numbers or bytes; else, and when empty, a list."""
    kinds = {kind for member in members for kind in member}
    set_type = _SET_TYPES.get(next(iter(kinds))) if len(kinds) == 1 else None
    if set_type is None:
        return {"L": members}
    values = [next(iter(member.values())) for member in members]
    if len(set(values)) != len(values):
        raise CodecError("two members of the set are stored as the same value")
    return {set_type: sorted(values)}


def set_members(stored: AttributeValue) -> list[AttributeValue] | None:
    """The members of a stored set or list, each as a value of its own; None for anything else."""
    for kind, set_type in _SET_TYPES.items():
        if set_type in stored:
            return [{kind: value} for value in stored[set_type]]
    return stored.get("L")


def encode_dumped(value: Any) -> AttributeValue:
    """The stored form of what a serializer returned, through its JSON form where it has no other.

    Raises:
        CodecError: Pydantic cannot serialise it either.
    """
    stored = _encode_dumped_object(value)
    if stored is None:
        stored = _encode_plain(value, encode_dumped)
    if stored is not None:
        return stored
    try:
        return encode_dumped(to_jsonable_python(value))
    except PydanticSerializationError:
        raise CodecError(
            f"Pydantic cannot serialise a {type(value).__name__}: give the field a serializer and a validator"
        ) from None


def _encode_dumped_object(value: Any) -> AttributeValue | None:
    match value:
        case SecretStr() | SecretBytes() | Secret():
            return encode_dumped(value.get_secret_value())
        case Enum():
            return encode_dumped(value.value)
        case datetime():
            return {"S": times.encode_datetime(value)}
        case date():
            return {"S": value.isoformat()}
        case time():
            return {"S": times.encode_time(value)}
        case timedelta():
            return {"N": times.encode_timedelta(value)}
        case UUID():
            return {"S": str(value)}
        case BaseModel():
            return encode_dumped(value.model_dump(by_alias=False))
        case _:
            return _encode_dumped_container(value)


def _encode_dumped_container(value: Any) -> AttributeValue | None:
    if is_tuple(value) or (is_set(value) and not value):
        return {"L": encode_elements(value, encode_dumped)}
    if is_map(value) and not is_dict(value):
        return {"M": _encode_entries(value, encode_dumped)}
    return None


def decode(stored: AttributeValue) -> Any:
    """The Python value of a stored value of any type: N as int, float or Decimal, sets as sets.

    Raises:
        CodecError: not an AttributeValue.
    """
    if len(stored) != 1:
        raise CodecError("a stored value has exactly one type")
    ((kind, value),) = stored.items()
    match kind:
        case "S" | "BOOL":
            return value
        case "N":
            return decode_untyped(value)
        case "NULL":
            return None
        case "B":
            return bytes(value)
        case "L":
            return decode_elements(value, decode)
        case "M":
            return {key: decode_entry(key, entry, decode) for key, entry in value.items()}
        case "SS":
            return set(value)
        case "NS":
            return {decode_untyped(member) for member in value}
        case "BS":
            return {bytes(member) for member in value}
        case _:
            raise CodecError(f"DynamoDB has no type {kind!r}")


def decode_elements(values: list[AttributeValue], recurse: Callable[[AttributeValue], Any]) -> list[Any]:
    """Every element of a stored list, its index in the path of an error."""
    decoded: list[Any] = []
    for index, value in enumerate(values):
        try:
            decoded.append(recurse(value))
        except CodecError as error:
            raise error.within(index) from error.__cause__
    return decoded


def decode_entry(key: str, value: AttributeValue, recurse: Callable[[AttributeValue], Any]) -> Any:
    """One entry of a stored map, its key in the path of an error."""
    try:
        return recurse(value)
    except CodecError as error:
        raise error.within(key) from error.__cause__


class UntypedCodec(Codec):
    """`Any`: takes what comes back equal, refuses the rest."""

    name = "any value"
    rank = 10

    @property
    def types(self) -> frozenset[str]:
        return frozenset()

    @property
    def nullable(self) -> bool:
        return True

    def encode(self, value: Any) -> AttributeValue:
        return encode(value)

    def decode(self, stored: AttributeValue) -> Any:
        return decode(stored)

    @property
    def element(self) -> Codec | None:
        return self

    @property
    def entry(self) -> Codec | None:
        return self


class DumpedCodec(UntypedCodec):
    """What a serializer without a declared return type hands over."""

    name = "what the serializer returns"

    @property
    def nullable(self) -> bool:
        return False

    def encode(self, value: Any) -> AttributeValue:
        return encode_dumped(value)
