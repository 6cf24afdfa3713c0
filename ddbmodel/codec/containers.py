"""Lists, tuples, sets and maps with typed members."""

from __future__ import annotations

import base64
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from ddbmodel.codec import untyped
from ddbmodel.codec.base import Codec, unexpected
from ddbmodel.codec.numbers import decode_decimal, encode_decimal
from ddbmodel.codec.shapes import is_map, is_sequence, is_set, is_tuple
from ddbmodel.codec.values import Attributes, AttributeValue
from ddbmodel.errors import CodecError


class ListCodec(Codec):
    """L of one element type, for lists and deques."""

    def __init__(self, item: Codec, python: type[list[Any] | deque[Any]] = list) -> None:
        self.name = python.__name__
        self._item = item
        self._python = python

    @property
    def types(self) -> frozenset[str]:
        return frozenset(("L",))

    @property
    def element(self) -> Codec:
        return self._item

    def exact(self, value: object) -> bool:
        return type(value) is self._python

    def encode(self, value: Any) -> AttributeValue:
        if not is_sequence(value) or not isinstance(value, self._python):
            raise unexpected(self.name, value)
        return {"L": untyped.encode_elements(value, self._item.encode)}

    def decode(self, stored: AttributeValue) -> Any:
        values = stored.get("L")
        if values is None:
            return untyped.decode(stored)
        decoded = untyped.decode_elements(values, self._item.decode)
        return decoded if self._python is list else self._python(decoded)


class TupleCodec(Codec):
    """L with a type for each position; `variadic` is the position that repeats, as in `tuple[int, ...]`."""

    def __init__(
        self, items: Sequence[Codec], variadic: int | None, python: type[tuple[Any, ...]] = tuple
    ) -> None:
        self.name = python.__name__
        self._python = python
        self.items = tuple(items)
        self._variadic = variadic

    @property
    def types(self) -> frozenset[str]:
        return frozenset(("L",))

    @property
    def element(self) -> Codec | None:
        return self.items[0] if self._variadic is not None and len(self.items) == 1 else None

    def element_at(self, index: int) -> Codec | None:
        if self._variadic is not None:
            return self.element
        return self.items[index] if index < len(self.items) else None

    def exact(self, value: object) -> bool:
        return type(value) is self._python

    def _codecs(self, count: int) -> Sequence[Codec] | None:
        """A codec for each of `count` positions; None if so many do not fit."""
        if self._variadic is None:
            return self.items if count == len(self.items) else None
        repeats = count - (len(self.items) - 1)
        if repeats < 0:
            return None
        at = self._variadic
        return (*self.items[:at], *[self.items[at]] * repeats, *self.items[at + 1 :])

    def encode(self, value: Any) -> AttributeValue:
        if not is_tuple(value) or not isinstance(value, self._python):
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


class NamedTupleCodec(TupleCodec):
    """L with a type for each field of a named tuple."""

    def __init__(self, python: type[tuple[Any, ...]], items: Sequence[Codec]) -> None:
        super().__init__(items, None, python)

    def decode(self, stored: AttributeValue) -> Any:
        values = super().decode(stored)
        make: Any = self._python
        return make(*values) if type(values) is tuple else values


class SetCodec(Codec):
    """SS, NS or BS; a list where the members are of another or of mixed types, or there are none."""

    def __init__(self, item: Codec, *, frozen: bool) -> None:
        self._item = item
        self.make: type[set[Any] | frozenset[Any]] = frozenset if frozen else set
        self.name = self.make.__name__

    @property
    def types(self) -> frozenset[str]:
        kinds = {"S": "SS", "N": "NS", "B": "BS"}
        if not self._item.types:
            return frozenset(("L", *kinds.values()))
        return frozenset(("L", *(kinds[kind] for kind in self._item.types if kind in kinds)))

    @property
    def element(self) -> Codec:
        return self._item

    def exact(self, value: object) -> bool:
        return type(value) is self.make

    def encode(self, value: Any) -> AttributeValue:
        if not is_set(value):
            raise unexpected(self.name, value)
        return untyped.encode_set([self._item.encode(member) for member in value])

    def decode(self, stored: AttributeValue) -> Any:
        members = untyped.set_members(stored)
        if members is None:
            return untyped.decode(stored)
        decoded = untyped.decode_elements(members, self._item.decode)
        try:
            return self.make(decoded)
        except TypeError:  # members such as models are read as dicts; Pydantic takes a list for a set
            return decoded


class DictCodec(Codec):
    """M with typed keys and values. Keys are stored as the text of their stored form.

    Args:
        key: stored as S, N, BOOL or B, always the same.
        value: how the entries are stored.
        make: makes the Python map of a dict.
    """

    def __init__(self, key: Codec, value: Codec, make: type[dict[Any, Any]] = dict) -> None:
        (self._key_type,) = key.types
        self._key = key
        self._value = value
        self._make = make
        self.name = make.__name__

    @property
    def types(self) -> frozenset[str]:
        return frozenset(("M",))

    @property
    def entry(self) -> Codec:
        return self._value

    def exact(self, value: object) -> bool:
        return type(value) is self._make

    def key_text(self, key: Any) -> str:
        """Give the attribute name under which an entry is stored.

        Raises:
            CodecError: the key is not of the declared type, or its text is empty.
        """
        ((_, stored),) = self._key.encode(key).items()
        match self._key_type:
            case "BOOL":
                name = "true" if stored else "false"
            case "B":
                name = base64.b64encode(stored).decode()
            case _:
                name = str(stored)
        untyped.check_map_key(name)
        return name

    def _read_key(self, name: str) -> Any:
        """The key of an attribute name; the name itself if it is not one that `key_text` gives."""
        try:
            match self._key_type:
                case "BOOL":
                    stored: Any = {"true": True, "false": False}[name]
                case "B":
                    stored = base64.b64decode(name, validate=True)
                case "N":
                    stored = encode_decimal(decode_decimal(name))
                case _:
                    stored = name
        except (CodecError, KeyError, ValueError):
            return name
        return self._key.decode({self._key_type: stored})

    def encode(self, value: Any) -> AttributeValue:
        if not is_map(value):
            raise unexpected(self.name, value)
        stored: Attributes = {}
        for key, entry in value.items():
            name = self.key_text(key)
            if name in stored:
                raise CodecError("two keys of the map are stored under the same name")
            stored[name] = untyped.encode_entry(name, entry, self._value.encode)
        return {"M": stored}

    def decode(self, stored: AttributeValue) -> Any:
        entries = stored.get("M")
        if entries is None:
            return untyped.decode(stored)
        decoded = {
            self._read_key(name): untyped.decode_entry(name, entry, self._value.decode)
            for name, entry in entries.items()
        }
        return decoded if self._make is dict else self._make(decoded)


class PairsCodec(Codec):
    """L of [key, value] pairs: a map whose keys have no text of one kind, or whose order matters.

    Args:
        key, value: how both are stored.
        make: makes the Python map of pairs.
        validate_key: makes a key that can be hashed of what `key` reads.
    """

    def __init__(
        self, key: Codec, value: Codec, make: type[dict[Any, Any]], validate_key: Callable[[Any], Any]
    ) -> None:
        self.name = make.__name__
        self.pair = TupleCodec((key, value), None)
        self._make = make
        self._validate_key = validate_key

    @property
    def types(self) -> frozenset[str]:
        return frozenset(("L",))

    def exact(self, value: object) -> bool:
        return type(value) is self._make

    def encode(self, value: Any) -> AttributeValue:
        if not is_map(value):
            raise unexpected(self.name, value)
        return {"L": untyped.encode_elements(value.items(), self.pair.encode)}

    def decode(self, stored: AttributeValue) -> Any:
        values = stored.get("L")
        if values is None:
            return untyped.decode(stored)
        pairs = untyped.decode_elements(values, self.pair.decode)
        if not all(type(pair) is tuple for pair in pairs):
            return pairs
        return self._make((self._hashable(key), entry) for key, entry in pairs)

    def _hashable(self, key: Any) -> Any:
        try:
            hash(key)
        except TypeError:
            return self._validate_key(key)
        return key
