"""Lists, tuples, sets and maps with typed members."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from ddbmodel.codec import untyped
from ddbmodel.codec.base import Codec, unexpected
from ddbmodel.codec.numbers import decode_decimal, encode_decimal
from ddbmodel.codec.values import AttributeValue
from ddbmodel.errors import CodecError


class ListCodec(Codec):
    """L of one element type. `abstract` takes any sequence but text."""

    name = "list"

    def __init__(self, item: Codec, *, abstract: bool = False) -> None:
        self._item = item
        self._accepted: type | tuple[type, ...] = Sequence if abstract else list

    @property
    def types(self) -> frozenset[str]:
        return frozenset(("L",))

    @property
    def element(self) -> Codec:
        return self._item

    def exact(self, value: object) -> bool:
        return type(value) is list

    def encode(self, value: Any) -> AttributeValue:
        if not isinstance(value, self._accepted) or isinstance(value, str | bytes):
            raise unexpected(self.name, value)
        return {"L": untyped.encode_elements(value, self._item.encode)}

    def decode(self, stored: AttributeValue) -> Any:
        values = stored.get("L")
        if values is None:
            return untyped.decode(stored)
        return untyped.decode_elements(values, self._item.decode)


class TupleCodec(Codec):
    """L with a type for each position; `variadic` is the position that repeats, as in `tuple[int, ...]`."""

    name = "tuple"

    def __init__(self, items: Sequence[Codec], variadic: int | None) -> None:
        self._items = tuple(items)
        self._variadic = variadic

    @property
    def types(self) -> frozenset[str]:
        return frozenset(("L",))

    @property
    def element(self) -> Codec | None:
        return self._items[0] if self._variadic is not None and len(self._items) == 1 else None

    def element_at(self, index: int) -> Codec | None:
        if self._variadic is not None:
            return self.element
        return self._items[index] if index < len(self._items) else None

    def exact(self, value: object) -> bool:
        return type(value) is tuple

    def _codecs(self, count: int) -> Sequence[Codec] | None:
        """A codec for each of `count` positions; None if so many do not fit."""
        if self._variadic is None:
            return self._items if count == len(self._items) else None
        repeats = count - (len(self._items) - 1)
        if repeats < 0:
            return None
        at = self._variadic
        return (*self._items[:at], *[self._items[at]] * repeats, *self._items[at + 1 :])

    def encode(self, value: Any) -> AttributeValue:
        if not isinstance(value, tuple):
            raise unexpected(self.name, value)
        codecs = self._codecs(len(value))
        if codecs is None:
            raise CodecError(f"the tuple has {len(value)} elements, its type another number")
        remaining = iter(codecs)
        return {"L": untyped.encode_elements(value, lambda element: next(remaining).encode(element))}

    def decode(self, stored: AttributeValue) -> Any:
        values = stored.get("L")
        codecs = None if values is None else self._codecs(len(values))
        if values is None or codecs is None:
            return untyped.decode(stored)
        remaining = iter(codecs)
        return tuple(untyped.decode_elements(values, lambda element: next(remaining).decode(element)))


class SetCodec(Codec):
    """SS, NS or BS; a list where the members are of another or of mixed types, or there are none."""

    def __init__(self, item: Codec, *, frozen: bool) -> None:
        self._item = item
        self._make: type = frozenset if frozen else set
        self.name = self._make.__name__

    @property
    def types(self) -> frozenset[str]:
        kinds = {"S": "SS", "N": "NS", "B": "BS"}
        return frozenset(("L", *(kinds[kind] for kind in self._item.types if kind in kinds)))

    @property
    def element(self) -> Codec:
        return self._item

    def exact(self, value: object) -> bool:
        return type(value) is self._make

    def encode(self, value: Any) -> AttributeValue:
        if not isinstance(value, AbstractSet):
            raise unexpected(self.name, value)
        return untyped.encode_set([self._item.encode(member) for member in value])

    def decode(self, stored: AttributeValue) -> Any:
        members = untyped.set_members(stored)
        if members is None:
            return untyped.decode(stored)
        decoded = [self._item.decode(member) for member in members]
        try:
            return self._make(decoded)
        except TypeError:  # members such as models are read as dicts; Pydantic takes a list for a set
            return decoded


class DictCodec(Codec):
    """M with typed keys and values. Keys are stored as the text of their stored form."""

    name = "dict"

    def __init__(self, key: Codec, value: Codec) -> None:
        self._key = key
        self._value = value

    @property
    def types(self) -> frozenset[str]:
        return frozenset(("M",))

    @property
    def entry(self) -> Codec:
        return self._value

    def exact(self, value: object) -> bool:
        return type(value) is dict

    def key_text(self, key: Any) -> str:
        """The attribute name under which an entry is stored.

        Raises:
            CodecError: the key is of a type that has no text, or would be read back as another key.
        """
        text = _key_text(self._key.encode(key))
        untyped.check_map_key(text)
        if len(self._key.types) != 1 and self._read_key(text) != key:
            raise CodecError(
                "a key of the map would be read back as another key: declare one type for its keys"
            )
        return text

    def _read_key(self, text: str) -> Any:
        for kind in ("N", "BOOL", "B", "S"):
            if kind in self._key.types or (not self._key.types and kind == "S"):
                stored = _key_value(kind, text)
                if stored is not None:
                    return self._key.decode(stored)
        return text

    def encode(self, value: Any) -> AttributeValue:
        if not isinstance(value, Mapping):
            raise unexpected(self.name, value)
        entries: dict[str, AttributeValue] = {}
        for key, entry in value.items():
            text = self.key_text(key)
            if text in entries:
                raise CodecError("two keys of the map are stored under the same name")
            entries[text] = untyped.encode_entry(text, entry, self._value.encode)
        return {"M": entries}

    def decode(self, stored: AttributeValue) -> Any:
        entries = stored.get("M")
        if entries is None:
            return untyped.decode(stored)
        return {
            self._read_key(text): untyped.decode_entry(text, entry, self._value.decode)
            for text, entry in entries.items()
        }


def _key_text(stored: AttributeValue) -> str:
    match stored:
        case {"S": text} | {"N": text}:
            return str(text)
        case {"BOOL": flag}:
            return "true" if flag else "false"
        case {"B": data}:
            return base64.b64encode(data).decode()
        case _:
            raise CodecError("the keys of a map are text, numbers, bools or bytes")


def _key_value(kind: str, text: str) -> AttributeValue | None:
    """The stored form that a key's text came from, if it can be one of this kind."""
    if kind == "S":
        return {"S": text}
    if kind == "BOOL":
        return {"BOOL": text == "true"} if text in ("true", "false") else None
    try:
        if kind == "N":
            return {"N": encode_decimal(decode_decimal(text))}
        return {"B": base64.b64decode(text, validate=True)}
    except (CodecError, binascii.Error):
        return None
